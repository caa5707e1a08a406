"""What to do next: few, short, in the learner's language, and all of them can be answered."""

import pytest

from agents.plan import Memory, Plan
from knowledge.course import Course
from tutor.parts import REPLIES
from tutor.suggestions import MOST, suggest
from tutor.tutor import Tutor


def plan(*concepts: str, intent: str = "explain", language: str = "en", named: bool = True) -> Plan:
    return Plan(intent, language, "beginner", concepts, "x", (), named, False, ())


@pytest.mark.parametrize("language", ["es", "en"])
def test_suggestions_are_about_the_concept_and_then_a_neighbour(course: Course, language: str) -> None:
    found = suggest(course, plan("attention", language=language), Memory(), REPLIES)
    name = course.concept_name("attention", language)
    assert 0 < len(found) <= MOST
    assert all(text.startswith(name) for text in found[:2])
    assert not found[-1].startswith(name)


def test_what_was_just_done_is_not_offered_again(course: Course) -> None:
    for intent, key in (("example", "next-example"), ("why", "next-why")):
        offered = suggest(course, plan("attention", intent=intent), Memory(), REPLIES)
        assert REPLIES.text(key, "en", concept=course.concept_name("attention", "en")) not in offered


def test_a_neighbour_that_was_seen_gives_way_to_one_that_was_not(course: Course) -> None:
    first = suggest(course, plan("attention"), Memory(), REPLIES)[-1]
    seen = next(concept.id for concept in course.concepts.values() if first.startswith(concept.name["en"] + ":"))
    second = suggest(course, plan("attention"), Memory(said=(f"{course.id}:{seen}/definition:en",)), REPLIES)[-1]
    assert second != first


def test_without_a_topic_the_course_begins_at_its_beginning(course: Course) -> None:
    found = suggest(course, plan(named=False), Memory(), REPLIES)
    assert len(found) == MOST
    assert found[0].startswith(course.concept_name("transformer", "en"))
    carried = suggest(course, plan(named=False), Memory(concepts=("rlhf",)), REPLIES)
    assert carried[0].startswith(course.concept_name("rlhf", "en"))


def test_with_documents_alone_there_is_nothing_to_suggest() -> None:
    assert suggest(None, plan("attention"), Memory(), REPLIES) == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_suggestion_for_every_concept_can_be_answered(tutor: Tutor, course: Course, language: str) -> None:
    """One kind of suggestion a concept, in turn, so that all kinds and all concepts are asked."""
    for number, concept in enumerate(course.concepts):
        offered = suggest(course, plan(concept, language=language), Memory(), REPLIES)
        message = offered[number % len(offered)]
        turn = tutor.ask(message)
        assert not turn["abstained"], message
        assert turn["language"] == language, message
        assert turn["sentences"], message
