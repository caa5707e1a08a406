"""The charts of an exam's results: how each question did, and what each student masters. What colour says, a shape or a
number says too."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from ui.who import Reader

LOW = 0.2  # discrimination under which a question tells little
FINE, LOOK = "#0072B2", "#D55E00"  # told apart with every common kind of colour blindness
MOST_NUMBERED = 30  # students of whom each cell has room for its number
CELL, ROW = 30, 26  # pixels
AROUND = 210  # pixels: the names of the students and the legend

Row = Mapping[str, Any]


def _located(chart: Any, language: str) -> Any:
    """The chart with numbers as the language writes them."""
    marks = (",", "\N{NARROW NO-BREAK SPACE}") if language == "es" else (".", ",")
    percent = alt.NumberLocale(decimal=marks[0], thousands=marks[1], grouping=[3], currency=["", ""])
    return chart.configure(locale=alt.Locale(number=percent)).configure_view(stroke=None)


def questions(reader: Reader, items: Sequence[Row]) -> Any:
    """Right answers against discrimination, a mark a question with its number."""
    text = reader.text
    state = {True: text("chart-look"), False: text("chart-fine")}
    rows = [
        {"number": item["number"].split(" · ")[0], "right": item["right"]["value"], "concept": item["concept_name"],
         "telling": item["discrimination"]["value"], "state": state[bool(item["flags"])]}
        for item in items if item["right"]["value"] is not None and item["discrimination"]["value"] is not None
    ]  # fmt: skip
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("right:Q", title=text("chart-right"), scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")),
        y=alt.Y("telling:Q", title=text("chart-telling"), scale=alt.Scale(domain=[-1, 1], nice=False)),
        tooltip=[
            alt.Tooltip("number:N", title=text("chart-question")), alt.Tooltip("concept:N", title=text("heat-concept")),
            alt.Tooltip("right:Q", title=text("chart-right"), format=".0%"),
            alt.Tooltip("telling:Q", title=text("chart-telling"), format=".2f"),
        ],
    )  # fmt: skip
    states = [state[False], state[True]]
    points = base.mark_point(size=110, filled=True, opacity=0.9).encode(
        color=alt.Color("state:N", title=text("chart-state"), scale=alt.Scale(domain=states, range=[FINE, LOOK])),
        shape=alt.Shape(
            "state:N", title=text("chart-state"), scale=alt.Scale(domain=states, range=["circle", "triangle"])
        ),
    )
    numbers = base.mark_text(dx=12, align="left", fontSize=11).encode(text="number:N")
    line = alt.Chart(alt.InlineData(values=[{"low": LOW}])).mark_rule(strokeDash=[4, 4]).encode(y="low:Q")
    return _located((line + points + numbers).properties(height=360), reader.language)


def mastery(reader: Reader, rows: Sequence[Row]) -> Any:
    """Concepts by students, the weakest on top and on the left; each cell says its number where there is room."""
    text = reader.text
    concepts, students = (ordered(rows, name) for name in ("concept", "name"))
    data = [
        {"student": row["name"], "concept": reader.concept(row["concept"]), "mastery": row["mastery"],
         "points": f"{row['points']:g} / {row['of']:g}"}
        for row in rows
    ]  # fmt: skip
    names = [reader.concept(concept) for concept in concepts]
    slanted = alt.Axis(orient="top", labelAngle=-60, labelOverlap=False)
    base = alt.Chart(alt.InlineData(values=data)).encode(
        x=alt.X("student:N", sort=students, title=text("heat-student"), axis=slanted),
        y=alt.Y("concept:N", sort=names, title=None, axis=alt.Axis(labelLimit=260)),
        tooltip=[
            alt.Tooltip("student:N", title=text("heat-student")), alt.Tooltip("concept:N", title=text("heat-concept")),
            alt.Tooltip("mastery:Q", title=text("heat-mastery"), format=".0%"),
            alt.Tooltip("points:N", title=text("heat-points")),
        ],
    )  # fmt: skip
    colour = alt.Color(
        "mastery:Q", title=text("heat-mastery"), legend=alt.Legend(format=".0%", orient="bottom"),
        scale=alt.Scale(domain=[0, 1], scheme="viridis"),
    )  # fmt: skip
    chart = base.mark_rect().encode(color=colour)
    if len(students) <= MOST_NUMBERED:
        dark = alt.condition(alt.datum.mastery > 0.6, alt.value("black"), alt.value("white"))
        chart += base.mark_text(fontSize=10).encode(text=alt.Text("mastery:Q", format=".0%"), color=dark)
    return _located(chart.properties(width=alt.Step(CELL), height=alt.Step(ROW)), reader.language)


def height(concepts: int) -> int:
    """The pixels that the map of so many concepts takes."""
    return AROUND + ROW * concepts


def ordered(rows: Sequence[Row], by: str) -> list[str]:
    """The concepts or students of the rows, those with the least mastery on average first."""
    found: dict[str, list[float]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row["mastery"])
    return sorted(found, key=lambda one: (sum(found[one]) / len(found[one]), one))
