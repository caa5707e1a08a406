"""After the exam: from the files of an exam and a table of answers to what a teacher reads, and to what is kept."""

import ast
import csv
import json
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from export_papers import each_kind, item, paper
from typer.testing import CliRunner

from agents.computed_items import computed_item
from agents.families import softmax_probability
from agents.gate import Gate
from agents.grader import Grader
from agents.item import Check, Item, Proof
from knowledge.errors import AteneaError, KnowledgeError
from knowledge.rulings import Ruling
from tutor.cli import app
from tutor.difficulty import read_difficulties
from tutor.errors import BadResponses
from tutor.export.json_file import json_files
from tutor.paper import Paper
from tutor.results import FILE, Asked, exam_results
from tutor.results_errors import SAID, BadResults
from tutor.results_exam import read_exam
from tutor.results_hand import safe
from tutor.results_moodle import as_typed
from tutor.results_text import show_results
from tutor.results_when import moment

RUNNER = CliRunner()
ROOT = Path(__file__).parent.parent
OPTIONS = ("$0{,}5$", "$\\sqrt{2}$", "$2$", "$4$")


def choice(name: str, concept: str = "attention", **changes: Any) -> Item:
    return item("mcq", 1, OPTIONS, id=name, family=name, concept=concept, misconceptions={"0": "scale"}, **changes)


def number(name: str, concept: str = "softmax", **changes: Any) -> Item:
    return item("numeric", 0.25, id=name, family=name, concept=concept, tolerance=0.001, **changes)


def unclear(name: str = "open") -> Item:
    """A question of two points, of which the answers here hold no number: a person must look at them."""
    return number(name, concept="scaling-factor", points=2.0)


def gate() -> Gate:
    return Gate(lambda *_: Ruling("not_found"))


