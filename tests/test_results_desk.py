"""A teacher's desk for results: responses in, kept with what they say; faults by file and line, and nothing lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.gate import Gate
from agents.grader import Grader
from agents.item import Check, Item, Proof
from knowledge.course import Course
from tutor.class_mastery import class_mastery, who_needs_what
from tutor.difficulty import read_difficulties
from tutor.errors import BadResponses
from tutor.export.json_file import json_files
from tutor.learner.mastery import MasteryModel
from tutor.learner.study import Study
from tutor.paper import Paper
from tutor.results import FILE, Asked, exam_results
from tutor.results_desk import ResultsDesk, template
from tutor.results_errors import BadResults

GOOD = "id,1,2,3\nAna,a,0.5,it adds two vectors\nLuis,b,0.5,no idea\nEva,a,7,3 or 4\nIván,b,7,-\n"


def item(name: str, kind: Any, concept: str, **values: Any) -> Item:
    made = Item(
        name, kind, concept, "understand", 2, "en", f"What is {name}?", (), 0, 0.0, "", (), {}, {}, 1.0, (),
        Proof("authored", (Check("read", True),)),
    )  # fmt: skip
    return replace(made, **values)


ITEMS = (
    item("one.mcq.en.2.0", "mcq", "attention", options=("Yes", "No", "Maybe"), misconceptions={"1": "attention.no"}),
    item("two.numeric.en.2.0", "numeric", "softmax", key=0.5, tolerance=0.01),
    item("three.numeric.en.2.0", "numeric", "softmax", key=9.0, tolerance=0.01),
)


def exam_file(*items: Item) -> bytes:
    [content] = json_files(Paper("Midterm", "en", "A", 10, items or ITEMS, 1, "0" * 16)).values()
    return content


@pytest.fixture(scope="module")
def model(course: Course, tmp_path_factory: pytest.TempPathFactory) -> MasteryModel:
    return Study(course, tmp_path_factory.mktemp("data") / "learners.sqlite", lambda: None).model  # type: ignore[arg-type,return-value]


@pytest.fixture
def desk(tmp_path: Path, model: MasteryModel) -> ResultsDesk:
    grader, gate = Grader(), Gate(lambda *_: pytest.fail("authored keys are taken as given"))

    def analyse(exams: Any, tables: Any, **more: Any) -> dict[str, Any]:
        asked = Asked(tuple(exams), tuple(tables), more.get("by_hand"), more.get("out"), more["language"],
                      more.get("count", True))  # fmt: skip
        return exam_results(asked, tmp_path, grader.grade, gate.proved, lambda name, _: name.title(), lambda *_: "No!")

    return ResultsDesk(analyse, lambda: model, tmp_path)


def test_responses_are_analysed_and_kept(desk: ResultsDesk) -> None:
    name = desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.encode())])
    [kept] = desk.all()
    assert (kept["id"], kept["title"], kept["students"], kept["to_grade"]) == (name, "Midterm", 4, 1)
    found = desk.results(name, "en")
    assert [one["student"] for one in found["students"]] == ["Ana", "Luis", "Eva", "Iván"]
    assert {path.name for path in desk.files(name)} >= {"items.csv", "students.csv", "concepts.csv", "results.json"}
    spanish = desk.results(name, "es")
    assert spanish["language"] == "es"
    assert [one["points"] for one in spanish["students"]] == [one["points"] for one in found["students"]]
    assert desk.results(name, "es") == spanish
    assert [one["language"] for one in desk.spoken("es")] == ["es"]


def test_what_is_wrong_with_a_file_is_said_by_its_name_and_line_and_nothing_is_kept(desk: ResultsDesk) -> None:
    twice = GOOD + "Ana,a,1,1\n"
    with pytest.raises(BadResponses) as caught:
        desk.add([("midterm-A.json", exam_file())], [("class of 2027.csv", twice.encode())])
    for language in ("es", "en"):
        said = caught.value.message(language)
        assert "class of 2027.csv" in said
        assert "6" in said
        assert str(desk.folder) not in said
    with pytest.raises(BadResults) as unread:
        desk.add([("exam.json", b"{}")], [("class.csv", GOOD.encode())])
    assert "exam.json" in unread.value.message("en")
    assert not desk.all()
    assert not list(desk.folder.glob("*/")), "nothing half-made stays"


def test_names_of_files_lead_nowhere_else(desk: ResultsDesk) -> None:
    name = desk.add([("../../evil.json", exam_file())], [("/etc/class.csv", GOOD.encode())])
    files = [path for path in desk.folder.parent.rglob("*") if path.is_file()]
    assert all((desk.folder / name) in path.parents or path.parent == desk.folder.parent for path in files)


def test_a_person_grades_what_no_machine_can(desk: ResultsDesk) -> None:
    name = desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.encode())])
    [waiting] = [row for row in desk.results(name, "en")["to_grade"] if row["points"] is None]
    assert (waiting["student"], waiting["answer"]) == ("Eva", "3 or 4")
    desk.grade(name, {("Eva", waiting["item"]): 0.25})
    [graded] = desk.results(name, "en")["to_grade"]
    assert graded["points"] == 0.25
    assert desk.all()[0]["to_grade"] == 0
    with pytest.raises(BadResults):
        desk.grade(name, {("Eva", waiting["item"]): 7})
    assert desk.results(name, "en")["to_grade"] == [graded], "what cannot be followed changes nothing"
    desk.grade(name, {("Ana", "two.numeric.en.2.0"): 0.0})
    after = {row["student"]: row["points"] for row in desk.results(name, "en")["to_grade"]}
    assert after == {"Ana": 0.0, "Eva": 0.25}, "the earlier points stay"


def test_results_that_are_deleted_no_longer_count(desk: ResultsDesk, tmp_path: Path) -> None:
    name = desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.encode())])
    assert read_difficulties(tmp_path / FILE).sittings
    desk.remove(name)
    assert not read_difficulties(tmp_path / FILE).sittings
    assert not desk.all()
    for other in (name, "../..", "x"):
        with pytest.raises(BadResults) as caught:
            desk.results(other, "en")
        assert caught.value.code == "results-missing"


@pytest.mark.parametrize("damaged", ["about.json", "results/results.json", "exams/000/midterm-A.json"])
def test_damaged_results_are_told_and_can_be_deleted(desk: ResultsDesk, tmp_path: Path, damaged: str) -> None:
    name = desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.encode())])
    (desk.folder / name / damaged).write_bytes(b"[]")
    [listed] = desk.all()
    assert (listed["id"], listed["damaged"]) == (name, damaged == "about.json")
    if damaged != "about.json":
        with pytest.raises(BadResults) as caught:
            desk.results(name, "en")
        assert caught.value.code == "results-missing"
    else:
        [waiting] = [row for row in desk.results(name, "en")["to_grade"] if row["points"] is None]
        desk.grade(name, {("Eva", waiting["item"]): 0.25})
        assert not desk.all()[0]["damaged"], "mended by the next analysis"
    desk.remove(name)
    assert not desk.all()
    assert not list(desk.folder.glob("*/"))
    assert not read_difficulties(tmp_path / FILE).sittings, "its answers count no more"


def test_deleting_an_analysis_leaves_the_answers_of_the_one_that_corrected_it(
    desk: ResultsDesk, tmp_path: Path
) -> None:
    first = desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.encode())])
    desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.replace("Luis,b", "Luis,a").encode())])
    known = read_difficulties(tmp_path / FILE)
    assert len(known.sittings) == 1
    desk.remove(first)
    assert read_difficulties(tmp_path / FILE) == known


def test_points_given_by_two_people_at_the_same_time_all_stay(desk: ResultsDesk) -> None:
    name = desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.encode())])
    given = [(who, "two.numeric.en.2.0") for who in ("Ana", "Luis", "Eva", "Iván")]
    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda one: desk.grade(name, {one: 0.5}), given))
    assert {row["student"]: row["points"] for row in desk.results(name, "en")["to_grade"] if row["points"]} == {
        who: 0.5 for who, _ in given
    }


def test_results_in_the_other_language_follow_the_points(desk: ResultsDesk) -> None:
    name = desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.encode())])
    before = desk.results(name, "es")["mean"]
    stale = (desk.folder / name / "results-es.json").read_bytes()
    desk.grade(name, {("Ana", "two.numeric.en.2.0"): 0.0})
    (desk.folder / name / "results-es.json").write_bytes(stale)  # as another process would that had begun before
    assert desk.results(name, "es")["mean"] == desk.results(name, "en")["mean"] < before


def test_an_empty_table_has_what_is_needed_and_is_read(desk: ResultsDesk) -> None:
    empty = template([exam_file()])
    assert empty == "id,1,2,3\n"
    assert template([exam_file(), exam_file()]).startswith("id,version,1,")
    desk.add([("a.json", exam_file())], [("class.csv", (empty + "Ana,a,0.5,9\n").encode())])
    assert desk.all()[0]["mean"] == 3.0


def test_the_class_is_seen_through_the_learner_model(desk: ResultsDesk, model: MasteryModel) -> None:
    name = desk.add([("midterm-A.json", exam_file())], [("class.csv", GOOD.encode())])
    found = desk.results(name, "en")
    believed = {(row["student"], row["concept"]): row["mastery"] for row in found["mastery"]}
    assert believed["Ana", "attention"] > believed["Luis", "attention"]
    assert all(0 <= value <= 1 for value in believed.values())
    needs = {need["concept"]: [one["name"] for one in need["students"]] for need in found["needs"]}
    assert set(needs["attention"]) == {"Luis", "Iván"}
    believing = {one["name"] for need in found["needs"] for one in need["students"] if one["misconceptions"]}
    assert believing == {"Luis", "Iván"}

    def after(kind: str, score: float) -> float:
        only = item("x.k.en.2.0", kind, "attention", options=("True", "False") if kind == "true_false" else ())
        rows = class_mastery([student("x.k.en.2.0", score)], {only.id: only}, model)
        return float(rows[0]["mastery"])

    assert after("numeric", 1.0) > after("true_false", 1.0), "a guess may have helped with the latter"
    assert after("numeric", 0.0) < after("numeric", 1.0)


def student(item: str, score: float) -> dict[str, Any]:
    concept = {"concept": "attention", "points": score, "graded_of": 1.0, "misconceptions": []}
    return {"student": "1", "name": "", "evidence": [{"item": item, "score": score}], "concepts": [concept]}


def test_who_needs_most_comes_first() -> None:
    rows = [
        {"student": name, "name": name, "concept": concept, "mastery": mastery, "points": points, "of": 2.0,
         "misconceptions": []}
        for name, concept, mastery, points in (
            ("a", "one", 0.1, 0), ("b", "one", 0.3, 2), ("a", "two", 0.3, 1), ("b", "two", 0.2, 0.5),
            ("c", "three", 0.2, 1.5),
        )
    ]  # fmt: skip
    found = [(need["concept"], [one["name"] for one in need["students"]]) for need in who_needs_what(rows)]
    assert found == [("two", ["b", "a"]), ("one", ["a"])], "who got the points of a concept does not need it"
