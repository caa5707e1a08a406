"""Items from the authored questions of a course: multiple choice, several right answers, an order, a match, a short
answer. The seed chooses the order of the options, and which distractors are shown where there are more than needed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any, cast

from agents.grounding import Rule, grounding_checks
from agents.item import Bloom, Item, Kind, Proof
from agents.item_rules import rule_checks
from agents.item_text import amount
from agents.recipe import Recipe
from knowledge.course import Course
from knowledge.messages import LANGUAGES
from knowledge.question import PLACE, Question, Wording

MOST_WRONG = 3  # distractors shown beside one right answer
DRAWS = 12  # orders and choices of distractors, until one breaks no rule in either language


def authored_recipes(course: Course, rule: Rule) -> Iterator[Recipe]:
    """A recipe for each authored question, in the order of the course."""
    for question in course.bank:
        yield Recipe(
            f"question:{question.id}", question.concept, cast("Kind", question.kind), cast("Bloom", question.bloom),
            (question.difficulty,), partial(_item, question, rule),
        )  # fmt: skip


def _item(question: Question, rule: Rule, seed: int, difficulty: int, language: str) -> Item:
    rng = Random(f"{question.id}:{seed}")  # noqa: S311  the same seed gives the same item
    for _ in range(DRAWS):
        order = _drawn(question, rng)
        both = {one: _worded(question, order, (seed, difficulty, one)) for one in LANGUAGES}
        if all(check.ok for item in both.values() for check in rule_checks(item)):
            break
    item = both[language]
    return replace(item, proof=Proof("grounded", grounding_checks(item, rule)))


def _drawn(question: Question, rng: Random) -> list[int]:
    """Which answers are shown, and in which order: indices into the right ones and, behind them, the wrong ones."""
    wording = next(iter(question.wordings.values()))
    right, wrong = len(wording.right), len(wording.wrong)
    shown = rng.sample(range(wrong), min(wrong, MOST_WRONG)) if question.kind == "mcq" else list(range(wrong))
    order = [*range(right), *(right + place for place in sorted(shown))]
    rng.shuffle(order)
    if question.kind == "order" and order == sorted(order):  # a key "A, B, C" is no question
        order.reverse()
    return order


def _worded(question: Question, order: list[int], made: tuple[int, int, str]) -> Item:
    seed, difficulty, language = made
    wording = question.wordings[language]
    answers = (*wording.right, *wording.wrong)
    if question.kind in {"mcq", "multi"} and all(amount(answers[place], language) for place in order):
        order = sorted(order, key=lambda place: amount(answers[place], language).value)  # type: ignore[union-attr]
    options, key, claims = _asked(question.kind, wording, order)
    shown = {place: answer - len(wording.right) for place, answer in enumerate(order) if answer >= len(wording.right)}
    return Item(
        id=f"question:{question.id}.{question.kind}.{language}.{difficulty}.{seed}", kind=cast("Kind", question.kind),
        concept=question.concept, bloom=cast("Bloom", question.bloom), difficulty=difficulty, language=language,
        stem=_stem(wording), options=options, key=key, tolerance=0.0, rationale=wording.rationale, hints=wording.hints,
        misconceptions={str(place): _mistake(question, wrong) for place, wrong in shown.items()},
        feedback={_mistake(question, wrong): wording.feedback[wrong] for wrong in shown.values() if wording.feedback},
        points=1.0,
        sources=tuple(f"{source.key} {source.locator}".strip() for source in question.sources),
        proof=Proof("grounded", ()), family=f"question:{question.id}", claims=claims,
        accept={point: wordings for point, wordings in zip(wording.right, wording.accept, strict=False) if wordings}
        if question.kind == "short" else {},
    )  # fmt: skip


def _asked(kind: str, wording: Wording, order: Sequence[int]) -> tuple[tuple[str, ...], Any, tuple[str, ...]]:
    """(options, key, claims) of a question with its answers in this order."""
    if kind == "short":
        return (), list(wording.right), wording.claims
    answers = (*wording.right, *wording.wrong)
    options = tuple(answers[place] for place in order)
    places = [order.index(place) for place in range(len(wording.right))]
    if kind == "order":
        return options, places, wording.claims
    if kind == "match":
        pairs = zip(wording.lines, wording.right, strict=True)
        return options, places, tuple(_filled(wording.says, *pair) for pair in pairs)
    claims = tuple(_filled(wording.says, option) if wording.says else option for option in options)
    return options, places[0] if kind == "mcq" else sorted(places), claims


def _filled(says: str, *answers: str) -> str:
    """A sentence with the answers in its places, each without the stop that it may end with."""
    for answer in answers:
        says = says.replace(PLACE, answer.rstrip("."), 1)
    return says[:1].upper() + says[1:]


def _stem(wording: Wording) -> str:
    """The question, and of a match its lines, numbered."""
    lines = [f"{number}. {line}" for number, line in enumerate(wording.lines, start=1)]
    return "\n\n".join([wording.stem, "\n".join(lines)]) if lines else wording.stem


def _mistake(question: Question, wrong: int) -> str:
    """What a distractor shows: a misconception of the course, or a mistake of this question alone."""
    named = question.mistakes[wrong] if question.mistakes else ""
    return named or f"{question.id}/{wrong + 1}"
