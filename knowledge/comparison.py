"""One claim against one sentence: how much of it the sentence says, and where the two disagree.

The words of the claim are aligned with those of the sentence (same stem, or same term of the glossary, across
languages too). What is left over decides: a number, a name or a denial that the sentence does not share is never
passed over, while light words are. Two sentences that agree in everything but one number, one denial, one member of a
pair of opposites or the order of two things contradict each other.

Measured limits of this way of comparing are in docs/LOG.md: it recognises what is said in similar words, and
answers "not found" to a paraphrase that shares few of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.conflicts import find_conflicts, roles_in_doubt, untold_numbers
from knowledge.formulas import parse_formula, same_formula
from knowledge.lexicon import lexicon
from knowledge.reading import Reading, Word
from knowledge.terms import plain, stem, words

NEIGHBOUR_SHARE = 0.25  # of a word's weight, when it stands in the sentence before or after and not in this one
FORMULA_WORDS = 3  # beside its symbols, up to which a claim says its formula and nothing else
LEAST = 2  # content words without which a text claims nothing that could be compared
TOO_LITTLE = "content"  # stands among what is missing where a claim has fewer
SEQUENCE = frozenset({"firsts", "thens"})  # groups of words by which a claim says what comes before what
UNORDERED = "sequence"  # stands among what is missing where a sentence tells no order
SHORT = 3  # content words up to which a claim's words must stand together in the sentence
MAX_BORROWED = 0.4  # of the claim's weight that may stand in another wording of the same statement
MOSTLY_SAME = 0.6  # share of the sentence that the claim says, from which it matters little where the words stand
SLACK = 1  # words that may stand between them beyond the claim's own
MAX_INVERSION = 0.6  # share of word pairs in the opposite order from which the roles are in doubt
Rarity = Callable[[str], float]  # stem -> inverse document frequency


@dataclass(frozen=True, slots=True)
class Comparison:
    """`coverage`: share of the claim's weight that the sentence (or its heading) says, 0..1.

    `reverse`: share of the sentence's weight that the claim says. `missing`: words of the claim that the sentence
    lacks and that may not be passed over. `conflicts`: where the two disagree. `borrowed`: a word of the claim stands
    only in another wording of the sentence's statement. `in_order`: the claim's words that carry weight and its
    numbers stand in the sentence itself, in the same order, and it has no other number. `ordered`: no two of the words
    that both share change places.
    """

    coverage: float
    reverse: float
    missing: tuple[str, ...]
    conflicts: tuple[tuple[str, str, str], ...]
    borrowed: bool = False
    in_order: bool = False
    ordered: bool = False


def compare(
    claim: Reading, sentence: Reading, context: Reading | None, rarity: Rarity,
    neighbours: frozenset[str] = frozenset(), wordings: frozenset[str] = frozenset(), headed: int = 0,
) -> Comparison:  # fmt: skip
    """How far `sentence`, read under the headings `context`, says what `claim` says.

    `neighbours`: keys of the sentences around it, which may carry a part of the claim's words. `wordings`: keys of the
    other wordings of the same statement, which carry them wholly. `headed`: how many of the claim's first words are
    the heading it stands under; the sentence must speak of one of them.
    """
    if is_formula(claim):
        return _compare_formulas(claim, sentence)
    pairs, unmatched = _align(claim.words, sentence.words)
    # "human-AI" is said where both "people" and "AI" are.
    unmatched -= {place for place in unmatched if _in_parts(claim.words[place], sentence)}
    beyond = context.words if context else ()
    from_context = {
        place for place in unmatched
        if any(claim.words[place].keys & word.keys for word in beyond) and not _rivalled(claim.words[place], sentence)
    }  # fmt: skip
    if sum(not word.light and not word.counted for word in claim.words[headed:]) <= SHORT:
        # The few words of a short claim stand together in the sentence itself; only the claim's heading may be its own.
        wordings, from_context = frozenset(), {place for place in from_context if place < headed}
    borrowed = {
        place for place in unmatched - from_context
        if claim.words[place].keys & wordings and not claim.words[place].contrast
    }  # fmt: skip
    own = [_weight(word, rarity) for word in claim.words[headed:]]
    if sum(own[place - headed] for place in borrowed if place >= headed) > MAX_BORROWED * sum(own):
        borrowed = set()
    from_context |= borrowed
    heading = [place for place in range(headed) if not claim.words[place].light and not claim.words[place].counted]
    total = said = 0.0
    for place, word in enumerate(claim.words[headed:], start=headed):
        weight = _weight(word, rarity)
        total += weight
        if place not in unmatched or place in from_context:
            said += weight
        elif word.keys & neighbours and not word.contrast and not word.name:
            said += weight * NEIGHBOUR_SHARE
    if heading:
        weight = max(_weight(claim.words[place], rarity) for place in heading)
        total += weight
        said += weight if any(place in pairs or place in from_context for place in heading) else 0.0
    coverage = said / total if total else 0.0
    conflicts = find_conflicts(claim, sentence, pairs, unmatched)
    reverse = _reverse(sentence, claim, rarity)
    missing = _missing(claim, sentence, pairs, unmatched - from_context, headed, reverse)
    if heading and not any(place in pairs or place in from_context for place in heading):
        missing.append("heading")
    is_borrowed = any(place >= headed for place in borrowed)
    return Comparison(
        coverage,
        reverse,
        tuple(missing),
        tuple(conflicts),
        is_borrowed,
        _in_order(claim, sentence),
        _ordered(claim, pairs),
    )


def is_formula(claim: Reading) -> bool:
    """Whether a claim is a formula and little else: it is compared by value, which is exact."""
    return bool(claim.formulas) and _beside_formulas(claim) <= FORMULA_WORDS


def _in_order(claim: Reading, sentence: Reading) -> bool:
    """Whether the claim's stems and numbers are the sentence's, or a row of them."""
    if [one.value for one in claim.quantities] != [one.value for one in sentence.quantities]:
        return False
    stems = iter([word.stem for word in sentence.words])
    idle = lexicon(claim.language).function
    return all(word.stem in stems for word in claim.words if word.stem not in idle and not word.counted)


def _ordered(claim: Reading, pairs: dict[int, int]) -> bool:
    """Whether the content words that both share stand in the same order in both."""
    places = [pairs[at] for at in sorted(pairs) if not claim.words[at].light and not claim.words[at].counted]
    return all(before <= after for before, after in pairwise(places))


def _rivalled(word: Word, sentence: Reading) -> bool:
    """Whether the sentence names another member of the word's set of opposites."""
    mine = word.contrast
    return mine is not None and any(
        other.contrast and other.contrast[0] == mine[0] and other.contrast != mine for other in sentence.words
    )


