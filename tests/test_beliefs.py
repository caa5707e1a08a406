"""Misconceptions: a claim that states one is met by the sentence that sets it right, which states none itself."""

from pathlib import Path

import pytest
from tiny_course import write_course

from knowledge.beliefs import Belief, Beliefs
from knowledge.course import Course
from knowledge.course_loader import load_course
from knowledge.messages import LANGUAGES
from knowledge.reading import Reader


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(write_course(tmp_path_factory.mktemp("beliefs") / "tiny"))


@pytest.fixture(scope="module")
def beliefs(tiny: Course) -> Beliefs:
    return Beliefs(tiny, Reader(tiny.glossary, tiny.facts.name_spans))


def stated(beliefs: Beliefs, claim: str, language: str, least: float = 1.0, headed: int = 0) -> Belief | None:
    return beliefs.stated(beliefs.reader.read(claim, language), lambda _: 1.0, least, least, headed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_misconception_is_found_with_its_refutation(tiny: Course, beliefs: Beliefs, language: str) -> None:
    assert len(tiny.misconceptions) == 2
    for item in tiny.misconceptions:
        found = stated(beliefs, item.statement[language], language)
        assert found is not None
        assert (found.coverage, found.partly_true) == (1.0, False)
        assert found.refutation.id == tiny.refutation_id(item, language)
        assert found.refutation.sentences[0].text.startswith(item.refutation[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refutation_states_no_misconception(tiny: Course, beliefs: Beliefs, language: str) -> None:
    for item in tiny.misconceptions:
        for least in (1.0, 0.6, 0.0):
            assert stated(beliefs, item.refutation[language], language, least) is None


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("The pivot ends.", "en"),
        ("The pivot never stops the sorting.", "en"),
        ("Quicksort never ends.", "en"),
        ("Never.", "en"),
        ("", "en"),
        ("El pivot termina siempre.", "es"),
        ("El pivot nunca termina en 4 pasos.", "es"),
    ],
)
def test_what_is_no_misconception(beliefs: Beliefs, claim: str, language: str) -> None:
    assert stated(beliefs, claim, language) is None


def test_in_other_words_it_is_the_same(beliefs: Beliefs) -> None:
    found = stated(beliefs, "Pivots never ended.", "en")
    assert found is not None
    assert found.refutation.id == "tiny:pivot.endless/refutation:en"


def test_one_that_is_right_of_some_is_marked(tiny: Course, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "tiny")
    file = folder / "concepts" / "pivot" / "misconceptions.toml"
    text = file.read_text(encoding="utf-8").replace("source =", "partly_true = true\nsource =")
    file.write_text(text, encoding="utf-8")
    course = load_course(folder)
    found = stated(Beliefs(course, Reader(course.glossary)), "The pivot never ends.", "en")
    assert found is not None
    assert found.partly_true


def test_without_a_course_there_are_none(tiny: Course) -> None:
    assert stated(Beliefs(None, Reader(tiny.glossary)), "The pivot never ends.", "en") is None
