"""One claim against one sentence: how much of it the sentence says, and where the two disagree.

The words of the claim are aligned with those of the sentence (same stem, or same term of the glossary, across
languages too). What is left over decides: a number, a name or a denial that the sentence does not share is never
passed over, while light words are. Two sentences that agree in everything but one number, one denial, one member of a
pair of opposites or the order of two things contradict each other.

Measured limits of this way of comparing are in docs/LOG.md: it recognises what is said in similar words, and
answers "not found" to a paraphrase that shares few of them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.formulas import find_formulas, parse_formula, same_formula
from knowledge.glossary import Glossary
from knowledge.lexicon import lexicon
from knowledge.quantities import Quantity, agrees, read_bound, read_quantities, same_quantity
from knowledge.terms import WORD, fold, plain, stem

CLAUSE_ENDS = ",;:()—"
MARKS = ("universals", "exclusives", "nevers", "partials", "hedges", "causes")
NEIGHBOUR_SHARE = 0.25  # of a word's weight, when it stands in the sentence before or after and not in this one
JOINED = 2  # places between the members of "keys and values"
NEAR = 3  # words between a member of a set of opposites and what it is said of
UNIT_WORDS = 3  # words after a number among which its unit stands
LEAST = 2  # content words without which a text claims nothing that could be compared
SHORT = 3  # content words up to which a claim's words must stand together in the sentence
SLACK = 1  # words that may stand between them beyond the claim's own
MAX_INVERSION = 0.6  # share of word pairs in the opposite order from which the roles are in doubt
_POSSESSIVE = re.compile("['’]s?$")
Rarity = Callable[[str], float]  # stem -> inverse document frequency


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence: what it may match by, and how it counts.

    `keys`: its stem and the glossary terms that it belongs to. `counted`: part of a number, compared as a quantity
    and not as a word. `contrast`: (group, member) when it excludes others.
    """

    stem: str
    keys: frozenset[str]
    light: bool
    name: bool
    negated: bool
    clause: int
    counted: bool
    contrast: tuple[int, int] | None


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