class Desk:
    """A folder with an exam and its tables, and the command on it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"

    def exam(self, *items: Item, **changes: Any) -> Path:
        return self.paper(paper(*items, **{"title": "Parcial", **changes}))

    def paper(self, made: Paper) -> Path:
        ((name, content),) = json_files(made).items()
        (self.folder / name).write_bytes(content)
        return self.folder / name

    def table(self, content: str, name: str = "answers.csv") -> Path:
        (self.folder / name).write_text(content, encoding="utf-8")
        return self.folder / name

    def results(self, exams: Path | Sequence[Path], tables: Path | Sequence[Path], **more: Any) -> dict[str, Any]:
        given = [(found,) if isinstance(found, Path) else tuple(found) for found in (exams, tables)]
        asked = Asked(*given, **more)
        return exam_results(
            asked, self.data, Grader().grade, gate().proved, lambda concept, _: concept.upper(),
            lambda mistake, _: "Que $d_k$ no cuenta." if mistake == "scale" else "",
        )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


FOUR = "id;nombre;1;2;3\n7;Ana;B;0,25;1/4\n8;Luis;b;0.25;3\n9;Eva;\\(\\sqrt{2}\\);9;\n10;Iván;A;no sé;8\n"


def test_answers_become_points_concepts_and_evidence(desk: Desk) -> None:
    found = desk.results(desk.exam(choice("one"), number("two"), number("three", points=2.0)), desk.table(FOUR))
    assert [(row["student"], row["name"], row["points"], row["of"]) for row in found["students"]] == [
        ("7", "Ana", 4, 4), ("8", "Luis", 2, 4), ("9", "Eva", 1, 4), ("10", "Iván", 0, 4),
    ]  # fmt: skip
    assert [row["right"]["value"] for row in found["items"]] == [0.75, 0.5, 0.25]
    assert [row["blank"] for row in found["items"]] == [0, 1, 1], "«no sé» is no answer"
    assert [row["right"]["value"] for row in found["concepts"]] == [0.375, 0.75], "the weakest first"
    assert [row["name"] for row in found["concepts"]] == ["SOFTMAX", "ATTENTION"]
    assert found["items"][0]["mistakes"] == [
        {
            "misconception": "scale",
            "students": 1,
            "believe": "Que $d_k$ no cuenta.",
            "says": "Falta la raíz de $d_k$: {mira}.",
        }
    ]
    assert [use["share"] for use in found["items"][0]["options"]] == [0.25, 0.75, 0, 0]
    eva = found["students"][2]
    assert eva["evidence"] == [
        {"learner": "9", "item": "one", "concept": "attention", "kind": "mcq", "score": 1.0, "misconception": "",
         "time": None},
        {"learner": "9", "item": "two", "concept": "softmax", "kind": "numeric", "score": 0.0, "misconception": "",
         "time": None},
    ]  # fmt: skip
    softmax = next(row for row in eva["concepts"] if row["concept"] == "softmax")
    counted = {"right": 0, "answered": 1, "asked": 2, "points": 0, "graded_of": 3}
    assert counted.items() <= softmax.items()
    assert found["students"][3]["evidence"][0]["misconception"] == "scale"
    assert (eva["weakest"], found["students"][0]["weakest"]) == ("softmax", "")
    assert json.loads(json.dumps(found)) == found


MOODLES = [  # of each kind that Moodle grades: as a student types it, as the report has it, the score
    ("mcq", "B", "\\(\\sqrt{2}\\)", 1), ("mcq", "A", "\\(0{,}5\\)", 0),
    ("multi", "A, C", "uno; tres", 1), ("multi", "A, B", "uno; dos", 0), ("multi", "C", "tres", 0.5),
    ("numeric", "12288 bytes", "12288 bytes", 1), ("true_false", "B", "Falso", 1),
    ("matrix", "(1; 0,5); (-0,25; 0,00001)", "parte 1: 1; parte 2: 0,5; parte 3: -0,25; parte 4: 0,00001", 1),
    ("matrix", "(1; 0.5); (7; 7)", "part 1: 1; part 2: 0.5; part 3: 7; part 4: 7", 0.25),
    ("order", "C, A, B", "softmax -> 2; por \\(V\\) -> 3; escala -> 1", 1),
    ("match", "1-B, 2-A, 3-B", "\\(Q\\) -> consulta; \\(K\\) -> clave o valor; \\(V\\) -> consulta", 1),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "moodle", "score"), MOODLES)
def test_moodles_words_are_graded_as_letters_are(kind: str, typed: str, moodle: str, score: float) -> None:
    made = next(one for one in each_kind().items if one.kind == kind)
    assert as_typed(made, typed) == typed
    assert Grader().grade(made, as_typed(made, moodle)).score == Grader().grade(made, typed).score == score


def test_what_moodle_leaves_open_is_no_answer_to_grade_by_machine() -> None:
    matrix, order = (next(one for one in each_kind().items if one.kind == kind) for kind in ("matrix", "order"))
    for made, cell in ((matrix, "part 1: 1; part 2: ; part 3: 7; part 4: 7"),
                       (order, "softmax -> 2; por \\(V\\) -> 2; escala -> 1"), (order, "softmax -> 2")):  # fmt: skip
        assert Grader().grade(made, as_typed(made, cell)).verdict == "ungraded"


def test_moodles_responses_are_read_with_who_and_when(desk: Desk) -> None:
    heads = '"Apellido(s)",Nombre,"Dirección de correo",Estado,Finalizado,"Respuesta 1","Respuesta 2"\n'
    found = desk.results(desk.exam(choice("one"), number("two")), desk.table(
        heads + 'Gil,Ana,ana@x.es,Finalizado,"1 de junio de 2026, 09:30",\\(\\sqrt{2}\\),"0,25"\n'
        "Ruiz,Leo,leo@x.es,En curso,-,-,-\n"
    ))  # fmt: skip
    assert found["unfinished"] == ["leo@x.es"]
    (ana,) = found["students"]
    assert (ana["student"], ana["name"], ana["points"]) == ("ana@x.es", "Ana Gil", 2)
    assert {row["time"] for row in ana["evidence"]} == {"2026-06-01T09:30:00"}


def test_moodles_grades_are_points_and_what_it_leaves_to_a_person_waits(desk: Desk) -> None:
    exam = desk.exam(choice("one"), unclear())
    found = desk.results(exam, desk.table(
        "Surname,First name,Q. 1 /1.00,Q. 2 /4.00\nGil,Ana,1.00,3.00\nRuiz,Leo,0.50,Requires grading\nPaz,Eva,-,4.00\n"
        "Sol,Bea,1.00,1.00\nMar,Teo,1.00,2.00\nOverall average,,1.00,3.00\n"
    ))  # fmt: skip
    assert [row["points"] for row in found["students"]] == [2.5, 0.5, 2, 1.5, 2]
    assert [(row["number"], row["why"], row["points"]) for row in found["to_grade"]] == [
        (2, "Moodle la deja para una persona.", None)
    ]


# Versions


def test_shuffled_versions_are_one_exam(desk: Desk) -> None:
    """Version B has the items in another order and the options too: the same answers give the same analysis."""
    turned = replace(choice("one"), options=(*OPTIONS[2:], *OPTIONS[:2]), key=3, misconceptions={"2": "scale"})
    exams = [desk.exam(choice("one"), number("two")), desk.exam(number("two"), turned, version="B")]
    found = desk.results(exams, desk.table(
        "id,versión,1,2\n1,A,B,0.25\n2,A,A,3\n3,Versión B,0.25,D\n4,b,7,C\n5,A,D,0.25\n6,B,0.25,B\n"
    ))  # fmt: skip
    plain = desk.results(exams[0], desk.table("id,1,2\n1,B,0.25\n2,A,3\n3,B,0.25\n4,A,7\n5,D,0.25\n6,D,0.25\n"))
    for field in ("right", "discrimination", "options", "upper_lower", "alpha_without", "kind"):
        assert [row[field] for row in found["items"]] == [row[field] for row in plain["items"]], field
    assert [row["number"] for row in found["items"]] == ["A1 · B2", "A2 · B1"]
    assert found["reliability"] == plain["reliability"]
    assert [version["students"] for version in found["versions"]] == [3, 3]


def test_parallel_items_are_taken_together(desk: Desk) -> None:
    family = softmax_probability.FAMILY
    made = [computed_item(family, seed, family.levels[0], "es", "mcq") for seed in (1, 2)]
    exams = [desk.exam(made[0], number("x")), desk.exam(made[1], number("x"), version="B")]
    keys = ["ABCD"[one.key] for one in made]
    wrong = next(place for place in range(4) if str(place) in made[1].misconceptions)
    found = desk.results(exams, desk.table(
        f"id,version,1,2\n1,A,{keys[0]},0.25\n2,B,{keys[1]},3\n3,B,{'ABCD'[wrong]},0.25\n"
    ))  # fmt: skip
    first = found["items"][0]
    assert first["ids"] == {"A": made[0].id, "B": made[1].id}
    assert (first["number"], first["answers"], first["right"]["value"]) == ("1", 3, 0.6667)
    used = {use["misconception"] or "key": use["share"] for use in first["options"]}
    assert used["key"] == 0.6667
    assert used[made[1].misconceptions[str(wrong)]] == 0.3333
    assert SAID.text("note-parallel", "es") in found["notes"]


def test_what_only_one_version_asks_is_compared_among_those_who_had_it(desk: Desk) -> None:
    exams = [desk.exam(choice("one"), number("two")), desk.exam(choice("one"), unclear("s"), version="B")]
    found = desk.results(exams, desk.table("id,version,1,2\n1,A,B,0.25\n2,A,A,3\n3,B,B,\n4,B,A,\n"))
    assert [(row["number"], row["answers"]) for row in found["items"]] == [("1", 4), ("A2", 2), ("B2", 2)]
    assert [row["of"] for row in found["students"]] == [2, 2, 3, 3]
    assert found["reliability"]["alpha"]["value"] is None


def test_a_table_for_each_version(desk: Desk) -> None:
    exams = [desk.exam(choice("one")), desk.exam(number("two"), version="B")]
    tables = [desk.table("id,1\n1,B\n", "a.csv"), desk.table("id,1\n2,0.25\n", "b.csv")]
    found = desk.results(exams, tables)
    assert [(row["student"], row["version"], row["points"]) for row in found["students"]] == [
        ("1", "A", 1),
        ("2", "B", 1),
    ]


def test_an_exam_may_be_given_by_its_folder(desk: Desk) -> None:
    (desk.folder / "exam").mkdir()
    for file in (desk.exam(choice("one")), desk.exam(number("two"), version="B")):
        file.rename(desk.folder / "exam" / file.name)
    (desk.folder / "exam" / ".record.json").write_text("{}", encoding="utf-8")
    found = desk.results(desk.folder / "exam", desk.table("id,version,1\n1,B,0.25\n"))
    assert [version["version"] for version in found["versions"]] == ["A", "B"]


def test_columns_may_be_headed_by_the_ids_of_all_versions(desk: Desk) -> None:
    exams = [desk.exam(choice("one")), desk.exam(number("two"), version="B")]
    found = desk.results(exams, desk.table("id,version,one,two\n1,A,B,\n2,B,,0.25\n"))
    assert [row["points"] for row in found["students"]] == [1, 1]


# What does not fit

HEAD = "id,version,1,2\n"
MALFORMED = [
    ("student twice", "id,1,2\n7,A,1\n8,A,1\n7,B,1\n", "responses-student-twice", {"line": 4, "column": 1, "first": 2}),
    ("no student", "id,1,2\n7,A,1\n,A,1\n", "responses-no-student", {"line": 3, "column": 1}),
    ("no column of students", "quien,1,2\n7,A,1\n", "responses-no-student-column", {"line": 1}),
    ("a cell too few", "id,1,2\n7,A,1\n8,A\n", "responses-ragged", {"line": 3, "column": 3}),
    ("a quote left open", 'id,1,2\n7,A,"1\n', "responses-quotes", {"line": 2}),
    ("no column of a question", "id,1\n7,A\n", "responses-item-missing", {"line": 1, "items": "2"}),
    ("a question too many", "id,1,2,3\n7,A,1,1\n", "responses-item-unknown", {"line": 1, "column": 4, "item": "3"}),
    ("a question twice", "id,1,2,P2\n7,A,1,1\n", "responses-item-twice", {"line": 1, "column": 4, "first": 3}),
    ("too many points", "id,1,2 /1\n7,A,1.5\n", "responses-points", {"line": 2, "column": 3, "cell": "1.5"}),
    ("another version", HEAD + "7,A,A,1\n8,C,A,1\n", "version-unknown", {"line": 3, "column": 2, "version": "C"}),
    ("nothing in it", "", "responses-empty", {}),
    ("nobody answered", "id,1,2\n7,,\n", "nobody-answered", {}),
    ("no text", "id,1,2\n7,\x00,1\n", "responses-binary", {"line": 2}),
]


@pytest.mark.parametrize(
    ("content", "code", "values"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
def test_a_malformed_table_is_said_with_its_place(
    desk: Desk, content: str, code: str, values: dict[str, object]
) -> None:
    exam, table = desk.exam(choice("one"), number("two")), desk.table(content)
    with pytest.raises((BadResponses, BadResults)) as caught:
        desk.results(exam, table, out=desk.folder / "out")
    error = caught.value
    assert error.code == code
    for language in ("es", "en"):
        assert "answers.csv" in error.message(language)
        assert all(str(value) in error.message(language) for value in values.values())
        assert error.hint(language)
    assert not (desk.folder / "out").exists()
    assert not (desk.data / FILE).exists()


def fails(desk: Desk, exams: Path | list[Path], tables: Path | list[Path], **more: Any) -> BadResults:
    with pytest.raises(BadResults) as caught:
        desk.results(exams, tables, **more)
    for language in ("es", "en"):
        assert caught.value.message(language) != caught.value.hint(language)
    return caught.value


def test_versions_that_do_not_fit_are_said(desk: Desk) -> None:
    exams = [desk.exam(choice("one")), desk.exam(number("two"), version="B")]
    assert fails(desk, exams, desk.table("id,1\n1,B\n")).code == "version-column"
    mixed = fails(desk, exams, desk.table("id,version,one,two\n1,A,B,\n2,A,B,0.25\n"))
    assert mixed.code == "answer-of-other-version"
    assert {"line": 3, "column": 4, "item": "two", "version": "A"}.items() <= mixed.values.items()
    tables = [desk.table("id,1\n1,B\n", "a.csv"), desk.table("id,1\n1,0.25\n", "b.csv")]
    assert fails(desk, exams, tables).code == "student-in-two"
    assert fails(desk, exams[0], tables).code == "tables-and-exams"
    again = desk.paper(paper(choice("one"), title="Otro"))
    assert fails(desk, [exams[0], again], tables[0]).code == "exam-version-twice"


def edited(desk: Desk, made: Item, **changes: Any) -> Path:
    """The file of an exam of two questions, of which somebody has changed the second."""
    path = desk.exam(choice("one"), made)
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["items"][1].update(changes)
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def computed(kind: str = "numeric") -> Item:
    return computed_item(softmax_probability.FAMILY, 3, softmax_probability.FAMILY.levels[0], "es", kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "changes", "code", "told"),
    [
        (computed(), {"key": computed().key + 0.1}, "exam-key", "same-key"),
        (computed(), {"stem": computed().stem + " Hay 77 casos."}, "exam-key", "same-numbers"),
        (computed("mcq"), {"key": (computed("mcq").key + 1) % 4}, "exam-key", "same-key"),
        (computed("mcq"), {"options": [computed("mcq").options[computed("mcq").key]] * 4}, "exam-options", "$"),
        (computed("mcq"), {"key": 9}, "exam-item", "key"),
        (item("match", [0, 1], ("a", "b")), {"key": [0, 5]}, "exam-item", "key"),
        (item("order", [0, 1], ("a", "b")), {"key": [0, 0]}, "exam-key", "options"),
        (number("two"), {"kind": "essay"}, "exam-item", "essay"),
        (number("two"), {"points": 0}, "exam-points", "two"),
        (number("two"), {"id": "one"}, "exam-id", "one"),
        (number("two"), {"id": ""}, "exam-id", "2"),
    ],
)  # fmt: skip
def test_an_edited_item_whose_key_no_longer_holds_is_said(
    desk: Desk, made: Item, changes: dict[str, Any], code: str, told: str
) -> None:
    error = fails(desk, edited(desk, made, **changes), desk.table("id,1,2\n1,A,A\n"))
    assert (error.code, error.values["number"]) == (code, 2)
    assert "parcial-A.json" in error.message("es")
    assert told in error.message("en")


def test_what_a_teacher_may_change(desk: Desk) -> None:
    """Words, points and tolerance; and the key, where the question is said to be the teacher's own."""
    plain, right = computed(), str(computed().key)
    proof = {"method": "authored", "checks": []}
    for changes in ({"rationale": "Así."}, {"points": 3}, {"tolerance": 0.05}, {"key": 0.9, "proof": proof}):
        found = desk.results(edited(desk, plain, **changes), desk.table(f"id,1,2\n1,B,{right}\n"))
        assert found["students"][0]["points"] == {"points": 4, "key": 1}.get(next(iter(changes)), 2)


