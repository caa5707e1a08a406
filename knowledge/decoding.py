"""Bytes to text, when nothing says which encoding they are in."""

import unicodedata

from knowledge.errors import BadDocument

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32",
                     b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # fmt: skip

_CONTROL_SHARE = 0.02  # of the characters; more control characters than this are not text


def decode_text(data: bytes, path: str) -> str:
    """The text of the bytes: composed characters, lines ending in a line feed, no control characters.

    Read as Unicode where a byte order mark says so, else as UTF-8 (a few bad bytes become U+FFFD), else as
    Windows-1252 or Latin-1. `path` is only named in the error: `BadDocument("document-binary")`.
    """
    mark = next((mark for mark in _BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    try:
        text = data.decode(_BYTE_ORDER_MARKS.get(mark, "utf-8"))
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", errors="replace")
        if mark:
            raise BadDocument("document-binary", path=path) from error
        # More good characters than bad ones beyond ASCII: UTF-8 with damage, not another encoding.
        if text.count("\ufffd") * 2 > sum(char > "\x7f" for char in text):
            text = _decode_one_byte(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    control = sum(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in text)
    if "\0" in text or control > _CONTROL_SHARE * len(text):
        raise BadDocument("document-binary", path=path)
    kept = (char if char in "\n\t" or unicodedata.category(char) != "Cc" else " " for char in text)
    return unicodedata.normalize("NFC", "".join(kept))


def _decode_one_byte(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
