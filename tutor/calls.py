"""The record of calls of chat models in a data folder: how long each took, what it cost, and what became of it.

One JSON object a line, appended whole, so that several processes may write. Two files of a bounded size: when one is
full, the older goes. Of a turn the counts of its sentences stand on a line of their own, for they are known last. A
record that cannot be written costs nothing but itself: it is said once, and the turn goes on.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from agents.model_call import ModelCall
from knowledge.errors import KnowledgeError
from knowledge.storage import exclusive, write_text_atomically
from tutor.errors import BadStore

MOST_BYTES = 4_000_000  # of one of the two files: some 12,000 calls
MODE = 0o600  # the owner's alone
MOST_TEXT = 20_000  # characters of a text that is recorded
EXPLAINER = "explainer."  # prompts of the calls whose sentences are counted
_FIELDS = tuple(one.name for one in fields(ModelCall))


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call, and of an explainer's what became of the turn's sentences: outcome -> count, empty where not known."""

    call: ModelCall
    sentences: Mapping[str, int] = field(default_factory=dict)


class CallLog:
    """The records of a folder. `notice` hears once, when a record cannot be written."""

    def __init__(self, folder: Path, notice: Callable[[str], None] = lambda _: None) -> None:
        self.file = folder / "calls.jsonl"
        self.older = folder / "calls-older.jsonl"
        self.notice = notice
        self._told = False
        self._writing = threading.Lock()

    def add(self, call: ModelCall) -> None:
        """Keep the record of a call."""
        row = asdict(call)
        texts = {name: row.pop(name)[:MOST_TEXT] for name in ("asked", "said")}
        self._append(row | {name: text for name, text in texts.items() if text})

    def judge(self, turn: str, sentences: Mapping[str, int]) -> None:
        """Keep what became of the sentences of a turn."""
        self._append({"turn": turn, "sentences": dict(sentences)})

    def rows(self) -> list[RecordedCall]:
        """The records, oldest first; a line that was cut is left out."""
        found = [row for file in (self.older, self.file) for row in _lines(file)]
        judged = {row["turn"]: row["sentences"] for row in found if row.keys() >= {"turn", "sentences"}}
        calls = [call for row in found if (call := _call(row)) is not None]
        return [
            RecordedCall(call, judged.get(call.turn, {}) if call.turn and call.prompt.startswith(EXPLAINER) else {})
            for call in calls
        ]

    def forget_texts(self) -> None:
        """Remove what was asked and said from the records, and from the files. Raises `KnowledgeError`."""
        with self._writing:
            for file in (self.older, self.file):
                if not file.exists() or not any(mark in file.read_bytes() for mark in (b'"asked"', b'"said"')):
                    continue
                kept = [{name: row[name] for name in row if name not in {"asked", "said"}} for row in _lines(file)]
                write_text_atomically(file, "".join("\n" + json.dumps(row) for row in kept))
                file.chmod(MODE)

    def _append(self, row: Mapping[str, Any]) -> None:
        # The line's end stands before it, so that one that was cut spoils no other.
        data = b"\n" + json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
        try:
            with self._writing:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                place = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, MODE)
                try:
                    os.write(place, data)
                    full = os.fstat(place).st_size > MOST_BYTES
                finally:
                    os.close(place)
                if full:
                    self._begin_another()
        except (OSError, KnowledgeError) as error:
            if not self._told:
                self._told = True
                reason = getattr(error, "strerror", None) or error
                self.notice(str(BadStore("calls-unwritten", path=self.file, reason=reason)))

    def _begin_another(self) -> None:
        """The full file takes the place of the older one; whoever comes second finds it small again."""
        with exclusive(self.file.parent), suppress(FileNotFoundError):
            if self.file.stat().st_size > MOST_BYTES:
                self.file.replace(self.older)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    try:
        data = file.read_bytes()
    except OSError:
        return
    for line in data.splitlines():
        with suppress(ValueError, RecursionError):
            row = json.loads(line)
            if isinstance(row, dict):
                yield row


def _call(row: Mapping[str, Any]) -> ModelCall | None:
    with suppress(TypeError):
        return ModelCall(**{name: row[name] for name in _FIELDS if name in row})
    return None
