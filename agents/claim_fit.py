"""What an item claims, and whether a claim says what question and answer say together, and nothing of its own: else
another question would be proven than the one that is asked."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from agents.grade_options import truth_places
from agents.item import Check, Item, Kind
from agents.item_text import ATOM, READ, content_words, prose_words
from agents.rule_words import without_opening
from knowledge.lexicon import lexicon
from knowledge.terms import stem

CLAIMED: tuple[Kind, ...] = ("mcq", "multi")  # kinds with a claim for each option
FITTING = 0.75  # share of the content words of one text that another must have
DECIDING = {"denial": ("negations", "nevers"), "all": ("universals",), "only": ("exclusives",), "some": ("partials",)}
DISTRIBUTIVE = frozenset("each any cada cualquier cualquiera".split())  # seldom change whether a sentence is true
TURNS = {"before": {"before", "antes"}, "after": {"after", "despues"}}
_NUMBER = re.compile(r"(?<![\w.,])-?\d+(?:[.,]\d+)*")
_QUOTED = re.compile(r"[“«\"]([^“”«»\"]{12,})[”»\"]")


def with_claims(item: Item) -> Item:
    """The item with what it claims: an option that its claim does not hold speaks for itself, and so does a statement
    to judge whose claim is not in the question. Of two options, "true" comes first."""
    if item.kind == "true_false":
        if truth_places(item) == (1, 0) and item.key in (0, 1):
            item = replace(item, options=item.options[::-1], key=1 - item.key)
        given = item.claims[0] if len(item.claims) == 1 else ""
        return item if given and _told(given, item.stem) else replace(item, claims=(_statement(item),))
    if item.kind not in CLAIMED:
        return item
    claims = item.claims if len(item.claims) == len(item.options) else item.options
    own = [
        claim if not _unheld(option, claim, item.language) else without_opening(option, "reply_openings", item.language)
        for claim, option in zip(claims, item.options, strict=True)
    ]
    return replace(item, claims=tuple(own))


def fit_check(item: Item) -> Check:
    """Whether each claim holds its answer, and only what is shown: numbers, formulas, denials and quantifiers exactly,
    three quarters of the words. `detail` names what is strange."""
    off = [f"{claim} ({', '.join(strange)})" for claim in item.claims if (strange := _misfit(item, claim))]
    return Check("claims-fit", not off, "; ".join(off))


def _misfit(item: Item, claim: str) -> list[str]:
    place, language = item.claims.index(claim), item.language
    if item.kind == "true_false":
        return [] if _told(claim, item.stem) else [item.stem]
    if item.kind == "short":
        points = [str(point) for point in item.key]
        shown = "\n".join((item.stem, *points, *(text for texts in item.accept.values() for text in texts)))
        said = " ".join(item.claims)  # a point may rest on two of them
        return [*_unsaid(claim, shown, language), *(_unheld(points[place], said, language) if points[place:] else [])]
    if item.kind == "match":
        shown, answer = "\n".join((item.stem, *item.options)), item.options[item.key[place]]
    else:
        shown, answer = f"{item.stem}\n{item.options[place]}", item.options[place]
    strange = [
        *sorted(_exact(claim) - _exact(shown)),
        *_turned(claim, shown, language),
        *_unsaid(claim, shown, language),
    ]
    return strange or _unheld(answer, claim, language)


def _unheld(answer: str, claim: str, language: str) -> list[str]:
    """What an answer says that its claim does not."""
    answer = without_opening(answer, "reply_openings", language)
    written = claim.replace(" ", "")
    exact = sorted(one for one in _exact(answer) - _exact(claim) if one not in written)
    return [*exact, *_turned(answer, claim, language), *_unsaid(answer, claim, language)]


def _unsaid(text: str, beside: str, language: str) -> list[str]:
    """The content words of a text that another lacks, where they are too many."""
    there = {stem(word, language) for word in content_words(beside, language)}
    own = content_words(text, language)
    missing = [word for word in own if stem(word, language) not in there]
    return missing if len(missing) > (1 - FITTING) * len(own) else []


@lru_cache(READ)
def _exact(text: str) -> frozenset[str]:
    """The numbers and formulas of a text, but for their writing."""
    atoms = (re.sub(r"[\s$`]", "", atom) for atom in ATOM.findall(text))
    return frozenset((*atoms, *_NUMBER.findall(ATOM.sub(" ", text))))


def _turned(text: str, beside: str, language: str) -> list[str]:
    """What turns or bounds a text more often than another: denials, quantifiers, before and after."""
    mine, theirs = _deciding(text, language), _deciding(beside, language)
    return [name for name, count in mine.items() if count > theirs[name]]


@lru_cache(READ)
def _deciding(text: str, language: str) -> Mapping[str, int]:
    row, known = prose_words(text), lexicon(language)
    found = {
        name: sum(
            " ".join(row[start:end]) not in DISTRIBUTIVE for group in groups for start, end in known.find(group, row)
        )
        for name, groups in DECIDING.items()
    }
    return {**found, **{name: sum(word in words for word in row) for name, words in TURNS.items()}}


def _told(claim: str, asked: str) -> bool:
    """Whether a statement stands in a question word for word."""
    said, shown = (" ".join(_bare(text).casefold().split()) for text in (claim, asked))
    return bool(said) and said.rstrip(" .") in shown


def _statement(item: Item) -> str:
    """The statement of a question that asks whether it is true: what is quoted in it, else all but the asking."""
    quoted = _QUOTED.findall(item.stem)
    if quoted:
        return str(max(quoted, key=len))
    return _bare(without_opening(item.stem, "judging_openings", item.language)).strip()


def _bare(text: str) -> str:
    return text.replace("**", "")
