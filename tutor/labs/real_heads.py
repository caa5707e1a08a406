"""Lab 2: the heads of a real encoder."""

from typing import Any

import altair as alt
import numpy as np

from knowledge.labs.inputs import whole
from knowledge.labs.real_heads import RealHeads, head_at, read_heads
from tutor.labs.drawing import SEQUENTIAL, heat_map, side_by_side, styled
from tutor.labs.lab import LabRun, percent, read_lab

LAB = read_lab("real_heads")


def real_heads(language: str, *, text: str | None = None, layer: int | None = None, head: int | None = None) -> LabRun:
    """Run the lab. `layer` and `head` count from 1; where they are not given, the most local head is drawn large."""
    result = read_heads(LAB.text("default-text", language) if text is None else text)
    local_layer, local_head = head_at(result.distance, largest=False)
    shown_layer = whole("layer", local_layer + 1 if layer is None else layer, 1, result.layers) - 1
    shown_head = whole("head", local_head + 1 if head is None else head, 1, result.heads) - 1
    figures = (
        _overview(result, language),
        _one_head(result, language, shown_layer, shown_head),
        _one_layer(result, language, shown_layer),
    )
    return LabRun(LAB, result, figures, _findings(result, language))


def _overview(result: RealHeads, language: str) -> Any:
    layers = [str(number + 1) for number in range(result.layers)]
    heads = [str(number + 1) for number in range(result.heads)]
    measures = {
        "entropy": (result.normalised_entropy, (0.0, 1.0)),
        "distance": (result.distance, None),
        "special": (result.on_cls + result.on_sep, (0.0, 1.0)),
        "previous": (result.on_previous, (0.0, 1.0)),
        "next": (result.on_next, (0.0, 1.0)),
        "self": (result.on_self, (0.0, 1.0)),
    }
    maps = {
        LAB.text(key, language): heat_map(
            values, layers, heads, (LAB.text("layer", language), LAB.text("head", language), ""),
            limits=limits, step=22,
        )
        for key, (values, limits) in measures.items()
    }  # fmt: skip
    title = LAB.text("figure-overview", language, count=result.layers * result.heads)
    return styled(side_by_side(maps, columns=2), language, title)


def _one_head(result: RealHeads, language: str, layer: int, head: int) -> Any:
    titles = (LAB.text("query", language), LAB.text("key", language), LAB.text("weight", language))
    chart = heat_map(result.attention[layer, head], result.tokens, result.tokens, titles, numbers=".2f", limits=(0, 1))
    return styled(chart, language, LAB.text("figure-head", language, layer=layer + 1, head=head + 1))


def _one_layer(result: RealHeads, language: str, layer: int) -> Any:
    data = [
        {"head": LAB.text("head-number", language, head=head + 1), "row": row, "column": column,
         "from": result.tokens[row], "to": result.tokens[column], "value": round(float(value), 4)}
        for (head, row, column), value in np.ndenumerate(result.attention[layer])
    ]  # fmt: skip
    heads = list(dict.fromkeys(row["head"] for row in data))
    weight = LAB.text("weight", language)
    chart = (
        alt.Chart(alt.InlineData(values=data))
        .mark_rect()
        .encode(
            x=alt.X("column:O", axis=None),
            y=alt.Y("row:O", axis=None),
            color=alt.Color("value:Q", title=weight, scale=alt.Scale(scheme=SEQUENTIAL, domain=[0, 1])),
            tooltip=[
                alt.Tooltip("from:N", title=LAB.text("query", language)),
                alt.Tooltip("to:N", title=LAB.text("key", language)),
                alt.Tooltip("value:Q", title=weight, format=".3f"),
            ],
        )
        .properties(width=120, height=120)
        .facet(alt.Facet("head:N", title=None, sort=heads), columns=4)
    )
    title = LAB.text("figure-layer", language, heads=result.heads, layer=layer + 1)
    return styled(chart, language, title, LAB.text("figure-layer-note", language))


def _findings(result: RealHeads, language: str) -> tuple[str, ...]:
    local, diffuse = head_at(result.distance, largest=False), head_at(result.normalised_entropy)
    ahead = head_at(result.on_next)
    special = (result.on_cls + result.on_sep).mean(axis=1)
    fullest = int(special.argmax())
    return (
        LAB.text("finding-local", language, layer=local[0] + 1, head=local[1] + 1,
                 distance=result.distance[local], share=percent(result.on_previous[local], language)),
        LAB.text("finding-diffuse", language, layer=diffuse[0] + 1, head=diffuse[1] + 1,
                 share=percent(result.normalised_entropy[diffuse], language), nats=result.entropy[diffuse]),
        LAB.text("finding-next", language, layer=ahead[0] + 1, head=ahead[1] + 1,
                 share=percent(result.on_next[ahead], language)),
        LAB.text("finding-special", language, share=percent(special.mean(), language),
                 layer=fullest + 1, most=percent(special[fullest], language)),
        LAB.text("caveat", language),
    )  # fmt: skip
