"""The grader: an item and an answer in, a verdict out, with what to say to the learner."""

from collections.abc import Callable, Mapping

from agents.formula_process import Algebra
from agents.grade import Grade, untold
from agents.grade_formula import grade_formula
from agents.grade_numbers import grade_matrix, grade_number
from agents.grade_options import grade_choice, grade_match, grade_order, grade_several, grade_true_false
from agents.grade_short import Rubric, ShortGrader
from agents.item import Item, Kind
from agents.short_reading import ShortReader
from knowledge.glossary import Glossary
from knowledge.verifier import Verifier

BY_KIND: Mapping[Kind, Callable[[Item, str], Grade]] = {
    "mcq": grade_choice, "multi": grade_several, "true_false": grade_true_false, "numeric": grade_number,
    "matrix": grade_matrix, "order": grade_order, "match": grade_match,
}  # fmt: skip


class Grader:
    """Grades one answer to one item, without memory of any other.

    All parts may be left out. `verifier`: a second opinion of short answers that are sentences; `glossary`: the terms
    of the course, which tie the languages together; `rubric`: who is asked of a short answer that rules cannot tell
    (`agents.chat_rubric`); `algebra`: for formulas that our own grammar cannot read.
    """

    def __init__(
        self,
        verifier: Verifier | None = None,
        glossary: Glossary | None = None,
        rubric: Rubric | None = None,
        algebra: Algebra | None = None,
    ) -> None:
        self.algebra = algebra
        self.short = ShortGrader(ShortReader(glossary), verifier, rubric)

    def grade(self, item: Item, answer: str) -> Grade:
        """The grade of an answer as it was typed; "ungraded" with a reason where it cannot be told, never a guess."""
        if not answer.strip():
            return untold(item.language, "empty")
        if item.kind == "formula":
            return grade_formula(item, answer, self.algebra)
        if item.kind == "short":
            return self.short.grade(item, answer)
        return BY_KIND[item.kind](item, answer)
