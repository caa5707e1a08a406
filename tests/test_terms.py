"""Words as search and comparison see them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.terms import fold, plain, stem, stems, words


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("The **scores** are divided by $\\sqrt{d_k}$ [@vaswani2017, §3].", "The scores are divided by sqrt(d_k)."),
        ("# Title\n- item *one*\n- _two_", "Title\nitem one\ntwo"),
        ("see [the paper](https://a.b/c) and ![alt](x.png)", "see the paper and alt"),
        ("`snake_case` and 2 * 3 * 4", "snake_case and 2 * 3 * 4"),
        ("<b>bold</b><br/> <a href=\"https://x.y\">link</a>", "bold link"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("la raíz cuadrada de dk", "la raíz cuadrada de dk".replace("la raíz cuadrada de dk", "sqrt(d_k)")),
        ("", ""),
    ],
)  # fmt: skip
def test_plain(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_plain_is_quick_on_a_tag_that_never_closes() -> None:
    start = time.perf_counter()
    plain("<a " + "b " * 20_000)
    plain("<a " + "b=c " * 20_000)
    assert time.perf_counter() - start < 2


def test_fold_keeps_the_letter_of_year() -> None:
    assert [fold(word) for word in ("Atención", "AÑO", "pingüino", "GPT")] == ["atencion", "año", "pinguino", "gpt"]
    assert fold("atencio\u0301n") == "atencion"


def test_stems_of_one_word_agree() -> None:
    assert {stem(word, "es") for word in ("atención", "atencion", "Atención")} == {"atencion"}
    assert {stem(word, "en") for word in ("attention", "attentions", "Attention")} == {"attent"}
    assert [stem(word, "en") for word in ("d_k", "GPT-4")] == ["d_k", "gpt-4"]


def test_words_keep_numbers_and_compounds() -> None:
    text = "GPT-3.5 uses d_k = 64, 0.1 and 12,288; feed-forward's 50% cost."
    assert words(text) == ["gpt-3.5", "uses", "d_k", "64", "0.1", "and", "12,288", "feed-forward's", "50%", "cost"]


def test_stems_are_what_the_index_holds() -> None:
    assert stems("The self-attention layers of GPT-4 and $d_k$", "en") == [
        "self-attention", "self", "attent", "layer", "gpt-4", "gpt", "4", "d_k",
    ]  # fmt: skip
    assert stems("¿Qué son las redes de atención?", "es") == ["red", "atencion"]
    assert stems("", "en") == []


@given(st.text(max_size=120))
def test_any_text_has_folded_stems(text: str) -> None:
    for language in ("es", "en"):
        assert all(found and found == found.lower() for found in stems(text, language))


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_loan_plurals_have_the_stem_of_their_singular() -> None:
    for plural, singular in (("tokens", "token"), ("Transformers", "Transformer"), ("LLMs", "LLM"), ("GPUs", "GPU")):
        assert stem(plural, "es") == stem(singular, "es")
    for word in ("bias", "pesos", "dos", "crisis"):
        assert stem(word, "es") == stem(word.lower(), "es")
    assert stem("corpus", "es") != stem("corpu", "es")
