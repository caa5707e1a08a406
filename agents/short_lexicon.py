"""What the words of short answers mean (short_words.toml): ends of an axis, members of a set, and words for the same.

A meaning is a key: ("size", 1) and ("size", -1) are the ends of an axis, ("part", 0) is a member of a set, ("~12", 0) a
group of words that mean the same. What has the same name and another number excludes the other.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.frequency import zipf
from knowledge.language import FUNCTION_WORDS
from knowledge.messages import LANGUAGES
from knowledge.terms import STOP_WORDS, fold, stem, words

WORDS_FILE = Path(__file__).with_name("short_words.toml")
CONVERSE = "><"  # opens the name of a relation that can be told from either side
FEW = 4  # words of a text that may open with a letter that is a name
LEAST = 7  # letters of a word that may be misspelt
LONGEST = 6  # words of a wording
PHRASES = (
    "denials", "ends", "yes", "no", "choices", "passives", "before", "after", "markers", "pronouns", "subjects",
    "being", "all", "some", "each", "keeping",
)  # fmt: skip
Key = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a wording means: `keys`, and whether it is `weak`, so that it need not be said."""

    keys: frozenset[Key]
    weak: bool


@dataclass(frozen=True)
class ShortLexicon:
    """One language. `wordings`: stems -> words with these stems -> what they mean; `exact`: letters with a meaning, as
    they are written."""

    language: str
    wordings: Mapping[tuple[str, ...], Mapping[tuple[str, ...], Wording]]
    exact: Mapping[str, Wording]
    phrases: Mapping[str, frozenset[tuple[str, ...]]]

    def matches(self, stems: Sequence[str], tokens: Sequence[str]) -> Iterator[tuple[int, int, Wording | None]]:
        """(start, end, meaning or None) over the words of a text, longest wordings first."""
        at = 0
        while at < len(stems):
            if tokens[at] in self.exact and (at > 0 or len(tokens) <= FEW):  # "A model" opens with no matrix
                yield at, at + 1, self.exact[tokens[at]]
                at += 1
                continue
            sizes = range(min(LONGEST, len(stems) - at), 0, -1)
            found = ((n, self._meaning(stems[at : at + n], tokens[at : at + n])) for n in sizes)
            size, meaning = next(((n, one) for n, one in found if one is not None), (1, None))
            yield at, at + size, meaning
            at += size

    def _meaning(self, stems: Sequence[str], tokens: Sequence[str]) -> Wording | None:
        """What words mean: as they are listed, else what all words of their stems mean ("posit" is of two words)."""
        known = self.wordings.get(tuple(stems))
        if known is None:
            return None
        own = known.get(tuple(map(fold, tokens)))
        if len(stems) == 1:
            if own is None and is_function(tokens[0]):
                return None
            known = {} if own else {words: one for words, one in known.items() if not _is_name(one)}
        return own or _all(known.values()) if own or known else None

    def misspelt(self, word: str) -> Wording | None:
        """What a word means that is no word of the language, where one letter makes it one of the lexicon alone."""
        folded = fold(word)
        if len(folded) < LEAST or any(zipf(folded, spoken) for spoken in LANGUAGES):
            return None
        near = {own: one for own, one in _single(self.language).items() if one_slip(*sorted((own, folded), key=len))}
        found = set(near.values())
        return found.pop() if len(found) == 1 else None

    def members(self, stems: Sequence[str], tokens: Sequence[str]) -> Iterator[tuple[int, Wording]]:
        """(place, meaning) of the members of sets among the words of a wording."""
        for at in range(len(stems)):
            inner = self._meaning(stems[at : at + 1], tokens[at : at + 1])
            if inner is not None and any(name in _sets() for name, _ in inner.keys):
                yield at, inner

    def spans(self, group: str, folded: Sequence[str]) -> list[tuple[int, int]]:
        """(start, end) of each phrase of a group, longest first."""
        found, at, known = [], 0, self.phrases[group]
        while at < len(folded):
            size = next((n for n in range(LONGEST, 0, -1) if tuple(folded[at : at + n]) in known), 0)
            if size:
                found.append((at, min(at + size, len(folded))))
            at += size or 1
        return found


@cache
def table() -> Mapping[str, Any]:
    """short_words.toml, read once."""
    return tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))


@cache
def short_lexicon(language: str) -> ShortLexicon:
    """The lexicon of a language, read once."""
    keys: dict[tuple[str, ...], dict[tuple[str, ...], set[Key]]] = {}
    strong: set[tuple[str, ...]] = set()
    exact: dict[str, set[Key]] = {}
    for key, text, weak in _entries(language):
        if text.startswith("="):
            exact.setdefault(text[1:], set()).add(key)
            continue
        own = tuple(map(fold, pieces(text)))
        keys.setdefault(stems_of(text, language), {}).setdefault(own, set()).add(key)
        if not weak:
            strong.add(own)
    wordings = {
        stems: {own: Wording(frozenset(found), own not in strong) for own, found in texts.items()}
        for stems, texts in keys.items()
    }
    letters = {text: Wording(frozenset(found), False) for text, found in exact.items()}
    return ShortLexicon(language, wordings, letters, _phrases(language))


def stems_of(text: str, language: str) -> tuple[str, ...]:
    """The stems of a wording, one a word; parts of a compound are words of their own."""
    return tuple(stem(part, language) for part in pieces(text))


