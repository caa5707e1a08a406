"""What was asked and no source says."""

import pytest
from research_papers import stretch

from agents.research.gaps import gaps_of
from agents.research.weighing import Weighed
from knowledge.corpus import Corpus

SAYS = stretch("a", "Sparse attention saves memory on long documents.")
DICE = stretch("b", "La atención dispersa ahorra memoria en documentos largos.", "es")


@pytest.mark.parametrize(
    ("question", "language", "used", "missing"),
    [
        ("How does sparse attention save memory?", "en", [SAYS], ()),
        ("How does sparse attention save energy?", "en", [SAYS], ("energy",)),
        ("How much memory does sparse attention save?", "en", [SAYS], ()),
        ("How do volcanoes erupt?", "en", [], ("How do volcanoes erupt?",)),
        ("¿La atención dispersa ahorra memoria o energía?", "es", [DICE], ("energía",)),
        ("¿Qué dice la atención de la memoria?", "es", [SAYS], ()),  # words of the glossary cross languages
        ("¿Cuánta memoria ahorra la atención?", "es", [SAYS], ()),  # "saves", in a language of which it cannot be told
        ("¿Cuánta memoria ahorra la atención?", "es", [SAYS, DICE], ()),
        ("¿Y la atención de Zorbax o la dropout?", "es", [SAYS], ("zorbax", "dropout")),
        ("¿Qué es la atención?", "es", [SAYS], ()),
    ],
)
def test_the_words_that_no_quoted_sentence_speaks_to(
    corpus: Corpus, question: str, language: str, used: list[object], missing: tuple[str, ...]
) -> None:
    weighed = [Weighed(SAYS, 0.9)]
    assert gaps_of([question], language, weighed, used, corpus.retriever.glossary) == missing  # type: ignore[arg-type]


def test_a_part_of_the_question_without_an_answer_is_told_whole(corpus: Corpus) -> None:
    questions = ("What does sparse attention save and what does energy cost?", "What does sparse attention save",
                 "what does energy cost (sparse attention save)")  # fmt: skip
    missing = gaps_of(questions, "en", [Weighed(SAYS, 0.9, 1)], [SAYS], corpus.retriever.glossary)
    assert missing == (questions[2],)
    answered = [Weighed(SAYS, 0.9, 1), Weighed(SAYS, 0.9, 2)]
    assert gaps_of(questions, "en", answered, [SAYS], corpus.retriever.glossary) == ("energy", "cost")


def test_the_words_of_a_heading_count(corpus: Corpus) -> None:
    under = stretch("a", "It grows with the square of the length.", heading="Energy of attention")
    glossary = corpus.retriever.glossary
    assert gaps_of(["What energy does attention need?"], "en", [Weighed(under, 0.9)], [under], glossary) == ()
