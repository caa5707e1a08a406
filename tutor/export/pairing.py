"""Matches and orders as pairs of a left-hand text and a choice of a list."""

import re
from dataclasses import dataclass

from agents.item import Item
from tutor.export.graded import WORDS, matches, sequence

_LINE = re.compile(r"\s*(?P<number>\d+)[.)]\s+(?P<text>\S.*?)\s*")
_PLAIN = re.compile(r"[^\W_](?:[\w ,;.()'/¿?¡!%+–-]*[\w.)%?!])?")  # what a drop-down list shows as it is written


@dataclass(frozen=True, slots=True)
class Pairing:
    """`asked`: the question, in Markdown. `lefts`: its lines, in Markdown. `rights`: plain texts to choose from.
    `key`: for each line the index of its right-hand text."""

    asked: str
    lefts: tuple[str, ...]
    rights: tuple[str, ...]
    key: tuple[int, ...]


def pairing(item: Item) -> Pairing | None:
    """A match, or an order as a match of its options with their places; None where the key is not of that kind.

    Drop-down lists show no formulas: options that have any are listed in the question, with letters to choose.
    """
    if item.kind == "order":
        order = sequence(item)
        if order is None:
            return None
        places = tuple(str(place) for place in range(1, len(order) + 1))
        asked = f"{item.stem}\n\n{WORDS.text('places', item.language)}"
        return Pairing(asked, item.options, places, tuple(order.index(index) for index in range(len(order))))
    key = matches(item)
    if key is None:
        return None
    asked, lefts = split_stem(item.stem, len(key))
    if all(_PLAIN.fullmatch(option) for option in item.options):
        return Pairing(asked, lefts, item.options, key)
    letters = _letters(len(item.options))
    listed = "\n\n".join(f"**{letter}.** {option}" for letter, option in zip(letters, item.options, strict=True))
    return Pairing(f"{asked}\n\n{listed}", lefts, letters, key)


def split_stem(stem: str, count: int) -> tuple[str, tuple[str, ...]]:
    """The question of a match without its numbered lines, and those lines without their numbers. Where the lines
    cannot be told, all of the question, and the bare numbers as lines."""
    found = [(line, _LINE.fullmatch(line)) for line in stem.splitlines()]
    numbered = [match for _, match in found if match]
    if [int(match["number"]) for match in numbered] != list(range(1, count + 1)):
        return stem, tuple(str(place) for place in range(1, count + 1))
    return "\n".join(line for line, match in found if not match).strip(), tuple(match["text"] for match in numbered)


def _letters(count: int) -> tuple[str, ...]:
    return tuple(chr(ord("A") + index) if count <= 26 else str(index + 1) for index in range(count))
