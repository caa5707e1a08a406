"""What may be asked next about a concept that was explained, as far as the course can serve it."""

from collections.abc import Container

from knowledge.course import Course
from tutor.labs.registry import LABS

# A wish and the kinds of unit that serve it, one of which is enough.
UNITS = {"simpler": ("intuition",), "deeper": ("formal", "how"), "example": ("example",), "code": ("code",)}


def offers(course: Course, passages: Container[str], concept: str, language: str) -> dict[str, str]:
    """Wishes that can be served, in their order: simpler, deeper, example, code, `picture` with the lab that draws it,
    and `test`. `passages`: ids of what may be cited. None of a concept that the course does not hold."""
    if concept not in course.concepts:
        return {}
    found = {
        wish: "" for wish, kinds in UNITS.items()
        if any(f"{course.id}:{concept}/{kind}:{language}" in passages for kind in kinds)
    }  # fmt: skip
    lab = next((lab.name for lab in LABS.values() if concept in lab.concepts), "")
    return {**found, **({"picture": lab} if lab else {}), "test": ""}
