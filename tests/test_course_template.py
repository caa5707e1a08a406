"""The template of a new course shows everything of the format, and nothing of a course is ever executed."""

import shutil
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from test_worked_examples import check_example

from knowledge.course import Course
from knowledge.course_loader import load_course, validate_course
from knowledge.course_units import KINDS

TEMPLATE = Path(__file__).parent.parent / "tutor" / "course_template"
CONCEPTS = sorted(folder.name for folder in (TEMPLATE / "concepts").iterdir())


@pytest.fixture(scope="module")
def template() -> Course:
    return load_course(TEMPLATE)


def test_the_template_shows_every_kind_of_unit_and_every_file(template: Course) -> None:
    assert {unit.kind for unit in template.units} == set(KINDS)
    assert {concept.topic for concept in template.concepts.values()} == set(template.topics)
    assert len(template.topics) >= 2
    for concept in CONCEPTS:
        files = {file.name for file in (TEMPLATE / "concepts" / concept).iterdir() if file.is_file()}
        assert files == {
            "concept.toml", "en.md", "es.md", "misconceptions.toml", "statements.toml", "example.py"
        }  # fmt: skip
    assert Counter(item.partly_true for item in template.misconceptions)[True] == 1


def test_the_template_shows_every_key_of_the_facts(template: Course) -> None:
    text = (TEMPLATE / "facts.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["fact"]
    assert {"also", "note"} <= {key for row in rows for key in row}
    assert {fact.status for fact in template.facts.facts} == {"published", "estimated"}
    assert any(item.values for item in template.facts.attributes.values())
    for shown in ('status = "undisclosed"', "family = ", "maker = "):  # water has no maker: a comment shows them
        assert shown in text


def test_the_comment_on_what_is_undisclosed_can_be_copied(tmp_path: Path) -> None:
    folder = shutil.copytree(TEMPLATE, tmp_path / "mine")
    file = folder / "facts.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    start = lines.index("# [[entity]]")
    copied = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[start:])
    for old, new in (("model-2", "h2o-2"), ('"model"', '"h2o"'), ('"weight"', '"polarity"'), ("maker2024", "usgs2019")):
        assert old in copied
        copied = copied.replace(old, new)
    file.write_text("\n".join([*lines[:start], copied]), encoding="utf-8")
    assert validate_course(folder) == []
    table = load_course(folder).facts
    fact = table.find("h2o-2", "polarity")
    assert fact is not None
    assert table.sentence(fact, "en") == "The maker has not published the polarity of Model 2."
    inherited = table.find("h2o-2", "boiling_point")
    assert inherited is not None
    assert inherited.value == 100


@pytest.mark.parametrize("concept", CONCEPTS)
def test_its_examples_are_proven(template: Course, concept: str) -> None:
    check_example(template, TEMPLATE / "concepts", concept)


def test_validation_executes_nothing_of_a_course(tmp_path: Path) -> None:
    folder = shutil.copytree(TEMPLATE, tmp_path / "mine")
    trap = f"from pathlib import Path\nPath({str(tmp_path / 'sprung')!r}).touch()\nraise SystemExit(3)\n"
    for place in (folder, folder / "concepts", *(folder / "concepts").iterdir()):
        for name in ("example.py", "__init__.py", "conftest.py"):
            if place.is_dir():
                (place / name).write_text(trap, encoding="utf-8")
    assert validate_course(folder) == []
    assert load_course(folder).passages
    assert not (tmp_path / "sprung").exists()
