"""How learners of a course answer: the rates of knowledge tracing, as data of the course (`learning.toml`).

A course without that file, or a key that it leaves out, takes the rates below. `atenea eval learner --data LOG.jsonl`
fits them to a log of answers and prints the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from knowledge.course import LEARNING_FILE
from knowledge.course_faults import Fault, broken, shown
from knowledge.course_lines import key_line
from knowledge.course_tables import Tables

SELF_REPORT = "self_report"  # a learner who says "I know this", as if it were a kind of item
CHOICES = {"mcq": 4, "true_false": 2}  # kinds in which one of some options is chosen, and how many these mostly are
LEAST, MOST = 0.001, 0.5  # of a slip or a guess: beyond a half, a right answer would speak against knowing
# Set by hand: no answers of learners stand behind them yet. A guess at one of n options is 1/n and needs no entry.
SLIP = {"mcq": 0.08, "true_false": 0.08, "multi": 0.2, "numeric": 0.12, "formula": 0.15, "matrix": 0.15, "short": 0.15,
        "order": 0.15, "match": 0.12, SELF_REPORT: 0.2}  # fmt: skip
GUESS = {"multi": 0.08, "numeric": 0.04, "formula": 0.03, "matrix": 0.03, "short": 0.06, "order": 0.05, "match": 0.05,
         SELF_REPORT: 0.4}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learning:
    """The rates. Log-odds where nothing else is said.

    `start`: that a concept of difficulty 1 is known before any answer, by the middle learner; `start_difficulty`: added
    for each level more. `start_spread`: standard deviation between learners, `own_spread`: between the concepts of one
    learner. `learn`, `learn_difficulty`, `learn_spread`: the same of learning it at one answered item. `need`:
    probability that an item of a concept needs one of its prerequisites, and for theirs its square, and so on.
    `forget`: power of the retrievability that FSRS gives; 0 forgets nothing. `slip`, `guess`: kind of item ->
    probability. `slip_difficulty`: log-odds added to a slip for each level that an item lies above the middle one.
    """

    start: float = -0.4
    start_difficulty: float = -0.4
    start_spread: float = 1.2
    own_spread: float = 0.8
    learn: float = -1.1
    learn_difficulty: float = -0.15
    learn_spread: float = 0.4
    need: float = 0.5
    forget: float = 1.0
    slip_difficulty: float = 0.2
    slip: Mapping[str, float] = field(default_factory=lambda: dict(SLIP))
    guess: Mapping[str, float] = field(default_factory=lambda: dict(GUESS))

    def guessed(self, kind: str, options: int) -> float:
        """The probability of a right answer without knowing: one in `options` where one of them is chosen."""
        if kind in CHOICES and kind not in self.guess:
            return min(MOST, 1 / max(2, options or CHOICES[kind]))
        return self.guess.get(kind, GUESS["short"])

    def slipped(self, kind: str) -> float:
        """The probability of a wrong answer in spite of knowing, at an item of middle difficulty."""
        return self.slip.get(kind, SLIP["short"])

    def to_toml(self) -> str:
        """The file."""
        plain, tables = [], []
        for name, value in asdict(self).items():
            if isinstance(value, dict):
                tables.append(f"\n[{name}]\n" + "".join(f"{kind} = {rate:.4g}\n" for kind, rate in value.items()))
            else:
                plain.append(f"{name} = {value:.4g}\n")
        return "".join(plain + tables)


_KINDS = tuple(SLIP)
RANGES = {
    "start": (-6, 6), "start_difficulty": (-3, 3), "start_spread": (0, 4), "own_spread": (0, 4), "learn": (-8, 6),
    "learn_difficulty": (-3, 3), "learn_spread": (0, 3), "need": (0, 0.99), "forget": (0, 3),
    "slip_difficulty": (-1, 1),
}  # fmt: skip


def read_learning(course: Path) -> Learning:
    """The rates of a course folder. Raises `BadCourse` where its file has faults."""
    found, faults = _read(course / LEARNING_FILE)
    if faults:
        raise broken(course, faults)
    return found


def learning_faults(course: Path) -> list[Fault]:
    """What is wrong with the file; empty where there is none."""
    return _read(course / LEARNING_FILE)[1]


def _read(file: Path) -> tuple[Learning, list[Fault]]:
    if not file.exists():
        return Learning(), []
    tables = Tables(file.parent)
    table = tables.toml(file)
    if table is not None:
        for place, key, values in _wrong(table):
            tables.fault(file, _line(file, place), key, **values)
    if table is None or tables.faults:
        return Learning(), tables.faults
    whole: dict[str, Any] = dict(table)
    for name in ("slip", "guess"):
        if name in table:
            whole[name] = {**getattr(Learning(), name), **table[name]}
    return replace(Learning(), **whole), []


def _line(file: Path, key: str) -> int:
    """Where a key stands; `table.key` below the heading of its table."""
    table, _, own = key.rpartition(".")
    return key_line(file, own, key_line(file, table)) if table else key_line(file, own)


def _wrong(table: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """(key, the message on what is wrong with it, the values of that)."""
    known = [one.name for one in fields(Learning)]
    for key, value in table.items():
        if key not in known:
            yield key, "rate-unknown", {"key": key, "known": ", ".join(known)}
        elif key in RANGES:
            low, high = RANGES[key]
            if not _number(value) or not low <= value <= high:
                yield key, "rate-range", {"key": key, "value": shown(value), "low": low, "high": high}
        elif not isinstance(value, dict):
            yield key, "rate-table", {"key": key}
        else:
            for kind, rate in value.items():
                place, of = f"{key}.{kind}", {"kind": kind, "key": key}
                if not _number(rate) or not LEAST <= rate <= MOST:
                    yield place, "rate-probability", {**of, "value": shown(rate), "least": LEAST, "most": MOST}
                if kind not in _KINDS:
                    yield place, "rate-kind", {**of, "known": ", ".join(_KINDS)}


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
