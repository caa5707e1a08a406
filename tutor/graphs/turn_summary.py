"""A node of the chat graph: what the person's own documents say, when a message asks for that."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, Literal

from langgraph.runtime import Runtime
from langgraph.types import Command

from tutor.graphs.chat_state import ChatState, after, memory_of, plan_of, withheld_in
from tutor.parts import REPLIES, Parts
from tutor.suggestions import suggest


def summarise(state: ChatState, runtime: Runtime[Parts]) -> ChatState | Command[Literal["gather"]]:
    """What the person's own documents say to the topic of the message; the course speaks where they say nothing."""
    parts, made, memory = runtime.context, plan_of(state), memory_of(state)
    topic = " ".join((*made.topic, *made.focus))
    found = parts.summarise(topic, made.language) if topic else None
    if found is None or found["abstained"]:
        return Command(goto="gather")
    withheld = withheld_in(parts)
    rows = [
        {"text": one["text"], "verdict": one["verdict"], "citations": one["citations"], "title": section["title"]}
        for section in found["sections"] for one in section["sentences"] if not withheld(one["text"])
    ]  # fmt: skip
    sources = [{**source, "url": "", "passage": "", "references": []} for source in found["sources"]]
    for row in rows:
        runtime.stream_writer({"kind": "sentence", "passage": "", **row, "sources": sources})
    notes = [REPLIES.text("summarised", made.language, count=len(found["documents"]))]
    if found["not_in_sources"]:
        notes.append(REPLIES.text("not-quoted", made.language, missing=", ".join(found["not_in_sources"])))
    return {
        "sentences": rows, "sources": sources, "answer": "\n\n".join((_titled(rows), *notes)),
        "missing": found["not_in_sources"], "abstained": not rows, "tally": found["dropped"],
        "next": suggest(parts.corpus.course, made, memory, REPLIES),
        "memory": asdict(after(memory, None, [], state)), "engine": found["engine"],
    }  # fmt: skip


def _titled(rows: Sequence[dict[str, Any]]) -> str:
    """Sentences with their marks under the titles of their sections."""
    lines: list[str] = []
    for title, own in groupby(rows, key=lambda row: row["title"]):
        said = [f"- {row['text']} " + "".join(f"[{number}]" for number in row["citations"]) for row in own]
        lines += [f"**{title}**", "\n".join(said)]
    return "\n\n".join(lines)
