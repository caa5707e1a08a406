"""Claims that the table of facts decides, and those of which it says too little."""

import pytest

from knowledge.corpus import Corpus
from knowledge.fact_claims import decide
from knowledge.reading import Reader


@pytest.mark.parametrize(
    ("language", "claim", "decision"),
    [
        ("en", "BERT base has 12 layers.", "supported"),
        ("en", "BERT base has exactly 12 layers.", "supported"),
        ("en", "GPT-3 is a large language model with 175 billion parameters.", "supported"),
        ("es", "GPT-3 es un gran modelo de lenguaje con 175 mil millones de parámetros.", "supported"),
        ("en", "GPT-3 has a total of 175 billion parameters.", "supported"),
        ("en", "BERT base has 24 layers.", "contradicted"),
        ("es", "GPT-4 tiene más de 1 billón de parámetros.", "undisclosed"),
    ],
)
def test_a_value_that_is_all_that_a_claim_says_is_compared(
    corpus: Corpus, language: str, claim: str, decision: str
) -> None:
    assert decided(corpus, claim, language) == decision


@pytest.mark.parametrize(
    ("language", "claim"),
    [
        ("en", "Only BERT base has 12 layers."),
        ("es", "Solo BERT base tiene 12 capas."),
        ("en", "BERT base is the only model with 12 layers."),
        ("en", "GPT-3 was the first model with 96 layers."),
        ("en", "BERT base usually has 12 layers."),
        ("en", "All Transformers use sinusoidal positional encodings."),
        ("es", "Todos los modelos Transformer usan codificación posicional sinusoidal."),
        ("en", "All the sizes of GPT-3 have 175 billion parameters."),
        ("en", "The six encoder layers of the original Transformer are one and the same layer applied six times."),
        ("en", "The 96 layers of GPT-3 share the same weights."),
        ("en", "The 96 layers of GPT-3 are different from each other."),
        ("en", "BERT base has twice 12 layers."),
        ("es", "BERT base tiene el doble de 12 capas."),
        ("en", "The reward model of InstructGPT had 175 billion parameters."),
        ("es", "BERT base lleva 12 capas y la versión grande, 24."),
    ],
)
def test_a_claim_that_says_more_than_the_value_is_left_to_the_other_sources(
    corpus: Corpus, language: str, claim: str
) -> None:
    assert decided(corpus, claim, language) is None


def decided(corpus: Corpus, claim: str, language: str) -> str | None:
    course = corpus.course
    reader = Reader(course.glossary, course.facts.name_spans)
    found = decide(claim, reader.read(claim, language), course.facts)
    return found.decision if found else None
