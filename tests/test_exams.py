"""Exams: what a blueprint asks for, in parallel versions, the same from the same seed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from exam_makers import MIXED, WORDS, asked_once, blueprint, content, exams_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.exercises import Exercises
from agents.item import Check
from agents.paper_rules import paper_checks
from knowledge.course import Course
from tutor.blueprint import Blueprint, Section
from tutor.errors import BadBlueprint, BadExam
from tutor.exam_draft import empty_draft
from tutor.exam_plan import places, plan, pools
from tutor.exams import FORMATS, Exams
from tutor.item_files import item_from

LIGHT = ("json", "md")


@pytest.fixture(scope="module")
def exams(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Exams:
    """The computed families of the course; its bank is shared by the tests of this file."""
    return exams_of(course, tmp_path_factory.mktemp("data"))


def made(exams: Exams, file: Path, out: Path, **more: Any) -> dict[str, Any]:
    return exams.make(exams.request(file, out, **{"formats": LIGHT, **more}))


def items(exam: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return [version["items"] for version in exam["versions"]]


def test_an_exam_has_what_its_blueprint_asks_for(exams: Exams, tmp_path: Path) -> None:
    exam = made(exams, blueprint(tmp_path), tmp_path / "out", versions=3)
    assert [version["version"] for version in exam["versions"]] == ["A", "B", "C"]
    assert (exam["minutes"], exam["points"], exam["language"]) == (60, 6.0, "es")
    for version in exam["versions"]:
        first, second = version["items"][:6], version["items"][6:]
        assert len(second) == 3
        assert Counter(item["kind"] for item in first) == {"mcq": 3, "numeric": 3}
        assert Counter(item["difficulty"] for item in first) == {1: 2, 2: 2, 3: 2}
        assert len({item["concept"] for item in first}) == 6
        assert {item["points"] for item in first} == {0.5}
        assert {item["points"] for item in second} == {1.0}
        topics = {exams.bank.exercises.course.concepts[item["concept"]].topic for item in second}
        assert topics <= {"attention", "positions"}
        assert version["points"] == 6.0
    assert not exam["shortfalls"]


def test_the_items_are_proven_and_no_two_are_alike(exams: Exams, tmp_path: Path) -> None:
    exam = made(exams, blueprint(tmp_path, concepts="*", count=20), tmp_path / "out", versions=3, seed=4)
    for version in items(exam):
        read = [item_from(item) for item in version]
        assert all(item.proof.holds for item in read)
        assert all(check.ok for check in paper_checks(read))
    stems = [item["stem"] for version in items(exam) for item in version]
    assert len(set(stems)) == len(stems) == 60


def test_versions_ask_the_same_of_everyone_with_other_numbers_in_another_order(exams: Exams, tmp_path: Path) -> None:
    exam = made(exams, blueprint(tmp_path, concepts="*", count=12), tmp_path / "out", versions=4)
    cells = [
        sorted((item["concept"], item["kind"], item["bloom"], item["difficulty"]) for item in version)
        for version in items(exam)
    ]  # fmt: skip
    assert cells == [cells[0]] * 4
    orders = [tuple(item["concept"] for item in version) for version in items(exam)]
    assert len(set(orders)) == 4
    keys = {(item["family"], str(item["key"])) for version in items(exam) for item in version}
    assert len(keys) > 24


def test_the_same_request_gives_the_same_bytes_and_another_seed_another_exam(
    course: Course, exams: Exams, tmp_path: Path
) -> None:
    file = blueprint(tmp_path, concepts=["kv-cache", "lora", "perplexity"], count=3)
    made(exams, file, tmp_path / "one", seed=7, formats=FORMATS)
    fresh = exams_of(course, tmp_path / "data")
    made(fresh, file, tmp_path / "two", seed=7, formats=FORMATS)
    made(exams, file, tmp_path / "other", seed=8, formats=FORMATS)
    one, two, other = (content(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert len(one) == 11
    assert one.keys() == other.keys()
    assert all(one[name] != other[name] for name in one)


def test_computed_items_of_a_version_do_not_depend_on_how_many_versions_there_are(exams: Exams, tmp_path: Path) -> None:
    file = blueprint(tmp_path, concepts="*", kinds="numeric", count=5)
    one, three = (made(exams, file, tmp_path / str(count), versions=count) for count in (1, 3))
    assert items(one)[0] == items(three)[0]


def test_both_languages_get_one_exam(exams: Exams, tmp_path: Path) -> None:
    file = blueprint(tmp_path)
    es, en = (made(exams, file, tmp_path / one, versions=2, seed=3, language=one) for one in ("es", "en"))
    for spanish, english in zip(items(es), items(en), strict=True):
        assert {item["language"] for item in spanish} == {"es"}
        assert [item["id"].replace(".es.", ".en.") for item in spanish] == [item["id"] for item in english]
        assert [item["key"] for item in spanish] == [item["key"] for item in english]
    assert es["blueprint"] == en["blueprint"]
    assert es["rejected"] == en["rejected"]


def test_a_section_that_cannot_be_met_is_named_with_its_line_and_nothing_is_written(
    exams: Exams, tmp_path: Path
) -> None:
    text = MIXED.replace('concepts = ["Attention", "positions"]\ncount = 3', 'concepts = "rope"\ncount = 5')
    with pytest.raises(BadBlueprint) as caught:
        made(exams, blueprint(tmp_path, text), tmp_path / "out", versions=2)
    assert "line 12: section 2 asks for 5 different items in 2 versions, and only 3 were found" in str(caught.value)
    assert "línea 12" in caught.value.message("es")
    assert not (tmp_path / "out").exists()


def test_what_a_section_names_and_cannot_have_is_said_and_filled_from_the_rest(exams: Exams, tmp_path: Path) -> None:
    section = {
        "concepts": ["kv-cache", "bias", "parameter-counting"],
        "kinds": ["numeric", "order"],
        "difficulty": [1, 2],
        "count": 4,
    }
    exam = made(exams, blueprint(tmp_path, **section), tmp_path / "out")
    found = {(one["of"], one["value"]): (one["wanted"], one["got"]) for one in exam["shortfalls"]}
    assert found == {("concept", "bias"): (1, 0), ("kind", "order"): (2, 0)}
    assert {one["section"] for one in exam["shortfalls"]} == {1}
    assert {one["line"] for one in exam["shortfalls"]} == {5}
    assert [item["kind"] for item in items(exam)[0]] == ["numeric"] * 4


def test_sections_leave_one_another_what_they_need(exams: Exams, tmp_path: Path) -> None:
    """The section on everything must not take families from those that can take nothing else."""
    text = 'title = "T"\nlanguage = "es"\nminutes = 5\n' + "".join(
        f"[[section]]\nconcepts = {concepts}\nkinds = \"numeric\"\ncount = {count}\n"
        for concepts, count in (('"*"', 30), ('["rope", "alibi"]', 2), ('["alibi", "sinusoidal-encoding"]', 2))
    )  # fmt: skip
    exam = made(exams, blueprint(tmp_path, text), tmp_path / "out")
    assert Counter(item["concept"] for item in items(exam)[0][30:32]) == {"rope": 1, "alibi": 1}
    assert {item["concept"] for item in items(exam)[0][32:]} == {"sinusoidal-encoding"}


def test_knowledge_is_asked_by_another_question_in_each_version(course: Course, tmp_path: Path) -> None:
    recipes = [asked_once(f"know:{word}", "bias", word) for word in WORDS[:6]]
    exams = exams_of(course, tmp_path / "data", *recipes)
    exam = made(exams, blueprint(tmp_path, concepts="bias", count=2), tmp_path / "out", versions=3)
    stems = [item["stem"] for version in items(exam) for item in version]
    assert len(set(stems)) == 6
    assert [len(version) for version in items(exam)] == [2, 2, 2]


def test_where_a_question_has_no_counterpart_the_versions_share_it_and_never_ask_it_twice_in_one(
    course: Course, tmp_path: Path
) -> None:
    exams = exams_of(course, tmp_path / "data", *(asked_once(f"know:{word}", "bias", word) for word in WORDS[:3]))
    made_exam = made(exams, blueprint(tmp_path, concepts="bias", count=2), tmp_path / "two", versions=2)
    rows = [[item["stem"] for item in version] for version in items(made_exam)]
    assert [len(set(row)) for row in rows] == [2, 2]
    assert len({stem for row in rows for stem in row}) == 3
    with pytest.raises(BadBlueprint, match="only 3 were found"):
        made(exams, blueprint(tmp_path, concepts="bias", count=4), tmp_path / "three")


def test_what_was_made_and_left_out_is_counted_by_its_reason(course: Course, tmp_path: Path) -> None:
    failing = (Check("key-supported", True), Check("distractors-unsupported", False, "said too"))
    bad = [asked_once(f"know:{word}", "bias", word, checks=failing) for word in WORDS[:3]]
    good = [asked_once(f"know:{word}", "bias", word) for word in WORDS[3:5]]
    exams = exams_of(course, tmp_path / "data", *bad, *good)
    exam = made(exams, blueprint(tmp_path, concepts="bias", count=2), tmp_path / "out")
    counts = {one["reason"]: one["count"] for one in exam["rejected"]}
    assert 1 <= counts.pop("distractors-unsupported") <= 3
    assert not counts
    assert all(item["proof"]["checks"][0]["ok"] for item in items(exam)[0])


def test_keys_do_not_stand_in_one_place(course: Course, tmp_path: Path) -> None:
    exams = exams_of(course, tmp_path / "data", *(asked_once(f"know:{word}", "bias", word) for word in WORDS))
    for seed in range(4):
        file = blueprint(tmp_path, concepts="bias", count=14)
        exam = made(exams, file, tmp_path / str(seed), seed=seed)
        read = [item_from(item) for item in items(exam)[0]]
        assert [check.name for check in paper_checks(read) if not check.ok] == []


def test_stems_that_are_one_do_not_come_twice(course: Course, tmp_path: Path) -> None:
    """Three recipes ask the same: only one of them can be in an exam."""
    same = [asked_once(f"same:{number}", "bias", "vasija") for number in range(3)]
    other = [asked_once("other", "hallucination", "brújula")]
    exams = exams_of(course, tmp_path / "data", *same, *other, families={})
    exam = made(exams, blueprint(tmp_path, concepts=["bias", "hallucination"], count=2), tmp_path / "out")
    assert {item["concept"] for item in items(exam)[0]} == {"bias", "hallucination"}
    with pytest.raises(BadBlueprint, match="only 2 were found"):
        made(exams, blueprint(tmp_path, concepts=["bias", "hallucination"], count=3), tmp_path / "three")


def test_an_earlier_exam_is_named_and_avoided(exams: Exams, tmp_path: Path) -> None:
    """A family with few draws: under another title some come again, unless they are avoided."""
    section = {"concepts": "attention-masks", "kinds": "matrix", "difficulty": 3, "count": 1}
    first = made(exams, blueprint(tmp_path, **section), tmp_path / "first", versions=4)
    asked = {item["stem"] for version in items(first) for item in version}
    again = tmp_path / "again.toml"
    again.write_text((tmp_path / "blueprint.toml").read_text().replace('"One"', '"Again"'))
    for seed in range(20):
        second = made(exams, again, tmp_path / f"again{seed}", versions=4, seed=seed)
        common = asked & {item["stem"] for version in items(second) for item in version}
        repeats = [one for one in second["repeats"] if one["title"] == "One"]
        assert [one["count"] for one in repeats] == ([len(common)] if common else [])
        if common:
            break
    else:
        pytest.fail("no question came twice")
    for earlier in (Path(repeats[0]["record"]), tmp_path / "first", tmp_path / "first" / "one-A.json"):
        avoid = [earlier, tmp_path / "first"]
        third = made(exams, again, tmp_path / f"third-{earlier.name}", versions=4, seed=seed, avoid=avoid)
        assert not asked & {item["stem"] for version in items(third) for item in version}
        assert {"reason": "used-lately", "count": len(common)} in third["rejected"]


def test_knowledge_that_was_asked_is_not_asked_again_in_other_words(course: Course, tmp_path: Path) -> None:
    exams = exams_of(course, tmp_path / "data", *(asked_once(f"know:{word}", "bias", word) for word in WORDS[:4]))
    file = blueprint(tmp_path, concepts="bias", count=2)
    first = made(exams, file, tmp_path / "first")
    for earlier in (tmp_path / "first", tmp_path / "first" / "one-A.json"):
        second = made(exams, file, tmp_path / "second", seed=5, avoid=[earlier])
        families = {item["family"] for exam in (first, second) for item in items(exam)[0]}
        assert len(families) == 4
        assert not second["repeats"]
    with pytest.raises(BadBlueprint):
        made(exams, file, tmp_path / "third", avoid=[tmp_path / "first", tmp_path / "second"])


@pytest.mark.parametrize("name", ["missing", "blueprint.toml", "empty"])
def test_a_path_without_an_exam_cannot_be_avoided(exams: Exams, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    file = blueprint(tmp_path)
    with pytest.raises(BadExam) as caught:
        made(exams, file, tmp_path / "out", avoid=[tmp_path / name])
    assert caught.value.code == "avoid-nothing"


def test_an_unknown_format_is_named(exams: Exams, tmp_path: Path) -> None:
    with pytest.raises(BadExam, match="docx"):
        made(exams, blueprint(tmp_path), tmp_path / "out", formats=("pdf", "docx"))


def section(course: Course, **values: Any) -> Section:
    whole = {
        "concepts": tuple(course.concepts), "named": (), "kinds": (), "bloom": (), "difficulty": (), "count": 1,
        "points_each": 1.0, "line": 1,
    }  # fmt: skip
    return Section(**{**whole, **values})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(1, 12), min_size=1, max_size=4), seed=st.integers(0, 99),
    kinds=st.sampled_from([(), ("numeric",), ("mcq", "numeric")]), levels=st.sampled_from([(), (1,), (1, 2, 3)]),
)  # fmt: skip
def test_a_plan_is_even_and_uses_no_family_twice(
    course: Course, counts: list[int], seed: int, kinds: Any, levels: tuple[int, ...]
) -> None:
    sections = tuple(section(course, count=count, kinds=kinds, difficulty=levels) for count in counts)
    whole = Blueprint("T", "es", 1, sections, "-")
    draft = empty_draft(sum(counts), 1)
    plan(draft, whole, pools(whole, Exercises(course), (), seed))
    slots = [slot for slot in draft.slots if slot]
    assert [slot.section for slot in slots] == places(whole)
    families = [recipe for slot in slots for recipe in slot.recipes]
    assert len(set(families)) == len(families)
    for number in range(len(sections)):
        mine = [slot for slot in slots if slot.section == number]
        for asked, found in (
            (kinds, Counter(slot.kind for slot in mine)),
            (levels, Counter(slot.level for slot in mine)),
        ):
            if asked:
                assert max(found[one] for one in asked) - min(found[one] for one in asked) <= 1


def test_what_is_printed_is_plain_json(exams: Exams, tmp_path: Path) -> None:
    exam = made(exams, blueprint(tmp_path), tmp_path / "out")
    assert json.loads(json.dumps(exam, allow_nan=False)) == json.loads(json.dumps(exam))
    assert {"files", "versions", "rejected", "shortfalls", "minutes", "points", "blueprint", "seed"} <= exam.keys()
    assert all(Path(file).is_file() for file in exam["files"])
