"""What in an answer speaks against a required point or leaves it in doubt: another end, member, number, unit, thing."""

import re
from collections.abc import Mapping, Sequence

from agents.grade_formula import same_formula
from agents.short_lexicon import idle, is_axis, loose, soft_names, steps, table
from agents.short_mention import NUMBER, Mention, Said, denies, rivals, says
from agents.short_polar import is_polar
from agents.short_roles import in_order
from knowledge.terms import fold

SHORT = 9  # words up to which all of an answer speaks of one thing
Found = Mapping[Mention, Sequence[Mention]]


def against_it(
    demanded: Sequence[Mention], found: Found, point: Said, answer: Said, stem: Said, allowed: Sequence[Mention]
) -> list[Mention]:
    """The demanded mentions that something in the answer speaks against, other than what points or question say."""
    told = []
    for one in demanded:
        opposing = [
            mention for mention in answer.mentions
            if (denies(one, mention) or rivals(one, mention)) and not any(says(other, mention) for other in allowed)
        ]  # fmt: skip
        if found[one] and {name for name, _ in one.keys} & steps():
            opposing = []  # what is added may be multiplied afterwards
        if found[one] and is_of_order(one) and in_order(point, answer):
            opposing = []
        if found[one] and asks_what_is_not(stem):
            opposing = [mention for mention in opposing if rivals(one, mention)]
        if (
            opposing
            or _other_number(one, answer, stem)
            or other_unit(one, point, answer, found)
            or _other_formula(one, answer, found)
        ):
            told.append(one)
    return told


def against_the_rest(
    point: Said, demanded: Sequence[Mention], answer: Said, stem: Said, allowed: Sequence[Mention]
) -> bool:
    """Whether the answer speaks against what the point says and an answer need not: what the question gives, and what
    the point denies beside what it says."""
    if asks_what_is_not(stem) or len(answer.tokens) > SHORT:
        return False
    rest = [one for one in point.mentions if one.hard and not one.weak and not one.inner and one not in demanded]
    rest += [one for one in point.mentions if one.negated and not one.weak and one not in demanded]
    return any(
        any(denies(one, mention) and not any(says(other, mention) for other in allowed) for mention in answer.mentions)
        and not any(says(one, mention) for mention in answer.mentions)
        for one in rest
    )  # fmt: skip


def is_turned(one: Mention, answer: Said) -> bool:
    """Whether the answer says the other end of its axis."""
    return any(is_axis(name) for name, _ in one.keys) and any(denies(one, mention) for mention in answer.mentions)


def is_of_order(one: Mention) -> bool:
    """Whether it says what comes before or after."""
    return any(name == "after" for name, _ in one.keys)


def aims_at_it(one: Mention, point: Said, answer: Said) -> bool:
    """Whether what speaks against a mention speaks of the point at all, and not of something beside it."""
    if len(answer.tokens) <= SHORT or any(name == NUMBER for name, _ in one.keys) or one.formula:
        return True
    for clause in answer.clauses():
        if any(denies(one, mention) or rivals(one, mention) for mention in clause):
            others = [other for other in point.mentions if other is not one and not other.weak]
            if any(says(other, mention) for other in others for mention in clause):
                return True
    return False


def _other_number(one: Mention, answer: Said, stem: Said) -> bool:
    """Whether the answer gives another number, which the question does not."""
    if not any(name == NUMBER for name, _ in one.keys):
        return False
    asked = {key for mention in stem.mentions for key in mention.keys if key[0] == NUMBER}
    given = {key for mention in answer.mentions for key in mention.keys if key[0] == NUMBER} - asked
    return bool({key for key in given if key[1] != 1} - one.keys)


def has_several_numbers(one: Mention, answer: Said) -> bool:
    """Whether the answer may reckon the number out of others."""
    numbers = {key for mention in answer.mentions for key in mention.keys if key[0] == NUMBER}
    return NUMBER in names_of(one) and len(numbers) > 1


def other_unit(one: Mention, point: Said, answer: Said, found: Found) -> bool:
    """Whether the number counts something else: six heads for six layers."""
    if not any(name == NUMBER for name, _ in one.keys):
        return False
    mine = counted_by(one, point)
    theirs = [counted for mention in found[one] if (counted := counted_by(mention, answer))]
    return mine is not None and bool(theirs) and not any(says(mine, counted) for counted in theirs)


