"""Which concept a question is about, and whether the course answers it."""

import pytest

from agents.planner import Planner
from knowledge.concept_finder import Finding, doubt
from knowledge.corpus import Corpus


def found(planner: Planner, corpus: Corpus, question: str, language: str) -> Finding:
    assert corpus.finder is not None
    return corpus.finder.find(planner.read(question, language))


@pytest.mark.parametrize(
    ("question", "language", "concept"),
    [
        ("why do they divide the scores by that root", "en", "scaling-factor"),
        ("what does the token that hides the future do in a decoder", "en", "attention-masks"),
        ("¿Qué es RoPE?", "es", "rope"),
        ("por qué el modelo se inventa citas", "es", "hallucination"),
    ],
)
def test_a_concept_is_found_with_and_without_its_name(
    planner: Planner, corpus: Corpus, question: str, language: str, concept: str
) -> None:
    finding = found(planner, corpus, question, language)
    assert concept in {item.concept for item in finding.concepts[:2]}
    assert finding.answered


def test_shares_are_a_distribution_over_all_concepts(planner: Planner, corpus: Corpus) -> None:
    finding = found(planner, corpus, "What is attention?", "en")
    assert sum(item.share for item in finding.concepts) == pytest.approx(1)
    assert [item.share for item in finding.concepts] == sorted((i.share for i in finding.concepts), reverse=True)
    assert {item.concept for item in finding.concepts} == set(planner.course.concepts)


def test_what_is_not_of_the_course_is_not_answered(planner: Planner, corpus: Corpus) -> None:
    for question, language in (
        ("how do I bake sourdough bread", "en"),
        ("cuánto hierve un huevo duro", "es"),
        ("", "en"),
    ):
        assert not found(planner, corpus, question, language).answered, question


def test_rare_words_leave_more_open_than_common_ones_and_sizes_nothing() -> None:
    assert doubt("garbanzos", "es") > doubt("casa", "es") > doubt("4096x4096", "es") == 0
