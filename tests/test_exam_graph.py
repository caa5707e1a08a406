"""The exam graph: the review of a teacher, which outlives processes, and state that is plain data."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ormsgpack
import pytest
from exam_makers import WORDS, asked_once, blueprint, content, exams_of
from typer.testing import CliRunner

from agents.item import Check, Item, Proof
from agents.paper_rules import paper_checks
from knowledge.course import Course
from tutor.cli import app
from tutor.errors import BadExam, BadReview
from tutor.exam_review import Decisions
from tutor.exams import Exams
from tutor.graphs.exam import ExamState, build_exam_graph
from tutor.graphs.exam_runs import find_exam
from tutor.item_files import item_from
from tutor.settings import Settings

ROOT = Path(__file__).parent.parent
LIGHT = ("json", "md")
SECTION = {"concepts": ["kv-cache", "perplexity", "lora"], "kinds": "numeric", "count": 3, "points_each": 2}


@pytest.fixture
def exams(course: Course, tmp_path: Path) -> Exams:
    return exams_of(course, tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return blueprint(tmp_path, **SECTION)


def start(exams: Exams, file: Path, out: Path, **more: Any) -> dict[str, Any]:
    return exams.make(exams.request(file, out, **{"formats": LIGHT, "versions": 2, "review": True, **more}))


def ids(exam: dict[str, Any]) -> list[str]:
    return [item["id"] for version in exam["versions"] for item in version["items"]]


def refused(exams: Exams, exam: str, **decisions: Any) -> BadReview:
    before = exams.review(exam)
    with pytest.raises(BadReview) as caught:
        exams.review(exam, Decisions(**decisions))
    assert exams.review(exam) == before
    assert caught.value.hint("es")
    return caught.value


def test_a_review_waits_and_nothing_is_written_before_its_end(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    assert exam["state"] == "review"
    assert len(ids(exam)) == 6
    assert exam["accepted"] == exam["files"] == []
    assert not (tmp_path / "out").exists()
    assert refused(exams, exam["exam"], write=True).code == "review-waiting"
    exams.review(exam["exam"], Decisions(accept=("A1", ids(exam)[4])))
    assert exams.review(exam["exam"])["accepted"] == [ids(exam)[0], ids(exam)[4]]
    assert not (tmp_path / "out").exists()
    done = exams.review(exam["exam"], Decisions(accept=("all",), write=True))
    assert done["state"] == "written"
    assert ids(done) == ids(exam)
    assert {Path(name).name for name in done["files"]} | {".atenea-exam.json"} == set(content(tmp_path / "out"))


def test_a_review_that_accepts_all_writes_what_no_review_would_have(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "seen")
    exams.review(exam["exam"], Decisions(accept=("all",), write=True))
    start(exams, file, tmp_path / "unseen", review=False)
    seen, unseen = content(tmp_path / "seen"), content(tmp_path / "unseen")
    seen.pop(".atenea-exam.json"), unseen.pop(".atenea-exam.json")
    assert seen == unseen


def test_every_item_shows_what_it_rests_on(exams: Exams, file: Path, tmp_path: Path) -> None:
    for item in (item for version in start(exams, file, tmp_path / "out")["versions"] for item in version["items"]):
        assert {check["name"] for check in item["proof"]["checks"] if check["ok"]} >= {"computed", "recomputed"}
        assert item["sources"]
        assert item["bloom"] == "apply"
        assert item["difficulty"] in (1, 2, 3, 4)
        assert item["points"] == 2


def test_a_rejected_item_goes_and_the_shortfall_is_said(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    after = exams.review(exam["exam"], Decisions(reject=("B2", "B1")))
    assert ids(after) == [*ids(exam)[:3], ids(exam)[5]]
    assert [(one["version"], one["of"], one["section"]) for one in after["shortfalls"]] == [("B", "items", 1)] * 2
    assert [version["points"] for version in after["versions"]] == [6, 2]
    assert {"reason": "rejected-in-review", "count": 2} in after["rejected"]
    done = exams.review(exam["exam"], Decisions(accept=("all",), write=True))
    assert [len(version["items"]) for version in done["versions"]] == [3, 1]


def test_a_replaced_item_is_another_of_the_same_slot(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    exams.review(exam["exam"], Decisions(accept=("A2",)))
    old = exam["versions"][0]["items"][1]
    stems = {old["stem"]}
    for _ in range(3):
        after = exams.review(exam["exam"], Decisions(replace=("A2",)))
        new = after["versions"][0]["items"][1]
        assert new["stem"] not in stems
        stems.add(new["stem"])
        for name in ("concept", "kind", "bloom", "difficulty", "points"):
            assert new[name] == old[name]
        assert after["accepted"] == []
        assert all(check.ok for check in paper_checks([item_from(item) for item in after["versions"][0]["items"]]))
    assert [name for name in ids(after) if name not in ids(exam)] == [new["id"]]
    assert {"reason": "replaced-in-review", "count": 3} in after["rejected"]


def test_knowledge_is_replaced_by_another_question_until_there_is_none(course: Course, tmp_path: Path) -> None:
    recipes = [asked_once(f"know:{word}", "bias", word) for word in WORDS[:3]]
    exams = exams_of(course, tmp_path / "data", *recipes)
    exam = start(exams, blueprint(tmp_path, concepts="bias", count=1), tmp_path / "out", versions=1)
    families = {exam["versions"][0]["items"][0]["family"]}
    for _ in range(2):
        exam = exams.review(exam["exam"], Decisions(replace=("A1",)))
        families.add(exam["versions"][0]["items"][0]["family"])
    assert families == {recipe.id for recipe in recipes}
    assert refused(exams, exam["exam"], replace=("A1",)).code == "review-no-other"


def test_an_edited_item_is_proven_again(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    old = exam["versions"][1]["items"][0]
    edit = item_from({**old, "stem": f"{old['stem']} ¿De acuerdo?", "proof": {"checks": []}})
    after = exams.review(exam["exam"], Decisions(edit=(edit,)))
    new = after["versions"][1]["items"][0]
    assert new["stem"] == edit.stem
    assert new["proof"]["method"] == "authored"
    assert after["accepted"] == [old["id"]]
    exams.review(exam["exam"], Decisions(accept=("all",), write=True))
    assert edit.stem in (tmp_path / "out" / "one-B.json").read_text(encoding="utf-8")


def test_an_edit_that_cannot_be_proven_names_the_failing_check(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    old, other = exam["versions"][0]["items"][:2]
    bad = item_from({**old, "stem": "No question at all."})
    error = refused(exams, exam["exam"], accept=("all",), edit=(bad,))
    assert (error.code, error.values["checks"]) == ("edit-unproven", "asks (No question at all.)")
    twin = item_from({**old, "stem": other["stem"]})
    assert "stems-distinct" in refused(exams, exam["exam"], edit=(twin,)).message("en")
    assert refused(exams, exam["exam"], edit=(item_from({**old, "language": "en"}),)).code == "edit-language"
    assert refused(exams, exam["exam"], edit=(item_from({**old, "id": "x"}),)).code == "review-no-item"


def test_all_decisions_of_a_call_are_followed_or_none(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    assert refused(exams, exam["exam"], accept=("all",), replace=("A1",), reject=("A9",), write=True).values == {
        "item": "A9"
    }
    assert not (tmp_path / "out").exists()
    after = exams.review(exam["exam"], Decisions(accept=("A1",), reject=("A3",), replace=("A2",)))
    assert len(after["versions"][0]["items"]) == 2
    assert after["accepted"] == [ids(exam)[0]]


def test_what_is_no_exam_or_over_is_said(exams: Exams, file: Path, tmp_path: Path) -> None:
    with pytest.raises(BadReview) as caught:
        exams.review("nothing")
    assert caught.value.code == "review-no-exam"
    exam = start(exams, file, tmp_path / "out")
    done = exams.review(exam["exam"], Decisions(accept=("all",), write=True))
    assert exams.review(exam["exam"]) == done
    assert refused(exams, exam["exam"], accept=("all",)).code == "review-over"


def test_a_reviewed_exam_is_not_written_over_by_one_that_is_not(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    exams.review(exam["exam"], Decisions(reject=("A1",)))
    exams.review(exam["exam"], Decisions(accept=("all",), write=True))
    with pytest.raises(BadExam) as caught:
        start(exams, file, tmp_path / "out", review=False, seed=4)
    assert caught.value.code == "out-reviewed"
    again = start(exams, file, tmp_path / "out")
    assert len(ids(again)) == 6
    assert again["accepted"] == []


def test_the_folder_is_looked_at_before_the_review_ends(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(BadExam):
        exams.review(exam["exam"], Decisions(accept=("all",), write=True))
    (tmp_path / "out" / "mine.txt").unlink()
    assert exams.review(exam["exam"])["accepted"] == []
    assert exams.review(exam["exam"], Decisions(accept=("all",), write=True))["state"] == "written"


def test_state_is_plain_data(exams: Exams, file: Path, tmp_path: Path) -> None:
    exam = start(exams, file, tmp_path / "out")
    exams.review(exam["exam"], Decisions(replace=("A1",), reject=("B1",), accept=("A2",)))
    found = find_exam(exams.kept, exam["exam"])
    assert found is not None
    values = dict(found[0])
    assert json.loads(json.dumps(values)) == ormsgpack.unpackb(ormsgpack.packb(values))
    assert set(values) <= set(ExamState.__annotations__)
    assert found[1] == "review"


def test_an_exam_without_review_keeps_nothing_to_resume(exams: Exams, file: Path, tmp_path: Path) -> None:
    start(exams, file, tmp_path / "out", review=False)
    assert not list((tmp_path / "data").glob("exams.sqlite*"))
    assert build_exam_graph(None).checkpointer is None


# Makes an exam node by node, and says on stdout which node is next; a line on stdin lets it go on.
STEPPING = """
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, "tests")
from exam_makers import exams_of
from knowledge.course import BUNDLED_COURSE
from knowledge.course_cache import open_course
from langgraph.types import Command
from tutor.exam_draft import empty_draft
from tutor.exam_review import Decisions
cache, data, file, out = map(Path, sys.argv[1:])
exams = exams_of(open_course(BUNDLED_COURSE, cache), data)
request = exams.request(file, out, formats=("json", "md"), versions=2, review=True)
given = {"request": request.as_json(), "draft": empty_draft(3, 2).as_json(), "files": []}
config = {"configurable": {"thread_id": request.id}}
for part in (given, Command(resume=Decisions(accept=("all",), reject=("B3",), write=True).as_json())):
    for update in exams.kept.stream(part, config, context=exams.parts(), durability="sync", stream_mode="checkpoints"):
        print(",".join(update["next"]) or "end", flush=True)
        sys.stdin.readline()
