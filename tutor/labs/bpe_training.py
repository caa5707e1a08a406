"""Lab 7: byte-pair encoding, merge by merge."""

import re
from collections.abc import Sequence
from typing import Any

import altair as alt

from knowledge.labs.bpe_training import UNKNOWN, BpeTraining, Cut, train_bpe
from tutor.labs.drawing import SEQUENTIAL, Axis, bars, lines, styled
from tutor.labs.lab import LabRun, read_lab

LAB = read_lab("bpe_training")
_STEPS_DRAWN = (0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 100, 200, 500, 1000)
_PAIRS_DRAWN = 20
_ONE_SYMBOL = re.compile(r"<[0-9A-F]{2}>|" + re.escape(UNKNOWN))


def bpe_training(
    language: str,
    *,
    text: str | None = None,
    word: str | None = None,
    merges: int = 40,
    unit: str = "characters",
) -> LabRun:
    """Run the lab; the inputs are those of `train_bpe`, with a text and a word of its own where none are given."""
    result = train_bpe(
        LAB.text("default-text", language) if text is None else text,
        LAB.text("default-word", language) if word is None else word,
        merges=merges, unit=unit,
    )  # fmt: skip
    figures = (
        styled(_cuts(result.sample_cuts, language), language, LAB.text("figure-sample", language)),
        styled(_cuts(result.word_cuts, language), language, LAB.text("figure-word", language, word=result.word)),
        _counts(result, language),
        _length(result, language),
    )
    return LabRun(LAB, result, figures, _findings(result, language))


def _cuts(cuts: Sequence[Cut], language: str) -> Any:
    """A row of boxes for the cut after each drawn step."""
    last = len(cuts) - 1
    steps = sorted({step for step in _STEPS_DRAWN if step < last} | {last})
    rows: list[dict[str, Any]] = []
    widest = 0
    for step in steps:
        place = 0
        for token in cuts[step]:
            end = place + len(token)
            middle = (place + end) / 2
            symbols = len(_ONE_SYMBOL.sub("?", token))
            rows.append({"step": step, "start": place, "end": end, "middle": middle, "token": token, "length": symbols})
            place = end
        widest = max(widest, place)
    longest = max(row["length"] for row in rows)
    across = alt.Scale(domain=[0, widest], nice=False)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("step:O", title=LAB.text("merges", language), sort=steps),
        tooltip=[alt.Tooltip("token:N", title=LAB.text("token", language))],
    )
    boxes = base.mark_bar(stroke="white", strokeWidth=1.5, height=22).encode(
        x=alt.X("start:Q", axis=None, scale=across),
        x2="end:Q",
        color=alt.Color(
            "length:Q",
            title=LAB.text("symbols", language),
            scale=alt.Scale(scheme=SEQUENTIAL, domain=[1, max(2, longest)]),
            legend=alt.Legend(gradientLength=120, tickMinStep=1, format="d"),
        ),
    )
    letters = base.mark_text(font="DejaVu Sans Mono, monospace", fontSize=11).encode(
        x=alt.X("middle:Q", axis=None, scale=across),
        text="token:N",
        color=alt.condition(f"datum.length < {1 + 0.6 * (longest - 1)}", alt.value("white"), alt.value("black")),
    )
    return (boxes + letters).properties(width=max(180, 11 * widest), height=26 * len(steps))


def _counts(result: BpeTraining, language: str) -> Any:
    data: list[dict[str, Any]] = [
        {"name": f"{place + 1}. {first} + {second}", "value": int(count)}
        for place, ((first, second), count) in enumerate(zip(result.merges, result.counts, strict=True))
    ][:_PAIRS_DRAWN]
    highest = max((row["value"] for row in data), default=1)
    axis = Axis(LAB.text("times", language), format="d", limits=(0, highest))
    return styled(bars(data, LAB.text("pair", language), axis, step=20), language, LAB.text("figure-counts", language))


def _length(result: BpeTraining, language: str) -> Any:
    names = [LAB.text(key, language) for key in ("characters", "bytes")]
    data = [
        {"x": step, "y": float(value), "series": name}
        for name, values in zip(names, (result.characters_per_token, result.bytes_per_token), strict=True)
        for step, value in enumerate(values)
    ]
    chart = lines(
        data, Axis(LAB.text("merges", language), format="d"), Axis(LAB.text("per-token", language)),
        LAB.text("measure", language), order=names, points=False,
    )  # fmt: skip
    return styled(chart, language, LAB.text("figure-length", language))


def _findings(result: BpeTraining, language: str) -> tuple[str, ...]:
    learned = len(result.merges)
    found = []
    if learned:
        first, second = result.merges[0]
        found.append(LAB.text("finding-first", language, first=first, second=second, count=int(result.counts[0])))
    found.append(
        LAB.text(
            "finding-length", language, merges=learned, before=int(result.tokens[0]), after=int(result.tokens[-1]),
            characters=result.characters_per_token[-1], bytes=result.bytes_per_token[-1],
            vocabulary=int(result.vocabulary[-1]),
        )
    )  # fmt: skip
    cut = result.word_cuts[-1]
    key = "finding-seen" if result.word_seen else "finding-unseen"
    found.append(LAB.text(key, language, word=result.word, cut=" | ".join(cut)))
    if UNKNOWN in cut:
        found.append(LAB.text("finding-unknown", language))
    if learned < result.wanted:
        found.append(LAB.text("finding-fewer", language, merges=learned, wanted=result.wanted))
    return tuple(found)
