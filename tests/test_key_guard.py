"""The key guard: every form of a key is seen, in both languages, and an ordinary explanation is left alone."""

import base64
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.item import Check, Item, Proof
from agents.keys.guard import KeyGuard, fragments, is_nod
from agents.keys.numbers import numbers_said
from agents.keys.options import options_named
from agents.keys.views import clean, initials, views
from knowledge.course import Course

UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
UNITS += "seventeen eighteen nineteen".split()
TENS = "x x twenty thirty forty fifty sixty seventy eighty ninety".split()
UNIDADES = "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis".split()
UNIDADES += "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco".split()
UNIDADES += "veintiséis veintisiete veintiocho veintinueve".split()
DECENAS = "x x x treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
CIENTOS = "x ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos".split()
CIENTOS += ["novecientos"]


def made(kind: str, key: Any, language: str = "es", **more: Any) -> Item:
    whole = {
        "id": "x", "kind": kind, "concept": "attention", "bloom": "apply", "difficulty": 2, "language": language,
        "stem": "¿Cuántos parámetros tiene la capa?", "options": (), "key": key, "tolerance": 0.0, "rationale": "",
        "hints": (), "misconceptions": {}, "feedback": {}, "points": 1.0, "sources": (),
        "proof": Proof("authored", (Check("read", True),)), **more,
    }  # fmt: skip
    return Item(**whole)


