"""An authored question of a course: what is asked in each language, its right answers, and those that tempt."""

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.documents import Citation

BLOOM = ("remember", "understand", "apply", "analyze", "evaluate", "create")  # Krathwohl (2002), table 2
QUESTION_KINDS = ("mcq", "multi", "order", "match", "short")
PLACE = "{}"  # where `says` takes an answer


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in one language.

    `says`: the sentence that an answer makes true or false, with a place {} for it (match: two, line and answer); ""
    where the answers are sentences themselves. `right`: the right answers (mcq: one; multi: several), the steps in
    order (order), the answers to the lines (match), the required points (short). `wrong`: the distractors (mcq, multi;
    of a match: answers that fit no line). `lines`: what is matched. `claims`: the sentences that fix an order, or that
    state each required point. `accept`: other wordings of each required point. `rationale`: why. `hints`: from the
    vaguest on. `feedback`: one text for each distractor, which does not give the key.
    """

    stem: str
    right: tuple[str, ...]
    rationale: str
    hints: tuple[str, ...]
    says: str = ""
    wrong: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    accept: tuple[tuple[str, ...], ...] = ()
    feedback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """`mistakes`: for each distractor the misconception of the course that leads there, "" where it has none."""

    id: str
    concept: str
    kind: str
    bloom: str
    difficulty: int
    sources: tuple[Citation, ...]
    wordings: Mapping[str, Wording]
    mistakes: tuple[str, ...] = ()