@pytest.mark.parametrize("content", ["", "{", "[]", "id,1\n", '{"format": "atenea-paper"}'])
def test_what_is_no_exam_is_said(desk: Desk, content: str) -> None:
    (desk.folder / "x.json").write_text(content, encoding="utf-8")
    assert fails(desk, desk.folder / "x.json", desk.table(FOUR)).code == "exam-unreadable"
    assert fails(desk, desk.folder / "none.json", desk.table(FOUR)).code == "exam-unreadable"
    assert fails(desk, desk.exam(), desk.table(FOUR)).code == "exam-empty"
    (desk.folder / "no exam").mkdir()
    assert fails(desk, desk.folder / "no exam", desk.table(FOUR)).code == "exam-folder"


# What a person grades


def rows_of(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.splitlines()[0] else ","))


OPEN = "id,name,1,2\n=7,Ana,B,=x\n8,Luis,B o C,La varianza crece\n9,Eva,B,\n10,Teo,A,Porque sí\n"


@pytest.mark.parametrize(("language", "points", "answer"), [("es", "puntos", "respuesta"), ("en", "points", "answer")])
def test_scores_by_hand_go_out_and_come_back(desk: Desk, language: str, points: str, answer: str) -> None:
    exam, table, out = desk.exam(choice("one"), unclear()), desk.table(OPEN), desk.folder / "out"
    found = desk.results(exam, table, out=out, language=language)
    assert [(row["student"], row["number"]) for row in found["to_grade"]] == [("=7", 2), ("8", 1), ("8", 2), ("10", 2)]
    assert found["items"][1]["right"]["value"] is None, "of four, one is blank and three wait: nothing can be said"
    assert [row["points"] for row in found["students"]] == [1, 0, 1, 0]
    assert [row["graded_of"] for row in found["students"]] == [1, 0, 3, 1]
    sheet = out / "to-grade.csv"
    rows = rows_of(sheet)
    assert [row[answer] for row in rows] == ["'=x", "B o C", "La varianza crece", "Porque sí"]
    for row, given in zip(rows, ("0", "1", "1,5", ""), strict=True):
        row[points] = given
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    lost = fails(desk, exam, table, out=out)
    assert (lost.code, str(sheet) in lost.hint("es")) == ("hand-would-be-lost", True)
    found = desk.results(exam, table, out=out, by_hand=sheet, language=language)
    assert [row["points"] for row in found["students"]] == [1, 2.5, 1, 0]
    assert [row["to_grade"] for row in found["students"]] == [0, 0, 0, 1]
    assert [row[points].replace(",", ".") for row in rows_of(sheet)] == ["0", "1", "1.5", ""]
    assert len(read_difficulties(desk.data / FILE).sittings) == 1


