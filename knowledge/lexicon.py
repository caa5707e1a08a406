"""The words that decide a verdict (words.toml), as sets of stems by language."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from knowledge.language import FUNCTION_WORDS
from knowledge.terms import STOP_WORDS, fold, stem, words

WORDS_FILE = Path(__file__).with_name("words.toml")
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """One language. Phrases are tuples of folded words; `light` and `contrasts` are keyed by stem.

    `synonyms`: wordings of one meaning, as tuples of stems -> the number of the meaning, the same in both languages.
    `function`: the light words that never are what a sentence says ("the", "is").
    """

    language: str
    phrases: dict[str, dict[Phrase, str]]
    light: frozenset[str]
    contrasts: dict[str, tuple[int, int]]
    synonyms: dict[Phrase, int]
    function: frozenset[str]

    @cached_property
    def _openings(self) -> dict[str, frozenset[str]]:
        """Group -> the first words of its phrases: most words open none."""
        return {group: frozenset(phrase[0] for phrase in phrases) for group, phrases in self.phrases.items()}

    @cached_property
    def _synonym_openings(self) -> frozenset[str]:
        return frozenset(wording[0] for wording in self.synonyms if wording)

    def meanings(self, stems: Sequence[str]) -> list[tuple[int, int, int]]:
        """(start, end, meaning) of each wording of the synonyms in a row of stems, longest first."""
        found, at, opening = [], 0, self._synonym_openings
        while at < len(stems):
            if stems[at] not in opening:
                at += 1
                continue
            sizes = range(min(4, len(stems) - at), 0, -1)
            length = next((n for n in sizes if tuple(stems[at : at + n]) in self.synonyms), 0)
            if length:
                found.append((at, at + length, self.synonyms[tuple(stems[at : at + length])]))
            at += length or 1
        return found

    def find(self, group: str, folded: Sequence[str]) -> list[tuple[int, int]]:
        """(start, end) of each phrase of the group in a row of folded words."""
        known, opening = self.phrases[group], self._openings[group]
        if opening.isdisjoint(folded):
            return []
        found, at = [], 0
        while at < len(folded):
            if folded[at] not in opening:
                at += 1
                continue
            sizes = range(min(4, len(folded) - at), 0, -1)
            length = next((n for n in sizes if tuple(folded[at : at + n]) in known), 0)
            if length:
                found.append((at, at + length))
            at += length or 1
        return found


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language, read once."""
    table = tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))
    groups = {name: lists[language] for name, lists in table.items() if name not in {"contrast", "synonym"}}
    phrases = {name: {tuple(map(fold, words(text))): text for text in texts} for name, texts in groups.items()}
    function_words = {fold(word) for word in (*STOP_WORDS[language], *FUNCTION_WORDS[language])}
    groups_that_decide = ("negations", "universals", "exclusives")
    deciding = {phrase[0] for name in groups_that_decide for phrase in phrases[name] if len(phrase) == 1}
    light = {stem(word, language) for word in groups["light"]} | {stem(word, language) for word in function_words}
    contrasts: dict[str, tuple[int, int]] = {}
    for number, group in enumerate(table["contrast"]):
        for member, texts in enumerate(group[language]):
            for text in texts.split("|"):
                contrasts.setdefault(stem(text, language), (number, member))
    synonyms: dict[Phrase, int] = {}
    for number, group in enumerate(table["synonym"]):
        for text in group[language].split("|"):
            synonyms.setdefault(tuple(stem(word, language) for word in words(text)), number)
    light -= {stem(word, language) for word in deciding}
    function = light & {stem(word, language) for word in (*function_words, *groups["verbs"])}
    return Lexicon(language, phrases, frozenset(light), contrasts, synonyms, frozenset(function))
