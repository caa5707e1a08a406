"""The pedagogical move of a turn: what a writer is to do with the evidence, chosen by code from the plan.

Each move has its words in the explainer's prompt.
"""

from agents.evidence import Pack
from agents.plan import EXACT, LEVELS, Memory, Plan

_BY_INTENT = {
    "why": "why", "how": "how", "example": "example", "formula": "formula", "code": "code", "mistakes": "mistakes",
    "compare": "compare", "simpler": "simpler", "deeper": "deeper", "again": "again", "other_language": "translate",
}  # fmt: skip
MOVES = ("explain", "one-idea", "correct", "hint-first", "fact", "parts", *_BY_INTENT.values())


def move_of(plan: Plan, pack: Pack, memory: Memory) -> str:
    """One of MOVES. An exercise that is open comes before all, since help must not solve it; then a mistake of the
    learner's that the evidence refutes; then what is asked for. A beginner who stays with a concept gets one idea."""
    if plan.exercise:
        return "hint-first"
    if plan.halves:
        return "parts"
    if plan.facts or plan.intent in EXACT:
        return "fact"
    if plan.mistake and any(passage.kind == "refutation" for passage in pack.passages):
        return "correct"
    if plan.intent in _BY_INTENT:
        return _BY_INTENT[plan.intent]
    stays = bool(plan.concepts) and plan.concepts[:1] == memory.concepts[:1]
    return "one-idea" if stays and plan.level == LEVELS[0] else "explain"
