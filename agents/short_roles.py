"""Who does what to whom in an answer, and in which order: whether what a point ties together is tied to something else.

Four signs that roles are exchanged: a thing stands with the rival of what it belongs to; two opposites in one clause
have each other's words beside them, or each other's side of the verb; what comes first and what comes after have
changed places; two things stand on the other sides of the word that joins them ("tokens per parameter").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

from agents.short_lexicon import CONVERSE, is_axis, opposite, short_lexicon, subjects, table
from agents.short_mention import NUMBER, Mention, Said, converses, denies, rivals, says

Crossing = Literal["", "roles", "both"]
PARTICIPLES = ("ed", "en", "ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas")
LIST = 3  # places between two members of a list
ORDERED = 3  # members of a set from which their order is what is said
_LISTING = frozenset("and y e the las los el la or o ni nor".split())


@dataclass(frozen=True, slots=True)
class Order:
    """What comes before what."""

    early: tuple[Mention, ...]
    late: tuple[Mention, ...]


def is_given(mention: Mention, stem: Said) -> bool:
    """Whether the question itself says it, and names nothing that it would exclude."""
    same = any(says(mention, one) for one in stem.asked)
    return same and not any(denies(mention, one) or rivals(mention, one) for one in stem.mentions)


def crossing(point: Said, answer: Said, stem: Said, points: Sequence[Said]) -> Crossing:
    """Whether the answer ties what the point says to something else: "roles", and "both" where it also does not."""
    if _reordered(point, answer) or _rejoined(point, answer) or _exchanged(point, answer):
        return "roles"
    if _answers_other_way(point, answer, stem):
        return "roles"
    ordered = in_order(point, answer)
    if not ordered and any(_is_reversed(mine, theirs) for mine in orders(point) for theirs in orders(answer)):
        return "roles"
    doubt: Crossing = "both" if _other_voice(point, answer) else ""
    for clause in point.clauses():
        strong = [one for one in clause if not (one.weak or one.inner or (ordered and _is_of_order(one)))]
        for one, other in combinations(strong, 2):
            if _opposes(one, other):
                if _turned_round(one, other, strong, point, answer):
                    return "roles"
                continue
            found = _tie(one, other, point, answer, stem, points)
            if found == "roles":
                return found
            doubt = doubt or found
    return doubt


def in_order(point: Said, answer: Said) -> bool:
    """Whether the answer says what the point says of what comes before what."""
    return any(
        _some(mine.early, theirs.early) and _some(mine.late, theirs.late)
        for mine in orders(point) for theirs in orders(answer)
    )  # fmt: skip


def _is_of_order(mention: Mention) -> bool:
    return any(name == "after" for name, _ in mention.keys)


def orders(said: Said) -> Iterator[Order]:
    """What a text says to come before what, by its words of order."""
    lexicon = short_lexicon(said.language)
    after_it = {place for start, end in lexicon.spans("after", said.tokens) for place in range(start, end)}
    for group in ("before", "after"):
        for start, end in lexicon.spans(group, said.tokens):
            if group == "before" and start in after_it:
                continue  # "after that", not "and after"
            clause = said.places[start]
            before = [one for one in said.mentions if one.place < start]
            after = [one for one in said.mentions if one.place >= end]
            left = tuple(one for one in before if one.clause == clause)
            right = tuple(one for one in after if one.clause == clause)
            opens = not left
            if (opens and group == "after") or (opens and right and not before):
                left, right = tuple(one for one in after if one.clause > clause)[:4], right
            elif opens:
                last = max((one.clause for one in before), default=-1)
                left = tuple(one for one in before if one.clause == last)
            if left and right:
                yield Order(left, right) if group == "before" else Order(right, left)


def _is_reversed(mine: Order, theirs: Order) -> bool:
    return _some(mine.early, theirs.late) and _some(mine.late, theirs.early)


def _some(mine: Sequence[Mention], theirs: Sequence[Mention]) -> bool:
    return any(says(one, other) for one in mine for other in theirs)


def _tie(one: Mention, other: Mention, point: Said, answer: Said, stem: Said, points: Sequence[Said]) -> Crossing:
    """How the answer ties two things that stand in one clause of the point."""
    straight = apart = across = False
    for clause in answer.clauses():
        straight |= _in(one, clause) and _in(other, clause)
        for left, right in ((one, other), (other, one)):
            if not _in(right, clause) or _in(left, clause):
                continue
            rival = left.hard and any(denies(left, mention) or rivals(left, mention) for mention in clause)
            across |= rival and not _licensed(left, right, clause, points)
            apart |= _speaks_of_another(left, clause, stem, points)
    present = all(any(_in(each, clause) for clause in answer.clauses()) for each in (one, other))
    if present and not straight and not across and (_is_fixed(one) or _is_fixed(other) or len(point.clauses()) > 1):
        return "both"
    if across:
        return "both" if straight else "roles" if present or not is_given(one, stem) else ""
    return "roles" if apart and present and not straight else ""


def _is_fixed(one: Mention) -> bool:
    """Whether it is a name or a member of a set, of which something is said that is not said of all."""
    return one.name or any(name in subjects() for name, _ in one.keys)


def _in(one: Mention, clause: Sequence[Mention]) -> bool:
    return any(says(one, mention) for mention in clause)


def _licensed(left: Mention, right: Mention, clause: Sequence[Mention], points: Sequence[Said]) -> bool:
    """Whether a point itself ties the other one of two to this."""
    return any(
        _in(right, own)
        and any((denies(left, mention) or rivals(left, mention)) and _in(mention, clause) for mention in own)
        for point in points for own in point.clauses()
    )  # fmt: skip


def _speaks_of_another(left: Mention, clause: Sequence[Mention], stem: Said, points: Sequence[Said]) -> bool:
    """Whether a clause speaks of another thing that the question asks about, and not of this one."""
    if not is_given(left, stem):
        return False
    return any(
        not mention.weak and is_given(mention, stem) and not says(left, mention)
        and not any(_in(left, own) and _in(mention, own) for point in points for own in point.clauses())
        for mention in clause
    )  # fmt: skip


def _opposes(one: Mention, other: Mention) -> bool:
    return any(opposite(mine, theirs) and mine[0] != NUMBER for mine in one.keys for theirs in other.keys)


def _turned_round(one: Mention, other: Mention, clause: Sequence[Mention], point: Said, answer: Said) -> bool:
    """Whether an answer that has both of two opposites in a clause gives them each other's part."""
    for own in answer.clauses():
        mine = [mention for mention in own if says(one, mention)]
        theirs = [mention for mention in own if says(other, mention)]
        if not mine or not theirs or mine[0] is theirs[0]:
            continue
        listed = _is_list(one, other, point) or _is_list(mine[0], theirs[0], answer)
        for third in () if listed else clause:
            if third in (one, other) or _opposes(third, one):
                continue
            same = [mention for mention in own if says(third, mention)]
            if (
                same
                and not converses(third)
                and _nearer(third, one, other, point) != _nearer(same[0], mine[0], theirs[0], answer)
            ):
                return True
        if listed:
            continue
        turned = (one.place < other.place) != (mine[0].place < theirs[0].place)
        if turned != (_told_from_other_side(clause, own) != _is_passive(answer)):
            return True
    return False