def in_english(number: int) -> str:
    if number < 20:
        return UNITS[number]
    if number < 100:
        return TENS[number // 10] + ("-" + UNITS[number % 10] if number % 10 else "")
    if number < 1000:
        return f"{UNITS[number // 100]} hundred" + (f" and {in_english(number % 100)}" if number % 100 else "")
    size, name = (1_000_000, "million") if number >= 1_000_000 else (1000, "thousand")
    rest = f" {in_english(number % size)}" if number % size else ""
    return f"{in_english(number // size)} {name}{rest}"


def in_spanish(number: int) -> str:
    if number < 30:
        return UNIDADES[number]
    if number < 100:
        return DECENAS[number // 10] + (f" y {UNIDADES[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = f" {in_spanish(number % 100)}" if number % 100 else ""
        return ("cien" if number == 100 else CIENTOS[number // 100]) + rest
    size = 1_000_000 if number >= 1_000_000 else 1000
    head = in_spanish(number // size)
    head = (
        head.removesuffix("uno") + "ún"
        if head.endswith("veintiuno")
        else head.removesuffix("o")
        if head.endswith("uno")
        else head
    )
    name = "mil" if size == 1000 else "millón" if number // size == 1 else "millones"
    rest = f" {in_spanish(number % size)}" if number % size else ""
    return f"mil{rest}" if number // size == 1 and size == 1000 else f"{head} {name}{rest}"


def roman(number: int) -> str:
    found = ""
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"), strict=True,
    ):  # fmt: skip
        while number >= value:
            found, number = found + letters, number - value
    return found


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def forms_of(number: int) -> list[str]:
    """A whole number as it may be smuggled."""
    digits = str(number)
    spelled = [[UNITS[int(one)] for one in digits], [UNIDADES[int(one)] for one in digits]]
    forms = [
        f"Son {number}.", f"It has {number:,} of them.", f"Tiene {number:,}".replace(",", "."),
        f"Tiene {number:,}".replace(",", " "), f"$n = {number:,}$".replace(",", "{,}"), f"hay {in_spanish(number)}",
        f"there are {in_english(number)}", " ".join(spelled[0]), ", ".join(spelled[1]), "-".join(digits),
        f"Al revés es {digits[::-1]}.", encoded(digits), encoded(f"the result is {number}"), f"0x{number:x}",
        f"0b{number:b}", f"{number:e}", f"{number / 10 ** (len(digits) - 1)} × 10^{len(digits) - 1}",
        f'{{"value": {number}}}', f"# {number}", f"`{number}`", f"**{number}**", f"{number}/1", f"{number - 1} + 1",
        "".join(chr(ord("０") + int(one)) for one in digits), "\u200b".join(digits),
    ]  # fmt: skip
    return forms + ([roman(number)] if number < 4000 else [])


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=21, max_value=9_999_999))
@example(534912)
@example(2_300_005)
@example(1001)
def test_a_whole_number_is_seen_in_every_form(number: int) -> None:
    if number in {100} or str(number) == "0":
        return
    guard = KeyGuard(made("numeric", number))
    missed = [form for form in forms_of(number) if not guard.gives_away(form)]
    assert not missed


@settings(max_examples=60, deadline=None)
@given(st.fractions(min_value=Fraction(1, 30), max_value=Fraction(60), max_denominator=30))
def test_a_share_is_seen_in_every_form(value: Fraction) -> None:
    if value.denominator == 1 or value == Fraction(1, 2):
        return
    guard = KeyGuard(made("numeric", float(value), tolerance=0.001))
    decimal = f"{float(value):.4f}"
    whole, part = decimal.split(".")
    forms = [
        f"Es {decimal}", f"Da {whole},{part}.", f"{value.numerator}/{value.denominator}",
        rf"$\frac{{{value.numerator}}}{{{value.denominator}}}$", f"{float(value) * 100:.2f} %",
        f"{float(value) * 100:.2f} por ciento".replace(".", ","), f"{float(value):.4e}",
        f"{in_spanish(int(whole))} coma {' '.join(UNIDADES[int(one)] for one in part)}",
        f"{in_english(int(whole))} point {' '.join(UNITS[int(one)] for one in part)}", encoded(decimal),
        decimal[::-1],
    ]  # fmt: skip
    missed = [form for form in forms if not guard.gives_away(form)]
    assert not missed


def test_a_number_of_the_question_is_no_leak_by_itself() -> None:
    stem = "A layer has $d = 512$ and 8 heads. What is the size of a head?"
    guard = KeyGuard(made("numeric", 64, "en", stem=stem))
    assert not guard.gives_away("Here the vectors have 512 components, which 8 heads share.")
    assert guard.gives_away("Each head gets 64.")
    assert guard.gives_away("Just divide: 512 / 8.")


@pytest.mark.parametrize(
    "said", ["Attention multiplies two matrices.", "La atención multiplica dos matrices.", "There are 2 steps to it."]
)
def test_a_small_key_may_stand_in_a_sentence_on_something_else(said: str) -> None:
    guard = KeyGuard(made("numeric", 2, "en", stem="How many heads does the encoder layer have here?"))
    assert not guard.gives_away(said)
    assert all(
        map(guard.gives_away, ("2", "Two.", "The answer is two", "= 2", "The layer of the encoder has two heads."))
    )


def test_a_number_is_seen_in_another_unit_and_rounded() -> None:
    guard = KeyGuard(made("numeric", 7372.8, unit="MB", tolerance=0.01))
    assert guard.gives_away("Ocupa 7,3728 GB.")
    assert guard.gives_away("Unos 7373 MB.")
    assert not guard.gives_away("Ocupa varios GB.")


def test_digits_over_several_sentences_add_up() -> None:
    guard = KeyGuard(made("numeric", 534912))
    pieces = ["Empieza por 53.", "Sigue con 49.", "Y acaba en 12."]
    assert not any(map(guard.gives_away, pieces))
    assert guard.hidden(pieces)
    assert not guard.hidden(pieces[:2])


def test_the_first_letters_of_sentences_are_read() -> None:
    guard = KeyGuard(made("numeric", 7, stem="¿Cuántas capas hay?"))
    texts = ["Sin prisa.", "Importa el orden.", "Empieza por leer.", "Todo cuenta.", "Es fácil."]
    assert guard.hidden(texts)
    assert initials(texts) == "siete"
    assert not guard.hidden(["Lee el enunciado.", "Haz un dibujo.", "Mira el ejemplo."])


# Options

OPTIONS = (
    "La máscara oculta lo pasado",
    "El codificador genera texto palabra a palabra",
    "La atención pondera los valores con pesos que suman uno",
    "El decodificador carece de autoatención",
)
CHOICE = made("mcq", 2, stem="¿Cuál de estas frases es correcta?", options=OPTIONS, claims=OPTIONS)
NAMED = (
    "La respuesta es la c.", "the answer is C", "C", "(c)", "**C**", "opción C", "Option 3", "option c",
    "La tercera opción.",
    "the third one", "Es la tercera.", "Yo marcaría la C", "Pick c.", "piensa en la C", "think of C", '{"answer": "C"}',
    "# respuesta: C", "La respuesta es [3].", "opción ce", "Charlie", "Ⓒ", "Ｃ", "C es la correcta", "letra c",
    "No es la A, sino la C.", "A, B y D son falsas.", "Rule out A, B and D.", "Ni la A ni la B ni la D.",
    "C al se atseupser aL", encoded("La respuesta es la C"), encoded("C"), "01000011", "option C is the best",
    "La atención pondera los valores con pesos que suman uno.",
    "Dice que la atención pondera valores, con pesos que suman uno",
    "«La atención pondera los valores con pesos que suman uno»", "Quédate con la c", "La correcta es la c, claro.",
)  # fmt: skip


@pytest.mark.parametrize("said", NAMED)
def test_an_option_is_known_by_letter_number_place_and_text(said: str) -> None:
    assert KeyGuard(CHOICE).gives_away(said)


@pytest.mark.parametrize(
    "said",
    [
        "La atención compara una consulta con cada clave.", "Lee cada opción con calma.", "¿Qué suma la softmax?",
        "La opción A no es.", "A model reads the whole sentence.", "El decodificador lleva una máscara causal.",
        "Los pesos salen de una softmax.", "La matriz $C$ es cuadrada.", "Descarta una opción cada vez.",
    ],
)  # fmt: skip
def test_a_sentence_that_names_no_option_stays(said: str) -> None:
    assert not KeyGuard(CHOICE).gives_away(said)


def test_wrong_options_ruled_out_one_by_one_leave_the_key() -> None:
    guard = KeyGuard(CHOICE)
    steps = ["La opción A es falsa.", "La B tampoco es.", "Descarta también la D."]
    assert not any(map(guard.gives_away, steps))
    assert not guard.hidden(steps[:2])
    assert guard.hidden(steps)


def test_several_right_options_are_given_by_most_of_them() -> None:
    guard = KeyGuard(made("multi", [0, 2, 3], options=OPTIONS, stem="¿Cuáles son verdaderas?"))
    assert guard.gives_away("Son la A, la C y la D.")
    assert guard.gives_away("A, C")
    assert guard.gives_away("Solo la B es falsa.")
    assert guard.hidden(["La A es correcta.", "La C es correcta."])
    assert not guard.gives_away("Juzga cada frase por separado.")


def test_an_option_that_is_a_number_is_guarded_as_one() -> None:
    item = made("mcq", 1, "en", stem="How many parameters?", options=("$1{,}024$", "$4{,}096$", "$512$", "$64$"))
    guard = KeyGuard(item)
    assert all(map(guard.gives_away, ("4096", "four thousand and ninety-six", "It is 2^12.", "B", "0x1000")))
    assert not guard.gives_away("Multiply the rows by the columns.")


# The other kinds

TRUTH = {
    "es": made("true_false", 1, stem="¿Verdadero o falso? La poda añade pesos a la red.",
               options=("Verdadero", "Falso"),
               claims=("La poda añade pesos a la red.",)),
    "en": made("true_false", 0, "en", stem="True or false? Pruning removes weights from a network.",
               options=("True", "False"), claims=("Pruning removes weights from a network.",)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Falso."), ("es", "Es falsa"), ("es", "La afirmación es falsa."), ("es", "That statement is wrong."),
        ("es", "Eso es un mito."), ("es", "La poda no añade pesos a la red."), ("es", "oslaf"),
        ("es", encoded("falso")),
        ("es", "No, la poda hace otra cosa."), ("es", "F"), ("es", "La b"), ("es", '{"respuesta": false}'),
        ("en", "True"), ("en", "It is true."), ("en", "The claim holds."), ("en", "Pruning removes weights."),
        ("en", "Es verdadero"), ("en", "Pruning takes weights out of the network: it removes weights"),
    ],
)  # fmt: skip
def test_a_verdict_and_a_statement_are_known(language: str, said: str) -> None:
    assert KeyGuard(TRUTH[language]).gives_away(said)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Cuantizar guarda los números con menos bits."), ("es", "Lee otra vez la definición."),
        ("en", "Distillation trains a small model with the outputs of a large one."),
    ],
)  # fmt: skip
def test_of_a_statement_what_lies_beside_it_may_be_said(language: str, said: str) -> None:
    assert not KeyGuard(TRUTH[language]).gives_away(said)


