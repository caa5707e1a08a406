"""Gender and number of articles, options and questions, as far as their form tells (agreement.toml)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.item_text import HIDDEN, prose, prose_words
from agents.rule_words import find, listed
from knowledge.terms import WORD, fold

MOST_WORDS = 3  # of an English phrase whose last word is taken for its noun
_TAIL = re.compile(r"[\s:,…_.*]*$")
_VOWELS = "aeiou"
_VOWEL_LETTERS = "aefhilmnorsx"  # those whose names open with a vowel
_PLURAL = {"en": re.compile(r"(?<![su])s$"), "es": re.compile(r"[aeoubdlnrkts]s$")}


@dataclass(frozen=True, slots=True)
class Agreement:
    """Gender "m" or "f", number "s" or "p"; "" where the form does not tell."""

    gender: str = ""
    number: str = ""

    def clashes(self, other: "Agreement") -> bool:
        """Whether the two differ in something that both tell."""
        pairs = ((self.gender, other.gender), (self.number, other.number))
        return any(mine and theirs and mine != theirs for mine, theirs in pairs)


def last_article(stem: str, language: str) -> str:
    """The article that a stem ends in, without the blank or colon after it; "" where it ends in another word."""
    if re.search(r"[.?!]\s*$", stem) and not stem.rstrip().endswith("..."):
        return ""
    words = _TAIL.sub("", prose(stem)).rsplit(maxsplit=1)
    last = fold(words[-1]) if words else ""
    return last if any(last == word for word, _, _ in listed("articles", language)) else ""


def fits(article: str, option: str, language: str) -> bool | None:
    """Whether an option can follow the article that its stem ends in; None where its form does not tell."""
    first = prose(option).split(maxsplit=1)[:1]
    if not first or first[0].startswith(HIDDEN) or led(option, language) is not None:
        return None
    if language == "en":
        return _sounds_right(article, first[0]) if article in {"a", "an"} else None
    noun = _noun(fold(WORD.findall(first[0])[0]) if WORD.findall(first[0]) else "")
    if noun == Agreement():
        return None
    return not noun.clashes(_of_article(article, language))


def led(option: str, language: str) -> Agreement | None:
    """What the article or number word at the head of an option tells; None where it has none."""
    row = prose_words(option)
    if not row:
        return None
    if find("plural_words", row[:1], language):
        return Agreement(_of_article(row[0], language).gender, "p")
    if row[0] not in {word for word, _, _ in listed("articles", language)}:
        return Agreement("", "s") if find("singular_words", row[:1], language) else None
    told = _of_article(row[0], language)
    if told.number or len(row) > MOST_WORDS:
        return told
    return Agreement(told.gender, "p" if _PLURAL[language].search(row[-1]) else "s")


def asked_for(questions: Sequence[str], language: str) -> Agreement:
    """What the words of a question tell of its answer: "cuáles son" asks for several, "cuál de las" for a feminine."""
    row = [word for question in questions for word in prose_words(question)]
    for phrase, gender, number in listed("agreeing", language):
        words = phrase.split()
        if any(row[start : start + len(words)] == words for start in range(len(row))):
            return Agreement(gender, number)
    return Agreement()


def _of_article(article: str, language: str) -> Agreement:
    return next(
        (Agreement(gender, number) for word, gender, number in listed("articles", language) if word == article),
        Agreement(),
    )


def _noun(word: str) -> Agreement:
    """A Spanish noun by its ending."""
    plural = bool(_PLURAL["es"].search(word)) and not word.endswith("sis")
    stems = {word, word[:-1], word.removesuffix("es"), word.removesuffix("ces") + "z"} if plural else {word}
    number = "p" if plural else "s"
    for gender, group in (("f", "feminine"), ("m", "masculine")):
        if stems & {fold(known) for known in listed(group, "es")}:
            return Agreement(gender, number)
    for gender, group in (("f", "endings_feminine"), ("m", "endings_masculine")):
        if any(stem.endswith(tuple(listed(group, "es"))) for stem in stems):
            return Agreement(gender, number)
    return Agreement("", number)


def _sounds_right(article: str, word: str) -> bool:
    """Whether "a" or "an" can stand before a word, by its sound."""
    first = re.split(r"[-'’]", fold(word))[0]
    letter = len(first) == 1 or (word[:2].isupper() and len(first) <= 4 and not set(first[1:]) & set(_VOWELS))
    vowel = first[:1] in (_VOWEL_LETTERS if letter else _VOWELS)
    if first.startswith(tuple(listed("consonant_sounds", "en"))) and not letter:
        vowel = False
    if first in listed("vowel_sounds", "en"):
        vowel = True
    return vowel == (article == "an")
