"""Runs of the exam graph: an exam from its request on, and one under review after each call of the teacher."""

from typing import Any, cast

from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from tutor.errors import BadReview
from tutor.exam_draft import empty_draft
from tutor.exam_plan import places
from tutor.exam_request import Request
from tutor.graphs.exam import ExamParts, ExamState

MOST_STEPS = 2000  # of one run: plans, draws and checks
Graph = CompiledStateGraph[Any, Any, Any, Any]


def run_exam(graph: Graph, parts: ExamParts, request: Request) -> ExamState:
    """An exam from its request on: written, or waiting for the teacher. Raises `BadBlueprint`, `BadExam`."""
    draft = empty_draft(len(places(request.blueprint)), request.versions)
    return _run(graph, parts, request.id, {"request": request.as_json(), "draft": draft.as_json(), "files": []})


def resume_exam(graph: Graph, parts: ExamParts, exam: str, decisions: dict[str, Any] | None) -> tuple[ExamState, str]:
    """An exam under review after some decisions, and what it waits for, "" for nothing; without decisions as it stands.
    What a crash cut off is brought to its end first. Raises `BadReview` where there is no such exam, and what speaks
    against a decision: then nothing has changed."""
    found = find_exam(graph, exam)
    if found is None:
        raise BadReview("review-no-exam", exam=exam[:40])
    if found[1] not in {"review", ""}:
        _run(graph, parts, exam, None)
        found = find_exam(graph, exam) or found
    if decisions is None:
        return found
    if found[1] != "review":
        raise BadReview("review-over", exam=exam)
    _run(graph, parts, exam, Command(resume=decisions))
    if parts.refusals:
        raise parts.refusals[-1]
    return find_exam(graph, exam) or found


def find_exam(graph: Graph, exam: str) -> tuple[ExamState, str] | None:
    """The state of a kept exam and the node that comes next, "" at its end; None where there is no such exam."""
    snapshot = graph.get_state({"configurable": {"thread_id": exam}})
    values: Any = snapshot.values
    return (values, snapshot.next[0] if snapshot.next else "") if values else None


def _run(graph: Graph, parts: ExamParts, exam: str, given: Any) -> ExamState:
    config: Any = {"configurable": {"thread_id": exam}, "recursion_limit": MOST_STEPS}
    durability: Any = {"durability": "sync"} if graph.checkpointer else {}
    final: Any = graph.invoke(given, config, context=parts, **durability)
    return cast("ExamState", final)
