"""A teacher's desk for exams: blueprints that are kept while they are written, what can be had, and exams made,
reviewed, edited and taken away."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from exam_makers import WORDS, asked_once, exams_of

from agents.errors import BadItem
from agents.families import FAMILIES
from agents.recipe import Recipe
from knowledge.course import Course
from tutor.blueprint import ALL
from tutor.errors import BadBlueprint, BadExam, BadReview
from tutor.exam_desk import ExamDesk
from tutor.exam_drafts import BlueprintDraft, DraftSection, choosable, draft_from, draft_text, read_draft
from tutor.exam_feasibility import feasibility
from tutor.exams import Exams

SOON = 60.0  # seconds that a test waits at most
FEW = {name: FAMILIES[name] for name in ("kv-cache-size", "lora-parameters", "perplexity", "softmax-probability")}


@pytest.fixture(scope="module")
def exams(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Exams:
    """A few computed families and some questions on attention; the bank is shared by the tests of this file."""
    asked = [asked_once(f"true:{word}", "attention", word) for word in WORDS[:4]]
    return exams_of(course, tmp_path_factory.mktemp("data"), *asked, families=FEW)


@pytest.fixture
def desk(exams: Exams, tmp_path: Path) -> ExamDesk:
    return desk_of(exams, tmp_path)


def desk_of(exams: Exams, folder: Path) -> ExamDesk:
    """A desk with a data folder of its own, over the bank of the module."""
    own = Exams(exams.bank.exercises, exams.prove, folder)
    own.bank = exams.bank
    return ExamDesk(own, folder)


def section(**values: Any) -> DraftSection:
    return DraftSection(**{"concepts": [ALL], "kinds": ["numeric"], "count": 3, **values})


def draft(*sections: DraftSection, **values: Any) -> BlueprintDraft:
    return BlueprintDraft(**{"title": "One", "section": list(sections), **values})


def made(desk: ExamDesk, written: BlueprintDraft) -> str:
    """The exam of a draft, under review."""
    exam = desk.start(desk.drafts.new(written))
    assert desk.jobs.wait(exam, SOON)
    assert desk.job(exam) == {**(desk.job(exam) or {}), "state": "done", "error": None}
    return exam


def ids(desk: ExamDesk, exam: str) -> list[str]:
    return [item["id"] for version in desk.exam(exam, "en")["versions"] for item in version["items"]]


# Blueprints


def test_a_half_typed_blueprint_is_there_again_after_a_restart(exams: Exams, tmp_path: Path) -> None:
    desk = desk_of(exams, tmp_path)
    name = desk.begin("es")
    half = desk.drafts.get(name)
    half.title, half.section[0].kinds = 'Parcial ¿1? "uno" \\ \x7f', ["matrix"]
    desk.drafts.keep(name, half)
    again = desk_of(exams, tmp_path)
    assert again.drafts.get(name).title == half.title
    assert [one["id"] for one in again.drafts.all()] == [name]
    assert again.feasible(name)["lacks"] == ["concepts"]
    assert again.text(name) == desk.text(name)
    (tmp_path / "blueprints" / f"{'0' * 12}.json").write_text("{broken", encoding="utf-8")
    assert [one["id"] for one in again.drafts.all()] == [name], "one that is damaged hides no other"
    again.drafts.forget(name)
    assert not again.drafts.all()


@pytest.mark.parametrize("name", ["0" * 12, "../../etc/passwd", ""])
def test_a_draft_that_is_not_there_is_said(desk: ExamDesk, name: str) -> None:
    with pytest.raises(BadExam) as caught:
        desk.drafts.get(name)
    assert caught.value.code == "draft-missing"


@pytest.mark.parametrize(
    "sections",
    [
        [section(concepts=["attention", "Attention", "rope"], difficulty=[1, 2], points_each=0.25)],
        [section(), section(concepts=["The learning of language"], kinds=[], bloom=["apply", "create"], count=500)],
    ],
)
def test_a_blueprint_goes_out_as_a_file_and_comes_back_the_same(course: Course, sections: list[DraftSection]) -> None:
    topic = next(iter(course.topics.values()))["en"]
    for one in sections:
        one.concepts = [topic if name == "The learning of language" else name for name in one.concepts]
    before = draft(*sections, title='Quotes " and \\ and ñ', language="en", minutes=45)
    after = draft_from(draft_text(before).encode(), course)
    plain = [[one.model_dump(exclude={"id"}) for one in each.section] for each in (before, after)]
    assert [set(one["concepts"]) for one in plain[0]] == [set(one["concepts"]) for one in plain[1]]
    for one in (*plain[0], *plain[1]):
        one["concepts"] = []
    assert plain[0] == plain[1]
    assert (after.title, after.language, after.minutes) == (before.title, before.language, before.minutes)
    assert set(before.section[0].concepts) <= {ALL, *choosable(course, "es")}
    assert read_draft(after, course).digest == read_draft(before, course).digest


def test_a_file_with_faults_is_said_with_their_lines_and_no_draft_is_left(desk: ExamDesk) -> None:
    with pytest.raises(BadBlueprint) as caught:
        desk.imported(b'title = "x"\nlanguage = "es"\nminutes = 5\n[[section]]\nconcepts = "atention"\ncount = 3\n')
    assert "blueprint.toml" in caught.value.message("es")
    assert "línea 5" in caught.value.message("es")
    assert not desk.drafts.all()


# What can be had


def test_what_a_blueprint_has_not_said_yet_is_told(exams: Exams) -> None:
    told = feasibility(draft(DraftSection(), title=" "), exams.bank.exercises)
    assert told["lacks"] == ["title", "concepts"]
    assert not told["ready"]
    assert feasibility(draft(), exams.bank.exercises)["lacks"] == ["sections"]


def test_each_section_says_what_it_finds(exams: Exams) -> None:
    told = feasibility(draft(section(), section(concepts=["attention"], kinds=[], count=4)), exams.bank.exercises)
    assert told["ready"]
    assert [(row["possible"], row["wanted"], row["there"]) for row in told["sections"]] == [(3, 3, 4), (4, 4, 4)]
    assert (told["items"], told["points"]) == (7, 7.0)


def test_what_would_mend_a_section_is_what_mends_it(exams: Exams) -> None:
    short = section(concepts=["attention"], kinds=["numeric", "mcq"], difficulty=[5], count=3)
    before = feasibility(draft(short), exams.bank.exercises)
    [row] = before["sections"]
    assert not before["ready"]
    assert (row["possible"], row["there"]) == (0, 0)
    mends = {mend["of"]: mend["there"] for mend in row["mend"]}
    assert set(mends) == {"difficulty"}, "other kinds or levels would bring nothing"
    short.difficulty = []
    [after] = feasibility(draft(short), exams.bank.exercises)["sections"]
    assert (after["there"], after["possible"]) == (mends["difficulty"], 3)


def test_what_gets_less_than_its_share_is_named(exams: Exams) -> None:
    [row] = feasibility(draft(section(concepts=["lora", "rope"], count=1)), exams.bank.exercises)["sections"]
    assert row["possible"] == 1
    assert [(one["of"], one["value"], one["got"]) for one in row["missing"]] == [("concept", "rope", 0)]


def test_a_very_large_exam_is_only_counted(exams: Exams) -> None:
    told = feasibility(draft(section(count=500), versions=26), exams.bank.exercises)
    assert told["sections"][0]["possible"] == 4
    assert not told["ready"]


# Exams


def test_an_exam_is_made_reviewed_and_written(desk: ExamDesk) -> None:
    exam = made(desk, draft(section(points_each=0.5)))
    under = desk.exam(exam, "en")
    assert (under["state"], [version["version"] for version in under["versions"]]) == ("review", ["A", "B"])
    first = under["versions"][0]["items"][0]
    assert (first["place"], first["accepted"], first["points"]) == ("A1", False, 0.5)
    shown = first["shown"]
    assert shown["proven"]
    assert all(check["ok"] and check["says"] for check in shown["checks"])
    assert {"label", "place", "title", "url"} == set(shown["sources"][0])
    assert "(" in shown["sources"][0]["label"], "a source is called as a reader knows it"

    desk.decide(exam, accept=["A1"], reject=["B1"])
    under = desk.exam(exam, "en")
    assert [len(version["items"]) for version in under["versions"]] == [3, 2]
    assert under["versions"][0]["items"][0]["accepted"]
    with pytest.raises(BadReview):
        desk.decide(exam, accept=["C9"])
    assert desk.exam(exam, "en") == under
    assert not desk.files(exam)

    desk.decide(exam, accept=["all"])
    desk.write(exam)
    assert desk.jobs.wait(exam, SOON)
    assert desk.exam(exam, "en")["state"] == "written"
    assert [(one["exam"], one["state"]) for one in desk.begun()] == [(exam, "written")]
    files = desk.files(exam)
    assert {file["format"] for file in files} == {"pdf", "md", "moodle", "gift", "qti", "anki", "json"}
    open_ = sorted((file["format"], file["part"]) for file in files if not file["answers"] and file["version"] == "B")
    assert open_ == [("md", "exam"), ("pdf", "exam"), ("pdf", "sheet")]
    assert len(files) == 20

    [listed] = desk.begun()
    assert desk.start(listed["draft"]) == exam
    assert desk.exam(exam, "en")["state"] == "written", "what is written is not made anew"
    (desk.list_dir / f"{'0' * 12}.json").write_text("[]", encoding="utf-8")
    assert desk.begun() == [listed], "a damaged line hides no other"


def test_nothing_is_written_while_an_item_waits(desk: ExamDesk) -> None:
    exam = made(desk, draft(section(count=1), versions=1))
    desk.write(exam)
    assert desk.jobs.wait(exam, SOON)
    job = desk.job(exam)
    assert job
    assert isinstance(job["error"], BadReview)
    assert job["error"].code == "review-waiting"
    assert desk.exam(exam, "en")["state"] == "review"


def test_the_pages_can_be_looked_at_before_anything_is_written(desk: ExamDesk) -> None:
    exam = made(desk, draft(section(count=2), versions=1))
    pages = {document: desk.preview(exam, "A", document) for document in ("exam", "sheet", "key")}
    assert all(page.startswith(b"\x89PNG") for document in pages.values() for page in document)
    assert len({pages[name][0] for name in pages}) == 3


def test_another_question_comes_in_the_place_of_one(desk: ExamDesk) -> None:
    exam = made(desk, draft(section(count=2), versions=1))
    before = ids(desk, exam)
    desk.decide(exam, replace=["A2"])
    after = ids(desk, exam)
    assert (before[0], len(after)) == (after[0], 2)
    assert before[1] != after[1]


def test_an_edited_item_is_proven_again_and_what_fails_is_told(desk: ExamDesk) -> None:
    exam = made(desk, draft(section(concepts=["attention"], kinds=["mcq"], count=2), versions=1))
    name = ids(desk, exam)[0]
    before = desk.exam(exam, "es")
    form = desk.form(exam, name)
    failing = desk.edit(exam, {**form, "stem": "No question."}, "es")
    assert [(check["name"], check["ok"]) for check in failing] == [("asks", False)]
    assert desk.exam(exam, "es") == before
    with pytest.raises(BadItem) as caught:
        desk.edit(exam, {**form, "options": ["one", " ", "three"]}, "es")
    assert caught.value.code == "blank-option"
    assert desk.exam(exam, "es") == before
    assert desk.edit(exam, {**form, "stem": "¿Y ahora?", "key": 1, "hints": ["Piensa.", ""]}, "es") == []
    new = next(item for item in desk.exam(exam, "es")["versions"][0]["items"] if item["id"] == name)
    assert (new["stem"], new["key"], list(new["hints"]), new["accepted"]) == ("¿Y ahora?", 1, ["Piensa."], True)
    with pytest.raises(BadReview):
        desk.form(exam, "nothing")


def test_a_stopped_exam_goes_on_from_where_it_was(course: Course, tmp_path: Path) -> None:
    stops: list[str] = []

    def stopping(seed: int, difficulty: int, language: str) -> Any:
        for exam in stops:
            desk.jobs.stop(exam)
        return plain.make(seed, difficulty, language)

    plain = asked_once("true:one", "attention", WORDS[0])
    other = asked_once("true:two", "attention", WORDS[1])
    first = Recipe(plain.id, plain.concept, plain.kind, plain.bloom, plain.levels, stopping)
    desk = ExamDesk(exams_of(course, tmp_path, first, other, families={}), tmp_path)
    name = desk.drafts.new(draft(section(concepts=["attention"], kinds=["mcq"], count=2), versions=1))
    stops.append(desk._request(desk.drafts.get(name)).id)
    exam = desk.start(name)
    assert desk.jobs.wait(exam, SOON)
    assert desk.job(exam) == {**(desk.job(exam) or {}), "state": "stopped"}
    assert [one["state"] for one in desk.begun()] == ["making"]

    stops.clear()
    later = ExamDesk(exams_of(course, tmp_path, plain, other, families={}), tmp_path)  # after a restart
    assert later.job(exam) is None
    later.go_on(exam)
    assert later.jobs.wait(exam, SOON)
    assert len(ids(later, exam)) == 2
    assert [one["state"] for one in later.begun()] == ["review"]


def test_an_exam_can_avoid_what_an_earlier_one_asked(desk: ExamDesk) -> None:
    asked = draft(section(concepts=["attention"], kinds=["mcq"], count=2), versions=1)
    exam = made(desk, asked)
    desk.decide(exam, accept=["all"])
    desk.write(exam)
    assert desk.jobs.wait(exam, SOON)
    [(record, title)] = desk.earlier().items()
    assert title == "One (es)"
    other = made(desk, draft(*asked.section, versions=1, avoid=[record]))
    assert other != exam
    assert families(desk, exam).isdisjoint(families(desk, other))


def families(desk: ExamDesk, exam: str) -> set[str]:
    found: Sequence[dict[str, Any]] = desk.exam(exam, "en")["versions"][0]["items"]
    return {item["family"] for item in found}
