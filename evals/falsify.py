"""False claims made from true sentences by one change: of a number, denial, quantifier, opposite, name, or two roles.

Used to train and to measure the claim checker, never in the product. A change of one word does not always make a
sentence false ("A and B" is "B and A"); the cases known are left out, some remain, and what is measured on such
claims is said to be made by rule.
"""

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.lexicon import WORDS_FILE
from knowledge.terms import fold

Made = tuple[str, str]  # (kind, text)

_NUMBER = re.compile(r"(?<![\w.,^{\-/$])\d+(?:[.,]\d+)*(?![\w^}/]|[.,]\d)")
_NUMBER_WORDS = {
    "en": "two three four five six seven eight nine ten twelve sixteen".split(),
    "es": "dos tres cuatro cinco seis siete ocho nueve diez doce dieciséis".split(),
}
_AUXILIARY = {
    "en": r"\b(is|are|was|were|can|may|must|should|will|could|has to|have to)\b(?! not)",
    "es": r"(?<!\bno )\b(es|son|era|fue|fueron|está|están|puede|pueden|debe|deben|tiene|tienen|hay|usa|usan|hace|hacen"
    r"|necesita|necesitan|permite|permiten|aprende|aprenden|recibe|reciben|produce|producen|da|dan|depende|dependen"
    r"|mejora|mejoran|reduce|reducen|aumenta|aumentan|calcula|calculan|genera|generan|contiene|contienen)\b",
}
_DOES = re.compile(
    r"\b(uses|needs|requires|gives|makes|takes|keeps|learns|predicts|produces|computes|depends|reduces|lets|sees|reads"
    r"|works|adds|turns|applies|contains|attends|generates|improves|changes|shares|trains|returns|maps|helps|holds)\b"
)
_DENIAL = {
    "en": re.compile(r"\b(is|are|was|were|can|may|must|does|do|did|will|has|have)( not|n't)\b"),
    "es": re.compile(r"\bno (?=[a-záéíóúñ]+)"),
}
_FLIPS = {
    "en": {
        "all": "no", "every": "no", "each": "no", "always": "never", "never": "always", "only": "never", "some": "all",
        "many": "all", "most": "all", "often": "always", "usually": "always", "sometimes": "always", "no": "every",
        "both": "neither of", "rarely": "always", "few": "most", "at least": "at most", "at most": "at least",
    },
    "es": {
        "siempre": "nunca", "nunca": "siempre", "solo": "nunca", "algunos": "todos los", "algunas": "todas las",
        "muchos": "todos los", "muchas": "todas las", "a menudo": "siempre", "suele": "siempre debe",
        "pocos": "todos los", "todos los": "pocos", "todas las": "pocas",
        "cada": "ningún", "a veces": "siempre", "como máximo": "al menos",
        "al menos": "como máximo", "pocas": "todas las", "casi nunca": "siempre", "casi siempre": "casi nunca",
    },
}  # fmt: skip
_TURNS = {
    "en": ["because", "before", "after", "so that", "instead of"],
    "es": ["porque", "antes de", "después de", "en lugar de", "en vez de"],
}
_JOINING = re.compile(r"^\W*(?:and|or|y|e|o|u|as well as|,|/|-)?\W*$")


@dataclass(frozen=True)
class Falsifier:
    """Makes false claims in one language. `groups`: names of one kind that may stand for one another (models, makers,
    methods); `terms`: what may change roles with another term of the sentence."""

    language: str
    groups: Sequence[Sequence[str]]
    terms: Sequence[str]

    def ways(self, text: str, chance: random.Random) -> Iterator[Made]:
        """One changed text for each kind of change that the text allows."""
        for make in (_number, _denial, _quantifier, _opposite, _turned):
            found = make(text, self.language, chance)
            if found:
                yield found
        for swap in (self._name, self._roles):
            found = swap(text, chance)
            if found:
                yield found

    def one(self, text: str, chance: random.Random) -> Made | None:
        """One of the changes, each kind as likely as another."""
        found = [made for made in self.ways(text, chance) if made[1] != text]
        return chance.choice(found) if found else None

    def _name(self, text: str, chance: random.Random) -> Made | None:
        present = [
            (match, group)
            for pattern, group in _patterns(tuple(map(tuple, self.groups)))
            for match in pattern.finditer(text)
        ]
        if not present:
            return None
        match, group = chance.choice(present)
        others = [name for name in group if fold(name) not in fold(text)]
        return ("entity", _put(text, match, chance.choice(others))) if others else None

    def _roles(self, text: str, chance: random.Random) -> Made | None:
        ((pattern, _),) = _patterns((tuple(self.terms),))
        places = list(pattern.finditer(text))
        pairs = [
            (one, two) for at, one in enumerate(places) for two in places[at + 1 :]
            if fold(one.group()) != fold(two.group()) and not _JOINING.match(text[one.end() : two.start()])
        ]  # fmt: skip
        if not pairs:
            return None
        one, two = chance.choice(pairs)
        swapped = text[: one.start()] + two.group() + text[one.end() : two.start()] + one.group() + text[two.end() :]
        return "roles", _opened(text, swapped)


@cache
def _patterns(groups: tuple[tuple[str, ...], ...]) -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    """For each group a pattern of its names, the longest first."""
    found = []
    for group in groups:
        names = "|".join(re.escape(name) for name in sorted(group, key=len, reverse=True))
        found.append((re.compile(rf"(?<![\w-])(?:{names})(?![\w-])", re.IGNORECASE), group))
    return found


