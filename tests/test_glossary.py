"""Pairs of terms, and how they carry a query into the other language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.course import Course
from knowledge.glossary import Glossary, Term, term_stems
from knowledge.terms import words

ATTENTION, HEAD, MULTI_HEAD, LAYER, LONG = range(5)


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    pairs = [
        (("attention",), ("atención",)),
        (("attention head", "head"), ("cabeza de atención", "cabeza", "cabezal")),
        (("multi-head attention",), ("atención multicabeza",)),
        (("layer",), ("capa",)),
        (("one two three four five six seven eight",), ("uno",)),
    ]
    return Glossary(tuple(Term({"en": english, "es": spanish}) for english, spanish in pairs))


@pytest.mark.parametrize(
    ("text", "source", "target", "translated"),
    [
        ("la atención", "es", "en", "attention"),
        ("¿Qué es la softmax?", "es", "en", "softmax"),
        ("Cabezas de Atención", "es", "en", "attention head"),
        ("una cabeza y una capa", "es", "en", "attention head layer"),
        ("atencion multicabeza", "es", "en", "multi-head attention"),
        ("multi-head attention layers", "en", "es", "atención multicabeza capa"),
        ("heads", "en", "es", "cabeza de atención"),
        ("GPT-4 layers", "en", "es", "gpt 4 capa"),
        ("unknown things", "en", "es", "unknown things"),
        ("one two three four five six seven eight", "en", "es", "uno"),
        ("", "es", "en", ""),
    ],
)
def test_translate(glossary: Glossary, text: str, source: str, target: str, translated: str) -> None:
    assert glossary.translate(text, source, target) == translated


def test_the_longest_term_wins(glossary: Glossary) -> None:
    stems = term_stems("the multi-head attention head", "en")
    assert list(glossary.match(stems, "en")) == [(0, 1, None), (1, 4, MULTI_HEAD), (4, 5, HEAD)]
    assert list(glossary.match(term_stems("attention heads", "en"), "en")) == [(0, 2, HEAD)]


def test_both_languages_and_all_wordings_share_one_key(glossary: Glossary) -> None:
    english = glossary.keys(term_stems("head layer attention", "en"), "en")
    assert english == ["#1", "#3", "#0"]
    for spanish in ("cabezas capa atención", "cabezal capas atención", "cabeza de atención capas atención"):
        assert glossary.keys(term_stems(spanish, "es"), "es") == english
    assert glossary.keys(("softmax",), "es") == ["softmax"]


def test_an_empty_glossary_changes_nothing() -> None:
    assert Glossary(()).translate("Atención GPT", "es", "en") == "atención gpt"


WORD = st.sampled_from("multi head attention cabeza de atención capa layer one two three the y softmax".split())


@given(st.lists(WORD, max_size=20), st.sampled_from(["es", "en"]))
def test_a_match_covers_every_stem_once_and_in_order(chosen: list[str], language: str) -> None:
    glossary = Glossary((
        Term({"en": ("multi-head attention",), "es": ("cabeza de atención",)}),
        Term({"en": ("attention", "one two three"), "es": ("capa", "de atención")}),
    ))  # fmt: skip
    stems = term_stems(" ".join(chosen), language)
    spans = list(glossary.match(stems, language))
    assert [place for start, end, _ in spans for place in range(start, end)] == list(range(len(stems)))
    assert len(glossary.keys(stems, language)) == len(spans)
    assert all(number is not None or end == start + 1 for start, end, number in spans)


# The course's own glossary


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("autoatención", "self-attention"),
        ("codificación posicional", "positional encoding"),
        ("ajuste fino supervisado", "supervised fine-tuning"),
        ("aprendizaje por refuerzo", "reinforcement learning"),
    ],
)
def test_the_course_translates_its_terms_both_ways(course: Course, spanish: str, english: str) -> None:
    assert course.glossary.translate(spanish, "es", "en") == english
    assert course.glossary.translate(english, "en", "es") == spanish


def test_every_wording_of_the_course_is_matched_whole(course: Course) -> None:
    for number, term in enumerate(course.glossary.terms):
        for language, wordings in term.wordings.items():
            for wording in wordings:
                stems = term_stems(wording, language)
                [(start, end, found)] = course.glossary.match(stems, language)
                assert (start, end) == (0, len(stems)), wording
                assert found is not None
                assert found <= number, wording  # words of one stem share the first term


def test_no_wording_of_the_course_stands_in_two_pairs(course: Course) -> None:
    pairs = course.glossary.terms[: -len(course.concepts)]  # the concepts' names are added at the end
    for language in ("es", "en"):
        seen: dict[str, int] = {}
        for number, term in enumerate(pairs):
            for wording in term.wordings[language]:
                assert seen.setdefault(" ".join(words(wording)), number) == number, wording
