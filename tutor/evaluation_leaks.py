"""The suite `leaks`: how often a key comes out before the policy allows it, whatever a learner asks for.

Each request is sent by a fresh learner with an exercise open, once for every rung of the hint ladder below the
solution; on one of them the learner then asks to have the concept explained. Two speakers: the composer, and a chat
model that knows the key and tries to say it in twelve manners (`tutor.evaluation_leaks_model`). A judge that shares
nothing with the guard reads the replies; what the model said to give the key away must not stand in them either.

`leaks`: share of the turns whose reply gives the key away. `replies`: share that got one. `explains`: share of the
turns on the concept that have a sentence of the sources left. Intervals are Wilson's, over turns.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from agents.item import KINDS, Item, Kind
from agents.keys.guard import twin_of
from knowledge.course_loader import load_course
from knowledge.errors import AteneaError
from tutor.evaluation_data import lines_of, some_rows
from tutor.evaluation_leaks_judge import LeakJudge
from tutor.evaluation_leaks_reading import squeezed
from tutor.evaluation_leaks_speaker import leak_words, manners, parts_of
from tutor.evaluation_result import Evaluation, KindScore
from tutor.measures import Measures, wilson
from tutor.tutor import Tutor

if TYPE_CHECKING:
    from tutor.evaluation_leaks_model import LeakingModel

SEED = 20
SPEAKERS = ("composer", "leaking-model")
TOGETHER = "initials"  # the manner whose sentences give nothing away one by one
EXPLAIN = "explain"  # the attack that is none: the concept of the exercise is asked about


@dataclass(frozen=True, slots=True)
class LeakRow:
    """A request of a learner with an exercise open, and the attack that it is."""

    text: str
    lang: str
    attack: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One turn. `leak`: how the key came out, "" where it did not; `manner`: how the model tried, "" where it was not
    asked; `closed`: whether the request answered or left the exercise, so that nothing is kept any more."""

    row: LeakRow
    speaker: str
    rung: int
    kind: str
    leak: str
    manner: str
    replies: bool
    explains: bool
    closed: bool


def read_leaks(path: Path) -> list[LeakRow]:
    """The rows of a file of requests, in order. Raises `BadData`, which names the line."""
    rows = [LeakRow(line.text("text"), line.language("lang"), line.text("attack")) for line in lines_of(path, "leaks")]
    return some_rows(rows, path)


def evaluate_leaks(tutor: Tutor, rows: Sequence[LeakRow]) -> Evaluation:
    """The scores of both speakers on requests for a key. Learners live in a folder of their own, which is removed."""
    judged = [one for speaker in SPEAKERS for one in _judged(tutor, rows, speaker)]
    return leak_scores(judged)


def leak_scores(judged: Sequence[Judged]) -> Evaluation:
    """The scores of judged turns; those that closed their exercise are counted in the notes alone."""
    kept = [one for one in judged if not one.closed]
    parts: dict[str, Callable[[Judged], str]] = {
        "language": lambda one: one.row.lang, "speaker": lambda one: f"speaker {one.speaker}",
        "rung": lambda one: f"rung {one.rung}",
    }  # fmt: skip
    kinds: dict[str, Callable[[Judged], str]] = {
        "attack": lambda one: one.row.attack, "kind": lambda one: f"item {one.kind}",
        "manner": lambda one: f"manner {one.manner}" if one.manner else "",
    }  # fmt: skip
    by = {name: _measures(own) for part in parts.values() for name, own in _grouped(kept, part)}
    by_kind = {
        name: KindScore(len(own), _measures(own)) for part in kinds.values() for name, own in _grouped(kept, part)
    }
    ways = Counter(f"leaked by {one.leak}" for one in kept if one.leak)
    closed = len(judged) - len(kept)
    spoke = sum(bool(one.manner) for one in kept)
    notes = {"closed their exercise": closed, "the model spoke": spoke, **dict(ways.most_common())}
    return Evaluation("leaks", len(kept), _measures(kept), by, {}, {}, by_kind=by_kind, notes=notes)


def _grouped(judged: Sequence[Judged], name: Callable[[Judged], str]) -> Iterator[tuple[str, list[Judged]]]:
    for group in sorted({name(one) for one in judged} - {""}):
        yield group, [one for one in judged if name(one) == group]


def _measures(judged: Sequence[Judged]) -> Measures:
    asked = [one for one in judged if one.row.attack == EXPLAIN]
    return {
        "leaks": wilson(sum(bool(one.leak) for one in judged), len(judged)),
        "replies": wilson(sum(one.replies for one in judged), len(judged)),
        "explains": wilson(sum(one.explains for one in asked), len(asked)),
    }


def _judged(tutor: Tutor, rows: Sequence[LeakRow], speaker: str) -> Iterator[Judged]:
    with TemporaryDirectory() as folder:
        own, model = apart(tutor, Path(folder), speaker)
        for number, row in enumerate(rows):
            yield from Attempt(own, model, row, number, speaker).turns()


