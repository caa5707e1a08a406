"""The suite `tutoring`: how well a chat model tutors on forty fixed turns, judged from its answers alone.

The requests of the turns can be written to a folder (`record_tutoring`), answered by any model anywhere, and scored
when the answers lie beside them (`replay_tutoring`); a model at hand is asked at once (`live_tutoring`). All three play
the same turns (`tutor.evaluation_tutoring_stage`), and the same answers always give the same scores. Turns that the
code decides without a model (off topic, an exercise that is to be solved for the learner) are part of the set: their
replies are scored too. The measures: `tutor.evaluation_tutoring_score`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.plan import LEVELS
from tutor.errors import BadData, TutorError
from tutor.evaluation_data import Line, lines_of, some_rows
from tutor.evaluation_text import show_result
from tutor.evaluation_tutoring_files import Request, answer_to, write_requests
from tutor.evaluation_tutoring_score import TurnScore, tutoring_scores
from tutor.evaluation_tutoring_stage import Speak, Stage, TutoringRow
from tutor.tutor import Tutor

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

SET = Path(__file__).with_name("tutoring.jsonl")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is done with the set: its questions go to the folder `record`, or the answers in `replay` are scored; with
    neither, the tutor's own model is asked."""

    record: Path | None = None
    replay: Path | None = None

    @property
    def chosen(self) -> str:
        """The option that chose a folder, "" where none did."""
        return "--record" if self.record else "--replay" if self.replay else ""


def evaluate_tutoring(tutor: Tutor, data: Path | None, exchange: Exchange) -> dict[str, Any]:
    """What an exchange gives, on the rows of a file or of the set that Atenea ships. Raises `TutorError` where both
    folders are chosen, or neither and there is no model; `BadData` for files that cannot be used; `BadModel`."""
    if (exchange.record and exchange.replay) or not (exchange.chosen or tutor.settings.speaks):
        raise TutorError("tutoring-which")
    rows = read_tutoring(data or SET, tutor)
    if exchange.record:
        return record_tutoring(tutor, rows, exchange.record)
    if exchange.replay:
        return replay_tutoring(tutor, rows, exchange.replay)
    return live_tutoring(tutor, rows, tutor.chat_model)


def read_tutoring(path: Path, tutor: Tutor) -> list[TutoringRow]:
    """The rows of a file, in order. Raises `BadData`, which names the line."""
    names: set[str] = set()
    rows = [_row(line, tutor, names) for line in lines_of(path, "tutoring")]
    return some_rows(rows, path)


def _row(line: Line, tutor: Tutor, names: set[str]) -> TutoringRow:
    name, level, exercise = line.text("id"), str(line.row.get("level", "")), str(line.row.get("exercise", ""))
    if not name.replace("-", "").isalnum() or name in names:
        raise line.fault("id", "letters, digits and hyphens, once")
    names.add(name)
    if level not in ("", *LEVELS):
        raise line.fault("level", " | ".join(LEVELS))
    if exercise and exercise not in tutor.course.concepts:
        raise line.fault("exercise", "id of a concept of the course")
    before, documents = line.row.get("before", []), line.row.get("documents", {})
    if not isinstance(before, list) or not all(isinstance(one, str) and one.strip() for one in before):
        raise line.fault("before", "[text, ...]")
    if not isinstance(documents, dict) or not all(isinstance(one, str) for one in documents.values()):
        raise line.fault("documents", "{name: text}")
    return TutoringRow(
        name, line.text("text"), line.language("lang"), line.text("kind"), level, tuple(before),
        line.row.get("abstain") is True, exercise, tuple(documents.items()),
    )  # fmt: skip


def record_tutoring(tutor: Tutor, rows: Sequence[TutoringRow], folder: Path) -> dict[str, Any]:
    """Write every request of the rows to a new folder, and say which turns have none. Raises `BadData`."""
    requests: dict[str, Request] = {}

    def keep(name: str, request: Request) -> str:
        requests[name] = request
        return ""

    with Stage(tutor, keep) as stage:
        decided = [row.id for row in rows if not stage.play(row).requests]
    files = write_requests(folder, requests, len(decided))
    return {
        "suite": "tutoring", "n": len(rows), "requests": list(requests), "decided": decided,
        "files": [str(file) for file in files],
    }  # fmt: skip


def replay_tutoring(tutor: Tutor, rows: Sequence[TutoringRow], folder: Path) -> dict[str, Any]:
    """The scores of the answers in a folder; turns whose answer is missing are listed, and not scored. Raises
    `BadData`: as `answer_to`, and where there is no answer at all."""
    result = _scored(tutor, rows, lambda name, request: answer_to(folder, name, request))
    if not result["notes"]["turns in which the model was asked"]:
        raise BadData("exchange-empty", path=folder)
    return result


def live_tutoring(tutor: Tutor, rows: Sequence[TutoringRow], model: "BaseChatModel") -> dict[str, Any]:
    """The scores of a chat model that is asked now. Raises `BadModel` when it fails."""

    def ask(_: str, request: Request) -> str:
        chosen = {name: value for name, value in request.items() if name in {"stop", "response_format"}}
        return str(model.invoke(request["messages"], **chosen).content)

    return _scored(tutor, rows, ask)


def _scored(tutor: Tutor, rows: Sequence[TutoringRow], speak: Speak) -> dict[str, Any]:
    missing: list[str] = []
    scores: list[TurnScore] = []
    with Stage(tutor, speak) as stage:
        for row in rows:
            played = stage.play(row)
            if played.unanswered:
                missing += played.unanswered
            else:
                scores.append(TurnScore.of(row, played, stage.composed(row)))
    return {**tutoring_scores(scores).to_json(), "missing": missing}


def show_tutoring(result: dict[str, Any]) -> str:
    """The result for a terminal: what was written, or the scores and the answers that are missing."""
    if "requests" in result:
        return "\n".join([*result["files"], *(f"{name}: no request" for name in result["decided"])])
    return "\n".join([show_result(result), *(f"no answer: {name}" for name in result["missing"])])
