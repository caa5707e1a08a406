"""One choice out of a few: by the logits of a model in this process, by the letter that any other says."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage, SystemMessage

from agents.chat_decision import SURE, Decider, read_letter
from agents.chat_model import ScriptedChatModel
from agents.local.chat_local import LocalChat

ASKED = [SystemMessage("Choose."), HumanMessage("A: one. B: two. C: three. D: four.")]


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("A", "A"), (" B ", "B"), ("C.", "C"), ("**B**", "B"), ("(A)", "A"), ("A) supported", "A"),
        ("B: it says no", "B"),
        ("Answer: C", "C"), ("respuesta: A.", "A"), ("`B`", "B"), ("A (supported)", "A"), ("B\n", "B"), ('"C"', "C"),
        ("<think>A? no, B.</think>\nB", "B"), ("_A_", "A"),
    ],
)  # fmt: skip
def test_a_letter_is_read(answer: str, letter: str) -> None:
    assert read_letter(answer, "ABC") == letter


@pytest.mark.parametrize(
    "answer",
    [
        "", " ", "A transformer is a model.", "a", "D", "AB", "A, B or C", "C++ is a language.", "B-trees", "Yes", "42",
        "🙂", "<think>A", "The answer is unclear", "A mí me parece que sí",
    ],
)  # fmt: skip
def test_what_is_no_letter_says_nothing(answer: str) -> None:
    assert read_letter(answer, "ABC") is None


@given(st.text())
def test_garbage_never_raises(answer: str) -> None:
    assert read_letter(answer, "ABC") in {"A", "B", "C", None}


def test_a_letter_stands_for_fixed_probabilities_and_nothing_for_none() -> None:
    decider = Decider(ScriptedChatModel(script=["D.", "E", "who knows"]), "ABCD", temperature=3.0)
    assert decider.way == "letter"
    rest = (1 - SURE) / 3
    assert decider.decide(ASKED) == pytest.approx((rest, rest, rest, SURE))
    assert decider.decide(ASKED) is decider.decide(ASKED) is None


def test_the_logits_of_a_model_give_shares_that_a_temperature_flattens(tiny_model: Path) -> None:
    model = LocalChat(folder=str(tiny_model))
    sharp, flat = (Decider(model, "ABCD", temperature) for temperature in (1.0, 1e6))
    found = sharp.decide(ASKED)
    assert found is not None
    assert math.isclose(sum(found), 1)
    assert max(found) > 0.3
    assert flat.decide(ASKED) == pytest.approx([0.25] * 4, abs=1e-3)
    assert (sharp.way, flat.way) == ("t1", "t1e+06")
    assert Decider(model, "ABCD").decide([HumanMessage("B: two.")]) != found


def test_a_decision_is_a_call_like_any_other_and_counts_its_tokens(tiny_model: Path) -> None:
    model = LocalChat(folder=str(tiny_model))
    said = model.invoke(ASKED, letters="ABC", most_tokens=100)
    weights = said.response_metadata["weights"]
    assert said.content == "ABC"[weights.index(max(weights))]
    assert said.usage_metadata is not None  # type: ignore[attr-defined]
    assert said.usage_metadata["input_tokens"] > 20  # type: ignore[attr-defined]
    assert Decider(model, "ABC").decide([HumanMessage("word " * 5_000)]) is None, "what may not be cut is too long"


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_a_temperature_is_above_zero(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature"):
        Decider(ScriptedChatModel(script=["A"]), "AB", temperature)
