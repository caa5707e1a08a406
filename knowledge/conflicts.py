"""Where a claim and a sentence disagree: numbers, opposites, roles, denials, order.

A conflict is (kind, the claim's word, the sentence's word).
"""

from collections.abc import Mapping, Sequence, Set

from knowledge.formula_expressions import expressions, says_same
from knowledge.quantities import Quantity, agrees, same_quantity
from knowledge.reading import Reading, Word

Conflict = tuple[str, str, str]

NEAR = 3  # words between a member of a set of opposites and what it is said of
JOINED = 2  # places between the members of "keys and values"


def find_conflicts(claim: Reading, sentence: Reading, pairs: Mapping[int, int], unmatched: Set[int]) -> list[Conflict]:
    """All disagreements; `pairs`: claim word -> sentence word, `unmatched`: claim words without a partner."""
    return _without_double_inversion(
        [
            *_number_conflicts(claim, sentence),
            *_formula_conflicts(claim, sentence),
            *_contrast_conflicts(claim, sentence, pairs, unmatched),
            *_polarity_conflicts(claim, sentence, pairs),
            *_order_conflicts(claim, sentence, pairs),
        ]
    )


def untold_numbers(claim: Reading, sentence: Reading) -> list[str]:
    """The claim's numbers that the sentence does not give for the same thing, of the same name."""
    mine = frozenset().union(*(word.keys for word in claim.words if word.name and not word.counted))
    theirs = frozenset().union(*(word.keys for word in sentence.words if word.name and not word.counted))
    # The nearest of the sentence's names owns a number; it is another's when the claim names one of the rest.
    foreign = [bool(mine & theirs) and bool(owner) and not owner & mine for owner in sentence.owners]
    return [
        f"{quantity.value:g}"
        for quantity, bound, unit in _numbers(claim)
        if not _is_told(quantity, bound, unit, sentence, foreign)
    ]


def _number_conflicts(claim: Reading, sentence: Reading) -> list[Conflict]:
    """The same thing counted differently: same unit, no value in common."""
    conflicts = []
    for quantity, bound, unit in _numbers(claim):
        if any(agrees(quantity.value, bound, other.value) for other in sentence.quantities):
            continue
        rivals = [other for other, _, theirs in _numbers(sentence) if _same_thing(quantity, unit, other, theirs)]
        if rivals and not any(same_quantity(rival.value, mine.value) for rival in rivals for mine in claim.quantities):
            conflicts.append(("number", f"{quantity.value:g}", f"{rivals[0].value:g}"))
    return conflicts


def _formula_conflicts(claim: Reading, sentence: Reading) -> list[Conflict]:
    """An expression over the same symbols as one of the sentence, worth something else than each of these."""
    if "$" not in claim.text or "$" not in sentence.text:
        return []
    theirs = expressions(sentence.text)
    for mine in expressions(claim.text):
        compared = {other: says_same(mine, other) for other in theirs}
        rivals = [other for other, same in compared.items() if same is False]
        if rivals and True not in compared.values():
            return [("formula", mine, rivals[0])]
    return []


def _numbers(reading: Reading) -> list[tuple[Quantity, str, frozenset[str]]]:
    return list(zip(reading.quantities, reading.bounds, reading.units, strict=True))


def _is_told(quantity: Quantity, bound: str, unit: frozenset[str], sentence: Reading, foreign: Sequence[bool]) -> bool:
    """Whether the sentence gives this value of the same thing."""
    return any(
        agrees(quantity.value, bound, other.value) and (not unit or not theirs or bool(unit & theirs)) and not anothers
        for (other, _, theirs), anothers in zip(_numbers(sentence), foreign, strict=True)
    )


def _same_thing(left: Quantity, mine: frozenset[str], right: Quantity, theirs: frozenset[str]) -> bool:
    if _is_year(left.value) and _is_year(right.value) and not (mine and theirs):
        return True
    if not mine or not theirs:
        return not mine and not theirs and not _is_year(left.value) and not _is_year(right.value)
    return bool(mine & theirs)


def _is_year(value: float) -> bool:
    return 1940 <= value <= 2040 and value == int(value)


def _contrast_conflicts(
    claim: Reading, sentence: Reading, pairs: Mapping[int, int], unmatched: Set[int]
) -> list[Conflict]:
    """A member of a set of opposites where the sentence has another member; or the two tied to other things."""
    conflicts = []
    matched = set(pairs.values())
    for place in sorted(unmatched):
        mine = claim.words[place].contrast
        for other, word in enumerate(sentence.words):
            rivals = mine and word.contrast and word.contrast[0] == mine[0] and word.contrast != mine
            if rivals and other not in matched and not word.negated and _same_place(place, other, claim, pairs):
                conflicts.append(("opposite", claim.words[place].stem, word.stem))
                break
    if not conflicts:
        conflicts.extend(_crossed_ties(claim, sentence))
    return conflicts


def _same_place(place: int, other: int, claim: Reading, pairs: Mapping[int, int]) -> bool:
    """Whether the nearest shared word on one side of the claim's word stands near the sentence's word too."""
    before = next((pairs[p] for p in range(place - 1, -1, -1) if p in pairs and not claim.words[p].light), None)
    after = next(
        (pairs[p] for p in range(place + 1, len(claim.words)) if p in pairs and not claim.words[p].light), None
    )
    return any(near is not None and abs(near - other) <= NEAR for near in (before, after))


def _crossed_ties(claim: Reading, sentence: Reading) -> list[Conflict]:
    """Queries with the decoder and keys with the encoder in one, the other way round in the other."""
    for group in {word.contrast[0] for word in claim.words if word.contrast}:
        straight, crossed, members = _tie_counts(claim, sentence, group)
        if members and crossed > straight:
            return [("roles", f"{group}", f"{group}")]
    return []


def roles_in_doubt(claim: Reading, sentence: Reading) -> bool:
    """Whether both name several members of a set of opposites in two languages: word order says little across them."""
    if claim.language == sentence.language:
        return False
    groups = {word.contrast[0] for word in claim.words if word.contrast}
    return any(_tie_counts(claim, sentence, group)[2] > 1 for group in groups)


def _tie_counts(claim: Reading, sentence: Reading, group: int) -> tuple[int, int, int]:
    """(words tied to the same member, words tied only to another one, members named in both) of a set of opposites.

    All 0 unless the sentence names two members or more.
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


def _polarity_conflicts(claim: Reading, sentence: Reading, pairs: Mapping[int, int]) -> list[Conflict]:
    """The same words, denied in one and asserted in the other."""
    for place, other in pairs.items():
        mine, theirs = claim.words[place], sentence.words[other]
        if not mine.light and mine.negated != theirs.negated:
            return [("denial", mine.stem, theirs.stem)]
    return []


def _order_conflicts(claim: Reading, sentence: Reading, pairs: Mapping[int, int]) -> list[Conflict]:
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


def _without_double_inversion(conflicts: list[Conflict]) -> list[Conflict]:
    """ "A is larger than B" and "B is smaller than A" agree."""
    kinds = [kind for kind, _, _ in conflicts]
    if "order" in kinds and kinds.count("opposite") == 1:
        return [conflict for conflict in conflicts if conflict[0] not in {"order", "opposite"}]
    return conflicts
