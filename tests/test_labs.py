"""What holds for every lab: texts in both languages, sources and concepts that exist, and errors with a way out."""

import string
from pathlib import Path

import pytest

from knowledge.bibliography import read_bibliography
from knowledge.course import BUNDLED_COURSE
from knowledge.errors import BadLab
from tutor.labs.lab import Lab, written
from tutor.labs.registry import LABS, run_lab

LABS_FOLDER = Path(__file__).parent.parent / "tutor" / "labs"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("lab", LABS.values(), ids=LABS)
def test_every_text_is_there_in_both_languages_with_the_same_places(lab: Lab) -> None:
    assert {"title", "task", "observe"} <= set(lab.texts)
    for key, texts in lab.texts.items():
        assert set(texts) == {"es", "en"}, key
        assert texts["es"].strip(), key
        assert texts["en"].strip(), key
        assert places(texts["es"]) == places(texts["en"]), key
    for key in ("title", "task", "observe"):
        assert not places(lab.texts[key]["en"]), key


@pytest.mark.parametrize("lab", LABS.values(), ids=LABS)
def test_sources_concepts_and_code_exist(lab: Lab) -> None:
    known = read_bibliography(BUNDLED_COURSE / "sources.bib")
    assert lab.sources
    assert {source.split()[0] for source in lab.sources} <= set(known)
    assert lab.concepts
    for concept in lab.concepts:
        assert (BUNDLED_COURSE / "concepts" / concept / "concept.toml").exists(), concept
    assert 0 < lab.seconds <= 60
    assert (LABS_FOLDER / f"{lab.name}.py").exists()


def test_labs_stand_in_the_order_of_their_numbers() -> None:
    numbers = [lab.number for lab in LABS.values()]
    assert numbers == list(range(1, len(LABS) + 1))


def test_a_lab_or_an_input_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(BadLab) as unknown:
        run_lab("nowhere", "en")
    assert "nowhere" in unknown.value.message("es")
    assert next(iter(LABS)) in unknown.value.hint("es")
    name = next(iter(LABS))
    with pytest.raises(BadLab) as wrong:
        run_lab(name, "en", nothing=1)
    assert "nothing" in wrong.value.message("en")


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (0.12345, "0.123", "0,123"),
        (12, "12", "12"),
        (1234.5, "1234", "1234"),
        (65_000_000, "65 million", "65 millones"),
        (0.0000123, "1.23 · 10^-5", "1,23 · 10^-5"),
        (-0.5, "-0.5", "-0,5"),
        (0.0, "0", "0"),
    ],
)
def test_numbers_are_written_as_each_language_writes_them(value: float, english: str, spanish: str) -> None:
    assert written(value, "en") == english
    assert written(value, "es") == spanish
