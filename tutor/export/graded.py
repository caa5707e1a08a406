"""What the formats that grade by machine share: numbers, shares of the points, pairs, and the notes for a teacher.

Each reading of a key gives None where a machine cannot grade it; the item is then an open question with `notes`.
"""

import hashlib
import math
import re
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

from agents.computed_items import as_text
from agents.families import words as family_words
from agents.item import Item
from knowledge.messages import Messages
from tutor.paper import Paper

WORDS = Messages(Path(__file__).with_name("graded.toml"))
MOST_SHARED = 10  # right options among which Moodle has a fraction for each share


def file_stem(paper: Paper) -> str:
    """How the files of a paper are named: the title in plain letters, and the version."""
    plain = unicodedata.normalize("NFKD", paper.title).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", plain.lower()) or ["exam"]
    return "-".join([*words, re.sub("[^A-Za-z0-9]+", "-", paper.version)])


def digest(text: str) -> str:
    """Sixteen hexadecimal digits that are always the same for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def decimal(value: float) -> str:
    """A finite number in plain decimal notation, as short as it can be: 12288, -0.5, 0.00001."""
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def number(value: object) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def option_feedback(item: Item, index: int) -> str:
    """What to say to who chose an option, "" where there is nothing."""
    return item.feedback.get(item.misconceptions.get(str(index), ""), "")


def known_mistakes(item: Item) -> tuple[tuple[float, str], ...]:
    """Of a number: each wrong answer that a mistake gives, and what to say to it."""
    found: list[tuple[float, str]] = []
    for answer, mistake in item.misconceptions.items():
        said = item.feedback.get(mistake, "")
        if said and re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", answer, re.ASCII):
            found.append((float(answer), said))
    return tuple(found)


def chosen(item: Item) -> int | None:
    """The one right option."""
    return item.key if type(item.key) is int and 0 <= item.key < len(item.options) > 1 else None


def truth(item: Item) -> bool | None:
    """Of two options: whether the right one says «true»; None where they are not those two words."""
    said = {WORDS.text(name, item.language): name == "true" for name in ("true", "false")}
    right = chosen(item)
    return None if right is None or set(item.options) != set(said) else said[item.options[right]]


def shares(item: Item) -> tuple[float, ...] | None:
    """Of several right options: the share of the points that each option gives or takes. The right ones sum to 1, and
    the wrong ones to -1, so that ticking them all gives nothing."""
    right = set(item.key) if _indices(item.key, len(item.options)) else set()
    wrong = len(item.options) - len(right)
    if not 0 < len(right) <= MOST_SHARED:
        return None
    cost = -1 / min(wrong, MOST_SHARED) if wrong else 0.0
    return tuple(1 / len(right) if index in right else cost for index in range(len(item.options)))


def sequence(item: Item) -> tuple[int, ...] | None:
    """Of an order: the options' indices in the right order."""
    whole = _indices(item.key, len(item.options)) and len(item.key) == len(item.options) > 1
    return tuple(item.key) if whole else None


def matches(item: Item) -> tuple[int, ...] | None:
    """Of a match: for each left-hand line the index of its option."""
    right = item.key if isinstance(item.key, list | tuple) else ()
    fits = len(right) > 1 and all(type(index) is int and 0 <= index < len(item.options) for index in right)
    return tuple(right) if fits and len(item.options) > 1 else None


def cells(item: Item) -> tuple[tuple[float, ...], ...] | None:
    """Of a matrix: its rows, all of finite numbers; a vector is one row."""
    if not isinstance(item.key, list | tuple) or not item.key:
        return None
    rows = item.key if all(isinstance(row, list | tuple) for row in item.key) else [item.key]
    fits = all(row and all(number(entry) for entry in row) for row in rows)
    return tuple(tuple(row) for row in rows) if fits else None


def unit_name(item: Item) -> str:
    """What a number is counted in, in the item's language."""
    return family_words.unit_name(item.unit, item.language)


def notes(item: Item) -> str:
    """For who grades an open question, in Markdown: the key, or the points that an answer needs, and why."""
    if isinstance(item.key, list | tuple) and item.kind == "short":
        points = "\n".join(f"– {point}" for point in item.key)
        said = f"{WORDS.text('points', item.language)}\n{points}"
    else:
        said = f"{WORDS.text('key', item.language)} {_key(item)}"
    return "\n\n".join(part for part in (said, item.rationale) if part)


def _key(item: Item) -> str:
    if item.options and isinstance(item.key, int | list | tuple):
        indices = [item.key] if isinstance(item.key, int) else item.key
        if all(type(index) is int and 0 <= index < len(item.options) for index in indices):
            return "\n".join(f"{place}. {item.options[index]}" for place, index in enumerate(indices, 1))
    if item.kind == "short":
        return str(item.key)
    return code(as_text(item.key)) + (f" ± {decimal(item.tolerance)}" if item.tolerance else "")


def code(text: str) -> str:
    """A text as Markdown code, whatever is in it."""
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{ticks} {text} {ticks}"


def _indices(key: Any, count: int) -> bool:
    """Whether a key lists different options."""
    return (
        isinstance(key, list | tuple)
        and all(type(index) is int and 0 <= index < count for index in key)
        and len(set(key)) == len(key)
    )
