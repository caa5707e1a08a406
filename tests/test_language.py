"""Which language a text is in."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language import detect_language

KNOWN = [
    ("What is attention?", "en"),
    ("How does the softmax work", "en"),
    ("Explain it with an example please", "en"),
    ("A GLU multiplies two linear transformations before both gates.", "en"),
    ("The encoder reads all of the tokens at once.", "en"),
    ("¿Qué es la atención?", "es"),
    ("explícame la atención con un ejemplo", "es"),
    ("ñu", "es"),
    ("El codificador lee todos los tokens a la vez.", "es"),
    ("¿Cómo funciona self-attention en GPT?", "es"),
]
FOREIGN = [
    ("Qu'est-ce que l'attention dans un transformer ?", "fr"),
    ("Was ist die Aufmerksamkeit in einem Netzwerk?", "de"),
    ("O que é a atenção em redes neurais?", "pt"),
    ("что такое внимание", "ru"),
    ("什么是注意力", "zh"),
]


@pytest.mark.parametrize("default", ["es", "en"])
@pytest.mark.parametrize(("text", "language"), [*KNOWN, *FOREIGN])
def test_a_clear_text_has_its_language_whatever_the_conversation(text: str, language: str, default: str) -> None:
    assert detect_language(text, default) == language


@pytest.mark.parametrize("default", ["es", "en"])
@pytest.mark.parametrize("text", ["", "42", "softmax?", "d_k", "GPT-2 BERT", "Q K V"])
def test_a_text_without_a_language_takes_the_conversations(text: str, default: str) -> None:
    assert detect_language(text, default) == default


def test_function_words_decide_without_loading_the_classifier() -> None:
    check = (
        "import sys; from knowledge.language import detect_language as d;"
        "print(d('What is the meaning of this?'), d('¿Qué es la atención?'), 'py3langid' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["en", "es", "False"]


@given(st.text(max_size=80))
def test_any_text_has_some_language(text: str) -> None:
    assert detect_language(text).isalpha()
