"""Where learners are kept: one SQLite database, events in order, and the exercises that were handed out.

An answer is written down as it comes, before it is graded, and its grade beside it as soon as there is one: whatever
stops the process in between, the answer is there, and is graded when the learner is next looked at. The same event
delivered twice is kept once. What is deleted is overwritten (`secure_delete`) and the file rewritten, so that no byte
of it stays there.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.storage import writable_folder
from tutor.errors import BadStore
from tutor.learner.events import Event, Kind

BUSY_SECONDS = 30
_TABLES = """
create table if not exists events (
  learner text not null, number integer not null, at text not null, kind text not null, key text not null,
  body text, asked text, primary key (learner, number), unique (learner, key)) without rowid;
create table if not exists items (learner text not null, item text not null, body text not null,
  primary key (learner, item)) without rowid;
create table if not exists threads (learner text not null, thread text not null, primary key (learner, thread))
  without rowid;
"""


@dataclass(frozen=True, slots=True)
class Pending:
    """An answer that was written down and not graded yet. `asked`: what came with it."""

    number: int
    at: datetime
    key: str
    asked: Mapping[str, Any]


class LearnerStore:
    """The database of a data folder; several processes may share it. Every method raises `BadStore` where the file is
    damaged or cannot be written."""

    def __init__(self, file: Path) -> None:
        self.file = file
        writable_folder(file.parent)
        with self._opened() as open_:
            open_.executescript(_TABLES)

    # Writing

    def add(self, learner: str, kind: Kind, key: str, body: Mapping[str, Any], at: datetime) -> Event:
        """Keep an event; the one kept already when this key was delivered before."""
        with self._transaction() as open_:
            found = self._by_key(open_, learner, key)
            return found or self._insert(open_, learner, at, kind, key, body=body)

    def receive(self, learner: str, key: str, asked: Mapping[str, Any], at: datetime) -> Event | Pending:
        """Write an answer down before it is graded; the event when it was delivered, and graded, before."""
        with self._transaction() as open_:
            row = open_.execute("select * from events where learner=? and key=?", (learner, key)).fetchone()
            if row is None:
                made = self._insert(open_, learner, at, "answer", key, asked=asked)
                return Pending(made.number, at, key, asked)
            return _event(row) if row["body"] is not None else _pending(row)

    def graded(self, learner: str, number: int, body: Mapping[str, Any]) -> Event:
        """Keep the grade of an answer that was written down; the first grade stands."""
        with self._transaction() as open_:
            open_.execute(
                "update events set body=? where learner=? and number=? and body is null",
                (_dumped(body), learner, number),
            )
            row = open_.execute("select * from events where learner=? and number=?", (learner, number)).fetchone()
            if row is None:
                raise BadStore("learner-gone", learner=learner)
            return _event(row)

    def keep_item(self, learner: str, item: str, body: Mapping[str, Any]) -> None:
        """Keep an exercise as it was handed out, with its key."""
        with self._transaction() as open_:
            open_.execute("insert or ignore into items values (?, ?, ?)", (learner, item, _dumped(body)))

    def keep_thread(self, learner: str, thread: str) -> None:
        """Remember that a conversation is this learner's."""
        with self._transaction() as open_:
            open_.execute("insert or ignore into threads values (?, ?)", (learner, thread))

    def delete(self, learner: str) -> None:
        """Remove everything of a learner, and its bytes from the file."""
        with self._transaction() as open_:
            for table in ("events", "items", "threads"):
                open_.execute(f"delete from {table} where learner=?", (learner,))  # noqa: S608  names of ours
        with self._opened() as open_:
            open_.execute("vacuum")

    # Reading

    def learners(self) -> list[str]:
        """Everyone of whom anything is kept, by name."""
        with self._opened() as open_:
            everyone = "select learner from events union select learner from items union select learner from threads"
            return sorted(row["learner"] for row in open_.execute(everyone))

    def events(self, learner: str, after: int = 0) -> list[Event]:
        """The events of a learner in order, from the one behind `after` on, up to the first that waits for a grade."""
        with self._opened() as open_:
            rows = open_.execute(
                "select * from events where learner=? and number>? order by number", (learner, after)
            ).fetchall()
        found = []
        for row in rows:
            if row["body"] is None:
                break
            found.append(_event(row))
        return found

    def pending(self, learner: str) -> list[Pending]:
        """The answers of a learner that wait for their grade, oldest first."""
        with self._opened() as open_:
            rows = open_.execute("select * from events where learner=? and body is null order by number", (learner,))
            return [_pending(row) for row in rows]

    def item(self, learner: str, item: str) -> dict[str, Any] | None:
        """An exercise as it was handed out to a learner, or None."""
        with self._opened() as open_:
            row = open_.execute("select body from items where learner=? and item=?", (learner, item)).fetchone()
        found: dict[str, Any] | None = json.loads(row["body"]) if row else None
        return found

    def items(self, learner: str) -> dict[str, dict[str, Any]]:
        """All exercises of a learner, by id."""
        with self._opened() as open_:
            rows = open_.execute("select item, body from items where learner=? order by item", (learner,)).fetchall()
        return {row["item"]: json.loads(row["body"]) for row in rows}

    def owners(self, thread: str) -> list[str]:
        """Whose conversation it is; nobody's, of one that no learner began."""
        with self._opened() as open_:
            return [row["learner"] for row in open_.execute("select learner from threads where thread=?", (thread,))]

    def threads(self, learner: str) -> list[str]:
        """The conversations of a learner."""
        with self._opened() as open_:
            rows = open_.execute("select thread from threads where learner=? order by thread", (learner,)).fetchall()
        return [row["thread"] for row in rows]

    # The database

    def _by_key(self, open_: sqlite3.Connection, learner: str, key: str) -> Event | None:
        row = open_.execute("select * from events where learner=? and key=?", (learner, key)).fetchone()
        return _event(row) if row is not None and row["body"] is not None else None

    def _insert(
        self, open_: sqlite3.Connection, learner: str, at: datetime, kind: Kind, key: str,
        body: Mapping[str, Any] | None = None, asked: Mapping[str, Any] | None = None,
    ) -> Event:  # fmt: skip
        newest = "select max(number) as n, max(at) as at from events where learner=?"
        last = open_.execute(newest, (learner,)).fetchone()
        number = (last["n"] or 0) + 1
        if last["at"] and datetime.fromisoformat(last["at"]) > at:
            at = datetime.fromisoformat(last["at"])  # a clock that went back: the log's own order stands
        open_.execute(
            "insert into events values (?, ?, ?, ?, ?, ?, ?)",
            (learner, number, at.isoformat(), kind, key, _dumped(body), _dumped(asked)),
        )
        return Event(number, at, kind, key, dict(body or {}))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(self.file, timeout=BUSY_SECONDS, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("pragma synchronous=full")
            connection.execute("pragma secure_delete=on")
            yield connection
        except sqlite3.DatabaseError as error:
            code = "store-unwritable" if isinstance(error, sqlite3.OperationalError) else "store-damaged"
            raise BadStore(code, path=self.file, reason=error) from error
        finally:
            if connection is not None:
                connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One that others see whole or not at all; writers wait for one another."""
        with self._opened() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
                connection.execute("commit")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("rollback")
                raise


def _dumped(body: Mapping[str, Any] | None) -> str | None:
    return None if body is None else json.dumps(body, ensure_ascii=False, sort_keys=True)


def _event(row: sqlite3.Row) -> Event:
    return Event(row["number"], datetime.fromisoformat(row["at"]), row["kind"], row["key"], json.loads(row["body"]))


def _pending(row: sqlite3.Row) -> Pending:
    return Pending(row["number"], datetime.fromisoformat(row["at"]), row["key"], json.loads(row["asked"]))