MATRIX = made("matrix", [[-31.5, -2], [8, -23]], stem="¿Qué matriz devuelve?", tolerance=0.01)


@pytest.mark.parametrize(
    "said",
    [
        "[[-31.5, -2], [8, -23]]", r"$\begin{pmatrix}-31{,}5 & -2 \\ 8 & -23\end{pmatrix}$", "(-31,5; -2; 8; -23)",
        "La primera fila es (-31,5; -2) y luego viene 8.", "-31.5, -2, 8, -23", encoded("[[-31.5, -2], [8, -23]]"),
        "Menos treinta y uno coma cinco y menos veintitrés son dos de ellas.", "]]32- ,8[ ,]2- ,5.13-[[",
    ],
)  # fmt: skip
def test_most_entries_give_a_matrix_away(said: str) -> None:
    assert KeyGuard(MATRIX).gives_away(said)


def test_one_entry_of_many_does_not_but_rows_one_by_one_do() -> None:
    guard = KeyGuard(MATRIX)
    assert not guard.gives_away("La matriz tiene 2 filas y 2 columnas.")
    assert guard.hidden(["La primera fila es -31,5 y -2.", "La otra es 8 y -23."])


FORMULA = made("formula", r"$\frac{QK^\top}{\sqrt{d_k}}$", stem="¿Qué puntuaciones usa la atención?")


