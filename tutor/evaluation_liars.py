"""The suite `liars`: what comes through of a model that mixes true sentences with subtly false ones.

Every row is a sentence about a concept of the course, true in other words or false by one change. A scripted model says
it in a turn in which that concept is asked about, its source among the evidence: the explainer verifies it, and it
passes, is replaced by a sentence of the evidence, or is dropped. A sentence of which any part passes has passed.

`true_passed`, `false_passed`: shares of the true and of the false sentences that reached the reader. `true_rewritten`,
`false_rewritten`: shares that a sentence of the evidence took the place of. `passed_true`: of what passed, the share
that is true. Intervals are Wilson's. The second half, a model of random weights, is in `tutor.evaluation_liars_noise`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from agents.evidence import MAX_PASSAGES, Pack
from agents.explainer import Explainer, Tally
from agents.plan import Memory, Plan
from knowledge.corpus import Corpus
from knowledge.messages import LANGUAGES
from knowledge.sentences import split_sentences
from tutor.evaluation_data import Line, lines_of, some_rows
from tutor.evaluation_leaks_speaker import leak_words
from tutor.evaluation_result import Evaluation, KindScore
from tutor.measures import Measures, wilson
from tutor.parts import Parts
from tutor.tutor import Tutor

Change = Literal[
    "number", "negation", "roles", "opposite", "order", "quantifier", "cause", "invented-citation", "name"
]  # fmt: skip
CHANGES: tuple[Change, ...] = get_args(Change)
TRUE, FALSE = "true", "false"
Outcome = Literal["passed", "rewritten", "dropped"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
SPEAKER = "liar"
LEVEL = "intermediate"


@dataclass(frozen=True, slots=True)
class LiarRow:
    """A sentence and whether it is true. `change`: what makes it false, "" of a true one; `source`: id of the passage
    with the course's sentence that it was made from."""

    text: str
    lang: str
    true: bool
    change: str
    concept: str
    source: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a sentence; `shown`: what the reader saw in its place, or of it, "" for nothing."""

    row: LiarRow
    outcome: Outcome
    shown: str


def read_liars(path: Path, corpus: Corpus) -> list[LiarRow]:
    """The rows of a file, in order. Raises `BadData`, which names the line: also where the change is none of `CHANGES`,
    a true sentence has one, the course has no such concept, or the source is no passage of the corpus."""
    return some_rows([_row(line, corpus) for line in lines_of(path, "liars")], path)


def _row(line: Line, corpus: Corpus) -> LiarRow:
    label, change = line.label(), line.row.get("change", "")
    if label not in (TRUE, FALSE):
        raise line.fault("label", "true | false")
    if change not in (CHANGES if label == FALSE else ("",)):
        raise line.fault("change", " | ".join(CHANGES))
    concept, source = line.text("concept"), line.text("source")
    if corpus.course is None or concept not in corpus.course.concepts:
        raise line.fault("concept", "id of a concept of the course")
    if corpus.passage(source) is None:
        raise line.fault("source", "id of a passage")
    return LiarRow(line.text("text"), line.language("lang"), label == TRUE, str(change), concept, source)


def evaluate_liars(tutor: Tutor, rows: Sequence[LiarRow]) -> dict[str, Any]:
    """The scores as JSON, and under `false_passed` the false sentences that passed, with what was shown of them."""
    heard = list(hear(tutor.parts(), rows))
    through = [
        {"text": one.row.text, "lang": one.row.lang, "change": one.row.change, "source": one.row.source,
         "shown": one.shown}
        for one in heard if not one.row.true and one.outcome == "passed"
    ]  # fmt: skip
    return {**liar_scores(heard).to_json(), "false_passed": through}


def hear(parts: Parts, rows: Sequence[LiarRow]) -> Iterator[Heard]:
    """What becomes of each sentence, in order."""
    turns: dict[tuple[str, str], tuple[Plan, Pack]] = {}
    for row in rows:
        about = (row.concept, row.lang)
        if about not in turns:
            turns[about] = _turn(parts, *about)
        yield _heard(parts, row, *turns[about])


def _turn(parts: Parts, concept: str, language: str) -> tuple[Plan, Pack]:
    """The plan and the evidence of a turn in which a concept is asked about."""
    assert parts.corpus.course is not None
    name = parts.corpus.course.concept_name(concept, language)
    asked = leak_words()["speaker"]["explain"][language].format(concept=name)
    memory = Memory(language, LEVEL)
    plan = parts.planner.plan(asked, language, LEVEL, memory)
    return plan, parts.gatherer.gather(plan, memory)


def _heard(parts: Parts, row: LiarRow, plan: Plan, pack: Pack) -> Heard:
    from agents.chat_model import ScriptedChatModel  # noqa: PLC0415  langchain: a second that others need not pay
    from agents.chat_writer import ChatWriter  # noqa: PLC0415  the same

    source = parts.corpus.passage(row.source)
    assert source is not None
    others = [passage for passage in pack.passages if passage.id != source.id]
    shown = Pack((source, *others[: MAX_PASSAGES - 1]))
    writer = ChatWriter(ScriptedChatModel(script=[f"{row.text} [1]"]), SPEAKER)
    tally, said = Tally(), list[str]()
    pieces = split_sentences(row.text, row.lang)
    explainer = Explainer(parts.corpus.checker, writer)
    for spoken in explainer.explain(plan, shown, Memory(row.lang, LEVEL), tally):
        said.append(spoken.text)
        if tally.drafts >= len(pieces):
            break  # what follows is the composer's
    own = [text for text in said if text in pieces]
    if own:
        return Heard(row, "passed", " ".join(own))
    return Heard(row, "rewritten", said[0]) if tally.rewritten else Heard(row, "dropped", "")


def liar_scores(heard: Sequence[Heard]) -> Evaluation:
    """The scores of sentences that were heard: over all, by language, by kind of change and by both."""
    languages = [language for language in LANGUAGES if _in(heard, language)]
    by = {language: _measures(_in(heard, language)) for language in languages}
    confusion = {language: _confusion(_in(heard, language)) for language in languages}
    kinds: dict[str, KindScore] = {}
    for change in CHANGES:
        own = [one for one in heard if one.row.change == change]
        for name, some in ((change, own), *((f"{change} {code}", _in(own, code)) for code in languages)):
            if some:
                kinds[name] = KindScore(len(some), _shares(some, FALSE))
    notes: dict[str, int] = {outcome: sum(one.outcome == outcome for one in heard) for outcome in OUTCOMES}
    return Evaluation(
        "liars", len(heard), _measures(heard), by, {}, {}, confusion=confusion, by_kind=kinds, notes=notes
    )  # fmt: skip


def _in(heard: Sequence[Heard], language: str) -> list[Heard]:
    return [one for one in heard if one.row.lang == language]


def _confusion(heard: Sequence[Heard]) -> dict[str, dict[str, int]]:
    """Label -> outcome -> count."""
    return {
        name: {
            outcome: sum(one.row.true == (name == TRUE) and one.outcome == outcome for one in heard)
            for outcome in OUTCOMES
        }
        for name in (TRUE, FALSE)
    }


def _measures(heard: Sequence[Heard]) -> Measures:
    passed = [one for one in heard if one.outcome == "passed"]
    return {
        **_shares([one for one in heard if one.row.true], TRUE),
        **_shares([one for one in heard if not one.row.true], FALSE),
        "passed_true": wilson(sum(one.row.true for one in passed), len(passed)),
    }


def _shares(heard: Sequence[Heard], label: str) -> Measures:
    return {
        f"{label}_{outcome}": wilson(sum(one.outcome == outcome for one in heard), len(heard))
        for outcome in ("passed", "rewritten")
    }
