"""What an OpenAI-compatible server sends, read with patience: server-sent events from bytes, what is said from events.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream, and what servers make of it:
lines that end in LF or CRLF, no blank line between events, comments to keep the line open, no [DONE], one whole JSON
answer instead of a stream, lines that are nothing at all.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

MOST_STRAY = 300_000  # characters that are no event, before the server is left
MOST_PENDING = 4_000  # of an event in several lines, which is tried again with each of them
_TAG = re.compile(r"<(/?)(?:think|thinking|reasoning)>", re.I)
_TAGS = tuple(f"<{slash}{name}>" for slash in ("", "/") for name in ("think", "thinking", "reasoning"))


class Endless(ValueError):
    """More bytes have come that are no event than any answer has."""


@dataclass
class EventReader:
    """Reads events from pieces of bytes, cut anywhere. `done`: [DONE] was read. `stray`: what was no event."""

    done: bool = False
    stray: str = ""
    _rest: bytes = b""
    _pending: str = field(default="", repr=False)

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """The events that are complete with `data`. Raises `Endless`."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        events = [event for line in lines for event in self._line(line)]
        if len(self._rest) + len(self.stray) + len(self._pending) > MOST_STRAY:
            raise Endless
        return events

    def finish(self) -> list[dict[str, Any]]:
        """What the end of the bytes completes: a last line without its end, or one JSON answer instead of events."""
        events, self._rest = self._line(self._rest), b""
        if not events and not self.done and (whole := _as_object(self.stray)) is not None:
            return [whole]
        return events

    def _line(self, raw: bytes) -> list[dict[str, Any]]:
        line = raw.decode("utf-8", "replace").rstrip("\r")  # whole lines: a character is never cut in two
        if self.done:
            return []
        if not line.strip():
            self.stray += self._pending
            self._pending = ""
            return []
        name, colon, value = line.partition(":")
        if not colon or name not in {"data", "", "event", "id", "retry"}:
            self.stray += line + "\n"
            return []
        return self._data(value.removeprefix(" ")) if name == "data" else []

    def _data(self, value: str) -> list[dict[str, Any]]:
        if value.strip() == "[DONE]":
            self.done = True
            return []
        texts = (value, f"{self._pending}\n{value}")  # one JSON may be cut into several data lines
        for text in texts if value.rstrip().endswith("}") else ():
            if (event := _as_object(text)) is not None:
                self._pending = ""
                return [event]
        self._pending += f"\n{value}"
        if len(self._pending) > MOST_PENDING:
            self.stray, self._pending = self.stray + self._pending, ""
        return []


def _as_object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event says. `thought`: it holds thinking, which nobody is shown; `finished`: the answer ends with it;
    `fault`: what the server says has gone wrong; `known`: the event has the form of a chat answer at all; `usage`:
    tokens of the prompt and of the answer, where the server counts them."""

    text: str = ""
    thought: bool = False
    finished: bool = False
    fault: str = ""
    known: bool = True
    usage: tuple[int, int] | None = None


def piece_of(event: dict[str, Any]) -> Piece:
    """What an event says, of a stream or as a whole answer."""
    if event.get("error") or event.get("object") == "error":
        return Piece(fault=fault_of(event))
    choices = event.get("choices")
    if not isinstance(choices, list):
        return Piece(known=False)
    if not choices or not isinstance(choices[0], dict):
        return Piece(known=not choices, usage=_usage(event))  # the last event may hold only the count of tokens
    choice = choices[0]
    said = choice.get("delta") or choice.get("message") or {}
    if not isinstance(said, dict):
        return Piece(known=False)
    thought = any(said.get(name) for name in ("reasoning_content", "reasoning", "thinking"))
    text, finished = _text(said.get("content")), bool(choice.get("finish_reason"))
    return Piece(text, bool(thought), finished, usage=_usage(event))


def fault_of(event: dict[str, Any]) -> str:
    """What an error object says, "" where it says nothing."""
    error = event.get("error", event)
    said = error.get("message", "") if isinstance(error, dict) else error
    return said if isinstance(said, str) else json.dumps(said)


def _usage(event: dict[str, Any]) -> tuple[int, int] | None:
    usage = event.get("usage")
    counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")] if isinstance(usage, dict) else []
    asked, said = (one if isinstance(one, int) and one >= 0 else None for one in counts or (None, None))
    return None if asked is None or said is None else (asked, said)


def _text(content: Any) -> str:
    """The text of a content: a string, or a list of parts of which some are thinking."""
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, dict) and part.get("type") == "text")
        return "".join(text for part in parts if isinstance(text := part.get("text"), str))
    return content if isinstance(content, str) else ""


@dataclass
class Thoughts:
    """Takes <think>...</think> out of a text that comes in pieces; the same comes out however it is cut."""

    _inside: bool = False
    _held: str = ""

    def feed(self, text: str) -> str:
        """What may be said now; the beginning of a mark is held back until it is known to be one."""
        self._held += text
        said = ""
        while found := _TAG.search(self._held):
            said += "" if self._inside else self._held[: found.start()]
            self._inside = not found[1]
            self._held = self._held[found.end() :]
        cut = self._held.rfind("<")
        if cut < 0 or not any(tag.startswith(self._held[cut:].lower()) for tag in _TAGS):
            cut = len(self._held)
        said += "" if self._inside else self._held[:cut]
        self._held = self._held[cut:]
        return said

    def end(self) -> str:
        """What was held back and was no mark."""
        said, self._held = "" if self._inside else self._held, ""
        return said
