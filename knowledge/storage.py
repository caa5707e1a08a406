"""Files and folders written whole or not at all, whatever stops it: a kill, a full disk, another process."""

import ctypes
import errno
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.errors import KnowledgeError

_PROBE = b"\0" * 4096  # one block: an empty file can be made on a full disk, a block cannot be written
_ATTEMPTS = 50  # swaps tried when other processes swap the same folder
_RENAME_EXCHANGE = 2  # linux/fs.h
_AT_CURRENT_FOLDER = -100  # AT_FDCWD of fcntl.h


def write_text_atomically(path: Path, text: str) -> None:
    """`path` holds `text` in UTF-8, on the disk; on any failure it holds what it held before.

    Raises `KnowledgeError("folder-unwritable")` when it cannot be written, disk full included.
    """
    write_bytes_atomically(path, text.encode())


def write_bytes_atomically(path: Path, data: bytes) -> None:
    """`path` holds `data`, on the disk; on any failure it holds what it held before.

    The folder is made if it is missing. Raises `KnowledgeError("folder-unwritable")` when it cannot be
    written, disk full included.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def replace_folder(temporary: Path, target: Path) -> None:
    """`target` is what `temporary` was, and `temporary` is gone; both lie in the same file system.

    At every moment `target` is the old folder or the new one, whole, also when two processes do this at
    once: the last one stands. (Where the system cannot exchange two folders, which Linux can, there is an
    instant without `target`.) Raises `KnowledgeError("folder-unwritable")`; `target` is then as it was.
    """
    try:
        for path in (*temporary.rglob("*"), temporary):
            _sync(path)
        _swap(temporary, target)
        _sync(target.parent)
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    shutil.rmtree(temporary, ignore_errors=True)


def writable_folder(path: Path) -> Path:
    """`path`, made if it was missing, after a block has really been written to it and removed.

    Raises `KnowledgeError("folder-unwritable")` when it cannot be made or written, disk full included.
    """
    probe = path / f".{uuid.uuid4().hex}.part"
    try:
        path.mkdir(parents=True, exist_ok=True)
        try:
            with probe.open("xb") as file:
                file.write(_PROBE)
                file.flush()
                os.fsync(file.fileno())
        finally:
            with suppress(NotADirectoryError):
                probe.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


@contextmanager
def exclusive(path: Path, seconds: float = 30) -> Iterator[None]:
    """Hold the folder `path` (made if missing) against every other process and thread that asks the same way.

    A process that dies lets go. Not re-entrant: asking again inside waits for itself. Raises
    `KnowledgeError("folder-busy")` after `seconds`, `KnowledgeError("folder-unwritable")` when no lock can
    be laid there.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / ".lock", timeout=seconds)
        lock.acquire()
    except Timeout as error:  # before OSError, of which it is one
        raise KnowledgeError("folder-busy", path=path, seconds=seconds) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield
    finally:
        lock.release()


def _unwritable(folder: Path, error: OSError) -> KnowledgeError:
    return KnowledgeError("folder-unwritable", path=folder, reason=error.strerror or str(error))


def _sync(path: Path) -> None:
    """Put a file or a folder's list of names on the disk; a link has nothing of its own to put there."""
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        return
    if path.is_dir() and sys.platform == "win32":  # folders cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(temporary: Path, target: Path) -> None:
    """Put `temporary` in the place of `target`; the old folder ends under the other name or removed."""
    for _ in range(_ATTEMPTS):
        try:
            temporary.rename(target)  # enough when there is no target yet, or an empty one
            return
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
        # FileNotFoundError below: another process has just moved the target away, so look again.
        with suppress(FileNotFoundError):
            if _exchange(temporary, target):
                return
            aside = target.with_name(f".{uuid.uuid4().hex}.old")
            target.rename(aside)
            temporary.rename(target)
            shutil.rmtree(aside, ignore_errors=True)
            return
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(target))


def _exchange(left: Path, right: Path) -> bool:
    """Exchange two folders in one step by renameat2(2); False where the system has no such step."""
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    names = (_AT_CURRENT_FOLDER, os.fsencode(left), _AT_CURRENT_FOLDER, os.fsencode(right))
    if library.renameat2(*names, _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}:
        return False
    raise OSError(code, os.strerror(code), str(right))
