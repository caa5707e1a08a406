"""The exam graph: plan its places, draw items, check the papers, wait for the teacher, write the files.

A draft goes round until every place of every version has an item that is proven and breaks no rule. The review is an
interrupt: each call of the teacher resumes it, and the thread outlives the process. State is plain data; what the nodes
work with comes in the runtime context.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from agents.item import Item
from tutor.blueprint import Fault
from tutor.errors import BadBlueprint, BadExam, BadReview, TutorError
from tutor.exam_bank import Bank
from tutor.exam_check import KEYS, check, unbalanced
from tutor.exam_draft import Draft, draft_from
from tutor.exam_draw import Seeding, draw
from tutor.exam_files import guard_folder, paper_files, write_folder
from tutor.exam_papers import drawn_versions, entry_from, paper
from tutor.exam_plan import Pool, places, plan, pools
from tutor.exam_records import keep, record
from tutor.exam_request import LETTERS, Request, request_from
from tutor.exam_review import Reviewed, decisions_from, review
from tutor.exam_shortfalls import Shortfall, shortfalls
from tutor.jobs import Watch, unwatched


class ExamState(TypedDict, total=False):
    """One exam. `draft`: as `Draft`; `versions`: entries; `shortfalls`: as `Shortfall`. Plain data only."""

    request: dict[str, Any]
    draft: dict[str, Any]
    versions: list[list[dict[str, Any]]]
    shortfalls: list[dict[str, Any]]
    accepted: list[str]
    removed: list[list[int]]
    refused: list[str]
    ready: bool
    files: list[str]


@dataclass(frozen=True)
class ExamParts:
    """What the nodes work with. `prove`: makes the proof of an edited item anew. `records`: the folder of what earlier
    exams asked. `refusals`: where the caller finds a decision that cannot be followed. `pools`: what the sections of a
    request may hold, by its id. `watch`: hears of each step, and of how much of it is done of what; it may raise to
    stop, and the exam goes on from there the next time."""

    bank: Bank
    prove: Callable[[Item], Item]
    records: Path
    refusals: list[TutorError] = field(default_factory=list)
    pools: dict[str, list[Pool]] = field(default_factory=dict)
    watch: Watch = unwatched


def plan_exam(state: ExamState, runtime: Runtime[ExamParts]) -> ExamState:
    """What each place is to hold. Raises `BadBlueprint` where a section has too little to choose from."""
    request, draft = request_from(state["request"]), draft_from(state["draft"])
    runtime.context.watch("plan", 0, len(draft.slots))
    plan(draft, request.blueprint, _pool(request, runtime.context))
    faults = _short(draft, request)
    if faults and _drawn(draft):  # else drawing may show that there is less still
        raise BadBlueprint("blueprint-faults", path=request.blueprint.path, faults=faults)
    return {"draft": draft.as_json()}


def draw_items(state: ExamState, runtime: Runtime[ExamParts]) -> ExamState:
    """An item for each place and version that has none."""
    request, draft = request_from(state["request"]), draft_from(state["draft"])
    parts, total = runtime.context, len(draft.slots)
    seeding = Seeding(request.blueprint.digest, request.seed)
    draw(draft, seeding, parts.bank, frozenset(request.used), lambda place: parts.watch("draw", place, total))
    return {"draft": draft.as_json()}


def check_papers(state: ExamState, runtime: Runtime[ExamParts]) -> ExamState:
    """The rules on whole papers; when all are kept, the versions as they are handed on."""
    parts, request, draft = runtime.context, request_from(state["request"]), draft_from(state["draft"])
    parts.watch("check", 0, request.versions)
    pool = _pool(request, parts)
    check(draft, parts.bank, pool)
    if not _whole(draft):
        return {"draft": draft.as_json()}
    versions = drawn_versions(draft, request, parts.bank)
    return {
        "draft": draft.as_json(), "versions": [[one.as_json() for one in row] for row in versions],
        "shortfalls": [one.as_json() for one in _shortfalls(draft, request, parts.bank, pool)],
        "accepted": [], "removed": [], "refused": [], "ready": not request.review,
    }  # fmt: skip


def review_items(state: ExamState, runtime: Runtime[ExamParts]) -> ExamState:
    """Wait for the teacher, and follow the decisions, all or none."""
    decisions = decisions_from(interrupt({"exam": request_from(state["request"]).id}))
    parts, request, draft = runtime.context, request_from(state["request"]), draft_from(state["draft"])
    seen = reviewed(state)
    before = len(seen.removed)
    try:
        review(seen, draft, decisions, request, parts.bank, parts.prove)
        if decisions.write:
            guard_folder(request.folder, request.blueprint.title, request.language, True)
    except (BadReview, BadExam) as refusal:
        parts.refusals.append(refusal)
        return {"ready": False}
    seats = places(request.blueprint)
    gone = [_rejected(request, seats[place], version) for version, place in seen.removed[before:]]
    return {
        "draft": draft.as_json(), "versions": [[one.as_json() for one in row] for row in seen.versions],
        "shortfalls": [*state["shortfalls"], *(one.as_json() for one in gone)], "accepted": seen.accepted,
        "removed": [list(one) for one in seen.removed], "refused": seen.refused, "ready": decisions.write,
    }  # fmt: skip


def write_files(state: ExamState, runtime: Runtime[ExamParts]) -> ExamState:
    """All files, whole or not at all; then the record of what was asked."""
    request = request_from(state["request"])
    guard_folder(request.folder, request.blueprint.title, request.language, request.review)
    versions = reviewed(state).versions
    runtime.context.watch("write", 0, len(versions))
    files = paper_files([paper(request, number, row) for number, row in enumerate(versions)], request.formats)
    kept = record(request, versions, files)
    written = write_folder(request.folder, files, kept)
    keep(runtime.context.records, request, kept)
    return {"files": [str(path) for path in written]}


def after_plan_or_draw(state: ExamState) -> Literal["plan", "check"]:
    """A place that was opened again is planned again."""
    return "plan" if None in state["draft"]["slots"] else "check"


def after_check(state: ExamState) -> Literal["plan", "draw", "review", "write"]:
    """What was taken out is drawn again; a whole exam goes to the teacher, or is written."""
    if None in state["draft"]["slots"]:
        return "plan"
    if any(None in row for row in state["draft"]["draws"]):
        return "draw"
    return "write" if state["ready"] else "review"


def after_review(state: ExamState) -> Literal["review", "write"]:
    """Until the teacher says that it may be written."""
    return "write" if state["ready"] else "review"


def build_exam_graph(
    checkpointer: BaseCheckpointSaver[str] | None,
) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """The compiled graph; `checkpointer` keeps exams under review."""
    graph = StateGraph(ExamState, context_schema=ExamParts)
    for name, node in (
        ("plan", plan_exam), ("draw", draw_items), ("check", check_papers), ("review", review_items),
        ("write", write_files),
    ):  # fmt: skip
        graph.add_node(name, node)
    graph.add_edge(START, "plan")
    graph.add_edge("plan", "draw")
    graph.add_conditional_edges("draw", after_plan_or_draw)
    graph.add_conditional_edges("check", after_check)
    graph.add_conditional_edges("review", after_review)
    graph.add_edge("write", END)
    return graph.compile(checkpointer=checkpointer)


def reviewed(state: ExamState) -> Reviewed:
    """What a state holds of the review."""
    versions = [[entry_from(one) for one in row] for row in state["versions"]]
    removed = [(version, place) for version, place in state["removed"]]
    return Reviewed(versions, list(state["accepted"]), removed, list(state["refused"]))


def _pool(request: Request, parts: ExamParts) -> list[Pool]:
    if request.id not in parts.pools:
        found = pools(request.blueprint, parts.bank.exercises, frozenset(request.spent), request.seed)
        parts.pools[request.id] = found
    return parts.pools[request.id]


def _whole(draft: Draft) -> bool:
    return None not in draft.slots and all(None not in row for row in draft.draws)


def _drawn(draft: Draft) -> bool:
    """Whether every place that is planned has its items."""
    return all(row[place] for row in draft.draws for place, slot in enumerate(draft.slots) if slot)


def _short(draft: Draft, request: Request) -> tuple[Fault, ...]:
    """A fault for each section that has too little to choose from."""
    faults = []
    code = "section-short" if request.versions > 1 else "section-short-single"
    for number, section in enumerate(request.blueprint.sections):
        possible = sum(1 for slot in draft.slots if slot and slot.section == number)
        if possible < section.count:
            values = {"section": number + 1, "count": section.count, "possible": possible, "versions": request.versions}
            faults.append(Fault(section.line, code, values))
    return tuple(faults)


def _shortfalls(draft: Draft, request: Request, bank: Bank, pool: list[Pool]) -> list[Shortfall]:
    slots = [slot for slot in draft.slots if slot]
    keys = [
        Shortfall(0, 1, "keys", KEYS, 1, 0, LETTERS[version])
        for version in range(request.versions) if unbalanced(draft, bank, version, request.language)
    ]  # fmt: skip
    return [*shortfalls(request.blueprint, slots, pool), *keys]


def _rejected(request: Request, section: int, version: int) -> Shortfall:
    """What a version lacks since an item of it was rejected."""
    line = request.blueprint.sections[section].line
    return Shortfall(section + 1, line, "items", "rejected-in-review", 1, 0, LETTERS[version])
