"""A teacher's desk for exams: blueprints being written, exams being made, reviewed and taken away.

What is returned is plain data. Exams that are made here always go through the teacher's review; their files lie in the
data folder until they are taken away.
"""

import json
import re
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from agents.item import Item
from knowledge.storage import exclusive, write_text_atomically
from tutor.errors import BadReview
from tutor.exam_drafts import BlueprintDraft, Drafts, choosable, draft_from, draft_text, empty, example, read_draft
from tutor.exam_feasibility import feasibility
from tutor.exam_files import guard_folder
from tutor.exam_records import read_record, read_used
from tutor.exam_request import Request
from tutor.exam_review import Decisions
from tutor.exams import FORMATS, Exams
from tutor.export.graded import digest
from tutor.export.json_file import json_files, read_paper
from tutor.export.pdf import pdf_files
from tutor.item_edit import edited, item_form
from tutor.item_files import item_from
from tutor.item_shown import check_rows, item_shown
from tutor.jobs import Jobs, Watch
from tutor.paper import Paper
from tutor.pdf_pages import pages

DOCUMENTS = ("exam", "sheet", "key")  # of a version in print, as `pdf_files` makes them
FORMAT_OF = {  # in the order in which they are offered
    "pdf": "pdf", "md": "md", "xml": "moodle", "gift.txt": "gift", "zip": "qti", "apkg": "anki", "json": "json",
}  # fmt: skip
FOR_STUDENTS = ("pdf", "md")  # the others hold the answers
_FILE = re.compile(r"-(?P<version>[A-Z])(?:-(?P<part>sheet|key))?\.(?P<suffix>pdf|xml|gift\.txt|zip|md|json|apkg)$")
LISTED = {"exam", "title", "language", "versions", "state", "draft", "changed"}
_ID = re.compile(r"[0-9a-f]{12}")


