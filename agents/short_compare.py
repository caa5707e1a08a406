"""One required point against an answer: said, denied, missing, or that it cannot be told.

What the point has beyond the question must be in the answer; only words of little weight may be left out, where nothing
else stands in their place. An end, a member or a number in the place of another denies the point; so does what is tied
to the wrong one of two. Where both stand there, it cannot be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agents.formula_text import Doubt, formula_in
from agents.grade_formula import same_formula
from agents.short_against import (
    Found,
    against_it,
    against_the_rest,
    aims_at_it,
    asks_what_is_not,
    doubtful,
    has_several_numbers,
    is_bounded,
    is_of_order,
    is_turned,
    left_over,
    other_unit,
    swapped_subject,
)
from agents.short_demands import demands, goes_without, is_needed, share_of, subject_of
from agents.short_lexicon import things
from agents.short_mention import NUMBER, Mention, Said, denies, rivals, says
from agents.short_polar import by_yes_or_no
from agents.short_roles import crossing, in_order

Outcome = Literal["said", "denied", "missing", "unsure"]
HALF = 0.5  # share of the weight from which a point is said where all that is missing need not be said
BRIEF = 5  # words of an answer that names a thing and says nothing of it
NEARLY = 0.8  # share from which a verifier may say that the rest is said in other words


@dataclass(frozen=True, slots=True)
class PointGrade:
    """`coverage`: how much of what the point demands the answer says, 0..1. `why`: what denies it or leaves a doubt."""

    outcome: Outcome
    coverage: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Match:
    """A point beside an answer. `allowed`: all that the points say, which speaks against none of them."""

    point: Said
    answer: Said
    stem: Said
    points: Sequence[Said]
    given: Sequence[Mention]
    demanded: Sequence[Mention]
    found: Found
    allowed: Sequence[Mention]

    @property
    def missing(self) -> list[Mention]:
        """What the answer lacks of what the point demands."""
        return [
            one for one in self.demanded
            if not self.found[one] and not goes_without(one, self.point, self.demanded, self.found, self.answer)
        ]  # fmt: skip

    @property
    def coverage(self) -> float:
        """How much of it the answer has."""
        missing = self.missing
        return share_of([one for one in self.demanded if one not in missing], self.demanded)

    @property
    def against(self) -> list[Mention]:
        """What of it the answer speaks against."""
        return against_it(self.demanded, self.found, self.point, self.answer, self.stem, self.allowed)


def judge_point(point: Said, answer: Said, stem: Said, points: Sequence[Said]) -> PointGrade:
    """What an answer to a question says of one of its required `points`."""
    by_word = by_yes_or_no(point, answer, stem)
    if by_word:
        return PointGrade("unsure" if by_word == "both" else by_word, float(by_word == "said"), by_word)
    if not point.mentions:
        return _as_formula(point, answer)
    given, demanded = demands(point, stem)
    found = {one: _found(one, point, answer, stem) for one in demanded}
    allowed = [mention for other in points for mention in other.mentions]
    match = _Match(point, answer, stem, points, given, demanded, found, allowed)
    return _denied(match) or _doubted(match) or _told(match)


def _denied(match: _Match) -> PointGrade | None:
    """The grade of a point that the answer denies, or may deny; None where nothing speaks against it."""
    point, answer, found, coverage = match.point, match.answer, match.found, match.coverage
    absent = [one for one in match.against if not found[one]]
    # Numbers may be reckoned out of others, and the other end of both may be the same once more.
    if any(has_several_numbers(one, answer) for one in absent) or sum(is_turned(one, answer) for one in absent) > 1:
        return PointGrade("unsure", coverage, "both")
    if any(aims_at_it(one, point, answer) for one in absent):
        return PointGrade("denied", coverage, "opposite")
    if any(other_unit(one, point, answer, found) for one in match.against):
        return PointGrade("denied", coverage, "opposite")
    if against_the_rest(point, match.demanded, answer, match.stem, match.allowed):
        return PointGrade("denied", coverage, "opposite")
    if crossing(point, answer, match.stem, match.points) == "roles":
        return PointGrade("denied", coverage, "roles")
    if swapped_subject(match.given, found, answer, match.allowed):
        return PointGrade("denied", coverage, "subject")
    return None


def _doubted(match: _Match) -> PointGrade | None:
    """The grade of a point that the answer says and gainsays, or of which it says more or less; None for no doubt."""
    point, answer, stem = match.point, match.answer, match.stem
    if match.against or crossing(point, answer, stem, match.points) or doubtful(answer, stem, match.allowed):
        return PointGrade("unsure", match.coverage, "both")
    if is_bounded(point, answer, stem) or not match.demanded:
        return PointGrade("unsure", match.coverage, "bounds")
    return None


def _told(match: _Match) -> PointGrade:
    """The grade of a point that nothing speaks against: by what the answer has of it."""
    missing, coverage = match.missing, match.coverage
    subject = subject_of(match.point, match.demanded)
    spare = coverage >= HALF and all((one.hard and not is_needed(one)) or one is subject for one in missing)
    if not missing or (spare and not left_over(match.answer, match.stem, match.points)):
        return PointGrade("said", coverage)
    if any(denies(one, mention) or rivals(one, mention) for one in missing for mention in match.answer.mentions):
        return PointGrade("unsure", coverage, "half")  # of two opposites of the point it says but one
    if coverage >= NEARLY and not any(is_needed(one) for one in missing):
        return PointGrade("unsure", coverage, "nearly")
    nothing = _is_missing(coverage, match.point, match.answer, match.stem, match.points)
    return PointGrade("missing" if nothing else "unsure", coverage)


def _is_missing(coverage: float, point: Said, answer: Said, stem: Said, points: Sequence[Said]) -> bool:
    """Whether the answer says nothing of a point: it has nothing but words of other points and of the question, or it
    only names another thing where the point names one. What shares no word with a point may still say it otherwise."""
    if any(one.formula for one in answer.mentions) and not any(one.formula for one in point.mentions):
        return False
    others = [other for other in points if other is not point]
    if others and not left_over(answer, stem, others):
        return True
    if coverage or len(answer.tokens) > BRIEF:
        return False
    return any(map(_is_thing, point.mentions)) and any(not one.weak for one in answer.mentions)


def _is_thing(one: Mention) -> bool:
    return one.name or bool({name for name, _ in one.keys} & (things() | {NUMBER}))


def _as_formula(point: Said, answer: Said) -> PointGrade:
    """What an answer says of a point without words: a letter, such as the n vectors of n tokens."""
    try:
        same = same_formula(point.text, formula_in(answer.text), answer.language)
    except Doubt:
        same = None
    told = same is None or (not same and any(len(word) > len("n^2") for word in answer.tokens))
    return PointGrade("unsure" if told else "said" if same else "denied", float(bool(same)))


def _found(one: Mention, point: Said, answer: Said, stem: Said) -> list[Mention]:
    """The mentions of an answer that say one of the point."""
    found = [mention for mention in answer.mentions if says(one, mention) or _same_formula(one, mention, answer)]
    if not found and is_of_order(one) and in_order(point, answer):
        return [mention for mention in answer.mentions if any(name == "after" for name, _ in mention.keys)] or [one]
    if asks_what_is_not(stem) and not point.denying:
        # "What does it do without?" "It does not need X" and "X" say the same; "it needs X" does not.
        if not found:
            return [mention for mention in answer.mentions if mention.negated and one.keys & mention.keys]
        if not answer.denying and any(not one.weak and not _in(one, point) for one in answer.mentions):
            return []
    return found


def _in(mention: Mention, point: Said) -> bool:
    return any(says(one, mention) for one in point.mentions)


def _same_formula(one: Mention, mention: Mention, answer: Said) -> bool:
    if not (one.formula and mention.formula and one.negated == mention.negated):
        return False
    return same_formula(one.formula, mention.formula, answer.language) is True
