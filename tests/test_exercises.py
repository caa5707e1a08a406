"""One proven item on a concept, as the generator, the command line and a file give it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.errors import BadItem, NoExercise
from agents.exercises import Exercises
from agents.families import FAMILIES
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from tutor.cli import app
from tutor.item_files import item_from, read_item

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(BUNDLED_COURSE)


@pytest.mark.parametrize("concept", sorted({family.concept for family in FAMILIES.values()}))
def test_every_concept_with_a_family_gives_proven_items(course: Course, concept: str) -> None:
    exercises = Exercises(course)
    for seed in range(6):
        for language in ("es", "en"):
            item = exercises.item(concept, kind=None, difficulty=0, seed=seed, language=language)
            assert item.concept == concept
            assert item.language == language
            assert item.proof.holds
            assert {"computed", "recomputed"} <= {check.name for check in item.proof.checks}
            assert item == exercises.item(concept, kind=None, difficulty=0, seed=seed, language=language)


def test_concepts_are_known_by_name_and_what_is_not_there_is_said(course: Course) -> None:
    exercises = Exercises(course)
    for name, concept in (("Factor de escala", "scaling-factor"), ("atencion", "attention"), ("Softmax", "softmax")):
        assert exercises.item(name, kind=None, difficulty=0, seed=1, language="es").concept == concept
    for concept, kind, difficulty in (("cocina", None, 0), ("bias", None, 0), ("rope", "order", 0), ("rope", None, 5)):
        with pytest.raises(NoExercise) as caught:
            exercises.item(concept, kind=kind, difficulty=difficulty, seed=0, language="es")  # type: ignore[arg-type]
        assert caught.value.hint("es")
        assert caught.value.message("en")


def test_an_item_is_printed_kept_and_graded(tmp_path: Path) -> None:
    data = ["--data-dir", str(tmp_path / "data")]
    asked = (["item", "attention", "--kind", "mcq", "--seed", str(seed), "--lang", "es"] for seed in range(20))
    all_made = (RUNNER.invoke(app, [*command, "--json", *data]) for command in asked)
    made = next(one for one in all_made if json.loads(one.stdout)["misconceptions"])  # an item that names mistakes
    item = json.loads(made.stdout)
    file = tmp_path / "item.json"
    file.write_text(made.stdout, encoding="utf-8")
    assert read_item(file).as_json() == item_from(item).as_json()
    graded = RUNNER.invoke(app, ["grade", str(file), "--answer", "abcd"[item["key"]], "--json", *data])
    assert json.loads(graded.stdout)["verdict"] == "correct"
    wrong = next(int(place) for place in item["misconceptions"])
    graded = RUNNER.invoke(app, ["grade", str(file), "--answer", item["options"][wrong], "--json", *data])
    found = json.loads(graded.stdout)
    assert (found["verdict"], found["score"]) == ("incorrect", 0)
    assert found["misconception"] == item["misconceptions"][str(wrong)]
    shown = RUNNER.invoke(app, ["item", "scaling-factor", "--seed", "5", "--lang", "es", *data])
    assert item["rationale"] not in shown.stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "essay"}, "kind"), ({"key": 9}, "key"), ({"key": True}, "key"), ({"language": "fr"}, "language"),
        ({"stem": None}, "stem"), ({"difficulty": 7}, "difficulty"), ({"kind": "multi"}, "list"),
    ],
)  # fmt: skip
def test_what_is_no_item_is_refused_with_the_reason(tmp_path: Path, change: dict[str, object], told: str) -> None:
    whole = {"kind": "mcq", "language": "es", "stem": "¿Cuál?", "options": ["a", "b", "c"], "key": 1}
    assert item_from(whole).key == 1
    with pytest.raises(BadItem) as caught:
        item_from({**whole, **change})
    assert told in caught.value.message("en")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00", '{"kind": "mcq"}'])
def test_a_broken_file_is_one_line_and_exit_1(tmp_path: Path, text: str) -> None:
    file = tmp_path / "item.json"
    file.write_text(text, encoding="utf-8")
    result = RUNNER.invoke(app, ["grade", str(file), "--answer", "a", "--json", "--data-dir", str(tmp_path / "data")])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "bad-item"