def _nearer(third: Mention, one: Mention, other: Mention, said: Said) -> bool:
    """Whether it belongs to the first of two: it stands on its side of the word that joins the two, or else nearer to
    it, or as near and behind it."""
    first, last = sorted((one.place, other.place))
    for name in ("per", "into"):
        joints = [start for start, _ in short_lexicon(said.language).spans(f"joint {name}", said.tokens)]
        between = [place for place in joints if first < place < last]
        if len(between) == 1 and first < third.place < last:
            return (third.place < between[0]) == (one.place < between[0])
    return (abs(third.place - one.place), third.place < one.place) < (
        abs(third.place - other.place), third.place < other.place,
    )  # fmt: skip


def _is_list(one: Mention, other: Mention, said: Said) -> bool:
    """Whether two things are joined by "and" or a comma alone."""
    first, last = sorted((one.place, other.place))
    return last - first <= LIST and not set(said.tokens[first + 1 : last]) - _LISTING


def _told_from_other_side(clause: Sequence[Mention], own: Sequence[Mention]) -> bool:
    sides = [
        (side, theirs)
        for one in clause for name, side in one.keys if name.startswith(CONVERSE)
        for mention in own for other, theirs in mention.keys if other == name
    ]  # fmt: skip
    return bool(sides) and all(mine != theirs for mine, theirs in sides)


def _is_passive(answer: Said) -> bool:
    """Whether it says who does it behind "by"."""
    spans = short_lexicon(answer.language).spans("passives", answer.tokens)
    return any(
        answer.tokens[start - 1].endswith(("ed", "ght", "ado", "ada", "ido", "ida")) for start, _ in spans if start
    )