def _number(text: str, language: str, chance: random.Random) -> Made | None:
    places = list(_NUMBER.finditer(text))
    if places:
        match = chance.choice(places)
        return "number", _put(text, match, _other_number(match.group(), chance))
    words = [match for match in re.finditer(r"\w+", text) if match.group().lower() in _NUMBER_WORDS[language]]
    if not words:
        return None
    match, names = chance.choice(words), _NUMBER_WORDS[language]
    at = names.index(match.group().lower())
    return "number", _put(
        text, match, names[at + 1 if at == 0 or (at + 1 < len(names) and chance.random() < 0.5) else at - 1]
    )


def _other_number(written: str, chance: random.Random) -> str:
    """A near number of the same form: a year or a small one off by one or two, others also by a factor."""
    if not written.isdigit():
        digits = [at for at, char in enumerate(written) if char.isdigit()]
        at = chance.choice(digits)
        new = chance.choice([digit for digit in "123456789" if digit != written[at]])
        return written[:at] + new + written[at + 1 :]
    value = int(written)
    steps: list[Callable[[int], int]] = [lambda n: n + 1, lambda n: n + 2, lambda n: max(n - 1, 0)]
    if not 1900 < value < 2100:
        steps += [lambda n: n * 2, lambda n: n * 10]
    return str(next(new for new in iter(lambda: chance.choice(steps)(value), None) if new != value))


def _denial(text: str, language: str, chance: random.Random) -> Made | None:
    denied = _DENIAL[language].search(text)
    if denied and chance.random() < 0.8:
        kept = denied.group(1) + " " if language == "en" else ""
        return "negation", _opened(
            text, " ".join((text[: denied.start()] + kept + text[denied.end() :]).split(" ")).replace("  ", " ")
        )
    places = list(re.finditer(_AUXILIARY[language], text))
    if places:
        match = places[0]
        new = f"{match.group()} not" if language == "en" else f"no {match.group()}"
        return "negation", _put(text, match, new)
    verb = _DOES.search(text) if language == "en" else None
    if verb is None:
        return None
    return "negation", _put(text, verb, "does not " + _base(verb.group()))


def _base(verb: str) -> str:
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if verb.endswith(("ches", "shes", "sses")) else verb[:-1]


def _quantifier(text: str, language: str, chance: random.Random) -> Made | None:
    flips = _FLIPS[language]
    ((pattern, _),) = _patterns((tuple(flips),))
    places = [match for match in pattern.finditer(text) if match.group().lower() in flips]
    if not places:
        return None
    match = chance.choice(places)
    return "quantifier", _put(text, match, flips[match.group().lower()])


@cache
def _opposites(language: str) -> dict[str, tuple[str, ...]]:
    """Word -> words of the other members of its group."""
    table = tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))["contrast"]
    found: dict[str, tuple[str, ...]] = {}
    for group in table:
        members = [member.split("|") for member in group[language]]
        for at, member in enumerate(members):
            for form, word in enumerate(member):
                others = [m[min(form, len(m) - 1)] for place, m in enumerate(members) if place != at]
                found.setdefault(word, tuple(others))
    return found


def _opposite(text: str, language: str, chance: random.Random) -> Made | None:
    """Another member of a group of contrasts; plural and feminine endings are carried over."""
    known, ends = _opposites(language), (("", "s") if language == "en" else ("", "s", "es"))
    found = []
    for match in re.finditer(r"[^\W\d][\w-]*", text):
        word = match.group().lower()
        for end in ends:
            bare = word[: len(word) - len(end)] if end and word.endswith(end) else word if not end else ""
            for form, tail in (
                (bare, ""),
                (bare[:-1] + "o", "a") if language == "es" and bare.endswith("a") else (bare, ""),
            ):
                for other in known.get(form, ()):
                    if other not in fold(text):
                        new = other[:-1] + tail if tail and other.endswith("o") else other
                        found.append((match, new + (end if not new.endswith("s") else "")))
    if not found:
        return None
    match, new = chance.choice(found)
    return "direction", _put(text, match, new)


def _turned(text: str, language: str, _: random.Random) -> Made | None:
    """What stands before and after a word of order or cause change places."""
    ((pattern, _words),) = _patterns((tuple(_TURNS[language]),))
    places = list(pattern.finditer(text))
    if len(places) != 1 or text.count(",") > 1:
        return None
    word = places[0]
    before, after = text[: word.start()].strip(" ,"), text[word.end() :].strip(" .")
    if len(before.split()) < 2 or len(after.split()) < 2:
        return None
    turned = f"{after[0].upper()}{after[1:]} {word.group().lower()} {before[0].lower()}{before[1:]}."
    return ("cause" if word.group().lower() in {"because", "porque", "so that"} else "order"), turned


def _put(text: str, match: re.Match[str], new: str) -> str:
    if match.group()[:1].isupper() and new[:1].islower() and match.start() == 0:
        new = new[0].upper() + new[1:]
    return text[: match.start()] + new + text[match.end() :]


def _opened(before: str, after: str) -> str:
    """With a capital where the text had one at its start."""
    return after[:1].upper() + after[1:] if before[:1].isupper() else after
