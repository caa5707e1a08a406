"""Fit how likely a short answer is to say a point of its key (the weights of agents/short_limits.toml).

    python -m evals.fit_short_answers [--out FILE.toml]

Read are the answers to questions that the verifier was not taught on (evals/answer_sheets.py), each with each point of
its key, beside what the comparison of words finds. A logistic regression over the signals of agents/short_verified.py,
with a ridge. Prints, for each finding of the comparison, how many points are said and how many are not from each
probability up, and up to each, as FOLDS folds of questions foretell one another: the limits are chosen by hand from it,
and kept.
"""

import argparse
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agents.short_compare import judge_point
from agents.short_reading import ShortReader
from agents.short_verified import BY_WORD, LIMITS_FILE, found, read, signals
from evals.answer_sheets import AnswerSheet, read_answers
from evals.fit_decision import FOLDS, Flags, Matrix, foretold, logistic
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.storage import write_text_atomically
from knowledge.verifier import Verifier
from knowledge.verifier_onnx import OnnxVerifier

FROM = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.96, 0.97)
UP_TO = (0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Row:
    """A point with an answer: what is known, what the comparison found, whether it is said, and the question."""

    known: dict[str, float]
    found: str
    said: bool
    question: str


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_short_answers", description="Fit the weights.")
    parser.add_argument("--out", type=Path, default=LIMITS_FILE)
    options = parser.parse_args()
    reader, verifier = ShortReader(load_course(BUNDLED_COURSE, units=False).glossary), OnnxVerifier()
    sheets = [sheet for sheet in read_answers() if sheet.held_out]
    rows = [row for sheet in sheets for row in rows_of(sheet, reader, verifier)]
    print(f"{len(rows)} points of {len(sheets)} questions")
    weights = fitted(rows)
    write_text_atomically(options.out, with_weights(options.out.read_text(encoding="utf-8"), weights))


def rows_of(sheet: AnswerSheet, reader: ShortReader, verifier: Verifier) -> list[Row]:
    """The rows of one question, without what yes and no tell, and formulas."""
    stem = reader.read(sheet.question, sheet.language)
    points = [reader.read(point, sheet.language) for point in sheet.points]
    rows = []
    for letters, text in sheet.answers:
        answer = reader.read(text, sheet.language)
        for letter, point in zip(letters, points, strict=True):
            grade = judge_point(point, answer, stem, points)
            if grade.why not in BY_WORD and point.mentions:
                known = signals(grade, *read(point.text, text, sheet.question, verifier))
                rows.append(Row(known, found(grade), letter == "s", sheet.question))
    return rows


def fitted(rows: Sequence[Row]) -> dict[str, float]:
    """The weights on all rows, the bias first; prints what each fold foretells of itself."""
    known = np.array([list(row.known.values()) for row in rows])
    said: Flags = np.array([row.said for row in rows])
    folds = np.array([int(hashlib.sha256(row.question.encode()).hexdigest(), 16) % FOLDS for row in rows])
    likely = foretold(known, said, folds)
    for name in sorted({row.found for row in rows}):
        group = np.array([row.found == name for row in rows])
        print(f"{name}: {counted(likely[group], said[group])}")
    return dict(zip(("bias", *rows[0].known), map(float, logistic(known, said)), strict=True))


def counted(likely: Matrix, said: Flags) -> str:
    """How many of a group are said, and not, from each probability up and up to each."""
    above = [f"{at}: {int(said[likely >= at].sum())}/{int((~said)[likely >= at].sum())}" for at in FROM]
    below = [f"{at}: {int(said[likely <= at].sum())}/{int((~said)[likely <= at].sum())}" for at in UP_TO]
    return f"said/not {int(said.sum())}/{int((~said).sum())}; from {', '.join(above)}; up to {', '.join(below)}"


def with_weights(text: str, weights: Mapping[str, float]) -> str:
    """The file's text with its weights replaced; what stands before them is kept."""
    kept = re.split(r"^\[weights\]", text, flags=re.M)[0].rstrip()
    return "\n".join([kept, "", "[weights]", *(f"{name} = {weight:.4f}" for name, weight in weights.items())]) + "\n"


if __name__ == "__main__":
    main()
