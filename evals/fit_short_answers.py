"""Fit how likely a short answer is to say a point of its key (the weights of agents/short_limits.toml).

    python -m evals.fit_short_answers [--graded FILE.jsonl] [--messages FILE.jsonl] [--out FILE.toml]

Read are the answers to questions that the verifier was not taught on (evals/answer_sheets.py), each with each point of
its key, and graded answers as teachers' items have them, which are briefer, beside what the comparison of words finds;
and what says nothing to a question: answers to other questions, and what learners write in a conversation.
A logistic regression over the signals of agents/short_signals.py, with a ridge; answers as brief as those of items
count more. Prints, for each finding of the comparison and each of the three sources, how many points are said and how
many are not from each probability up, and up to each, as FOLDS folds of questions foretell one another: the limits are
chosen by hand from it, and kept.
"""

import argparse
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np

from agents.grade_short import other_wordings
from agents.short_compare import judge_point
from agents.short_reading import ShortReader
from agents.short_signals import hear, signals
from agents.short_verified import BY_WORD, LIMITS_FILE, found
from evals.answer_sheets import AnswerSheet, read_answers
from evals.fit_decision import FOLDS, Flags, Matrix, foretold, logistic
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.storage import write_text_atomically
from knowledge.verifier import Verifier
from knowledge.verifier_onnx import OnnxVerifier

GRADED = Path("tests/data/graded_answers.jsonl")
MESSAGES = Path("tests/data/dialogue_acts.jsonl")
FITTING = "fit"  # half of the messages that is read here
BESIDE = 2  # answers to other questions, and as many messages, beside each question
FROM = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97)
UP_TO = (0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4)
AS_GRADED = 6  # times that an answer of a graded item counts
AS_BRIEF = ((4, 4), (8, 2))  # (words up to which another answer counts so often, how often)


@dataclass(frozen=True, slots=True)
class Row:
    """A point with an answer: what is known, what the comparison found, whether it is said, the question, how often it
    counts, and where it is from ("" for the answer sheets)."""

    known: dict[str, float]
    found: str
    said: bool
    question: str
    times: int = 1
    source: str = ""


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_short_answers", description="Fit the weights.")
    parser.add_argument("--graded", type=Path, default=GRADED, help="graded answers, as `atenea eval grading` reads")
    parser.add_argument("--messages", type=Path, default=MESSAGES, help="messages in a conversation, a JSON line each")
    parser.add_argument("--out", type=Path, default=LIMITS_FILE)
    options = parser.parse_args()
    reader, verifier = ShortReader(load_course(BUNDLED_COURSE, units=False).glossary), OnnxVerifier()
    sheets = [sheet for sheet in read_answers() if sheet.held_out]
    graded = list(graded_sheets(options.graded.read_text(encoding="utf-8")))
    rows = [row for sheet in sheets for row in rows_of(sheet, reader, verifier)]
    rows += [row for sheet in graded for row in rows_of(sheet, reader, verifier, "graded")]
    beside = beside_the_question([*sheets, *graded], options.messages.read_text(encoding="utf-8"))
    rows += [row for sheet in beside for row in rows_of(sheet, reader, verifier, "beside")]
    print(f"{len(rows)} points of {len({row.question for row in rows})} questions")
    weights = fitted(rows)
    write_text_atomically(options.out, with_weights(options.out.read_text(encoding="utf-8"), weights))


def graded_sheets(text: str) -> Iterator[AnswerSheet]:
    """Graded answers as sheets of one: those that are wholly right, and wholly wrong ones with but one point; of a
    point with several wordings it is not known which is said."""
    for row in map(json.loads, text.splitlines()):
        item, score = row["item"], row["score"]
        if (
            item["kind"] != "short"
            or score not in {0, 1}
            or item.get("accept")
            or any(map(other_wordings, item["key"]))
        ):
            continue
        if score == 1 or len(item["key"]) == 1:
            letters = ("s" if score == 1 else "n") * len(item["key"])
            yield AnswerSheet(
                item["stem"],
                item["language"],
                item.get("concept", ""),
                True,
                tuple(item["key"]),
                ((letters, row["answer"]),),
            )


def beside_the_question(sheets: Sequence[AnswerSheet], messages: str) -> Iterator[AnswerSheet]:
    """To each question what says none of its points: answers to other questions of its language, and messages."""
    said: dict[str, list[str]] = {}
    for row in map(json.loads, messages.splitlines()):
        if row["split"] == FITTING:
            said.setdefault(row["lang"], []).append(row["text"])
    asked = {(sheet.question, sheet.language): sheet for sheet in sheets}.values()
    for sheet in asked:
        rng = Random(sheet.question)  # noqa: S311  the same question gets the same
        others = [one for one in asked if one.language == sheet.language and one.concept != sheet.concept]
        drawn = [rng.choice(rng.choice(others).answers)[1] for _ in range(BESIDE)]
        drawn += rng.sample(said[sheet.language], BESIDE)
        yield replace(sheet, answers=tuple(("n" * len(sheet.points), text) for text in drawn))


def rows_of(sheet: AnswerSheet, reader: ShortReader, verifier: Verifier, source: str = "") -> list[Row]:
    """The rows of one question, without what yes and no tell, and formulas."""
    stem = reader.read(sheet.question, sheet.language)
    points = [reader.read(point, sheet.language) for point in sheet.points]
    rows = []
    for letters, text in sheet.answers:
        answer = reader.read_answer(text, sheet.language)
        brief = next((times for words, times in AS_BRIEF if len(answer.tokens) <= words), 1)
        for letter, point in zip(letters, points, strict=True):
            grade = judge_point(point, answer, stem, points)
            if grade.why not in BY_WORD and point.mentions:
                known = signals(grade, hear(point, answer, stem, verifier), point, answer, stem, points)
                times = AS_GRADED if source == "graded" else brief
                rows.append(Row(known, found(grade), letter == "s", sheet.question, times, source))
    return rows


def fitted(rows: Sequence[Row]) -> dict[str, float]:
    """The weights on all rows, the bias first; prints what each fold foretells of itself."""
    times = np.array([row.times for row in rows])
    known = np.repeat(np.array([list(row.known.values()) for row in rows]), times, axis=0)
    said: Flags = np.array([row.said for row in rows])
    folds = np.array([int(hashlib.sha256(row.question.encode()).hexdigest(), 16) % FOLDS for row in rows])
    likely = foretold(known, np.repeat(said, times), np.repeat(folds, times))[np.cumsum(times) - times]
    groups = np.array([f"{row.source} {row.found}".strip() for row in rows])
    for name in sorted(set(groups)):
        print(f"{name}: {counted(likely[groups == name], said[groups == name])}")
    weights = logistic(known, np.repeat(said, times))
    return dict(zip(("bias", *rows[0].known), map(float, weights), strict=True))


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
