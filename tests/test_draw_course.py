"""The page and the figure of the course: those that are kept are those that its data give, and they can be read."""

import re
import shutil
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from evals import draw_course
from evals.concept_graph import DARK, INK, PAD, PALE, PAPER, QUIET, STRIPE, Figure, narrowest, text_width, wrap
from evals.layered_layout import MARGIN, STRAIGHT, depths, reduced
from knowledge.course import Course
from knowledge.course_loader import load_course

Colour = npt.NDArray[np.float64]
SVG = "{http://www.w3.org/2000/svg}"
TEMPLATE = Path(__file__).parent.parent / "tutor" / "course_template"
WORDS = dict.fromkeys(("title", "subtitle", "description", "depth", "arrow", "difficulty", "reading"), "a < b")


@pytest.fixture(scope="module")
def files(course: Course) -> dict[str, str]:
    return draw_course.draw(course)


@pytest.fixture(scope="module", params=["en", "es"])
def figure(request: pytest.FixtureRequest, course: Course) -> Figure:
    return Figure(course, request.param, WORDS)


def test_the_kept_files_are_those_of_the_data(files: dict[str, str]) -> None:
    assert sorted(files) == ["course.md", "curso.md", "images/concept-graph-en.svg", "images/concept-graph-es.svg"]
    for name, text in files.items():
        assert (draw_course.DOCS / name).read_text(encoding="utf-8") == text, "run: python -m evals.draw_course"


# The page


@pytest.mark.parametrize(("name", "language"), [("course.md", "en"), ("curso.md", "es")])
def test_the_page_names_everything(course: Course, files: dict[str, str], name: str, language: str) -> None:
    page = files[name]
    for concept in course.concepts.values():
        assert f"[{concept.name[language]}](../knowledge/courses/transformers/concepts/{concept.id}/" in page
    for source in course.sources.values():
        assert f"`{source.key}`" in page
        assert not source.arxiv or f"(https://arxiv.org/abs/{source.arxiv})" in page
    for fact in course.facts.facts:
        if fact.status == "undisclosed":
            assert course.facts.attributes[fact.attribute].phrase[language] in page
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", page) if not link.startswith("http")]
    assert len(links) > len(course.concepts)
    assert all((draw_course.DOCS / link).exists() for link in links)
    assert not re.search(r"[{}]", page.replace("{,}", "")), "every place is filled"


def test_both_pages_hold_the_same_numbers(files: dict[str, str]) -> None:
    counts = [re.findall(r"^\| (\d+(?: \| \d+){7}) \|$", files[name], re.M) for name in ("course.md", "curso.md")]
    assert len(counts[0]) == 1
    assert counts[0] == counts[1]


# The graph


def test_depths_and_reduction() -> None:
    parents = {"a": [], "b": ["a"], "c": ["a", "b"], "d": ["c", "a"], "e": []}
    assert depths(parents) == {"a": 0, "b": 1, "c": 2, "d": 3, "e": 0}
    assert reduced(parents) == [("a", "b"), ("b", "c"), ("c", "d")]


def test_the_arrows_say_all_that_the_course_says(course: Course, figure: Figure) -> None:
    drawn = {name: [start for start, end in figure.edges if end == name] for name in course.concepts}

    def before(name: str, parents: dict[str, list[str]]) -> set[str]:
        return set(parents[name]).union(*(before(parent, parents) for parent in parents[name]))

    stated = {name: list(concept.prerequisites) for name, concept in course.concepts.items()}
    for name in course.concepts:
        assert before(name, drawn) == before(name, stated)
        assert set(drawn[name]) <= set(stated[name])


# The figure


def test_no_box_covers_another_and_every_label_fits(figure: Figure) -> None:
    boxes = {name: figure.box(name) for name in figure.course.concepts}
    for (x, y, width, height), (left, top, wide, high) in combinations(boxes.values(), 2):
        assert x + width < left or left + wide < x or y + height < top or top + high < y
    for name, (x, y, width, height) in boxes.items():
        assert " ".join(figure.labels[name]) == figure.course.concepts[name].name[figure.language]
        assert max(map(text_width, figure.labels[name])) <= width - STRIPE - 2 * PAD + 0.01
        assert 0 < x < x + width < figure.width
        assert 0 < y < y + height < figure.height


def test_arrows_run_from_left_to_right_and_never_behind_a_box(figure: Figure) -> None:
    columns = figure.places.columns
    for (start, end), heights in figure.routes.heights.items():
        crossed = range(columns[start] + 1, columns[end])
        assert len(heights) == len(crossed) + 2
        for column, y in zip(crossed, heights[1:-1], strict=True):
            for name in figure.course.concepts:
                _, top, _, height = figure.box(name)
                assert columns[name] != column or not top - MARGIN < y < top + height + MARGIN, (start, end, name)