def _in_parts(word: Word, sentence: Reading) -> bool:
    return bool(word.parts) and all(part & sentence.keys for part in word.parts)


def _weight(word: Word, rarity: Rarity) -> float:
    return 0.0 if word.light or word.counted else rarity(word.stem)


def _align(claim: Sequence[Word], sentence: Sequence[Word]) -> tuple[dict[int, int], set[int]]:
    """Claim word -> sentence word by shared keys, each once where it can be; and the words without a partner."""
    pairs: dict[int, int] = {}
    used: set[int] = set()
    unmatched: set[int] = set()
    said = frozenset().union(*(word.keys for word in sentence))
    for place, word in enumerate(claim):
        same = [] if word.keys.isdisjoint(said) else [
            other for other, seen in enumerate(sentence) if not word.keys.isdisjoint(seen.keys)
        ]  # fmt: skip
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
    claimed = frozenset().union(*(word.keys for word in claim.words))
    for word in sentence.words:
        weight = _weight(word, rarity)
        total += weight
        said += 0.0 if word.keys.isdisjoint(claimed) else weight
    return said / total if total else 0.0


def _missing(
    claim: Reading, sentence: Reading, pairs: dict[int, int], unmatched: set[int], headed: int, reverse: float
) -> list[str]:
    """What may not be passed over: what the claim opens with (its subject), names, opposites, denials, quantities,
    universals, and likely substitutions."""
    content = [place for place, word in enumerate(claim.words) if not word.light and not word.counted]
    own = [place for place in content if place >= headed]
    opening = [] if headed else content[:1]
    missing = [
        claim.words[place].stem for place in sorted(unmatched) if place >= headed
        if place in opening or claim.words[place].name or claim.words[place].contrast or claim.words[place].negated
        or _substituted(place, claim, sentence, pairs)
    ]  # fmt: skip
    missing.extend(untold_numbers(claim, sentence))
    for group in ("universals", "universals twice", "exclusives", "nevers", "causes"):
        if group in claim.marks and group not in sentence.marks:
            missing.append(group)
    if "partials" in sentence.marks and not claim.marks & {"partials", "hedges"}:
        missing.append("partials")
    if "hedges" in sentence.marks and "universals" in claim.marks and "hedges" not in claim.marks:
        missing.append("hedges")
    stated = {direction for direction, _ in sentence.directions}
    missing.extend(
        direction for direction, _ in claim.directions if direction not in stated and direction not in _COMMON
    )
    if _inverted(claim, pairs):
        missing.append("order")
    if claim.marks >= SEQUENCE and not (sentence.marks & {*SEQUENCE, "steps"} or sentence.directions):
        missing.append(UNORDERED)
    if roles_in_doubt(claim, sentence):
        missing.append("roles")
    telling = [place for place in content if not _denies(claim.words[place], claim.language)]
    if len(telling) + len(claim.quantities) < LEAST:
        missing.append(TOO_LITTLE)
    if len(content) <= SHORT and reverse < MOSTLY_SAME and _scattered(own, pairs, sentence):
        missing.append("nearness")
    return missing


def _denies(word: Word, language: str) -> bool:
    return (word.stem,) in lexicon(language).phrases["negations"]


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


def _beside_formulas(claim: Reading) -> int:
    """Its content words that are in no formula: "With d_ff = 4096 the BLEU was 36.2" says more than one."""
    own = {stem(word, claim.language) for formula in claim.formulas for word in words(plain(f"${formula}$"))}
    return sum(not word.light and not word.counted and word.stem not in own for word in claim.words)


def _compare_formulas(claim: Reading, sentence: Reading) -> Comparison:
    """A formula is said when the same tree stands there; another right-hand side for the same left is a conflict."""
    for mine in claim.formulas:
        for theirs in sentence.formulas:
            if same_formula(mine, theirs):
                return Comparison(1.0, 1.0, (), (), in_order=True, ordered=True)
    for mine in claim.formulas:
        for theirs in sentence.formulas:
            left, right = parse_formula(mine), parse_formula(theirs)
            if isinstance(left, tuple) and isinstance(right, tuple) and left[:2] == right[:2] and left[0] == "=":
                return Comparison(1.0, 1.0, ("formula",), (("formula", mine, theirs),))
    return Comparison(0.0, 0.0, ("formula",), ())
