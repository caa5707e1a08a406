"""False claims made by one change: each kind to the letter, and nothing where there is nothing to change."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.falsify import Falsifier

GROUPS = [["BERT", "GPT-2"]]
FALSIFIERS = {
    "en": Falsifier("en", GROUPS, ["query", "key"]),
    "es": Falsifier("es", GROUPS, ["consulta", "clave"]),
}
KINDS = {"number", "negation", "quantifier", "direction", "cause", "order", "entity", "roles"}
PIECES = {
    "en": "the model BERT has 12 layers and 0.1 dropout is not never always encoder query key because before , . two",
    "es": "el modelo BERT tiene 12 capas y 0,1 no es nunca siempre codificador consulta clave porque antes de , . dos",
}
# (kind, language, sentence, the one change of that kind that it allows)
ONE_WAY = [
    ("number", "en", "It came with two heads.", "It came with three heads."),
    ("number", "es", "Hay dos cabezas.", "Hay tres cabezas."),
    ("negation", "en", "The mask is triangular.", "The mask is not triangular."),
    ("negation", "en", "A layer applies a mask.", "A layer does not apply a mask."),
    ("negation", "en", "The mask is not needed.", "The mask is needed."),
    ("negation", "es", "La máscara es triangular.", "La máscara no es triangular."),
    ("quantifier", "en", "Every token attends to itself.", "No token attends to itself."),
    ("quantifier", "es", "Todos los tokens se miran.", "Pocos tokens se miran."),
    ("direction", "en", "Encoders come from afar.", "Decoders come from afar."),
    ("direction", "es", "Los codificadores miran.", "Los decodificadores miran."),
    ("cause", "en", "Scaling matters because dot products grow.", "Dot products grow because scaling matters."),
    ("cause", "es", "Escalar importa porque los productos crecen.", "Los productos crecen porque escalar importa."),
    ("order", "en", "Masking comes before the softmax runs.", "The softmax runs before masking comes."),
    (
        "order", "es", "Normalizar la entrada antes de sumar el residuo.",
        "Sumar el residuo antes de normalizar la entrada.",
    ),
    ("entity", "en", "BERT came from Google.", "GPT-2 came from Google."),
    ("entity", "es", "Google hizo BERT.", "Google hizo GPT-2."),
    ("roles", "en", "The query meets the key.", "The key meets the query."),
    ("roles", "es", "Una consulta busca una clave.", "Una clave busca una consulta."),
]  # fmt: skip


def ways(language: str, text: str, seed: int = 1) -> dict[str, str]:
    return dict(FALSIFIERS[language].ways(text, random.Random(seed)))


def texts(language: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(PIECES[language].split()), max_size=12).map(" ".join)


@pytest.mark.parametrize(("kind", "language", "text", "expected"), ONE_WAY)
def test_one_change_of_each_kind(kind: str, language: str, text: str, expected: str) -> None:
    assert {ways(language, text, seed).get(kind, expected) for seed in range(20)} == {expected}
    assert kind in ways(language, text)


def test_every_kind_is_shown_in_both_languages() -> None:
    assert {(kind, language) for kind, language, _, _ in ONE_WAY} == {(kind, own) for kind in KINDS for own in PIECES}


def test_a_sentence_with_one_change_alone_gets_it() -> None:
    for seed in range(5):
        chance = random.Random(seed)
        assert FALSIFIERS["es"].one("Hay dos cabezas.", chance) == ("number", "Hay tres cabezas.")
        assert FALSIFIERS["en"].one("Encoders come from afar.", chance) == ("direction", "Decoders come from afar.")


def test_numbers_keep_their_form() -> None:
    found = {ways("en", "It has 65.4 M.", seed)["number"] for seed in range(80)}
    assert len(found) > 10
    for text in found:
        written = text.removeprefix("It has ").removesuffix(" M.")
        assert (len(written), written[2]) == (4, ".")
        assert sum(one != other for one, other in zip(written, "65.4", strict=True)) == 1
    years = {ways("es", "Se publicó en 2017.", seed)["number"] for seed in range(40)}
    assert years == {f"Se publicó en {year}." for year in (2016, 2018, 2019)}
    counts = {ways("en", "It has 12 heads.", seed)["number"] for seed in range(60)}
    assert counts == {f"It has {count} heads." for count in (11, 13, 14, 24, 120)}


@pytest.mark.parametrize("text", ["The power is x^2 and d_12.", "See GPT-3 and 3/4."])
def test_a_number_that_is_part_of_something_is_left_alone(text: str) -> None:
    assert "number" not in ways("en", text)


def test_what_is_said_of_two_alike_does_not_change_roles() -> None:
    for language, text in (("en", "It has query and key."), ("en", "The query, key."), ("es", "Consulta y clave.")):
        assert "roles" not in ways(language, text)


def test_a_name_that_stands_there_already_is_not_put_in() -> None:
    assert "entity" not in ways("en", "BERT and GPT-2 differ.")
    assert "entity" not in ways("en", "Roberta and BERT-like names.")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("text", ["", " ", "Hmm.", "¿…?", "zzz qqq"])
def test_where_nothing_can_change_there_is_none(language: str, text: str) -> None:
    assert FALSIFIERS[language].one(text, random.Random(1)) is None
    assert ways(language, text) == {}


@given(st.sampled_from(["es", "en"]).flatmap(lambda own: st.tuples(st.just(own), texts(own))), st.integers(0, 9))
def test_the_changed_text_differs_and_the_same_seed_makes_the_same(case: tuple[str, str], seed: int) -> None:
    language, text = case
    found = FALSIFIERS[language].one(text, random.Random(seed))
    assert found == FALSIFIERS[language].one(text, random.Random(seed))
    if found is None:
        assert set(ways(language, text, seed).values()) <= {text}
    else:
        kind, changed = found
        assert kind in KINDS
        assert changed != text