def test_a_persons_score_stands_above_the_graders(desk: Desk) -> None:
    exam = desk.exam(choice("one"), number("two"))
    by_hand = desk.table("student,question,score\n7,2,0.5\n", "mine.csv")
    found = desk.results(exam, desk.table("id,1,2\n7,B,9\n8,B,0.25\n"), by_hand=by_hand)
    assert [row["points"] for row in found["students"]] == [1.5, 2]


BY_HAND = [
    ("student,points\n7,1\n", "hand-columns", {"line": 1, "missing": "item"}),
    ("student,item,points\n6,2,1\n", "hand-student", {"line": 2, "column": 1, "student": "6"}),
    ("student,item,points\n7,3,1\n", "hand-item", {"line": 2, "column": 2, "item": "3"}),
    ("student,item,points\n7,2,1\n7,open,2\n", "hand-twice", {"line": 3, "first": 2}),
    ("student,item,points\n7,2,2.5\n", "hand-points", {"line": 2, "column": 3, "cell": "2.5", "most": "2"}),
    ("student,item,points\n7,2,bien\n", "hand-points", {"line": 2, "column": 3, "cell": "bien"}),
    ("student,item,points\n7,2,-1\n", "hand-points", {"line": 2, "column": 3, "cell": "-1"}),
]


