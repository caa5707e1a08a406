"""When the key of an exercise may be shown, and the ladder that leads there: hints first, the solution last.

The solution comes after a right answer, after three wrong ones, or when every hint was taken and one answer was tried.
Nothing that a learner says changes that.
"""

from dataclasses import dataclass

from agents.item import Item
from knowledge.messages import Messages
from tutor.learner.state import MOST_TRIES, Exercise


@dataclass(frozen=True, slots=True)
class Rung:
    """`rung` of `of`: the solution is the last. `reveals`: whether it shows the key. `text`: what to say."""

    rung: int
    of: int
    text: str
    reveals: bool


def may_show_solution(item: Item, exercise: Exercise) -> bool:
    """Whether the policy allows it now."""
    helped = exercise.rungs >= len(item.hints) and exercise.tries > 0
    return exercise.solved or exercise.told or exercise.tries >= MOST_TRIES or helped


def next_rung(item: Item, exercise: Exercise, texts: Messages) -> Rung:
    """The next rung; where the solution is not allowed yet, the last hint again with what is asked of the learner."""
    of = len(item.hints) + 1
    if exercise.rungs < len(item.hints):
        return Rung(exercise.rungs + 1, of, item.hints[exercise.rungs], False)
    if may_show_solution(item, exercise):
        return Rung(of, of, item.rationale, True)
    first = texts.text("try-first", item.language)
    last = item.hints[-1] if item.hints else ""
    return Rung(len(item.hints), of, f"{first} {last}".strip(), False)
