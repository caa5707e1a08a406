"""The bars: what learners really ask is answered from the sources, and what the sources do not hold is not.

150 questions over 30 concepts, written by somebody who had seen neither the method nor the course's names for things.
The weights of the finder were fitted on them among others (evals/fit_finder.py): docs/LOG.md has a figure on questions
that nothing was fitted on.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from conftest import rows

from knowledge.corpus import Corpus
from tutor.tutor import Tutor

RIGHT_CONCEPT = 0.90
ANSWERED = 0.95
NOT_PUBLISHED = re.compile(r"^\S.* (has not published|no ha publicado) .*\.$")

Turn = tuple[dict[str, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def asked(tutor: Tutor) -> list[Turn]:
    """(question, turn) for the learner questions, each in a thread of its own."""
    return [(row, tutor.ask(row["question"])) for row in rows("learner_questions.jsonl")]


@pytest.fixture(scope="module")
def refused(tutor: Tutor) -> list[Turn]:
    """(question, turn) for the 20 questions that the sources cannot answer."""
    return [(row, tutor.ask(row["question"])) for row in rows("unanswerable.jsonl")]


@pytest.fixture(scope="module")
def hard(tutor: Tutor) -> list[Turn]:
    """(question, turn) for 40 more, many of which use a word of the field in another sense."""
    return [(row, tutor.ask(row["question"])) for row in rows("more_unanswerable.jsonl")]


def share(turns: list[Turn], good: Callable[[dict[str, Any], dict[str, Any]], bool]) -> tuple[float, list[str]]:
    """How many are good, and a line for each that is not."""
    bad = [(row, turn) for row, turn in turns if not good(row, turn)]
    lines = [
        f"{row['question']} -> {turn['concepts']} {turn['intent']} {turn['not_in_sources']} {turn['answer'][:80]!r}"
        for row, turn in bad
    ]  # fmt: skip
    return 1 - len(bad) / len(turns), lines


def of(turns: list[Turn], language: str) -> list[Turn]:
    return [(row, turn) for row, turn in turns if row["lang"] == language]


def test_there_are_five_questions_for_each_of_thirty_concepts(asked: list[Turn], refused: list[Turn]) -> None:
    assert {language: len(of(asked, language)) for language in ("es", "en")} == {"es": 75, "en": 75}
    assert {language: len(of(refused, language)) for language in ("es", "en")} == {"es": 10, "en": 10}
    counts = Counter(row["concepts"][0] for row, _ in asked)
    assert len(counts) >= 30
    assert set(counts.values()) == {5}
    everything = [row["question"] for row, _ in (*asked, *refused)]
    assert len(set(everything)) == len(everything)


def test_the_right_concept_comes_first(asked: list[Turn]) -> None:
    right, lines = share(asked, lambda row, turn: turn["concepts"][:1] != [] and turn["concepts"][0] in row["concepts"])
    assert right >= RIGHT_CONCEPT, lines


def test_learner_questions_are_answered(asked: list[Turn]) -> None:
    answered, lines = share(asked, lambda _, turn: not turn["abstained"] and bool(turn["sentences"]))
    assert answered >= ANSWERED, lines


@pytest.mark.parametrize("language", ["es", "en"])
def test_neither_language_is_left_behind(asked: list[Turn], language: str) -> None:
    mine = of(asked, language)
    right, lines = share(mine, lambda row, turn: turn["concepts"][0] in row["concepts"])
    assert right >= RIGHT_CONCEPT - 0.05, lines
    answered, lines = share(mine, lambda _, turn: not turn["abstained"])
    assert answered >= ANSWERED - 0.05, lines


@pytest.mark.parametrize("language", ["es", "en"])
def test_questions_are_answered_in_their_language(asked: list[Turn], language: str) -> None:
    spoken, lines = share(of(asked, language), lambda row, turn: turn["language"] == row["lang"])
    assert spoken >= ANSWERED, lines


def test_every_printed_sentence_is_supported_and_quoted(asked: list[Turn], refused: list[Turn], corpus: Corpus) -> None:
    for row, turn in (*asked, *refused):
        numbers = {source["n"] for source in turn["sources"]}
        for sentence in turn["sentences"]:
            assert sentence["verdict"] == "supported", (row["question"], sentence)
            assert sentence["citations"], (row["question"], sentence)
            assert set(sentence["citations"]) <= numbers
        for source in turn["sources"]:
            passage = corpus.passage(source["passage"])
            assert passage is not None
            assert source["quote"] in passage.text, row["question"]


def test_answers_differ_from_question_to_question(asked: list[Turn]) -> None:
    answers = [turn["answer"] for _, turn in asked]
    assert len(set(answers)) >= 0.9 * len(answers)


def test_what_the_sources_do_not_hold_is_not_answered(refused: list[Turn]) -> None:
    told, lines = share(refused, lambda _, turn: turn["abstained"] and bool(turn["not_in_sources"]))
    assert told == 1, lines


def test_words_of_the_field_in_another_sense_are_seldom_taken_for_it(hard: list[Turn]) -> None:
    told, lines = share(hard, lambda _, turn: turn["abstained"] and bool(turn["not_in_sources"]))
    assert told >= 0.9, lines


def test_nothing_is_invented_for_it(refused: list[Turn]) -> None:
    """A sentence may only say, with its source, that the maker has not published the value."""
    for row, turn in refused:
        assert len(turn["sentences"]) <= 1, row["question"]
        for sentence in turn["sentences"]:
            assert NOT_PUBLISHED.match(sentence["text"]), (row["question"], sentence["text"])
            assert sentence["verdict"] == "supported"


def test_a_refusal_says_so_and_offers_something_else(refused: list[Turn]) -> None:
    for row, turn in refused:
        assert turn["answer"].strip(), row["question"]
        assert turn["next"], row["question"]
        assert len(turn["answer"]) < 400
