"""What is said of tokens so far: whole characters, and nothing that a stop string may still end."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.local.pieces import BROKEN, Pieces, Stops


@pytest.fixture(scope="module")
def tokenizer(tiny_model: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_model)


@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_the_pieces_are_the_text_and_never_half_a_character(tokenizer: Any, text: str) -> None:
    pieces = Pieces(tokenizer)
    said = [pieces.feed(token) for token in tokenizer(text, add_special_tokens=False)["input_ids"]]
    if BROKEN not in text:
        assert not any(BROKEN in piece for piece in said)
        assert "".join(said) + pieces.end() == text.replace("<|end|>", "")


@given(tokens=st.lists(st.integers(0, 511), max_size=60))
def test_noise_is_said_as_it_is_decoded_and_bytes_that_are_no_character_are_not_held_for_ever(
    tokenizer: Any, tokens: list[int]
) -> None:
    pieces = Pieces(tokenizer)
    said = [pieces.feed(token) for token in tokens]
    whole = tokenizer.decode(tokens, skip_special_tokens=True)
    letters = "".join(said) + pieces.end()
    assert letters.replace(BROKEN, "") == whole.replace(BROKEN, "") or len(letters) > 16


def test_a_character_is_said_with_its_last_byte(tokenizer: Any) -> None:
    tokens = tokenizer("a🙂b", add_special_tokens=False)["input_ids"]
    pieces = Pieces(tokenizer)
    assert [pieces.feed(token) for token in tokens] == ["a", "", "", "", "🙂", "b"]
    cut = Pieces(tokenizer)
    assert "".join(cut.feed(token) for token in tokens[:3]) + cut.end() == "a", "half a character is no text"


@given(st.text("abc", max_size=30), st.lists(st.text("abc", min_size=1, max_size=4), max_size=3), st.data())
def test_a_text_is_cut_before_the_first_stop_however_it_comes(
    text: str, strings: list[str], data: st.DataObject
) -> None:
    stops, said, rest = Stops(strings), "", text
    while rest and not stops.stopped:
        size = data.draw(st.integers(1, len(rest)))
        said, rest = said + stops.feed(rest[:size]), rest[size:]
    ends = [string for string in strings if string in text]
    assert stops.stopped is bool(ends)
    said += stops.end()
    assert text.startswith(said)
    assert not any(string in said for string in strings)
    assert any(text[len(said) :].startswith(string) for string in ends) if ends else said == text
