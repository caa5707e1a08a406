"""The facts of a course (facts.toml) as a table, with the faults found on the way."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge.course_tables import Tables
from knowledge.course_units import key_line
from knowledge.facts import Attribute, Entity, Fact, FactTable, Value

STATUSES = ("published", "estimated", "undisclosed")
_HEAD = ("undisclosed", "entity", "attribute", "fact")
_ENTITY = ("id", "names", "maker", "family")
_ATTRIBUTE = ("id", "phrase", "sentence", "unit", "en", "es", "values")
_FACT = ("entity", "attribute", "value", "also", "status", "source", "note")


def read_facts(tables: Tables) -> FactTable:
    """The table; empty when the course has no facts.toml."""
    file = tables.path / "facts.toml"
    table = (tables.toml(file) if file.exists() else {}) or {}
    tables.keys(file, 0, table, _HEAD, "facts.toml")
    entities = _entities(tables, file, table)
    attributes = {
        name: _attribute(tables, file, line, name, row) for line, name, row in tables.named(file, table, "attribute")
    }
    undisclosed = tables.texts(file, table, "undisclosed") if attributes else {}
    _places(tables, file, key_line(file, "undisclosed"), "undisclosed", undisclosed, ("maker", "phrase", "entity"))
    facts: dict[tuple[str, str], Fact] = {}
    for line, row in tables.rows(file, table, "fact"):
        fact = _fact(tables, file, line, row, entities, attributes)
        if fact and facts.setdefault((fact.entity, fact.attribute), fact) is not fact:
            tables.fault(file, line, f"the fact {fact.entity}/{fact.attribute} stands twice: keep one of them")
    return FactTable(entities, attributes, tuple(facts.values()), undisclosed)


def _entities(tables: Tables, file: Path, table: Mapping[str, Any]) -> dict[str, Entity]:
    things = list(tables.named(file, table, "entity"))
    entities = {}
    for line, name, row in things:
        tables.keys(file, line, row, _ENTITY, "an entity")
        names = tables.words(file, line, row.get("names", [name]), f"'names' of '{name}'")
        entities[name] = Entity(name, names or (name,), str(row.get("maker", "")), str(row.get("family", "")))
    for line, name, _ in things:
        family = entities[name].family
        if family and family not in entities:
            tables.fault(
                file, line,
                f"the family '{family}' of '{name}' is not an entity of the file: add an [[entity]] with that id, "
                "or take the family out",
            )  # fmt: skip
    return entities


def _attribute(tables: Tables, file: Path, line: int, name: str, row: Mapping[str, Any]) -> Attribute:
    tables.keys(file, line, row, _ATTRIBUTE, "an attribute")
    sentence = tables.texts(file, row, "sentence", name, line)
    _places(tables, file, line, f"the sentence of '{name}'", sentence, ("entity", "value"))
    values = row.get("values", {})
    if not isinstance(values, dict):
        tables.fault(file, line, f"'values' of '{name}' needs tables, each under a heading [attribute.values.WORD]")
        values = {}
    return Attribute(
        name, tables.lists(file, line, row, f"'{name}'"), tables.texts(file, row, "phrase", name, line), sentence,
        {value: tables.lists(file, line, ways, f"the value '{value}' of '{name}'") for value, ways in values.items()},
        tables.texts(file, row, "unit", name, line) if "unit" in row else {},
    )  # fmt: skip


def _places(
    tables: Tables, file: Path, line: int, what: str, texts: Mapping[str, str], places: tuple[str, ...]
) -> None:
    """Hold a sentence with places to the places that it must have."""
    for language, text in texts.items():
        if text and sorted(re.findall(r"\{(.*?)\}", text)) != sorted(places):
            needed = ", ".join(f"{{{place}}}" for place in places)
            tables.fault(file, line, f"{what} in '{language}' needs each of {needed} once and no other braces")


def _fact(
    tables: Tables, file: Path, line: int, row: Mapping[str, Any],
    entities: Mapping[str, Entity], attributes: Mapping[str, Attribute],
) -> Fact | None:  # fmt: skip
    tables.keys(file, line, row, _FACT, "a fact")
    entity, attribute, status = str(row.get("entity")), str(row.get("attribute")), str(row.get("status"))
    name, value, also = f"{entity}/{attribute}", row.get("value"), row.get("also", [])
    if entity not in entities or attribute not in attributes:
        kind, unknown = ("entity", entity) if entity not in entities else ("attribute", attribute)
        tables.fault(
            file, line,
            f"the fact {name} names an entity or attribute that the file does not define: "
            f"correct '{unknown}', or add a table [[{kind}]] with that id",
        )  # fmt: skip
    elif status not in STATUSES:
        tables.fault(file, line, f"the fact {name} has status {status!r}: use one of {', '.join(STATUSES)}")
    elif value is not None and status == "undisclosed":
        tables.fault(
            file, line,
            f"the fact {name} is undisclosed and yet has the value {value!r}: take the value out, or make its status "
            "published or estimated",
        )  # fmt: skip
    elif value is None and status != "undisclosed":
        tables.fault(file, line, f"the fact {name} needs a value, or status undisclosed and no value")
    elif value is None and not entities[entity].maker:
        tables.fault(file, line, f"the fact {name} is undisclosed: give '{entity}' a maker")
    elif not isinstance(also, list) or not all(_is_value(item, attributes[attribute]) for item in (value, *also)):
        ways = ", ".join(attributes[attribute].values)
        tables.fault(file, line, f"the fact {name} needs a number or a text" + (f" among {ways}" if ways else ""))
    else:
        return Fact(entity, attribute, value, status, tables.sources(file, line, row, name), tuple(also))
    return None


def _is_value(value: Value | None, attribute: Attribute) -> bool:
    """A number, or a text (where the attribute lists its values, one of them); None is what is undisclosed."""
    if isinstance(value, str):
        return bool(value) and (not attribute.values or value in attribute.values)
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
