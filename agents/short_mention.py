"""What a short answer, or a required point, speaks of, and when two such mentions say the same or exclude one
another."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from agents.short_lexicon import CONVERSE, Key, is_axis, one_slip, opposite

NUMBER = "number"
SOFT = ("~", "#", "w ", CONVERSE)  # how the names of meanings without opposites begin


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a text speaks of.

    `keys`: what it may mean, with the end of an axis that it says once denials are reckoned; `negated`: whether it is
    denied; `denied`: whether something in its clause is. `place`: of its first word. `weak`: it need not be said.
    `formula`: as written, "" for words. `inner`: within a wording that is a mention of its own. `name`: a proper name
    or a symbol.
    """

    keys: frozenset[Key]
    place: int
    clause: int
    negated: bool = False
    weak: bool = False
    text: str = ""
    formula: str = ""
    inner: bool = False
    name: bool = False
    denied: bool = False

    @property
    def hard(self) -> bool:
        """Whether it has opposites: the end of an axis, a member of a set, a number, a formula."""
        return self.name or bool(self.formula) or any(not name.startswith(SOFT) for name, _ in self.keys)

    @property
    def known(self) -> bool:
        """Whether the lexicon has it."""
        return any(not name.startswith(("w ", "#")) for name, _ in self.keys)

    @property
    def words(self) -> frozenset[str]:
        """The stems that it may match by."""
        return frozenset(name for name, _ in self.keys if name.startswith("w "))


@dataclass(frozen=True, slots=True)
class Said:
    """A text, read once.

    `opens`: "yes" or "no" where it begins with that. `chooses`: whether it names alternatives. `tokens`: its words,
    folded; `places`: the clause of each; `grammar`: how many of them only hold a sentence together. `denying`: whether
    it denies something. `marks`: groups of words that bound what is said (all, some).
    """

    text: str
    language: str
    mentions: tuple[Mention, ...]
    opens: str = ""
    chooses: bool = False
    tokens: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    grammar: int = 0
    denying: bool = False
    marks: frozenset[str] = frozenset()

    @property
    def asked(self) -> tuple[Mention, ...]:
        """Of a question, the mentions of its last clause, which asks; what stands before names the subject."""
        if not self.text.rstrip().endswith("?"):
            return self.mentions
        last = max((one.clause for one in self.mentions), default=0)
        asked = tuple(one for one in self.mentions if one.clause == last)
        return asked if any(not one.weak for one in asked) else self.mentions

    def clauses(self) -> list[tuple[Mention, ...]]:
        """The mentions of each clause that has some."""
        found: dict[int, list[Mention]] = {}
        for mention in self.mentions:
            found.setdefault(mention.clause, []).append(mention)
        return [tuple(found[clause]) for clause in sorted(found)]


def says(point: Mention, answer: Mention) -> bool:
    """Whether a mention of an answer says what the point's mention says, with the same denial."""
    shared = point.keys & answer.keys
    names = {name for name, _ in shared}
    if any(opposite(mine, theirs) and mine[0] not in names for mine in point.keys for theirs in answer.keys):
        return False  # the cross-attention is an attention, and no self-attention
    # "It adds no parameters" and "it does not add parameters": where both clauses deny, it matters little what.
    alike_denied = point.negated == answer.negated or (point.denied and answer.denied)
    if any(is_axis(name) or alike_denied for name, _ in shared):
        return True
    return alike_denied and (
        bool(converses(point) & converses(answer))
        or any(alike(mine, theirs) for mine in point.words for theirs in answer.words)
    )


def converses(mention: Mention) -> frozenset[str]:
    """The relations that it names, from whichever side: to teach, to learn from."""
    return frozenset(name for name, _ in mention.keys if name.startswith(CONVERSE))


def denies(point: Mention, answer: Mention) -> bool:
    """Whether it says the opposite of the point's mention: the other end, or the same denied."""
    if says(point, answer):
        return False
    if any(not is_axis(key[0]) for key in point.keys & answer.keys):
        return point.negated != answer.negated
    return any(is_axis(mine[0]) and opposite(mine, theirs) for mine in point.keys for theirs in answer.keys)


def rivals(point: Mention, answer: Mention) -> bool:
    """Whether it names another member of the point's set: the encoder for the decoder."""
    if says(point, answer) or answer.negated:
        return False
    if any(mine[0] == theirs[0] for mine in point.keys for theirs in answer.keys if mine == theirs):
        return False
    return any(
        opposite(mine, theirs) and not is_axis(mine[0]) and mine[0] != NUMBER and not mine[0].startswith(CONVERSE)
        for mine in point.keys for theirs in answer.keys
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def alike(one: str, other: str) -> bool:
    """Whether two stems are of one word: the same, of one family or cognate in the other language, or one misspelt."""
    one, other = one[2:], other[2:]
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 5:
        return False
    shared = next(
        (place for place, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short)
    )
    if shared >= max(5, len(long) - 3):
        return True
    return len(short) >= 6 and one_slip(short, long)


def turned(keys: Iterable[Key]) -> frozenset[Key]:
    """The keys of what is denied: the other end of each axis."""
    return frozenset((name, -end) if is_axis(name) else (name, end) for name, end in keys)
