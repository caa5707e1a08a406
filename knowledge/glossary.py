"""Pairs of terms in Spanish and English, so that a question finds text written in the other language.

A term lists its wordings in each language; matching is on stems, longest match first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from knowledge.terms import fold, stem, stop_stems, words

Wordings = dict[tuple[str, ...], list[int]]  # the stems of a wording -> the terms (their numbers) that have it


@dataclass(frozen=True, slots=True)
class Term:
    """One idea: language -> the wordings that mean it, the usual one first."""

    wordings: Mapping[str, tuple[str, ...]]


def term_stems(text: str, language: str) -> tuple[str, ...]:
    """The stems of a wording, every word kept (stop words too: "bolsa de palabras")."""
    return tuple(stem(part, language) for word in words(text) for part in word.split("-"))


@dataclass(frozen=True)
class Glossary:
    """The terms of a course."""

    terms: tuple[Term, ...]

    @cached_property
    def _known(self) -> dict[str, tuple[Wordings, dict[str, int]]]:
        return {}

    def _of(self, language: str) -> tuple[Wordings, dict[str, int]]:
        """The wordings of a language, and how many stems the longest has that a stem opens; most words open none.

        Made when the language is first asked for.
        """
        if language not in self._known:
            index: Wordings = {}
            longest: dict[str, int] = {}
            for number, term in enumerate(self.terms):
                for wording in term.wordings.get(language, ()):
                    stems = term_stems(wording, language)
                    numbers = index.setdefault(stems, [])
                    if number not in numbers:
                        numbers.append(number)
                    if stems:
                        longest[stems[0]] = max(longest.get(stems[0], 0), len(stems))
            self._known[language] = index, longest
        return self._known[language]

    def match(self, stems: Sequence[str], language: str) -> Iterable[tuple[int, int, int | None]]:
        """(start, end, term number or None) over the stems, longest terms first; None: a word that no term holds."""
        (index, longest), at = self._of(language), 0
        while at < len(stems):
            for length in range(min(longest.get(stems[at], 0), len(stems) - at), 0, -1):
                numbers = index.get(tuple(stems[at : at + length]))
                if numbers:
                    yield at, at + length, numbers[0]
                    at += length
                    break
            else:
                yield at, at + 1, None
                at += 1

    def translate(self, text: str, source: str, target: str) -> str:
        """The text with each known term in its usual wording of the other language; other words stay, stop words go.

        A stop word of one language is a rare word of the other, and BM25 would search for little else (docs/LOG.md).

        A query for search, not prose: word order and grammar are the source's.
        """
        pieces = [part for word in words(text) for part in word.split("-")]
        stems = [stem(piece, source) for piece in pieces]
        found: list[str] = []
        stop = stop_stems(source)
        for start, end, number in self.match(stems, source):
            if end == start + 1 and fold(pieces[start]) in stop:
                continue
            wordings = self.terms[number].wordings.get(target) if number is not None else None
            found.append(wordings[0] if wordings else " ".join(pieces[start:end]))
        return " ".join(found)

    def keys(self, stems: Sequence[str], language: str) -> list[str]:
        """The stems with each known term replaced by one key that both languages and all its wordings share."""
        return [
            f"#{number}" if number is not None else fold(" ".join(stems[start:end]))
            for start, end, number in self.match(stems, language)
        ]
