"""Lab 11: a recurrent layer against self-attention, counted and measured."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from knowledge.labs.recurrence_race import LAYERS, LENGTHS, RecurrenceRace, run_race
from knowledge.labs.softmax import Array
from tutor.labs.drawing import Axis, lines, styled
from tutor.labs.lab import LabRun, read_lab

LAB = read_lab("recurrence_race")


def recurrence_race(
    language: str,
    *,
    lengths: Sequence[int] = LENGTHS,
    width: int = 64,
    repeats: int = 7,
    seed: int = 0,
    device: str = "cpu",
) -> LabRun:
    """Run the lab; the inputs are those of `run_race`."""
    result = run_race(lengths, width=width, repeats=repeats, seed=seed, device=device)
    time = LAB.text("figure-time", language, device=result.device.upper(), width=result.width)
    steps = LAB.text("figure-steps", language)
    figures = (
        _curves(result.lengths, 1000 * result.seconds, "milliseconds", language, time),
        _curves(result.lengths, result.sequential.astype(np.float64), "steps", language, steps,
                LAB.text("figure-steps-note", language)),
        _curves(result.lengths, result.products.astype(np.float64), "products", language,
                LAB.text("figure-products", language), number="~e"),
        _curves(result.reach_lengths, result.reach, "reach", language, LAB.text("figure-reach", language), number="~e"),
    )  # fmt: skip
    return LabRun(LAB, result, figures, _findings(result, language))


def _curves(
    lengths: Sequence[int], values: Array, name: str, language: str, title: str, note: str = "", number: str = "~g"
) -> Any:
    names = [LAB.text(layer, language) for layer in LAYERS]
    data = [
        {"x": length, "y": float(value), "series": series}
        for series, row in zip(names, values, strict=True)
        for length, value in zip(lengths, row, strict=True)
        if value > 0
    ]
    across = Axis(
        LAB.text("length", language), log=True, format="d", ticks=tuple(lengths), limits=(lengths[0], lengths[-1])
    )
    up = Axis(LAB.text(name, language), log=True, format=number)
    return styled(lines(data, across, up, LAB.text("layer", language), order=names), language, title, note)


def _findings(result: RecurrenceRace, language: str) -> tuple[str, ...]:
    faster = result.ratio > 1
    found = []
    for place in (0, -1):
        ratio = float(result.ratio[place])
        key = "finding-short" if ratio > 1 else "finding-short-slower"
        found.append(LAB.text(key, language, n=result.lengths[place], ratio=max(ratio, 1 / ratio)))
    turn = np.flatnonzero(faster[:-1] != faster[1:])
    if len(turn):
        last = int(turn[-1])
        found.append(LAB.text("finding-turn", language, before=result.lengths[last], after=result.lengths[last + 1]))
    else:
        found.append(LAB.text("finding-no-turn", language))
    recurrent, attention = result.growth(result.seconds)
    counted = result.growth(result.products)
    found += [
        LAB.text("finding-growth", language, recurrent=recurrent, attention=attention,
                 recurrent_count=counted[0], attention_count=counted[1]),
        LAB.text("finding-steps", language, n=result.lengths[-1], recurrent=int(result.sequential[0, -1]),
                 attention=int(result.sequential[1, -1])),
        LAB.text("finding-reach", language, n=result.reach_lengths[-1], recurrent=result.reach[0, -1],
                 attention=result.reach[1, -1]),
    ]  # fmt: skip
    return tuple(found)
