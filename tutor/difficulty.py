"""How hard items are: the level that their author states, corrected by what answers say, over all exams so far.

What is known is kept by what made an item: its family (its id where it has none), kind and stated level. Of a group g
that sits an exam and an item k,

    P(right) = c + (1 − c) / (1 + exp(−(m_g − b_k) / Y)),    Y = √(1 + σ²/2.89)

m_g is the mean ability of the group and b_k the difficulty of the item, both in logits; within a group abilities are
normal with σ = 1, whose mean over a logistic curve is a flatter logistic curve (2.89 = 1.7²: the expansion factor of
PROX, Cohen 1979; Wright and Stone 1979, chapter 2). c is the chance of a blind guess: 1/options for one option of
several, 0 for what is typed. Priors (Swaminathan and Gifford 1982, normal on Rasch difficulties):

    b_k ~ N(level − 3, τ²), τ = 1        m_g ~ N(0, ω²), ω = 1

so that a level is a logit wide, an average learner gets half of level 3 right, and a stated level is within one level
of the truth two times in three. b and m are the mode of their joint posterior, found by Fisher scoring
(tutor/difficulty_fit.py); a score between 0 and 1 counts as that share of a right answer. Errors are from the
information at the mode. A strong group and an easy exam look the same but for the stated levels: what all items of one
exam share goes to the group.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.item import Item
from knowledge.storage import write_text_atomically
from knowledge.terms import fold
from tutor.difficulty_fit import ITEMS, MIDDLE, Count, fit
from tutor.item_files import first_fault
from tutor.results_errors import BadResults

SAME_GROUP = 0.5  # of the smaller of two lists of students: more than this in both, and one corrects the other
FORMAT: Literal["atenea-difficulty"] = "atenea-difficulty"
_GUESSED = {"mcq", "true_false"}


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers of a group to items of one key. `right`: the sum of their scores, 0..1 each. `guess`: c."""

    key: str
    guess: float
    right: float
    answers: int


@dataclass(frozen=True, slots=True)
class Sitting:
    """An exam as a group sat it. `exam` and `students`: digests, by which the same group is known again."""

    exam: str
    students: frozenset[str]
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """`level`: on the scale of the stated levels, 1..5, and beyond where answers say so; `error`: its standard error,
    in levels; `answers`: how many it rests on."""

    level: float
    error: float
    answers: int = 0


def difficulty_key(item: Item) -> str:
    """What an item's difficulty is kept by: family (else id), kind and stated level."""
    return f"{item.family or item.id}/{item.kind}/{item.difficulty}"


def guess_of(item: Item) -> float:
    """The chance to get an item right without knowing anything."""
    return 1 / len(item.options) if item.kind in _GUESSED and item.options else 0.0


def sitting(exam: str, students: Iterable[str], scored: Iterable[tuple[Item, float]]) -> Sitting:
    """The answers of a group, added up. `exam`: anything that is the same for the same exam. `scored`: of each answer
    its item and score."""
    sums: dict[tuple[str, float], list[float]] = {}
    for item, score in scored:
        sums.setdefault((difficulty_key(item), guess_of(item)), []).append(score)
    tallies = tuple(Tally(key, guess, sum(scores), len(scores)) for (key, guess), scores in sorted(sums.items()))
    known = _digest(exam)
    return Sitting(known, frozenset(_digest(known + fold(student))[:8] for student in students), tallies)


@dataclass(frozen=True)
class Difficulties:
    """What answers have said so far: digest of the files of responses -> what they hold."""

    sittings: Mapping[str, Sitting] = field(default_factory=dict)

    def counted(self, digest: str, new: Sitting) -> "Difficulties":
        """With one more sitting. The same files count once; so does an exam that most of the same students sat, as one
        of the two corrects the other."""
        return Difficulties({**self.without(digest, new).sittings, digest: new})

    def without(self, digest: str, same: Sitting) -> "Difficulties":
        """Without these files, and without those that they correct."""
        return Difficulties({
            name: old for name, old in self.sittings.items() if name != digest and not _same_group(old, same)
        })  # fmt: skip

    def without_files(self, digest: str) -> "Difficulties":
        """Without these files alone."""
        return Difficulties({name: old for name, old in self.sittings.items() if name != digest})

    def expected_difficulty(self, item: Item) -> float:
        """How hard an item will be, on the scale of the stated levels; the stated one where nothing is known."""
        return self.estimate(item).level

    def estimate(self, item: Item) -> Estimate:
        """The same with its error and the number of answers that it rests on."""
        return self.estimates.get(difficulty_key(item), Estimate(item.difficulty, ITEMS))

    @cached_property
    def estimates(self) -> Mapping[str, Estimate]:
        """Key -> what is known of it; it does not matter in which order exams came."""
        tallies = [(tally, digest) for digest, found in sorted(self.sittings.items()) for tally in found.tallies]
        fitted = fit([
            Count(tally.key, digest, _level(tally.key) - MIDDLE, tally.guess, tally.right, tally.answers)
            for tally, digest in tallies
        ])  # fmt: skip
        answers: dict[str, int] = {}
        for tally, _ in tallies:
            answers[tally.key] = answers.get(tally.key, 0) + tally.answers
        return {key: Estimate(MIDDLE + b, error, answers[key]) for key, (b, error) in fitted.items()}


def read_difficulties(path: Path) -> Difficulties:
    """What a file holds; nothing where there is none yet. Raises `BadResults` where it is damaged."""
    try:
        read = _File.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Difficulties()
    except ValidationError as error:
        raise BadResults("difficulty-damaged", path=path, reason=first_fault(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadResults("difficulty-damaged", path=path, reason=error) from error
    return Difficulties({
        digest: Sitting(found.exam, frozenset(found.students), tuple(Tally(*tally) for tally in found.tallies))
        for digest, found in read.sittings.items()
    })  # fmt: skip


def write_difficulties(path: Path, difficulties: Difficulties) -> None:
    """Keep them, whole or not at all. Raises `KnowledgeError`."""
    held = {
        digest: {"exam": found.exam, "students": sorted(found.students),
                 "tallies": [[tally.key, tally.guess, tally.right, tally.answers] for tally in found.tallies]}
        for digest, found in sorted(difficulties.sittings.items())
    }  # fmt: skip
    written = json.dumps({"format": FORMAT, "version": 1, "sittings": held}, ensure_ascii=False, indent=1)
    write_text_atomically(path, written + "\n")


_Key = Annotated[str, Field(pattern=r"/[1-5]$")]
_Guess = Annotated[float, Field(ge=0, lt=1)]
_Right = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Answers = Annotated[int, Field(ge=1)]


class _Sitting(BaseModel):
    exam: str
    students: list[str]
    tallies: list[tuple[_Key, _Guess, _Right, _Answers]]


class _File(BaseModel):
    model_config = ConfigDict(strict=True)

    format: Literal["atenea-difficulty"]
    version: Literal[1]
    sittings: dict[str, _Sitting]


def _same_group(old: Sitting, new: Sitting) -> bool:
    both, fewer = len(old.students & new.students), min(len(old.students), len(new.students))
    return old.exam == new.exam and both > SAME_GROUP * fewer


def _level(key: str) -> int:
    return int(key.rpartition("/")[2])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