def _counts_more(one: Mention, point: Said, answer: Said, stem: Said) -> bool:
    """Whether a number that the point gives bare counts something in the answer that the question does not ask for."""
    if NUMBER not in names_of(one) or counted_by(one, point) is not None:
        return False
    counted = [counted_by(mention, answer) for mention in answer.mentions if says(one, mention)]
    known = (*stem.mentions, *point.mentions)
    return any(
        thing is not None and not (thing.weak and is_idle(thing)) and not any(says(other, thing) for other in known)
        for thing in counted
    )  # fmt: skip


def counted_by(number: Mention, said: Said) -> Mention | None:
    """What stands right behind a number, where it is a word of the lexicon."""
    return next(
        (one for one in said.mentions if one.place == number.place + 1 and one.clause == number.clause and one.known),
        None,
    )


def _other_formula(one: Mention, answer: Said, found: Found) -> bool:
    return bool(one.formula) and not found[one] and any(
        same_formula(one.formula, mention.formula, answer.language) is False
        for mention in answer.mentions if mention.formula
    )  # fmt: skip


def swapped_subject(given: Sequence[Mention], found: Found, answer: Said, allowed: Sequence[Mention]) -> bool:
    """Whether what is said is said of something else than the question asks about."""
    matched = {mention for mentions in found.values() for mention in mentions}
    own = [mention for mention in answer.mentions if mention.name]
    for one in given:
        if one.name and own and not any(says(one, mention) for mention in own):
            return True
        if any(says(one, mention) for mention in answer.mentions):
            continue
        for clause in answer.clauses():
            others = [
                mention
                for mention in clause
                if mention not in matched and not any(says(own, mention) for own in allowed)
            ]
            if len(others) < len(clause) and any(rivals(one, mention) or denies(one, mention) for mention in others):
                return True
    return False


def doubtful(answer: Said, stem: Said, allowed: Sequence[Mention]) -> bool:
    """Whether the answer says something against the question itself, which no point says: it denies what is asked, or
    names another thing than is asked about."""
    asked = [one for one in stem.asked if not one.weak]
    said = [one for one in answer.mentions if one.negated and not one.weak]
    said = [one for one in said if not any(says(own, one) for own in allowed)]
    if not asks_what_is_not(stem) and any(denies(one, mention) for one in asked for mention in said):
        return True
    for one in stem.mentions:
        names = {name for name, _ in one.keys}
        if one.weak or one.inner or not one.hard or NUMBER in names or not names - soft_names() - loose():
            continue
        if any(denies(one, other) or rivals(one, other) for other in stem.mentions):
            continue
        if any(denies(one, each) or rivals(one, each) for each in allowed):
            continue
        for mention in answer.mentions:
            if (denies(one, mention) or rivals(one, mention)) and not any(says(own, mention) for own in allowed):
                return True
    return False


def is_bounded(point: Said, answer: Said, stem: Said) -> bool:
    """Whether one of the two is said of all, of one alone or of some, and the other is not; or a word of the point that
    need not be said is denied in one alone."""
    if "all" in point.marks - answer.marks - stem.marks or "some" in answer.marks - point.marks:
        return True
    if any(_counts_more(one, point, answer, stem) for one in point.mentions):
        return True
    if "each" in answer.marks - point.marks - stem.marks and any(NUMBER in names_of(one) for one in point.mentions):
        return True
    weak = [one for one in point.mentions if one.weak and one.negated]
    return any(
        any(one.keys & mention.keys and not mention.negated for mention in answer.mentions)
        and not any(says(one, mention) for mention in answer.mentions)
        for one in weak
    )  # fmt: skip


def asks_what_is_not(stem: Said) -> bool:
    """Whether a question asks for what something lacks: what it does not store, what it does without."""
    return not is_polar(stem) and bool(re.search(table()["lacking"][stem.language], fold(stem.text)))


def names_of(one: Mention) -> set[str]:
    """The names of the axes, sets and meanings that it may be of."""
    return {name for name, _ in one.keys}


def is_idle(one: Mention) -> bool:
    """Whether it is a word that says nothing of its own: to use, to come."""
    return bool({name for name, _ in one.keys} & idle())


def left_over(answer: Said, stem: Said, points: Sequence[Said]) -> bool:
    """Whether the answer speaks of something that neither the points nor the question have, which may stand in the
    place of what is missing."""
    known = [one for said in (stem, *points) for one in said.mentions]
    return any(not one.weak and not any(says(mine, one) for mine in known) for one in answer.mentions)
