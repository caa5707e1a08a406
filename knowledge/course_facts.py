"""The facts of a course (facts.toml) as a table, with the faults found on the way."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge.course_faults import FAULTS, shown
from knowledge.course_lines import key_line
from knowledge.course_tables import Tables
from knowledge.facts import Attribute, Entity, Fact, FactTable, Value
from knowledge.messages import Phrase

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
    head = FAULTS.phrase("name", name="undisclosed")
    _places(tables, file, key_line(file, "undisclosed"), head, undisclosed, ("maker", "phrase", "entity"))
    facts: dict[tuple[str, str], Fact] = {}
    for line, row in tables.rows(file, table, "fact"):
        fact = _fact(tables, file, line, row, entities, attributes)
        if fact and facts.setdefault((fact.entity, fact.attribute), fact) is not fact:
            tables.fault(file, line, "fact-twice", name=f"{fact.entity}/{fact.attribute}")
    return FactTable(entities, attributes, tuple(facts.values()), undisclosed)


def _entities(tables: Tables, file: Path, table: Mapping[str, Any]) -> dict[str, Entity]:
    things = list(tables.named(file, table, "entity"))
    entities = {}
    for line, name, row in things:
        tables.keys(file, line, row, _ENTITY, "entity")
        names = tables.words(file, line, row.get("names", [name]), FAULTS.phrase("name-of", key="names", of=name))
        entities[name] = Entity(name, names or (name,), str(row.get("maker", "")), str(row.get("family", "")))
    for line, name, _ in things:
        family = entities[name].family
        if family and family not in entities:
            tables.fault(file, line, "family", family=family, name=name)
    return entities


def _attribute(tables: Tables, file: Path, line: int, name: str, row: Mapping[str, Any]) -> Attribute:
    tables.keys(file, line, row, _ATTRIBUTE, "attribute")
    sentence = tables.texts(file, row, "sentence", name, line)
    _places(tables, file, line, FAULTS.phrase("sentence-of", name=name), sentence, ("entity", "value"))
    values = row.get("values", {})
    if not isinstance(values, dict):
        tables.fault(file, line, "values-tables", name=name)
        values = {}
    said = {value: FAULTS.phrase("value-of", value=value, name=name) for value in values}
    return Attribute(
        name, tables.lists(file, line, row, FAULTS.phrase("name", name=name)),
        tables.texts(file, row, "phrase", name, line), sentence,
        {value: tables.lists(file, line, ways, said[value]) for value, ways in values.items()},
        tables.texts(file, row, "unit", name, line) if "unit" in row else {},
    )  # fmt: skip


def _places(
    tables: Tables, file: Path, line: int, what: Phrase, texts: Mapping[str, str], places: tuple[str, ...]
) -> None:
    """Hold a sentence with places to the places that it must have."""
    for language, text in texts.items():
        if text and sorted(re.findall(r"\{(.*?)\}", text)) != sorted(places):
            told = FAULTS.phrase("in-language", what=what, language=language)
            tables.fault(file, line, "places", what=told, needed=", ".join(f"{{{place}}}" for place in places))


def _fact(
    tables: Tables, file: Path, line: int, row: Mapping[str, Any],
    entities: Mapping[str, Entity], attributes: Mapping[str, Attribute],
) -> Fact | None:  # fmt: skip
    tables.keys(file, line, row, _FACT, "fact")
    entity, attribute, status = str(row.get("entity")), str(row.get("attribute")), str(row.get("status"))
    name, value, also = f"{entity}/{attribute}", row.get("value"), row.get("also", [])
    if entity not in entities or attribute not in attributes:
        kind, unknown = ("entity", entity) if entity not in entities else ("attribute", attribute)
        tables.fault(file, line, "fact-unknown", name=name, unknown=unknown, kind=kind)
    elif status not in STATUSES:
        tables.fault(file, line, "fact-status", name=name, value=shown(status), known=", ".join(STATUSES))
    elif value is not None and status == "undisclosed":
        tables.fault(file, line, "fact-undisclosed", name=name, value=shown(value))
    elif value is None and status != "undisclosed":
        tables.fault(file, line, "fact-without", name=name)
    elif value is None and not entities[entity].maker:
        tables.fault(file, line, "fact-maker", name=name, entity=entity)
    elif not isinstance(also, list) or not all(_is_value(item, attributes[attribute]) for item in (value, *also)):
        among = {"known": ", ".join(attributes[attribute].values)} if attributes[attribute].values else {}
        tables.fault(file, line, "fact-value-among" if among else "fact-value", name=name, **among)
    else:
        return Fact(entity, attribute, value, status, tables.sources(file, line, row, name), tuple(also))
    return None


def _is_value(value: Value | None, attribute: Attribute) -> bool:
    """A number, or a text (where the attribute lists its values, one of them); None is what is undisclosed."""
    if isinstance(value, str):
        return bool(value) and (not attribute.values or value in attribute.values)
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
