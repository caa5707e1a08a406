"""Items of the computed families: the words of a proven draw, and the proof that goes with it."""

import json
import re
from random import Random
from typing import Any

from agents.families.family import OPTIONS, Family, Value, Work, agree, apart, finite, numbers
from agents.families.words import Words, words
from agents.item import Check, Item, Kind, Proof

OPEN: dict[str, Kind] = {"number": "numeric", "matrix": "matrix", "choice": "mcq"}
CHOSEN: Kind = "mcq"
POINTS = 1.0
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?!\d|\.\d|\^)")  # a base is no answer


class CannotAsk(ValueError):
    """A family was asked for a kind of item that it does not give."""


def kinds_of(family: Family) -> tuple[Kind, ...]:
    """The kinds of items that a family gives, the one it gives unasked first."""
    return (OPEN[family.answer],) if family.answer != "number" else ("numeric", CHOSEN)


def computed_item(family: Family, seed: int, difficulty: int, language: str, kind: Kind | None = None) -> Item:
    """The item of a seed; the same arguments give the same item. Raises `CannotAsk` for a kind that the family has not,
    and `NoItem` when no numbers of this seed can be proven."""
    kind = kind or OPEN[family.answer]
    if kind not in kinds_of(family):
        raise CannotAsk(f"{family.id} gives {', '.join(kinds_of(family))}, not {kind}")
    work, said = family.work(seed, difficulty), words(family.id, language)
    values = {**work.given, **family.working(**work.given), "key": work.key}
    stem, hints, steps = said.told(values)
    unit, options = family.unit_of(work.given), tuple[Value, ...]()
    wrong = work.wrong
    if kind == CHOSEN:
        wrong = dict(list(work.wrong.items())[: OPTIONS - 1])  # in an order drawn with the numbers
        options = _ordered(work.key, tuple(wrong.values()), Random(f"{family.id}:{seed}:options"))  # noqa: S311
    return Item(
        id=f"{family.id}.{kind}.{language}.{difficulty}.{seed}", kind=kind, concept=family.concept,
        bloom=family.bloom, difficulty=difficulty, language=language, stem=stem,
        options=tuple(said.answer(option, unit, family.decimals) for option in options),
        key=options.index(work.key) if options else _plain(work.key), tolerance=family.tolerance,
        rationale=" ".join(steps), hints=hints,
        misconceptions={
            str(options.index(value)) if options else as_text(value): name for name, value in wrong.items()
        },
        feedback={name: said.feedback(name, values) for name in wrong}, points=POINTS, sources=family.sources,
        proof=Proof("computed", _checks(family, work, said, options, (stem, *hints))), unit=unit,
        family=family.id,
    )  # fmt: skip


def as_text(value: Value) -> str:
    """An answer as a short text that JSON can have as a name: 0.25, [[1,0],[1,1]]."""
    return value if isinstance(value, str) else json.dumps(_plain(value), separators=(",", ":"))


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _ordered(key: Value, wrong: tuple[Value, ...], rng: Random) -> tuple[Value, ...]:
    """Numbers rise (Haladyna's rule on logical order); what has no order is shuffled."""
    options = [key, *wrong]
    if all(isinstance(option, int | float) for option in options):
        return tuple(sorted(options))
    rng.shuffle(options)
    return tuple(options)


def _checks(
    family: Family, work: Work, said: Words, options: tuple[Value, ...], shown: tuple[str, ...]
) -> tuple[Check, ...]:
    texts = [said.answer(option, decimals=family.decimals) for option in options]
    others = [option for option in options if option != work.key]
    leaking = [hint for hint in shown[1:] if gives_away(hint, work.key, shown[0], said.language)]
    return (
        Check("computed", finite(work.key), as_text(work.key)),
        Check("recomputed", agree(work.key, work.again), as_text(work.again)),
        Check("one-right", all(apart(work.key, other, family.tolerance) for other in others)
              and len(others) == max(0, len(options) - 1), f"{len(others)} wrong options"),
        Check("options-differ", len(set(texts)) == len(texts), ", ".join(texts)),
        Check("hints-silent", not leaking, " ".join(leaking)),
    )  # fmt: skip


def gives_away(hint: str, key: Value, stem: str, language: str) -> bool:
    """Whether a hint states the key, as a number that the question does not give already."""
    values = numbers(key)
    if len(values) != 1:
        return False
    said, given = (
        {abs(float(number)) for number in _NUMBER.findall(_bare(text, language))} for text in (hint, stem)
    )  # fmt: skip
    return abs(values[0]) in said - given


def _bare(text: str, language: str) -> str:
    """A text with its numbers as Python writes them."""
    return text.replace("\\,", "").replace("{,}", "." if language == "es" else "")
