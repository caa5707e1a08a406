"""The concepts that a message names, and what it says beyond their names."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from agents.follow_ups import without_pronoun
from agents.message_words import names_in, pieces_of
from agents.scaffold import scaffold
from knowledge.course import Course
from knowledge.frequency import zipf
from knowledge.language import FUNCTION_WORDS
from knowledge.messages import LANGUAGES
from knowledge.terms import fold, plain, stem, words

KNOWN_NAME = 3.5  # Zipf frequency from which a word written with a capital need not be a name
SPECIFIC = 4.0  # Zipf frequency below which a word beside a concept's name makes another thing of it
Names = dict[tuple[str, ...], str]  # the words of a name -> the id of its concept


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept (its id) and the places of its name among the pieces of a message, the last one excluded."""

    concept: str
    start: int
    end: int


class ConceptNames:
    """Finds the concepts of a course by their names and aliases."""

    def __init__(self, course: Course) -> None:
        self.course = course
        # Made when a language is first spoken; of names with one stem the first in the course has it.
        self._written = cache(self._by_words)
        self._stemmed = cache(self._by_stems)

    def mentions(self, tokens: list[str], language: str) -> list[Mention]:
        """The concepts named in the message, longest alias first, each word used once.

        A name may be in the other language, written as it is there and no words of this one: "¿qué es attention?".
        """
        folded = tuple(fold(piece) for piece in pieces_of(tokens))
        stems = _stems(tokens, language)
        longest = max(map(len, self._written(language)), default=0)
        found, at = [], 0
        while at < len(stems):
            for length in range(min(longest, len(stems) - at), 0, -1):
                concept = self._named(folded[at : at + length], stems[at : at + length], language)
                if concept:
                    found.append(Mention(concept, at, at + length))
                    at += length
                    break
            else:
                at += 1
        return found or self._hidden(folded, language)

    def language_of(self, message: str) -> str:
        """The language in which the message is a name, where it is none in the other; else "".

        With a word such as "of" or "de" in it a message tells its language by itself.
        """
        tokens = words(plain(message))
        if any(not known.isdisjoint(tokens) for known in FUNCTION_WORDS.values()):
            return ""
        name = tuple(fold(piece) for piece in pieces_of(tokens))
        named = [language for language in LANGUAGES if name in self._written(language)]
        return named[0] if len(named) == 1 else ""

    def _named(self, folded: tuple[str, ...], stems: tuple[str, ...], language: str) -> str:
        """The concept of a name, or ""."""
        talk = scaffold().talk[language]
        if len(folded) == 1 and folded[0] in talk:
            return ""
        if folded in self._written(language):
            return self._written(language)[folded]
        if folded[0] not in talk and stems in self._stemmed(language):  # "explain AI" has the stems of "explainable AI"
            return self._stemmed(language)[stems]
        if not any(word.isalpha() and not zipf(word, language) for word in folded):
            return ""
        others = (self._written(other) for other in LANGUAGES if other != language)
        return next((names[folded] for names in others if folded in names), "")

    def _hidden(self, folded: tuple[str, ...], language: str) -> list[Mention]:
        """The name in a message of which every word is a word of asking: "¿qué es llama?", not "¿cómo se llama?"."""
        if not scaffold().talk[language].issuperset(folded):
            return []
        written = self._written(language)
        places = [place for place, word in enumerate(folded) if (word,) in written]
        return [
            Mention(written[folded[place],], place, place + 1)
            for place in places if not (place and folded[place - 1] in scaffold().reflexive)
        ]  # fmt: skip

    def _by_words(self, language: str) -> Names:
        """The names as they are written, which tell a decoder from decoding; short forms in full, too."""
        found: Names = {}
        for pieces, concept in self._pieces(language):
            found.setdefault(tuple(map(fold, pieces)), concept)
        return found

    def _by_stems(self, language: str) -> Names:
        """The names by their stems."""
        found: Names = {}
        for pieces, concept in self._pieces(language):
            found.setdefault(tuple(stem(piece, language) for piece in pieces), concept)
        return found

    def _pieces(self, language: str) -> Iterator[tuple[list[str], str]]:
        """The pieces of each name, and the concept's id."""
        short = scaffold().short[language]
        for concept in self.course.concepts.values():
            for alias in (concept.name[language], *concept.aliases[language]):
                tokens = words(plain(alias))
                yield pieces_of(tokens), concept.id
                if not short.keys().isdisjoint(tokens):
                    yield pieces_of([word for token in tokens for word in words(short.get(token, token))]), concept.id


def beyond(asking: str, tokens: list[str], mentions: list[Mention]) -> list[Mention]:
    """The concepts named outside the words of asking: "the key is wrong" names no key of attention."""
    asked = set(pieces_of(words(asking)))
    pieces = [fold(piece) for piece in pieces_of(tokens)]
    return [item for item in mentions if not asked.issuperset(pieces[item.start : item.end])]


def is_part_of_name(asking: str, tokens: list[str], mentions: list[Mention], language: str) -> bool:
    """Whether the words of asking only belong to the one name of the message: "tool use", "código abierto"."""
    if len(mentions) != 1:
        return False
    name = [fold(piece) for piece in pieces_of(tokens)[mentions[0].start : mentions[0].end]]
    telling = set(pieces_of(words(fold(asking)))) - scaffold().asking
    apart = name[0] not in scaffold().asking and not scaffold().talk[language].issuperset(name)
    return apart and bool(telling) and telling.issubset(name)


def topic_of(tokens: list[str], mentions: list[Mention], concept: str) -> tuple[str, ...]:
    """The words by which a message names a concept."""
    pieces = pieces_of(tokens)
    places = [place for item in mentions if item.concept == concept for place in range(item.start, item.end)]
    return tuple(dict.fromkeys(pieces[place] for place in places))


def focus_of(tokens: list[str], mentions: list[Mention], language: str, asking: str = "") -> tuple[str, ...]:
    """The words that say what is asked about the concepts, in order, each once; those of `asking` only say how."""
    how = {fold(word) for word in words(asking)}
    taken = {place for mention in mentions for place in range(mention.start, mention.end)}
    pieces = [without_pronoun(piece, language) for piece in pieces_of(tokens)]
    kept = [
        piece for place, piece in enumerate(pieces)
        if place not in taken and fold(piece) not in how and fold(piece) not in scaffold().talk[language]
        and (len(piece) > 1 or piece.isdigit())
    ]  # fmt: skip
    return tuple(dict.fromkeys(kept))


def critical_of(
    message: str, tokens: list[str], mentions: list[Mention], focus: tuple[str, ...], language: str
) -> tuple[str, ...]:
    """The words of the focus without which an answer would be about something else.

    Names, and rare words beside a concept's name: "speculative decoding", "decodificación especulativa". Sizes such as
    224x224 are what a question assumes.
    """
    names = {name for name in names_in(message) if zipf(name, language) < KNOWN_NAME}
    pieces = pieces_of(tokens)
    beside = set()
    for item in mentions:
        place = item.start - 1 if language == "en" else item.end
        if 0 <= place < len(pieces) and zipf(pieces[place], language) < SPECIFIC:
            beside.add(pieces[place])
    return tuple(
        word for word in focus
        if not word[0].isdigit() and (fold(word) in names or word in beside or any(c.isdigit() for c in word))
    )  # fmt: skip


def _stems(tokens: list[str], language: str) -> tuple[str, ...]:
    return tuple(stem(part, language) for part in pieces_of(tokens))
