"""What an answer must have of a required point: what the question does not give, but for words of little weight."""

from collections.abc import Sequence

from agents.short_against import Found, counted_by, is_idle
from agents.short_lexicon import is_axis, opposite, short_lexicon, soft_names
from agents.short_mention import NUMBER, Mention, Said
from agents.short_roles import is_given, sequences

HARD = 2.0  # weight of a mention that has opposites; others weigh 1
ALONE = 2  # things that a point demands where its subject may not be left out


def demands(point: Said, stem: Said) -> tuple[list[Mention], list[Mention]]:
    """(mentions of a point that the question gives, those that an answer must have)."""
    whole = [one for one in point.mentions if not one.inner]
    strong = [one for one in whole if not one.weak] or whole
    given = [one for one in strong if is_given(one, stem)]
    demanded = [one for one in strong if one not in given]
    if len(demanded) == 1 and not demanded[0].hard:  # one word says too little: what need not be said must be
        demanded += [one for one in whole if one.weak and not is_idle(one) and not is_given(one, stem)]
    if not demanded:
        given, demanded = [], strong
    # "Over the features, not over the batch" says over the features; "first A, then B, then C" says A, B, C.
    spare = [one for one in demanded if one.negated and any(_excluded(one, other) for other in demanded)]
    first = min((one.clause for one in demanded), default=0)
    spare.extend(one for one in demanded if one.negated and one.clause > first and _opens_denied(one, point))
    if sequences(point):
        markers = short_lexicon(point.language).phrases["markers"]
        spare.extend(one for one in demanded if (one.text.lower(),) in markers)
    return given, [one for one in demanded if one not in spare] or demanded


def _opens_denied(one: Mention, point: Said) -> bool:
    """Whether its clause begins with a denial: "..., not the batch" only says what the rest of the point excludes."""
    start = point.places.index(one.clause)
    opening = point.tokens[start : start + 2]
    return any(word in {"no", "not"} for word in opening)


def _excluded(negated: Mention, other: Mention) -> bool:
    return not other.negated and any(
        opposite(mine, theirs) and not is_axis(mine[0]) for mine in negated.keys for theirs in other.keys
    )


def goes_without(one: Mention, point: Said, demanded: Sequence[Mention], found: Found, answer: Said) -> bool:
    """Whether a mention is said with another: what a number counts with the bare number, growth with how it grows."""
    names = {name for name, _ in one.keys}
    if any(
        set(answer_keys) & names for answer_keys in [{name for name, _ in mention.keys} for mention in answer.mentions]
    ):
        return False  # something of its kind is said, the same or another
    for other in demanded:
        if other is one or not found[other]:
            continue
        if any(name == NUMBER for name, _ in other.keys) and counted_by(other, point) is one:
            return True
        if "size" in names and any(name == "complexity" for name, _ in other.keys) and ("size", 1) in one.keys:
            return True
    return False


def subject_of(point: Said, demanded: Sequence[Mention]) -> Mention | None:
    """What a point opens with, where an answer may leave it out: a thing of which more than one thing is said."""
    strong = sorted((one for one in point.mentions if not one.weak and not one.inner), key=lambda one: one.place)
    if len(demanded) <= ALONE or strong[0] not in demanded or strong[0].hard or strong[0].negated:
        return None
    return strong[0]


def is_needed(one: Mention) -> bool:
    """Whether it must be said: it has opposites, of a kind that is not passed over."""
    if one.name or one.formula:
        return True
    return one.hard and not all(
        name in soft_names() or name[0] in "~#" or name.startswith("w ") for name, _ in one.keys
    )


def share_of(part: Sequence[Mention], whole: Sequence[Mention]) -> float:
    """The share of the weight that a part has of the whole, 0..1; 0 of nothing."""
    total = sum(HARD if one.hard else 1.0 for one in whole)
    return sum(HARD if one.hard else 1.0 for one in part) / total if total else 0.0
