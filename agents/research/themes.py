"""Themes: points that speak of one thing, under a name taken from their own words.

Points are joined by average linkage while they are alike; a theme is named by the term that its points share most and
the others least, as the sources write it or, where the glossary has it, in the reader's language.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.research.points import Point
from agents.research.reading_words import pattern
from knowledge.glossary import term_stems
from knowledge.lexicon import lexicon
from knowledge.messages import LANGUAGES
from knowledge.retrieval import Retriever
from knowledge.terms import folded, plain, stem, stop_stems

MOST = 6  # themes
FEWEST = 2  # points of a theme
ALIKE = 0.5  # average likeness down to which groups are joined
LARGEST = 7  # points of a theme
LONGEST_NAME = 3  # words
GLOSSARY = 1.5  # how much more a term of the glossary is worth as a name
LONGER = 0.5  # how much more each further word makes a name worth
WIDESPREAD = 0.15  # share of the passages from which a word is too common to name a theme
KINDS = ("contribution", "results", "limits", "plain")  # of headings that name no theme
_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]|[A-ZÁÉÍÓÚÑ]\w+")
_PIECE = re.compile(r"[.,;:()«»\"“”!?—]|\s-\s")
_INNER = frozenset({"of", "de", "del"})


@dataclass(frozen=True, slots=True)
class Theme:
    """`name`: "" for what fits no other theme."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A name as it is written, and the stems that it is known by."""

    text: str
    stems: tuple[str, ...]
    language: str


class Themes:
    """Groups points and names the groups: `find` is its verb."""

    def __init__(self, retriever: Retriever) -> None:
        self.retriever = retriever
        self.glossary = retriever.glossary

    def find(
        self, points: Sequence[Point], alike: NDArray[np.float32], asked: frozenset[str], language: str
    ) -> list[Theme]:
        """The themes, the one with the best point first, what fits none last. `alike`: how alike each two points are;
        `asked`: stems of the question, which name no theme since all speak of them; `language`: of the names."""
        groups = [group for group in _linked(alike) if len(group) >= FEWEST]
        terms = [_terms_of(point) for point in points]
        themes, taken, placed = [], set[str](), set[int]()
        for group in groups[:MOST]:
            name = self._name(group, points, terms, asked | frozenset(taken), language)
            if name:
                taken.update(term_stems(name, language))
                placed.update(group)
                themes.append(Theme(name, tuple(points[place] for place in sorted(group))))
        rest = tuple(point for place, point in enumerate(points) if place not in placed)
        return [*themes, Theme("", rest)] if rest else themes

    def _name(
        self, group: Sequence[int], points: Sequence[Point], terms: Sequence[Sequence[Term]], used: frozenset[str],
        language: str,
    ) -> str:  # fmt: skip
        """The term that most points of the group have and few of the others; the longer of equals."""
        inside: Counter[tuple[str, ...]] = Counter()
        outside: Counter[tuple[str, ...]] = Counter()
        written: dict[tuple[str, ...], Counter[Term]] = {}
        for place, own in enumerate(terms):
            for stems in {term.stems for term in own}:
                (inside if place in group else outside)[stems] += 1
            for term in own if place in group else ():
                written.setdefault(term.stems, Counter())[term] += 1
        best, name = 0.0, ""
        for stems, count in inside.items():
            term = written[stems].most_common(1)[0][0]
            if count < FEWEST or set(stems) <= used or self._is_common(term):
                continue
            known = self._known_as(term, language)
            if len(stems) == 1 and not known and not _is_name(term.text):
                continue  # a single common word tells little
            if set(term_stems(known, language)) <= used and known:
                continue
            worth = count * math.log((2 + len(terms)) / (1 + outside[stems])) * (1 + LONGER * (len(stems) - 1))
            worth *= GLOSSARY if known else 1.0
            if worth > best:
                best, name = worth, known or term.text
        name = name or self._heading([points[place] for place in group], used)
        return name[:1].upper() + name[1:]

    def _heading(self, points: Sequence[Point], used: frozenset[str]) -> str:
        """The innermost heading that two points or more stand under, in the sources' words; "" for none."""
        stretches = [point.lead.stretch for point in points]
        inner = [one.passage.headings[-1] for one in stretches if len(one.passage.headings) > 1]
        under = Counter(name for name in inner if not _is_of_a_kind(name))
        heading, count = next(iter(under.most_common(1)), ("", 0))
        language = stretches[0].language
        return heading if count >= FEWEST and not set(term_stems(heading, language)) <= used else ""

    def _is_common(self, term: Term) -> bool:
        """Whether a single word stands all over the sources."""
        partition = self.retriever.index.partitions.get(term.language)
        if len(term.stems) > 1 or partition is None:
            return False
        return partition.document_frequency(term.stems[0]) > WIDESPREAD * len(partition.passages)

    def _known_as(self, term: Term, language: str) -> str:
        """The usual wording in the reader's language of a term that the glossary has as a whole."""
        for start, end, number in self.glossary.match(term.stems, term.language):
            if number is not None and end - start == len(term.stems):
                wordings = self.glossary.terms[number].wordings.get(language)
                return wordings[0] if wordings else ""
        return ""


def _is_name(text: str) -> bool:
    """Whether a word is written as a name: GPT-2, LoRA, BLEU."""
    return text[1:] != text[1:].lower() or any(char.isdigit() for char in text)


def _is_of_a_kind(heading: str) -> bool:
    """Whether a heading says what kind of text stands under it, and not what it is about: "Results"."""
    flat = folded(heading).strip(" .:")
    return any(pattern(f"heading_{kind}", language).fullmatch(flat) for kind in KINDS for language in LANGUAGES)


def _terms_of(point: Point) -> Sequence[Term]:
    stretch = point.lead.stretch
    return terms_in(plain(stretch.quote), stretch.language)


def _linked(alike: NDArray[np.float32]) -> list[list[int]]:
    """Groups of rows joined by average linkage down to ALIKE, none over LARGEST, the one with the first row first."""
    groups = [[row] for row in range(len(alike))]
    while len(groups) > 1:
        best, pair = ALIKE, None
        for at, one in enumerate(groups):
            for to in range(at + 1, len(groups)):
                average = float(alike[np.ix_(one, groups[to])].mean())
                if average > best and len(one) + len(groups[to]) <= LARGEST:
                    best, pair = average, (at, to)
        if pair is None:
            break
        groups[pair[0]] += groups.pop(pair[1])
    return sorted(groups, key=min)


def terms_in(text: str, language: str) -> Sequence[Term]:
    """The stretches of one to three words of a plain text that may name a thing: no verb or stop word but an inner
    "of"."""
    known, stop, idle = lexicon(language), stop_stems(language), pattern("idle", language)
    verbs = {phrase[0] for phrase in known.phrases["verbs"]}
    found = []
    for piece in _PIECE.split(text):
        row = [match.group() for match in _WORD.finditer(piece)]
        flat = [folded(word) for word in row]
        bad = [word in stop or word in verbs or idle.fullmatch(word) is not None for word in flat]
        for size in range(1, LONGEST_NAME + 1):
            for at in range(len(row) - size + 1):
                inner = size == LONGEST_NAME and flat[at + 1] in _INNER and not bad[at] and not bad[at + 2]
                stems = tuple(stem(word, language) for word in row[at : at + size])
                light = size == 1 and (stems[0] in known.light or len(stems[0]) < 3)
                if inner or not (any(bad[at : at + size]) or light):
                    found.append(Term(" ".join(row[at : at + size]), stems, language))
    return found