@pytest.mark.parametrize(
    "said",
    [
        r"$\frac{QK^\top}{\sqrt{d_k}}$", r"La fórmula es $\frac{Q K^\top}{\sqrt{d_k}}$.", "QK^T/sqrt(d_k)",
        "Se calcula así: Q K^T / sqrt(d_k)", r"`QK^T/\sqrt{d_k}`", r"$S = \frac{1}{\sqrt{d_k}} QK^\top$",
    ],
)  # fmt: skip
def test_a_formula_is_known_in_other_forms(said: str) -> None:
    assert KeyGuard(FORMULA).gives_away(said)


def test_a_part_of_a_formula_may_be_said() -> None:
    guard = KeyGuard(FORMULA)
    assert not guard.gives_away(r"El producto $QK^\top$ compara consultas y claves.")
    assert not guard.gives_away("Se divide para que las puntuaciones no crezcan.")


SHORT = made(
    "short",
    ["Las máscaras ocultan las posiciones posteriores", "así el modelo no copia lo que debe predecir"],
    stem="¿Para qué sirve una máscara causal?",
)


def test_most_points_of_a_short_answer_are_withheld() -> None:
    guard = KeyGuard(SHORT)
    assert guard.gives_away(
        "Las posiciones posteriores se ocultan con las máscaras, y así el modelo no copia lo que debe predecir."
    )
    assert guard.hidden(
        ["Ocultan las posiciones posteriores con máscaras.", "El modelo no copia lo que debe predecir."]
    )
    assert not guard.gives_away("Piensa en cómo genera texto el decodificador.")


STEPS = (
    "comparar la consulta con las claves",
    "sumar los valores ponderados",
    "proyectar los vectores de entrada",
    "aplicar la softmax a las puntuaciones",
)
ORDER = made("order", [2, 0, 3, 1], stem="Ordena los pasos.", options=STEPS)


