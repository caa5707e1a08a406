"""QTI packages: valid by an XSD, read back equal, and scored by an engine that these tests bring."""

import io
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from export_papers import HOSTILE, each_kind, hostile, item, paper, plain, spaced
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from agents.item import Item
from tutor.export.qti import qti_files
from tutor.paper import Paper

QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
PACKAGING = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
DATA = Path(__file__).parent / "data"
OFFICIAL = Path(os.environ.get("QTI_XSD", "/nowhere/imsqti_v2p1.xsd"))  # IMS Global's, which we may not ship
PAPERS = pytest.mark.parametrize("made", [each_kind(), hostile(), paper()], ids=["each-kind", "hostile", "empty"])


def package(made: Paper) -> dict[str, Any]:
    """File name -> root element."""
    ((_, content),) = qti_files(made).items()
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}


def questions(made: Paper) -> list[Any]:
    """The items, in the order of the test."""
    files = package(made)
    return [files[ref.get("href")] for ref in files["assessmentTest.xml"].iter(f"{QTI}assessmentItemRef")]


def schema(name: str) -> Any:
    return etree.XMLSchema(etree.parse(DATA / name))


@PAPERS
def test_every_file_is_valid(made: Paper) -> None:
    items, manifest = schema("qti_v2p1_subset.xsd"), schema("qti_package_subset.xsd")
    for name, root in package(made).items():
        (manifest if name == "imsmanifest.xml" else items).assertValid(root)


@pytest.mark.skipif(not OFFICIAL.exists(), reason="QTI_XSD does not say where imsqti_v2p1.xsd is")
@PAPERS
def test_every_file_is_valid_by_the_schema_of_ims_global(made: Paper) -> None:
    official = etree.XMLSchema(etree.parse(OFFICIAL))
    for name, root in package(made).items():
        if name != "imsmanifest.xml":
            official.assertValid(root)


@pytest.mark.parametrize(
    ("old", "new"),
    [('identifier="C1"', 'identifier="1 C"'), ("<itemBody>", "<itemBody><li>x</li>"), ('adaptive="false"', ""),
     ('matchMax="1"', ""), ('cardinality="multiple"', 'cardinality="some"'),
     ("<itemBody>", "<modalFeedback/><itemBody>")],
)  # fmt: skip
def test_the_schema_rejects_what_the_specification_forbids(old: str, new: str) -> None:
    root = questions(paper(item("match", [1, 0], ("a", "b"))))[0]
    written = etree.tostring(root, encoding="unicode")
    assert old in written
    assert not schema("qti_v2p1_subset.xsd").validate(etree.fromstring(written.replace(old, new, 1)))


def test_each_interaction_is_bound_to_a_declared_response() -> None:
    for root in [*questions(each_kind()), *questions(hostile())]:
        declared = [one.get("identifier") for one in root.iter(f"{QTI}responseDeclaration")]
        assert [one.get("responseIdentifier") for one in root.iter() if one.get("responseIdentifier")] == declared
        outcomes = {one.get("identifier") for one in root.iter(f"{QTI}outcomeDeclaration")}
        assert {one.get("identifier") for one in root.iter(f"{QTI}setOutcomeValue")} <= outcomes
        assert {one.get("outcomeIdentifier") for one in root.iter(f"{QTI}modalFeedback")} <= outcomes


def test_the_manifest_lists_every_file_and_the_test_depends_on_every_item() -> None:
    files = package(each_kind())
    resources = list(files["imsmanifest.xml"].iter(f"{PACKAGING}resource"))
    assert {"imsmanifest.xml", *(resource.get("href") for resource in resources)} == set(files)
    assert [file.get("href") for file in files["imsmanifest.xml"].iter(f"{PACKAGING}file")] == [
        resource.get("href") for resource in resources
    ]
    needed = [one.get("identifierref") for one in resources[0].iter(f"{PACKAGING}dependency")]
    assert needed == [resource.get("identifier") for resource in resources[1:]]
    assert needed == [ref.get("identifier") for ref in files["assessmentTest.xml"].iter(f"{QTI}assessmentItemRef")]
    assert all(files[f"items/{name}.xml"].get("identifier") == name for name in needed)
    assert float(files["assessmentTest.xml"].find(f"{QTI}timeLimits").get("maxTime")) == 50 * 60


def test_the_same_paper_gives_the_same_bytes_whose_files_have_no_date() -> None:
    assert qti_files(each_kind()) == qti_files(each_kind())
    ((name, content),) = qti_files(each_kind()).items()
    assert name == "examen-atencion-1-A.zip"
    dates = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(content)).infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_an_item_that_stands_in_a_paper_twice_is_two_files() -> None:
    assert len(questions(paper(item("numeric", 1), item("numeric", 1)))) == 2


