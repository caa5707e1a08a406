"""Lab 4: positions."""

from typing import Any

import numpy as np

from knowledge.labs.positions import HEADS, PLACES, SCHEMES, SIZE, Positions, compare_positions
from knowledge.labs.softmax import Array
from tutor.labs.drawing import Axis, heat_map, lines, side_by_side, styled
from tutor.labs.lab import LabRun, percent, read_lab

LAB = read_lab("positions")
_ALIBI_DISTANCES = 33


def positions(language: str, *, text: str | None = None, farthest: int = 100, head: int = 3, seed: int = 0) -> LabRun:
    """Run the lab; the inputs are those of `compare_positions`, with a sentence of its own where no text is given."""
    given = LAB.text("default-text", language) if text is None else text
    result = compare_positions(given, farthest=farthest, head=head, seed=seed)
    figures = (
        _by_distance(result, language), _alibi(result, language), _weights(result, language), _moved(result, language)
    )  # fmt: skip
    return LabRun(LAB, result, figures, _findings(result, language))


def _by_distance(result: Positions, language: str) -> Any:
    curves = {
        LAB.text("curve-sinusoidal", language): result.sinusoidal,
        LAB.text("curve-rope-same", language): result.rope_same,
        LAB.text("curve-rope-other", language): result.rope_other,
    }
    data = [
        {"x": distance, "y": float(value), "series": name}
        for name, curve in curves.items()
        for distance, value in zip(result.distances, curve, strict=True)
    ]
    chart = lines(
        data, Axis(LAB.text("distance", language)), Axis(LAB.text("similarity", language)),
        LAB.text("curve", language), order=list(curves), points=False,
    )  # fmt: skip
    return styled(chart, language, LAB.text("figure-distance", language, size=SIZE))


def _alibi(result: Positions, language: str) -> Any:
    names = [f"{number + 1}: 1/{round(1 / slope)}" for number, slope in enumerate(result.slopes)]
    data = [
        {"x": distance, "y": float(-slope * distance), "series": name}
        for name, slope in zip(names, result.slopes, strict=True)
        for distance in range(0, _ALIBI_DISTANCES, 4)
    ]
    chart = lines(
        data, Axis(LAB.text("distance", language)), Axis(LAB.text("bias", language)), LAB.text("head", language),
        order=names, points=False,
    )  # fmt: skip
    return styled(chart, language, LAB.text("figure-alibi", language))


def _weights(result: Positions, language: str) -> Any:
    places = [str(place) if place % 5 == 0 else "" for place in range(PLACES)]
    titles = (LAB.text("query", language), LAB.text("key", language), LAB.text("weight", language))
    most = max(float(weights.max()) for weights in result.weights.values())
    maps = {
        LAB.text(scheme, language): heat_map(result.weights[scheme], places, places, titles, limits=(0, most), step=13)
        for scheme in SCHEMES
    }
    joined = side_by_side(maps, columns=2, same_colours=True)
    return styled(joined, language, LAB.text("figure-weights", language, places=PLACES))


def _moved(result: Positions, language: str) -> Any:
    names = [LAB.text(scheme, language) for scheme in SCHEMES]
    titles = (LAB.text("scheme", language), LAB.text("word", language), LAB.text("change", language))
    most = max(float(row.max()) for moved in (result.moved, result.moved_backwards) for row in moved.values())
    maps = {
        LAB.text(key, language): heat_map(_table(moved), names, result.tokens, titles, numbers=".2f",
                                          limits=(0, most), step=42)
        for key, moved in (("shuffled", result.moved), ("backwards", result.moved_backwards))
    }  # fmt: skip
    sentence = " ".join(result.tokens[place] for place in result.order)
    joined = side_by_side(maps, columns=1, same_colours=True)
    note = LAB.text("figure-moved-note", language, sentence=sentence)
    return styled(joined, language, LAB.text("figure-moved", language), note)


def _table(moved: Any) -> Array:
    return np.stack([moved[scheme] for scheme in SCHEMES])


def _findings(result: Positions, language: str) -> tuple[str, ...]:
    means = {scheme: percent(float(result.moved[scheme].mean()), language) for scheme in SCHEMES}
    backwards = result.moved_backwards
    return (
        LAB.text("finding-none", language, none=result.moved["none"].max()),
        LAB.text("finding-others", language, sinusoidal=means["sinusoidal"], rope=means["rope"], alibi=means["alibi"]),
        LAB.text("finding-backwards", language, alibi=backwards["alibi"].max(),
                 rope=percent(float(backwards["rope"].mean()), language)),
        LAB.text("finding-identity", language, sinusoidal=result.sinusoidal_spread, rope=result.rope_spread),
        LAB.text("finding-slopes", language, first="1/2", last=f"1/{2**HEADS}"),
    )  # fmt: skip
