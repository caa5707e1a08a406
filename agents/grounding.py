"""Grounding: the proof of an item that rests on sources. Its right answers are what the course says, its wrong ones
are not."""

import re
from collections.abc import Callable

from agents.cue_rules import keys_of
from agents.item import Check, Item
from agents.item_text import ATOM, content_words
from knowledge.rulings import Ruling
from knowledge.terms import stem

Rule = Callable[[str, str], Ruling]  # claim, language -> what the course says of it
FITTING = 0.75  # share of a claim's content words that stem and option together must have
_CLAIMED = {"mcq", "multi"}


def grounding_checks(item: Item, rule: Rule) -> tuple[Check, ...]:
    """The checks of a key that sources must entail; `detail` quotes them, or names what fails."""
    if item.kind in _CLAIMED:
        return _options(item, rule)
    if item.kind == "true_false":
        return _judged(item, rule)
    if item.kind == "match":
        return _matched(item, rule)
    if item.kind in {"order", "short"}:
        return (*_all_said(item, rule), _fits(item))
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
    said = [claims[place] for place in sorted(false) if rulings[place].verdict == "supported"]
    key = Check("key-supported", not unsaid, _not_said(unsaid) or _quoted([rulings[place] for place in sorted(true)]))
    others = Check("distractors-unsupported", not said, _also_said(said))
    if item.asks == "false":  # the key is what is wrong: it must be refuted, which is more than not said
        standing = [claims[place] for place in sorted(false) if rulings[place].verdict != "contradicted"]
        refuted = _quoted([rulings[place] for place in sorted(false)])
        key, others = (
            Check("key-refuted", not standing, f"not refuted: {' / '.join(standing)}" if standing else refuted),
            Check("distractors-supported", not unsaid, _not_said(unsaid)),
        )
    return (key, others, _fits(item))


def _judged(item: Item, rule: Rule) -> tuple[Check, ...]:
    if len(item.claims) != 1:
        return (Check("claims-given", False, f"{len(item.claims)} claims for one statement"),)
    wanted = "supported" if item.key == 0 else "contradicted"
    ruling = rule(item.claims[0], item.language)
    name = "key-supported" if item.key == 0 else "key-refuted"
    found = ruling.verdict == wanted
    detail = _quoted([ruling]) if found else f"{ruling.verdict}: {item.claims[0]}"
    return (Check(name, found, detail), _fits(item))


def _matched(item: Item, rule: Rule) -> tuple[Check, ...]:
    if len(item.claims) != len(item.key):
        return (Check("claims-given", False, f"{len(item.claims)} claims for {len(item.key)} lines"),)
    said = [
        other
        for claim, place in zip(item.claims, item.key, strict=True)
        for option in (*item.options[:place], *item.options[place + 1 :])
        if (other := _exchanged(claim, item.options[place], option))
        and rule(other, item.language).verdict == "supported"
    ]
    return (*_all_said(item, rule), Check("distractors-unsupported", not said, _also_said(said)), _fits(item))


def _all_said(item: Item, rule: Rule) -> tuple[Check, ...]:
    if not item.claims:
        return (Check("claims-given", False, "no claims"),)
    rulings = [rule(claim, item.language) for claim in item.claims]
    unsaid = [claim for claim, ruling in zip(item.claims, rulings, strict=True) if ruling.verdict != "supported"]
    return (Check("key-supported", not unsaid, _not_said(unsaid) or _quoted(rulings)),)


def _exchanged(claim: str, option: str, other: str) -> str:
    """The claim with another option in the place of its own; "" where it does not have its own word for word."""
    found = re.search(rf"(?<!\w){re.escape(option)}(?!\w)", claim, re.IGNORECASE)
    return claim[: found.start()] + other + claim[found.end() :] if found else ""


def _fits(item: Item) -> Check:
    """Each claim says what the question and the answer say together, and nothing of its own: else another question
    would be proven than the one that is asked."""
    off = [
        f"{claim} ({', '.join(missing)})"
        for claim, shown in _shown(item)
        if (missing := _strange(claim, shown, item.language))
    ]
    return Check("claims-fit", not off, "; ".join(off))


def _shown(item: Item) -> list[tuple[str, str]]:
    """Each claim with the texts that show it to a learner."""
    if item.kind in _CLAIMED:
        return [(claim, f"{item.stem}\n{option}") for claim, option in zip(item.claims, item.options, strict=True)]
    if item.kind == "short":
        points = [f"{item.stem}\n{point}" for point in item.key]
        return list(zip(item.claims, points, strict=False))
    return [(claim, "\n".join((item.stem, *item.options))) for claim in item.claims]


def _strange(claim: str, shown: str, language: str) -> list[str]:
    """The words and formulas of a claim that are not shown, where they are too many."""
    there = {stem(word, language) for word in content_words(shown, language)}
    atoms = set(map(_bare, ATOM.findall(shown)))
    own = content_words(claim, language)
    missing = [word for word in own if stem(word, language) not in there]
    formulas = [atom for atom in ATOM.findall(claim) if _bare(atom) not in atoms]
    count = len(own) + len(ATOM.findall(claim))
    strange = missing + formulas
    return strange if count and len(strange) > (1 - FITTING) * count else []


def _bare(atom: str) -> str:
    return re.sub(r"\s", "", atom)


def _quoted(rulings: list[Ruling]) -> str:
    return " / ".join(dict.fromkeys(f"“{ruling.quote}” ({ruling.place})" for ruling in rulings if ruling.quote))


def _not_said(claims: list[str]) -> str:
    return f"not said by the sources: {' / '.join(claims)}" if claims else ""


def _also_said(claims: list[str]) -> str:
    return f"said by the sources too: {' / '.join(claims)}" if claims else ""
