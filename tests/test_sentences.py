"""Sentences in Spanish and English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One.  Two!\nThree? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Vaswani et al. proposed it. See Fig. 3.", ["Vaswani et al. proposed it.", "See Fig. 3."]),
        ("It scales by $1/\\sqrt{d. K}$. Then it stops.", ["It scales by $1/\\sqrt{d. K}$.", "Then it stops."]),
        ("Take $$a = b. C$$ and go. End.", ["Take $$a = b. C$$ and go.", "End."]),
        ("Call `a. B()` first. End.", ["Call `a. B()` first.", "End."]),
        ("See https://a.b/c.d. End (https://x.y/z). More.", ["See https://a.b/c.d.", "End (https://x.y/z).", "More."]),
        ("It costs $5. Then it costs $6.", ["It costs $5.", "Then it costs $6."]),
        ("It is 3.5 wide. GPT-3.5 is a model.", ["It is 3.5 wide.", "GPT-3.5 is a model."]),
        ("", []),
        (" \n ", []),
    ],
)  # fmt: skip
def test_english(text: str, sentences: list[str]) -> None:
    assert split_sentences(text, "en") == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Lo proponen Vaswani et al. en 2017. ¿Por qué?", ["Lo proponen Vaswani et al. en 2017.", "¿Por qué?"]),
        ("Lo dice Vaswani et al. La idea es esta.", ["Lo dice Vaswani et al. La idea es esta."]),
        ("Hay capas, p. ej. la de atención. Fin.", ["Hay capas, p. ej. la de atención.", "Fin."]),
        ("El Dr. Pérez vino. ¡Bien!", ["El Dr. Pérez vino.", "¡Bien!"]),
        ("Véase la pág. 3 y la sec. 4. Fin.", ["Véase la pág. 3 y la sec. 4.", "Fin."]),
    ],
)  # fmt: skip
def test_spanish(text: str, sentences: list[str]) -> None:
    assert split_sentences(text, "es") == sentences


def test_private_characters_of_a_bad_pdf_do_no_harm() -> None:
    assert split_sentences("End \ue0005\ue001 of it.", "en") == ["End 5 of it."]


@given(st.text(max_size=200), st.sampled_from(["es", "en"]))
def test_nothing_is_lost_or_added_but_space(text: str, language: str) -> None:
    sentences = split_sentences(text, language)
    assert all(sentence == sentence.strip() != "" for sentence in sentences)
    kept = text.replace("\ue000", "").replace("\ue001", "")
    assert "".join("".join(sentences).split()) == "".join(kept.split())