def pieces(text: str) -> list[str]:
    """The words of a plain text in lower case, compounds taken apart."""
    return [part for word in words(text) for part in re.split(r"[-/]", word) if part]


def opposite(one: Key, other: Key) -> bool:
    """Whether two meanings exclude each other."""
    return one[0] == other[0] and one[1] != other[1]


def is_axis(name: str) -> bool:
    """Whether a meaning is the end of an axis, whose denial says the other end."""
    return name in _axes()


@cache
def _single(language: str) -> Mapping[str, Wording]:
    """The wordings of one long word, as they are written."""
    wordings = short_lexicon(language).wordings.values()
    return {own[0]: one for texts in wordings for own, one in texts.items() if len(own) == 1 and len(own[0]) >= LEAST}


def one_slip(short: str, long: str) -> bool:
    """Whether one letter behind the first, or two in a wrong order, part two words: "asymmetric" is no slip."""
    if len(long) - len(short) > 1 or short[:1] != long[:1]:
        return False
    at = next((place for place, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    if len(short) == len(long):
        swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
        return short[at + 1 :] == long[at + 1 :] or swapped
    return short[at:] == long[at + 1 :]


@cache
def is_function(word: str) -> bool:
    """Whether a word carries nothing by itself, in either language."""
    lists = (words for spoken in LANGUAGES for words in (STOP_WORDS[spoken], FUNCTION_WORDS[spoken]))
    return any(fold(word) in {fold(one) for one in found} for found in lists)


def _all(wordings: Iterable[Wording]) -> Wording:
    found = tuple(wordings)
    return Wording(frozenset().union(*(one.keys for one in found)), all(one.weak for one in found))


@cache
def soft_names() -> frozenset[str]:
    """The axes and sets whose words need not be said where nothing speaks against them."""
    return frozenset(group["name"] for kind in ("axis", "set") for group in table()[kind] if group.get("soft"))


def _is_name(wording: Wording) -> bool:
    """Whether all that it means are names, which are written in one way."""
    return all(name in _names() for name, _ in wording.keys)


@cache
def _names() -> frozenset[str]:
    return frozenset(group["name"] for group in table()["set"] if group.get("names"))


@cache
def verbal() -> frozenset[str]:
    """The axes whose words are what is done: to see, to keep."""
    return frozenset(axis["name"] for axis in table()["axis"] if axis.get("verbs"))


@cache
def passing() -> frozenset[str]:
    """The axes through which a denial passes on: what one need not do is not done."""
    return frozenset(axis["name"] for axis in table()["axis"] if axis.get("passing"))


@cache
def loose() -> frozenset[str]:
    """The axes of which an answer may say another end than the question: more of one thing may be less of another."""
    return frozenset(axis["name"] for axis in table()["axis"] if axis.get("loose"))


@cache
def idle() -> frozenset[str]:
    """The meanings of words that say nothing of their own."""
    return frozenset(f"~{number}" for number, meaning in enumerate(table()["meaning"]) if meaning.get("idle"))


@cache
def steps() -> frozenset[str]:
    """The sets of which a thing may have several members one after another."""
    return frozenset(group["name"] for group in table()["set"] if group.get("steps"))


@cache
def things() -> frozenset[str]:
    """The sets whose members are things that are called by their names alone."""
    return frozenset(group["name"] for group in table()["set"] if group.get("things"))


@cache
def subjects() -> frozenset[str]:
    """The sets whose members are what something is said of, and not what is said."""
    return things() | frozenset(group["name"] for group in table()["set"] if group.get("parts"))


@cache
def _sets() -> frozenset[str]:
    return frozenset(group["name"] for group in table()["set"])


@cache
def _axes() -> frozenset[str]:
    return frozenset(axis["name"] for axis in table()["axis"])


def _entries(language: str) -> Iterator[tuple[Key, str, bool]]:
    for axis in table()["axis"]:
        for end, texts in zip((1, -1), axis[language], strict=True):
            yield from (((axis["name"], end), text, False) for text in texts.split("|"))
    for group in table()["set"]:
        for member, texts in enumerate(group[language]):
            yield from (((group["name"], member), text, False) for text in texts.split("|"))
    for number, meaning in enumerate(table()["meaning"]):
        weak = bool(meaning.get("weak"))
        yield from (((f"~{number}", 0), text, weak) for text in meaning[language].split("|"))
    for relation in table()["converse"]:
        for side, texts in enumerate(relation[language]):
            yield from (((CONVERSE + relation["name"], side), text, False) for text in texts.split("|"))
    for number in table()["number"]:
        weak = bool(number.get("weak"))
        yield from ((("number", number["value"]), text, weak) for text in number[language].split("|"))


def _phrases(language: str) -> Mapping[str, frozenset[tuple[str, ...]]]:
    lists = {name: table()[name][language] for name in PHRASES}
    lists |= {f"degree {name}": texts[language] for name, texts in table()["degree"].items()}
    lists |= {f"joint {name}": texts[language] for name, texts in table()["joints"].items()}
    return {name: frozenset(_folded(texts.split("|"))) for name, texts in lists.items()}


def _folded(texts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    for text in texts:
        yield tuple(fold(word) for word in pieces(text))


def other_language(language: str) -> str:
    """The language beside this one."""
    return next(other for other in LANGUAGES if other != language)
