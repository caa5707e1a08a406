"""The key guard: whether what is about to be said would give away the key of the exercise that is open.

It errs on the side of silence. A sentence that is withheld only shortens an explanation; a key that is said cannot be
taken back. A text is looked at as it stands, and in every reading of `agents.keys.views`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from agents.computed_items import CannotAsk
from agents.families.family import NoItem
from agents.grader import Grader
from agents.item import Item
from agents.keys.choice import OptionsKey
from agents.keys.forms import ValueKey
from agents.keys.parts import Key, Told
from agents.keys.sequence import PairsKey, StepsKey
from agents.keys.statement import PointsKey, TruthKey
from agents.keys.views import FEWEST_OF_WORDS, clean, initials, views, word_initials
from agents.keys.words import table
from agents.recipe import Recipe
from agents.short_reading import ShortReader
from knowledge.glossary import Glossary
from knowledge.messages import LANGUAGES
from knowledge.terms import folded, plain

LONGEST_FRAGMENT = 200  # characters of a part of a text that is graded as an answer
FEW_WORDS = 4  # of a text that is an answer rather than a sentence
MOST_WORDS = {"true_false": FEW_WORDS, "numeric": 2}  # of a part that is graded as an answer
HALF = 0.5  # of the points, from which an answer gives most of the key
_QUOTED = re.compile(r"[\"“«'`(\[]([^\"”»'`)\]]{1,120})[\"”»'`)\]]")
_LED = re.compile(r":\s+|(?<!\w)(?:es|is|son|are|sería|would be)\s+|=\s*|->|→")


class KeyGuard:
    """Guards the key of one item.

    `twin`: the same item in the other language, whose wording is then guarded too. `glossary`: the terms of the course,
    by which a claim is known in the words of the other language.
    """

    def __init__(self, item: Item, twin: Item | None = None, glossary: Glossary | None = None) -> None:
        reader = ShortReader(glossary)
        self.items = (item,) if twin is None else (item, twin)
        self.keys = tuple(key_of(one, reader) for one in self.items)
        self.grader = Grader(glossary=glossary)
        self.gives_away = lru_cache(maxsize=1_000)(self._gives_away)
        self._told = lru_cache(maxsize=1_000)(self._read)

    def hidden(self, texts: Sequence[str]) -> bool:
        """Whether a sequence of texts gives the key away, each by itself or all of them together: in pieces, by ruling
        out what is wrong one by one, by the first letters."""
        if any(self.gives_away(text) for text in texts):
            return True
        if len(texts) < 2:
            return False
        backwards = clean(" ".join(texts))[::-1]
        if self._in_letters(initials(texts)) or any(key.is_spelled(backwards) for key in self.keys):
            return True
        told = [self._told(clean(text)) for text in texts]
        return any(key.adds_up([one[place] for one in told]) for place, key in enumerate(self.keys))

    def _gives_away(self, text: str) -> bool:
        """Whether a sentence, or a whole answer, gives the key or most of it."""
        text = clean(text)
        if not text.strip():
            return False
        if is_nod(text) or any(key.is_given(text) for key in self.keys):
            return True
        if any(self._is_right(item, part) for item in self.items for part in fragments(text)):
            return True
        if any(key.is_spelled(view) for view in views(text) for key in self.keys):
            return True
        if any(self._in_letters(letters, FEWEST_OF_WORDS) for letters in word_initials(text)):
            return True
        return any(key.adds_up([told]) for key, told in zip(self.keys, self._told(text), strict=True))

    def _in_letters(self, letters: str, fewest: int = 0) -> bool:
        return any(key.is_in_letters(found, fewest) for found in (letters, letters[::-1]) for key in self.keys if found)

    def _read(self, text: str) -> tuple[Told, ...]:
        return tuple(key.told(text) for key in self.keys)

    def _is_right(self, item: Item, part: str) -> bool:
        """Whether a part of a text would earn most of the points as an answer."""
        words = len(re.findall(r"\w+", part))
        if words > MOST_WORDS.get(item.kind, words):
            return False  # of a sentence the grader would take any "no", or its only number, for the answer
        try:
            grade = self.grader.grade(item, part)
        except (ValueError, ArithmeticError, RecursionError):
            return False
        return grade.verdict == "correct" or grade.score >= HALF


def fragments(text: str) -> Iterator[str]:
    """The parts of a text that may be an answer by themselves: all of it, what is quoted, what follows a colon."""
    found = [text, plain(text)]
    found += [*_QUOTED.findall(text)]
    found += [text[match.end() :] for match in _LED.finditer(text)]
    for part in dict.fromkeys(one.strip(" .,;:*_`\"'»”)]}#>-") for one in found):
        if part and len(part) <= LONGEST_FRAGMENT and re.search(r"\w", part):
            yield part


def is_nod(text: str) -> bool:
    """Whether a text does no more than confirm or deny what somebody asked."""
    lists = table()["nod"]
    words = set(re.findall(r"\w+", folded(text)))
    nods = {*lists["yes"], *lists["no"]}
    return len(words) <= 2 * FEW_WORDS and words <= {*nods, *lists["beside"]} and bool(words & nods)


def key_of(item: Item, reader: ShortReader) -> Key:
    """The key of an item, by its kind."""
    if item.kind in {"mcq", "multi"}:
        return OptionsKey(item, reader)
    if item.kind == "true_false":
        return TruthKey(item, reader)
    if item.kind == "short":
        return PointsKey(item, reader)
    if item.kind == "order":
        return StepsKey(item, reader)
    return PairsKey(item, reader) if item.kind == "match" else ValueKey(item)


def twin_of(item: Item, recipes: Iterable[Recipe]) -> Item | None:
    """The same item in the other language, from the recipe that made it; None for one that no recipe made, or that
    cannot be asked in that language."""
    parts = item.id.rsplit(".", 4)
    if len(parts) < 5 or parts[2] not in LANGUAGES or not (parts[3] + parts[4]).isdigit():
        return None
    name, kind, language, level, seed = parts
    other = next(spoken for spoken in LANGUAGES if spoken != language)
    recipe = next((one for one in recipes if one.id == name and one.kind == kind), None)
    try:
        return recipe.make(int(seed), int(level), other) if recipe else None
    except (CannotAsk, NoItem):
        return None
