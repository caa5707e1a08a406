"""What a check found, in the language of who reads it: what the checks write is known, values stay as they are."""

import re
import string
import tomllib

import pytest

from agents.item_rules import rule_checks
from knowledge.course import BUNDLED_COURSE
from knowledge.messages import LANGUAGES
from tutor.evaluation_items import read_items
from tutor.item_details import FILE, detail_in

TABLE = tomllib.loads(FILE.read_text(encoding="utf-8"))
SAID = {
    "not said by the sources: Tiene 12 capas. / Dos.": "las fuentes no dicen: Tiene 12 capas. / Dos.",
    "said by the sources too: a: b": "las fuentes también dicen: a: b",
    "not_found: X": "las fuentes no dicen nada de: X",
    "contradicted: X": "las fuentes contradicen: X",
    "3 claims for 4 options": "afirmaciones: 3; opciones: 4",
    "0 claims for one statement": "afirmaciones: 0, y hace falta una",
    "named at the words [0, 4, 9]": "nombrados en las palabras 0, 4, 9",
    "0.25, computed 0.5": "0.25, y el cálculo da 0.5",
    "1 options; 2 to 6 are wanted": "opciones: 1; hacen falta de 2 a 6",
    "3 options; 2 are wanted": "opciones: 3; hacen falta 2",
    "3 options, 1 empty; 2 to 6 are wanted": "opciones: 3, vacías: 1",
    "the key alone has the question's gender (f)": "solo la clave tiene el género de la pregunta",
    "“often” in: It is often so.": "«often» en: It is often so.",
}


@pytest.mark.parametrize("detail", SAID)
def test_a_detail_is_said_in_spanish_with_its_values_as_they_are(detail: str) -> None:
    assert detail_in(detail, "es") == SAID[detail]


@pytest.mark.parametrize("value", ["12", "“Llama 3 has 70B.” (dubey2024 tab. 3)", "{what} %s \\1", ""])
def test_values_and_quotations_are_the_same_in_any_language(value: str) -> None:
    assert {detail_in(value, language) for language in LANGUAGES} == {value}
    assert detail_in(f"not said by the sources: {value}.", "es") == f"las fuentes no dicen: {value}."


@pytest.mark.parametrize("name", TABLE)
def test_both_languages_say_what_the_pattern_finds(name: str) -> None:
    known = set(re.compile(TABLE[name]["pattern"]).groupindex)
    places = [{place for _, place, _, _ in string.Formatter().parse(TABLE[name][lang]) if place} for lang in LANGUAGES]
    assert places[0] == places[1] <= known


def test_what_the_rules_find_in_spanish_items_is_said_in_spanish() -> None:
    rows = read_items(BUNDLED_COURSE / "evaluation" / "items.jsonl")
    found = {
        detail_in(check.detail, "es")
        for row in rows if row.item.language == "es" for check in rule_checks(row.item) if not check.ok
    }  # fmt: skip
    assert found
    assert [told for told in found if re.search(r"\b(the|is|are|words|options|only|not|does)\b", told)] == []
