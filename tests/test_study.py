"""Studying with a memory: exercises handed out, graded and counted once, and the model open to its learner."""

import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_makers import Clock, right_answer, served, study_over

from knowledge.errors import AteneaError
from tutor.errors import BadLearner, BadStore
from tutor.learner.state import MOST_TRIES, replayed
from tutor.learner.store import LearnerStore
from tutor.learner.study import Study
from tutor.settings import Settings
from tutor.tutor import Tutor


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def study(tutor: Tutor, tmp_path: Path, clock: Clock) -> Study:
    """A store of its own, over the shared course and its exercises."""
    return study_over(tutor, tmp_path, clock)


def mastery(study: Study, concept: str = "softmax", learner: str = "ana") -> float:
    return study.state(learner).tracer.mastery_of(concept, study.clock())


# Exercises


def test_an_exercise_is_handed_out_without_what_gives_it_away(study: Study) -> None:
    public = study.serve("ana", "softmax", kind="multi", language="es")
    item = study.open_item("ana")
    assert item is not None
    assert public["stem"] == item.stem
    assert public["options"] == item.options
    hidden = {"key", "rationale", "hints", "misconceptions", "feedback", "proof", "claims", "asks", "accept", "family"}
    assert not hidden & set(public)


def test_a_right_answer_raises_mastery_and_sets_a_review(study: Study) -> None:
    item = served(study)
    graded = study.answer("ana", item.id, right_answer(item))
    assert graded["verdict"] == "correct"
    assert graded["mastery"]["after"] > graded["mastery"]["before"]
    assert datetime.fromisoformat(graded["due"]) > study.clock() + timedelta(days=1)
    assert graded["solution"] == item.rationale
    assert study.open_item("ana") is None


def test_the_same_answer_twice_counts_once(study: Study) -> None:
    item = served(study)
    first = study.answer("ana", item.id, "99")
    again = study.answer("ana", item.id, "  99 ")
    assert {**first, "repeated": True} == again
    assert len(study.state("ana").seen) == 1


def test_another_answer_to_the_same_exercise_is_another_try_and_worth_less(study: Study) -> None:
    item = served(study)
    study.answer("ana", item.id, "99")
    fresh = served(study, learner="eva")
    assert fresh.concept == item.concept
    helped = study.answer("ana", item.id, right_answer(item))["mastery"]
    alone = study.answer("eva", fresh.id, right_answer(fresh))["mastery"]
    assert helped["after"] - helped["before"] < alone["after"] - alone["before"]


def test_who_says_that_they_do_not_know_has_answered(study: Study) -> None:
    item = served(study)
    graded = study.answer("ana", item.id, "no sé")
    assert graded["verdict"] == "incorrect"
    assert graded["mastery"]["after"] < graded["mastery"]["before"]
    assert graded["solution"] is None


def test_what_cannot_be_graded_counts_for_nothing(study: Study) -> None:
    item = served(study)
    graded = study.answer("ana", item.id, "entre 3 y 4, o quizá 5")
    assert graded["verdict"] == "ungraded"
    assert graded["mastery"]["after"] == graded["mastery"]["before"]
    assert graded["tries"] == 0


def test_the_ladder_ends_in_the_solution_only_after_a_try(study: Study) -> None:
    item = served(study)
    rungs = [study.hint("ana", item.id) for _ in item.hints]
    assert [rung["text"] for rung in rungs] == list(item.hints)
    assert not any(rung["reveals_answer"] for rung in rungs)
    assert not study.hint("ana", item.id)["reveals_answer"]
    study.answer("ana", item.id, "99")
    last = study.hint("ana", item.id)
    assert last["reveals_answer"]
    assert last["rung"] == last["of"] == len(item.hints) + 1
    assert last["text"] == item.rationale


def test_a_right_answer_after_the_solution_was_shown_proves_nothing(study: Study) -> None:
    item = served(study)
    for _ in item.hints:
        study.hint("ana", item.id)
    study.answer("ana", item.id, "99")
    study.hint("ana", item.id)
    before = study.state("ana").tracer.belief.weights.copy()
    study.answer("ana", item.id, right_answer(item))
    assert (study.state("ana").tracer.belief.weights == before).all()


