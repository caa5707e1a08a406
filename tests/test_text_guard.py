"""Text from people, before anything works on it."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import BadText
from knowledge.text_guard import guard_text, text_language


def code(text: str, limit: int = 1000) -> str:
    with pytest.raises(BadText) as error:
        guard_text(text, limit)
    assert all(error.value.message(language) and error.value.hint(language) for language in ("es", "en"))
    return error.value.code


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\u200b\ufeff", "¿?", "...", "🙂"])
def test_a_text_without_words_is_refused(text: str) -> None:
    assert code(text) == "empty-text"


def test_a_huge_text_is_refused_at_once() -> None:
    start = time.perf_counter()
    assert code("palabra " * 131_072, limit=8000) == "too-long"
    assert time.perf_counter() - start < 0.1


def test_a_megabyte_within_the_limit_is_read_in_good_time() -> None:
    text = "palabra " * 131_072
    start = time.perf_counter()
    assert guard_text(text, limit=2_000_000) == text
    assert time.perf_counter() - start < 5


def test_the_limit_itself_is_allowed() -> None:
    assert guard_text("a" * 10, 10) == "a" * 10
    with pytest.raises(BadText) as error:
        guard_text("a" * 11, 10)
    assert error.value.values == {"length": 11, "limit": 10}


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\ud800"])
def test_control_characters_are_refused_with_their_place(char: str) -> None:
    with pytest.raises(BadText) as error:
        guard_text(f"hola{char}", 100)
    assert error.value.code == "control-characters"
    assert error.value.values == {"point": f"{ord(char):04X}", "position": 4}


def test_white_space_of_word_processors_is_kept() -> None:
    assert guard_text("a\tb\r\nc\x0bd\x0ce\x85f\u00a0g", 100) == "a\tb\r\nc\x0bd\x0ce\x85f\u00a0g"


def test_invisible_characters_are_removed_and_accents_composed() -> None:
    assert guard_text("\ufeffaten\u00adci\u200bo\u0301n\u200d\u2060", 100) == "atención"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_what_passes_passes_again_unchanged(text: str) -> None:
    if not any(char.isalnum() for char in text):
        assert code(text) == "empty-text"
        return
    clean = guard_text(text, 1000)
    assert guard_text(clean, 10_000) == clean
    assert unicodedata.is_normalized("NFC", clean)


def test_the_language_asked_for_decides() -> None:
    assert text_language("What is attention?", "es", "en") == "es"
    assert text_language("Qu'est-ce que c'est que l'attention dans un réseau de neurones ?", "en", "es") == "en"


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("¿Qué es la atención?", "en", "es"),
        ("What is attention and why does it work?", "es", "en"),
        ("softmax", "es", "es"),
        ("softmax", "en", "en"),
    ],
)
def test_else_the_text_decides(text: str, default: str, expected: str) -> None:
    assert text_language(text, "auto", default) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Qu'est-ce que le mécanisme d'attention dans les réseaux de neurones, et pourquoi est-il utilisé ?", "fr"),
        ("Was ist der Aufmerksamkeitsmechanismus und wie wird er in einem neuronalen Netz verwendet?", "de"),
        ("Что такое механизм внимания?", "ru"),
        ("注意力机制是什么？", "zh"),
    ],
)
def test_another_language_is_refused_by_name(text: str, found: str) -> None:
    with pytest.raises(BadText) as error:
        text_language(text, "auto", "es")
    assert (error.value.code, error.value.values) == ("other-language", {"found": found})
    assert "--lang es" in error.value.hint("es")
