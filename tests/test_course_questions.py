"""Authored questions: read with both languages alike, and every fault of form located with its mend."""

import re
from pathlib import Path

import pytest
from tiny_course import write_course

from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course, validate_course
from knowledge.messages import LANGUAGES

CONCEPT = "sorting"
GOOD = """\
[[question]]
id = "{concept}.halves"
kind = "mcq"
bloom = "understand"
difficulty = 2
source = "hoare1962"
mistakes = ["", ""]

[question.en]
stem = "What does Quicksort do with a list?"
says = "Quicksort {{}} a list."
right = ["splits"]
wrong = ["copies", "reverses"]
rationale = "It splits the list around a pivot."
hints = ["Think of the pivot.", "What happens on its two sides?"]
feedback = ["Not a copy.", "Not backwards."]

[question.es]
stem = "¿Qué hace Quicksort con una lista?"
says = "Quicksort {{}} una lista."
right = ["divide"]
wrong = ["copia", "invierte"]
rationale = "Divide la lista en torno a un pivote."
hints = ["Piensa en el pivote.", "¿Qué pasa a sus dos lados?"]
feedback = ["No la copia.", "No le da la vuelta."]
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return write_course(tmp_path / "tiny")


def written(course: Path, change: tuple[str, str] = ("", "")) -> Path:
    concept = sorted(folder.name for folder in (course / "concepts").iterdir())[0]
    text = GOOD.format(concept=concept)
    old, new = change
    assert old in text
    file = course / "concepts" / concept / "questions.toml"
    file.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return file


def test_a_question_is_read_in_both_languages(course: Path) -> None:
    written(course)
    assert not [fault for fault in validate_course(course) if "questions" in fault.file]
    question = load_course(course).bank[0]
    assert (question.kind, question.bloom, question.difficulty) == ("mcq", "understand", 2)
    assert question.wordings["es"].right == ("divide",)
    assert question.wordings["en"].wrong == ("copies", "reverses")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('kind = "mcq"', 'kind = "essay"'), r"kind of .*'essay'.*give one of mcq"),
        (('bloom = "understand"', 'bloom = "guess"'), r"bloom of .*'guess'"),
        (("difficulty = 2", "difficulty = 9"), r"whole number from 1 to 5"),
        (('source = "hoare1962"\n', ""), r"cites nothing"),
        (('wrong = ["copies", "reverses"]', 'wrong = ["copies"]'), r"'wrong' has 1 answers.*needs 2 to 4"),
        (('right = ["divide"]', 'right = ["divide", "parte"]'), r"'right' has 2 answers"),
        (("Quicksort {} una", "Quicksort {} y {} una"), r"places \{\}"),
        (('stem = "¿Qué hace Quicksort con una lista?"\n', ""), r"'stem' of .* in 'es'"),
        (('hints = ["Think of the pivot.", "What happens on its two sides?"]', 'hints = ["One."]'),
         r"'hints' of .* differs in length between the languages"),
        (('feedback = ["Not a copy.", "Not backwards."]', 'feedback = ["Not a copy."]'), r"'feedback' and 'wrong'"),
        (('mistakes = ["", ""]', 'mistakes = [""]'), r"'mistakes' and 'wrong'"),
        (('mistakes = ["", ""]', 'mistakes = ["no-such", ""]'), r"'no-such', which is no misconception"),
        (('source = "hoare1962"', 'source = "hoare1961"'), r"cites 'hoare1961'.*did you mean 'hoare1962'"),
        (('mistakes = ["", ""]', 'mistakes = "none"'), r"'mistakes' of .* needs a list"),
        (("[question.es]", "[question.fr]"), r"in 'es' is missing"),
        (("rationale = \"It", "rationalle = \"It"), r"'rationalle' is not a key of a question's wording"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_its_mend(course: Path, change: tuple[str, str], message: str) -> None:
    file = written(course, change)
    faults = [fault for fault in validate_course(course) if fault.file == str(file)]
    assert faults
    assert any(re.search(message, fault.message, re.S) for fault in faults), [fault.message for fault in faults]
    assert all(fault.line >= 1 for fault in faults)


def test_the_questions_of_the_course_name_mistakes_that_it_knows() -> None:
    course = load_course(BUNDLED_COURSE, units=False)
    known = {misconception.id for misconception in course.misconceptions}
    for question in course.bank:
        assert set(question.mistakes) <= {*known, ""}, question.id
        assert set(question.wordings) == set(LANGUAGES)
        for citation in question.sources:
            assert citation.key in course.sources, question.id