"""
NODES = ("draw", "check", "review", "write")
END = Decisions(accept=("all",), reject=("B3",), write=True)


@pytest.fixture(scope="module")
def stepping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Path, "subprocess.Popen[str]"]]]:
    """For each node a process that is about to make an exam, and its folder."""
    started = {}
    for node in NODES:
        folder = tmp_path_factory.mktemp(node)
        file = blueprint(folder, **SECTION)
        paths = (Settings().cache_dir, folder / "data", file, folder / "out")
        command = [sys.executable, "-c", STEPPING, *map(str, paths)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        started[node] = (folder, process)
    yield started
    for _, process in started.values():
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def uninterrupted(course: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the same exam, made by one process."""
    folder = tmp_path_factory.mktemp("whole")
    exams = exams_of(course, folder / "data")
    exam = start(exams, blueprint(folder, **SECTION), folder / "out")
    exams.review(exam["exam"], END)
    return content(folder / "out")


@pytest.mark.parametrize("node", NODES)
def test_a_kill_between_two_steps_loses_nothing(
    course: Course, stepping: Any, uninterrupted: dict[str, bytes], node: str
) -> None:
    """A process is killed with SIGKILL before a node; another one goes on, and the files are the same."""
    folder, process = stepping[node]
    while process.stdout.readline().strip() != node:
        process.stdin.write("\n")
        process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (folder / "out").exists()
    exams = exams_of(course, folder / "data")
    exam = start(exams, folder / "blueprint.toml", folder / "out")
    assert exam["state"] == ("written" if node == "write" else "review")
    if node != "write":
        exams.review(exam["exam"], END)
    assert content(folder / "out") == uninterrupted
    assert len(uninterrupted) == 7