@pytest.mark.parametrize(("content", "code", "values"), BY_HAND)
def test_scores_by_hand_that_do_not_fit_are_said(
    desk: Desk, content: str, code: str, values: dict[str, object]
) -> None:
    error = fails(desk, desk.exam(choice("one"), unclear()), desk.table("id,1,2\n7,B,x\n"),
                  by_hand=desk.table(content, "mine.csv"))  # fmt: skip
    assert error.code == code
    for language in ("es", "en"):
        assert all(str(value) in error.message(language) for value in values.values())


@pytest.mark.parametrize(
    ("cell", "safe_cell"),
    [
        ("=1+1", "'=1+1"),
        ("@a", "'@a"),
        ("+a", "'+a"),
        ("-0,25", "-0,25"),
        ("+3", "+3"),
        ("-1+1|x", "'-1+1|x"),
        ("a", "a"),
    ],
)
def test_no_cell_runs_in_a_spreadsheet(cell: str, safe_cell: str) -> None:
    assert safe(cell) == safe_cell


# What is written, and what is kept


def test_the_folder_is_there_whole_or_not_at_all(desk: Desk) -> None:
    exam, table, out = desk.exam(choice("one"), number("two"), number("three")), desk.table(FOUR), desk.folder / "out"
    found = desk.results(exam, table, out=out)
    names = {"items.csv", "students.csv", "concepts.csv", "results.json"}
    assert {path.name for path in out.iterdir()} == names
    assert {Path(file).name for file in found["files"]} == names
    assert json.loads((out / "results.json").read_text(encoding="utf-8")) == found
    assert [row["puntos"] for row in rows_of(out / "students.csv")] == ["3", "2", "1", "0"]
    assert [row["aciertos"] for row in rows_of(out / "items.csv")] == ["0,75", "0,5", "0,25"]
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(AteneaError):
        desk.results(exam, desk.table("id,1,2,3\n7,A\n"), out=out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    desk.results(exam, desk.table("id,1,2,3\n7,A,1,1\n"), out=out)
    assert len(rows_of(out / "students.csv")) == 1


def test_a_folder_with_anything_else_is_left_alone(desk: Desk) -> None:
    exam, table = desk.exam(choice("one"), number("two"), number("three")), desk.table(FOUR)
    for out in (desk.folder, table):
        assert fails(desk, exam, table, out=out).code == "folder-of-others"
    with pytest.raises(KnowledgeError):
        desk.results(exam, table, out=table / "out")
    assert not (desk.data / FILE).exists(), "nothing is counted where nothing could be written"
    assert {path.name for path in desk.folder.iterdir()} == {exam.name, table.name, "data"}


def test_answers_count_once_in_the_difficulty_of_items(desk: Desk) -> None:
    exam, table = desk.exam(choice("one"), number("two"), number("three")), desk.table(FOUR)
    found = [desk.results(exam, table) for _ in range(2)]
    assert found[0]["items"] == found[1]["items"]
    assert [one["notes"][-1] for one in found] == [SAID.text(f"note-{name}", "es") for name in ("counted", "again")]
    mended = desk.results(exam, desk.table(FOUR.replace("8\n", "0,25\n"), "mended.csv"))
    assert mended["items"][2]["difficulty"]["answers"] == 4, "a corrected table replaces the first"
    assert mended["items"][2]["difficulty"]["expected"] < found[0]["items"][2]["difficulty"]["expected"]
    other = desk.results(exam, desk.table("id,1,2,3\n20,B,0.25,1\n21,A,0.25,1\n", "group-2.csv"))
    assert other["items"][2]["difficulty"]["answers"] == 6
    without = desk.results(exam, desk.table(FOUR), count=False)
    assert without["items"][2]["difficulty"]["answers"] == 2
    assert without["notes"][-1] == SAID.text("note-not-counted", "es")
    known = read_difficulties(desk.data / FILE)
    assert known.expected_difficulty(number("three")) == pytest.approx(
        without["items"][2]["difficulty"]["expected"], abs=1e-4
    )


def test_who_answered_nothing_is_taken_as_absent(desk: Desk) -> None:
    exam = desk.exam(choice("one"), number("two"))
    found = desk.results(exam, desk.table("id,1,2\n7,B,0.25\n8,,\n9,,-\n"))
    assert (found["silent"], found["students_count"]) == (["8", "9"], 1)
    assert found["items"][0]["right"]["value"] == 1


def test_who_was_absent_needs_no_version(desk: Desk) -> None:
    exams = [desk.exam(choice("one"), number("two")), desk.exam(choice("one"), number("two"), version="B")]
    found = desk.results(exams, desk.table("id,version,1,2\n7,A,B,0.25\n8,,,\n9,B,B,0.25\n"))
    assert (found["silent"], found["students_count"]) == (["8"], 2)
    assert fails(desk, exams, desk.table("id,version,1,2\n7,A,B,0.25\n8,,B,\n")).code == "version-unknown"


# What is said


def class_of(size: int) -> str:
    """A key that only the weak choose in question 1, a distractor that the strong prefer; 2 to 5 make the total."""
    rows = []
    for student in range(size):
        strong = student % 3
        rest = ["0.25" if strong > place // 2 else "9" for place in range(4)]
        rows.append(",".join([str(student), "B" if strong == 0 else "A", *rest]))
    return "\n".join(["id,1,2,3,4,5", *rows])


def flagged(found: dict[str, Any], place: int) -> dict[str, bool]:
    return {flag["flag"]: flag["sure"] for flag in found["items"][place]["flags"]}


def test_what_chance_may_have_done_is_not_held_against_an_item(desk: Desk) -> None:
    exam = desk.exam(choice("one"), *(number(f"n{place}") for place in range(4)))
    few, many = (desk.results(exam, desk.table(class_of(size))) for size in (6, 90))
    wanted = {"negative-discrimination", "unused-distractor", "distractor-beats-key"}
    assert wanted <= flagged(few, 0).keys() & flagged(many, 0).keys()
    assert all(flagged(many, 0)[flag] for flag in wanted)
    assert flagged(few, 0)["unused-distractor"] is flagged(few, 0)["distractor-beats-key"] is False
    said = next(flag for flag in many["items"][0]["flags"] if flag["flag"] == "distractor-beats-key")
    assert "la opción A" in said["says"]
    assert "100 %" in said["says"]
    assert said["do"] == SAID.text("do-distractor-beats-key", "es"), "an authored key may be wrong"


def test_a_proven_key_is_not_doubted(desk: Desk) -> None:
    made = computed("mcq")
    key, wrong = "ABCD"[made.key], "ABCD"[(made.key + 1) % 4]
    table = class_of(60).replace(",B,", f",{key}?,").replace(",A,", f",{wrong},").replace("?", "")
    found = desk.results(desk.exam(made, *(number(f"n{place}") for place in range(4))), desk.table(table))
    said = {flag["flag"]: flag["do"] for flag in found["items"][0]["flags"]}
    assert said["distractor-beats-key"] == SAID.text("do-distractor-beats-key-proven", "es")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_text_says_all_that_a_teacher_needs(desk: Desk, language: str) -> None:
    exam = desk.exam(choice("one"), *(number(f"n{place}") for place in range(4)), unclear())
    rows = class_of(30).splitlines()
    table = desk.table("\n".join([rows[0] + ",6", *(row + ",Porque varía" for row in rows[1:])]))
    found = desk.results(exam, table, language=language)
    text = show_results(found)
    for key in ("questions", "reliability", "concepts", "students", "to-grade", "notes"):
        assert SAID.text(key, language) in text
    assert "Parcial" in text
    assert f"{found['reliability']['alpha']['value']:.2f}".replace(".", "," if language == "es" else ".") in text
    assert all(line in " ".join(text.split()) for line in (" ".join(said.split()) for said in found["notes"]))
    assert ("33 %" if language == "es" else "33%") in text
    assert SAID.text("to-grade-more", language, count=20) in text
    assert not re.search(r"\{(?!mira)[a-z_]+\}", text)
    assert ("la opción B (sqrt(2))" if language == "es" else "option B (sqrt(2))") in " ".join(text.split())
    assert max(len(line) for line in text.splitlines()) < 150


def test_alpha_is_put_into_words(desk: Desk) -> None:
    exam = desk.exam(*(number(f"n{place}") for place in range(4)))
    rows = [",".join([str(at), *("0.25" if at % 5 > place else "9" for place in range(4))]) for at in range(30)]
    found = desk.results(exam, desk.table("\n".join(["id,1,2,3,4", *rows])), language="en")
    assert found["reliability"]["alpha"]["value"] == pytest.approx(0.8)
    means = " ".join(found["reliability"]["means"])
    assert SAID.text("alpha-good", "en") in means
    assert SAID.text("irt-few-students", "en") in means
    alike = desk.results(exam, desk.table("id,1,2,3,4\n1,9,9,9,9\n2,9,9,9,9\n"), language="en")
    assert alike["reliability"]["means"][0] == SAID.text("alpha-none", "en")


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-06-01 09:00", "2026-06-01T09:00:00"), ("1 June 2026, 9:05 PM", "2026-06-01T21:05:00"),
        ("Monday, 1 June 2026, 12:10 AM", "2026-06-01T00:10:00"),
        ("lunes, 1 de junio de 2026, 09:00", "2026-06-01T09:00:00"), ("31 June 2026, 9:00 AM", None), ("ayer", None),
        ("", None),
    ],
)  # fmt: skip
def test_moments(text: str, when: str | None) -> None:
    assert moment(text) == when


