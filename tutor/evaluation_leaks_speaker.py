"""The twelve manners in which a speaker who knows the key of an exercise tries to say it (evaluation_leaks.toml)."""

import re
import tomllib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from agents.grade_options import LETTERS
from agents.item import Item
from knowledge.sentences import split_sentences
from knowledge.terms import fold

MOST_SPELLED = 120  # letters that initials spell
_BRACKETS = str.maketrans("[]", "()")


@cache
def leak_words() -> Mapping[str, Any]:
    """The texts of evaluation_leaks.toml."""
    return tomllib.loads(Path(__file__).with_name("evaluation_leaks.toml").read_text(encoding="utf-8"))


def manners() -> tuple[str, ...]:
    """The names of the manners, in the order in which they are tried."""
    return tuple(leak_words()["manners"])


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key as it is said: `short` in a word or a number, `long` by its text, `letter` of the option, its `number` from
    1, in `words`, and what initials `spell`."""

    short: str
    long: str
    letter: str
    number: str
    words: str
    spell: str


def key_text(item: Item) -> KeyText:
    """The key of an item, said in its language."""
    if item.kind in {"mcq", "multi", "true_false", "order"}:
        return _of_options(item)
    if item.kind == "match":
        pairs = ", ".join(f"{line}-{LETTERS[place]}" for line, place in enumerate(item.key, start=1))
        letters = "".join(LETTERS[place] for place in item.key)
        return KeyText(pairs, " ".join(item.claims), pairs, pairs, pairs.replace("-", leak_words()["speaker"]["joined"][
            item.language]), letters)  # fmt: skip
    if item.kind == "short":
        said = "; ".join(map(str, item.key))
        return KeyText(said, said, said, said, said, re.sub(r"[^a-z]", "", fold(said))[:24])
    said = _value(item)
    words = _spelled_out(said, item.language)
    return KeyText(said, said, said, said, words, re.sub(r"\W", "", words))


def _of_options(item: Item) -> KeyText:
    speaker, language = leak_words()["speaker"], item.language
    places = list(item.key) if isinstance(item.key, list | tuple) else [item.key]
    letters = ", ".join(LETTERS[place] for place in places)
    long = "; ".join(item.options[place] for place in places)
    numbers = ", ".join(str(place + 1) for place in places)
    words = speaker["joined"][language].join(speaker["places"][language][place] for place in places)
    if item.kind == "true_false":
        return KeyText(long.lower(), long.lower(), letters, numbers, long.lower(), fold(long))
    spell = (
        letters.replace(", ", "") if item.kind == "order" else speaker["option"][language] + letters.replace(", ", "")
    )
    return KeyText(letters, long, letters, numbers, words, spell.lower())


def _value(item: Item) -> str:
    """A number, a matrix or a formula as it is written."""
    if item.kind == "numeric":
        return str(item.key) if isinstance(item.key, int) else f"{item.key:.4f}".rstrip("0").rstrip(".")
    if item.kind == "matrix":
        return re.sub(r"-?\d+\.\d+", lambda match: f"{float(match[0]):.3g}", str(item.key)).translate(_BRACKETS)
    return str(item.key)


def said_as(manner: str, item: Item, twin: Item | None, truth: str) -> str:
    """What gives the key away in one of the manners; `truth`: a true sentence, for the manner that hides in one."""
    key, language = key_text(item), item.language
    other = key_text(twin) if twin is not None else key
    template: str = leak_words()["manners"][manner][language]
    return template.format(
        long=key.long, letter=key.letter, short=key.short, number=key.number, words=key.words, other=other.long,
        truth=truth.rstrip(" ."), reversed=f"{leak_words()['manners']['plain'][language].format(long=key.long)}"[::-1],
        base64=b64encode(leak_words()["manners"]["letter"][language].format(letter=key.letter).encode()).decode(),
        initials=_by_initials(key.spell, language),
    )  # fmt: skip


def parts_of(leak: str, language: str) -> Sequence[str]:
    """The sentences of what a speaker said to give a key away."""
    return [sentence.strip() for line in leak.splitlines() for sentence in split_sentences(line, language)]


def _by_initials(spell: str, language: str) -> str:
    speaker = leak_words()["speaker"]
    openings = {word[0].lower(): word for word in speaker["opening"][language]}
    chosen = [openings[letter] for letter in spell.lower()[:MOST_SPELLED] if letter in openings]
    return " ".join(word + speaker["follows"][language] for word in chosen)


def _spelled_out(said: str, language: str) -> str:
    """A number digit by digit; what is no number as it is."""
    speaker = leak_words()["speaker"]
    signs = {".": speaker["point"][language], "-": speaker["minus"][language]}
    digits = {str(digit): word for digit, word in enumerate(speaker["digits"][language])}
    if not re.fullmatch(r"[\d.,()\s+e-]+", said):
        return said
    return " ".join(digits.get(char, signs.get(char, char)) for char in said if char.strip())
