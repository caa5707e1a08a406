"""Lab 5: masks."""

from typing import Any

import numpy as np

from knowledge.labs.masks import KINDS, Masks, build_masks, count_pairs
from tutor.labs.drawing import Axis, bars, heat_map, side_by_side, styled
from tutor.labs.lab import LabRun, read_lab

LAB = read_lab("masks")


def masks(language: str, *, n: int = 6, m: int = 4, padded: int = 2, prefix: int = 3, seed: int = 0) -> LabRun:
    """Run the lab; the inputs are those of `build_masks`."""
    result = build_masks(n=n, m=m, padded=padded, prefix=prefix, seed=seed)
    figures = (_masks(result, language), _weights(result, language), _pairs(result, language))
    return LabRun(LAB, result, figures, _findings(result, language))


def _names(result: Masks, language: str) -> dict[str, str]:
    return {kind: LAB.text(kind, language, padded=result.padded, prefix=result.prefix) for kind in KINDS}


def _places(count: int) -> list[str]:
    return [str(place + 1) for place in range(count)]


def _masks(result: Masks, language: str) -> Any:
    titles = (LAB.text("query", language), LAB.text("key", language), LAB.text("visible", language))
    maps = {
        name: heat_map(np.where(result.allowed[kind], 1.0, np.nan), _places(result.n),
                       _places(result.allowed[kind].shape[1]), titles, limits=(0, 1), step=26, legend=False)
        for kind, name in _names(result, language).items()
    }  # fmt: skip
    return styled(side_by_side(maps, columns=3, same_colours=True), language, LAB.text("figure-masks", language))


def _weights(result: Masks, language: str) -> Any:
    titles = (LAB.text("query", language), LAB.text("key", language), LAB.text("weight", language))
    maps = {
        name: heat_map(np.where(result.allowed[kind], result.weights[kind], np.nan), _places(result.n),
                       _places(result.allowed[kind].shape[1]), titles, numbers=".2f", limits=(0, 1), step=34)
        for kind, name in _names(result, language).items()
    }  # fmt: skip
    joined = side_by_side(maps, columns=2, same_colours=True)
    return styled(joined, language, LAB.text("figure-weights", language), LAB.text("figure-weights-note", language))


def _pairs(result: Masks, language: str) -> Any:
    data = [{"name": name, "value": result.pairs[kind]} for kind, name in _names(result, language).items()]
    axis = Axis(LAB.text("pairs", language), limits=(0, max(result.pairs.values())), format="d")
    return styled(bars(data, LAB.text("mask", language), axis), language, LAB.text("figure-pairs", language))


def _findings(result: Masks, language: str) -> tuple[str, ...]:
    n, prefix, pairs = result.n, result.prefix, result.pairs
    more = count_pairs("prefix", n, prefix=prefix) - count_pairs("causal", n)
    return (
        LAB.text("finding-causal", language, all=n * n, n=n, causal=pairs["causal"]),
        LAB.text("finding-prefix", language, prefix=prefix, more=more, pairs=pairs["prefix"]),
        LAB.text("finding-padding", language, padded=result.padded, n=n, left=n - result.padded,
                 pairs=pairs["padding"]),
        LAB.text("finding-cross", language, n=n, m=result.m, pairs=pairs["cross"]),
        LAB.text("finding-zeroed", language, first=result.kept_if_zeroed[0]),
    )  # fmt: skip
