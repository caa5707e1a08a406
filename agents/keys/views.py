"""Ways in which a text may carry another one: backwards, encoded, spaced out, in initials.

Nothing is decided here: every reading is looked at as a text of its own, and one that means nothing does no harm.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator, Sequence
from unicodedata import category, normalize

from knowledge.terms import folded

FEWEST_INITIALS, FEWEST_OF_WORDS = 3, 5  # letters that initials of sentences, and of words, must spell to be a word
_BASE64 = re.compile(r"(?<![\w+/-])[A-Za-z0-9+/_-]{2,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<!\w)(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[\s:,]?){2,}(?!\w)|\\x[0-9A-Fa-f]{2}")
_BINARY = re.compile(r"(?<!\w)[01]{8}(?:\s?[01]{8})*(?!\w)")
_SPACED = re.compile(r"(?<!\w)\w(?:[ .\-_*·|/]+\w){2,}(?!\w)")
_MARKUP = re.compile(r"[*`_#>|~\"“”«»]+")
_SENTENCE = re.compile(r"(?:^|(?<=[.!?\n]))\W*(\w)")


def clean(text: str) -> str:
    """The text with fullwidth, circled and mathematical letters as plain ones, and without what cannot be seen."""
    return "".join(char for char in normalize("NFKC", text) if category(char) not in {"Cf", "Cc"} or char in "\n\t")


def views(text: str) -> tuple[str, ...]:
    """Other texts that a text may carry, each once, without the text itself."""
    bare = _MARKUP.sub(" ", text)
    found = [text[::-1], " ".join(word[::-1] for word in text.split()), codecs.encode(text, "rot13")]
    found += [re.sub(r"\W+", "", match) for match in _SPACED.findall(bare)]
    found += [*_decoded(text)]
    return tuple(dict.fromkeys(view for view in found if view.strip() and view != text))


def initials(texts: Sequence[str]) -> str:
    """The first letters of the sentences of a sequence of texts, in lower case; "" where they are too few to be a
    word."""
    letters = "".join(letter for text in texts for letter in _SENTENCE.findall(text))
    return folded(letters) if len(letters) >= FEWEST_INITIALS else ""


def word_initials(text: str) -> tuple[str, ...]:
    """The first letters of the words of a text, and of its lines, where there are enough of them to spell a word."""
    found = []
    for parts in (text.split(), text.splitlines()):
        letters = "".join(match[0] for part in parts if (match := re.search(r"\w", part)))
        found += [folded(letters)] if len(letters) >= FEWEST_OF_WORDS else []
    return tuple(found)


def _decoded(text: str) -> Iterator[str]:
    """What base64, hexadecimal and binary in a text say, where that can be read."""
    for match in _BASE64.findall(text):
        yield from _readable(_unpacked(match))
    for match in _HEX.findall(text):
        yield from _readable(bytes.fromhex(re.sub(r"\\x|0x|[^0-9A-Fa-f]", "", match)))
    for match in _BINARY.findall(text):
        bits = re.sub(r"\s", "", match)
        yield from _readable(bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits), 8)))


def _unpacked(word: str) -> bytes:
    stripped = word.rstrip("=").translate(str.maketrans("-_", "+/"))
    if len(stripped) % 4 == 1:
        return b""
    try:
        return base64.b64decode(stripped + "=" * (-len(stripped) % 4))
    except (ValueError, binascii.Error):
        return b""


def _readable(data: bytes) -> Iterator[str]:
    """The bytes as a text, where they are one."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if text.strip() and all(char.isprintable() for char in text) and re.search(r"\w", text):
        yield text