@dataclass(frozen=True, slots=True)
class Comparison:
    """`coverage`: share of the claim's weight that the sentence (or its heading) says, 0..1.

    `reverse`: share of the sentence's weight that the claim says. `missing`: words of the claim that the sentence
    lacks and that may not be passed over. `conflicts`: where the two disagree, as (kind, claim's word, sentence's word).
    """

    coverage: float
    reverse: float
    missing: tuple[str, ...]
    conflicts: tuple[tuple[str, str, str], ...]


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
        folded = [fold(token) for token in tokens]
        known = lexicon(language)
        stems = [stem(token, language) for token in tokens]
        keys: list[set[str]] = [{found} for found in stems]
        for start, end, number in self.glossary.match(stems, language):
            if number is not None:
                for place in range(start, end):
                    keys[place].add(f"#{number}")
        for place, token in enumerate(tokens):  # self-attention is also self + attention
            if "-" in token:
                parts = tuple(stem(part, language) for part in token.split("-"))
                keys[place].update(f"#{n}" for _, _, n in self.glossary.match(parts, language) if n is not None)
        negated = _negated(folded, clauses, language)
        found = tuple(
            Word(
                stem=stems[place], keys=frozenset(keys[place]),
                light=stems[place] in known.light and not token.isupper(),
                name=_is_name(token, place) or any(start <= starts[place] < end for start, end in named),
                negated=negated[place], clause=clauses[place],
                counted=any(item.start <= starts[place] < item.end for item in quantities),
                contrast=known.contrasts.get(stems[place]),
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
        )  # fmt: skip


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


def _is_name(token: str, place: int) -> bool:
    """Names and symbols: BERT, GPT-4, d_k, Vaswani inside a sentence. A capital that opens a sentence says nothing."""
    inner_capital = any(char.isupper() for char in token[1:])
    return inner_capital or any(char.isdigit() for char in token) or "_" in token or (place > 0 and token[0].isupper())


def _negated(folded: Sequence[str], clauses: Sequence[int], language: str) -> list[bool]:
    """Which words are denied: those after a denial, to the end of its clause or to "but"."""
    known = lexicon(language)
    denied = [False] * len(folded)
    ends = {start for start, _ in known.find("negation_ends", folded)}
    for _, start in known.find("negations", folded):
        for place in range(start, len(folded)):
            if clauses[place] != clauses[start - 1] or place in ends:
                break
            denied[place] = not denied[place]
    return denied


def compare(
    claim: Reading, sentence: Reading, context: Reading | None, rarity: Rarity, neighbours: frozenset[str] = frozenset()
) -> Comparison:
    """How far `sentence`, read under the headings `context`, says what `claim` says.

    `neighbours`: keys of the sentences around it, which may carry a part of the claim's words.
    """
    if claim.formulas:
        return _compare_formulas(claim, sentence)
    pairs, unmatched = _align(claim.words, sentence.words)
    beyond = context.words if context else ()
    from_context = {place for place in unmatched if any(claim.words[place].keys & word.keys for word in beyond)}
    total = said = 0.0
    for place, word in enumerate(claim.words):
        weight = _weight(word, rarity)
        total += weight
        if place in pairs or place in from_context:
            said += weight
        elif word.keys & neighbours and not word.contrast and not word.name:
            said += weight * NEIGHBOUR_SHARE
    coverage = said / total if total else 0.0
    conflicts = [*_number_conflicts(claim, sentence), *_contrast_conflicts(claim, sentence, pairs, unmatched),
                 *_polarity_conflicts(claim, sentence, pairs), *_order_conflicts(claim, sentence, pairs)]  # fmt: skip
    conflicts = _without_double_inversion(conflicts)
    missing = _missing(claim, sentence, pairs, unmatched - from_context)
    return Comparison(coverage, _reverse(sentence, claim, rarity), tuple(missing), tuple(conflicts))


def _weight(word: Word, rarity: Rarity) -> float:
    return 0.0 if word.light or word.counted else rarity(word.stem)


def _align(claim: Sequence[Word], sentence: Sequence[Word]) -> tuple[dict[int, int], set[int]]:
    """Claim word -> sentence word by shared keys, each once where it can be; and the words without a partner."""
    pairs: dict[int, int] = {}
    used: set[int] = set()
    unmatched: set[int] = set()
    for place, word in enumerate(claim):
        same = [other for other, seen in enumerate(sentence) if word.keys & seen.keys]
        free = [other for other in same if other not in used]
        # The partner with the same denial, in the same order, is the likelier one.
        ranked = sorted(
            free or same,
            key=lambda other: (
                sentence[other].negated != word.negated,
                word.stem != sentence[other].stem,
                other < place,
            ),
        )
        if ranked:
            pairs[place] = ranked[0]
            used.add(ranked[0])
        elif not word.light and not word.counted:
            unmatched.add(place)
    return pairs, unmatched


def _reverse(sentence: Reading, claim: Reading, rarity: Rarity) -> float:
    total = said = 0.0
    for word in sentence.words:
        weight = _weight(word, rarity)
        total += weight
        said += weight if any(word.keys & seen.keys for seen in claim.words) else 0.0
    return said / total if total else 0.0


def _missing(claim: Reading, sentence: Reading, pairs: dict[int, int], unmatched: set[int]) -> list[str]:
    """What may not be passed over: what the claim opens with (its subject), names, opposites, denials, quantities,
    universals, and likely substitutions."""
    content = [place for place, word in enumerate(claim.words) if not word.light and not word.counted]
    missing = [
        claim.words[place].stem for place in sorted(unmatched)
        if place in content[:1] or claim.words[place].name or claim.words[place].contrast or claim.words[place].negated
        or _substituted(place, claim, sentence, pairs)
    ]  # fmt: skip
    missing.extend(
        f"{quantity.value:g}"
        for quantity, bound, unit in _numbers(claim)
        if not _is_told(quantity, bound, unit, sentence)
    )
    for group in ("universals", "universals twice", "exclusives", "nevers", "causes"):
        if group in claim.marks and group not in sentence.marks:
            missing.append(group)
    if "partials" in sentence.marks and not claim.marks & {"partials", "hedges"}:
        missing.append("partials")
    if "hedges" in sentence.marks and "universals" in claim.marks:
        missing.append("hedges")
    stated = {direction for direction, _ in sentence.directions}
    missing.extend(
        direction for direction, _ in claim.directions if direction not in stated and direction not in _COMMON
    )
    if _inverted(claim, pairs):
        missing.append("order")
    if _roles_in_doubt(claim, sentence):
        missing.append("roles")
    if len(content) + len(claim.quantities) < LEAST:
        missing.append("content")
    if len(content) <= SHORT and _scattered(content, pairs, sentence):
        missing.append("nearness")
    return missing


def _scattered(content: Sequence[int], pairs: dict[int, int], sentence: Reading) -> bool:
    """Whether the few words of a short claim stand far from one another, or in several clauses, in the sentence."""
    places = sorted(pairs[place] for place in content if place in pairs)
    if len(places) < 2:
        return False
    allowed = content[-1] - content[0] + SLACK
    return places[-1] - places[0] > allowed or sentence.words[places[0]].clause != sentence.words[places[-1]].clause


_COMMON = frozenset({"que", "than"})  # words of direction that mostly are something else


def _inverted(claim: Reading, pairs: dict[int, int]) -> bool:
    """Whether most of the shared words stand in the opposite order: who does what to whom is then in doubt."""
    places = [
        pairs[place] for place in sorted(pairs) if not claim.words[place].light and not claim.words[place].counted
    ]
    places = list(dict.fromkeys(places))
    total = len(places) * (len(places) - 1) // 2
    inverted = sum(later < earlier for at, earlier in enumerate(places) for later in places[at + 1 :])
    turned = any(first > second > third for first, second, third in zip(places, places[1:], places[2:], strict=False))
    return turned or (total >= 1 and inverted / total >= MAX_INVERSION)


def _substituted(place: int, claim: Reading, sentence: Reading, pairs: dict[int, int]) -> bool:
    """Whether the sentence has another content word exactly where the claim has this one."""
    before = next((pairs[p] for p in range(place - 1, -1, -1) if p in pairs), None)
    after = next((pairs[p] for p in range(place + 1, len(claim.words)) if p in pairs), None)
    if before is None or after is None or not before < after:
        return False
    taken = set(pairs.values())
    return any(other not in taken and not sentence.words[other].light for other in range(before + 1, after))


def _numbers(reading: Reading) -> list[tuple[Quantity, str, frozenset[str]]]:
    return list(zip(reading.quantities, reading.bounds, reading.units, strict=True))


def _is_told(quantity: Quantity, bound: str, unit: frozenset[str], sentence: Reading) -> bool:
    """Whether the sentence gives this value of the same thing."""
    return any(
        agrees(quantity.value, bound, other.value) and (not unit or not theirs or bool(unit & theirs))
        for other, _, theirs in _numbers(sentence)
    )


def _number_conflicts(claim: Reading, sentence: Reading) -> list[tuple[str, str, str]]:
    """The same thing counted differently: same unit, no value in common."""
    conflicts = []
    for quantity, bound, unit in _numbers(claim):
        if any(agrees(quantity.value, bound, other.value) for other in sentence.quantities):
            continue
        rivals = [other for other, _, theirs in _numbers(sentence) if _same_thing(quantity, unit, other, theirs)]
        if rivals and not any(same_quantity(rival.value, mine.value) for rival in rivals for mine in claim.quantities):
            conflicts.append(("number", f"{quantity.value:g}", f"{rivals[0].value:g}"))
    return conflicts


def _same_thing(left: Quantity, mine: frozenset[str], right: Quantity, theirs: frozenset[str]) -> bool:
    if _is_year(left.value) and _is_year(right.value) and not (mine and theirs):
        return True
    if not mine or not theirs:
        return not mine and not theirs and not _is_year(left.value) and not _is_year(right.value)
    return bool(mine & theirs)


def _is_year(value: float) -> bool:
    return 1940 <= value <= 2040 and value == int(value)


def _unit_keys(
    quantity: Quantity, starts: Sequence[int], clauses: Sequence[int], words: Sequence[Word]
) -> frozenset[str]:
    """The keys of the words after a number, in its clause: "8 attention heads" counts attention heads, and heads."""
    after = [place for place, start in enumerate(starts) if start >= quantity.end]
    own = [clauses[place] for place, start in enumerate(starts) if start < quantity.end]
    near = [place for place in after[:UNIT_WORDS] if not own or clauses[place] == own[-1]]
    return frozenset(key for place in near if not words[place].counted for key in words[place].keys)


def _contrast_conflicts(
    claim: Reading, sentence: Reading, pairs: dict[int, int], unmatched: set[int]
) -> list[tuple[str, str, str]]:
    """A member of a set of opposites where the sentence has another member; or the two tied to other things."""
    conflicts = []
    matched = set(pairs.values())
    for place in sorted(unmatched):
        mine = claim.words[place].contrast
        for other, word in enumerate(sentence.words):
            if (
                mine
                and word.contrast
                and word.contrast[0] == mine[0]
                and word.contrast != mine
                and other not in matched
                and not word.negated
            ):
                conflicts.append(("opposite", claim.words[place].stem, word.stem))
                break
    if not conflicts:
        conflicts.extend(_crossed_ties(claim, sentence))
    return conflicts


def _same_place(place: int, other: int, claim: Reading, pairs: dict[int, int]) -> bool:
    """Whether the nearest shared word on one side of the claim's word stands near the sentence's word too."""
    before = next((pairs[p] for p in range(place - 1, -1, -1) if p in pairs and not claim.words[p].light), None)
    after = next(
        (pairs[p] for p in range(place + 1, len(claim.words)) if p in pairs and not claim.words[p].light), None
    )
    return any(near is not None and abs(near - other) <= NEAR for near in (before, after))


def _crossed_ties(claim: Reading, sentence: Reading) -> list[tuple[str, str, str]]:
    """Queries with the decoder and keys with the encoder in one, the other way round in the other."""
    for group in {word.contrast[0] for word in claim.words if word.contrast}:
        straight, crossed, members = _tie_counts(claim, sentence, group)
        if members and crossed > straight:
            return [("roles", f"{group}", f"{group}")]
    return []


def _roles_in_doubt(claim: Reading, sentence: Reading) -> bool:
    """Whether both name several members of a set of opposites in two languages: word order says little across them."""
    if claim.language == sentence.language:
        return False
    groups = {word.contrast[0] for word in claim.words if word.contrast}
    return any(_tie_counts(claim, sentence, group)[2] > 1 for group in groups)


def _tie_counts(claim: Reading, sentence: Reading, group: int) -> tuple[int, int, int]:
    """For a set of opposites of which the sentence names two or more: the claim's words that the sentence ties to the same
    member, those that it ties only to another one, and how many members of the claim it names.
    """
    mine, theirs = _ties(claim, group), _ties(sentence, group)
    shared = mine.keys() & theirs.keys()
    if len(theirs) < 2 or not shared:
        return 0, 0, 0
    straight = sum(len(mine[member] & theirs[member]) for member in shared)
    crossed = sum(len((mine[one] & theirs[other]) - theirs[one]) for one in shared for other in theirs if one != other)
    return straight, crossed, len(shared)


def _ties(reading: Reading, group: int) -> dict[int, set[str]]:
    """Member of a set of opposites -> the stems said with it: in its clause, else nearest to it.

    Members joined as in "keys and values" share what is said of them.
    """
    members = [(place, word) for place, word in enumerate(reading.words) if word.contrast and word.contrast[0] == group]
    joined: list[list[tuple[int, Word]]] = []
    for place, word in members:
        if joined and place - joined[-1][-1][0] <= JOINED and word.clause == joined[-1][-1][1].clause:
            joined[-1].append((place, word))
        else:
            joined.append([(place, word)])
    ties: dict[int, set[str]] = {word.contrast[1]: set() for _, word in members if word.contrast}
    for place, word in enumerate(reading.words):
        if word.light or (word.contrast and word.contrast[0] == group):
            continue
        near = [part for part in joined if part[0][1].clause == word.clause] or joined
        if near:
            for _, owner in min(near, key=lambda part: min(abs(at - place) for at, _ in part)):
                assert owner.contrast is not None
                ties[owner.contrast[1]].add(word.stem)
    return ties


def _polarity_conflicts(claim: Reading, sentence: Reading, pairs: dict[int, int]) -> list[tuple[str, str, str]]:
    """The same words, denied in one and asserted in the other."""
    for place, other in pairs.items():
        mine, theirs = claim.words[place], sentence.words[other]
        if not mine.light and mine.negated != theirs.negated:
            return [("denial", mine.stem, theirs.stem)]
    return []


def _order_conflicts(claim: Reading, sentence: Reading, pairs: dict[int, int]) -> list[tuple[str, str, str]]:
    """The same two things around the same word of direction, the other way round."""
    for direction, place in claim.directions:
        for same, other in sentence.directions:
            if same != direction:
                continue
            left = [pairs[p] for p in range(place) if p in pairs and not claim.words[p].light]
            right = [pairs[p] for p in range(place + 1, len(claim.words)) if p in pairs and not claim.words[p].light]
            if left and right and left[0] > other and right[0] < other:
                return [("order", direction, direction)]
    return []


def _without_double_inversion(conflicts: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """ "A is larger than B" and "B is smaller than A" agree."""
    kinds = [kind for kind, _, _ in conflicts]
    if "order" in kinds and kinds.count("opposite") == 1:
        return [conflict for conflict in conflicts if conflict[0] not in {"order", "opposite"}]
    return conflicts


def _compare_formulas(claim: Reading, sentence: Reading) -> Comparison:
    """A formula is said when the same tree stands there; another right-hand side for the same left is a conflict."""
    for mine in claim.formulas:
        for theirs in sentence.formulas:
            if same_formula(mine, theirs):
                return Comparison(1.0, 1.0, (), ())
    for mine in claim.formulas:
        for theirs in sentence.formulas:
            left, right = parse_formula(mine), parse_formula(theirs)
            if isinstance(left, tuple) and isinstance(right, tuple) and left[:2] == right[:2] and left[0] == "=":
                return Comparison(1.0, 1.0, ("formula",), (("formula", mine, theirs),))
    return Comparison(0.0, 0.0, ("formula",), ())
