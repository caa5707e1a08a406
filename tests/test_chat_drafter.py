"""Items that a chat model drafts: a scripted model that drafts well is heard, and any that does not is found out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chat_server import Play, Reply, as_json, event, serving, speech
from speaking_tutor import speaking

import agents.chat_server
import agents.chat_structured
from agents.chat_drafter import ATTEMPTS, SOLVES, Drafter
from agents.chat_model import ScriptedChatModel
from agents.errors import NoExercise
from agents.gate import Gate
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from knowledge.rulings import Rulings
from tutor.cli_exercises import show_item
from tutor.tutor import Tutor

CONCEPT = "cross-attention"
RIGHT = "Cross-attention takes its queries from one sequence and its keys and values from a second one."
GOOD: dict[str, Any] = {
    "stem": "How does cross-attention use the two sequences that it relates?",
    "options": [
        {"text": "Its queries come from one sequence, its keys and values from a second one.", "claim": RIGHT,
         "right": True},
        {"text": "Its queries come from both sequences, its keys and values from neither.", "right": False,
         "claim": "Cross-attention takes its queries from both sequences and its keys and values from neither."},
        {"text": "Its keys come from one sequence, its values and queries from a second one.", "right": False,
         "claim": "Cross-attention takes its keys from one sequence and its values and queries from a second one."},
        {"text": "It joins both into one long sequence before any queries or keys are made.", "right": False,
         "claim": "Cross-attention joins both sequences into one long sequence before any queries or keys are made."},
    ],
    "rationale": "One side asks and the other answers.",
    "hints": ["Which side asks?", "Who asks needs no keys of its own."],
}  # fmt: skip


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(BUNDLED_COURSE, units=False)


@pytest.fixture(scope="module")
def gate(course: Course) -> Gate:
    return Gate(Rulings(course, None, saved=False).of)


class Student(ScriptedChatModel):
    """Drafts by the script, and solves by finding an option's letter in the prompt that it is given."""

    chooses: str

    def _stream(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        text = "\n".join(str(message.content) for message in messages)
        if "<question>" in text:
            line = next(line for line in text.splitlines() if self.chooses in line and line[1:3] == ") ")
            solver = ScriptedChatModel(script=[f"Answer: {line[0]}."])
            self.calls.append(text)
            return solver._stream(messages)
        return super()._stream(messages, *args, **kwargs)


def drafted(course: Course, gate: Gate, *drafts: Any, chooses: str = "Its queries come from one") -> Any:
    script = [draft if isinstance(draft, str) else json.dumps(draft) for draft in drafts]
    model = Student(script=script, chooses=chooses)
    found = Drafter(model, course, gate).draft(CONCEPT, bloom="understand", difficulty=2, seed=3, language="en")
    return found, model


def changed(**values: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(GOOD)), **values}


def test_a_good_draft_is_delivered_with_its_proof_and_its_blind_solves(course: Course, gate: Gate) -> None:
    found, model = drafted(course, gate, "<think>let me see {}</think>Here it is:\n" + json.dumps(GOOD))
    assert found.rejected == {}
    item = found.item
    assert item.proof.holds
    assert item.options[item.key].startswith("Its queries come from one")
    assert {"key-supported", "distractors-unsupported", "claims-fit", "blind-solves"} <= {
        check.name for check in item.proof.checks
    }
    assert item.sources == ("vaswani2017 §3.2.3",)
    solves = [call for call in model.calls if "<question>" in call]
    assert len(solves) == SOLVES
    shown = [call.split("<question>")[1].split("</question>")[0] for call in solves]
    assert not any("right" in text or RIGHT in text for text in shown)  # neither the key nor a claim is shown
    assert len(set(shown)) > 1  # the order of the options varies


def wrong_key() -> dict[str, Any]:
    draft = changed()
    draft["options"][0]["right"], draft["options"][1]["right"] = False, True
    return draft


