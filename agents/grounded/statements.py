"""Items from a course's statements and misconceptions: which is true, which are, true or false, with the reason, which
sentence is wrong.

Both languages get the same draw, and a draw is taken only where the items of both break no rule of item writing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any, Literal

from agents.grounded.words import said
from agents.grounding import Rule, grounding_checks
from agents.item import Bloom, Check, Item, Kind, Proof
from agents.item_rules import rule_checks
from agents.recipe import Recipe
from agents.rule_words import find
from knowledge.course import Course, Misconception, Statement, Texts
from knowledge.documents import Citation
from knowledge.messages import LANGUAGES
from knowledge.terms import WORD, fold

OPTIONS = 4
MOST_SEVERAL = 4  # recipes with several right options on a concept
DRAWS = 24  # until one breaks no rule
EASIEST, HARDEST = 1, 5
MOST_KEPT = 2_000  # draws that are kept for the other language

Kept = dict[tuple[str, int], dict[str, tuple[Item, tuple[Check, ...]]]]  # recipe, seed -> language -> item, rules


_SYMBOL = re.compile(r"\b[a-z]_[a-z]+\b")  # in the name of a concept


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of the course in both languages, and what it comes from."""

    text: Texts
    of: Statement | Misconception
    true: bool = True


@dataclass(frozen=True, slots=True)
class Draw:
    """What one draw asks. `stem`: a key of grounded.toml; `about`: the sentence that it names, if any."""

    stem: str
    options: tuple[Part, ...]
    right: tuple[int, ...]
    about: Part | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A way to ask. `harder`: how much harder its items are than the concept. `draw`: from chance alone."""

    kind: Kind
    bloom: Bloom
    harder: int
    draw: Callable[[Random], Draw]
    asks: Literal["true", "false"] = "true"


def statement_recipes(course: Course, rule: Rule) -> Iterator[Recipe]:
    """The recipes of a course's statements and misconceptions, in a fixed order."""
    kept: Kept = {}
    for concept in course.concepts.values():
        for name, form in _forms(course, concept.id):
            level = min(HARDEST, max(EASIEST, concept.difficulty + form.harder))
            make = partial(_item, course, rule, kept, name, concept.id, form)
            yield Recipe(name, concept.id, form.kind, form.bloom, (level,), make)


