"""Moodle XML, read by the standard library's parser and held to what Moodle's importer takes."""

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from export_papers import HOSTILE, each_kind, hostile, item, paper, plain, spaced, visible
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.item import Item
from tutor.export.moodle import moodle_files
from tutor.paper import Paper

# The shares of the points that Moodle has (question/engine/bank.php); an import with any other is refused.
GRADES = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111,
          10, 5, 0}  # fmt: skip
FIELD = re.compile(r"\{(?P<weight>\d*):(?P<kind>[A-Z_]+):(?P<answer>[^}]*)\}")  # of a cloze question
TYPES = {
    "mcq.hand": "multichoice", "multi.hand": "multichoice", "numeric.hand": "numerical", "numeric.2": "numerical",
    "formula.hand": "essay", "matrix.hand": "cloze", "matrix.2": "essay", "short.hand": "essay",
    "true_false.hand": "truefalse", "true_false.2": "multichoice", "order.hand": "matching", "match.hand": "matching",
    "match.2": "matching",
}  # fmt: skip
PAPERS = pytest.mark.parametrize("made", [each_kind(), hostile(), paper()], ids=["each-kind", "hostile", "empty"])


def questions(made: Paper) -> list[ET.Element]:
    """All but the category, which comes first."""
    ((_, content),) = moodle_files(made).items()
    root = ET.fromstring(content)
    assert root.tag == "quiz"
    first, *others = root.iter("question")
    assert first.get("type") == "category"
    assert len(others) == len(made.items)
    return others


def one(**kinds: Any) -> ET.Element:
    """The question of one item."""
    return questions(paper(item(**kinds)))[0]


def by_id() -> dict[str, ET.Element]:
    return {asked.id: root for asked, root in zip(each_kind().items, questions(each_kind()), strict=True)}


def text(element: ET.Element, path: str) -> str:
    found = element.find(f"{path}/text")
    assert found is not None, path
    return found.text or ""


def fractions(element: ET.Element) -> dict[str, float]:
    return {visible(text(answer, ".")): float(answer.get("fraction", "")) for answer in element.iter("answer")}


@PAPERS
def test_every_question_has_what_the_importer_reads(made: Paper) -> None:
    for asked, root in zip(made.items, questions(made), strict=True):
        assert 0 < len(text(root, "name")) <= 255
        assert root.find("questiontext[@format='html']") is not None
        assert root.find("generalfeedback[@format='html']") is not None
        assert float(root.findtext("defaultgrade") or "") == asked.points
        assert root.findtext("idnumber") == asked.id
        assert 0 <= float(root.findtext("penalty") or "") <= 1
        assert {abs(float(answer.get("fraction", "0"))) for answer in root.iter("answer")} <= GRADES
        tags = [tag.findtext("text") for tag in root.iter("tag")]
        assert tags == [asked.concept, asked.bloom, f"difficulty-{asked.difficulty}"]


def test_kinds_become_the_types_of_moodle_core() -> None:
    found = {name: root.get("type") for name, root in by_id().items()}
    assert {name: kind for name, kind in found.items() if name in TYPES} == TYPES


def test_the_file_is_named_after_the_paper_and_always_the_same() -> None:
    assert moodle_files(each_kind()) == moodle_files(each_kind())
    assert list(moodle_files(each_kind())) == ["examen-atencion-1-A.xml"]


def test_the_category_is_one_folder_of_title_and_version() -> None:
    root = ET.fromstring(next(iter(moodle_files(each_kind()).values())))
    assert root.findtext("question/category/text") == "$course$/top/Examen: Atención // 1/A"


def test_texts_read_back() -> None:
    for made in (each_kind(), hostile()):
        for asked, root in zip(made.items, questions(made), strict=True):
            stem = visible(text(root, "questiontext"))
            assert asked.kind == "match" or stem.startswith(plain(asked.stem))
            assert visible(text(root, "generalfeedback")) == plain(asked.rationale)
            hints = [visible(text(hint, ".")) for hint in root.iter("hint")]
            assert hints == ([] if root.get("type") == "essay" else [plain(hint) for hint in asked.hints])


