"""Exams: from a blueprint to files, with or without a teacher's review in between.

    exams = Exams(exercises, gate.proved, data_dir)
    made = exams.make(request)
    print(made["files"])

What is returned is plain data, in the form of the command line's JSON.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from agents.exercises import Exercises
from agents.item import Item
from knowledge.storage import writable_folder
from tutor.blueprint import read_blueprint
from tutor.errors import BadExam
from tutor.exam_bank import Bank
from tutor.exam_files import WRITERS, guard_folder
from tutor.exam_records import read_used, repeats
from tutor.exam_request import LETTERS, Request, request_from
from tutor.exam_review import Decisions
from tutor.graphs.exam import ExamParts, ExamState, build_exam_graph
from tutor.graphs.exam_runs import find_exam, resume_exam, run_exam
from tutor.jobs import Watch, unwatched

FORMATS = tuple(WRITERS)


class Exams:
    """Makes exams and keeps those under review in the data folder. `prove`: makes the proof of an edited item anew."""

    def __init__(self, exercises: Exercises, prove: Callable[[Item], Item], data_dir: Path) -> None:
        self.bank = Bank(exercises)
        self.prove = prove
        self.data_dir = data_dir

    @cached_property
    def kept(self) -> Any:
        """The graph whose threads outlive the process."""
        from tutor.graphs.checkpoints import open_checkpointer  # noqa: PLC0415  a tenth of a second, for reviews alone

        return build_exam_graph(open_checkpointer(writable_folder(self.data_dir) / "exams.sqlite"))

    @property
    def records(self) -> Path:
        """Where it lies which questions earlier exams asked."""
        return self.data_dir / "exams"

    def request(
        self, file: Path, out: Path, *, seed: int = 0, versions: int = 1, language: str = "",
        formats: Sequence[str] = FORMATS, avoid: Sequence[Path] = (), review: bool = False,
    ) -> Request:  # fmt: skip
        """What is asked for, every fault found before anything is made. Raises `BadBlueprint`, `BadExam`."""
        blueprint = read_blueprint(file, self.bank.exercises.course)
        for name in formats:
            if name not in WRITERS:
                raise BadExam("format-unknown", name=name, known=", ".join(WRITERS))
        used, spoken = read_used(avoid), language or blueprint.language
        folder = out.resolve()
        guard_folder(folder, blueprint.title, spoken, review)
        chosen = tuple(name for name in WRITERS if name in formats)
        return Request(
            blueprint, spoken, seed, versions, chosen, str(folder), used.questions, used.recipes, review
        )  # fmt: skip

    def make(self, request: Request, watch: Watch = unwatched) -> dict[str, Any]:
        """The exam: written, or, with `request.review`, waiting for the teacher; one that waits already is shown as it
        stands. `watch`: as in `ExamParts`. Raises `BadBlueprint` where it cannot be met; `BadExam`, `KnowledgeError`
        where it cannot be written."""
        if not request.review:
            return self._told(run_exam(build_exam_graph(None), self.parts(watch), request), "")
        found = find_exam(self.kept, request.id)
        if found and found[1]:
            return self.review(request.id, watch=watch)
        return self._told(run_exam(self.kept, self.parts(watch), request), "review")

    def review(self, exam: str, decisions: Decisions | None = None, watch: Watch = unwatched) -> dict[str, Any]:
        """An exam under review after these decisions. Raises `BadReview`: then nothing has changed."""
        decided = decisions.as_json() if decisions else None
        return self._told(*resume_exam(self.kept, self.parts(watch), exam, decided))

    def parts(self, watch: Watch = unwatched) -> ExamParts:
        """What one run of the graph works with."""
        return ExamParts(self.bank, self.prove, self.records, watch=watch)

    def _told(self, state: ExamState, waiting: str) -> dict[str, Any]:
        """The result as the command line prints it."""
        request = request_from(state["request"])
        versions = [
            {"version": LETTERS[number], "points": sum(one["item"]["points"] for one in row),
             "items": [one["item"] for one in row]}
            for number, row in enumerate(state["versions"])
        ]  # fmt: skip
        asked = [one["questions"] for row in state["versions"] for one in row]
        points = {version["points"] for version in versions}
        return {
            "exam": request.id, "state": "review" if waiting == "review" else "written",
            "title": request.blueprint.title, "language": request.language, "minutes": request.blueprint.minutes,
            "points": points.pop() if len(points) == 1 else request.blueprint.points,
            "blueprint": request.blueprint.digest, "seed": request.seed, "files": list(state.get("files", [])),
            "versions": versions, "accepted": state["accepted"],
            "rejected": [
                {"reason": reason, "count": count} for reason, count in sorted(state["draft"]["rejected"].items())
            ],
            "shortfalls": state["shortfalls"],
            "repeats": [asdict(one) for one in repeats(self.records, request, asked)],
        }  # fmt: skip
