"""Lab 9: a tiny Transformer trained live, whole and without its parts."""

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from knowledge.labs.tiny_training import PARTS, WHOLE, TinyTraining, Training, set_up, train_variants
from tutor.labs.drawing import OKABE_ITO, Axis, heat_map, lines, quantity, side_by_side, styled
from tutor.labs.lab import LabRun, percent, read_lab

LAB = read_lab("tiny_training")
_VARIANTS = (WHOLE, *PARTS)
_SHARE = (0.0, 1.0)
_LOSS_DRAWN = (1e-4, 100.0)  # a loss beyond stands at the edge: a training that diverged, or one without errors


def tiny_training(
    language: str,
    *,
    task: str = "addition",
    variants: Sequence[str] = _VARIANTS,
    length: int | None = None,
    layers: int | None = None,
    steps: int | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
) -> LabRun:
    """Run the lab to its end; the inputs are those of `set_up`, and the variants to train."""
    setup = set_up(task, length=length, layers=layers, steps=steps, learning_rate=learning_rate, seed=seed)
    *_, last = train_variants(setup, variants)
    return _run(last, language)


def watch_training(language: str, *, variants: Sequence[str] = _VARIANTS, **inputs: Any) -> Iterator[LabRun]:
    """The run so far after each snapshot, to be watched while it goes on; `inputs` are those of `set_up`."""
    for so_far in train_variants(set_up(**inputs), variants):
        yield _run(so_far, language)


def _run(result: TinyTraining, language: str) -> LabRun:
    by_variant = {training.without: training for training in result.trainings}
    maps = [_attention(result, by_variant[key], language) for key in (WHOLE, "mask") if key in by_variant]
    figures = (
        _curves(result, language, "solved"), _curves(result, language, "loss"), _two_ways(result, language), *maps,
    )  # fmt: skip
    return LabRun(LAB, result, figures, _findings(result, by_variant, language))


def _curves(result: TinyTraining, language: str, measure: str) -> Any:
    names = _names(result, language)
    low, high = _LOSS_DRAWN
    data = [
        {
            "x": snapshot.step,
            "y": snapshot.solved
            if measure == "solved"
            else float(np.nan_to_num(snapshot.loss, nan=high).clip(low, high)),
            "series": name,
        }
        for name, training in zip(names, result.trainings, strict=True)
        for snapshot in training.snapshots
    ]
    y = Axis(LAB.text(measure, language), limits=_SHARE)
    if measure == "loss":
        y = Axis(LAB.text(measure, language), log=True, limits=_LOSS_DRAWN, ticks=(1e-4, 1e-3, 0.01, 0.1, 1, 10, 100))
    chart = lines(data, Axis(LAB.text("step", language), format="d"), y, LAB.text("model", language), order=names)
    return styled(chart, language, LAB.text(f"figure-{measure}", language, task=LAB.text(result.task, language)))


def _two_ways(result: TinyTraining, language: str) -> Any:
    """For each variant, the share of right tokens in both tests, joined by a line."""
    names = _names(result, language)
    tests = [LAB.text(key, language) for key in ("taught", "written")]
    data = [
        {"name": name, "value": value, "series": test}
        for name, training in zip(names, result.trainings, strict=True)
        for test, value in zip(tests, (training.last.taught, training.last.written), strict=True)
    ]
    base = alt.Chart(alt.InlineData(values=data)).encode(
        x=quantity(alt.X, "value", Axis(LAB.text("right", language), limits=_SHARE)),
        y=alt.Y("name:N", title=LAB.text("model", language), sort=names, axis=alt.Axis(labelLimit=260)),
    )
    coding = {
        "color": alt.Color("series:N", title=LAB.text("tested", language), sort=tests,
                           scale=alt.Scale(domain=tests, range=list(OKABE_ITO[:2]))),
        "shape": alt.Shape("series:N", title=LAB.text("tested", language), sort=tests,
                           scale=alt.Scale(domain=tests, range=["circle", "diamond"])),
    }  # fmt: skip
    joins = base.mark_line(color="#999999", strokeWidth=3).encode(detail="name:N")
    dots = base.mark_point(size=140, filled=True, opacity=1).encode(**coding)
    return styled(
        (joins + dots).properties(width=420, height=34 * len(names)), language, LAB.text("figure-two-ways", language)
    )


def _attention(result: TinyTraining, training: Training, language: str) -> Any:
    """The rows of one head that write the answer, at the first, a middle and the last snapshot."""
    layer, head = _telling_head(result, training)
    places = range(len(result.example) - 1 - result.answer, len(result.example) - 1)
    shown = training.snapshots
    picked = {snapshot.step: snapshot for snapshot in (shown[0], shown[len(shown) // 2], shown[-1])}
    titles = (LAB.text("next", language), LAB.text("read", language), LAB.text("weight", language))
    charts = {
        LAB.text("at-step", language, step=step): heat_map(
            snapshot.attention[layer, head][places], [result.example[place + 1] for place in places],
            result.example[:-1], titles, limits=_SHARE, step=28,
        )
        for step, snapshot in picked.items()
    }  # fmt: skip
    title = LAB.text(
        "figure-attention", language, layer=layer + 1, head=head + 1, variant=LAB.text(training.without, language)
    )
    return styled(side_by_side(charts, 3 if len(result.example) < 12 else 1, same_colours=True), language, title)


def _telling_head(result: TinyTraining, training: Training) -> tuple[int, int]:
    """The head whose answer's rows end most concentrated on a digit asked about; without a mask, on the next token."""
    answer = result.answer
    digits = [place for place, symbol in enumerate(result.example[: -answer - 1]) if symbol.isdigit()]
    rows: NDArray[np.float32] = training.last.attention[:, :, -answer:]
    telling = rows[..., digits].max(axis=3).mean(axis=2)
    if training.without == "mask":
        telling = np.stack([rows[:, :, place, place - answer + 1] for place in range(answer - 1)]).mean(axis=0)
    layer, head = np.unravel_index(int(np.argmax(np.nan_to_num(telling))), telling.shape)
    return int(layer), int(head)


def _names(result: TinyTraining, language: str) -> list[str]:
    return [LAB.text(training.without, language) for training in result.trainings]


def _findings(result: TinyTraining, by_variant: dict[str, Training], language: str) -> tuple[str, ...]:
    found = [
        LAB.text(
            "finding-variant", language, variant=name[:1].upper() + name[1:], steps=training.last.step,
            solved=percent(training.last.solved, language), taught=percent(training.last.taught, language),
            written=percent(training.last.written, language),
        )
        for name, training in zip(_names(result, language), result.trainings, strict=True)
    ]  # fmt: skip
    losses = {without: training.last.loss for without, training in by_variant.items()}
    if "mask" in losses and losses["mask"] == min(losses.values()) and by_variant["mask"].last.solved < 1:
        found.append(LAB.text("finding-mask", language, loss=losses["mask"]))
    if "positions" in by_variant:
        found.append(LAB.text("finding-positions", language))
    if "normalization" in by_variant:
        shares = [snapshot.solved for snapshot in by_variant["normalization"].snapshots]
        found.append(
            LAB.text(
                "finding-normalization", language, best=percent(max(shares), language),
                last=percent(shares[-1], language), rate=result.learning_rate,
            )
        )  # fmt: skip
    return tuple(found)