def test_the_command_line_makes_and_reviews(tmp_path: Path) -> None:
    """The whole way with the course's own exercises and the real gate, each call a tutor of its own."""
    file = blueprint(tmp_path, concepts="kv-cache", kinds=["numeric"], count=2)
    common = ["--json", "--data-dir", str(tmp_path / "data")]

    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(app, [*arguments, *common])
        value = json.loads(done.stdout)
        assert (done.exit_code == 0) == ("error" not in value)
        return value

    make = ["exam", str(file), "--out", str(tmp_path / "out"), "--lang", "en", "--format", "md,json", "--seed", "3"]
    exam = run(*make, "--review")
    assert run(*make, "--review")["exam"] == exam["exam"]
    item = exam["versions"][0]["items"][0]
    (tmp_path / "bad.json").write_text(json.dumps({**item, "key": item["key"] + 1}), encoding="utf-8")
    assert run("review", exam["exam"], "--edit", str(tmp_path / "bad.json"))["error"]["code"] == "edit-unproven"
    done = run("review", exam["exam"], "--reject", "A2", "--accept", "all", "--write")
    assert [Path(name).name for name in done["files"]] == ["one-A-key.md", "one-A.json", "one-A.md"]
    assert done["versions"][0]["items"] == [item]
    assert run("exam", str(file), "--out", str(tmp_path / "out"))["error"]["code"] == "out-other-exam"
    shown = CliRunner().invoke(app, ["review", exam["exam"], "--data-dir", str(tmp_path / "data")])
    assert str(tmp_path / "out") in shown.stdout


def test_what_an_edit_says_of_its_own_proof_counts_for_nothing(course: Course, tmp_path: Path) -> None:
    def failing(item: Item) -> Item:
        return replace(item, proof=Proof("authored", (Check("no", False),)))

    exams = exams_of(course, tmp_path / "data", prove=failing)
    exam = start(exams, blueprint(tmp_path, concepts="lora", count=1), tmp_path / "out")
    item = item_from(exam["versions"][0]["items"][0])
    assert item.proof.holds
    assert refused(exams, exam["exam"], edit=(item,)).values["checks"] == "no"