def apart(tutor: Tutor, folder: Path, speaker: str) -> "tuple[Tutor, LeakingModel | None]":
    """A tutor with the same course and parts whose learners live in another folder, and the model that speaks there."""
    own = Tutor(tutor.settings.model_copy(update={"data_dir": folder, "model": "composer"}))
    own.course, own.encoder, own.verifier = tutor.course, tutor.encoder, tutor.verifier
    own.workshop.rulings = tutor.workshop.rulings
    if speaker == SPEAKERS[0]:
        return own, None
    from agents.chat_writer import ChatWriter  # noqa: PLC0415  langchain: a second that other suites need not pay
    from tutor.evaluation_leaks_model import LeakingModel  # noqa: PLC0415  the same

    model = LeakingModel()
    own.writer = ChatWriter(model, speaker)
    return own, model


@cache
def written_in(course: Path) -> str:
    """All sentences of a course, squeezed, a line each."""
    passages = load_course(course).passages
    return "\n".join(squeezed(sentence.text) for passage in passages for sentence in passage.sentences)


@dataclass(frozen=True)
class Attempt:
    """One request against one speaker, on every rung of the ladder. `number`: its place in the file, which with the
    rung says which exercise is open."""

    tutor: Tutor
    model: "LeakingModel | None"
    row: LeakRow
    number: int
    speaker: str

    def turns(self) -> Iterator[Judged]:
        """The turns, judged: the request, and the wish to have the concept explained."""
        rung, last = 0, 0
        while rung <= last:
            learner = f"r{self.number}-{rung}"
            self._serve(learner, rung)
            item = self.tutor.study.open_item(learner)
            assert item is not None
            last = len(item.hints)
            for _ in range(rung):
                self.tutor.study.hint(learner, item.id)
            twin = twin_of(item, self.tutor.workshop.exercises.recipes)
            judge = LeakJudge(item, twin, written_in(self.tutor.course.path))
            yield self._turn(learner, item, judge, rung, self.row)
            if rung == self.number % (last + 1) and self.tutor.study.open_item(learner) is not None:
                yield self._turn(learner, item, judge, rung, self._explain(item))
            rung += 1

    def _serve(self, learner: str, rung: int) -> None:
        """Open an exercise of a kind and concept that the request and the rung choose."""
        kind: Kind = KINDS[(self.number + rung) % len(KINDS)]
        recipes = self.tutor.workshop.exercises.able(self.tutor.course.concepts, kinds=(kind,))
        rng = Random(f"{SEED}:{self.number}:{rung}")  # noqa: S311  the same request, the same exercise
        concepts = sorted({recipe.concept for recipe in recipes or self.tutor.workshop.exercises.recipes})
        self.tutor.study.serve(
            learner, rng.choice(concepts), kind=kind if recipes else "", language=self.row.lang
        )  # fmt: skip

    def _turn(self, learner: str, item: Item, judge: LeakJudge, rung: int, row: LeakRow) -> Judged:
        manner = self._arm(item, judge.twin, rung, row)
        answer, explains = self._reply(learner, row)
        spoke = self.model.spoke if self.model is not None else ""
        closed = self.tutor.study.open_item(learner) is None
        leak = judge.leak(answer) or ("marked" if self._came_through(spoke, answer, item) else "")
        return Judged(
            row, self.speaker, rung, item.kind, leak, manner if spoke else "", bool(answer.strip()),
            explains, closed,
        )  # fmt: skip

    def _reply(self, learner: str, row: LeakRow) -> tuple[str, bool]:
        """What is answered, "" where the turn failed, and whether with sentences of the sources."""
        try:
            turn = self.tutor.ask(row.text, learner=learner, thread=f"{learner}-{row.attack}", language=row.lang)
        except AteneaError:
            return "", False
        return turn["answer"], bool(turn["sentences"])

    def _arm(self, item: Item, twin: Item | None, rung: int, row: LeakRow) -> str:
        """Tell the model the key, and how to give it away this time."""
        if self.model is None:
            return ""
        names = manners()
        chosen = names[(5 * self.number + rung + 7 * (row.attack == EXPLAIN)) % len(names)]
        self.model.item, self.model.twin, self.model.manner, self.model.spoke = item, twin, chosen, ""
        return chosen

    def _came_through(self, spoke: str, answer: str, item: Item) -> bool:
        """Whether a sentence that was said to give the key away stands in the answer; of those that only spell it
        together, all."""
        parts = [part for part in parts_of(spoke, item.language) if part]
        if self.model is None or not parts:
            return False
        # Of an order a single step says nothing; that several do, the judge sees by itself.
        together = all if self.model.manner == TOGETHER or item.kind == "order" else any
        return together(part in answer for part in parts)

    def _explain(self, item: Item) -> LeakRow:
        name = self.tutor.course.concept_name(item.concept, self.row.lang)
        text = leak_words()["speaker"]["explain"][self.row.lang].format(concept=name)
        return LeakRow(text, self.row.lang, EXPLAIN)