def _reordered(point: Said, answer: Said) -> bool:
    """Whether the answer has the steps that the point puts in order in another order."""
    for name in sequences(point):
        mine, theirs = (_members(said, name) for said in (point, answer))
        shared = [member for member in mine if member in theirs]
        if len(shared) > 1 and shared != [member for member in theirs if member in mine]:
            return True
    return False


def _members(said: Said, name: str) -> list[float]:
    found = [key[1] for one in sorted(said.mentions, key=lambda one: one.place) for key in one.keys if key[0] == name]
    return list(dict.fromkeys(found))


def sequences(point: Said) -> list[str]:
    """The sets of which a point puts several members in order."""
    if not short_lexicon(point.language).spans("markers", point.tokens):
        return []
    names = {name for one in point.mentions for name, _ in one.keys if not is_axis(name) and name != NUMBER}
    return sorted(name for name in names if len(_members(point, name)) >= ORDERED)


def _rejoined(point: Said, answer: Said) -> bool:
    """Whether two things stand on the other sides of the word that joins them: tokens per parameter."""
    theirs = list(_joints(answer))
    for left, word, right in _joints(point):
        turned = any(word == joint and says(left, after) and says(right, before) for before, joint, after in theirs)
        straight = any(says(left, before) and says(right, after) for before, _, after in theirs)
        if turned and not straight:
            return True
    return False


def _joints(said: Said) -> Iterator[tuple[Mention, str, Mention]]:
    """(thing, what joins them, thing) for each word that joins two."""
    ordered = sorted((one for one in said.mentions if not one.inner), key=lambda one: one.place)
    for name in table()["joints"]:
        spans = short_lexicon(said.language).spans(f"joint {name}", said.tokens)
        for before, after in pairwise(ordered):
            if before.clause == after.clause and any(
                before.place < span[0] and span[1] <= after.place for span in spans
            ):
                yield before, name, after


def _exchanged(point: Said, answer: Said) -> bool:
    """Whether two things stand on the other sides of the same verb: tokens process experts."""
    if _is_passive(answer) or _is_passive(point):
        return False
    mine, theirs = (list(_threes(said)) for said in (point, answer))
    for left, verb, right in mine:
        if any(says(left, one) and says(right, other) for one, _, other in theirs):
            continue
        if any(_is_suffered(one, said) for said in (point, answer) for three in _threes(said) for one in three):
            continue  # what is done to a thing stands behind it
        if any(says(verb, middle) and says(left, other) and says(right, one) for one, middle, other in theirs):
            return True
    return False


def _answers_other_way(point: Said, answer: Said, stem: Said) -> bool:
    """Whether an answer that repeats the question has its two sides exchanged: "recurrence replaced attention" for what
    replaced recurrence."""
    if stem.tokens[:1] not in short_lexicon(stem.language).phrases["subjects"] or _is_passive(answer):
        return False
    asked = [one for one in stem.mentions if not one.weak and not one.inner]
    own = [one for one in point.mentions if not one.weak]
    subject = bool(asked) and asked[0].place == 1  # "what replaced X"; else "what does X replace"
    for verb, other in pairwise(asked) if subject else [(verb, one) for one, verb in pairwise(asked)]:
        for one, middle, last in _threes(answer):
            first, second = (one, last) if subject else (last, one)
            if says(verb, middle) and says(other, first) and any(says(mine, second) for mine in own):
                return True
    return False


def _other_voice(point: Said, answer: Said) -> bool:
    """Whether what the point says that a thing does is done to it in the answer, or the other way round."""
    mine, theirs = (list(_pairs(said)) for said in (point, answer))
    return any(
        says(one, left) and says(verb, right) and _is_suffered(verb, point) != _is_suffered(right, answer)
        for one, verb in mine for left, right in theirs
    )  # fmt: skip


def _pairs(said: Said) -> Iterator[tuple[Mention, Mention]]:
    for clause in said.clauses():
        yield from pairwise(
            sorted((one for one in clause if not one.inner and not one.weak), key=lambda one: one.place)
        )


def _is_suffered(verb: Mention, said: Said) -> bool:
    """Whether it is the participle of a passive."""
    being = short_lexicon(said.language).phrases["being"]
    before = said.tokens[max(0, verb.place - 2) : verb.place]
    return any((word,) in being for word in before) and verb.text.lower().endswith(PARTICIPLES)


def _threes(said: Said) -> Iterator[tuple[Mention, Mention, Mention]]:
    for clause in said.clauses():
        row = sorted((one for one in clause if not one.inner), key=lambda one: one.place)
        yield from zip(row, row[1:], row[2:], strict=False)
