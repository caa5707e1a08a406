"""Claims about a named model, decided by the table of facts.

A claim that names an entity, an attribute and a value is compared with the table: equal is supported, different is
contradicted, and a value that its maker has not published is neither. The rest of the claim must be about nothing
else: words that neither the entity, the attribute nor the value explains leave the claim to the other sources, and so
do words that make more of a value than the table holds ("only", "the first", "usually", "all Transformers", "twice").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.facts import Attribute, Fact, FactTable
from knowledge.lexicon import lexicon
from knowledge.quantities import Quantity, agrees, read_bound
from knowledge.reading import Reading, Word
from knowledge.terms import fold, plain, stem, words

Decision = Literal["supported", "contradicted", "undisclosed"]

_SAYING_MORE = ("exclusives", "nevers", "partials", "firsts", "thens")  # groups of words; of what is right, no more is
_COMPARING = ("compar", "rival", "compet", "inspir", "simil", "parecid", "unlike", "versus")
WORDED = (
    "maker",
    "architecture",
    "activation",
    "positional_encoding",
    "normalization_placement",
    "normalization_kind",
    "licence",
)
EXACT = 5e-3  # published figures are rounded: 117 M and 116.9 M are one


@dataclass(frozen=True, slots=True)
class FactDecision:
    """What the table says of a claim, and the rows that say it (with the entity that the claim names)."""

    decision: Decision
    rows: tuple[tuple[str, Fact], ...]


def decide(text: str, reading: Reading, table: FactTable) -> FactDecision | None:
    """The table's verdict on a claim, or None when the claim is not the table's business."""
    language = reading.language
    entities = list(dict.fromkeys(entity.id for _, entity in table.entities_in(text)))
    attributes = [attribute for _, attribute in table.attributes_in(text, language)]
    folded = [fold(word) for word in words(plain(text))]
    if len(entities) != 1 or lexicon(language).find("publishing", folded):
        return None
    entity = entities[0]
    hidden = _undisclosed(entity, attributes, reading, folded, table)
    if hidden is not None:
        return FactDecision("undisclosed", ((entity, hidden),))
    lists = lexicon(language)
    if any(lists.find(group, folded) for group in ("negations", "conditions", "multiples")):
        return None
    rows: list[tuple[str, Fact]] = []
    wrong: list[tuple[str, Fact]] = []
    for quantity in reading.quantities:
        found = _rows_for(quantity, entity, attributes, table, language)
        if not found:
            return None
        agreeing = [fact for fact in found if _agrees(quantity, fact, read_bound(plain(text), quantity, language))]
        if not agreeing and (len(found) > 1 or _is_known(quantity, entity, table)):
            return None  # which of them is meant cannot be told
        (rows if agreeing else wrong).append((entity, (agreeing or found)[0]))
    for right, fact in _worded(text, entity, attributes, table, language):
        (rows if right else wrong).append((entity, fact))
    if not rows and not wrong:
        return None
    used = [fact for _, fact in (*rows, *wrong)]
    if _unexplained(reading, folded, entity, used, table, text) or _compares(folded):
        return None
    if wrong:
        return FactDecision("contradicted", tuple(wrong))
    return None if _says_more(folded, language) else FactDecision("supported", tuple(rows))


def _says_more(folded: Sequence[str], language: str) -> bool:
    """Whether the claim makes more of a value than the table holds; "exactly 12" and "all 12" do not."""
    lists = lexicon(language)
    universal = any(not folded[end:] or not folded[end][0].isdigit() for _, end in lists.find("universals", folded))
    return universal or any(lists.find(group, folded) for group in _SAYING_MORE)


def _worded(
    text: str, entity: str, attributes: Sequence[Attribute], table: FactTable, language: str
) -> list[tuple[bool, Fact]]:
    """(right, fact) for each attribute whose value is a word that the claim gives."""
    found = []
    for name in WORDED:
        fact = table.find(entity, name)
        if fact is None or fact.value is None or name not in table.attributes:
            continue
        given = table.values_in(text, name, language)
        if name == "normalization_kind" and name not in {attribute.id for attribute in attributes}:
            continue
        if given:
            found.append((bool(given & {fact.value, *fact.also}), fact))
    return found


def _compares(folded: Sequence[str]) -> bool:
    return any(word.startswith(_COMPARING) for word in folded)


def _undisclosed(
    entity: str, attributes: Sequence[Attribute], reading: Reading, folded: Sequence[str], table: FactTable
) -> Fact | None:
    """The unpublished value that the claim pretends to know."""
    if not (reading.quantities or any(word in _AMOUNTS[reading.language] for word in folded)):
        return None
    for attribute in attributes:
        fact = table.find(entity, attribute.id)
        if fact is not None and fact.status == "undisclosed":
            return fact
    return None


_AMOUNTS = {
    "en": {"hundreds", "thousands", "millions", "billions", "trillions", "trillion", "billion", "million", "dozens"},
    "es": {"cientos", "centenares", "miles", "millones", "billones", "billon", "decenas"},
}


def _rows_for(
    quantity: Quantity, entity: str, attributes: Sequence[Attribute], table: FactTable, language: str
) -> list[Fact]:
    """The facts that a number could be about: the attribute that its unit names, else those that the claim names."""
    if quantity.unit in {"%"}:
        return []
    is_year = (
        1940 <= quantity.value <= 2040
        and quantity.value == int(quantity.value)
        and not _is_unit(quantity.unit, table, language)
    )
    if is_year:
        fact = table.find(entity, "year")
        return [fact] if fact else []
    by_unit = [item for item in table.attributes.values() if _names_unit(item, quantity.unit, language)]
    named = [item for item in by_unit if item in attributes] or ([] if by_unit else list(attributes))
    candidates = [fact for item in (named or by_unit) if (fact := table.find(entity, item.id)) is not None]
    return [fact for fact in candidates if isinstance(fact.value, int | float)]


def _is_unit(unit: str, table: FactTable, language: str) -> bool:
    return bool(unit) and any(_names_unit(item, unit, language) for item in table.attributes.values())


def _is_known(quantity: Quantity, entity: str, table: FactTable) -> bool:
    """Whether another fact about the entity has this value: the number may be about that one."""
    return any(_agrees(quantity, fact, "=") for fact in table.of(entity))


def _names_unit(attribute: Attribute, unit: str, language: str) -> bool:
    """Whether the word after a number is what the attribute counts: "12 layers", "8 heads"."""
    first = next(iter(words(attribute.unit.get(language, ""))), "")
    return bool(unit) and stem(unit, language) == stem(first, language)


def _agrees(quantity: Quantity, fact: Fact, bound: str) -> bool:
    values = [value for value in (fact.value, *fact.also) if isinstance(value, int | float)]
    return any(agrees(quantity.value, bound, value, EXACT) for value in values)


def _unexplained(
    reading: Reading, folded: Sequence[str], entity: str, facts: Sequence[Fact], table: FactTable, text: str
) -> list[Word]:
    """The words of content or contrast that neither the entity, nor the attributes, nor the sentences of the facts
    account for, nor words that only describe or count all of it."""
    named = table.entities[entity]
    lists = lexicon(reading.language)
    spans = (span for group in ("describing", "universals") for span in lists.find(group, folded))
    known = [*named.names, named.maker, *(word for start, end in spans for word in folded[start:end])]
    known += [table.entities[named.family].name] if named.family else []
    for fact in facts:
        attribute = table.attributes[fact.attribute]
        known += [
            *attribute.names[reading.language],
            attribute.phrase[reading.language],
            table.sentence(fact, reading.language),
        ]
        for value in table.values_in(text, fact.attribute, reading.language):
            known += [value, *attribute.values.get(value, {}).get(reading.language, ())]
    explained = {
        stem(part, reading.language) for text in known for word in words(text) for part in (word, *word.split("-"))
    }
    return [
        word for word in reading.words
        if (word.contrast or not word.light) and not word.counted and word.stem not in explained
        and not all(part in explained for part in word.stem.split("-"))
    ]  # fmt: skip
