"""Grading of short answers: by required points, each said, denied, missing, or left to a person."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from agents.grade import Grade, partly, right, untold, wrong
from agents.item import Item
from agents.short_compare import PointGrade, judge_point
from agents.short_guard import MOST_CHARACTERS, doubt, plea
from agents.short_mention import Said
from agents.short_reading import ShortReader
from agents.short_verified import verified
from knowledge.verifier import Verifier

Rubric = Callable[[Item, str], "tuple[str, ...] | None"]  # the points that an answer says; None where it cannot tell
_EXAMPLE = re.compile(
    r",?\s+(?:such as|for example|for instance|e\.g\.|like|tal como|tales como|como|por ejemplo)[\s,]+"
)
_SYMBOL = re.compile(
    r"\s*,\s*(\$[^$]+\$|[A-Za-z]_\w+|[OΘ]\([^()]*\))\s*\.?$|\s+\((\$[^$]+\$|[A-Za-z]_\w+|[OΘ]\([^()]*\))\)\s*\.?$"
)
_ORDER = ("said", "unsure", "missing", "denied")


def other_wordings(point: str) -> tuple[str, ...]:
    """What says a point alone: "an encoder such as BERT" by either, "that of the keys, $d_k$" by words or symbol."""
    found = _EXAMPLE.split(point, maxsplit=1) if _EXAMPLE.search(point) else []
    symbol = _SYMBOL.search(point)
    if symbol and symbol.start() > 0:
        found += [point[: symbol.start()], symbol[1] or symbol[2]]
    return tuple(part.strip(" ,()") for part in found if part.strip(" ,()"))


class ShortGrader:
    """Grades short answers. `reader` may know the terms of a course; `verifier` gives a second opinion of sentences;
    `rubric` is asked where these cannot tell."""

    def __init__(
        self, reader: ShortReader | None = None, verifier: Verifier | None = None, rubric: Rubric | None = None
    ) -> None:
        self.reader = reader or ShortReader()
        self.verifier = verifier
        self.rubric = rubric

    def grade(self, item: Item, answer: str) -> Grade:
        """The share of the required points that the answer says; "ungraded" where one of them cannot be told."""
        language = item.language
        if len(answer) > MOST_CHARACTERS:
            return untold(language, "too-long")
        if plea(answer):
            return untold(language, "plea")
        stem, said = self.reader.read(item.stem, language), self.reader.read_answer(answer, language)
        points = [self.reader.read(str(point), language) for point in item.key]
        graded = [
            self._point(item, str(text), point, said, stem, points)
            for text, point in zip(item.key, points, strict=True)
        ]
        mistake = self._mistake(item, said, stem)
        doubted = doubt(said, points) if any(one.outcome == "said" for one in graded) else ""
        if doubted:
            return untold(language, doubted)
        return self._told(item, answer, graded, mistake)

    def _point(
        self, item: Item, text: str, point: Said, answer: Said, stem: Said, points: Sequence[Said]
    ) -> PointGrade:
        """The best that the answer earns of a point's wordings; one that denies its first wording earns no other."""
        others = (*item.accept.get(text, ()), *other_wordings(text))
        wordings = [point, *(self.reader.read(other, item.language) for other in others)]
        found = []
        for wording in wordings:
            beside = [wording if other is point else other for other in points]
            grade = judge_point(wording, answer, stem, beside)
            found.append(verified(grade, wording, answer, stem, beside, self.verifier))
        best = min(found, key=lambda one: _ORDER.index(one.outcome))
        if best.outcome == "said" and found[0].outcome == "denied":
            return replace(best, outcome="unsure", why="both")
        return best

    def _mistake(self, item: Item, answer: Said, stem: Said) -> str:
        """The mistake whose answer, as it is written in the item, this one says; "" for none."""
        for text, mistake in item.misconceptions.items():
            wrong_point = self.reader.read(text, item.language)
            if judge_point(wrong_point, answer, stem, [wrong_point]).outcome == "said":
                return mistake
        return ""

    def _told(self, item: Item, answer: str, graded: Sequence[PointGrade], mistake: str) -> Grade:
        language, count = item.language, len(graded)
        outcomes = [one.outcome for one in graded]
        hits = outcomes.count("said")
        if mistake and hits < count:
            said = item.feedback.get(mistake, wrong(language, "points-none").feedback)
            score = round(hits / count, 4)
            return Grade(score, "partial" if hits else "incorrect", said, mistake, "mistake")
        if "unsure" in outcomes and "denied" not in outcomes:
            return self._asked(item, answer, graded)
        if hits == count:
            return partly(0.5, language, "points-and-wrong") if mistake else right(language)
        if hits:
            reason = "points-against" if "denied" in outcomes else "points-some"
            return partly(round(hits / count, 4), language, reason, right=hits, count=count)
        return wrong(language, "points-against-all" if "denied" in outcomes else "points-none")

    def _asked(self, item: Item, answer: str, graded: Sequence[PointGrade]) -> Grade:
        """What the rubric's reader makes of an answer that the comparison cannot tell."""
        language = item.language
        unsure = untold(language, "points-both" if any(one.why == "both" for one in graded) else "points-unsure")
        if self.rubric is None or any(one.why == "both" for one in graded):
            return unsure
        found = self.rubric(item, answer)
        if found is None:
            return unsure
        hits = {str(point) for point, one in zip(item.key, graded, strict=True) if one.outcome == "said"} | set(found)
        share = len(hits) / len(item.key)
        if share == 1:
            return right(language)
        return (
            partly(round(share, 4), language, "points-some", right=len(hits), count=len(item.key)) if hits else unsure
        )
