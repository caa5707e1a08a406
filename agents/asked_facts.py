"""Which rows of the table of facts a question asks for, and which of its words are only the asking for them."""

import re
from collections.abc import Iterable

from agents.scaffold import scaffold
from knowledge.facts import FactTable
from knowledge.terms import STOP_WORDS, fold, stems

_ASKS_COUNT = "how many much number did cuánto cuánta cuántos cuántas número"  # words of a "how many" that no fact says
_COUNTS = re.compile(r"\b(?:how (?:many|much)|cuant[oa]s?) (\w+)")
_MAKER_AND_YEAR = {"who": ["maker"], "when": ["year"]}  # by intent, what a verb of making asks for


def facts_asked(
    table: FactTable, query: str, language: str, intent: str, focus: tuple[str, ...], named: Iterable[str] = ()
) -> tuple[tuple[str, str], ...]:
    """The rows, (entity, attribute) each, that a question asks for; of what has none those of its variants (BERT base
    and BERT large for BERT). "Who" and "when" mean maker and year only of a making. `named`: the concepts that the
    question names, by more names than the table knows; where it spells one of the table's, the table says which entity
    that is ("Gemini Ultra" is not "Gemini")."""
    own = (concept for concept in named if concept in table.entities and not table.spells(query, concept))
    entities = list(dict.fromkeys((*(entity.id for _, entity in table.entities_in(query)), *own)))
    attributes = list(dict.fromkeys(attribute.id for _, attribute in table.attributes_in(query, language)))
    if all(fold(word) in scaffold().making for word in focus):
        attributes += _MAKER_AND_YEAR.get(intent, [])
    pairs = [(entity, attribute) for entity in entities for attribute in attributes]
    if intent == "how_many" and not pairs:
        pairs = [pair for entity in entities for pair in _counted(table, query, language, entity)]
    return tuple(pair for pair in pairs if table.find(*pair) is not None) or _of_variants(table, pairs)


def _of_variants(table: FactTable, pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What is known of the variants of what the pairs name."""
    found = (
        (variant.id, attribute, table.find(variant.id, attribute))
        for entity, attribute in pairs for variant in table.entities.values() if variant.family == entity
    )  # fmt: skip
    return tuple((name, attribute) for name, attribute, fact in found if fact is not None and fact.value is not None)


def count_asked(table: FactTable, query: str, folded: str, language: str, focus: tuple[str, ...]) -> str:
    """What a "how many" without a row counts of a model that it names, as the focus has it; "" where it names neither.

    "People" is a word of asking elsewhere; here it is what the answer must speak of.
    """
    counted = _COUNTS.search(folded)
    if counted is None or counted[1] in STOP_WORDS[language] or not table.entities_in(query):
        return ""
    return next((word for word in focus if fold(word) == counted[1]), counted[1])


def beyond_facts(focus: tuple[str, ...], intent: str) -> tuple[str, ...]:
    """The words of a focus but for those that the rows found answer already."""
    known = scaffold()
    said = {"who": known.making, "when": known.making, "how_many": known.trained.keys()}.get(intent, frozenset())
    return tuple(word for word in focus if fold(word) not in said)


def _counted(table: FactTable, query: str, language: str, entity: str) -> list[tuple[str, str]]:
    """The row of a named model whose sentence says all that a "how many" asks ("trained", "tokens"), if one is."""
    trained = scaffold().trained
    named = " ".join(table.entities[entity].names)
    said = " ".join(trained.get(fold(word), word) for word in query.split())
    asked = set(stems(said, language)) - set(stems(f"{named} {_ASKS_COUNT}", language))
    facts = [(name, table.find(entity, name)) for name in table.attributes]
    found = [name for name, fact in facts if fact and asked <= set(stems(table.sentence(fact, language), language))]
    return [(entity, found[0])] if asked and len(found) == 1 else []
