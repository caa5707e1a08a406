"""Items from a course's table of facts: a value, pairs, an order in time, two models compared, what is not published.

A distractor is the value that another entity has; it is taken only where the table says that it is wrong here.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any

from agents.grounded.words import texts
from agents.grounding import Rule, grounding_checks
from agents.item import Bloom, Check, Item, Kind, Proof
from agents.recipe import Recipe
from knowledge.course import Course
from knowledge.facts import Fact, FactTable, Value

OPTIONS = 4
LINES = 4
FEWEST = 3  # values that differ, without which there is nothing to choose among
CLOSE = 0.02  # relative: values nearer than this are one to a person
OVERVIEW = "llm-families"  # the concept of items about several models


@dataclass(frozen=True, slots=True)
class Asked:
    """One draw, in one language."""

    stem: str
    options: tuple[str, ...]
    key: Any
    claims: tuple[str, ...]
    hints: tuple[str, ...]
    facts: tuple[tuple[str, Fact], ...]  # what the key rests on: entity, row of the table
    mistakes: Mapping[int, tuple[str, str]]  # index of a wrong option -> the mistake, and what to say to it
    checks: tuple[Check, ...] = ()


Draw = Callable[[Random, str], Asked]


def fact_recipes(course: Course, rule: Rule) -> Iterator[Recipe]:
    """The recipes of a course's table of facts, in a fixed order; none where the course has no such table."""
    items = _Facts(course)
    for name, concept, kind, bloom, level, draw in items.forms():
        if concept in course.concepts:
            make = partial(_item, course, rule, name, concept, kind, bloom, draw)
            yield Recipe(name, concept, kind, bloom, (level,), make)


