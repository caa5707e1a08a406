"""What an answer denies: from a word that denies to the end of its clause, and no further than what takes it up."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from agents.short_clauses import Word, places_of
from agents.short_lexicon import is_axis, other_language, passing, short_lexicon, verbal
from agents.short_mention import Mention, turned

KEPT = 5  # words between what keeps and from what
LISTED = 3  # places between two of a list
_LISTS = frozenset({"and", "or", "nor", "y", "o", "ni", "e", "u"})
_ECHOES = frozenset({"ni", "nor", "nada", "nunca", "nadie", "ningun", "ninguna", "ninguno", "tampoco", "jamas"})
_SHORT = frozenset({"no", "sin", "ni"})  # words of one language that mean something else in the other


def denied(mentions: Sequence[Mention], tokens: Sequence[Word], language: str, opens: str) -> list[Mention]:
    """The mentions with their denials: from a word that denies to the end of its clause."""
    folded = [token.folded for token in tokens]
    spans = sorted({
        span for spoken in (language, other_language(language))
        for span in short_lexicon(spoken).spans("denials", folded)
        if spoken == language or folded[span[0]] not in _SHORT
    })  # fmt: skip
    spans = sorted({*spans, *_kept_from(folded)})
    if opens == "no":
        spans = [span for span in spans if span[0] > 0]
    inside = {place for one in mentions if not one.formula and len(places_of(one)) > 1 for place in places_of(one)}
    found = list(mentions)
    denied: set[int] = set()
    for start, end in spans:
        clause = tokens[start].clause
        if end < len(folded) and (folded[end],) in short_lexicon(language).phrases["pronouns"]:
            continue  # "without it the order is lost" denies nothing of the order
        if start in inside or (folded[start] in _ECHOES and clause in denied):
            continue  # "no supervisado" names a thing, and "no ... ni ..." denies once
        denied.add(clause)
        for number in _reach([one if one.place >= end and one.clause == clause else None for one in found], tokens):
            found[number] = _with_denial(found[number])
    return _elliptic([replace(one, denied=one.clause in denied) for one in found], tokens, spans)


def _kept_from(folded: Sequence[str]) -> list[tuple[int, int]]:
    """ "Keeps the gradient from flowing" denies at "from"."""
    keeping = short_lexicon("en").phrases["keeping"]
    return [
        (place, place + 1)
        for place, word in enumerate(folded[:-1])
        if word == "from" and folded[place + 1].endswith("ing")
        and any((before,) in keeping for before in folded[max(0, place - KEPT) : place])
    ]  # fmt: skip


def _reach(scope: Sequence[Mention | None], tokens: Sequence[Word]) -> list[int]:
    """The places of what a denial denies, of the mentions behind it.

    The end of an axis takes the denial up: "it does not move far from the first model" denies far, and not the model.
    Behind another word it is denied only where it is what is done: "does not cheat by looking ahead" denies looking.
    """
    reached: list[int] = []
    taken: Mention | None = None
    first = True
    for number, one in enumerate(scope):
        if one is None or one.inner:
            continue
        axes = {name for name, _ in one.keys if is_axis(name)}
        if one.weak or axes & passing():
            if taken is None:
                reached.append(number)
            continue
        if taken is not None:
            beside = one.place == taken.place + len(places_of(taken))  # "no causal mask" denies both
            listed = one.place - taken.place <= LISTED and tokens[one.place - 1].folded in _LISTS
            if axes and (beside or listed):
                reached.append(number)
                taken = one
            elif one.hard and not axes:
                reached.append(number)  # "does not grow nine times" leaves no nine
            continue
        if axes and (first or axes & verbal()):
            reached.append(number)
            taken = one
        elif not axes:
            reached.append(number)
        first = False
    return reached


def _with_denial(mention: Mention) -> Mention:
    return replace(mention, keys=turned(mention.keys), negated=not mention.negated)


def _elliptic(mentions: list[Mention], tokens: Sequence[Word], spans: Iterable[tuple[int, int]]) -> list[Mention]:
    """ "LayerNorm subtracts the mean and RMSNorm does not": the last clause denies what the first says."""
    if not tokens or not any(end == len(tokens) for _, end in spans):
        return mentions
    last = tokens[-1].clause
    here = [one for one in mentions if one.clause == last and not one.weak]
    before = [one for one in mentions if one.clause < last]
    if not here or not before or len(here) > 1:
        return mentions
    names = {name for name, _ in here[0].keys}
    copies = [
        replace(_with_denial(one), clause=last, place=len(tokens) - 1)
        for one in before if one.clause == before[-1].clause and not names & {name for name, _ in one.keys}
    ]  # fmt: skip
    return [*mentions, *copies]
