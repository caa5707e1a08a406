"""Tables of responses: what is read of them, and where a fault is said to be."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutor.errors import BadResponses, TutorError
from tutor.responses import Column, Responses, read_responses

OWN = "id,name,q1,q2\n7,Ana,b,0.5\n9,Luis,,x\n"
MOODLE = (
    '"Surname","First name","Email address",Status,Started,"Grade/10.00","Response 1","Response 2"\n'
    'García,Ana,ana@x.es,Finished,"1 June 2026, 9:00",5.00,"O(n²); always",-\n'
    'Ruiz,Luis,luis@x.es,"In progress",-,-,-,-\n'
    'Ruiz,Luis,luis@x.es,Finished,-,10.00,"=HYPERLINK(""http://x"",""y"")",b\n'
)
GRADES = (
    "Apellido(s);Nombre;Dirección de correo;Estado;Calificación/10,00;P. 1 /1,00;P. 2 /4,00\r\n"
    "García;Ana;ana@x.es;Finalizado;6,00;1,00;3,00\r\n"
    "Ruiz;Luis;luis@x.es;Finalizado;;-0,25;-\r\n"
    "Promedio general;;;;6,00;0,38;3,00\r\n"
)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "responses.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, *items: str) -> Responses:
    return read_responses(written(folder, content), items)


@pytest.mark.parametrize(
    "content",
    [
        OWN,
        OWN.replace(",", ";"),
        "\ufeff" + OWN,
        OWN.replace("\n", "\r\n"),
        OWN.replace("\n", "\r"),
        "\n,,,\n" + OWN + "\n;;\n".replace(";", ","),
        OWN.replace("\n", ",,\n"),
        "ID, Name ,q1,q2\n7,Ana, b ,0.5\n9,Luis,-,x\n",
    ],
    ids=["comma", "semicolon", "mark", "windows", "old-mac", "blank", "padded", "spaces"],
)
def test_a_table_of_ones_own(tmp_path: Path, content: str) -> None:
    found = read(tmp_path, content)
    assert found.students == ("7", "9")
    assert found.names == ("Ana", "Luis")
    assert found.items == ("q1", "q2")
    assert found.cells == (("b", "0.5"), ("", "x"))
    assert found.unfinished == ()


def test_moodles_answers(tmp_path: Path) -> None:
    found = read(tmp_path, MOODLE, "big-o", "heads")
    assert found.students == ("ana@x.es", "luis@x.es")
    assert found.names == ("Ana García", "Luis Ruiz")
    assert found.columns == (Column("big-o", 7), Column("heads", 8))
    assert found.cells == (("O(n²); always", ""), ('=HYPERLINK("http://x","y")', "b"))
    assert found.lines == (2, 4)
    assert found.unfinished == ("luis@x.es",)
    spanish = MOODLE.replace("Response", "Respuesta").replace("Status", "Estado").replace("In progress", "En curso")
    assert read(tmp_path, spanish, "big-o", "heads") == found
    assert read(tmp_path, MOODLE).items == ("1", "2")


def test_moodles_grades(tmp_path: Path) -> None:
    found = read(tmp_path, GRADES)
    assert found.columns == (Column("1", 6, 1.0), Column("2", 7, 4.0))
    np.testing.assert_equal(found.scores(), [[1.0, 0.75], [0.0, np.nan]])
    english = "Surname,Q. 1 /1.00,Q. 2 /4.00\nGarcía,1.00,3.00\nRuiz,-0.25,-\nOverall average,0.38,3.00\n"
    np.testing.assert_equal(read(tmp_path, english).scores(), found.scores())


def test_points_are_shares_of_what_an_item_is_worth(tmp_path: Path) -> None:
    np.testing.assert_equal(read(tmp_path, "id,a /2,b /0.5\n1,1.5,0.25\n2,,0\n").scores(), [[0.75, 0.5], [np.nan, 0]])
    np.testing.assert_equal(read(tmp_path, 'id,a,b\n1,"1,5",1\n').scores([3, 1]), [[0.5, 1.0]])


def test_items_are_in_the_order_of_the_exam(tmp_path: Path) -> None:
    found = read(tmp_path, "q2,id,total,q1\nx,1,9,y\n", "q1", "q2")
    assert (found.items, found.cells) == (("q1", "q2"), (("y", "x"),))
    kept = read(tmp_path, "id,name,chapter /3\n1,x,y\n", "chapter /3", "name")
    assert (kept.items, kept.cells) == (("chapter /3", "name"), (("y", "x"),))


def test_answers_keep_their_lines_and_marks(tmp_path: Path) -> None:
    found = read(tmp_path, 'id,q1\n1,"a, b\n""c"";"\n2,+1\n3,@SUM(A1)\n')
    assert found.cells == (('a, b\n"c";',), ("+1",), ("@SUM(A1)",))
    assert found.lines == (2, 4, 5)


FAULTS = [
    ("", "empty", {}),
    ("\n\n", "empty", {}),
    ("id,q1\n", "empty", {}),
    ("id,state,q1\n1,In progress,\n", "empty", {}),
    (b"PK\x03\x04\x14\0\x06\0", "binary", {"line": 1}),
    ("id,q1\n1,a\n2,\x1b[31m\n", "binary", {"line": 3}),
    ("id,q1\n1,año\n".encode("cp1252"), "encoding", {"line": 2}),
    ("id,q1\n1,a".encode("utf-16"), "binary", {"line": 1}),
    ('id,q1\n1,a\n2,"b\n', "quotes", {"line": 3}),
    ("id,q1,q2\n1,a,b\n2,a\n", "ragged", {"line": 3, "column": 3, "found": 2, "expected": 3}),
    ("id,q1\n\n1,a,b\n", "ragged", {"line": 3, "column": 3, "found": 3, "expected": 2}),
    ("who,q1\n1,a\n", "no-student-column", {"line": 1}),
    ("state,q1\nFinished,a\n", "no-student-column", {"line": 1}),
    ("q1,id\na,1\nb,\n", "no-student", {"line": 3, "column": 2}),
    ("q1,id\na,1\nb,2\nc,1\n", "student-twice", {"line": 4, "column": 2, "student": "1", "first": 2}),
    ("First name,Surname,q1\nA,B,x\nA,B,y\n", "student-twice", {"line": 3, "column": 1, "student": "A B"}),
    ("id,total\n1,a\n", "no-items", {"line": 1}),
    ("id,q1,q1\n1,a,b\n", "item-twice", {"line": 1, "column": 3, "item": "q1", "first": 2}),
    ("id,q1,,q2\n1,a,b,c\n", "item-unknown", {"line": 1, "column": 3, "item": ""}),
]


@pytest.mark.parametrize(("content", "code", "values"), FAULTS)
def test_a_fault_is_said_with_its_place(
    tmp_path: Path, content: str | bytes, code: str, values: dict[str, object]
) -> None:
    with pytest.raises(BadResponses) as caught:
        read(tmp_path, content)
    error = caught.value
    assert error.code == f"responses-{code}"
    assert error.values["path"] == tmp_path / "responses.csv"
    assert values.items() <= error.values.items()
    for language in ("es", "en"):
        said = error.message(language)
        assert "responses.csv" in said
        assert all(str(value) in said for value in values.values())
        assert error.hint(language)


EXAM_FAULTS = [
    ("id,q1\n1,a\n", "item-missing", {"line": 1, "items": "q2"}),
    ("id,q1,q2,q3\n1,a,b,c\n", "item-unknown", {"line": 1, "column": 4, "item": "q3"}),
    ("id,Response 1,Response 3\n1,a,b\n", "item-unknown", {"column": 3, "item": "Response 3"}),
    ("id,Response 0,Response 1\n1,a,b\n", "item-unknown", {"column": 2, "item": "Response 0"}),
    ("id,Response 2\n1,a\n", "item-missing", {"items": "q1"}),
]


@pytest.mark.parametrize(("content", "code", "values"), EXAM_FAULTS)
def test_a_table_must_be_of_the_exam(tmp_path: Path, content: str, code: str, values: dict[str, object]) -> None:
    with pytest.raises(BadResponses) as caught:
        read(tmp_path, content, "q1", "q2")
    assert caught.value.code == f"responses-{code}"
    assert values.items() <= caught.value.values.items()


@pytest.mark.parametrize("cell", ["=1+1", "nan", "1e0", "2.5", "Requires grading", "1.000,5", "١"])
def test_what_is_no_number_of_points_is_said(tmp_path: Path, cell: str) -> None:
    found = read(tmp_path, f'id,name,a /2\n1,x,1\n2,y,"{cell}"\n')
    with pytest.raises(BadResponses) as caught:
        found.scores()
    assert caught.value.code == "responses-points"
    assert {"line": 3, "column": 3, "item": "a", "cell": cell, "most": "2"}.items() <= caught.value.values.items()


@pytest.mark.parametrize("head", ["a", "a /0", "a /0,00"])
def test_points_need_what_the_item_is_worth(tmp_path: Path, head: str) -> None:
    with pytest.raises(BadResponses) as caught:
        read(tmp_path, f"id;{head}\n1;1\n").scores()
    assert caught.value.code == "responses-worth"
    assert caught.value.values["column"] == 2


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(TutorError) as caught:
            read_responses(path)
        assert caught.value.code == "responses-unreadable"
        assert str(path) in caught.value.message("es")


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5), mark=st.sampled_from(",;"))
def test_any_answers_come_back_as_they_were_written(tmp_path: Path, rows: list[tuple[str, str]], mark: str) -> None:
    quoted = [[str(place), *row] for place, row in enumerate(rows)]
    lines = [mark.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [["id", "q1", "q2"], *quoted]]
    found = read(tmp_path, "\n".join(lines))
    assert found.cells == tuple(tuple("" if cell == "-" else cell for cell in row) for row in rows)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=80) | st.text('id,;q1"\n\r- /2', max_size=60).map(str.encode))
def test_any_file_is_read_or_its_fault_is_said(tmp_path: Path, content: bytes) -> None:
    with suppress(BadResponses):
        found = read(tmp_path, content)
        assert len(found.students) == len(found.cells) == len(found.names) == len(found.lines) > 0
        assert all(len(row) == len(found.items) for row in found.cells)