@given(st.text(alphabet="{}=~#:\\<>&;%[]/-\"'!\n áñ→x1_|^\x00\x01\ufffe", max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_is_shown_literally(said: str) -> None:
    shown = spaced(re.sub("[\x00\x01\ufffe]", "\N{REPLACEMENT CHARACTER}", said))
    root = one(kind="mcq", key=0, options=(said, "b"), stem=said, misconceptions={"1": "m"}, feedback={"m": said})
    answers = root.findall("answer")
    assert visible(text(root, "questiontext")) == shown
    assert visible(text(answers[0], ".")) == shown
    assert visible(text(answers[1], "feedback")) == shown


def test_formulas_stand_between_parentheses_with_backslashes() -> None:
    stem = visible(text(by_id()["mcq.hand"], "questiontext"))
    assert r"\(\frac{QK^\top}{\sqrt{d_k}} \le \{x : x < 0{,}5\} \& \text{~#=}\)" in stem
    assert "$" not in stem


def test_one_choice_is_right_and_a_mistake_has_its_feedback() -> None:
    root = by_id()["mcq.hand"]
    assert fractions(root) == {r"\(0{,}5\)": 0, r"\(\sqrt{2}\)": 100, "<b>2</b>": 0}
    assert root.findtext("single") == "true"
    said = [visible(text(answer, "feedback")) for answer in root.iter("answer")]
    assert said == [r"Falta la raíz de \(d_k\): {mira}.", "", ""]


@pytest.mark.parametrize(
    ("key", "expected"),
    [([0, 2], [50, -50, 50, -50]), ([0, 1, 2], [33.33333, 33.33333, 33.33333, -100]),
     ([3], [-33.33333, -33.33333, -33.33333, 100]), ([0, 1, 2, 3], [25, 25, 25, 25])],
)  # fmt: skip
def test_several_right_options_share_the_points(key: list[int], expected: list[float]) -> None:
    root = one(kind="multi", key=key, options=("a", "b", "c", "d"))
    assert root.findtext("single") == "false"
    assert list(fractions(root).values()) == expected


def test_a_number_has_its_tolerance_its_unit_and_its_known_mistakes() -> None:
    root = by_id()["numeric.hand"]
    assert fractions(root) == {"12288": 100, "2.5": 0}
    assert [answer.findtext("tolerance") for answer in root.iter("answer")] == ["0", "0"]
    assert (root.findtext("units/unit/unit_name"), root.findtext("units/unit/multiplier")) == ("bytes", "1")
    assert root.findtext("showunits") == "0"
    plainly = by_id()["numeric.2"]
    assert fractions(plainly) == {"-0.125": 100}
    assert plainly.findtext("answer/tolerance") == "0.0005"
    assert plainly.findtext("showunits") == "3"


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 1e6))
@settings(max_examples=60, deadline=None)
def test_numbers_are_written_in_full(key: float, tolerance: float) -> None:
    answer = one(kind="numeric", key=key, tolerance=tolerance).find("answer")
    assert answer is not None
    assert re.fullmatch(r"-?\d+(\.\d+)?", text(answer, "."))
    assert float(text(answer, ".")) == key
    assert float(answer.findtext("tolerance") or "") == tolerance


def test_true_or_false() -> None:
    root = by_id()["true_false.hand"]
    assert fractions(root) == {"true": 0, "false": 100}
    assert next(visible(text(answer, "feedback")) for answer in root.iter("answer")).startswith("Falta")
    assert fractions(by_id()["true_false.2"]) == {"Sí": 100, "No": 0}


def test_a_matrix_has_a_field_for_each_entry() -> None:
    written = text(by_id()["matrix.hand"], "questiontext")
    fields = [(found["weight"], found["kind"], found["answer"]) for found in FIELD.finditer(written)]
    assert fields == [("1", "NUMERICAL", f"={entry}:0.005") for entry in ("1", "0.5", "-0.25", "0.00001")]
    assert written.count("<tr>") == 2


def test_a_stem_cannot_smuggle_a_field_into_a_matrix() -> None:
    (root,) = [root for root in questions(hostile()) if root.get("type") == "cloze"]
    assert [found["answer"] for found in FIELD.finditer(text(root, "questiontext"))] == ["=1:0", "=2:0"]
    assert "{1:SHORTANSWER:=x}" in visible(text(root, "questiontext"))


def pairs(root: ET.Element) -> list[tuple[str, str]]:
    return [(visible(text(sub, ".")), text(sub, "answer")) for sub in root.iter("subquestion")]


def test_an_order_is_a_match_of_places() -> None:
    root = by_id()["order.hand"]
    assert pairs(root) == [("softmax", "2"), (r"por \(V\)", "3"), ("escala", "1")]
    assert "el 1 es el primero" in visible(text(root, "questiontext"))


def test_a_match_pairs_the_lines_of_its_stem() -> None:
    root = by_id()["match.hand"]
    assert pairs(root) == [
        (r"\(Q\)", "consulta"), (r"\(K\)", "clave o valor"), (r"\(V\)", "consulta"), ("", "ninguno"),
    ]  # fmt: skip
    assert visible(text(root, "questiontext")) == "Une cada símbolo con su papel. Piensa bien."


def test_options_that_a_list_cannot_show_are_chosen_by_letter() -> None:
    root = by_id()["match.2"]
    assert pairs(root) == [("1", "C"), ("2", "A"), ("", "B")]
    assert visible(text(root, "questiontext")).endswith(r"A. \(a_1\) B. b < c C. {d}")


def test_an_essay_tells_its_grader_the_key() -> None:
    for name, key in (
        ("short.hand", "Nombra la máscara."),
        ("formula.hand", "QK^T/sqrt(d_k)"),
        ("matrix.2", "-Infinity"),
    ):
        root = by_id()[name]
        assert key in visible(text(root, "graderinfo"))
        assert key not in visible(text(root, "questiontext"))


@pytest.mark.parametrize(
    "asked",
    [item("mcq", 7, ("a", "b")), item("multi", [], ("a", "b")), item("order", [0, 0], ("a", "b")),
     item("match", [0, 5], ("a", "b")), item("numeric", float("nan")), item("matrix", []),
     item("multi", list(range(11)), tuple("abcdefghijkl"))],
)  # fmt: skip
def test_a_key_that_no_machine_can_grade_by_is_an_essay(asked: Item) -> None:
    (root,) = questions(paper(asked))
    assert root.get("type") == "essay"
    assert visible(text(root, "questiontext")).endswith(
        " ".join(f"{n}. {text}" for n, text in enumerate(asked.options, 1))
    )


def test_hostile_texts_stay_in_their_place() -> None:
    for root in questions(hostile()):
        assert {child.tag for child in root} <= {
            "name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber", "single",
            "shuffleanswers", "answernumbering", "showstandardinstruction", "answer", "hint", "tags", "units",
            "unitgradingtype", "showunits", "subquestion", "responseformat", "responserequired", "responsefieldlines",
            "attachments", "graderinfo", "responsetemplate",
        }  # fmt: skip
        assert "<b>x</b>" not in text(root, "questiontext")
        assert all(spaced(said) in visible(text(root, "questiontext")) for said in HOSTILE)
