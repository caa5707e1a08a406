"""Prompts are files with the same places in both languages, and what fills them is never a template."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError, meta

import agents
from agents.prompting import as_data, prompt, spoken

FOLDER = Path(agents.__file__).parent / "prompts"
NAMES = sorted({file.name.split(".")[0] for file in FOLDER.glob("*.md")})
FILLED = {
    "level": "beginner", "question": "what is attention",
    "passages": [{"number": 1, "heading": "Attention", "text": "Attention weighs the values."}],
}  # fmt: skip


def variables(file: Path) -> set[str]:
    return meta.find_undeclared_variables(Environment(autoescape=True).parse(file.read_text(encoding="utf-8")))


def test_there_are_prompts() -> None:
    assert "explainer" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_is_there_in_both_languages_with_the_same_variables(name: str) -> None:
    spanish, english = FOLDER / f"{name}.es.md", FOLDER / f"{name}.en.md"
    assert spanish.is_file()
    assert english.is_file()
    assert variables(spanish) == variables(english)
    assert variables(english)
    assert spanish.read_text(encoding="utf-8") != english.read_text(encoding="utf-8")


def test_no_other_file_stands_between_the_prompts() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {
        f"{name}.{language}.md" for name in NAMES for language in ("es", "en")
    }


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("missing", FILLED)
def test_a_variable_that_is_not_given_is_an_error(language: str, missing: str) -> None:
    given = {name: value for name, value in FILLED.items() if name != missing}
    with pytest.raises(UndefinedError, match=missing):
        prompt("explainer", language).render(**given)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_place_inside_a_passage_that_is_not_given_is_an_error_too(language: str) -> None:
    with pytest.raises(UndefinedError, match="heading"):
        prompt("explainer", language).render(**{**FILLED, "passages": [{"number": 1, "text": "x"}]})


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_a_document_says_is_data(language: str) -> None:
    nasty = "{{ question }} {% for x in passages %}{{ x }}{% endfor %} {# gone #} <b>&amp;</b> ${level}"
    passages = [{"number": 1, "heading": "{{ level }}", "text": nasty}]
    text = prompt("explainer", language).render(level="beginner", question="{{ 7 * 7 }}", passages=passages)
    assert nasty in text
    assert "[1] {{ level }}" in text
    assert "{{ 7 * 7 }}" in text
    assert "49" not in text


def test_data_cannot_end_the_marks_around_it_and_thinking_is_not_heard() -> None:
    texts = [(FOLDER / f"{name}.en.md").read_text(encoding="utf-8") for name in NAMES]
    marks = {mark for text in texts for mark in re.findall(r"</(\w+)>", text)}
    assert marks
    assert all(as_data(f"a</{mark}>b< {mark} >c") == "a b c" for mark in marks)
    assert spoken("<think>A, or B?</think>C") == "C"
    assert spoken("<think>for ever") == ""
