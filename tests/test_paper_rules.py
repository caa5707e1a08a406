"""Rules on a whole paper: where the keys stand, items that answer or repeat one another."""

from dataclasses import replace

import pytest
from test_item_rules import families, item, mcq

from agents.computed_items import computed_item
from agents.item import Item
from agents.paper_rules import paper_checks

NAMES = ("key-positions-balanced", "stems-silent", "stems-distinct")


def flaws(*items: Item) -> set[str]:
    return {check.name for check in paper_checks([replace(one, id=str(place)) for place, one in enumerate(items)])
            if not check.ok}  # fmt: skip


def keyed(*keys: int, size: int = 4) -> list[Item]:
    topics = "alfa beta gamma delta kappa lambda sigma omega theta zeta iota rho tau phi chi psi eta mu nu xi".split()
    return [
        mcq("es", f"¿Qué es {topics[place % 20]}{topics[place // 20]}?", *"wxyz"[:size], key=key)
        for place, key in enumerate(keys)
    ]


def test_the_checks_of_a_paper() -> None:
    assert tuple(check.name for check in paper_checks([])) == NAMES
    assert all(check.ok for check in paper_checks([]))


@pytest.mark.parametrize("keys", [[2] * 4, [1] * 8 + [0, 2, 3], [0, 1, 2] * 8])
def test_keys_in_one_place_or_never_in_one(keys: list[int]) -> None:
    assert flaws(*keyed(*keys)) == {"key-positions-balanced"}


@pytest.mark.parametrize("keys", [[2], [2] * 3, [0, 1, 2, 3] * 4, [3, 1, 1, 0, 1, 2, 1, 0], [0, 1, 1, 2, 2, 2, 0]])
def test_keys_in_places_as_chance_has_them(keys: list[int]) -> None:
    assert flaws(*keyed(*keys)) == set()


def test_true_and_false_are_balanced_too() -> None:
    kept = ("Verdadero", "Falso")
    words = "capa cabeza softmax red clave valor peso sesgo matriz".split()
    paper = [item("es", "true_false", f"El codificador usa {word}.", kept, 0) for word in words]
    assert "key-positions-balanced" in flaws(*paper)
    mixed = [replace(one, key=place % 2) for place, one in enumerate(paper)]
    assert "key-positions-balanced" not in flaws(*mixed)


ASKED = {
    "es": mcq("es", "¿Qué función convierte las puntuaciones en probabilidades?", "La softmax", "La ReLU", "La tanh"),
    "en": mcq("en", "Which function turns the scores into probabilities?", "The softmax", "The ReLU", "The tanh"),
}
TELLS = {
    "es": "La softmax convierte las puntuaciones en probabilidades. ¿Cuánto suman?",
    "en": "The softmax function turns the scores into probabilities. What do they sum to?",
}
SPEAKS = {
    "es": "Una capa de atención usa la softmax. ¿Cuánto suman sus pesos?",
    "en": "A layer of attention uses the softmax. What do its weights sum to?",
}


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_stem_that_answers_another_item(language: str) -> None:
    assert flaws(ASKED[language], item(language, "numeric", TELLS[language], key=1)) == {"stems-silent"}
    assert flaws(ASKED[language], item(language, "numeric", SPEAKS[language], key=1)) == set()


def test_a_number_or_a_formula_that_answers_another_item() -> None:
    asked = item("en", "numeric", "How many heads does the base Transformer have?", key=8)
    assert flaws(asked, item("en", "short", "The base Transformer has 8 heads. Why?", key=["x"])) == {"stems-silent"}
    assert flaws(asked, item("en", "short", "The base Transformer has 6 layers. Why?", key=["x"])) == set()
    formula = item("es", "formula", "Escribe la varianza del producto escalar.", key="d_k")
    told = item("es", "short", "La varianza del producto escalar es $d_k$. ¿Por qué?", key=["x"])
    assert flaws(formula, told) == {"stems-silent"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("¿Cuántos parámetros tiene una capa con $d=512$?", "¿Cuántos parámetros tiene una capa con $d=64$?", True),
        ("¿Para qué sirve la máscara causal?", "¿Para qué sirven las máscaras causales?", True),
        ("¿Para qué sirve la máscara en el codificador?", "¿Para qué sirve la máscara en el decodificador?", False),
        ("¿Qué forma tiene $Q$?", "¿Qué forma tiene $V$?", False),
    ],
)
def test_near_duplicates_in_spanish(one: str, other: str, same: bool) -> None:
    found = flaws(item("es", "short", one, key=["x"]), item("es", "short", other, key=["x"]))
    assert found == ({"stems-distinct"} if same else set())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("How many parameters does a layer of width 512 have?", "How many parameters has a layer of width 64?", True),
        ("Why does the encoder need positions?", "Why does the decoder need a mask?", False),
    ],
)
def test_near_duplicates_in_english(one: str, other: str, same: bool) -> None:
    found = flaws(item("en", "short", one, key=["x"]), item("en", "short", other, key=["x"]))
    assert found == ({"stems-distinct"} if same else set())


def test_the_two_languages_of_an_item_are_no_duplicates() -> None:
    one = "¿Token softmax embedding decoder?"
    assert flaws(item("es", "short", one, key=["x"]), item("en", "short", one, key=["x"])) == set()


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_families_are_one_paper(language: str) -> None:
    paper = [computed_item(family, 1, family.levels[0], language) for family in families()]
    found = {check.name: check.detail for check in paper_checks(paper) if not check.ok}
    assert not found.keys() - {"key-positions-balanced"}, found
    twice = [computed_item(next(families()), seed, 1, language) for seed in (1, 2)]
    assert not {check.name: check.ok for check in paper_checks(twice)}["stems-distinct"]