def test_no_two_arrows_run_on_one_line_but_to_or_from_the_same_concept(figure: Figure) -> None:
    leaving: dict[int, list[tuple[str, str, float, float]]] = {}
    tracks: dict[tuple[int, float], set[str]] = {}
    for (start, end), heights in figure.routes.heights.items():
        first = figure.places.columns[start]
        for gutter, (y, to_y) in enumerate(pairwise(heights), start=first):
            leaving.setdefault(gutter, []).append((start, end, y, to_y))
        for column, y in enumerate(heights[1:-1], start=first + 1):
            tracks.setdefault((column, y), set()).add(start)
    assert all(len(starts) == 1 for starts in tracks.values())
    lanes = figure.routes.lanes
    for gutter, moves in leaving.items():
        for one, _, _, arrives in moves:
            for other, ends, leaves, goes in moves:
                turn = abs(leaves - goes) > STRAIGHT
                if one != other and turn and (gutter, one) in lanes and abs(arrives - leaves) < STRAIGHT:
                    straight = any(o == other and abs(a - b) < STRAIGHT for o, _, a, b in moves)
                    assert straight or lanes[gutter, other] < lanes[gutter, one], (gutter, one, other, ends)


def test_lanes_stay_in_their_gutter(figure: Figure) -> None:
    for gutter, count in enumerate(figure.routes.counts):
        room = figure.lefts[gutter + 1] - figure.lefts[gutter] - figure.widths[gutter]
        assert room >= 8 * count + 16


def test_the_picture_is_sound_and_names_every_concept_and_topic(course: Course, files: dict[str, str]) -> None:
    for language in ("en", "es"):
        picture = ET.fromstring(files[f"images/concept-graph-{language}.svg"])
        texts = [node.text or "" for node in picture.iter(f"{SVG}text")]
        titles = {node.text for node in picture.iter(f"{SVG}title")}
        assert {concept.name[language] for concept in course.concepts.values()} <= titles
        shown = " ".join(texts)
        assert all(topic[language] in shown for topic in course.topics.values())
        background = picture.find(f"{SVG}rect")
        assert background is not None
        assert (background.get("width"), background.get("fill")) == ("100%", "#ffffff")
        assert {node.tag.removeprefix(SVG) for node in picture.iter()} == {
            "svg", "title", "desc", "rect", "text", "g", "path", "circle"
        }  # fmt: skip


def test_words_are_escaped(tmp_path: Path) -> None:
    folder = shutil.copytree(TEMPLATE, tmp_path / "mine")
    file = folder / "concepts" / "evaporation" / "concept.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('en = "Evaporation"', 'en = "Up & <b>away</b>"'), "utf-8")
    drawn = Figure(load_course(folder), "en", WORDS).svg()
    picture = ET.fromstring(drawn)
    assert "Up & <b>away</b>" in [node.text for node in picture.iter(f"{SVG}title")]
    assert drawn == Figure(load_course(folder), "en", WORDS).svg()


@pytest.mark.parametrize(
    ("text", "widest", "lines"),
    [
        ("Attention", 10, ["Attention"]),
        ("a bb ccc", 1000, ["a bb ccc"]),
        ("aaaa bbbb cccc dddd", 140, ["aaaa bbbb", "cccc dddd"]),
    ],
)  # fmt: skip
def test_wrapping(text: str, widest: float, lines: list[str]) -> None:
    assert wrap(text, widest) == lines
    assert len(wrap(text, narrowest(text))) <= 4


def linear(colour: str) -> Colour:
    """Linear RGB of a colour written as #rrggbb."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio of two colours."""
    low, high = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: Colour) -> Colour:
    """CIELAB of linear RGB, white point D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ np.clip(rgb, 1e-3, 1) / (0.9505, 1, 1.089))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


# Machado, Oliveira and Fernandes (2009), table 1, severity 1
VISION = {
    "usual": np.eye(3),
    "protanopia": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "deuteranopia": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "tritanopia": np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}


@pytest.mark.parametrize("vision", VISION)
def test_neighbouring_topics_can_be_told_apart(vision: str) -> None:
    seen = [lab(VISION[vision] @ linear(colour)) for colour in DARK]
    assert all(np.linalg.norm(one - other) > 30 for one, other in pairwise(seen))


def test_lines_and_names_can_be_read_on_the_bands() -> None:
    assert len(set(DARK)) == len(set(PALE)) == len(DARK) == len(PALE) == 10
    for dark, own in zip(DARK, PALE, strict=True):
        assert contrast(dark, own) >= 4.5
        assert min(contrast(dark, pale) for pale in PALE) >= 3  # a line crosses every band
    assert min(contrast(INK, PAPER), contrast(QUIET, PAPER)) >= 7
