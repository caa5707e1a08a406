"""Where graphs keep their threads: a SQLite database that several processes may share."""

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

from langgraph.checkpoint.sqlite import SqliteSaver

from tutor.errors import BadStore

BUSY_SECONDS = 30


def open_checkpointer(file: Path) -> SqliteSaver:
    """The threads' database, shared safely by several processes. Raises `BadStore` when it is damaged."""
    try:
        connection = sqlite3.connect(file, check_same_thread=False, timeout=BUSY_SECONDS)
        _begin_log(connection)
        connection.execute(
            "pragma synchronous=normal"
        )  # with one checkpoint a turn: 2.5-4 ms against 38-58 (docs/LOG.md)
        if connection.execute("pragma quick_check(1)").fetchone() != ("ok",):
            raise BadStore("store-damaged", path=file)
        saver = SqliteSaver(connection)
        saver.setup()
    except sqlite3.DatabaseError as error:
        code = "store-unwritable" if isinstance(error, sqlite3.OperationalError) else "store-damaged"
        raise BadStore(code, path=file, reason=error) from error
    return saver


def _begin_log(connection: sqlite3.Connection) -> None:
    """Turn write-ahead logging on. SQLite does not wait when another process does it at the same moment, so we do."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def forget_turn(saver: SqliteSaver, thread: str, place: str) -> None:
    """Remove the checkpoint of a turn that another has taken the place of."""
    with saver.cursor() as cursor:
        for table in ("checkpoints", "writes"):
            cursor.execute(
                f"delete from {table} where thread_id=? and checkpoint_id=?",  # noqa: S608  names of ours
                (thread, place),
            )


def forget_threads(saver: SqliteSaver, threads: Iterable[str]) -> None:
    """Remove conversations, and their bytes from the files."""
    saver.conn.execute("pragma secure_delete=on")
    for thread in threads:
        saver.delete_thread(thread)
    saver.conn.execute("vacuum")
    saver.conn.execute("pragma wal_checkpoint(truncate)")
