"""A course that is its graph and nothing else, for what the learner model does with one."""

from collections.abc import Mapping
from pathlib import Path

from knowledge.course import Concept, Course
from knowledge.facts import FactTable
from knowledge.glossary import Glossary

# d stands on b and c, and they on a; f on e; g on d and e; h on g, so that a is four steps below it.
BEFORE = {"a": "", "b": "a", "c": "a", "d": "bc", "e": "", "f": "e", "g": "de", "h": "g"}
LEVELS = {"a": 1, "b": 2, "c": 1, "d": 3, "e": 2, "f": 4, "g": 3, "h": 5}


def course_of(before: Mapping[str, str] = BEFORE, levels: Mapping[str, int] = LEVELS) -> Course:
    """A course of concepts with names of one letter. `before`: concept -> its prerequisites."""
    concepts = {name: Concept(name, {}, {}, tuple(needed), levels.get(name, 1), {}) for name, needed in before.items()}
    return Course(
        "graph", Path(), {}, {}, "1", concepts, (), (), (), FactTable({}, {}, (), {}), Glossary(())
    )  # fmt: skip