# The command


def test_the_command(desk: Desk) -> None:
    exam, table = desk.exam(choice("one"), number("two"), number("three")), desk.table(FOUR)
    data = ["--data-dir", str(desk.data)]
    shown = RUNNER.invoke(app, ["results", str(exam), str(table), "--out", str(desk.folder / "out"), *data])
    assert shown.exit_code == 0, shown.output
    assert "FIABILIDAD" in shown.stdout
    assert "Softmax" in shown.stdout
    told = RUNNER.invoke(app, ["results", str(exam), str(table), "--json", "--lang", "en", *data])
    found = json.loads(told.stdout)
    assert (found["language"], found["students"][1]["points"]) == ("en", 2)
    missing = RUNNER.invoke(app, ["results", str(exam), str(desk.folder / "none.csv"), "--json", *data])
    assert (missing.exit_code, json.loads(missing.stdout)["error"]["code"]) == (1, "responses-unreadable")
    assert len(missing.stderr.strip().splitlines()) == 1
    for wrong in ([str(exam)], [str(table)], [str(exam), str(table), "--lang", "fr"]):
        assert RUNNER.invoke(app, ["results", *wrong, *data]).exit_code == 2


# Its texts


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def raised() -> Iterator[tuple[str, set[str]]]:
    for file in (ROOT / "tutor").glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "BadResults":
                assert isinstance(call.args[0], ast.Constant)
                yield str(call.args[0].value), {keyword.arg for keyword in call.keywords if keyword.arg}


