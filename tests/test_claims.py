"""Claims: what a text states, split so that each part can be checked alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.claims import split_claims, split_parts


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


@pytest.mark.parametrize(
    ("language", "first", "joint", "second"),
    [
        ("en", "The queries come from the decoder", " and ", "the keys and values come from the encoder."),
        ("es", "Las consultas vienen del decodificador", " y ", "las claves y los valores vienen del codificador."),
    ],
)  # fmt: skip
def test_half_a_subject_is_no_claim(language: str, first: str, joint: str, second: str) -> None:
    assert [claim.text for claim in split_claims(first + joint + second, language)] == [first, second]


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


def parts(text: str, language: str) -> list[str]:
    (claim,) = split_claims(text, language)
    return [part.whole for part in split_parts(claim, language)]


def test_a_claim_falls_into_what_it_says_of_its_subject() -> None:
    assert parts("BERT is an encoder introduced in 2018 by Google, which changed language processing.", "en") == [
        "BERT is an encoder",
        "BERT : introduced in 2018 by Google",
        "BERT : which changed language processing",
    ]
    assert parts("El Transformer es una red neuronal presentada en 2017 que cambió el lenguaje natural.", "es") == [
        "El Transformer es una red neuronal",
        "El Transformer : presentada en 2017",
        "El Transformer : cambió el lenguaje natural",
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The decoder is slow because it writes tokens, one after another.", "en"),
        ("If the mask is removed, the decoder sees the future tokens.", "en"),
        ("BERT does not write text for the teacher, the task of GPT.", "en"),
        ("Solo el decodificador lleva máscara, que oculta los tokens futuros.", "es"),
        ("In the context of images, a token is a patch.", "en"),
        ("Gemini reads text.", "en"),
    ],
)
def test_causes_conditions_denials_and_asides_stay_whole(text: str, language: str) -> None:
    (claim,) = split_claims(text, language)
    assert split_parts(claim, language) == [claim]


def test_parts_are_places_in_the_text() -> None:
    text = "Notes.\nBERT is an encoder introduced in 2018 by Google."
    for claim in split_claims(text, "en"):
        for part in split_parts(claim, "en"):
            assert text[part.start : part.end].strip(" .") == part.text


def test_a_phrase_before_the_subject_is_no_part_of_it() -> None:
    text = "A diferencia de las RNN, los Transformers procesan todo a la vez, permitiendo un entrenamiento más rápido."
    assert texts(text, "es")[1][1] == "los Transformers"
    assert texts("Las consultas, las claves y los valores vienen de X, sumando sus tres vectores.", "es")[1][1] == (
        "Las consultas, las claves y los valores"
    )


def test_a_label_is_taken_off_and_a_numbered_title_names_what_follows() -> None:
    assert texts("Example: the mask hides the future tokens.") == [("the mask hides the future tokens.", "")]
    text = "Training\n1. Pre-training\nPredicts the next token of a large text."
    assert texts(text) == [("Predicts the next token of a large text.", "Pre-training")]


def test_a_noun_with_a_relative_clause_takes_the_heading_as_subject() -> None:
    text = "Layer Normalization\nA technique that stabilizes the training of deep networks."
    (claim,) = split_claims(text, "en")
    assert (claim.subject, claim.headed) == ("Layer Normalization", True)


@pytest.mark.parametrize(
    ("text", "language", "second"),
    [
        ("BERT solo usa el codificador. Tiene 12 capas.", "es", "BERT : Tiene 12 capas."),
        ("BERT only encodes. It was published in 2018.", "en", "BERT : It was published in 2018."),
        ("GPT no usa el codificador. Tiene 12 capas.", "es", "GPT : Tiene 12 capas."),
        ("GPT-3 tiene 175 mil millones de parámetros. Con LoRA se actualizan unas matrices pequeñas.", "es",
         "Con LoRA se actualizan unas matrices pequeñas."),
    ],
)  # fmt: skip
def test_adverbs_are_no_part_of_a_subject_and_a_sentence_that_names_its_own_borrows_none(
    text: str, language: str, second: str
) -> None:
    assert [claim.whole for claim in split_claims(text, language)][1] == second
