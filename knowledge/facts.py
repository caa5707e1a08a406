"""Facts as a table: entity, attribute, value. A claim that names an entity and an attribute is decided exactly."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from knowledge.documents import Citation
from knowledge.quantities import format_quantity
from knowledge.terms import fold

Value = int | float | str
_OTHER_VERSION = re.compile(r"[-‐‑]\d")  # "LLaMA-4" is not "LLaMA"


@dataclass(frozen=True, slots=True)
class Entity:
    """A model or other named thing; `names` as people write it, the usual one first.

    A variant takes the facts that it lacks from its `family` (another entity's id).
    """

    id: str
    names: tuple[str, ...]
    maker: str = ""
    family: str = ""

    @property
    def name(self) -> str:
        """The usual name."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property that entities have. All texts by language.

    `names`: what people call it. `phrase`: with its article, as in "has not published ...". `sentence`: the fact as a
    sentence, with the places {entity} and {value}. `values`: for values that are words, value -> language -> wordings.
    `unit`: what a number of it counts, empty for years and words.
    """

    id: str
    names: Mapping[str, tuple[str, ...]]
    phrase: Mapping[str, str]
    sentence: Mapping[str, str]
    values: Mapping[str, Mapping[str, tuple[str, ...]]]
    unit: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is None when `status` is undisclosed: the maker has not published it. `also`: other right answers."""

    entity: str
    attribute: str
    value: Value | None
    status: str
    sources: tuple[Citation, ...]
    also: tuple[Value, ...] = ()


@dataclass(frozen=True)
class FactTable:
    """The facts of a course."""

    entities: Mapping[str, Entity]
    attributes: Mapping[str, Attribute]
    facts: tuple[Fact, ...]
    undisclosed: Mapping[str, str]  # language -> sentence with {maker}, {phrase}, {entity}

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], Fact]:
        return {(fact.entity, fact.attribute): fact for fact in self.facts}

    @cached_property
    def _entity_pattern(self) -> tuple[re.Pattern[str], dict[str, str]]:
        names = {_plain_name(name): entity.id for entity in self.entities.values() for name in entity.names}
        return _alternatives(names), names

    @cached_property
    def _attribute_patterns(self) -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
        patterns = {}
        for language in ("es", "en"):
            names = {fold(name): item.id for item in self.attributes.values() for name in item.names[language]}
            patterns[language] = (_alternatives(names), names)
        return patterns

    def find(self, entity: str, attribute: str) -> Fact | None:
        """The fact about this attribute of this entity or of its family, if the table holds one."""
        found = self._by_key.get((entity, attribute))
        family = self.entities[entity].family if entity in self.entities else ""
        return found or (self._by_key.get((family, attribute)) if family else None)

    def of(self, entity: str) -> list[Fact]:
        """All facts about one entity."""
        return [fact for fact in self.facts if fact.entity == entity]

    def entities_in(self, text: str) -> list[tuple[int, Entity]]:
        """(place, entity) for each entity named in the text; the longest name wins: "GPT-4" is not "GPT"."""
        names = self._entity_pattern[1]
        return [(match.start(), self.entities[names[match.group()]]) for match in self._names_in(text)]

    def spells(self, text: str, entity: str) -> bool:
        """Whether a name of this entity stands in the text, if only within a longer one or another version's."""
        names = dict.fromkeys(map(_plain_name, self.entities[entity].names), entity)
        return _alternatives(names).search(_plain_name(text)) is not None

    def values_in(self, text: str, attribute: str, language: str) -> set[str]:
        """Which values of an attribute whose values are words the text names: makers, kinds of architecture, ..."""
        known = {value for fact in self.facts if fact.attribute == attribute for value in (fact.value, *fact.also)}
        names = {
            _plain_name(wording): value
            for value in known if isinstance(value, str)
            for wording in self._wordings(value, self.attributes[attribute], language)
        }  # fmt: skip
        entities = self.name_spans(text)  # the maker in "DeepSeek-R1" is part of a name
        found = _alternatives(names).finditer(_plain_name(text))
        return {
            names[match.group()] for match in found
            if not any(start <= match.start() < end for start, end in entities)
        }  # fmt: skip

    def name_spans(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of each entity's name in the text."""
        return [match.span() for match in self._names_in(text)]

    def _names_in(self, text: str) -> Iterator[re.Match[str]]:
        for match in self._entity_pattern[0].finditer(_plain_name(text)):
            if not _OTHER_VERSION.match(text, match.end()):
                yield match

    def attributes_in(self, text: str, language: str) -> list[tuple[int, Attribute]]:
        """(place, attribute) for each attribute named in the text."""
        pattern, names = self._attribute_patterns[language]
        return [(match.start(), self.attributes[names[match.group()]]) for match in pattern.finditer(fold(text))]

    def sentence(self, fact: Fact, language: str) -> str:
        """The fact as a sentence; for an undisclosed one, that its maker has not published it."""
        entity, attribute = self.entities[fact.entity], self.attributes[fact.attribute]
        if fact.value is None:
            return self.undisclosed[language].format(
                maker=entity.maker, phrase=attribute.phrase[language], entity=entity.name
            )
        return _filled(attribute, language, entity.name, self._wordings(fact.value, attribute, language)[0])

    def wordings(self, fact: Fact, language: str) -> list[str]:
        """The fact as sentences: one for its value and one for each other right answer."""
        if fact.value is None:
            return [self.sentence(fact, language)]
        return [self.said(fact.entity, fact.attribute, value, language) for value in (fact.value, *fact.also)]

    def said(self, entity: str, attribute: str, value: Value, language: str) -> str:
        """The sentence that gives an entity's attribute a value, be it true or not."""
        known = self.attributes[attribute]
        return _filled(known, language, self.entities[entity].name, self._wordings(value, known, language)[0])

    def written(self, attribute: str, value: Value, language: str) -> str:
        """A value of an attribute as it is written in a language, without its unit."""
        return self._wordings(value, self.attributes[attribute], language)[0]

    def _wordings(self, value: Value, attribute: Attribute, language: str) -> tuple[str, ...]:
        if isinstance(value, str):
            return attribute.values.get(value, {}).get(language) or (value,)
        return (format_quantity(value, language, plain=attribute.id == "year"),)


def _filled(attribute: Attribute, language: str, entity: str, value: str) -> str:
    template = attribute.sentence[language]
    if language == "es" and value.endswith(("illones", "illón")):  # "60 millones de parámetros"
        template = re.sub(r"(\{value\}) (?=[a-zá-ú])", r"\1 de ", template)
    text = template.format(entity=entity, value=value)
    return text[:1].upper() + text[1:]  # "chain-of-thought prompting" begins a sentence here


def _plain_name(text: str) -> str:
    """Folded, with every hyphen and space as one space: gpt-4 = GPT 4; offsets are kept."""
    return re.sub(r"[-‐‑_\s]", " ", fold(text))


def _alternatives(names: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    body = "|".join(re.escape(name) for name in longest_first)
    # "GPT 4" is not in "GPT 4o", nor "LLaMA 3" in "LLaMA 3.1"
    return re.compile(rf"(?<!\w)(?:{body})(?!\w|[.,]\d)" if body else r"(?!)")
