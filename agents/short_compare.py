"""One required point against an answer: said, denied, missing, or that it cannot be told.

What the point has beyond the question must be in the answer; only words of little weight may be left out, where nothing
else stands in their place. An end, a member or a number in the place of another denies the point; so does what is tied to
the wrong one of two. Where both stand there, it cannot be told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agents.grade_formula import same_formula
from agents.short_lexicon import firm, is_axis, opposite, short_lexicon, soft_names, steps, table, things
from agents.short_mention import NUMBER, Mention, Said, denies, rivals, says
from agents.short_polar import by_yes_or_no, is_polar
from agents.short_roles import crossing, in_order, is_given, sequences
from knowledge.terms import fold

Outcome = Literal["said", "denied", "missing", "unsure"]
HARD = 2.0  # weight of a mention that has opposites; others weigh 1
HALF = 0.5  # share of the weight from which a point is said where all that is missing need not be said
BRIEF = 5  # words of an answer that names a thing and says nothing of it
NEARLY = 0.8  # share from which a verifier may say that the rest is said in other words
SHORT = 9  # words up to which all of an answer speaks of one thing
Found = Mapping[Mention, Sequence[Mention]]


@dataclass(frozen=True, slots=True)
class PointGrade:
    """`coverage`: how much of what the point demands the answer says, 0..1. `why`: what denies it or leaves a doubt."""

    outcome: Outcome
    coverage: float
    why: str = ""


def judge_point(point: Said, answer: Said, stem: Said, points: Sequence[Said]) -> PointGrade:
    """What an answer to a question says of one of its required `points`."""
    told = by_yes_or_no(point, answer, stem)
    if told:
        return PointGrade("unsure" if told == "both" else told, float(told == "said"), told)
    given, demanded = demands(point, stem)
    found = {one: _found(one, point, answer, stem) for one in demanded}
    coverage = _share([one for one in demanded if found[one]], demanded)
    allowed = [mention for other in points for mention in other.mentions]
    against = _against(demanded, found, point, answer, stem, allowed)
    wrong_unit = any(_other_unit(one, point, answer, found) for one in against)
    if wrong_unit or any(not found[one] and _aims_at_it(one, point, answer) for one in against):
        return PointGrade("denied", coverage, "opposite")
    if _against_the_rest(point, demanded, answer, stem, allowed):
        return PointGrade("denied", coverage, "opposite")
    across = crossing(point, answer, stem, points)
    if across == "roles":
        return PointGrade("denied", coverage, across)
    if _swapped_subject(given, found, answer, allowed):
        return PointGrade("denied", coverage, "subject")
    if across or against or _doubtful(answer, stem, allowed):
        return PointGrade("unsure", coverage, "both")
    if _is_bounded(point, answer, stem):
        return PointGrade("unsure", coverage, "bounds")
    missing = [one for one in demanded if not found[one]]
    spare = coverage >= HALF and all(one.hard and not _is_needed(one) for one in missing)
    if not missing or (spare and not _left_over(answer, stem, points)):
        return PointGrade("said", coverage)
    if coverage >= NEARLY and not any(_is_needed(one) for one in missing):
        return PointGrade("unsure", coverage, "nearly")
    return PointGrade("missing" if _is_missing(coverage, point, answer, stem, points) else "unsure", coverage)


def _is_missing(coverage: float, point: Said, answer: Said, stem: Said, points: Sequence[Said]) -> bool:
    """Whether the answer says nothing of a point: it has nothing but words of other points and of the question, or it
    only names another thing where the point names one. What shares no word with a point may still say it otherwise."""
    if any(one.formula for one in answer.mentions) and not any(one.formula for one in point.mentions):
        return False
    others = [other for other in points if other is not point]
    if others and not _left_over(answer, stem, others):
        return True
    if coverage or len(answer.tokens) > BRIEF:
        return False
    strong = [one for one in answer.mentions if not one.weak]
    return (any(map(_is_thing, point.mentions)) and bool(strong)) or (bool(strong) and all(map(_is_thing, strong)))


def _is_thing(one: Mention) -> bool:
    return one.name or bool({name for name, _ in one.keys} & (things() | {NUMBER}))


def demands(point: Said, stem: Said) -> tuple[list[Mention], list[Mention]]:
    """(mentions of a point that the question gives, those that an answer must have)."""
    whole = [one for one in point.mentions if not one.inner]
    strong = [one for one in whole if not one.weak] or whole
    given = [one for one in strong if is_given(one, stem)]
    demanded = [one for one in strong if one not in given]
    if not demanded:
        given, demanded = [], strong
    # "Over the features, not over the batch" says over the features; "first A, then B, then C" says A, B, C.
    spare = [one for one in demanded if one.negated and any(_excluded(one, other) for other in demanded)]
    first = min((one.clause for one in demanded), default=0)
    spare.extend(one for one in demanded if one.negated and one.clause > first and _opens_denied(one, point))
    if sequences(point):
        markers = short_lexicon(point.language).phrases["markers"]
        spare.extend(one for one in demanded if (one.text.lower(),) in markers)
    return given, [one for one in demanded if one not in spare] or demanded


def _opens_denied(one: Mention, point: Said) -> bool:
    """Whether its clause begins with a denial: "..., not the batch" only says what the rest of the point excludes."""
    start = point.places.index(one.clause)
    opening = point.tokens[start : start + 2]
    return any(word in {"no", "not"} for word in opening)


def _excluded(negated: Mention, other: Mention) -> bool:
    return not other.negated and any(
        opposite(mine, theirs) and not is_axis(mine[0]) for mine in negated.keys for theirs in other.keys
    )


def _found(one: Mention, point: Said, answer: Said, stem: Said) -> list[Mention]:
    """The mentions of an answer that say one of the point."""
    found = [mention for mention in answer.mentions if says(one, mention) or _same_formula(one, mention, answer)]
    if not found and _is_of_order(one) and in_order(point, answer):
        return [mention for mention in answer.mentions if any(name == "after" for name, _ in mention.keys)] or [one]
    if _asks_what_is_not(stem) and not point.denying:
        # "What does it do without?" "It does not need X" and "X" say the same; "it needs X" does not.
        if not found:
            return [mention for mention in answer.mentions if mention.negated and one.keys & mention.keys]
        if not answer.denying and any(not one.weak and not _in(one, point) for one in answer.mentions):
            return []
    return found


def _is_bounded(point: Said, answer: Said, stem: Said) -> bool:
    """Whether one of the two is said of all, of one alone or of some, and the other is not; or a word of the point that
    need not be said is denied in one alone."""
    if "all" in point.marks - answer.marks - stem.marks or "some" in answer.marks - point.marks:
        return True
    weak = [one for one in point.mentions if one.weak and one.negated]
    return any(
        any(one.keys & mention.keys and not mention.negated for mention in answer.mentions)
        and not any(says(one, mention) for mention in answer.mentions)
        for one in weak
    )  # fmt: skip


def _asks_what_is_not(stem: Said) -> bool:
    """Whether a question asks for what something lacks: what it does not store, what it does without."""
    return not is_polar(stem) and bool(re.search(table()["lacking"][stem.language], fold(stem.text)))


def _in(mention: Mention, point: Said) -> bool:
    return any(says(one, mention) for one in point.mentions)


def _same_formula(one: Mention, mention: Mention, answer: Said) -> bool:
    if not (one.formula and mention.formula and one.negated == mention.negated):
        return False
    return same_formula(one.formula, mention.formula, answer.language) is True


def _is_needed(one: Mention) -> bool:
    """Whether it must be said: it has opposites, of a kind that is not passed over."""
    if one.name or one.formula:
        return True
    return one.hard and not all(
        name in soft_names() or name[0] in "~#" or name.startswith("w ") for name, _ in one.keys
    )


def _left_over(answer: Said, stem: Said, points: Sequence[Said]) -> bool:
    """Whether the answer speaks of something that neither the points nor the question have, which may stand in the
    place of what is missing."""
    known = [one for said in (stem, *points) for one in said.mentions]
    return any(not one.weak and not any(says(mine, one) for mine in known) for one in answer.mentions)


def _share(part: Sequence[Mention], whole: Sequence[Mention]) -> float:
    total = sum(HARD if one.hard else 1.0 for one in whole)
    return sum(HARD if one.hard else 1.0 for one in part) / total if total else 0.0


def _against(
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
        if found[one] and _is_of_order(one) and in_order(point, answer):
            opposing = []
        if found[one] and _asks_what_is_not(stem):
            opposing = [mention for mention in opposing if rivals(one, mention)]
        if (
            opposing
            or _other_number(one, answer, stem)
            or _other_unit(one, point, answer, found)
            or _other_formula(one, answer, found)
        ):
            told.append(one)
    return told


def _against_the_rest(
    point: Said, demanded: Sequence[Mention], answer: Said, stem: Said, allowed: Sequence[Mention]
) -> bool:
    """Whether the answer speaks against what the point says and an answer need not: what the question gives, and what
    the point denies beside what it says."""
    if _asks_what_is_not(stem) or len(answer.tokens) > SHORT:
        return False
    rest = [one for one in point.mentions if one.hard and not one.weak and not one.inner and one not in demanded]
    rest += [one for one in point.mentions if one.negated and not one.weak and one not in demanded]
    return any(
        any(denies(one, mention) and not any(says(other, mention) for other in allowed) for mention in answer.mentions)
        and not any(says(one, mention) for mention in answer.mentions)
        for one in rest
    )  # fmt: skip


def _is_of_order(one: Mention) -> bool:
    return any(name == "after" for name, _ in one.keys)


def _aims_at_it(one: Mention, point: Said, answer: Said) -> bool:
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


def _other_unit(one: Mention, point: Said, answer: Said, found: Found) -> bool:
    """Whether the number counts something else: six heads for six layers."""
    if not any(name == NUMBER for name, _ in one.keys):
        return False
    mine = _counted(one, point)
    theirs = [counted for mention in found[one] if (counted := _counted(mention, answer))]
    return mine is not None and bool(theirs) and not any(says(mine, counted) for counted in theirs)


def _counted(number: Mention, said: Said) -> Mention | None:
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


def _swapped_subject(given: Sequence[Mention], found: Found, answer: Said, allowed: Sequence[Mention]) -> bool:
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


def _doubtful(answer: Said, stem: Said, allowed: Sequence[Mention]) -> bool:
    """Whether the answer says something against the question itself, which no point says: it denies what is asked, or
    names another thing than is asked about."""
    asked = [one for one in stem.asked if not one.weak]
    said = [one for one in answer.mentions if one.negated and not one.weak]
    said = [one for one in said if not any(says(own, one) for own in allowed)]
    if not _asks_what_is_not(stem) and any(denies(one, mention) for one in asked for mention in said):
        return True
    for one in stem.mentions:
        if one.weak or not {name for name, _ in one.keys} & (things() | firm()):
            continue
        if any(denies(one, other) or rivals(one, other) for other in stem.mentions):
            continue
        if any(denies(one, each) or rivals(one, each) for each in allowed):
            continue
        for mention in answer.mentions:
            if (denies(one, mention) or rivals(one, mention)) and not any(says(own, mention) for own in allowed):
                return True
    return False
