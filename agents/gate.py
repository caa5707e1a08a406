"""The gate: the proof of an item, made again from the item alone. Nothing that fails it is delivered.

A computed item is compared with the draw of its id: its numbers, its key and its options must be those that two
computations agree on, whatever words stand around them. Any other item rests on its claims, which the sources must
bear out (agents/grounding.py). What an item carries as its own proof counts for nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from agents.claim_fit import with_claims
from agents.computed_items import CannotAsk, computed_item, gives_away
from agents.cue_rules import keys_of
from agents.families import FAMILIES
from agents.families.family import Family, NoItem, agree
from agents.grounding import Rule, grounding_checks
from agents.item import Check, Item, Proof
from agents.item_rules import rule_checks
from agents.item_text import amount, asking, content_words, pieces
from knowledge.terms import stem

KEPT = 0.5  # share of the words of a drawn question that a reworded one must keep: else it asks something else
_DRAWN = re.compile(r"(?P<family>[\w-]+)\.(?P<kind>\w+)\.(?P<language>es|en)\.(?P<level>\d)\.(?P<seed>\d+)")
_NUMBER = re.compile(r"(?<![\w.,])-?\d+(?:[.,]\d+)*")


class Gate:
    """Proves items that a person or a chat model wrote or changed. `rule`: what the course says of a claim."""

    def __init__(self, rule: Rule, families: Mapping[str, Family] = FAMILIES) -> None:
        self.rule = rule
        self.families = families

    def proved(self, item: Item) -> Item:
        """The item with a proof made anew, which need not hold."""
        drawn = self._drawn(item)
        if drawn is not None:
            checks, method = (*drawn.proof.checks, *_same_draw(item, drawn)), drawn.proof.method
        else:
            item = with_claims(item)
            checks, method = grounding_checks(item, self.rule), "grounded"
        return replace(item, proof=Proof(method, (*checks, *rule_checks(item))))

    def _drawn(self, item: Item) -> Item | None:
        """The computed item of the same id; None where no family made it."""
        made = _DRAWN.fullmatch(item.id)
        family = self.families.get(made["family"]) if made else None
        if made is None or family is None or made["language"] != item.language:
            return None
        try:
            return computed_item(family, int(made["seed"]), int(made["level"]), item.language, made["kind"])  # type: ignore[arg-type]
        except (CannotAsk, NoItem):
            return None


def _same_draw(item: Item, drawn: Item) -> tuple[Check, ...]:
    """Whether an item is the drawn one in other words; `detail` says where it is not."""
    numbers, given = _numbers(item), _numbers(drawn)
    off = sorted(numbers ^ given)
    said, wanted = _key(item), _key(drawn)
    shown = amount(str(wanted), item.language) if drawn.options else None
    value = _tuples(drawn.key) if not drawn.options else shown.value if shown else str(wanted)
    leaking = [hint for hint in item.hints if gives_away(hint, value, item.stem, item.language)]
    asked, kept = _question(drawn), _question(drawn) & _words(item)
    return (
        Check("same-kind", (item.kind, item.unit) == (drawn.kind, drawn.unit), f"{item.kind} {item.unit}".strip()),
        Check("same-numbers", not off, ", ".join(f"{number:g}" for number in off)),
        Check("same-question", len(kept) >= KEPT * len(asked), ", ".join(sorted(asked - kept))),
        Check("same-key", _equal(said, wanted, item), f"{said}, computed {wanted}"),
        Check("same-tolerance", item.tolerance == drawn.tolerance, f"{item.tolerance:g}"),
        Check("one-right", not (found := _also_right(item, drawn)), ", ".join(found)),
        Check("hints-silent", not leaking, " ".join(leaking)),
    )


def _key(item: Item) -> object:
    """The key as a learner sees it: the text of the right option, or the value."""
    keys = keys_of(item)
    return item.options[keys[0]] if item.options and keys else item.key


def _equal(said: object, wanted: object, item: Item) -> bool:
    if isinstance(said, str) and isinstance(wanted, str):
        return _same_text(said, wanted, item.language)
    return agree(_tuples(said), _tuples(wanted))


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def _same_text(one: str, other: str, language: str) -> bool:
    mine, theirs = amount(one, language), amount(other, language)
    if mine and theirs:
        return mine.unit == theirs.unit and agree(mine.value, theirs.value)
    return pieces(one, language) == pieces(other, language)


def _also_right(item: Item, drawn: Item) -> list[str]:
    """The other options that say the key too, within the tolerance."""
    if not item.options:
        return []
    key, keys = str(_key(drawn)), keys_of(item)
    others = [option for place, option in enumerate(item.options) if place not in keys]
    value = amount(key, item.language)
    return [
        option for option in others
        if _same_text(option, key, item.language)
        or (value and (read := amount(option, item.language)) and read.unit == value.unit
            and abs(read.value - value.value) <= item.tolerance)
    ]  # fmt: skip


def _numbers(item: Item) -> set[float]:
    """The numbers that the question gives."""
    bare = item.stem.replace("\\,", "").replace("{,}", ".")
    if item.language == "es":
        bare = re.sub(r"(?<=\d),(?=\d)", ".", bare)
    return {float(found.replace(",", "")) for found in _NUMBER.findall(bare) if found.count(".") < 2}


def _question(item: Item) -> set[str]:
    sentences = asking(item.stem, item.language) or [item.stem]
    return {stem(word, item.language) for sentence in sentences for word in content_words(sentence, item.language)}


def _words(item: Item) -> set[str]:
    return {stem(word, item.language) for word in content_words(item.stem, item.language)}
