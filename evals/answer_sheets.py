"""Short answers to open questions, each with what it says of the points that a key asks for: for the grader.

Written like the claims (evals/claim_pairs.py), a question with its points and a dozen answers in evals/claims/
answers.jsonl; a label for each point: said, contradicted, neither. Point and answer are both read under their question,
as a sentence of the course is read under its heading. What is held out is chosen by the question.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.claim_pairs import ClaimPair, Label
from knowledge.candidates import under_heading

ANSWERS_FILE = Path(__file__).with_name("claims") / "answers.jsonl"
LETTERS: dict[str, Label] = {"s": "supported", "c": "contradicted", "n": "neither"}
HELD_OUT = 6  # one question in so many is held out: on these the limits of grading are set
COURSE, GENERAL = "answer", "general-answer"  # kinds of pairs


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A question with the points of its key and the answers given to it: (a letter a point, text). `concept`: of the
    course, or another subject, where `of_course` is false."""

    question: str
    language: str
    concept: str
    of_course: bool
    points: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]

    @property
    def held_out(self) -> bool:
        """Whether it is kept from training."""
        return hashlib.sha256(self.question.encode()).digest()[0] % HELD_OUT == 0

    def pairs(self) -> Iterator[ClaimPair]:
        """Each answer with each point."""
        kind = COURSE if self.of_course else GENERAL
        for letters, answer in self.answers:
            for letter, point in zip(letters, self.points, strict=True):
                said = under_heading(answer, self.question)
                asked = under_heading(point, self.question)
                yield ClaimPair(said, asked, LETTERS[letter], f"{kind} {letter}", self.language)


def read_answers(path: Path = ANSWERS_FILE) -> list[AnswerSheet]:
    """The sheets of a file, in order."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [
        AnswerSheet(
            row["question"], row["lang"], row["concept"], row["of_course"], tuple(row["points"]),
            tuple((letters, answer) for letters, answer in row["answers"]),
        )
        for row in rows
    ]  # fmt: skip


def answer_pairs(sheets: Sequence[AnswerSheet], *, held_out: bool) -> list[ClaimPair]:
    """The pairs of the sheets that are held out, or of the others."""
    return [pair for sheet in sheets if sheet.held_out == held_out for pair in sheet.pairs()]
