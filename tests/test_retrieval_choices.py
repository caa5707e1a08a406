"""Other orders and wordings of a search, as they are measured."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_index import passage

from evals.retrieval_choices import expanded, spread, two_of_each, without_repeats
from knowledge.documents import Sentence
from knowledge.glossary import Glossary, Term
from knowledge.retrieval import Hit

TEXTS = [
    "The encoder reads every token of the sentence at once.",
    "The encoder reads every token of the sentence at once, they say.",
    "Gradients vanish in deep recurrent networks.",
    "Beam search keeps several candidate translations.",
]


def hit(number: int, text: str, score: float, document: str = "doc") -> Hit:
    made = replace(passage(number, "en", ""), sentences=(Sentence(text),), document=document)
    return Hit(made, score)


HITS = [hit(number, text, 1 - number / 10) for number, text in enumerate(TEXTS)]


def order(found: list[Hit]) -> list[int]:
    return [int(one.passage.id.split(":")[1]) for one in found]


def test_a_repetition_goes_last() -> None:
    assert order(without_repeats(HITS, 0.5)) == [0, 2, 3, 1]
    assert order(without_repeats(HITS, 1.1)) == [0, 1, 2, 3]


@pytest.mark.parametrize(("weight", "expected"), [(0.0, [0, 1, 2, 3]), (0.3, [0, 2, 3, 1])])
def test_likeness_to_what_stands_above_costs_its_weight(weight: float, expected: list[int]) -> None:
    assert order(spread(HITS, weight)) == expected


def test_a_documents_third_hit_goes_last() -> None:
    found = [hit(number, f"Text {number}.", 1.0, document) for number, document in enumerate("aabaa")]
    assert order(two_of_each(found)) == [0, 1, 2, 3, 4]
    assert order(two_of_each([*found, hit(5, "Text.", 0.1, "b")])) == [0, 1, 2, 5, 3, 4]


@given(st.lists(st.sampled_from(TEXTS), max_size=8), st.floats(0, 1))
def test_no_hit_is_lost_or_added(texts: list[str], weight: float) -> None:
    found = [hit(number, text, 1.0) for number, text in enumerate(texts)]
    for made in (without_repeats(found, weight), spread(found, weight), two_of_each(found)):
        assert sorted(order(made)) == list(range(len(texts)))


def test_a_query_gains_the_other_wordings_of_its_terms() -> None:
    glossary = Glossary((Term({"en": ("attention head", "head"), "es": ("cabeza de atención",)}),))
    assert expanded(glossary, "each attention head", "en", "en") == "each attention head attention head head"
    assert expanded(glossary, "each attention head", "en", "es") == "each attention head cabeza de atención"
    assert expanded(glossary, "each layer", "en", "es") == "each layer"