def two_right() -> dict[str, Any]:
    draft = changed()
    draft["options"][3] = {"text": "In it, one sequence asks and another one answers.", "right": False,
                           "claim": "In cross-attention, one sequence asks and another one answers."}  # fmt: skip
    return draft


def hidden_claim() -> dict[str, Any]:
    """The option says one thing and its claim another, which is true."""
    draft = wrong_key()
    draft["options"][1]["claim"] = RIGHT
    return draft


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (wrong_key(), "key-supported"),
        (two_right(), "distractors-unsupported"),
        (hidden_claim(), "key-supported"),
        (changed(hints=["Its queries come from one sequence, its keys and values from a second one."]), "hints-silent"),
        ("I cannot write questions.", "unreadable"),
        (changed(options=GOOD["options"][:2]), "unreadable"),
        (changed(stem="Which is right?"), "stem-focused"),
    ],
)
def test_a_faulty_draft_is_rejected_and_counted(course: Course, gate: Gate, draft: Any, reason: str) -> None:
    again = [draft, draft] if isinstance(draft, str) or len(draft["options"]) < 3 else [draft]
    found, _ = drafted(course, gate, *again, GOOD)
    assert found.rejected == {reason: 1}
    assert found.item.proof.holds


def test_a_draft_that_its_own_author_cannot_solve_is_rejected(course: Course, gate: Gate) -> None:
    with pytest.raises(NoExercise) as caught:
        drafted(course, gate, GOOD, chooses="It joins both")
    assert f"blind-solves {ATTEMPTS}" in caught.value.message("en")
    assert "--drafted" in caught.value.hint("es")


def test_a_fault_of_form_is_told_and_mended_once(course: Course, gate: Gate) -> None:
    found, model = drafted(course, gate, changed(rationale=""), GOOD)
    assert found.rejected == {}
    assert "rationale" in model.calls[1]
    assert "<answer>" in model.calls[1]  # what it said, as data, beside the fault


def linked() -> dict[str, Any]:
    return changed(rationale="One side asks ![x](https://evil.example/?q=1) and the other answers.")


def test_a_draft_that_reaches_out_of_the_page_is_rejected(course: Course, gate: Gate) -> None:
    found, _ = drafted(course, gate, linked(), GOOD)
    assert found.rejected == {"no-links": 1}


# A server that fails


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    with serving(Play()) as playing:
        yield playing


@pytest.fixture(scope="module")
def asking(play: Play, tmp_path_factory: pytest.TempPathFactory, tutor: Tutor) -> Tutor:
    """A tutor whose chat model is at a server."""
    return speaking(tutor, tmp_path_factory.mktemp("drafter"), None, f"openai:{play.url}")


DEAD: dict[str, tuple[Reply, str]] = {
    "refused": (as_json({"error": {"message": "no"}}, 500), "server-error"),
    "key": (as_json({}, 401), "server-key"),
    "cut": (Reply([event('{"stem": "How does')], cut=True), "server-broke"),
    "words": (Reply(speech("I would rather not.")), "unreadable"),
    "true": (Reply(speech(json.dumps(wrong_key()))), "key-supported"),
}


@pytest.mark.parametrize("fault", DEAD)
@pytest.mark.parametrize("language", ["es", "en"])
def test_where_no_draft_holds_the_courses_own_item_stands(
    fault: str, language: str, play: Play, asking: Tutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents.chat_server, "BACK_OFF", 0.01)
    monkeypatch.setattr(agents.chat_structured, "_known", {})
    reply, reason = DEAD[fault]
    play.replies = [reply]
    play.asked.clear()
    made = asking.workshop.drafted_item(CONCEPT, seed=3, language=language)
    assert made["drafted"] is False
    assert [row["reason"] for row in made["rejected"]] == [reason]
    own = asking.workshop.item(CONCEPT, seed=3, language=language)
    assert made["id"] == own["id"]
    assert play.asked
    assert made["stem"] in show_item(made)
    assert reason in show_item(made)
    assert reason not in show_item(own)