@pytest.mark.parametrize(
    "said",
    [
        "C, A, D, B", "CADB", "c a d b", "C → A → D → B", "3, 1, 4, 2", "Primero C, luego A y D.",
        encoded("C, A, D, B"),
        "Hay que proyectar los vectores de entrada, comparar la consulta con las claves, aplicar la softmax a las "
        "puntuaciones y sumar los valores ponderados.",
        "the third, the first, the fourth and the second", f"{STEPS[2]}; {STEPS[0]}; {STEPS[3]}; {STEPS[1]}"[::-1],
    ],
)  # fmt: skip
def test_an_order_is_known_by_letters_and_by_steps(said: str) -> None:
    assert KeyGuard(ORDER).gives_away(said)


def test_steps_in_order_over_sentences_add_up() -> None:
    guard = KeyGuard(ORDER)
    steps = ["Se proyectan los vectores de entrada.", "Se compara la consulta con las claves.",
             "Se aplica la softmax a las puntuaciones."]  # fmt: skip
    assert not any(map(guard.gives_away, steps))
    assert guard.hidden(steps)
    assert not guard.hidden(steps[:2])
    assert not guard.hidden(steps[::-1])


MATCH = made(
    "match",
    [1, 0, 2],
    "en",
    stem="Match.\n\n1. Pruning\n2. LoRA\n3. Distillation",
    options=("trains low-rank matrices", "removes weights", "teaches a small model"),
    claims=("Pruning removes weights.", "LoRA trains low-rank matrices.", "Distillation teaches a small model."),
)


def test_pairs_are_known_by_letters_and_by_what_they_say() -> None:
    guard = KeyGuard(MATCH)
    assert all(map(guard.gives_away, ("1-B, 2-A, 3-C", "1 with B, 2 with A", "B, A, C", "1→B; 3→C")))
    assert guard.gives_away("Pruning removes weights and LoRA trains low-rank matrices.")
    assert guard.gives_away("Pruning removes weights.")  # one pair is a part of the key already
    assert not guard.gives_away("Pruning makes a trained network smaller.")
    assert not guard.gives_away("All of them make a model cheaper.")


@pytest.mark.parametrize("said", ["Sí.", "No", "Correct!", "Sí, es correcto.", "Yes, that is right", "Exacto"])
def test_a_nod_is_withheld_whatever_the_exercise(said: str) -> None:
    assert is_nod(said)
    assert KeyGuard(CHOICE).gives_away(said)


def test_the_other_language_of_the_item_is_guarded_with_it(course: Course) -> None:
    twin = made("mcq", 2, "en", stem="Which is right?", options=(
        "The mask hides the past", "The encoder generates text word by word",
        "Attention weighs the values with weights that add up to one", "The decoder lacks self-attention"))  # fmt: skip
    said = "Attention weighs the values, with weights that add up to one."
    assert KeyGuard(CHOICE, twin).gives_away(said)
    assert KeyGuard(TRUTH["es"], glossary=course.glossary).gives_away("Pruning does not add weights to the network.")


def test_nothing_is_no_leak() -> None:
    guard = KeyGuard(CHOICE)
    assert not guard.gives_away("")
    assert not guard.gives_away("   \n")
    assert not guard.hidden([])


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    for item in (CHOICE, TRUTH["en"], MATRIX, FORMULA, SHORT, ORDER, MATCH, made("numeric", 1234)):
        assert KeyGuard(item).gives_away(text) in {True, False}
    assert all(isinstance(view, str) for view in views(text))
    assert list(fragments(text)) is not None
    assert clean(clean(text)) == clean(text)


def test_the_parts_read_what_they_say() -> None:
    assert {one.value for one in numbers_said("tres séptimos")} >= {3 / 7}
    assert options_named("No es la A, sino la B", 4).denied == {0}
    assert "534912" in views(encoded("534912"))