def _forms(course: Course, concept: str) -> Iterator[tuple[str, Form]]:
    """(name, form) of everything that can be asked about a concept."""
    statements = [one for one in course.statements if one.concept == concept]
    wrong = [one for one in course.misconceptions if concept in one.concepts and not one.partly_true]
    for one in statements:
        yield f"judge:{one.id}", Form("true_false", "understand", -1, partial(_judge, one))
        if len(wrong) >= OPTIONS - 1:
            yield f"true:{one.id}", Form("mcq", "understand", 0, partial(_which_true, one, wrong))
    for mistaken in wrong:
        if mistaken.concepts[0] != concept:
            continue
        yield f"judge-mistake:{mistaken.id}", Form("true_false", "understand", -1, partial(_judge, mistaken))
        yield f"justify:{mistaken.id}", Form("short", "evaluate", 1, partial(_justify, mistaken))
        if len(statements) >= OPTIONS - 1:
            yield f"error:{mistaken.id}", Form("mcq", "analyze", 1, partial(_find_error, mistaken, statements), "false")
    if len(wrong) >= 2:
        for number in range(min(MOST_SEVERAL, len(statements) // 2)):
            yield (
                f"several:{concept}.{number + 1}",
                Form("multi", "understand", 1, partial(_several, statements, wrong)),
            )


def _which_true(statement: Statement, wrong: Sequence[Misconception], rng: Random) -> Draw:
    return _shuffled("which-true", [_stated(statement, rng)], _believed(wrong, OPTIONS - 1, rng), rng)


def _several(statements: Sequence[Statement], wrong: Sequence[Misconception], rng: Random) -> Draw:
    true = [_stated(one, rng) for one in rng.sample(statements, rng.choice((2, min(3, len(statements)))))]
    return _shuffled("which-several", true, _believed(wrong, OPTIONS + 1 - len(true), rng), rng)


def _find_error(mistaken: Misconception, statements: Sequence[Statement], rng: Random) -> Draw:
    true = [_stated(one, rng) for one in rng.sample(statements, OPTIONS - 1)]
    return _shuffled("find-error", [_belief(mistaken)], true, rng)


def _judge(one: Statement | Misconception, rng: Random) -> Draw:
    part = _stated(one, rng) if isinstance(one, Statement) else _belief(one)
    return Draw("judge", (), (0 if part.true else 1,), part)


def _justify(mistaken: Misconception, rng: Random) -> Draw:  # noqa: ARG001  a form draws by chance, this one has none
    return Draw("justify", (), (), _belief(mistaken))


def _shuffled(stem: str, right: Sequence[Part], wrong: Sequence[Part], rng: Random) -> Draw:
    options = [*right, *wrong]
    rng.shuffle(options)
    return Draw(stem, tuple(options), tuple(sorted(options.index(part) for part in right)))


def _stated(statement: Statement, rng: Random, at: float | None = None) -> Part:
    """One wording in each language, the same of both where they have as many."""
    at = rng.random() if at is None else at
    return Part({name: texts[int(at * len(texts))] for name, texts in statement.wordings.items()}, statement)


def _belief(mistaken: Misconception) -> Part:
    return Part(mistaken.statement, mistaken, False)


def _believed(wrong: Sequence[Misconception], count: int, rng: Random) -> list[Part]:
    return [_belief(one) for one in rng.sample(wrong, min(count, len(wrong)))]


def _item(
    course: Course, rule: Rule, kept: Kept, name: str, concept: str, form: Form,
    seed: int, difficulty: int, language: str,
) -> Item:  # fmt: skip
    if (name, seed) not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[name, seed] = _drawn(course, name, concept, form, seed, difficulty)
    item, checks = kept[name, seed][language]
    return replace(item, proof=Proof("grounded", (*grounding_checks(item, rule), *checks)))


def _drawn(
    course: Course, name: str, concept: str, form: Form, seed: int, difficulty: int
) -> dict[str, tuple[Item, tuple[Check, ...]]]:  # fmt: skip
    """The first draw of a seed that breaks no rule in either language, or the last one; with what the rules say."""
    rng = Random(f"{name}:{seed}")  # noqa: S311  the same seed gives the same item
    for _ in range(DRAWS):
        draw, tone = form.draw(rng), rng.random()
        both = {}
        for language in LANGUAGES:
            item = _worded(course, name, concept, form, draw, tone, (seed, difficulty, language))
            both[language] = (item, rule_checks(item))
        if all(check.ok for _, checks in both.values() for check in checks):
            break
    return both


def _worded(
    course: Course, name: str, concept: str, form: Form, draw: Draw, tone: float, made: tuple[int, int, str]
) -> Item:
    seed, difficulty, language = made
    called = _SYMBOL.sub(r"$\g<0>$", course.concept_name(concept, language))
    about = draw.about.text[language] if draw.about else ""
    claims = tuple(part.text[language] for part in draw.options) or (about,)
    key: Any = list(draw.right) if form.kind == "multi" else next(iter(draw.right), None)
    if form.kind == "short" and draw.about and isinstance(draw.about.of, Misconception):
        claims = (draw.about.of.refutation[language],)
        key = list(claims)
    beliefs = {place: part.of for place, part in enumerate(draw.options)
               if isinstance(part.of, Misconception) and place not in draw.right}  # fmt: skip
    return Item(
        id=f"{name}.{form.kind}.{language}.{difficulty}.{seed}", kind=form.kind, concept=concept, bloom=form.bloom,
        difficulty=difficulty, language=language, stem=_stem(draw, called, tone, language),
        options=_options(draw, language), key=key, tolerance=0.0, rationale=_rationale(draw, form, language),
        hints=_hints(form, beliefs, called, language),
        misconceptions={str(place): one.id for place, one in beliefs.items()},
        feedback={one.id: said("feedback", language, why=one.why[language]) for one in beliefs.values()},
        points=1.0, sources=_sources(draw), proof=Proof("grounded", ()), family=name, claims=claims, asks=form.asks,
    )  # fmt: skip


def _stem(draw: Draw, concept: str, tone: float, language: str) -> str:
    about = draw.about.text[language] if draw.about else ""
    if draw.stem == "judge":
        about = _emphasised(about, language)
    return said(draw.stem, language, tone, concept=concept, statement=about)


def _emphasised(sentence: str, language: str) -> str:
    """The sentence with its negations in bold, as a statement to judge must have them."""
    return WORD.sub(
        lambda match: f"**{match[0]}**" if find("negations", [fold(match[0])], language) else match[0], sentence
    )


def _options(draw: Draw, language: str) -> tuple[str, ...]:
    verdicts = (said("true", language), said("false", language)) if draw.stem == "judge" else ()
    return tuple(part.text[language] for part in draw.options) or verdicts


def _rationale(draw: Draw, form: Form, language: str) -> str:
    """What the course says, and what is wrong with each misconception that was shown."""
    shown = [*draw.options, *([draw.about] if draw.about else [])]
    true = [] if form.asks == "false" else [part.text[language] for part in shown if part.true]
    wrong = {part.of.id: part for part in shown if isinstance(part.of, Misconception) and not part.true}
    return " ".join([
        *(said("rests-on", language, quote=text) for text in dict.fromkeys(true)),
        *(
            said("is-wrong", language, statement=part.text[language], refutation=part.of.refutation[language])
            for part in wrong.values() if isinstance(part.of, Misconception)
        ),
    ])  # fmt: skip


def _hints(form: Form, beliefs: dict[int, Misconception], concept: str, language: str) -> tuple[str, ...]:
    if form.kind in {"true_false", "short"} or form.asks == "false":
        return said("hint-words", language), said("hint-course", language, concept=concept)
    first = said("hint-several" if form.kind == "multi" else "hint-options", language, concept=concept)
    tempting = next(iter(beliefs.values()))
    return first, said("hint-tempting", language, why=tempting.why[language])


def _sources(draw: Draw) -> tuple[str, ...]:
    """The references of what the right answer rests on."""
    parts = [draw.about] if draw.about else [draw.options[place] for place in draw.right]
    cited: list[Citation] = [source for part in parts for source in part.of.sources]
    return tuple(dict.fromkeys(f"{source.key} {source.locator}".strip() for source in cited))
