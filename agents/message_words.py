"""The words of a message as they are meant: short forms in full, typing errors mended.

An error is mended against the words of the course first, then against common ones. Names are left alone, and so is
every word that somebody knows.
"""

import difflib
import re

from agents.scaffold import scaffold
from knowledge.course import Course
from knowledge.frequency import common_words, zipf
from knowledge.retrieval import Retriever
from knowledge.terms import WORD, fold, plain, stem, words

TYPO_CUTOFF = 0.84  # difflib ratio: two letters wrong in eleven
TYPO_LENGTH = 5
TYPO_LETTERS = 2
COMMON_LENGTH, COMMON_CUTOFF = 6, 0.87  # of a word that may be mended to one that the course does not use
COMMON = 4.2  # Zipf frequency of the words that a typing error may be mended to, beyond the course's own
_DIGIT = re.compile(r"\d")


class MessageWords:
    """Reads messages to a course; `retriever` knows the words of its passages."""

    def __init__(self, course: Course, retriever: Retriever) -> None:
        self.course = course
        self.retriever = retriever
        self._known: dict[str, tuple[frozenset[str], list[str]]] = {}

    def read(self, message: str, language: str) -> list[str]:
        """The words of a message, as they are meant."""
        short = scaffold().short[language]
        spelled_out = [word for token in words(plain(message)) for word in words(short.get(token, token))]
        return self._mended(spelled_out, language, names_in(message))

    def _mended(self, tokens: list[str], language: str, names: frozenset[str]) -> list[str]:
        """The words with typing errors mended: no names, and only words that nobody knows, the course's words first."""
        talk = scaffold().talk[language]
        partition = self.retriever.index.partitions.get(language)
        mended = []
        for token in tokens:
            word = fold(token)
            open_to_doubt = len(word) >= TYPO_LENGTH and word.isalpha() and word not in talk and word not in names
            if open_to_doubt and not zipf(word, language) and word not in self._vocabulary(language)[0]:
                targets = self._vocabulary(language)[1]
                known = partition is not None and partition.document_frequency(stem(token, language))
                token = token if known else _nearest(word, targets) or _nearest_common(word, language) or token
            mended.append(token)
        return mended

    def _vocabulary(self, language: str) -> tuple[frozenset[str], list[str]]:
        """Every word that is right as it is, and the words that a typing error may be mended to."""
        if language not in self._known:
            concepts = self.course.concepts.values()
            names = [text for item in concepts for text in (item.name[language], *item.aliases[language])]
            names += [text for term in self.course.glossary.terms for text in term.wordings[language]]
            known = {fold(part) for text in names for word in words(plain(text)) for part in word.split("-")}
            right = known | scaffold().talk[language]
            self._known[language] = frozenset(right), sorted(word for word in right if len(word) >= TYPO_LENGTH)
        return self._known[language]


def names_in(message: str) -> frozenset[str]:
    """The words that a message writes with a capital inside a sentence, folded."""
    tokens = [match.group() for match in WORD.finditer(plain(message))]
    return frozenset(fold(token) for token in tokens[1:] if token[0].isupper() and not message.isupper())


def pieces_of(tokens: list[str]) -> list[str]:
    """The words, compounds in parts; a name with a number (gpt-5) stays whole, for it names another thing than gpt."""
    return [part for token in tokens for part in ([token] if _DIGIT.search(token) else token.split("-"))]


def _nearest(word: str, targets: list[str], cutoff: float = TYPO_CUTOFF) -> str:
    """The target that a typing error most likely meant, or nothing."""
    near = [target for target in targets if target[0] == word[0] and abs(len(target) - len(word)) <= TYPO_LETTERS]
    swapped = next((target for target in near if sorted(target) == sorted(word)), "")
    if swapped:
        return swapped
    found = difflib.get_close_matches(word, near, n=1, cutoff=cutoff)
    return found[0] if found else ""


def _nearest_common(word: str, language: str) -> str:
    """The common word that a typing error most likely meant; a short one may be the name of something unknown."""
    if len(word) < COMMON_LENGTH:
        return ""
    return _nearest(word, common_words(language, COMMON), COMMON_CUTOFF)
