"""The concepts that a message names, and what it says beyond their names."""

from dataclasses import dataclass

from agents.follow_ups import without_pronoun
from agents.message_words import names_in, pieces_of
from agents.scaffold import scaffold
from knowledge.course import Course
from knowledge.frequency import zipf
from knowledge.terms import fold, plain, stem, words

MOST_PIECES = 6  # of a concept's name
KNOWN_NAME = 3.5  # Zipf frequency from which a word written with a capital need not be a name
SPECIFIC = 4.0  # Zipf frequency below which a word beside a concept's name makes another thing of it


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
        self._known: dict[str, dict[tuple[str, ...], str]] = {}

    def mentions(self, tokens: list[str], language: str) -> list[Mention]:
        """The concepts named in the message, longest alias first, each word used once."""
        aliases = self._aliases(language)
        pieces = pieces_of(tokens)
        stems = _stems(tokens, language)
        found, at = [], 0
        while at < len(stems):
            for length in range(min(MOST_PIECES, len(stems) - at), 0, -1):
                concept = aliases.get(stems[at : at + length])
                # "explain" shares its stem with "explainability" and names nothing
                if concept and not (length == 1 and fold(pieces[at]) in scaffold().talk[language]):
                    found.append(Mention(concept, at, at + length))
                    at += length
                    break
            else:
                at += 1
        return found

    def _aliases(self, language: str) -> dict[tuple[str, ...], str]:
        """Stems of a name -> its concept. Made for a language when it is first spoken."""
        if language not in self._known:
            self._known[language] = {
                _stems(words(plain(alias)), language): concept.id
                for concept in self.course.concepts.values()
                for alias in (concept.name[language], *concept.aliases[language])
            }
        return self._known[language]


def beyond(asking: str, tokens: list[str], mentions: list[Mention]) -> list[Mention]:
    """The concepts named outside the words of asking: "the key is wrong" names no key of attention."""
    asked = set(pieces_of(words(asking)))
    pieces = [fold(piece) for piece in pieces_of(tokens)]
    return [item for item in mentions if not asked.issuperset(pieces[item.start : item.end])]


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
