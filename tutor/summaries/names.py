"""Names of authors: from how a document gives them ("Ana Pérez Gil", "Pérez Gil, Ana", "OpenAI") to their parts.

A comma decides. Without one the last word is the family name, with its particles ("van der Maaten"). In a document in
Spanish the last two words are, unless the word before the last is a second given name ("María José Gil") or an initial.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tutor.summaries.inline import one_line

SURNAMES = {"es": 2}  # how many a name has, where it has given names too; 1 in other languages


@dataclass(frozen=True, slots=True)
class AuthorName:
    """`given` is empty for who has one name only: an organisation, "Aristotle"."""

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def sorted(self) -> str:
        """As in a list of authors: "Pérez Gil, Ana"."""
        return ", ".join(part for part in (self.family, self.suffix, self.given) if part)


def author_name(text: str, language: str) -> AuthorName:
    """The parts of an author's name; `language` is that of the document."""
    name = one_line(text)
    if _is_organisation(name):
        return AuthorName(name)
    parts = [part.strip() for part in name.split(",")]
    if len(parts) > 1 and all(parts[:2]):
        return _with_comma(parts)
    return _in_order(name.replace(",", " ").split(), language) if any(parts) else AuthorName(name)


def folded(text: str) -> str:
    """A text in lower-case letters without accents; what has no plain letter for it goes."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


@cache
def name_words(kind: str) -> frozenset[str]:
    """The words of one kind in `names.toml`."""
    return frozenset(tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))[kind])


def _is_organisation(name: str) -> bool:
    words = folded(name).replace(",", " ").split()
    return len(words) > 1 and not name_words("organisations").isdisjoint(words)


def _with_comma(parts: list[str]) -> AuthorName:
    """ "Family, Given" as people write it, "Family, Jr., Given" as BibTeX does; "Given Family, Jr." too."""
    if folded(parts[1]) in name_words("suffixes"):
        given = " ".join(parts[2:])
        plain = AuthorName(parts[0], given) if given else _in_order(parts[0].split(), "en")
        return AuthorName(plain.family, plain.given, parts[1])
    return AuthorName(parts[0], " ".join(parts[1:]))


def _in_order(words: list[str], language: str) -> AuthorName:
    """ "Given Family", "Given Family Jr."."""
    suffix = words.pop() if len(words) > 2 and folded(words[-1]) in name_words("suffixes") else ""
    start = _family_start(words, language)
    return AuthorName(" ".join(words[start:]), " ".join(words[:start]), suffix)


def _family_start(words: list[str], language: str) -> int:
    """Where the family name begins: 0 when there is no other."""
    start = _before_particles(words, len(words) - 1)
    wanted = SURNAMES.get(language, 1)
    if wanted == 2 and start > 1 and not _is_given(words[start - 1]):
        start = _before_particles(words, start - 1)
    return start


def _before_particles(words: list[str], start: int) -> int:
    """`start` or before it, at the first of the particles that lead to it; a first word is never one."""
    while start > 1 and folded(words[start - 1]) in name_words("particles"):
        start -= 1
    return start


def _is_given(word: str) -> bool:
    return bool(re.fullmatch(r"\w\.?(-?\w\.)*", word)) or folded(word) in name_words("second_names")
