"""A teacher's desk for the item bank: found by words and filters, opened with proof and history."""

from pathlib import Path
from typing import Any

import pytest
from exam_makers import WORDS, asked_once, exams_of

from agents.families import FAMILIES
from knowledge.course import Course
from tutor.bank_desk import BankDesk, Wanted, flagged_items
from tutor.bank_texts import BankTexts
from tutor.difficulty import Difficulties, sitting, write_difficulties
from tutor.errors import BadExam
from tutor.exam_drafts import BlueprintDraft, DraftSection, draft_text
from tutor.exams import Exams
from tutor.item_files import item_from
from tutor.results import FILE

SOON = 60.0
FEW = {name: FAMILIES[name] for name in ("kv-cache-size", "perplexity")}


@pytest.fixture(scope="module")
def exams(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Exams:
    asked = [asked_once(f"true:{word}", "attention", word) for word in WORDS[:2]]
    written = asked_once("question:attention.one", "softmax", WORDS[2], level=4, kind="multi")
    return exams_of(course, tmp_path_factory.mktemp("data"), *asked, written, families=FEW)


@pytest.fixture
def desk(exams: Exams, tmp_path: Path) -> BankDesk:
    return BankDesk(exams.bank, tmp_path, lambda _: [])


def names(desk: BankDesk, language: str = "es", **wanted: Any) -> set[str]:
    return {name for name, _ in desk.search(Wanted(**wanted), language)["found"]}


def test_filters_take_what_fits_all_of_them(desk: BankDesk) -> None:
    everything = names(desk)
    assert names(desk, concepts=("attention",)) == {f"true:{word}" for word in WORDS[:2]}
    assert names(desk, kinds=("numeric",)) == {"kv-cache-size", "perplexity"}
    assert names(desk, kinds=("numeric",), concepts=("attention",)) == set()
    assert names(desk, difficulty=(4,), bloom=("understand",)) == {"question:attention.one"}
    by_origin = {origin: names(desk, origins=(origin,)) for origin in ("computed", "authored", "grounded")}
    assert by_origin["authored"] == {"question:attention.one"}
    assert set().union(*by_origin.values()) == everything


def test_words_are_found_in_questions_and_options_once_they_are_read(desk: BankDesk, exams: Exams) -> None:
    first = desk.search(Wanted(text="  BRÚJULA "), "es")
    assert first["of"] == len(exams.bank.exercises.recipes)
    assert desk.texts.jobs.wait("es", SOON)
    assert names(desk, text="  BRÚJULA ") == {f"true:{WORDS[1]}"}
    assert names(desk, text="brujula viento") == {f"true:{WORDS[1]}"}, "without its accent, and with an option"
    assert names(desk, text="brujula lampara") == set()
    assert desk.search(Wanted(text="x"), "es")["read"] == first["of"]
    assert names(desk, text="softmax") >= {"question:attention.one"}, "the name of the concept counts"

    def never(*_: object) -> None:
        raise AssertionError("what was read once is kept")

    again = BankTexts(exams.bank, never, desk.texts.folder)
    assert again.read("es") == first["of"]
    [file] = desk.texts.folder.glob("bank-*-es.json")
    file.write_text("[", encoding="utf-8")
    assert BankTexts(exams.bank, never, desk.texts.folder).read("es") == 0, "a damaged copy is read anew"


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_entry_is_opened_with_its_key_and_proof(desk: BankDesk, language: str) -> None:
    found = desk.entry("kv-cache-size", "numeric", 2, 7, language)
    assert (found["origin"], found["renewable"], found["level"]) == ("computed", True, 2)
    assert found["shown"]["proven"]
    assert found["shown"]["key"]
    assert found["item"]["language"] == language
    assert (found["asked"], found["measured"], found["flags"]) == ([], None, [])
    other = desk.entry("kv-cache-size", "numeric", 2, 8, language)
    assert other["shown"]["question"] != found["shown"]["question"]
    assert desk.entry("kv-cache-size", "numeric", 99, 7, language)["level"] == found["levels"][0]


def test_an_entry_that_is_not_there_is_said(desk: BankDesk) -> None:
    with pytest.raises(BadExam) as caught:
        desk.entry("kv-cache-size", "essay", 1, 0, "en")
    assert caught.value.code == "bank-no-entry"


def test_history_is_told_by_exams_answers_and_flags(exams: Exams, tmp_path: Path) -> None:
    own = Exams(exams.bank.exercises, exams.prove, tmp_path)
    asked = BlueprintDraft(title="First", section=[DraftSection(concepts=["kv-cache"], kinds=["numeric"], count=1)])
    file = tmp_path / "blueprint.toml"
    file.write_text(draft_text(asked), encoding="utf-8")
    exam = own.make(own.request(file, tmp_path / "out", versions=2, formats=("json",)))
    item = item_from(exam["versions"][0]["items"][0])
    answers = sitting("exam", [str(number) for number in range(60)], [(item, 0.0)] * 60)
    write_difficulties(tmp_path / FILE, Difficulties({"a": answers}))
    flags = flagged_items([{
        "title": "First", "items": [
            {"kind": "numeric", "ids": {"A": item.id, "B": "other.numeric.es.1.5"},
             "flags": [{"says": "Few know it.", "do": "Look at it.", "sure": True, "flag": "hard"}]}
        ]}])  # fmt: skip
    desk = BankDesk(own.bank, tmp_path, lambda _: flags)
    found = desk.entry("kv-cache-size", "numeric", item.difficulty, 0, "es")
    assert found["asked"] == [{"title": "First", "language": "es", "versions": ["A", "B"]}]
    assert found["measured"]["answers"] == 60
    assert (found["measured"]["right"], found["measured"]["off"]) == (0.0, "harder")
    assert [flag["says"] for flag in found["flags"]] == ["Few know it."]
    rows = {row["recipe"]: row for row in desk.rows([("kv-cache-size", "numeric"), ("perplexity", "numeric")], "es")}
    assert (rows["kv-cache-size"]["asked"], rows["perplexity"]["asked"]) == (1, 0)
    assert all(row["title"] for row in rows.values())
    assert rows["perplexity"]["measured"] is None
