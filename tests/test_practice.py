"""Practising as the app shows it: what is at hand, its help, what is advised, and no key before its time."""

from datetime import timedelta
from pathlib import Path

import pytest
from study_makers import Clock, right_answer, study_over

from agents.item import Item
from knowledge.messages import LANGUAGES
from tutor.learner.placement import FEWEST, MOST
from tutor.practice import Practice
from tutor.tutor import Tutor

ANA = "ana"


@pytest.fixture
def practice(tutor: Tutor, tmp_path: Path) -> Practice:
    return Practice(study_over(tutor, tmp_path, Clock(timedelta(minutes=1))))


def served(practice: Practice, concept: str = "softmax", kind: str = "mcq") -> Item:
    practice.study.serve(ANA, concept, kind=kind, language="es")
    item = practice.study.open_item(ANA)
    assert item is not None
    return item


def wrong_answer(item: Item, number: int = 1) -> str:
    return "ABCDEFGHIJ"[(item.key + number) % len(item.options)]


def test_nothing_is_at_hand_before_the_first_exercise_and_looking_leaves_no_trace(practice: Practice) -> None:
    assert practice.at_hand(ANA) is None
    assert practice.advised(ANA)["placement"]
    assert practice.study.learners() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_exercise_at_hand_keeps_its_key_until_it_may_be_shown(practice: Practice, language: str) -> None:
    item = served(practice)
    sheet = practice.at_hand(ANA, language)
    assert sheet is not None
    assert sheet["name"] == practice.study.course.concept_name("softmax", language)
    assert not {"key", "rationale", "hints", "misconceptions", "feedback"} & set(sheet["item"])
    assert (sheet["open"], sheet["solution"], sheet["reply"], sheet["hints"]) == (True, None, None, [])
    practice.study.answer(ANA, item.id, wrong_answer(item))
    sheet = practice.at_hand(ANA, language)
    assert sheet is not None
    assert (sheet["open"], sheet["tries"], sheet["solution"]) == (True, 1, None)
    assert sheet["reply"]["verdict"] == "incorrect"
    practice.study.answer(ANA, item.id, right_answer(item))
    sheet = practice.at_hand(ANA, language)
    assert sheet is not None
    assert (sheet["open"], sheet["solution"]) == (False, item.rationale)


def test_the_ladder_is_told_rung_by_rung_and_when_it_would_reveal(practice: Practice) -> None:
    item = served(practice)
    for rung, hint in enumerate(item.hints):
        sheet = practice.at_hand(ANA)
        assert sheet is not None
        assert (sheet["hints"], sheet["reveals"], sheet["of"]) == (list(item.hints[:rung]), False, len(item.hints) + 1)
        assert practice.study.hint(ANA, item.id)["text"] == hint
    sheet = practice.at_hand(ANA)
    assert sheet is not None
    assert (sheet["reveals"], sheet["allowed"]) == (True, False), "a try comes before the solution"
    practice.study.answer(ANA, item.id, wrong_answer(item))
    sheet = practice.at_hand(ANA)
    assert sheet is not None
    assert sheet["allowed"]
    practice.study.hint(ANA, item.id)
    sheet = practice.at_hand(ANA)
    assert sheet is not None
    assert (sheet["open"], sheet["solution"]) == (False, item.rationale)


def test_an_exercise_that_was_left_tells_nothing(practice: Practice) -> None:
    item = served(practice)
    practice.study.skip(ANA, item.id)
    sheet = practice.at_hand(ANA)
    assert sheet is not None
    assert (sheet["open"], sheet["reply"], sheet["solution"]) == (False, None, None)


def test_a_mistake_is_told_as_a_sentence(practice: Practice) -> None:
    for _ in range(8):
        item = served(practice, "attention-masks")
        known = [mistake.id for mistake in practice.study.course.misconceptions]
        led = [place for place, mistake in item.misconceptions.items() if mistake.partition("/")[0] in known]
        if led:
            break
    practice.study.answer(ANA, item.id, "ABCDEFGHIJ"[int(led[0])])
    sheet = practice.at_hand(ANA)
    assert sheet is not None
    assert sheet["reply"]["mistake"] == practice.study.mistake(item.misconceptions[led[0]], "es") != ""


def test_lines_to_be_paired_stand_apart_from_the_stem(practice: Practice) -> None:
    item = served(practice, "activation-functions", "match")
    sheet = practice.at_hand(ANA)
    assert sheet is not None
    assert len(sheet["lines"]) == len(item.key)
    assert all(line in item.stem and line not in sheet["asks"] for line in sheet["lines"])


@pytest.mark.parametrize("placement", ["ask", "skip"])
def test_what_is_advised_is_what_comes(practice: Practice, placement: str) -> None:
    """From the first step on, through the whole of the placement test, and with an exercise that waits."""
    practice.study.set(ANA, placement=placement)
    for _ in range(FEWEST + 2):
        events = len(practice.study.store.events(ANA))
        advice = practice.advised(ANA)
        assert len(practice.study.store.events(ANA)) == events, "advice hands nothing out"
        step = practice.study.next(ANA)
        assert (advice["action"], advice["open"]) == (step["action"], False)
        assert advice["placement"] == ("placement" in step)
        if not advice["placement"]:
            assert (advice["concept"], advice["why"]) == (step["concept"], step["why"])
        item = practice.study.open_item(ANA)
        if item:
            again = practice.advised(ANA)
            assert (again["concept"], again["open"]) == (item.concept, True)
            assert again["why"] == practice.study.next(ANA)["why"]
            assert again["placement"] == advice["placement"]
            practice.study.answer(ANA, item.id, right_answer(item))


def test_the_placement_is_over_for_who_advises_when_it_is_for_who_asks(practice: Practice) -> None:
    practice.study.set(ANA, placement="ask", goal=["softmax"])
    advised = []
    while (advice := practice.advised(ANA))["placement"]:
        advised.append(advice)
        assert "placement" in practice.study.next(ANA)
        item = practice.study.open_item(ANA)
        assert item is not None
        practice.study.answer(ANA, item.id, right_answer(item))
    assert FEWEST <= len(advised) < MOST, "it is over because no question would tell much"
    assert "placement" not in practice.study.next(ANA)


def test_nobody_is_placed_who_began_by_themselves(practice: Practice) -> None:
    item = served(practice)
    practice.study.answer(ANA, item.id, right_answer(item))
    assert not practice.advised(ANA)["placement"]
    assert "placement" not in practice.study.next(ANA)


def test_the_kinds_of_a_concept_are_those_that_can_be_made(practice: Practice) -> None:
    kinds = practice.kinds("softmax")
    assert "mcq" in kinds
    for kind in kinds:
        assert served(practice, "softmax", kind).kind == kind
