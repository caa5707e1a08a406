"""What a learner could do next: at most three short messages that Atenea can answer."""

from agents.plan import Memory, Plan
from knowledge.course import Course
from knowledge.messages import Messages

MOST = 3
START_HERE = ("transformer", "attention", "self-attention")


def suggest(course: Course | None, plan: Plan, memory: Memory, replies: Messages) -> list[str]:
    """Suggestions for after this turn, as messages to send; none when the corpus has no course."""
    if course is None:
        return []
    language = plan.language

    def about(key: str, concept: str) -> str:
        return replies.text(key, language, concept=course.concept_name(concept, language))

    concept = plan.concepts[0] if plan.concepts and plan.named else memory.concepts[0] if memory.concepts else ""
    if not concept:
        starts = [name for name in START_HERE if name in course.concepts] or list(course.concepts)
        return [about("next-concept", name) for name in starts[:MOST]]
    found = []
    if plan.intent != "example":
        found.append(about("next-example", concept))
    if plan.intent != "why":
        found.append(about("next-why", concept))
    neighbours = [other.id for other in course.concepts.values() if concept in other.prerequisites]
    neighbours += list(course.concepts[concept].prerequisites)
    seen = {part.split(":")[1].split("/")[0] for part in memory.said if part.count(":") >= 2}
    fresh = [name for name in neighbours if name not in seen] or neighbours
    found += [about("next-concept", name) for name in fresh[:1]]
    return found[:MOST]