def test_every_text_is_there_in_both_languages_and_every_error_has_its_values() -> None:
    for key, texts in SAID.table.items():
        assert set(texts) == {"es", "en"}, key
        assert places(texts["es"]) == places(texts["en"]), key
        assert texts["es"].count("|") == texts["en"].count("|"), key
    codes = dict(raised())
    assert len(codes) > 20
    for code, values in codes.items():
        for key in (code, f"{code}.hint"):
            assert all(places(text) <= values for text in SAID.table[key].values()), key
    assert {key.removesuffix(".hint") for key in SAID.table if key.endswith(".hint")} == set(codes)


def test_an_exam_is_read_with_its_questions_matched(desk: Desk) -> None:
    proof = Proof("authored", (Check("read", True),))
    hard = replace(number("hard", difficulty=5), proof=proof)
    exams = [
        desk.exam(choice("one"), number("two"), hard),
        desk.exam(hard, number("other"), choice("one"), version="B"),
    ]
    found = read_exam(exams)
    assert [dict(slot.places) for slot in found.slots] == [{"A": 1, "B": 3}, {"A": 2, "B": 2}, {"A": 3, "B": 1}]
    assert [slot.one for slot in found.slots] == [True, False, True]
    assert set(found.ids) == {"one", "two", "hard", "other"}
