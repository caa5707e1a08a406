"""Aligned paragraphs: those that say the same are found among others, and what has no partner is left out."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_course import write_course

from evals.parallel_text import Pair, align, course_pairs, folder_pairs
from knowledge.course_loader import load_course

PAIRS = [
    ("The Transformer was presented in 2017 by Vaswani.", "El Transformer fue presentado en 2017 por Vaswani."),
    ("The function softmax normalizes 512 values.", "La función softmax normaliza 512 valores."),
    ("Residual connections preserve the gradient.", "Las conexiones residuales preservan el gradiente."),
    ("GPT-3 has 175 billion parameters, a record.", "GPT-3 tiene 175 mil millones de parámetros, un récord."),
]
ONLY_ENGLISH = ["Sunlight makes everything grow though nobody watched.", "Below, birds were singing."]
ONLY_SPANISH = ["Ayer llovió mucho sobre nuestra aldea.", "Quizás mañana haga buen día."]


def mixed(own: list[str], others: list[str]) -> st.SearchStrategy[list[str]]:
    """`own` in their order, with the others anywhere between."""
    places = st.lists(st.integers(0, len(own)), min_size=len(others), max_size=len(others))
    return places.map(lambda found: _put(own, others, found))


def _put(own: list[str], others: list[str], places: list[int]) -> list[str]:
    keyed = [(place + 0.5, text) for place, text in enumerate(own)]
    keyed += [(float(place), text) for place, text in zip(places, others, strict=True)]
    return [text for _, text in sorted(keyed, key=lambda item: item[0])]


@given(mixed([mine for mine, _ in PAIRS], ONLY_ENGLISH), mixed([theirs for _, theirs in PAIRS], ONLY_SPANISH))
def test_the_true_pairs_are_found_among_others(english: list[str], spanish: list[str]) -> None:
    assert align(english, spanish) == PAIRS


def test_without_a_side_there_is_no_pair() -> None:
    english, spanish = (list(side) for side in zip(*PAIRS, strict=True))
    assert align([], []) == align(english, []) == align([], spanish) == []
    assert align(ONLY_ENGLISH, ONLY_SPANISH) == []
    assert align([""], [""]) == []


@given(st.permutations(PAIRS), st.permutations(PAIRS))
def test_an_alignment_keeps_the_order_of_both_sides(one: list[Pair], other: list[Pair]) -> None:
    english, spanish = [mine for mine, _ in one], [theirs for _, theirs in other]
    found = align(english, spanish)
    assert found
    places = [(english.index(mine), spanish.index(theirs)) for mine, theirs in found]
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(places))


def test_files_pair_by_their_path(tmp_path: Path) -> None:
    for language, side in (("en", 0), ("es", 1)):
        for name, chosen in (("a/one.md", PAIRS[:2]), ("two.md", PAIRS[2:3])):
            file = tmp_path / language / name
            file.parent.mkdir(parents=True, exist_ok=True)
            text = "\n\n".join(pair[side] for pair in chosen)
            file.write_text(f"# A\n\n> {text}\n\n```python\nshared = 2017 + 512 + 175 + 4\n```\n", encoding="utf-8")
    (tmp_path / "es" / "alone.md").write_text(PAIRS[3][1], encoding="utf-8")
    assert folder_pairs(tmp_path) == PAIRS[:3]


@pytest.mark.parametrize(
    "pair",
    [
        ("The pivot is a method of 3 steps.", "El pivot es un método de 3 pasos."),
        ("The pivot ends.", "El pivot termina."),
        ("The pivot does end.", "El pivot acaba."),
        ("sorting", "ordenación"),
    ],
)
def test_a_course_is_its_own_translation(tmp_path: Path, pair: Pair) -> None:
    found = course_pairs(load_course(write_course(tmp_path / "tiny")))
    assert pair in found
    assert len(set(found)) == len(found)
