"""Items that rest on the course: its statements, misconceptions, facts and authored questions."""

from collections.abc import Iterator
from itertools import chain

from agents.grounded.authored import authored_recipes
from agents.grounded.facts import fact_recipes
from agents.grounded.statements import statement_recipes
from agents.grounding import Rule
from agents.recipe import Recipe
from knowledge.course import Course


def grounded_recipes(course: Course, rule: Rule) -> Iterator[Recipe]:
    """Everything that can be asked about a course, in a fixed order. `rule`: what the course says of a claim."""
    return chain(authored_recipes(course, rule), statement_recipes(course, rule), fact_recipes(course, rule))
