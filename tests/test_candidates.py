"""The sentences that a claim is compared with: which they are, what they stand under, and how much they say."""

from dataclasses import replace
from math import log

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from small_index import WordEncoder, passage

from knowledge.candidates import (
    HEADING_SHARE,
    LENGTH_COST,
    UNKNOWN_WEIGHT,
    Candidate,
    Rarity,
    closest,
    sentences_of,
    under_heading,
)
from knowledge.documents import Passage, Sentence
from knowledge.glossary import Glossary, Term
from knowledge.index import open_or_build
from knowledge.reading import Reader
from knowledge.retrieval import Hit, Retriever

GLOSSARY = Glossary((Term({"en": ("mask",), "es": ("máscara",)}),))
READER = Reader(GLOSSARY)
TEXTS = {
    "en": [
        ("Normalization", "The mask normalizes every square."),
        ("Softmax", "The gradient reaches each mask."),
        ("Decoding", "Beam search keeps several sequences and ranks them by probability."),
    ],
    "es": [("Máscaras", "La máscara normaliza cada núcleo.")],
}


def made() -> list[Passage]:
    rows = [(language, *row) for language, found in TEXTS.items() for row in found]
    return [
        replace(passage(number, language, text, (heading,)), sentences=(Sentence(text),))
        for number, (language, heading, text) in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    encoder = WordEncoder()
    index = open_or_build(tmp_path_factory.mktemp("index"), "candidates", encoder, made)
    return Retriever(index, encoder, GLOSSARY)


def near(retriever: Retriever, claim: str, k: int = 9, language: str = "en", among: str = "en") -> list[Candidate]:
    candidates = [Candidate(item, 0) for item in retriever.passages.values() if item.language == among]
    return closest(READER.read(claim, language), candidates, READER, Rarity(retriever, language), k)


# One candidate


def test_a_course_is_about_its_first_heading_and_a_document_about_its_innermost() -> None:
    unit = passage(1, "en", "Text.", ("Attention", "Scaling", "Why?"))
    document = replace(unit, concept="")
    assert Candidate(unit, 0).heading == "Attention"
    assert Candidate(document, 0).heading == "Why?"
    for bare in (replace(unit, headings=()), replace(document, headings=())):
        assert Candidate(bare, 0).heading == ""
        assert Candidate(bare, 0).text == "Text."


def test_a_sentence_is_read_under_its_heading_without_marks() -> None:
    assert under_heading("By $\\sqrt{d_k}$. [@paper2020]", "**Scaling**") == "Scaling: By sqrt(d_k) ."
    assert under_heading("*Alone*", "") == "Alone"
    one = Candidate(passage(1, "en", "The `mask` hides it.", ("Masking",)), 0)
    assert one.text == "Masking: The mask hides it."
    assert one.sentence == one.passage.sentences[0]


# Of the passages found


def test_neither_code_nor_tables_and_each_text_once() -> None:
    first = replace(
        passage(1, "en", "x"),
        sentences=tuple(map(Sentence, [
            "A claim.", "```python\nx = 1\n```", "| a | b |\n|---|:-:|\n| 1 | 2 |", "P(a | b) is a probability.",
            "A claim.",
        ])),
    )  # fmt: skip
    second = replace(passage(2, "en", "x"), sentences=(Sentence("A claim."), Sentence("Another.")))
    found = sentences_of([Hit(first, 1.0), Hit(second, 0.5), Hit(first, 0.1)])
    assert [(one.passage.id, one.place) for one in found] == [("doc:1", 0), ("doc:1", 3), ("doc:2", 1)]
    assert {one.overlap for one in found} == {0.0}
    assert sentences_of([]) == []


# Rarity


def test_rare_words_weigh_more(retriever: Retriever) -> None:
    rarity = Rarity(retriever, "en")
    assert rarity("mask") == pytest.approx(1 + log(4 / 3) / 2)
    assert rarity("gradient") == pytest.approx(1 + log(4 / 2) / 2)
    assert rarity("nowhere") == UNKNOWN_WEIGHT
    assert Rarity(retriever, "fr")("mask") == UNKNOWN_WEIGHT


# The closest


def test_a_sentence_that_says_every_word_comes_first_with_overlap_1(retriever: Retriever) -> None:
    for texts in TEXTS.values():
        for _, text in texts:
            language = "es" if text.startswith("La ") else "en"
            found = near(retriever, text, 9, language, language)
            assert (found[0].sentence.text, found[0].overlap) == (text, 1.0)


def test_overlap_is_the_share_of_the_weight_said(retriever: Retriever) -> None:
    """The claim has "mask" (in two passages), "gradient" and "softmax" (in one each; "softmax" in a heading)."""
    found = near(retriever, "Gradient of the softmax mask")
    mask, rare = 1 + log(4 / 3) / 2, 1 + log(4 / 2) / 2
    total = mask + 2 * rare
    assert [one.passage.headings[0] for one in found] == ["Softmax", "Normalization", "Decoding"]
    expected = [(mask + rare + HEADING_SHARE * rare) / total, mask / total, 0.0]
    assert [one.overlap for one in found] == pytest.approx(expected)


def test_of_two_that_say_as_much_the_shorter_comes_first(retriever: Retriever) -> None:
    item = next(iter(retriever.passages.values()))
    texts = ["The mask normalizes every square, without a gradient or a kernel.", "The mask normalizes every square."]
    both = replace(item, language="en", headings=(), sentences=tuple(map(Sentence, texts)))
    claim = READER.read("Masks normalize squares.", "en")
    found = closest(claim, [Candidate(both, 0), Candidate(both, 1)], READER, Rarity(retriever, "en"), 2)
    assert [(one.place, one.overlap) for one in found] == [(1, 1.0), (0, 1.0)]


def test_a_term_is_found_across_languages(retriever: Retriever) -> None:
    found = near(retriever, "Las máscaras", 9, "es", "en")
    assert [one.passage.headings[0] for one in found][2] == "Decoding"
    assert [one.overlap for one in found] == [1.0, 1.0, 0.0]


def test_a_claim_without_a_word_is_said_by_nobody(retriever: Retriever) -> None:
    assert [one.overlap for one in near(retriever, "¿?")] == [0.0] * 3


VOCABULARY = sorted({word.strip(".").lower() for _, text in TEXTS["en"] for word in text.split()} | {"bert", "12"})


@limits(deadline=None, max_examples=60)
@given(words=st.lists(st.sampled_from(VOCABULARY), max_size=8), k=st.integers(0, 5))
def test_the_best_k_in_order(retriever: Retriever, words: list[str], k: int) -> None:
    found, whole = near(retriever, " ".join(words), k), near(retriever, " ".join(words))
    assert found == whole[:k]
    assert {one.passage.id for one in whole} == {item.id for item in made() if item.language == "en"}
    assert all(0 <= one.overlap <= 1 for one in whole)
    lengths = [sum(not word.light for word in READER.read(one.sentence.text, "en").words) for one in whole]
    scores = [one.overlap / (1 + LENGTH_COST * length) for one, length in zip(whole, lengths, strict=True)]
    assert scores == sorted(scores, reverse=True)
