"""A question as the questions that it is made of, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.research.questions import MOST, content_words, questions_of

CASES = [
    ("en", "What is attention?", ()),
    ("en", "how does attention scale and why", ()),
    ("en", "What is LoRA and how much memory does it save?", ("What is LoRA", "how much memory does it save (LoRA)")),
    ("en", "What is beam search, and is it better than sampling?",
     ("What is beam search", "is it better than sampling (beam search)")),
    ("en", "Why scale the dot product? What happens without it?",
     ("Why scale the dot product", "What happens without it (scale the dot product)")),
    ("en", "What are the advantages and limitations of recurrent networks?",
     ("advantages of recurrent networks", "limitations of recurrent networks")),
    ("en", "Compare BERT and GPT", ("BERT", "GPT")),
    ("en", "What is the difference between BERT and GPT?", ("BERT", "GPT")),
    ("es", "¿Qué es la atención?", ()),
    ("es", "¿Qué es LoRA y cuánta memoria ahorra?", ("Qué es LoRA", "cuánta memoria ahorra (LoRA)")),
    ("es", "¿Por qué se escala el producto? ¿Qué pasa si no se hace?",
     ("Por qué se escala el producto", "Qué pasa si no se hace (escala el producto)")),
    ("es", "¿Cuáles son las ventajas y limitaciones de las redes recurrentes?",
     ("ventajas de las redes recurrentes", "limitaciones de las redes recurrentes")),
    ("es", "ventajas e inconvenientes del muestreo", ("ventajas del muestreo", "inconvenientes del muestreo")),
    ("es", "¿En qué se diferencian BERT y GPT?", ("BERT", "GPT")),
    ("es", "Compara los Transformers con las redes recurrentes", ("Transformers", "redes recurrentes")),
]  # fmt: skip


@pytest.mark.parametrize(("language", "question", "parts"), CASES, ids=[question for _, question, _ in CASES])
def test_the_whole_comes_first_and_then_its_parts(language: str, question: str, parts: tuple[str, ...]) -> None:
    assert questions_of(question, language) == (question, *parts)


def test_a_question_asked_twice_is_asked_once() -> None:
    assert questions_of("What is attention? What is attention?", "en")[1:] == ("What is attention",)


@pytest.mark.parametrize(
    ("language", "question", "said"),
    [
        ("en", "How much memory does sparse attention save?", ["memory", "sparse", "attention", "save"]),
        ("es", "¿Cuánta memoria ahorra la atención dispersa?", ["memoria", "ahorra", "atención", "dispersa"]),
        ("es", "¿Cuántas veces y por qué?", []),
    ],
)
def test_the_words_that_say_what_a_question_is_about(language: str, question: str, said: list[str]) -> None:
    assert content_words(question, language) == said


@given(
    words=st.lists(
        st.sampled_from(
            ["what", "is", "BERT", "and", "or", "GPT", "?", ",", "between", "difference", "compare", "of", "how",
             "limits", "(", "¿", "memory", "it", "versus", "\n"]
        ), max_size=25,
    ),
    language=st.sampled_from(["en", "es"]),
)  # fmt: skip
def test_any_words_give_a_few_different_questions(words: list[str], language: str) -> None:
    question = " ".join(words)
    found = questions_of(question, language)
    assert found[0] == " ".join(question.split())
    assert 1 <= len(found) <= MOST
    assert len(set(found)) == len(found)
