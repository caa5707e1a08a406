"""Item-writing rules that can be decided without a language model.

They are those of the 19 item-writing flaws and of Haladyna, Downing and Rodriguez 2002 (doi
10.1207/s15324818ame1503_5) that words and numbers show; what a rule does not speak about passes it. The word lists are
in item_rules.toml, option_patterns.toml and agreement.toml; rules on a whole paper in agents/paper_rules.py.
"""

from collections.abc import Callable, Sequence

from agents.cue_rules import absolute_terms, clang, grammatical_cue, key_in_stem, longest_key
from agents.item import KINDS, Check, Item, Kind
from agents.option_overlap import overlapping_options
from agents.option_rules import (
    all_above,
    combined_options,
    none_above,
    same_options,
    true_and_false,
    unordered_numbers,
    vague_words,
    wrong_count,
)
from agents.stem_rules import blank_inside, hidden_negation, short_stem, unfocused_stem

CHOICES: tuple[Kind, ...] = ("mcq", "multi")
LISTS: tuple[Kind, ...] = ("order", "match")


def rule_checks(item: Item) -> tuple[Check, ...]:
    """A check for each rule that applies to the kind of the item, in a fixed order; `detail` says what is wrong."""
    found = [(name, flaw(item)) for name, (kinds, flaw) in RULES.items() if item.kind in kinds]
    return tuple(Check(name, not detail, detail) for name, detail in found)


def key_outside(item: Item) -> str:
    """A key that names no option: one index (mcq, true_false), several different ones (multi), all of them in some
    order (order), one for each line (match)."""
    given: Sequence[object] = [item.key]
    if item.kind in {"multi", *LISTS}:
        given = item.key if isinstance(item.key, list | tuple) else ()
    inside = [key for key in given if type(key) is int and 0 <= key < len(item.options)]
    single = item.kind == "match" or len(set(inside)) == len(inside)
    whole = item.kind != "order" or len(given) == len(item.options)
    sound = given and len(inside) == len(given) and single and whole
    return "" if sound else f"{item.key} of {len(item.options)} options"


def ragged_rows(item: Item) -> str:
    """A matrix whose rows have different lengths, or that has none."""
    rows = item.key if isinstance(item.key, list | tuple) else ()
    lengths = [len(row) if isinstance(row, list | tuple) else 0 for row in rows]
    if rows and len(set(lengths)) == 1 and (lengths[0] or not any(isinstance(row, list | tuple) for row in rows)):
        return ""
    return f"rows of {lengths} numbers" if rows else "no rows"


RULES: dict[str, tuple[tuple[Kind, ...], Callable[[Item], str]]] = {
    "stem-long-enough": (KINDS, short_stem),
    "stem-focused": (tuple(kind for kind in KINDS if kind != "true_false"), unfocused_stem),
    "negation-emphasised": (KINDS, hidden_negation),
    "blank-at-the-end": (KINDS, blank_inside),
    "options-count": ((*CHOICES, "true_false", *LISTS), wrong_count),
    "key-in-range": ((*CHOICES, "true_false", *LISTS), key_outside),
    "options-distinct": ((*CHOICES, "true_false", *LISTS), same_options),
    "options-exclusive": (CHOICES, overlapping_options),
    "numbers-in-order": (CHOICES, unordered_numbers),
    "no-all-of-the-above": (CHOICES, all_above),
    "no-none-of-the-above": (CHOICES, none_above),
    "no-k-type": (CHOICES, combined_options),
    "no-true-false-options": (CHOICES, true_and_false),
    "no-vague-terms": ((*CHOICES, "true_false"), vague_words),
    "absolute-terms-even": (CHOICES, absolute_terms),
    "key-not-longest": (CHOICES, longest_key),
    "no-clang-cue": (CHOICES, clang),
    "no-grammatical-cue": (CHOICES, grammatical_cue),
    "key-not-in-stem": ((*CHOICES, "formula", "short"), key_in_stem),
    "rows-even": (("matrix",), ragged_rows),
}
