"""Items that a chat model drafts: believed in nothing, they pass the same gate as all others, and blind solves besides.

The model gets statements and misconceptions of the course and answers in a schema. What it drafts is proven by the
gate; then it is asked the question itself several times, the options in another order each time and the key not shown.
One wrong answer, or none that can be read, rejects the item: its question does not determine its key.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Annotated

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.chat_calls import call_config
from agents.chat_prompts import chat
from agents.chat_structured import structured
from agents.cue_rules import told
from agents.errors import NoExercise
from agents.gate import Gate
from agents.grade_options import LETTERS
from agents.item import Bloom, Check, Item, Proof
from agents.item_text import amount
from agents.prompting import as_data, blocks, spoken, unlinked
from knowledge.course import Course
from knowledge.documents import digest

ATTEMPTS = 4  # drafts before giving up
SOLVES = 3
MOST_CHARACTERS = 8_000  # of one solution; a model that never stops is stopped
MOST_STATEMENTS, MOST_MISTAKES = 12, 8  # that a prompt holds
_LETTER = re.compile(r"[\W_]*(?:(?i:answer|respuesta)\W+)?([A-J0])(?:\W|$)")
# Somewhat longer than the longest of the course's own: what has no bound may never end.
_Stem = Annotated[str, Field(min_length=1, max_length=300)]
_Claim = Annotated[str, Field(min_length=1, max_length=200)]
_Short = Annotated[str, Field(min_length=1, max_length=160)]


class _Option(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: _Short
    claim: _Claim
    right: bool


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stem: _Stem
    options: Annotated[list[_Option], Field(min_length=3, max_length=5)]
    rationale: _Stem
    hints: Annotated[list[_Short], Field(min_length=1, max_length=4)]

    @model_validator(mode="after")
    def _one_right(self) -> "_Draft":
        if sum(option.right for option in self.options) != 1:
            raise ValueError("exactly one option must be right")
        return self


@dataclass(frozen=True, slots=True)
class Drafted:
    """A delivered item, and why the drafts before it were not: name of what failed -> how often."""

    item: Item
    rejected: dict[str, int]


class Drafter:
    """Drafts with a chat model."""

    def __init__(self, model: BaseChatModel, course: Course, gate: Gate) -> None:
        self.model = model
        self.course = course
        self.gate = gate

    def draft(self, concept: str, *, bloom: Bloom, difficulty: int, seed: int, language: str) -> Drafted:
        """An item on a concept (its id) that holds. Raises `NoExercise` where no draft does, with the reasons
        (its `counts`: name of what failed -> how often), and `BadModel` where the model fails."""
        rng = Random(f"{concept}:{seed}:{language}")  # noqa: S311  orders, no secret
        statements, mistakes = self._material(concept, language, rng)
        rejected: Counter[str] = Counter()
        for _ in range(ATTEMPTS):
            draft = self._asked(concept, statements, mistakes, bloom, difficulty, language)
            if draft is None:
                rejected["unreadable"] += 1
                continue
            item = self.gate.proved(self._item(draft, concept, bloom, difficulty, language, rng))
            failed = [check.name for check in (*item.proof.checks, *_silent(item)) if not check.ok]
            if failed or not item.proof.checks:
                rejected[failed[0] if failed else "unproven"] += 1
                continue
            solved = self._solved(item, statements, rng)
            if not solved.ok:
                rejected[solved.name] += 1
                continue
            proof = Proof(item.proof.method, (*item.proof.checks, *_silent(item), solved))
            place = self.gate.rule(item.claims[item.key], language).place
            return Drafted(replace(item, proof=proof, sources=(place,) if place else ()), dict(rejected))
        reasons = ", ".join(f"{name} {count}" for name, count in rejected.most_common())
        raise NoExercise("no-draft", concept=concept, reasons=reasons, counts=dict(rejected))

    def _material(self, concept: str, language: str, rng: Random) -> tuple[list[str], list[str]]:
        """Statements and mistakes of a concept, as the prompt holds them."""
        statements = [one.wordings[language][0] for one in self.course.statements if one.concept == concept]
        mistakes = [
            one.statement[language] for one in self.course.misconceptions
            if concept in one.concepts and not one.partly_true
        ]  # fmt: skip
        return (
            rng.sample(statements, min(MOST_STATEMENTS, len(statements))),
            rng.sample(mistakes, min(MOST_MISTAKES, len(mistakes))),
        )

    def _asked(
        self, concept: str, statements: Sequence[str], mistakes: Sequence[str], bloom: Bloom, difficulty: int,
        language: str,
    ) -> _Draft | None:  # fmt: skip
        """The model's draft; None where neither it nor its one repair can be read."""
        asked = blocks(
            "drafter", language, concept=self.course.concept_name(concept, language), bloom=bloom,
            difficulty=difficulty, statements=[as_data(one) for one in statements],
            mistakes=[as_data(one) for one in mistakes],
        )  # fmt: skip
        return structured(self.model, _Draft, asked, language, "drafter")

    def _item(
        self, draft: _Draft, concept: str, bloom: Bloom, difficulty: int, language: str, rng: Random
    ) -> Item:  # fmt: skip
        options = rng.sample(draft.options, len(draft.options))
        values = [amount(option.text, language) for option in options]
        if all(values):  # numbers rise
            options.sort(key=lambda option: amount(option.text, language).value)  # type: ignore[union-attr]
        name = digest(draft.stem, *(option.text for option in draft.options))
        right = [option.right for option in options].index(True)
        beliefs = {one.statement[language].rstrip("."): one for one in self.course.misconceptions}
        known = {str(place): belief for place, option in enumerate(options)
                 if (belief := beliefs.get(option.claim.rstrip(".")))}  # fmt: skip
        return Item(
            id=f"draft:{concept}.mcq.{language}.{difficulty}.{name}", kind="mcq", concept=concept, bloom=bloom,
            difficulty=difficulty, language=language, stem=draft.stem,
            options=tuple(option.text for option in options), key=right, tolerance=0.0, rationale=draft.rationale,
            hints=tuple(draft.hints), misconceptions={place: belief.id for place, belief in known.items()},
            feedback={belief.id: belief.why[language] for belief in known.values()}, points=1.0, sources=(),
            proof=Proof("grounded", ()), family=f"draft:{concept}", claims=tuple(option.claim for option in options),
        )  # fmt: skip

    def _solved(self, item: Item, statements: Sequence[str], rng: Random) -> Check:
        """Whether the model, which is not shown the key, chooses it each time."""
        chosen = []
        for _ in range(SOLVES):
            order = rng.sample(range(len(item.options)), len(item.options))
            shown = [as_data(item.options[place]) for place in order]
            options = [{"letter": letter, "text": text} for letter, text in zip(LETTERS, shown, strict=False)]
            asked = chat(
                "solver", item.language, statements=[as_data(one) for one in statements], stem=as_data(item.stem),
                options=options,
            )  # fmt: skip
            letter = _LETTER.match(self._answer(asked, item.language))
            place = LETTERS.find(letter[1]) if letter else -1
            chosen.append(order[place] if 0 <= place < len(order) else -1)
        said = ", ".join(item.options[place] if place >= 0 else "?" for place in chosen)
        return Check("blind-solves", chosen == [item.key] * SOLVES, said)

    def _answer(self, asked: list[BaseMessage], language: str) -> str:
        heard = ""
        for chunk in self.model.stream(asked, config=call_config("solver", language)):
            heard += str(chunk.content)
            if len(heard) > MOST_CHARACTERS:
                break
        return spoken(heard).strip()


def _silent(item: Item) -> tuple[Check, ...]:
    """The hints do not hold the words of the key, and nothing in the item reaches out of the page."""
    key = item.options[item.key]
    leaking = [hint for hint in item.hints if told(key, hint, item.language)]
    texts = (item.stem, *item.options, item.rationale, *item.hints)
    linked = [text for text in texts if unlinked(text) != text.strip()]
    return (Check("hints-silent", not leaking, " ".join(leaking)), Check("no-links", not linked, " ".join(linked)))
