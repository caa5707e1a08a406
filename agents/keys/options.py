"""What a text says of the options of an exercise: which it names by letter, number or place, and which it rules out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from agents.keys.words import any_of, listed, table
from knowledge.terms import folded

LETTERS = "abcdefghij"
BRIEF = 3  # words of a text in which a letter alone names an option
_CLAUSE = re.compile(r"[.;!?\n]+(?:\s|$)|,?\s*(?<!\w)(?:{})(?!\w)")
_CAPITAL = re.compile(
    r"(?<![\w$\\^_=+*/-])"
    r"([B-J]|A(?=\W*(?:[,;:.)\]}\"]|$|\b(?:y|e|o|and|or|nor|ni|is|are|es|son)\b)))"  # else an article
    r"(?![\w'$^_=+*/-])"
)
_LETTER = r"[\W_]{0,4}(?P<letter>[a-j])(?!\w)"
_LATE = r"(?<![\w$])(?:la|the)\s+(?P<letter>[a-j])(?=\s*(?:[,;.:)?!]|$|(?:es|is|y|son|no|esta|seria)\b))"
_PAIR = re.compile(
    r"(?<![\w.,])(\d)\W{0,4}(?:con|with|va con|goes with|es|is|y|and|to|a la)?\W{0,3}(?:la |the )?([a-j])(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """Places of options, from 0: those that a text names, of these those that it rules out, and those that stand in its
    sequence of letters or numbers."""

    named: frozenset[int] = frozenset()
    denied: frozenset[int] = frozenset()
    sequence: tuple[int, ...] = ()


@lru_cache(maxsize=4_000)
def options_named(text: str, count: int) -> Named:
    """What a text says of `count` options without their texts."""
    named: set[int] = set()
    denied: set[int] = set()
    for clause in _clauses(text):
        found = {place for place in _places(clause) if place < count}
        named |= found
        if listed("rejecting").search(folded(clause)):
            denied |= found
    return Named(frozenset(named), frozenset(denied), _sequence(text, count))


def _clauses(text: str) -> Iterator[str]:
    flat = folded(text)
    start = 0
    for match in _turns().finditer(flat):
        if match.end() > match.start():
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


@cache
def _turns() -> re.Pattern[str]:
    return re.compile(_CLAUSE.pattern.format("|".join(map(re.escape, table()["turns"]))))


def _places(clause: str) -> Iterator[int]:
    """The options that a clause names."""
    flat = folded(clause)
    speaks = any(listed(name).search(flat) for name in ("markers", "choosing", "rejecting"))
    for pattern in _references():
        for match in pattern.finditer(flat):
            yield from _place(match)
    words = re.findall(r"\w+", flat)
    if len(words) <= BRIEF:
        yield from (LETTERS.index(word) for word in words if len(word) == 1 and word in LETTERS)
        yield from (int(word) - 1 for word in words if word.isdigit() and len(words) == 1 and int(word) > 0)
        yield from (places.index(words[-1]) for places in _word_lists() if words and words[-1] in places)
    if speaks:
        for ordinal in _ordinals_alone().findall(flat):
            yield from (places.index(ordinal) for places in _word_lists() if ordinal in places)
        yield from (LETTERS.index(letter.lower()) for letter in _CAPITAL.findall(clause))


@cache
def _references() -> tuple[re.Pattern[str], ...]:
    """What names an option: a letter, its name, a number or an ordinal, each with what must stand beside it."""
    lists = table()
    before = any_of(lists["before_a_place"])
    named_by = any_of([*lists["markers"], *lists["choosing"]])
    link = rf"(?:[\W_]{{0,4}}(?:{any_of(lists['links'])}|=|:))*"
    named = any_of(name for names in lists["letters"].values() for name in names if len(name) > 1)
    ordinals = any_of(name for names in lists["ordinals"].values() for name in names)
    beside = any_of([*lists["ordinal_of"]["es"], *lists["ordinal_of"]["en"]])
    goes_on = rf"(?!\s+(?!{any_of(lists['may_follow'])}(?!\w))[a-z]{{3,}})"  # "the answer a student gives"
    ends = r"(?=\W*(?:$|[.,;:!?)\]]|(?:y|and|e|o|or|es|is|son|are)(?!\w)))"  # and no noun of its own
    texts = (
        rf"(?<!\w){named_by}{link}{_LETTER}{goes_on}",
        rf"(?<!\w){named_by}{link}[\W_]{{0,4}}(?P<number>[1-9](?:(?:\s*[,;&]|\s+y|\s+and)\s*[1-9])*)(?![\w.]*\d)",
        rf"(?<!\w){named_by}{link}[\W_]{{0,3}}(?P<name>{named})(?!\w)",
        rf"(?<!\w)(?P<ordinal>{ordinals})\s+(?:de las\s+|of the\s+)?{beside}(?!\w)",
        rf"(?<!\w){before}\s+(?:es\s+|is\s+)?(?:la|the)\s+(?P<ordinal>{ordinals})(?!\w){ends}",
        _LATE,
    )
    return tuple(map(re.compile, texts))


def _place(match: re.Match[str]) -> Iterator[int]:
    groups = match.groupdict()
    if groups.get("letter"):
        yield LETTERS.index(groups["letter"])
    elif groups.get("number"):
        yield from (int(number) - 1 for number in re.findall(r"\d", groups["number"]))
    else:
        word = groups.get("name") or groups.get("ordinal") or ""
        yield from (places.index(word) for places in _word_lists() if word in places)


@cache
def _ordinals_alone() -> re.Pattern[str]:
    """An ordinal that something is: "the second", with no noun of its own."""
    ordinals = any_of(name for names in table()["ordinals"].values() for name in names)
    ends = r"(?=\W*(?:$|[.,;:!?)\]]|(?:y|and|e|o|or|es|is|son|are)(?!\w)))"
    return re.compile(rf"(?<!\w)(?:la|las|el|the)\s+({ordinals})(?!\w){ends}")


@cache
def _word_lists() -> tuple[tuple[str, ...], ...]:
    lists = table()
    listed_names = (*lists["ordinals"].values(), *(names for names in lists["letters"].values()))
    return tuple(tuple(name if len(name) > 1 else "" for name in names) for names in listed_names)


def _sequence(text: str, count: int) -> tuple[int, ...]:
    """The options in the longest sequence of letters, or of numbers from 1, that a text holds."""
    letters, numbers = LETTERS[:count], "".join(str(place) for place in range(1, count + 1))
    between = r"[\s,;.:>)(→|/\-]*(?:luego|then|despues|y|and)?[\s,;.:>)(→|/\-]*"
    found: list[tuple[int, ...]] = []
    brief = len(text.split()) <= BRIEF
    for alphabet, spoken in ((letters.upper(), text), (numbers, text), (letters, text.lower())):
        one, apart = f"[{alphabet}]", "" if brief or alphabet != letters else r"(?<!\w)(?<=\W)"  # "cab" is a word
        for match in re.findall(rf"(?<!\w){one}(?:{between}{apart}{one}){{2,}}(?!\w)", spoken):
            places = tuple(alphabet.index(char) for char in match if char in alphabet)
            if len(set(places)) == len(places):
                found.append(places)
    found += _ordinals_in_a_row(text, count)
    return max(found, key=len, default=())


def _ordinals_in_a_row(text: str, count: int) -> list[tuple[int, ...]]:
    """Sequences of ordinals: "the second, then the first and the third"."""
    one = any_of(name for names in table()["ordinals"].values() for name in names)
    between = r"[\s,;.:>→-]*(?:(?:y|and|luego|then|la|el|the|despues|por)[\s,;]+)*"
    found = []
    for match in re.finditer(rf"(?<!\w){one}(?:{between}{one}){{2,}}(?!\w)", folded(text)):
        names = re.findall(rf"(?<!\w){one}(?!\w)", match[0])
        places = tuple(next(names_of.index(name) for names_of in _word_lists() if name in names_of) for name in names)
        if max(places) < count and len(set(places)) == len(places):
            found.append(places)
    return found


def pairs_named(text: str) -> dict[int, int]:
    """Pairs of a line and an option, from 0: "1-B", "2 goes with A"."""
    return {int(line) - 1: LETTERS.index(letter) for line, letter in _PAIR.findall(folded(text))}


def longest_shared(told: Sequence[int], key: Sequence[int]) -> int:
    """How many of a sequence stand in the order of the key: the length of the longest common subsequence."""
    lengths = [0] * (len(key) + 1)
    for one in told:
        before = list(lengths)
        for place, wanted in enumerate(key):
            lengths[place + 1] = before[place] + 1 if one == wanted else max(lengths[place], before[place + 1])
    return lengths[-1]
