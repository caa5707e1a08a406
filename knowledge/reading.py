"""A sentence as the comparison sees it: words with what they may match by, denials, numbers with what they count."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from knowledge.formulas import find_formulas
from knowledge.glossary import Glossary
from knowledge.lexicon import lexicon
from knowledge.quantities import Quantity, read_bound, read_quantities
from knowledge.terms import WORD, fold, plain, stem

CLAUSE_ENDS = ",;:()—"
MARKS = ("universals", "exclusives", "nevers", "partials", "hedges", "causes", "firsts", "thens", "steps")
FEW = 2  # content words below which ordinary nouns count as content
UNIT_WORDS = 3  # words after a number among which its unit stands
_POSSESSIVE = re.compile("['\u2019]s?$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: what it may match by, and how it counts.

    `keys`: its stem, the glossary terms (#) and the meanings (~) that it belongs to. `counted`: part of a number,
    compared as a quantity and not as a word. `contrast`: (group, member) when it excludes others.
    """

    stem: str
    keys: frozenset[str]
    light: bool
    name: bool
    negated: bool
    clause: int
    counted: bool
    contrast: tuple[int, int] | None
    parts: tuple[frozenset[str], ...] = ()  # of a compound: the keys of each part that is not light


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence, read once."""

    text: str
    language: str
    words: tuple[Word, ...]
    quantities: tuple[Quantity, ...]
    formulas: tuple[str, ...]
    marks: frozenset[str]  # groups of the lexicon that it uses: universals, exclusives, partials, hedges, ...
    directions: tuple[tuple[str, int], ...]  # (word of direction, place)
    keys: frozenset[str]  # of its words that are not light
    bounds: tuple[str, ...]  # of its quantities: "=", ">", "<", "~"
    units: tuple[
        frozenset[str], ...
    ]  # of its quantities: the keys of the words that follow, what is counted among them
    owners: tuple[frozenset[str], ...] = ()  # of its quantities: the keys of the nearest name


class Reader:
    """Reads sentences for comparison, with the glossary of a course.

    `names` gives the places of names in a text: the number in "Llama 2" counts nothing.
    """

    def __init__(self, glossary: Glossary, names: Callable[[str], list[tuple[int, int]]] | None = None) -> None:
        self.glossary = glossary
        self.names = names or (lambda _: [])
        self.read = lru_cache(maxsize=50_000)(self._read)

    def _read(self, text: str, language: str) -> Reading:
        flat = plain(text)
        tokens, clauses, starts = _tokens(flat)
        named = self.names(flat)
        quantities = tuple(
            item for item in read_quantities(flat, language)
            if not any(start <= item.start < end for start, end in named)
        )  # fmt: skip
        in_name, in_number = _within(starts, named), _within(starts, [(item.start, item.end) for item in quantities])
        folded = [fold(token) for token in tokens]
        known = lexicon(language)
        stems = [stem(token, language) for token in tokens]
        keys: list[set[str]] = [{found} for found in stems]
        for start, end, number in self.glossary.match(stems, language):
            if number is not None:
                for place in range(start, end):
                    keys[place].add(f"#{number}")
        for place, token in enumerate(tokens):
            if "-" in token:  # self-attention is also self + attention, but multi-query is no grouped-query
                alike = stems[place] not in known.contrasts
                keys[place].update(f"#{number}" for number in self._terms_of(token, language, alike))
        self._add_foreign_terms(tokens, keys, language)
        wordings = known.meanings(stems)
        for start, end, meaning in wordings:
            for place in range(start, end):
                keys[place].add(f"~{meaning}")
        # "no supervisado" and "sin etiquetar" name a thing and deny nothing.
        fixed = {place for start, end, _ in wordings if end - start > 1 for place in range(start, end)}
        negated = _negated(folded, clauses, language, fixed)
        light = known.light
        # "A neural network" says something where nothing else is said; "the sources do not say" does not.
        if sum(own not in light for own in stems) < FEW and not known.find("negations", folded):
            light = known.function
        idle = {place for start, end in known.find("light_phrases", folded) for place in range(start, end)}
        found = tuple(
            Word(
                stem=stems[place], keys=frozenset(keys[place]),
                light=place in idle or (stems[place] in light and not _is_symbol(token, place)),
                name=place in in_name or _is_name(token, place),
                negated=negated[place], clause=clauses[place],
                counted=place in in_number, contrast=known.contrasts.get(stems[place]), parts=_parts(token, language),
            )
            for place, token in enumerate(tokens)
        )  # fmt: skip
        counts = {group: len(known.find(group, folded)) for group in MARKS}
        marks = {group for group, count in counts.items() if count}
        marks |= {f"{group} twice" for group, count in counts.items() if count > 1}
        directions = [(" ".join(folded[start:end]), start) for start, end in known.find("directions", folded)]
        return Reading(
            text, language, found, quantities, tuple(find_formulas(text)), frozenset(marks), tuple(directions),
            frozenset(key for word in found if not word.light for key in word.keys),
            tuple(read_bound(flat, item, language) for item in quantities),
            tuple(_unit_keys(item, starts, clauses, found) for item in quantities),
            tuple(_owner_keys(item, starts, found) for item in quantities),
        )  # fmt: skip

    def _add_foreign_terms(self, tokens: Sequence[str], keys: Sequence[set[str]], language: str) -> None:
        """English terms inside Spanish: "Layer Normalization" is known in a Spanish text too."""
        if language == "en":
            return
        stems = [stem(token, "en") for token in tokens]
        for start, end, number in self.glossary.match(stems, "en"):
            if number is not None and end - start > 1 and not any("#" in key for key in keys[start]):
                for place in range(start, end):
                    keys[place].add(f"#{number}")
        for place, token in enumerate(tokens):
            if "-" in token:
                keys[place].update(f"#{number}" for number in self._terms_of(token, "en", False))

    def _terms_of(self, token: str, language: str, parts_too: bool) -> list[int]:
        """The terms that a compound is as a whole (encoder-only), or has as parts."""
        stems = tuple(stem(part, language) for part in token.split("-"))
        found = self.glossary.match(stems, language)
        return [n for start, end, n in found if n is not None and (parts_too or end - start == len(stems))]


def _tokens(text: str) -> tuple[list[str], list[int], list[int]]:
    """The words, the clause of each (clauses end at punctuation), and where each begins."""
    tokens, clauses, starts, clause, at = [], [], [], 0, 0
    for match in WORD.finditer(text):
        between = text[at : match.start()]
        clause += between != "(" and any(char in CLAUSE_ENDS for char in between)  # "sqrt(d_k)" is one clause
        at = match.end()
        tokens.append(_POSSESSIVE.sub("", match.group()))
        clauses.append(clause)
        starts.append(match.start())
    return tokens, clauses, starts


def _within(starts: Sequence[int], spans: Iterable[tuple[int, int]]) -> set[int]:
    """The words, by place, that begin within one of the spans."""
    return {place for start, end in spans for place in range(bisect_left(starts, start), bisect_left(starts, end))}


def _parts(token: str, language: str) -> tuple[frozenset[str], ...]:
    """For a compound ("human-AI"), what each of its parts may match by."""
    if "-" not in token:
        return ()
    known = lexicon(language)
    stems = [own for part in token.split("-") if (own := stem(part, language)) not in known.light]
    meanings = [frozenset(f"~{meaning}" for _, _, meaning in known.meanings([own])) for own in stems]
    return tuple(frozenset({own}) | meaning for own, meaning in zip(stems, meanings, strict=True))


def _is_symbol(token: str, place: int) -> bool:
    """A capital letter or an acronym that is spelt like a light word, A or IT; not the letter that opens a sentence."""
    return token.isupper() and (place > 0 or len(token) > 1)


def _is_name(token: str, place: int) -> bool:
    """Names and symbols: BERT, GPT-4, d_k, Vaswani inside a sentence. A capital that opens a sentence says nothing."""
    inner = token[1:]
    if inner != inner.lower() or (place > 0 and token[0].isupper()):
        return True
    return not token.isalpha() and ("_" in token or any(char.isdigit() for char in token))


def _negated(folded: Sequence[str], clauses: Sequence[int], language: str, fixed: Set[int]) -> list[bool]:
    """Which words are denied: those after a denial, to the end of its clause or to "but"; none by a word of `fixed`."""
    known = lexicon(language)
    denied = [False] * len(folded)
    ends = {start for start, _ in known.find("negation_ends", folded)}
    for opening, start in known.find("negations", folded):
        if opening in fixed:
            continue
        for place in range(start, len(folded)):
            if clauses[place] != clauses[start - 1] or place in ends:
                break
            denied[place] = not denied[place]
    return denied


def _unit_keys(
    quantity: Quantity, starts: Sequence[int], clauses: Sequence[int], words: Sequence[Word]
) -> frozenset[str]:
    """The keys of the words after a number, in its clause: "8 attention heads" counts attention heads, and heads."""
    after = [place for place, start in enumerate(starts) if start >= quantity.end]
    own = [clauses[place] for place, start in enumerate(starts) if start < quantity.end]
    near = [place for place in after[:UNIT_WORDS] if not own or clauses[place] == own[-1]]
    return frozenset(key for place in near if not words[place].counted for key in words[place].keys)


def _owner_keys(quantity: Quantity, starts: Sequence[int], words: Sequence[Word]) -> frozenset[str]:
    """The keys of the name that stands nearest to a number, the one before it where two stand equally near."""
    place = sum(start < quantity.start for start in starts)
    names = [at for at, word in enumerate(words) if word.name and not word.counted]
    return words[min(names, key=lambda at: (abs(at - place), at > place))].keys if names else frozenset()
