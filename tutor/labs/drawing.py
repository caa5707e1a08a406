"""How the labs draw: one palette, one theme, heat maps, lines and bars. Charts carry their data and need no network."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import numpy as np
from numpy.typing import NDArray

# Okabe & Ito: told apart with every common kind of colour blindness. Yellow, weak on white, comes last.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
SEQUENTIAL: Final = "viridis"
SIGNED: Final = "blueorange"
NOTHING = "#E5E5E5"  # a cell without a value
INK = "#25302E"  # of words: the ground is white on dark pages too
FONT = "Source Sans Pro, Helvetica, Arial, DejaVu Sans, sans-serif"
_DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [1, 3], [10, 4], [3, 3]]
_LONGEST_LABEL = 18

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its title with its unit, whether it is logarithmic, the format of its numbers (d3), limits and ticks."""

    title: str
    log: bool = False
    format: str | None = None
    limits: tuple[float, float] | None = None
    ticks: tuple[float, ...] = ()

    @property
    def scale(self) -> alt.Scale:
        """Its scale; it need not start at zero."""
        options: dict[str, Any] = {"type": "log"} if self.log else {}
        if self.limits:
            options["domain"] = list(self.limits)
        return alt.Scale(**options, zero=False, nice=not self.limits)


def styled(chart: Any, language: str, title: str, subtitle: str = "") -> Any:
    """The chart with its title, the common theme, and numbers as the language writes them. Call it last."""
    marks = (",", "\u202f") if language == "es" else (".", ",")
    return chart.properties(
        title=alt.TitleParams(
            title, anchor="start", fontSize=15, subtitleFontSize=12, offset=12, subtitle=subtitle or alt.Undefined
        )
    ).configure(
        background="white",
        font=FONT,
        title=alt.TitleConfig(color=INK, subtitleColor=INK),
        axis=alt.AxisConfig(
            labelFontSize=11,
            titleFontSize=12,
            titleFontWeight="normal",
            gridColor="#EEEEEE",
            labelColor=INK,
            titleColor=INK,
            domainColor="#888888",
            tickColor="#888888",
        ),
        legend=alt.LegendConfig(
            labelFontSize=11, titleFontSize=12, titleFontWeight="normal", labelLimit=320, labelColor=INK, titleColor=INK
        ),
        header=alt.HeaderConfig(
            labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelColor=INK, titleColor=INK
        ),
        view=alt.ViewConfig(stroke=None),
        locale=alt.Locale(
            number=alt.NumberLocale(decimal=marks[0], thousands=marks[1], grouping=[3], currency=["", ""])
        ),
    )


def heat_map(
    values: NDArray[np.floating[Any]],
    rows: Sequence[str],
    columns: Sequence[str],
    titles: tuple[str, str, str],
    *,
    signed: bool = False,
    numbers: str | None = None,
    limits: tuple[float, float] | None = None,
    step: int = 34,
    legend: bool = True,
) -> Any:
    """A matrix as coloured cells: `values` of shape (len(rows), len(columns)), names down the side and along the top.

    `titles`: of the rows, of the columns, and of the values with their unit. `numbers`: a d3 format writes each value
    in its cell. Values that are not finite are drawn as empty cells. `signed`: the colours are centred on zero.
    """
    finite = values[np.isfinite(values)]
    low, high = limits or ((float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0))
    if signed:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    high = high if high > low else low + 1.0
    data = [
        {"row": row, "column": column, "row_name": rows[row], "column_name": columns[column],
         "value": float(value) if math.isfinite(value) else None}
        for (row, column), value in np.ndenumerate(values)
    ]  # fmt: skip
    base = alt.Chart(alt.InlineData(values=data)).encode(
        x=alt.X("column:O", title=titles[1], axis=_named_axis(columns, orient="top", labelAngle=_angle(columns))),
        y=alt.Y("row:O", title=titles[0], axis=_named_axis(rows)),
    )
    scale = alt.Scale(scheme=SIGNED if signed else SEQUENTIAL, domain=[low, high], clamp=True)
    shown = alt.Legend(gradientLength=140) if legend else None
    valid = base.transform_filter("isValid(datum.value)")
    cells = valid.mark_rect(stroke="white", strokeWidth=1).encode(
        color=alt.Color("value:Q", title=titles[2], scale=scale, legend=shown),
        tooltip=[
            alt.Tooltip("row_name:N", title=titles[0]),
            alt.Tooltip("column_name:N", title=titles[1]),
            alt.Tooltip("value:Q", title=titles[2], format=".3f"),
        ],
    )
    chart = base.mark_rect(color=NOTHING, stroke="white", strokeWidth=1) + cells
    if numbers:
        bright = f"abs(datum.value) > {0.7 * high}" if signed else f"datum.value < {low + 0.6 * (high - low)}"
        chart = chart + valid.mark_text(fontSize=11).encode(
            text=alt.Text("value:Q", format=numbers),
            color=alt.condition(bright, alt.value("white"), alt.value("black")),
        )
    return chart.properties(width=step * len(columns), height=step * len(rows))


