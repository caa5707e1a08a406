"""Conversations to go on with, answers given anew, and what may be asked next."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from agents.explainer import Explainer, Spoken
from knowledge.messages import LANGUAGES
from tutor.labs.registry import LABS
from tutor.settings import Settings
from tutor.tutor import Tutor


@pytest.fixture(scope="module")
def own(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    other = Tutor(Settings(data_dir=tmp_path_factory.mktemp("talks"), model="composer"))
    for part in ("course", "encoder", "verifier"):
        other.__dict__[part] = getattr(tutor, part)
    return other


def anew(tutor: Tutor, question: str, **chosen: Any) -> dict[str, Any]:
    *_, last = tutor.stream(question, instead=True, **chosen)
    turn: dict[str, Any] = last["turn"]
    return turn


def test_conversations_are_listed_by_their_first_question_the_latest_first(own: Tutor) -> None:
    assert own.conversations("nobody-yet") == []
    own.ask("¿Qué es la softmax?", thread="one", learner="ana")
    own.ask("What is attention?", thread="two", learner="ana")
    own.ask("un ejemplo", thread="one", learner="ana")
    own.ask("What is BERT?", thread="three", learner="luis")
    heads = own.conversations("ana")
    assert [(head["thread"], head["question"], head["turns"]) for head in heads] == [
        ("one", "¿Qué es la softmax?", 2), ("two", "What is attention?", 1)
    ]  # fmt: skip
    assert heads[0]["at"] > heads[1]["at"]
    assert own.conversations("ana", 1) == heads[:1]


def test_an_answer_given_anew_takes_the_place_of_the_old_one(own: Tutor) -> None:
    own.ask("¿Qué es la softmax?", thread="anew")
    old = own.ask("un ejemplo", thread="anew")
    new = anew(own, "un ejemplo", thread="anew", level="advanced")
    assert new["concepts"] == old["concepts"], "what was spoken of before is still known"
    assert new["level"] == "advanced"
    assert [turn["question"] for turn in own.history("anew")] == ["¿Qué es la softmax?", "un ejemplo"]
    assert own.history("anew")[-1]["level"] == "advanced"
    after = own.ask("¿por qué?", thread="anew")
    assert after["concepts"][0] == old["concepts"][0]
    assert len(own.history("anew")) == 3


def test_the_same_answer_comes_again_where_nothing_was_chosen_otherwise(own: Tutor) -> None:
    first = own.ask("¿Qué es la atención?", thread="same")
    again = anew(own, "¿Qué es la atención?", thread="same")
    assert again["answer"] == first["answer"]
    assert len(own.history("same")) == 1


def test_an_answer_that_is_left_costs_the_old_one_nothing(own: Tutor) -> None:
    old = own.ask("¿Qué es la softmax?", thread="left")
    events = own.stream("¿Qué es la softmax?", thread="left", instead=True)
    assert next(events)["kind"] == "sentence"
    events.close()  # type: ignore[attr-defined]
    assert [turn["answer"] for turn in own.history("left")] == [old["answer"]]


def test_a_turn_that_breaks_off_is_none(own: Tutor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Explainer, *given: Any) -> Iterator[Spoken]:
        yield from islice(explain(self, *given), 1)
        raise ZeroDivisionError

    explain = Explainer.explain
    old = own.ask("¿Qué es la atención?", thread="broken")
    monkeypatch.setattr(Explainer, "explain", broken)
    with pytest.raises(ZeroDivisionError):
        own.ask("¿Qué es la softmax?", thread="broken")
    assert [turn["question"] for turn in own.history("broken")] == [old["question"]]
    monkeypatch.undo()
    after = own.ask("un ejemplo", thread="broken")
    assert after["concepts"][0] == old["concepts"][0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_offers_are_what_the_course_can_serve(own: Tutor, language: str) -> None:
    offered = own.offers("attention", language)
    assert list(offered) == ["simpler", "deeper", "example", "code", "picture", "test"]
    assert "attention" in LABS[offered["picture"]].concepts
    passages = own.corpus().retriever.passages
    without = next(name for name in own.course.concepts if f"{own.course.id}:{name}/code:{language}" not in passages)
    assert "code" not in own.offers(without, language)
    drawn = {concept for lab in LABS.values() for concept in lab.concepts}
    assert all(("picture" in own.offers(name, language)) == (name in drawn) for name in own.course.concepts)
    assert own.offers("no-concept", language) == {}


def test_no_key_is_kept_with_a_conversation(own: Tutor) -> None:
    turn = own.ask("ponme un ejercicio de softmax", thread="keys", learner="ana")
    assert "key" not in turn["exercise"]
    assert "key" not in own.history("keys")[-1]["exercise"]
