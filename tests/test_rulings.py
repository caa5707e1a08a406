"""What a course says of single claims: at once where it states, refutes or tabulates them, else by the fact check."""

import json
import shutil
from pathlib import Path

import pytest

from knowledge.corpus import Corpus
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from knowledge.factcheck import FactChecker
from knowledge.rulings import FILE, Rulings, keep_rulings, read_rulings


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(BUNDLED_COURSE, units=False)


@pytest.fixture(scope="module")
def rulings(course: Course) -> Rulings:
    return Rulings(course, None, saved=False)


def test_statements_are_supported_and_misconceptions_contradicted_word_for_word(
    course: Course, rulings: Rulings
) -> None:
    for statement in course.statements:
        for language, wordings in statement.wordings.items():
            for wording in wordings:
                found = rulings.at_once(wording, language)
                assert found is not None
                assert (found.verdict, found.quote) == ("supported", wording)
                assert found.place
    for misconception in course.misconceptions:
        for language, text in misconception.statement.items():
            found = rulings.at_once(f"  {text}\n", language)
            assert found is not None
            assert found.verdict == ("not_found" if misconception.partly_true else "contradicted")
            assert found.quote == misconception.refutation[language]


@pytest.mark.parametrize(
    ("claim", "language", "verdict"),
    [
        ("GPT-3 has 96 layers.", "en", "supported"),
        ("GPT-3 tiene 24 capas.", "es", "contradicted"),
        ("BERT was introduced in 2021.", "en", "contradicted"),
        ("GPT-4 has 120 layers.", "en", "not_found"),  # its maker has not published it
        ("OpenAI has not published the number of layers of GPT-4.", "en", "supported"),
        ("OpenAI has not published the number of layers of GPT-3.", "en", "contradicted"),
        ("GPT-3 has 96 layers. BERT base has 12 layers.", "en", "supported"),
        ("GPT-3 has 96 layers. BERT base has 24 layers.", "en", "contradicted"),
    ],
)
def test_the_table_rules_at_once_and_a_text_is_as_true_as_its_worst_sentence(
    rulings: Rulings, claim: str, language: str, verdict: str
) -> None:
    found = rulings.at_once(claim, language)
    assert found is not None
    assert found.verdict == verdict


def test_any_other_claim_is_asked_once_of_the_fact_check(course: Course, corpus: Corpus) -> None:
    opened: list[FactChecker] = []

    def checker() -> FactChecker:
        opened.append(corpus.checker)
        return corpus.checker

    rulings = Rulings(course, checker, saved=False)
    claim = "The softmax turns the attention scores into weights that add up to one."
    assert rulings.at_once(claim, "en") is None
    assert rulings.of(claim, "en") == rulings.of(claim, "en")
    assert rulings.of("Whales are mammals that sing in the sea.", "en").verdict == "not_found"
    assert len(opened) == 2
    assert Rulings(course, None, saved=False).of(claim, "en").verdict == "not_found"


def test_kept_rulings_hold_until_the_course_changes(tmp_path: Path, corpus: Corpus) -> None:
    folder = tmp_path / "course"
    shutil.copytree(BUNDLED_COURSE, folder, ignore=shutil.ignore_patterns(FILE))
    course = load_course(folder, units=False)
    asked = [
        ("The decoder attends to the outputs of the encoder.", "en"),
        ("GPT-3 has 96 layers.", "en"),  # known at once, so not kept
    ]
    count = keep_rulings(folder, Rulings(course, lambda: corpus.checker, saved=False), asked)
    assert count == 1
    kept = read_rulings(folder)
    assert len(kept) == 1
    assert Rulings(course, None).of(*asked[0]) == next(iter(kept.values()))

    (folder / FILE).write_text("{ not JSON", encoding="utf-8")
    assert read_rulings(folder) == {}
    keep_rulings(folder, Rulings(course, lambda: corpus.checker, saved=False), asked)
    with (folder / "glossary.toml").open("a", encoding="utf-8") as file:
        file.write("# another state of the course\n")
    assert read_rulings(folder) == {}


def test_the_kept_rulings_of_the_course_are_what_the_fact_check_says_today(
    corpus: Corpus, course: Course, rulings: Rulings
) -> None:
    """A stale file would prove keys by rules that are no longer those of the fact check."""
    from tutor.course_rulings import claims_of

    kept = read_rulings(BUNDLED_COURSE)
    asked = [one for one in claims_of(course) if rulings.at_once(*one) is None]
    assert json.loads((BUNDLED_COURSE / FILE).read_text(encoding="utf-8"))["digest"]
    assert len(kept) == len(set(asked))
    live, saved = Rulings(course, lambda: corpus.checker, saved=False), Rulings(course, None)
    for claim, language in asked[:: max(1, len(asked) // 10)]:
        assert saved.of(claim, language).verdict == live.of(claim, language).verdict, claim