def lines(
    data: Sequence[Row],
    x: Axis,
    y: Axis,
    series: str = "",
    *,
    order: Sequence[str] = (),
    points: bool = True,
    width: int = 420,
    height: int = 260,
) -> Any:
    """Lines through rows with the keys `x`, `y` and, where there are several lines, `series` (its name for people).

    `series`: the title of the legend. `order`: the names in the order of the legend and of the colours. Lines differ
    in colour and in dashes.
    """
    chart = alt.Chart(alt.InlineData(values=[dict(row) for row in data])).mark_line(
        point={"size": 36, "filled": True} if points else False, strokeWidth=2
    )
    coding: dict[str, Any] = {"x": quantity(alt.X, "x", x), "y": quantity(alt.Y, "y", y)}
    tooltip = [alt.Tooltip("x:Q", title=x.title), alt.Tooltip("y:Q", title=y.title, format=".4~g")]
    if order:
        names = list(order)
        coding["color"] = alt.Color(
            "series:N", title=series, sort=names, scale=alt.Scale(domain=names, range=list(OKABE_ITO[: len(names)]))
        )
        coding["strokeDash"] = alt.StrokeDash(
            "series:N", title=series, sort=names, scale=alt.Scale(domain=names, range=_DASHES[: len(names)])
        )
        tooltip.insert(0, alt.Tooltip("series:N", title=series))
    else:
        coding["color"] = alt.value(OKABE_ITO[0])
    return chart.encode(**coding, tooltip=tooltip).properties(width=width, height=height)


def bars(
    data: Sequence[Row],
    names: str,
    values: Axis,
    series: str = "",
    *,
    order: Sequence[str] = (),
    width: int = 420,
    step: int = 24,
) -> Any:
    """Horizontal bars for rows with the keys `name`, `value` and, where bars are stacked, `series`.

    Bars stand in the order of the rows. `order`: names of the parts in the order of the legend and of the colours.
    """
    kept = list(dict.fromkeys(str(row["name"]) for row in data))
    coding: dict[str, Any] = {
        "x": quantity(alt.X, "value", values),
        "y": alt.Y("name:N", title=names, sort=kept, axis=alt.Axis(labelLimit=260)),
        "color": alt.value(OKABE_ITO[0]),
    }
    tooltip = [alt.Tooltip("name:N", title=names), alt.Tooltip("value:Q", title=values.title, format=".4~g")]
    if order:
        coding["color"] = alt.Color(
            "series:N", title=series, sort=list(order),
            scale=alt.Scale(domain=list(order), range=list(OKABE_ITO[: len(order)])),
        )  # fmt: skip
        coding["order"] = alt.Order("place:Q")
        tooltip.insert(1, alt.Tooltip("series:N", title=series))
    rows = [
        {**row, "place": list(order).index(str(row["series"])) if order else 0} for row in data
    ]  # the stack follows the legend
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(**coding, tooltip=tooltip)
        .properties(width=width, height=step * len(kept))
    )


def side_by_side(charts: Mapping[str, Any], columns: int, *, same_colours: bool = False) -> Any:
    """Several charts under their names, `columns` to a row. `same_colours`: one legend stands for all."""
    named = [
        chart.properties(title=alt.TitleParams(name, fontSize=12, fontWeight="normal", anchor="start", offset=6))
        for name, chart in charts.items()
    ]
    joined = alt.concat(*named, columns=columns, spacing=28)
    return joined.resolve_scale(color="shared" if same_colours else "independent")


def quantity(channel: Any, field: str, axis: Axis) -> Any:
    """A numeric channel (`alt.X`, `alt.Y`) of the field called `field`."""
    options: dict[str, Any] = {"format": axis.format} if axis.format else {}
    if axis.ticks:
        options["values"] = list(axis.ticks)
    return channel(f"{field}:Q", title=axis.title, scale=axis.scale, axis=alt.Axis(**options))


def _named_axis(names: Sequence[str], **options: Any) -> alt.Axis:
    """An axis over places 0, 1, ... that shows names; the same name may stand in several places."""
    shown = [name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…" for name in names]
    return alt.Axis(labelExpr=f"{json.dumps(shown)}[datum.value]", domain=False, ticks=False, grid=False,
                    labelOverlap=False, **options)  # fmt: skip


def _angle(names: Sequence[str]) -> int:
    return -45 if max(map(len, names), default=0) > 4 else 0
