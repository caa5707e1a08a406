"""A zip of a stranger (DOCX, EPUB), read in memory and never unpacked onto the disk."""

import io
import zipfile
import zlib
from typing import Any

from knowledge.errors import BadDocument
from knowledge.formats.limits import Limits
from knowledge.formats.xml_tree import xml_tree

_ENTRY_MARK = b"PK\x01\x02"  # every entry of a zip's directory begins with it
_SMALL = 1_000_000  # bytes; a file that unpacks to less harms nobody, however well it was packed


class ZipPackage:
    """The parts of a zip-based document, by name. Zips inside it are never opened.

    Raises `BadDocument`: document-broken (not a zip), document-encrypted, document-expands (it would unpack to more
    than the limits allow, or holds too many files), document-names (a name that leads out of the package).
    """

    def __init__(self, data: bytes, path: str, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        if data.count(_ENTRY_MARK) > limits.entries:  # before anything is made of each
            raise BadDocument("document-expands", path=path)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
            raise BadDocument("document-broken", path=path) from error
        self._parts = {entry.filename: entry for entry in self._zip.infolist()}
        self._check()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts, in the zip's order."""
        return tuple(self._parts)

    def read(self, name: str) -> bytes | None:
        """The bytes of a part, None when there is none. Raises `BadDocument`: document-broken, document-expands."""
        entry = self._parts.get(name)
        if entry is None:
            return None
        try:
            with self._zip.open(entry) as part:
                data = part.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise BadDocument("document-broken", path=self.path) from error
        return data

    def xml(self, name: str) -> Any:
        """The root element of a part, None when there is none."""
        data = self.read(name)
        return None if data is None else xml_tree(data, self.path, self.limits)

    def _check(self) -> None:
        total = 0
        for entry in self._parts.values():
            name = entry.filename.replace("\\", "/")
            if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
                raise BadDocument("document-names", path=self.path, name=entry.filename[:80])
            if entry.flag_bits & 1:
                raise BadDocument("document-encrypted", path=self.path)
            total += entry.file_size
            swollen = entry.file_size > max(_SMALL, self.limits.expansion * max(entry.compress_size, 1))
            if swollen or total > self.limits.expanded_megabytes * 1e6:
                raise BadDocument("document-expands", path=self.path)
