"""Grounding: the proof of an item that rests on sources. Its right answers are what the course says, its wrong ones
are not."""

import re
from collections.abc import Callable

from agents.claim_fit import CLAIMED, FITTING, fit_check
from agents.cue_rules import keys_of
from agents.grade_options import truth_places
from agents.item import Check, Item
from agents.item_text import prose_words
from knowledge.rulings import Ruling
from knowledge.terms import stem

Rule = Callable[[str, str], Ruling]  # claim, language -> what the course says of it
LIKELY = 0.7  # probability from which a claim is too likely true to be a wrong option (docs/LOG.md)
SHORTEST = 2  # letters of a word that says nothing by itself


def grounding_checks(item: Item, rule: Rule) -> tuple[Check, ...]:
    """The checks of a key that sources must entail; `detail` quotes them, or names what fails."""
    if item.kind in CLAIMED:
        return _options(item, rule)
    if item.kind == "true_false":
        return _judged(item, rule)
    if item.kind == "match":
        return _matched(item, rule)
    if item.kind == "order":
        return (*_all_said(item, rule), _in_order(item))
    if item.kind == "short":
        return (*_all_said(item, rule), fit_check(item))
    return (Check("key-supported", False, f"no source can prove an item of kind {item.kind}"),)


def _options(item: Item, rule: Rule) -> tuple[Check, ...]:
    claims = item.claims
    if len(claims) != len(item.options):
        return (Check("claims-given", False, f"{len(claims)} claims for {len(item.options)} options"),)
    keys = set(keys_of(item))
    true, false = (keys, set(range(len(claims))) - keys)
    if item.asks == "false":
        true, false = false, true
    rulings = [rule(claim, item.language) for claim in claims]
    unsaid = [claims[place] for place in sorted(true) if rulings[place].verdict != "supported"]
    said = [claims[place] for place in sorted(false) if _may_be_true(rulings[place])]
    key = Check("key-supported", not unsaid, _not_said(unsaid) or _quoted([rulings[place] for place in sorted(true)]))
    others = Check("distractors-unsupported", not said, _also_said(said))
    if item.asks == "false":  # the key is what is wrong: it must be refuted, which is more than not said
        standing = [claims[place] for place in sorted(false) if rulings[place].verdict != "contradicted"]
        refuted = _quoted([rulings[place] for place in sorted(false)])
        key, others = (
            Check("key-refuted", not standing, f"not refuted: {' / '.join(standing)}" if standing else refuted),
            Check("distractors-supported", not unsaid, _not_said(unsaid)),
        )
    return (key, others, fit_check(item))


def _judged(item: Item, rule: Rule) -> tuple[Check, ...]:
    if len(item.claims) != 1:
        return (Check("claims-given", False, f"{len(item.claims)} claims for one statement"),)
    true = item.key == truth_places(item)[0]
    wanted = "supported" if true else "contradicted"
    ruling = rule(item.claims[0], item.language)
    name = "key-supported" if true else "key-refuted"
    found = ruling.verdict == wanted
    detail = _quoted([ruling]) if found else f"{ruling.verdict}: {item.claims[0]}"
    return (Check(name, found, detail), fit_check(item))


def _matched(item: Item, rule: Rule) -> tuple[Check, ...]:
    if len(item.claims) != len(item.key):
        return (Check("claims-given", False, f"{len(item.claims)} claims for {len(item.key)} lines"),)
    said = [
        other
        for claim, place in zip(item.claims, item.key, strict=True)
        for option in (*item.options[:place], *item.options[place + 1 :])
        if (other := _exchanged(claim, item.options[place], option)) and _may_be_true(rule(other, item.language))
    ]
    return (*_all_said(item, rule), Check("distractors-unsupported", not said, _also_said(said)), fit_check(item))


def _all_said(item: Item, rule: Rule) -> tuple[Check, ...]:
    if not item.claims:
        return (Check("claims-given", False, "no claims"),)
    rulings = [rule(claim, item.language) for claim in item.claims]
    unsaid = [claim for claim, ruling in zip(item.claims, rulings, strict=True) if ruling.verdict != "supported"]
    return (Check("key-supported", not unsaid, _not_said(unsaid) or _quoted(rulings)),)


def _may_be_true(ruling: Ruling) -> bool:
    """Whether a claim may not stand as wrong: supported, likely true, or one of which nobody can say."""
    likely = ruling.likely >= LIKELY or ruling.undecided
    return ruling.verdict == "supported" or (ruling.verdict == "not_found" and likely)


def _exchanged(claim: str, option: str, other: str) -> str:
    """The claim with another option in the place of its own; "" where it does not have its own word for word."""
    found = re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", claim, re.IGNORECASE)
    return claim[: found.start()] + other + claim[found.end() :] if found else ""


def _in_order(item: Item) -> Check:
    """The claims name the steps in the order of the key."""
    said = [stem(word, item.language) for claim in item.claims for word in _ordered_words(claim)]
    places = [
        _place(said, [stem(word, item.language) for word in _ordered_words(item.options[step])]) for step in item.key
    ]
    missing = [item.options[step] for step, place in zip(item.key, places, strict=True) if place is None]
    if missing:
        return Check("steps-claimed", False, f"the claims do not name: {', '.join(missing)}")
    known = [place for place in places if place is not None]
    return Check("order-as-claimed", known == sorted(set(known)), f"named at the words {known}")


def _ordered_words(text: str) -> list[str]:
    return [word for word in prose_words(text) if len(word) > SHORTEST or word.isdigit()]


def _place(said: list[str], step: list[str]) -> int | None:
    """Where among the words of the claims a step is named: at the first stretch that holds most of its words."""
    wanted, size = set(step), 2 * len(step)
    held = [(len(wanted.intersection(said[at : at + size])), -at) for at in range(len(said)) if said[at] in wanted]
    if not held or max(held)[0] < FITTING * len(wanted):
        return None
    return -max(held)[1]


def _quoted(rulings: list[Ruling]) -> str:
    return " / ".join(dict.fromkeys(f"“{ruling.quote}” ({ruling.place})" for ruling in rulings if ruling.quote))


def _not_said(claims: list[str]) -> str:
    return f"not said by the sources: {' / '.join(claims)}" if claims else ""


def _also_said(claims: list[str]) -> str:
    return f"said by the sources too: {' / '.join(claims)}" if claims else ""
