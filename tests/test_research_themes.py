"""Themes: what is grouped, and what a group is called."""

import numpy as np
import pytest
from research_papers import stretch

from agents.research.points import Point
from agents.research.themes import FEWEST, LARGEST, Theme, Themes
from agents.research.weighing import Weighed
from knowledge.corpus import Corpus
from knowledge.glossary import term_stems


@pytest.fixture(scope="module")
def themes(corpus: Corpus) -> Themes:
    return Themes(corpus.retriever)


def point(number: int, sentence: str, language: str = "en", heading: str = "Part") -> Point:
    return Point(Weighed(stretch(f"doc{number}", sentence, language, heading), 0.9 - number / 100))


def grouped(size: int, *groups: tuple[int, ...]) -> np.ndarray:
    """How alike `size` points are: all of a group 0.8, others not at all."""
    made = np.eye(size, dtype=np.float32)
    for group in groups:
        made[np.ix_(group, group)] = 0.8
    np.fill_diagonal(made, 1)
    return made


MEMORY = [
    point(0, "Quantization of the cache saves memory."),
    point(1, "With quantization the weights take four bits."),
]
HEADS = [point(2, "Each attention head has its own softmax."), point(3, "An attention head may attend to commas.")]
ALONE = point(4, "Volcanoes erupt when magma rises.")


def test_groups_are_named_by_what_their_points_share(themes: Themes) -> None:
    points = [MEMORY[0], HEADS[0], MEMORY[1], HEADS[1], ALONE]
    found = themes.find(points, grouped(5, (0, 2), (1, 3)), frozenset(), "en")
    assert [(theme.name, theme.points) for theme in found] == [
        ("Quantization", tuple(MEMORY)), ("Attention head", tuple(HEADS)), ("", (ALONE,)),
    ]  # fmt: skip


def test_a_name_that_the_glossary_has_is_in_the_language_of_the_reader(themes: Themes) -> None:
    [theme] = themes.find(MEMORY, grouped(2, (0, 1)), frozenset(), "es")
    assert theme.name == "Cuantización"


def test_the_words_of_the_question_name_no_theme(themes: Themes) -> None:
    asked = frozenset(term_stems("quantization", "en"))
    found = themes.find(MEMORY, grouped(2, (0, 1)), asked, "en")
    assert all("quantization" not in theme.name.lower() for theme in found)


def test_a_theme_has_at_least_two_points(themes: Themes) -> None:
    assert themes.find([ALONE], grouped(1), frozenset(), "en") == [Theme("", (ALONE,))]
    assert themes.find([], grouped(0), frozenset(), "en") == []
    found = themes.find([*MEMORY, ALONE], grouped(3), frozenset(), "en")
    assert [theme.name for theme in found] == [""]


def test_a_theme_takes_no_more_than_it_may_and_no_point_is_lost(themes: Themes) -> None:
    points = [point(number, f"Quantization number {number} keeps some bits.") for number in range(LARGEST + 3)]
    found = themes.find(points, grouped(len(points), tuple(range(len(points)))), frozenset(), "en")
    assert sorted(one.lead.stretch.key for theme in found for one in theme.points) == [
        one.lead.stretch.key for one in points
    ]
    assert all(FEWEST <= len(theme.points) <= LARGEST for theme in found if theme.name)


@pytest.mark.parametrize(
    ("heading", "name"),
    [("Cost of the cache", "Cost of the cache"), ("Results", ""), ("Abstract", ""), ("Definición", "")],
)
def test_a_heading_names_what_shares_no_word_unless_all_texts_have_it(themes: Themes, heading: str, name: str) -> None:
    points = [point(0, "Keys stay in store.", heading=heading), point(1, "Values grow daily.", heading=heading)]
    [theme] = themes.find(points, grouped(2, (0, 1)), frozenset(), "en")
    assert theme.name == name


def test_idle_words_name_no_theme(themes: Themes) -> None:
    said = ["The results of the paper are good.", "These results of a paper are better."]
    points = [point(number, text, heading="Results") for number, text in enumerate(said)]
    [theme] = themes.find(points, grouped(2, (0, 1)), frozenset(), "en")
    assert theme.name == ""
