"""Numbers in text, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.quantities import agrees, format_quantity, read_number, read_quantities, same_quantity


def values(text: str, language: str) -> list[float]:
    return [quantity.value for quantity in read_quantities(text, language)]


@pytest.mark.parametrize(
    ("spanish", "english", "value"),
    [
        ("doce capas", "twelve layers", 12),
        ("12 capas", "12 layers", 12),
        ("veintiuna capas", "twenty-one layers", 21),
        ("treinta y dos capas", "thirty two layers", 32),
        ("noventa y seis cabezas", "ninety-six heads", 96),
        ("cien capas", "a hundred layers", 100),
        ("ciento veintiocho cabezas", "one hundred and twenty-eight heads", 128),
        ("quinientas doce dimensiones", "five hundred twelve dimensions", 512),
        ("mil tokens", "one thousand tokens", 1000),
        ("dos mil diecisiete", "two thousand and seventeen", 2017),
        ("cien mil pasos", "a hundred thousand steps", 100_000),
        ("1.000 capas", "1,000 layers", 1000),
        ("12.288 dimensiones", "12,288 dimensions", 12288),
        ("12\u202f288 dimensiones", "12\u00a0288 dimensions", 12288),
        ("1.234.567,5 pasos", "1,234,567.5 steps", 1_234_567.5),
        ("0,5 horas", "0.5 hours", 0.5),
        ("0,125", "0.125", 0.125),
        ("340 M de parámetros", "340M parameters", 340e6),
        ("340 millones de parámetros", "340 million parameters", 340e6),
        ("1,5 mil millones de parámetros", "1.5 billion parameters", 1.5e9),
        ("175 mil millones", "175 billion", 175e9),
        ("mil millones de parámetros", "one billion parameters", 1e9),
        ("cien mil millones", "one hundred billion", 1e11),
        ("un billón de tokens", "one trillion tokens", 1e12),
        ("15,6 billones", "15.6 trillion", 15.6e12),
        ("70B parámetros", "70B parameters", 70e9),
        ("10^9 operaciones", "10^9 operations", 1e9),
        ("3,15 billones", "3.15T", 3.15e12),
    ],
)
def test_a_number_is_the_same_in_both_languages(spanish: str, english: str, value: float) -> None:
    assert values(spanish, "es") == [pytest.approx(value, rel=1e-12)]
    assert values(english, "en") == [pytest.approx(value, rel=1e-12)]


def test_billon_is_not_billion() -> None:
    assert values("un billón", "es") == [1e12]
    assert values("one billion", "en") == [1e9]


def test_a_mark_with_three_figures_is_read_as_its_language_writes_it() -> None:
    assert [read_number("3.600", language) for language in ("es", "en")] == [3600, 3.6]
    assert [read_number("3,600", language) for language in ("es", "en")] == [3.6, 3600]
    assert [read_number("0.125", language) for language in ("es", "en")] == [0.125, 0.125]
    assert [read_number("41,8", language) for language in ("es", "en")] == [41.8, 41.8]


def test_figures_grouped_by_spaces_are_one_number_in_spanish() -> None:
    assert values("una dimensión de 12 288 unidades", "es") == [12288]
    assert values("entre 1 234 567 y 2", "es") == [1234567, 2]
    assert values("en 2017 300 personas", "es") == [2017, 300]
    assert values("de 12 2880 unidades", "es") == [12, 2880]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "text", ["GPT-4", "GPT-3.5", "T5-11B", "d_1", "3D", "x2", "un modelo", "uno", "one of", "", "8x7B"]
)
def test_names_and_articles_are_not_quantities(text: str, language: str) -> None:
    assert values(text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "units"),
    [
        ("BERT base has 12 layers and twelve heads.", "en", ["layers", "heads"]),
        ("340 millones de parámetros", "es", ["parametros"]),
        ("15 % de los tokens, el 15 por ciento y 80%", "es", ["%", "%", "%"]),
        ("15 percent, 15 per cent and 15% of tokens", "en", ["%", "%", "%"]),
        ("published in 2017.", "en", [""]),
        ("a 12-layer model with 8 self-attention heads", "en", ["", "self-attention"]),
    ],
)
def test_the_unit_is_the_word_that_follows(text: str, language: str, units: list[str]) -> None:
    assert [quantity.unit for quantity in read_quantities(text, language)] == units


def test_spans_hold_the_number() -> None:
    text = "Se entrenó con 300 mil millones de tokens en treinta y dos días."
    first, second = read_quantities(text, "es")
    assert text[first.start : first.end].strip() == "300 mil millones de"
    assert text[second.start : second.end].strip() == "treinta y dos"
    assert (first.unit, second.unit) == ("tokens", "dias")


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (12, "12", "12"),
        (0.1, "0.1", "0,1"),
        (41.8, "41.8", "41,8"),
        (3072, "3072", "3072"),
        (12288, "12,288", "12\u202f288"),
        (1_000_000, "1 million", "1 millón"),
        (340_000_000, "340 million", "340 millones"),
        (1_000_000_000, "1 billion", "1000 millones"),
        (1_542_000_000, "1.542 billion", "1542 millones"),
        (6_700_000_000, "6.7 billion", "6700 millones"),
        (175_000_000_000, "175 billion", "175 mil millones"),
        (9_999_600_000, "10 billion", "10\u202f000 millones"),
        (1_000_000_000_000, "1 trillion", "1 billón"),
        (1_400_000_000_000, "1.4 trillion", "1,4 billones"),
        (9_999_600_000_000_000, "10,000 trillion", "10\u202f000 billones"),
    ],
)
def test_a_number_is_written_for_its_reader(value: float, english: str, spanish: str) -> None:
    assert format_quantity(value, "en") == english
    assert format_quantity(value, "es") == spanish


def test_a_year_is_written_plain() -> None:
    assert [format_quantity(2017, language, plain=True) for language in ("es", "en")] == ["2017", "2017"]


@given(st.integers(0, 10**16) | st.floats(0.01, 1e16), st.sampled_from(["es", "en"]))
def test_what_is_written_reads_as_the_same_number(value: float, language: str) -> None:
    text = format_quantity(value, language)
    [quantity] = read_quantities(f"{text}.", language)
    assert quantity.value == pytest.approx(value, rel=6e-4)
    assert (quantity.start, quantity.end) == (0, len(text))


@given(
    st.integers(0, 9999) | st.integers(10, 999).map(lambda number: number * 1_000_000_000),
    st.sampled_from(["es", "en"]),
)
def test_round_numbers_are_read_exactly(value: int, language: str) -> None:
    assert values(format_quantity(value, language), language) == [value]


@given(st.text(max_size=80), st.sampled_from(["es", "en"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    assert all(quantity.value >= 0 for quantity in read_quantities(text, language))


def test_equal_within_a_tolerance() -> None:
    assert same_quantity(340e6, 340.1e6)
    assert not same_quantity(340e6, 345e6)
    assert same_quantity(0, 0)
    assert not same_quantity(0, 1e-9)
    assert same_quantity(336e6, 340e6, tolerance=0.02)


def test_thousands_marked_as_in_the_other_language() -> None:
    assert read_number("23.835.648", "en") == read_number("23,835,648", "es") == 23_835_648


@pytest.mark.parametrize(
    ("stated", "bound", "value", "fits"),
    [
        (2020, "=", 2022, False), (2017, "=", 2017, True), (4096, "=", 4097, False), (2018, "~", 2017, True),
        (2018, ">", 2017, False), (2016, ">", 2017, True), (117e6, "=", 116.99e6, True), (12, "=", 12.5, False),
        (28.4, "=", 28.4, True), (50_257, "=", 50_257, True),
    ],
)  # fmt: skip
def test_years_and_counts_are_exact_and_large_figures_rounded(
    stated: float, bound: str, value: float, fits: bool
) -> None:
    assert agrees(stated, bound, value) is fits