class _Facts:
    """The forms of one table."""

    def __init__(self, course: Course) -> None:
        self.table: FactTable = course.facts
        self.known: dict[str, list[Fact]] = {}
        for fact in self.table.facts:
            if fact.value is not None:
                self.known.setdefault(fact.attribute, []).append(fact)

    def forms(self) -> Iterator[tuple[str, str, Kind, Bloom, int, Draw]]:
        """(name, concept, kind, Bloom level, difficulty, draw) of everything that can be asked."""
        for attribute in texts("ask"):
            for fact in self.known.get(attribute, []):
                name = f"fact:{fact.entity}.{attribute}"
                yield name, _concept(fact.entity), "mcq", "remember", 2, partial(self._value, fact)
        for fact in self.table.facts:
            if fact.value is None and fact.attribute in texts("ask"):
                name = f"unpublished:{fact.entity}.{fact.attribute}"
                yield name, _concept(fact.entity), "mcq", "evaluate", 3, partial(self._unpublished, fact)
        for attribute in texts("match"):
            if len(self._apart(attribute)) >= FEWEST:
                yield f"match:{attribute}", OVERVIEW, "match", "remember", 3, partial(self._pairs, attribute)
        for attribute in texts("order"):
            yield f"order:{attribute}", OVERVIEW, "order", "remember", 3, partial(self._order, attribute)
        for attribute in texts("compare"):
            for fact in self.known.get(attribute, []):
                name = f"compare:{fact.entity}.{attribute}"
                yield name, _concept(fact.entity), "mcq", "analyze", 3, partial(self._compared, fact)

    def _value(self, fact: Fact, rng: Random, language: str) -> Asked:
        rows = _ordered([fact, *self._others(fact, OPTIONS - 1, rng)], rng)
        names = {row: self.table.entities[row.entity].name for row in rows}
        wrong = {place: row for place, row in enumerate(rows) if row is not fact}
        return Asked(
            texts("ask")[fact.attribute][language].format(entity=names[fact]),
            tuple(self._written(row, language) for row in rows), rows.index(fact),
            tuple(self._said(fact.entity, row, language) for row in rows),
            _hints(("hint-family", "hint-neighbours"), language), ((fact.entity, fact),),
            {place: (f"value-of-{row.entity}", _text("feedback", language, whose=names[row]))
             for place, row in wrong.items()},
        )  # fmt: skip

    def _unpublished(self, fact: Fact, rng: Random, language: str) -> Asked:
        """Of which model a value is not published, among models of which it is."""
        rows = rng.sample([fact, *rng.sample(self._apart(fact.attribute, rng), OPTIONS - 1)], OPTIONS)
        wrong = {place: row for place, row in enumerate(rows) if row is not fact}
        return Asked(
            _text("unpublished", language, phrase=self.table.attributes[fact.attribute].phrase[language]),
            tuple(self.table.entities[row.entity].name for row in rows), rows.index(fact),
            tuple(self.table.sentence(replace(row, value=None), language) for row in rows),
            _hints(("hint-paper", "hint-closed"), language), ((fact.entity, fact),),
            {place: (f"published-{row.entity}", _text("published", language, said=self.table.sentence(row, language)))
             for place, row in wrong.items()},
        )  # fmt: skip

    def _pairs(self, attribute: str, rng: Random, language: str) -> Asked:
        rows = rng.sample(self._apart(attribute, rng), min(LINES, len(self._apart(attribute))))
        shown = _ordered(rows, rng)
        lines = "\n".join(f"{at}. {self.table.entities[row.entity].name}" for at, row in enumerate(rows, start=1))
        stem = f"{texts('match')[attribute][language]}\n\n{lines}"
        return Asked(
            stem, tuple(self._written(row, language) for row in shown), [shown.index(row) for row in rows],
            tuple(self.table.sentence(row, language) for row in rows),
            _hints(("hint-anchor", "hint-neighbours"), language), tuple((row.entity, row) for row in rows), {},
        )  # fmt: skip

    def _order(self, attribute: str, rng: Random, language: str) -> Asked:
        rows = rng.sample(self._apart(attribute, rng), LINES)
        right = sorted(rows, key=lambda row: row.value)  # type: ignore[arg-type, return-value]
        if rows == right:
            rows.reverse()
        values = ", ".join(str(row.value) for row in right)
        return Asked(
            texts("order")[attribute][language], tuple(self.table.entities[row.entity].name for row in rows),
            [rows.index(row) for row in right], tuple(self.table.sentence(row, language) for row in right),
            _hints(("hint-anchor", "hint-family"), language),
            tuple((row.entity, row) for row in right), {},
            (Check("ordered", len({row.value for row in rows}) == len(rows), values),),
        )  # fmt: skip

    def _compared(self, fact: Fact, rng: Random, language: str) -> Asked:
        """Who has which value: the right two, exchanged, and two in which one half is wrong."""
        other = rng.choice([row for row in self.known[fact.attribute] if _differ(fact, row)])
        third = rng.choice(
            [row for row in self._apart(fact.attribute) if _differ(row, fact) and _differ(row, other)] or [other]
        )
        pairs = [(fact, other), (other, fact), (fact, third), (third, other)]
        if third is other:
            pairs = [(fact, other), (other, fact), (fact, fact), (other, other)]
        order = rng.sample(pairs, len(pairs))
        one, two = (self.table.entities[row.entity].name for row in (fact, other))
        claims = tuple(
            " ".join(self._said(row.entity, half, language) for row, half in zip((fact, other), pair, strict=True))
            for pair in order
        )  # fmt: skip
        options = tuple(f"{one}: {self._written(a, language)}; {two}: {self._written(b, language)}" for a, b in order)
        stem = texts("compare")[fact.attribute][language].format(one=one, other=two)
        hints, rests = _hints(("hint-each", "hint-family"), language), ((fact.entity, fact), (other.entity, other))
        return Asked(stem, options, order.index((fact, other)), claims, hints, rests, {})

    def _others(self, fact: Fact, count: int, rng: Random) -> list[Fact]:
        """Rows of other entities with values that differ from this one's and from one another, near ones first."""
        rows = [row for row in self._apart(fact.attribute, rng) if _differ(row, fact)]
        if isinstance(fact.value, str):
            return rng.sample(rows, min(count, len(rows)))
        near = sorted(rows, key=lambda row: abs(_size(row.value) - _size(fact.value)))
        return rng.sample(near[: count + 2], min(count, len(near)))

    def _apart(self, attribute: str, rng: Random | None = None) -> list[Fact]:
        """Rows of an attribute whose values all differ; which one stands for a value is chance."""
        rows = list(self.known.get(attribute, []))
        if rng is not None:
            rng.shuffle(rows)
        found: list[Fact] = []
        for row in rows:
            if all(_differ(row, other) for other in found):
                found.append(row)
        return found

    def _written(self, fact: Fact, language: str) -> str:
        """The value of a row that has one."""
        return "" if fact.value is None else self.table.written(fact.attribute, fact.value, language)

    def _said(self, entity: str, fact: Fact, language: str) -> str:
        """The sentence that gives an entity the value of a row."""
        return "" if fact.value is None else self.table.said(entity, fact.attribute, fact.value, language)