class ExamDesk:
    """The exams of one data folder. `exams`: makes them."""

    def __init__(self, exams: Exams, data_dir: Path) -> None:
        self.exams = exams
        self.course = exams.bank.exercises.course
        self.drafts = Drafts(data_dir / "blueprints")
        self.list_dir = data_dir / "exam-list"
        self.files_dir = data_dir / "exam-files"
        self.jobs = Jobs()
        self._feasible = lru_cache(64)(self._found)
        self._pages = lru_cache(8)(self._printed)

    # Blueprints

    def choosable(self, language: str) -> dict[str, str]:
        """What a section may be about, as a draft names it -> its name."""
        return choosable(self.course, language)

    def begin(self, language: str, example_title: str = "") -> str:
        """A new draft, empty or, with a title, with something in it to start from; its id."""
        return self.drafts.new(example(language, example_title) if example_title else empty(language))

    def imported(self, content: bytes) -> str:
        """A new draft of a blueprint's file; its id. Raises `BadBlueprint`."""
        return self.drafts.new(draft_from(content, self.course))

    def text(self, draft: str) -> str:
        """The draft as a blueprint's file."""
        return draft_text(self.drafts.get(draft))

    def feasible(self, draft: str) -> dict[str, Any]:
        """Whether the exam can be had, as `feasibility` says. Raises `BadBlueprint`."""
        return self._feasible(self.drafts.get(draft).model_copy(update={"changed": 0.0}).model_dump_json())

    def _found(self, draft: str) -> dict[str, Any]:
        return feasibility(BlueprintDraft.model_validate_json(draft), self.exams.bank.exercises)

    # Exams being made

    def start(self, draft: str) -> str:
        """Begin to make the exam of a draft; its id, under which `job` tells how far it is. One that waits for review
        already, or is written, is found as it stands. Raises `BadBlueprint`, `BadExam`."""
        request = self._request(self.drafts.get(draft))
        listed = self._listed(request.id)
        if listed and listed["state"] == "written" and request.folder.is_dir():
            return request.id
        guard_folder(request.folder, request.blueprint.title, request.language, True)
        self._list(request.id, draft=draft, title=request.blueprint.title, language=request.language,
                   versions=request.versions, state="making")  # fmt: skip

        def work(watch: Watch) -> None:
            made = self.exams.make(request, watch)
            self._list(request.id, state=made["state"])

        self.jobs.start(request.id, work)
        return request.id

    def go_on(self, exam: str) -> None:
        """Go on with an exam that was stopped, or cut off with the process. Raises `BadReview` where there is none."""

        def work(watch: Watch) -> None:
            made = self.exams.review(exam, watch=watch)
            self._list(exam, state=made["state"])

        self.jobs.start(exam, work)

    def write(self, exam: str) -> None:
        """Begin to write the files of an exam whose items are all accepted; `job` tells how far it is."""

        def work(watch: Watch) -> None:
            made = self.exams.review(exam, Decisions(write=True), watch)
            self._list(exam, state=made["state"])

        self.jobs.start(exam, work)

    def job(self, exam: str) -> dict[str, Any] | None:
        """`state` ("running", "done", "failed", "stopped"), `step`, `done`, `total`, `error`; None where nothing is
        being made."""
        job = self.jobs.get(exam)
        if job is None:
            return None
        return {"state": job.state, "step": job.step, "done": job.done, "total": job.total, "error": job.error}

    def _request(self, draft: BlueprintDraft) -> Request:
        blueprint = read_draft(draft, self.course)
        used = read_used([self.exams.records / Path(name).name for name in draft.avoid])
        parts = [blueprint.digest, draft.language, str(draft.seed), str(draft.versions), *draft.avoid]
        folder = self.files_dir / digest("\n".join(parts))[:12]
        return Request(
            blueprint, draft.language, draft.seed, draft.versions, FORMATS, str(folder.resolve()), used.questions,
            used.recipes, True,
        )  # fmt: skip

    def earlier(self) -> dict[str, str]:
        """Exams made earlier with this data folder whose questions a draft can avoid: name -> title."""
        found = {file.name: read_record(file) for file in sorted(self.exams.records.glob("*.json"))}
        return {name: f"{kept['title']} ({kept['language']})" for name, kept in found.items() if kept}

    # Exams that are made

    def begun(self) -> list[dict[str, Any]]:
        """The exams that were begun here, the last one first: `exam`, `title`, `language`, `versions`, `state`
        ("making", "review", "written"), `draft`, `changed`."""
        found = [kept for file in self.list_dir.glob("*.json") if (kept := self._listed(file.stem))]
        return sorted(found, key=lambda exam: -exam["changed"])

    def exam(self, exam: str, language: str) -> dict[str, Any]:
        """An exam as the command line's JSON has it; each item besides with its `place` ("A3"), whether it is
        `accepted`, and as a teacher sees it (`shown`). Raises `BadReview`."""
        made = self.exams.review(exam)
        accepted = set(made["accepted"])
        for version in made["versions"]:
            for number, item in enumerate(version["items"], start=1):
                item["place"] = f"{version['version']}{number}"
                item["accepted"] = item["id"] in accepted
                item["shown"] = item_shown(item_from(item), language, self.course.sources)
        return made

    def decide(self, exam: str, *, accept: Sequence[str] = (), reject: Sequence[str] = (),
               replace: Sequence[str] = ()) -> None:  # fmt: skip
        """Accept, reject or replace items by their ids or places. Raises `BadReview`: then nothing has changed."""
        self.exams.review(exam, Decisions(tuple(accept), tuple(reject), tuple(replace)))
        self._list(exam)

    def form(self, exam: str, item: str) -> dict[str, Any]:
        """What of an item may be changed, as `item_form` says."""
        return item_form(self._item(exam, item))

    def edit(self, exam: str, form: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
        """Put an item with these changes in its own place when its proof, made anew, holds. What fails of it, as
        `check_rows` says, and nothing has changed then; nothing where it is done. Raises `BadItem`, `BadReview`."""
        new = edited(self._item(exam, str(form["id"])), form)
        failing = [check for check in self.exams.prove(new).proof.checks if not check.ok]
        if not failing:
            self.exams.review(exam, Decisions(edit=(new,)))
            self._list(exam)
        return check_rows(failing, language)

    def _item(self, exam: str, item: str) -> Item:
        for version in self.exams.review(exam)["versions"]:
            for one in version["items"]:
                if one["id"] == item:
                    return item_from(one)
        raise BadReview("review-no-item", item=item[:80])

    # What is taken away

    def preview(self, exam: str, version: str, document: str) -> list[bytes]:
        """A document of a version in print, as it stands: a picture (PNG) a page."""
        made = self.exams.review(exam)
        row = next(one for one in made["versions"] if one["version"] == version)
        paper = Paper(
            made["title"], made["language"], version, made["minutes"], tuple(item_from(item) for item in row["items"]),
            made["seed"], made["blueprint"],
        )  # fmt: skip
        [whole] = json_files(paper).values()
        return self._pages(whole, document)

    def _printed(self, paper: bytes, document: str) -> list[bytes]:
        return pages(list(pdf_files(read_paper(paper)).values())[DOCUMENTS.index(document)])

    def files(self, exam: str) -> list[dict[str, Any]]:
        """The files of a written exam: `name`, `version`, `format`, `answers` (whether it holds them), `path`."""
        made = self.exams.review(exam)
        found = []
        for path in map(Path, made["files"]):
            if (read := _FILE.search(path.name)) and path.is_file():
                found.append({
                    "name": path.name, "path": str(path), "version": read["version"], "part": read["part"] or "exam",
                    "format": FORMAT_OF[read["suffix"]],
                    "answers": read["part"] == "key" or read["suffix"] not in FOR_STUDENTS,
                })  # fmt: skip
        order = list(FORMAT_OF.values())
        return sorted(found, key=lambda file: (order.index(file["format"]), DOCUMENTS.index(file["part"])))

    # The list

    def _listed(self, exam: str) -> dict[str, Any] | None:
        if not _ID.fullmatch(exam):
            return None
        try:
            kept: Any = json.loads((self.list_dir / f"{exam}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return kept if isinstance(kept, dict) and kept.keys() >= LISTED else None

    def _list(self, exam: str, **said: Any) -> None:
        with exclusive(self.list_dir):  # a job and a page may both have something to say
            kept = {**(self._listed(exam) or {}), "exam": exam, "changed": time.time(), **said}
            write_text_atomically(self.list_dir / f"{exam}.json", json.dumps(kept, ensure_ascii=False, indent=1))