def test_texts_read_back() -> None:
    for made in (each_kind(), hostile()):
        for asked, root in zip(made.items, questions(made), strict=True):
            body = root.find(f"{QTI}itemBody")
            choices = [seen(one) for one in body.iter(f"{QTI}simpleChoice")]
            assert choices == ([plain(option) for option in asked.options] if choices else [])
            if asked.kind != "match":
                assert seen(body).startswith(plain(asked.stem))
            assert root.get("title").endswith(asked.id)


@given(st.text(alphabet="{}=~#:\\<>&;%[]/-\"'!\n áñ→x1_|^\x00\x01\ufffe", max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_is_shown_literally(text: str) -> None:
    root = questions(paper(item("mcq", 0, (text, "b"), id=text, feedback={"scale": text})))[0]
    shown = re.sub("[\x00\x01\ufffe]", "\N{REPLACEMENT CHARACTER}", text)
    assert seen(next(root.iter(f"{QTI}simpleChoice"))) == spaced(shown)


def test_what_a_candidate_sees_has_no_key() -> None:
    for root in questions(each_kind()):
        body = root.find(f"{QTI}itemBody")
        for hidden in body.findall(f"{QTI}rubricBlock"):
            assert hidden.get("view") == "scorer"
            body.remove(hidden)
        for text in ("Porque", "Nombra la máscara", "QK^T/sqrt", "Infinity"):
            assert text not in seen(body)


def test_open_questions_tell_the_scorer_the_key() -> None:
    by_id = dict(zip((one.id for one in each_kind().items), questions(each_kind()), strict=True))
    for name, key in (
        ("short.hand", "Nombra la máscara."),
        ("formula.hand", "QK^T/sqrt(d_k)"),
        ("matrix.2", "-Infinity"),
    ):
        assert key in seen(by_id[name].find(f".//{QTI}rubricBlock"))
        assert by_id[name].find(f"{QTI}responseProcessing") is None


RIGHT_AND_WRONG: list[tuple[Item, Any, float, str | None]] = [
    (item("mcq", 1, ("a", "b", "c"), misconceptions={"0": "scale"}, points=2.0), "C2", 2.0, "C2"),
    (item("mcq", 1, ("a", "b", "c"), misconceptions={"0": "scale"}, points=2.0), "C1", 0.0, "C1"),
    (item("true_false", 0, ("Verdadero", "Falso")), "C1", 1.0, "C1"),
    (item("multi", [0, 2], ("a", "b", "c", "d")), ["C3", "C1"], 1.0, "RIGHT"),
    (item("multi", [0, 2], ("a", "b", "c", "d")), ["C1"], 0.5, None),
    (item("multi", [0, 2], ("a", "b", "c", "d")), ["C1", "C2"], 0.0, None),
    (item("multi", [0, 2], ("a", "b", "c", "d")), ["C2", "C4"], 0.0, None),
    (item("multi", [0, 1, 2], ("a", "b", "c", "d")), ["C1", "C2", "C3", "C4"], 0.0, None),
    (item("order", [2, 0, 1], ("a", "b", "c")), ["C3", "C1", "C2"], 1.0, "RIGHT"),
    (item("order", [2, 0, 1], ("a", "b", "c")), ["C1", "C2", "C3"], 0.0, None),
    (item("match", [1, 0, 1], ("a", "b"), points=3.0), ["L2 C1", "L1 C2", "L3 C2"], 3.0, "RIGHT"),
    (item("match", [1, 0, 1], ("a", "b"), points=3.0), ["L2 C1", "L1 C1", "L3 C2"], 2.0, None),
    (item("numeric", 0.125, tolerance=0.01, misconceptions={"2.5": "scale"}), 0.134, 1.0, "RIGHT"),
    (item("numeric", 0.125, tolerance=0.01, misconceptions={"2.5": "scale"}), 0.136, 0.0, None),
    (item("numeric", 0.125, tolerance=0.01, misconceptions={"2.5": "scale"}), 2.5, 0.0, "MISTAKE1"),
    (item("numeric", 12288), 12288, 1.0, "RIGHT"),
    (item("numeric", 12288), 12289, 0.0, None),
    (item("matrix", [[1, 0.5], [0, 2]], tolerance=0.1, points=2.0), [1, 0.55, 0, 2], 2.0, "RIGHT"),
    (item("matrix", [[1, 0.5], [0, 2]], tolerance=0.1, points=2.0), [1, 0.75, 0, 2], 1.5, None),
    (item("matrix", [1, 2]), [None, None], 0.0, None),
    (item("mcq", 0, ("a", "b")), None, 0.0, None),
    (item("multi", [0], ("a", "b")), None, 0.0, None),
    (item("match", [1, 0], ("a", "b")), None, 0.0, None),
    (item("numeric", 1), None, 0.0, None),
]


@pytest.mark.parametrize(("asked", "given_answer", "score", "feedback"), RIGHT_AND_WRONG)
def test_responses_are_scored(asked: Item, given_answer: Any, score: float, feedback: str | None) -> None:
    root = questions(paper(asked))[0]
    names = [one.get("identifier") for one in root.iter(f"{QTI}responseDeclaration")]
    given_values = given_answer if len(names) > 1 else [given_answer]
    outcomes = Engine(root, dict(zip(names, given_values, strict=True))).outcomes
    assert outcomes["SCORE"] == pytest.approx(score)
    assert outcomes["MAXSCORE"] == asked.points
    assert outcomes["FEEDBACK"] == feedback


def test_feedback_is_shown_to_who_made_a_mistake() -> None:
    root = questions(each_kind())[0]
    said = {one.get("identifier"): seen(one) for one in root.iter(f"{QTI}modalFeedback")}
    assert said == {"C1": r"Falta la raíz de \(d_k\): {mira}.", "C2": r"Porque \(a=b\): así."}


def test_hostile_texts_stay_in_their_place() -> None:
    for root in questions(hostile()):
        assert {one.tag.removeprefix(QTI) for one in root.iter()}.isdisjoint({"questiontext", "b", "text"})
        assert HOSTILE[0] in seen(root.find(f"{QTI}itemBody"))


def seen(element: Any) -> str:
    """What is seen of an element, white space apart."""
    return spaced(_text(element))


def _text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element:
        gap = " " if child.tag.removeprefix(QTI) in ("p", "pre", "br") else ""
        parts += [gap, _text(child), child.tail or ""]
    return "".join(parts)


class Engine:
    """Response processing as QTI 2.1 describes it, as far as items here use it; None is NULL."""

    def __init__(self, root: Any, responses: dict[str, Any]) -> None:
        self.declared = {one.get("identifier"): one for one in root.iter(f"{QTI}responseDeclaration")}
        self.responses = responses
        self.outcomes: dict[str, Any] = {
            one.get("identifier"): self._read(one.get("baseType"), one.findtext(f".//{QTI}value"))
            for one in root.iter(f"{QTI}outcomeDeclaration")
        }
        self._run(root.find(f"{QTI}responseProcessing"))

    def _run(self, rules: Any) -> None:
        for rule in rules:
            if rule.tag == f"{QTI}setOutcomeValue":
                self.outcomes[rule.get("identifier")] = self._value(rule[0])
            elif rule.tag == f"{QTI}responseCondition":
                self._condition(rule)

    def _condition(self, rule: Any) -> None:
        for case in rule:
            if case.tag == f"{QTI}responseElse" or self._value(case[0]) is True:
                self._run(case)
                return

    def _value(self, one: Any) -> Any:
        name, verb = one.get("identifier"), one.tag.removeprefix(QTI)
        if verb == "variable":
            return self.responses.get(name) if name in self.declared else self.outcomes[name]
        if verb == "correct":
            return self._correct(self.declared[name])
        if verb == "baseValue":
            return self._read(one.get("baseType"), one.text)
        if verb == "mapResponse":
            return self._mapped(self.declared[name])
        values = [self._value(part) for part in one]
        if verb == "isNull":
            return values[0] is None
        if None in values:
            return None
        return getattr(self, f"_{verb}")(one, *values)

    def _match(self, one: Any, left: Any, right: Any) -> bool:
        declared = self.declared[one[0].get("identifier")]
        return sorted(left) == sorted(right) if declared.get("cardinality") == "multiple" else left == right

    def _equal(self, one: Any, left: float, right: float) -> bool:
        around = float(one.get("tolerance") or 0) if one.get("toleranceMode") == "absolute" else 0.0
        return right - around <= left <= right + around

    def _sum(self, one: Any, *values: float) -> float:
        return sum(values)

    def _product(self, one: Any, left: float, right: float) -> float:
        return left * right

    def _divide(self, one: Any, left: float, right: float) -> float:
        return left / right

    def _correct(self, declared: Any) -> Any:
        values = [self._read(declared.get("baseType"), one.text) for one in declared.find(f"{QTI}correctResponse")]
        return values[0] if declared.get("cardinality") == "single" else values

    def _mapped(self, declared: Any) -> float:
        mapping = declared.find(f"{QTI}mapping")
        worth = {one.get("mapKey"): float(one.get("mappedValue")) for one in mapping}
        default = float(mapping.get("defaultValue"))
        total = sum(worth.get(one, default) for one in self.responses[declared.get("identifier")])
        return min(max(total, float(mapping.get("lowerBound"))), float(mapping.get("upperBound")))

    @staticmethod
    def _read(base_type: str, text: str | None) -> Any:
        return float(text) if text is not None and base_type == "float" else text