def _item(
    course: Course, rule: Rule, name: str, concept: str, kind: Kind, bloom: Bloom, draw: Draw,
    seed: int, difficulty: int, language: str,
) -> Item:  # fmt: skip
    asked = draw(Random(f"{name}:{seed}"), language)  # noqa: S311  the same seed gives the same item
    item = Item(
        id=f"{name}.{kind}.{language}.{difficulty}.{seed}", kind=kind, concept=concept, bloom=bloom,
        difficulty=difficulty, language=language, stem=asked.stem, options=asked.options, key=asked.key, tolerance=0.0,
        rationale=" ".join(
            course.facts.sentence(replace(fact, entity=entity), language) for entity, fact in asked.facts
        ),
        hints=asked.hints, misconceptions={str(place): mistake for place, (mistake, _) in asked.mistakes.items()},
        feedback=dict(asked.mistakes.values()), points=1.0,
        sources=tuple(dict.fromkeys(
            f"{source.key} {source.locator}".strip() for _, fact in asked.facts for source in fact.sources
        )),
        proof=Proof("grounded", ()), family=name, claims=asked.claims,
    )  # fmt: skip
    return replace(item, proof=Proof("grounded", (*asked.checks, *grounding_checks(item, rule))))


def _text(key: str, language: str, **values: str) -> str:
    text: str = texts("text")[key][language]
    return text.format_map(values)


def _hints(keys: Sequence[str], language: str) -> tuple[str, ...]:
    return tuple(_text(key, language) for key in keys)


def _concept(entity: str) -> str:
    """What an entity's items are about: the concept of the longest name in `facts.toml` that its id begins with."""
    concepts: Mapping[str, str] = texts("concepts")
    return next((concepts[name] for name in sorted(concepts, key=len, reverse=True) if entity.startswith(name)), "")


def _differ(one: Fact, other: Fact) -> bool:
    """Whether no right value of one is, or is near to, a right value of the other."""
    return not any(_same(mine, theirs) for mine in _values(one) for theirs in _values(other))


def _values(fact: Fact) -> list[Value]:
    return [value for value in (fact.value, *fact.also) if value is not None]


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    years = isinstance(one, int) and isinstance(other, int) and max(one, other) < 2100 and min(one, other) > 1900
    return one == other if years else math.isclose(one, other, rel_tol=CLOSE)


def _size(value: Value | None) -> float:
    return math.log(value) if isinstance(value, int | float) and value > 0 else 0.0


def _ordered(rows: Sequence[Fact], rng: Random) -> list[Fact]:
    """Numbers rise; what has no order is shuffled."""
    if all(isinstance(row.value, int | float) for row in rows):
        return sorted(rows, key=lambda row: row.value)  # type: ignore[arg-type, return-value]
    return rng.sample(list(rows), len(rows))
