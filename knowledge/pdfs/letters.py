"""Letters as a reader means them: ligatures parted, accents composed, words that a line end broke joined again."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BROKEN_LINE = re.compile(r"[^\W\d_](?:\ufffe|\xad|-)$")  # a word that its line may have broken
_HYPHENATED = re.compile(r"([^\W\d_]+)(?:\ufffe|\xad|-(?=\n))\s*([^\W_]+)")
_WORD = re.compile(r"\w+(?:-\w+)*")
# LaTeX draws an accent apart from its letter, and a text layer has them side by side.
_LOOSE_ACCENT = re.compile(r"([´`¨ˆ˜ˇ¸])\s?([A-Za-zı])")
_COMBINING = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "¸": "\u0327"}


def clean(text: str) -> str:
    """A line of composed characters with single spaces; control and private-use characters go, broken words stay."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _LOOSE_ACCENT.sub(_accented, text.translate(_LIGATURES)))
    if not text.isprintable():
        text = "".join(letter if _stays(letter) else " " for letter in text)
    return " ".join(text.split())


def _stays(letter: str) -> bool:
    return letter == "\ufffe" or unicodedata.category(letter) not in {"Cc", "Co", "Cn", "Cs"}


def known_words(lines: Iterable[str]) -> Counter[str]:
    """How often a document writes each word, compounds as one: what `joined` decides by."""
    return Counter(word.lower() for line in lines for word in _WORD.findall(line))


def joined(lines: Iterable[str], known: Counter[str]) -> str:
    """Lines as one, words broken at their ends mended; a compound keeps its hyphen if the document writes it so."""
    return _mended("\n".join(lines), known).replace("\n", " ")


def breaks_off(line: str) -> bool:
    """Whether a line ends inside a word."""
    return bool(_BROKEN_LINE.search(line))


def _accented(match: re.Match[str]) -> str:
    letter = "i" if match[2] == "ı" else match[2]
    composed = unicodedata.normalize("NFC", letter + _COMBINING[match[1]])
    return composed if len(composed) == 1 else match[0]


def _mended(text: str, known: Counter[str]) -> str:
    def join(match: re.Match[str]) -> str:
        whole, hyphenated = match[1] + match[2], f"{match[1]}-{match[2]}"
        compound = not known[whole.lower()] and known[hyphenated.lower()]
        return hyphenated if compound or not match[2][0].islower() else whole

    return _HYPHENATED.sub(join, text).replace("\ufffe", "-").replace("\xad", "")
