"""The conversations that a store keeps: what each began with, and its last answer, which may be given anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    Graph = CompiledStateGraph[Any, Any, Any, Any]


@dataclass(frozen=True)
class LastTurn:
    """The last finished turn of a thread. `place`: its checkpoint; `memory`: what the thread remembered before it."""

    place: str
    question: str
    memory: dict[str, Any]


def thread_heads(graph: "Graph", threads: Iterable[str], most: int) -> list[dict[str, Any]]:
    """The `most` latest threads with a finished turn, the latest first: `thread`, its first `question`, how many
    `turns`, and when the last one ended (`at`, ISO)."""
    found = []
    for thread in _latest(graph, list(threads), most):
        turns = _finished(graph, thread)
        if turns:
            first, last = turns[-1], turns[0]
            found.append({
                "thread": thread, "question": first.values["question"], "turns": len(turns), "at": last.created_at
            })  # fmt: skip
    return found


def _latest(graph: "Graph", threads: list[str], most: int) -> list[str]:
    """The threads that were written to last; ids of checkpoints grow with time."""
    connection = graph.checkpointer.conn  # type: ignore[union-attr]
    rows = connection.execute(
        f"select thread_id from checkpoints where thread_id in ({', '.join('?' * len(threads))})"  # noqa: S608  no text
        " group by thread_id order by max(checkpoint_id) desc limit ?",
        (*threads, most),
    )
    return [thread for (thread,) in rows.fetchall()]


def last_turn(graph: "Graph", thread: str) -> LastTurn | None:
    """The last finished turn of a thread; None where there is none."""
    turns = _finished(graph, thread)
    if not turns:
        return None
    before = dict(turns[1].values.get("memory") or {}) if len(turns) > 1 else {}
    return LastTurn(turns[0].config["configurable"]["checkpoint_id"], turns[0].values["question"], before)


def finished(snapshots: Iterable[Any]) -> list[Any]:
    """Of the snapshots of a thread those that end a turn: one that broke off has its question beside an older
    answer."""
    return [one for one in snapshots if one.values.get("answer") and not one.next]


def _finished(graph: "Graph", thread: str) -> list[Any]:
    """The snapshots of the finished turns, the latest first."""
    config: Any = {"configurable": {"thread_id": thread}}
    return finished(graph.get_state_history(config))