def test_three_wrong_answers_end_an_exercise(study: Study) -> None:
    item = served(study)
    replies = [study.answer("ana", item.id, f"{90 + number}") for number in range(MOST_TRIES)]
    assert [reply["solution"] is None for reply in replies] == [True, True, False]
    assert study.open_item("ana") is None


def test_an_exercise_of_another_learner_is_none_of_mine(study: Study) -> None:
    item = served(study)
    with pytest.raises(BadLearner, match="was not handed out to eva"):
        study.answer("eva", item.id, "1")
    assert study.learners() == ["ana"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\x00b"])
def test_a_learner_needs_a_name(study: Study, name: str) -> None:
    with pytest.raises(BadLearner):
        study.next(name)
    assert study.learners() == []


# What to do next


def test_a_newcomer_is_placed_in_at_most_fifteen_questions(study: Study) -> None:
    steps = []
    for _ in range(20):
        step = study.next("ana", goal="multi-head-attention", language="es")
        steps.append(step)
        if "placement" not in step:
            break
        item = study.open_item("ana")
        assert item is not None
        study.answer("ana", item.id, right_answer(item))
    assert 4 <= sum("placement" in step for step in steps) <= 15
    assert study.state("ana").profile.placement == "done"
    assert mastery(study, "multi-head-attention") > 0.5


def test_the_open_exercise_is_given_again_until_it_is_answered_or_left(study: Study) -> None:
    first, again = study.next("ana"), study.next("ana")
    assert first["item"] == again["item"]
    study.skip("ana", first["item"]["id"])
    assert study.next("ana")["item"]["id"] != first["item"]["id"]


def test_who_always_fails_is_never_stuck(study: Study) -> None:
    study.set("ana", placement="skip", goal=["attention"])
    items, actions, concepts = [], [], []
    for _ in range(40):
        step = study.next("ana", language="es")
        actions.append(step["action"])
        concepts.append(step["concept"])
        if step["item"]:
            items.append(step["item"]["id"])
            for wrong in ("no sé", "99999", "-77777"):
                study.answer("ana", step["item"]["id"], wrong)
            if study.open_item("ana"):
                study.skip("ana", step["item"]["id"])
    assert "explain" in actions
    assert actions.count("explain") >= 6
    assert len(set(concepts)) >= 2
    assert len(items) - len(set(items)) <= 2
    assert max(len(list(run)) for _, run in groupby(concepts)) <= 8


def test_who_always_succeeds_reaches_the_goal(study: Study, clock: Clock) -> None:
    study.set("ana", goal=["softmax"])
    for _ in range(40):
        step = study.next("ana", language="es")
        if step["action"] == "done":
            break
        item = study.open_item("ana")
        if item:
            study.answer("ana", item.id, right_answer(item))
    assert step["action"] == "done"
    clock.now += timedelta(days=120)
    later = study.next("ana", language="es")
    assert later["action"] == "review"
    assert later["concept"] == "softmax"


def test_the_same_learner_is_not_asked_the_same_question_soon(study: Study) -> None:
    stems = []
    for _ in range(12):
        item = served(study, kind="")
        stems.append((item.stem, item.options))
        study.skip("ana", item.id)
    assert len(set(stems)) == 12


# The open model


def test_every_estimate_is_shown_with_the_answers_behind_it(study: Study) -> None:
    item = served(study)
    study.answer("ana", item.id, "99")
    study.answer("ana", item.id, right_answer(item))
    row = next(one for one in study.show("ana", "es")["concepts"] if one["id"] == "softmax")
    assert [seen["answer"] for seen in row["evidence"]] == ["99", right_answer(item)]
    assert [seen["verdict"] for seen in row["evidence"]] == ["incorrect", "correct"]
    assert row["evidence"][1]["after"] == pytest.approx(row["mastery"], abs=1e-3)
    low, high = row["interval"]
    assert low <= row["mastery"] <= high


def test_a_mistake_is_held_with_the_answer_that_showed_it_and_fades(study: Study) -> None:
    for _ in range(4):
        item = served(study, kind="mcq")
        wrong = next((place for place, mistake in item.misconceptions.items() if mistake.startswith("softmax.")), None)
        if wrong is not None:
            study.answer("ana", item.id, "abcdef"[int(wrong)])
            mistake = item.misconceptions[wrong]
            break
        study.skip("ana", item.id)
    assert study.state("ana").held[mistake].active
    row = next(one for one in study.show("ana", "es")["concepts"] if one["id"] == "softmax")
    assert row["misconceptions"][0]["id"] == mistake
    assert row["misconceptions"][0]["statement"]["es"]
    for _ in range(10):
        item = served(study)
        study.answer("ana", item.id, right_answer(item))
    assert not study.state("ana").held[mistake].active


def test_i_know_this_is_weak_evidence_and_taken_once(study: Study) -> None:
    said = study.claim("ana", "bpe")["mastery"]
    assert said["after"] > said["before"]
    assert study.claim("ana", "bpe")["mastery"] == said
    item = served(study, "bpe", "numeric", "eva")
    answered = study.answer("eva", item.id, right_answer(item))["mastery"]
    assert said["after"] - said["before"] < answered["after"] - answered["before"]


def test_a_disputed_exercise_counts_no_more_until_a_teacher_rules(study: Study) -> None:
    before = mastery(study)
    item = served(study)
    study.answer("ana", item.id, "99")
    lowered = mastery(study)
    assert lowered < before
    said = study.dispute("ana", item.id, "La clave está mal")["mastery"]
    assert said["after"] == pytest.approx(before, abs=1e-3)
    [row] = study.disputes()
    assert (row["learner"], row["why"], row["answers"], row["ruling"]) == ("ana", "La clave está mal", ["99"], "")
    assert row["exercise"]["key"] == item.key
    shown = next(one for one in study.show("ana")["concepts"] if one["id"] == "softmax")
    assert [seen["counted"] for seen in shown["evidence"]] == [False]
    study.rule("ana", item.id, wrong=False)
    assert mastery(study) == pytest.approx(lowered, abs=1e-3)
    study.rule("ana", item.id, wrong=True)
    assert mastery(study) == pytest.approx(before, abs=1e-3)
    assert [row["ruling"] for row in study.disputes()] == ["wrong"]


@pytest.mark.parametrize(
    "changes",
    [{"language": "fr"}, {"style": "loud"}, {"goal": ["nothing"]}, {"exam_date": "tomorrow"}, {"minutes": -1},
     {"placement": "maybe"}, {"size": 3}],
)  # fmt: skip
def test_a_wish_that_cannot_be_is_refused_and_nothing_is_kept(study: Study, changes: dict[str, Any]) -> None:
    with pytest.raises(BadLearner):
        study.set("ana", **changes)
    assert study.learners() == []


# What is kept


def test_the_log_rebuilds_the_state_to_the_last_bit(study: Study) -> None:
    for _ in range(5):
        item = served(study, kind="")
        study.hint("ana", item.id)
        study.answer("ana", item.id, "no sé")
        study.answer("ana", item.id, right_answer(item))
    study.claim("ana", "bpe")
    live = study.state("ana")
    again = replayed(study.model, study.store.events("ana"))
    assert (live.tracer.belief.known == again.tracer.belief.known).all()
    assert (live.tracer.belief.weights == again.tracer.belief.weights).all()
    assert live.tracer.memory.cards == again.tracer.memory.cards
    assert (live.seen, live.held, live.exercises) == (again.seen, again.held, again.exercises)


def test_an_export_is_complete_and_a_deletion_leaves_no_byte(study: Study) -> None:
    item = served(study, learner="Zoraida-17")
    study.answer("Zoraida-17", item.id, "un secreto mío 99")
    study.answer("ana", served(study).id, "5")
    whole = study.export("Zoraida-17")
    assert [event["kind"] for event in whole["events"]] == ["served", "answer"]
    assert whole["events"][1]["body"]["text"] == "un secreto mío 99"
    assert whole["items"][item.id]["key"] == item.key
    assert b"Zoraida-17" in study.file.read_bytes()
    study.delete("Zoraida-17")
    left = b"".join(file.read_bytes() for file in study.file.parent.iterdir() if file.is_file())
    assert b"Zoraida" not in left
    assert "secreto mío".encode() not in left
    assert study.learners() == ["ana"]
    for verb in (study.show, study.export, study.delete):
        with pytest.raises(BadLearner, match="no learner called Zoraida-17"):
            verb("Zoraida-17")


KILLED = """
import os, signal, sys
from pathlib import Path
from tutor.learner.store import LearnerStore
from tutor.settings import Settings
from tutor.tutor import Tutor

moment, folder, item = sys.argv[1:]
if moment == "before":
    LearnerStore.graded = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
else:
    kept = LearnerStore.graded
    def graded(self, *more):
        kept(self, *more)
        os.kill(os.getpid(), signal.SIGKILL)
    LearnerStore.graded = graded
Tutor(Settings(data_dir=Path(folder), model="composer")).study.answer("ana", item, "99")
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_between_grading_and_saving_loses_nothing(tutor: Tutor, tmp_path: Path, moment: str) -> None:
    own = Tutor(Settings(data_dir=tmp_path, model="composer"))
    item = served(own.study)
    script = textwrap.dedent(KILLED)
    done = subprocess.run([sys.executable, "-c", script, moment, str(tmp_path), item.id], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    waiting = LearnerStore(own.settings.learners_file).pending("ana")
    assert len(waiting) == (1 if moment == "before" else 0)
    state = own.study.state("ana")
    assert [(seen.text, seen.verdict) for seen in state.seen] == [("99", "incorrect")]
    again = own.study.answer("ana", item.id, "99")
    assert again["repeated"]
    assert len(own.study.state("ana").seen) == 1


def test_two_processes_that_deliver_the_same_answer_count_it_once(tutor: Tutor, tmp_path: Path) -> None:
    own = Tutor(Settings(data_dir=tmp_path, model="composer"))
    item = served(own.study)
    script = (
        "import sys; from pathlib import Path; from tutor.tutor import Tutor; from tutor.settings import Settings;"
        "print(Tutor(Settings(data_dir=Path(sys.argv[1]), model='composer')).study.answer('ana', sys.argv[2], '99'))"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), item.id], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert all("incorrect" in one for one in said)
    assert len(own.study.state("ana").seen) == 1


def test_a_damaged_database_is_said_and_left_alone(tutor: Tutor, tmp_path: Path) -> None:
    file = tmp_path / "learners.sqlite"
    file.write_bytes(b"no database" * 1000)
    broken = Study(tutor.course, file, lambda: tutor.workshop)
    with pytest.raises(BadStore, match="damaged"):
        broken.next("ana")
    assert file.read_bytes() == b"no database" * 1000


def test_a_full_disk_is_said_and_nothing_is_half_kept(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    item = served(study)
    number = len(study.store.events("ana"))
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def small(*args: Any, **more: Any) -> sqlite3.Connection:
        opened = connect(*args, **more)
        pages = opened.execute("pragma page_count").fetchone()[0]
        opened.execute(f"pragma max_page_count={pages}")
        return opened

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(AteneaError, match=r"full|cannot be opened"):
        study.answer("ana", item.id, "9" * 60_000)
    monkeypatch.undo()
    assert len(study.store.events("ana")) == number
    assert study.file.exists()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["softmax", "bpe", "attention"]), st.booleans()), min_size=1, max_size=6))
def test_any_history_is_replayed_as_it_was_lived(
    tutor: Tutor, tmp_path_factory: pytest.TempPathFactory, lived: Any
) -> None:
    own = study_over(tutor, tmp_path_factory.mktemp("s"), Clock())
    for concept, knows in lived:
        item = served(own, concept, "")
        own.answer("ana", item.id, right_answer(item) if knows else "no sé")
    shown = [(seen.before, seen.after) for seen in own.state("ana").seen]
    fresh = Study(tutor.course, own.file, lambda: tutor.workshop, own.clock)
    assert [(seen.before, seen.after) for seen in fresh.state("ana").seen] == shown
    assert all(0 <= value <= 1 for pair in shown for value in pair)
