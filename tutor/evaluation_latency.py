"""The suite `latency`: how long a person waits, with one session and with many at a time, whoever speaks.

Sessions run at once, each in a thread and a conversation of its own, and ask questions of the data one after the other,
Spanish and English in turn; a first turn in each before all warms what is opened once. Of every turn, in seconds from
the question on: `first_token` (of a chat model's answer), `first_sentence` (verified, as the reader sees it), `turn`
(whole and stored); median and 95th percentile. `tokens_per_second`: what all sessions got together;
`call_tokens_per_second`: what one got while its model spoke. `checking`: seconds of verification as a share of the
turn's, most of them spent while the model wrote on; `after_model`: the share of the turn that was left when the model
had ended, which is what verification adds, and the storing. `processor_seconds`: of one core, that a turn cost this
process, a model in it included; where a model speaks faster than the cores can check by this, sentences wait, and
`after_model` says how long. Tokens are estimates where the engine does not count (`counted` is their share that it
counted). Intervals are by bootstrap over turns.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agents.model_call import ModelCall
from knowledge.messages import LANGUAGES
from tutor.calls import EXPLAINER
from tutor.evaluation_result import Evaluation
from tutor.measures import Interval, Measures, mean, pooled, quantile
from tutor.tutor import Tutor

SESSIONS = (1, 8, 32)
TURNS = 4  # of a session
SEED = 13
_CALLS: ContextVar["list[ModelCall] | None"] = ContextVar("calls", default=None)  # of the turn that runs


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its language."""

    question: str
    language: str


Ask = Callable[[Sequence[Asked], str], "list[TimedTurn]"]  # the questions of a session, its name


@dataclass(frozen=True, slots=True)
class TimedTurn:
    """A turn. `began`, `ended`: seconds since 1970; `first_sentence`, `checking`: seconds."""

    language: str
    began: float
    ended: float
    first_sentence: float | None
    checking: float
    calls: tuple[ModelCall, ...] = field(default=())

    @property
    def seconds(self) -> float:
        """The whole turn."""
        return self.ended - self.began

    @property
    def spoken(self) -> list[ModelCall]:
        """The calls that worded the answer."""
        return [call for call in self.calls if call.prompt.startswith(EXPLAINER)]

    @property
    def first_token(self) -> float | None:
        """Seconds from the question to the answer's first token."""
        found = [call.at + call.first_seconds for call in self.spoken if call.first_seconds is not None]
        return min(found) - self.began if found else None

    @property
    def after_model(self) -> float | None:
        """Seconds from the model's last token to the turn's end."""
        found = [call.at + call.seconds for call in self.spoken]
        return max(self.ended - max(found), 0.0) if found else None


def evaluate_latency(
    tutor: Tutor, questions: Sequence[Asked], sources: Sequence[Path] = (), sessions: Sequence[int] = SESSIONS,
    turns: int = TURNS,
) -> dict[str, Any]:  # fmt: skip
    """The measures with the first number of sessions, and under `also` with each further one, in a data folder that is
    gone afterwards. `sources`: what may be cited, the course where none are given."""
    asked = _alternating(questions)
    with TemporaryDirectory() as folder:
        own = Tutor(tutor.settings.model_copy(update={"data_dir": Path(folder)}), tutor.notice)
        own.recording.also.append(_heard)
        ask = partial(_session, own, sources)
        ask(asked[-len(LANGUAGES) :], "warm")
        results = [{**_at_once(ask, asked, count, turns).to_json(), "sessions": count} for count in sessions]
        engine = own.writer.name
    first, *others = results
    also = {f"{found['sessions']} sessions": found for found in others}
    return {**first, "engine": engine, **({"also": also} if also else {})}


def latency_measures(turns: Sequence[TimedTurn]) -> Measures:
    """What single turns took."""
    spoken = [call for turn in turns for call in turn.spoken]
    told = [turn for turn in turns if turn.after_model is not None]
    whole = [turn.seconds for turn in turns]
    return {
        **_spread("first_token", [turn.first_token for turn in turns]),
        **_spread("first_sentence", [turn.first_sentence for turn in turns]),
        **_spread("turn", whole),
        "call_tokens_per_second": pooled([call.tokens_out for call in spoken], [call.seconds for call in spoken], SEED),
        "checking": pooled([turn.checking for turn in turns], whole, SEED),
        "after_model": pooled([turn.after_model or 0.0 for turn in told], [turn.seconds for turn in told], SEED),
        "counted": mean([float(call.counted) for call in spoken], SEED),
    }


def throughput(turns: Sequence[TimedTurn], wall: float, processor: float) -> Measures:
    """What all turns together got in `wall` seconds and of so many seconds of a core."""
    each = [wall / len(turns)] * len(turns)
    said = [float(sum(call.tokens_out for call in turn.spoken)) for turn in turns]
    return {
        "tokens_per_second": pooled(said, each, SEED) if any(said) else Interval(None, None, None),
        "turns_per_second": Interval(len(turns) / wall, None, None),
        "processor_seconds": Interval(processor / len(turns), None, None),
    }


def _spread(name: str, values: Sequence[float | None]) -> Measures:
    found = [value for value in values if value is not None]
    return {f"{name}_p50": quantile(found, 0.5, SEED), f"{name}_p95": quantile(found, 0.95, SEED)}


def _at_once(ask: Ask, asked: Sequence[Asked], count: int, turns: int) -> Evaluation:
    """`count` sessions at a time, each with so many turns."""
    shares = [[asked[(number * turns + turn) % len(asked)] for turn in range(turns)] for number in range(count)]
    began, worked = time.time(), time.process_time()
    with ThreadPoolExecutor(count, "session") as pool:
        found = list(pool.map(ask, shares, (f"{count}-{number}" for number in range(count))))
    wall, processor = time.time() - began, time.process_time() - worked
    timed = [turn for session in found for turn in session]
    by = {
        language: latency_measures(own)
        for language in LANGUAGES if (own := [turn for turn in timed if turn.language == language])
    }  # fmt: skip
    metrics = {**latency_measures(timed), **throughput(timed, wall, processor)}
    return Evaluation("latency", len(timed), metrics, by, {}, {}, notes={"turns a session": turns})


def _session(tutor: Tutor, sources: Sequence[Path], asked: Sequence[Asked], name: str) -> list[TimedTurn]:
    return [_turn(tutor, sources, one, f"latency-{name}") for one in asked]


def _turn(tutor: Tutor, sources: Sequence[Path], asked: Asked, thread: str) -> TimedTurn:
    calls: list[ModelCall] = []
    token = _CALLS.set(calls)
    began, first = time.time(), None
    try:
        for event in tutor.stream(asked.question, language=asked.language, thread=thread, sources=sources):
            if event["kind"] == "sentence" and first is None:
                first = time.time() - began
            last = event
    finally:
        _CALLS.reset(token)
    checking = last["turn"]["timings_ms"]["checking"] / 1000
    return TimedTurn(asked.language, began, time.time(), first, checking, tuple(calls))


def _heard(call: ModelCall) -> None:
    if (calls := _CALLS.get()) is not None:
        calls.append(call)


def _alternating(questions: Sequence[Asked]) -> list[Asked]:
    """The questions with their languages in turn, as far as both have some."""
    by = [[one for one in questions if one.language == language] for language in LANGUAGES]
    paired = [one for pair in zip(*by, strict=False) for one in pair]
    return paired or list(questions)
