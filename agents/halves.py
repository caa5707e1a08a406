"""The two questions that a compound message is made of, each planned by itself."""

import re
from collections.abc import Callable
from dataclasses import replace

from agents.dialogue_acts import ACTS
from agents.follow_ups import FOLLOW_UPS, points_back
from agents.mentions import ConceptNames
from agents.plan import EXACT, Plan
from agents.research.questions import parts_of
from knowledge.terms import fold

_NO_HALF = ACTS | FOLLOW_UPS  # intents of no half of a compound question
# "and what about GPT-4?" asks of it what was asked of the other
_ECHOES = re.compile(
    r"^(?:y |and )?(?:que (?:pasa|hay|tal|ocurre|sucede)|(?:what|how) about|cuant[oa]s?|how (?:many|much))\b"
)


class Halves:
    """Divides messages. `plan_part` plans a part of a message alone, given the plan of the whole."""

    def __init__(self, names: ConceptNames, plan_part: Callable[[str, Plan], Plan]) -> None:
        self.names = names
        self.course = names.course
        self.plan_part = plan_part

    def of(self, whole: Plan) -> tuple[Plan, ...]:
        """The plans of the two questions that a message is made of, when each names a thing of its own, or the second
        asks more of the first one's; else none."""
        parts = [] if whole.intent in ACTS or whole.carried else parts_of(whole.message, whole.language, fewest=1)
        if len(parts) != 2:
            return ()
        first, second = (self.plan_part(part, whole) for part in parts)
        about, besides = (self._things(half) for half in (first, second))
        refers = points_back(fold(parts[1]))
        if first.facts and second.intent in EXACT and (refers or not besides):
            return first, self._of_first(parts[1], self._model(first), whole)
        one_sided = second.intent == "compare" and len(besides) < 2
        if one_sided or not about or {first.intent, second.intent} & _NO_HALF:
            return ()
        if not besides:  # "What does the temperature do, and should I set it to zero?"
            named = " ".join(first.topic) or self.course.concept_name(first.concepts[0], first.language)
            return first, self._of_first(parts[1], named, whole)
        if refers or not besides - about:
            return ()
        if not second.facts and first.facts and _ECHOES.search(fold(parts[1])):
            second = replace(second, facts=self._echoed(first, second), intent=first.intent)
        return first, second

    def _of_first(self, part: str, named: str, whole: Plan) -> Plan:
        """The plan of a second part that asks more of what the first one names."""
        return replace(self.plan_part(f"{part} ({named})", whole), message=part)

    def _model(self, half: Plan) -> str:
        """The name of the model that a question asks for facts of."""
        return self.course.facts.entities[half.facts[0][0]].name

    def _things(self, half: Plan) -> set[str]:
        """What a question names: concepts of the course, and models of the table."""
        mentions = self.names.mentions(half.query.split(), half.language)
        return {item.concept for item in mentions} | {item.id for _, item in self.course.facts.entities_in(half.query)}

    def _echoed(self, first: Plan, second: Plan) -> tuple[tuple[str, str], ...]:
        """What the first half asks for, of what the second half names."""
        entities = [entity.id for _, entity in self.course.facts.entities_in(second.query)]
        pairs = [(entity, attribute) for entity in entities for _, attribute in first.facts]
        return tuple(pair for pair in dict.fromkeys(pairs) if self.course.facts.find(*pair) is not None)
