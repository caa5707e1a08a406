"""The words of a short answer and the clauses that they stand in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.short_lexicon import opposite, other_language, short_lexicon
from agents.short_mention import Mention
from knowledge.terms import WORD, fold

FULL = 2  # mentions that both sides of "and" need to be two clauses
_CLAUSE_ENDS = re.compile(r"[,;:()—–]|[.?!](?:\s|$)")
_AND = frozenset({"and", "y", "e"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written and folded, where it starts in the plain text, and the clause that it stands in."""

    text: str
    folded: str
    start: int
    clause: int


def words_of(flat: str, language: str, formulas: Sequence[tuple[str, int]]) -> list[Word]:
    """The words with their clauses; those of a formula are left out."""
    found: list[Word] = []
    clause, at = 0, 0
    for match in WORD.finditer(flat):
        inside = any(start <= match.start() < start + len(text) for text, start in formulas)
        clause += not inside and bool(_CLAUSE_ENDS.search(flat[at : match.start()]))
        at = match.end() if not inside else max(at, match.end())
        if inside:
            continue
        for part in re.finditer(r"[^-/]+", match[0]):
            found.append(Word(part[0], fold(part[0]), match.start() + part.start(), clause))
    return _cut(found, language)


def _cut(tokens: Sequence[Word], language: str) -> list[Word]:
    """The words with a new clause at each word that begins one: but, while, because."""
    folded = [token.folded for token in tokens]
    ends = {start for start, _ in short_lexicon(language).spans("ends", folded)}
    found, more = [], 0
    for place, token in enumerate(tokens):
        more += place in ends and place > 0
        found.append(replace(token, clause=token.clause + more))
    return found


def opening(tokens: Sequence[Word], language: str) -> str:
    """ "yes" or "no" where a text begins with that, "" where it does not."""
    folded = [token.folded for token in tokens[:4]]
    for spoken in (language, other_language(language)):
        for answer in ("yes", "no"):
            spans = short_lexicon(spoken).spans(answer, folded)
            if spans and spans[0][0] == 0:
                end = spans[0][1]
                if end == len(tokens) or tokens[end].clause != tokens[0].clause or tokens[0].text.lower() == "sí":
                    return answer
    return ""


def parted(mentions: Sequence[Mention], tokens: Sequence[Word]) -> list[Word]:
    """The words with a new clause at an "and" that joins two: where both sides say enough for one, or where the second
    opens with what the first opposes ("pre-norm before it and post-norm after it")."""
    inside = {place for one in mentions if not one.formula for place in places_of(one)[1:]}
    found: list[Word] = []
    more = 0
    for place, token in enumerate(tokens):
        if token.folded in _AND and place not in inside:
            since = max((at for at, own in enumerate(found) if own.clause != token.clause + more), default=-1)
            here = [one for one in mentions if one.clause == token.clause and not one.weak]
            left = [one for one in here if since < one.place < place]
            right = [one for one in here if one.place > place]
            listed = bool(left and right) and _contrasts([*left[-1:], right[0]], right[0])
            enough = bool(right) and (len(right) >= FULL or _contrasts(left, right[0]))
            more += len(left) >= FULL and enough and not listed
        found.append(replace(token, clause=token.clause + more))
    return found


def _contrasts(left: Sequence[Mention], right: Mention) -> bool:
    return any(opposite(mine, theirs) for one in left[:-1] for mine in one.keys for theirs in right.keys)


def places_of(mention: Mention) -> range:
    """The places of its words."""
    return range(mention.place, mention.place + max(1, len(re.findall(r"[^-/\s]+", mention.text))))
