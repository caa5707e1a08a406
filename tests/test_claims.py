"""Claims: what a text states, split so that each part can be checked alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.claims import split_claims


def texts(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(claim.text, claim.subject) for claim in split_claims(text, language)]


def test_sentences_with_conjunctions_are_split_and_keep_their_subject() -> None:
    assert texts("BERT uses the encoder and GPT uses the decoder.") == [
        ("BERT uses the encoder", ""),
        ("GPT uses the decoder.", ""),
    ]
    assert texts("BERT is large; it has 12 layers, which makes it slow.") == [
        ("BERT is large", ""),
        ("it has 12 layers", "BERT"),
        ("makes it slow.", "BERT"),
    ]


def test_nouns_joined_by_and_stay_together() -> None:
    assert texts("Queries and keys have the same size.") == [("Queries and keys have the same size.", "")]
    assert texts("Las claves y los valores vienen del codificador.", "es") == [
        ("Las claves y los valores vienen del codificador.", "")
    ]


def test_a_gerund_says_something_of_its_own() -> None:
    assert texts("Los Transformers procesan la secuencia en paralelo, permitiendo un entrenamiento rápido.", "es") == [
        ("Los Transformers procesan la secuencia en paralelo", ""),
        ("permitiendo un entrenamiento rápido.", "Los Transformers"),
    ]


def test_questions_instructions_and_headings_are_set_aside() -> None:
    text = "Attention\nWhat is attention?\nExplain it in your own words.\nIt returns a weighted sum of the values."
    assert texts(text) == [("It returns a weighted sum of the values.", "Attention")]


def test_list_items_take_the_heading_as_subject() -> None:
    text = "Encoder-Only (BERT)\n- Procesa secuencias bidireccionales\n- Tiene doce capas de atención."
    assert texts(text, "es") == [
        ("Procesa secuencias bidireccionales", "Encoder-Only (BERT)"),
        ("Tiene doce capas de atención.", "Encoder-Only (BERT)"),
    ]


def test_hedges_stay_in_the_claim() -> None:
    assert texts("Some heads may follow syntax.") == [("Some heads may follow syntax.", "")]


def test_formulas_are_claims_and_code_is_not() -> None:
    text = "Attention(Q,K,V) = softmax(QK^T/√d_k)V\n```python\nx = 1\n```\n"
    assert texts(text) == [("Attention(Q,K,V) = softmax(QK^T/√d_k)V", "")]


@pytest.mark.parametrize("language", ["es", "en"])
@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=300))
def test_spans_are_places_in_the_text(language: str, text: str) -> None:
    for claim in split_claims(text, language):
        assert 0 <= claim.start <= claim.end <= len(text) + len(claim.text)
        assert "".join(claim.text.split())[:5] in "".join(text.split())


def test_spans_show_the_claim_itself() -> None:
    text = "# Notes\n\nBERT uses the encoder, and  GPT uses the decoder.\nIt is large."
    assert [text[claim.start : claim.end] for claim in split_claims(text, "en")] == [
        "BERT uses the encoder",
        "GPT uses the decoder.",
        "It is large.",
    ]
