"""Every number in a worked example of the course is either assumed by it or computed by code.

`concepts/<id>/example.py` says which is which: `given` lists what the example assumes, `computed` maps what the English
text writes to the value that the code gives. The Spanish text holds the same numbers (tests of the course).
"""

import ast
import re
import runpy
from pathlib import Path

import pytest

from knowledge.course import BUNDLED_COURSE, Course

FOLDER = BUNDLED_COURSE / "concepts"
CONCEPTS = sorted(folder.name for folder in FOLDER.iterdir() if (folder / "concept.toml").is_file())
# Digits of names are no numbers: x_1, W_{12}, GPT-3, T5, BM25; a date's or list's comma does not join two numbers.
NAME = re.compile(r"[_^]?\{\\(?:mathrm|text)\{[^}]*\}\}|_\{[^{}]*\}|_\w|(?:\b[A-Za-z]+-?)\d+(?:\.\d+)*(?:[a-zA-Z]+\b)?")
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?")


def example_text(course: Course, concept: str) -> str:
    """The prose and formulas of the English worked example; code blocks are run by another test."""
    (unit,) = [u for u in course.units if (u.concept, u.kind, u.language) == (concept, "example", "en")]
    return " ".join(s.text for s in unit.sentences if not s.text.startswith("```"))


def numbers(text: str) -> set[str]:
    """The numbers of a text as it writes them."""
    text = text.replace("{,}", ",").replace("\\,", " ")
    return set(NUMBER.findall(NAME.sub(" ", text)))


def value_of(written: str) -> float:
    return float(written.replace(",", ""))


def tolerance(written: str) -> float:
    """Half a unit of the last place that is written."""
    return 0.5 * 10.0 ** -len(written.partition(".")[2]) + 1e-9


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the vectors $x_1=[1, 0.5]$ and 37,000 tokens", {"1", "0.5", "37,000"}),
        ("GPT-3 and T5 need $3.15\\times 10^{23}$ FLOPs", {"3.15", "10", "23"}),
        ("$W_{12}$ has 16{,}777{,}216 entries, $[1, 2]$", {"16,777,216", "1", "2"}),
    ],
)
def test_numbers_are_read_as_a_reader_reads_them(text: str, found: set[str]) -> None:
    assert numbers(text) == found


def check_example(course: Course, folder: Path, concept: str) -> None:
    """Hold the example of a concept in a folder of concepts to its proof."""
    proof = runpy.run_path(str(folder / concept / "example.py"))
    given, computed = {float(value) for value in proof["given"]}, proof["computed"]
    shown = numbers(example_text(course, concept))
    assert set(computed) <= shown, f"not in the text: {sorted(set(computed) - shown)}"
    for written, value in computed.items():
        assert abs(float(value) - value_of(written)) <= tolerance(written), (written, float(value))
    loose = {number for number in shown if number not in computed and value_of(number) not in given}
    assert not loose, f"neither given nor computed: {sorted(loose)}"


@pytest.mark.parametrize("concept", CONCEPTS)
def test_every_number_of_the_example_is_given_or_computed(course: Course, concept: str) -> None:
    check_example(course, FOLDER, concept)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_what_is_called_computed_is_computed(concept: str) -> None:
    tree = ast.parse((FOLDER / concept / "example.py").read_text(encoding="utf-8"))
    (table,) = [node.value for node in tree.body if _assigns(node, "computed")]
    bare = [ast.unparse(value) for value in _values(table) if _is_literal(value)]
    assert not bare, f"literals are not computed: {bare}"


def _assigns(node: ast.stmt, name: str) -> bool:
    target = (
        node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    )
    return isinstance(target, ast.Name) and target.id == name


def _values(table: ast.expr | None) -> list[ast.expr]:
    return [value for value in table.values if value is not None] if isinstance(table, ast.Dict) else []


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True


def test_only_the_examples_are_code_in_the_course() -> None:
    assert {file.name for file in Path(BUNDLED_COURSE).rglob("*.py")} == {"example.py"}
