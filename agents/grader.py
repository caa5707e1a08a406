"""The grader: an item and an answer in, a verdict out, with what to say to the learner."""

from collections.abc import Callable, Mapping

from agents.grade import Grade, right, untold
from agents.grade_numbers import grade_matrix, grade_number
from agents.grade_options import grade_choice, grade_match, grade_order, grade_several, grade_true_false
from agents.item import Item, Kind
from knowledge.formulas import same_formula


def grade_formula(item: Item, answer: str) -> Grade:
    """Right where the answer is the key but for its writing: LaTeX or plain, brackets, spaces. Another form may be
    right too, and is not graded."""
    same = same_formula(answer.replace("$", ""), str(item.key).replace("$", ""))
    return right(item.language) if same else untold(item.language, "other-formula")


BY_KIND: Mapping[Kind, Callable[[Item, str], Grade]] = {
    "mcq": grade_choice, "multi": grade_several, "true_false": grade_true_false, "numeric": grade_number,
    "matrix": grade_matrix, "order": grade_order, "match": grade_match, "formula": grade_formula,
}  # fmt: skip


class Grader:
    """Grades one answer to one item, without memory of any other."""

    def grade(self, item: Item, answer: str) -> Grade:
        """The grade of an answer as it was typed; "ungraded" with a reason where it cannot be told, never a guess."""
        if not answer.strip():
            return untold(item.language, "empty")
        grade = BY_KIND.get(item.kind)
        return grade(item, answer) if grade else untold(item.language, "no-grader")
