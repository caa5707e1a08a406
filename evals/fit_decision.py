"""Fit how rules and verifier together become a verdict (the `verified` tables of knowledge/thresholds.toml).

    python -m evals.fit_decision [--data FILE.jsonl ...] [--out FILE.toml]

Fitted on claims that the verifier was not trained on: the held-out groups of evals/claims/train.jsonl, all of
evals/claims/calibration.jsonl, and the rows of `--data` whose split is "fit"; without the claims that were written to
be told apart with difficulty, which are harder than what people say and would make every threshold too strict.
Two logistic regressions over the signals of knowledge/decision.py (true against the
rest, false against the rest), one for both languages, with a ridge of RIDGE. The thresholds are chosen for each
language on probabilities foretold by FOLDS-fold cross-validation, whole concepts in a fold: the lowest from which
PRECISION of what is called supported is true and at most FALSE_SUPPORTED of the false is called so; for contradicted
the lowest from which PRECISION is false and at most TRUE_CONTRADICTED of the true is called so, in both languages
together.
"""

import argparse
import datetime
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.claim_pairs import CALIBRATION_FILE, CONTRAST, is_held_out, read_claims
from evals.sources import DEFAULT_CACHE, open_sources
from knowledge.claims import Claim
from knowledge.course import BUNDLED_COURSE
from knowledge.decision import SIGNALS, THRESHOLDS_FILE
from knowledge.factcheck import FactChecker
from knowledge.messages import LANGUAGES
from knowledge.storage import write_text_atomically
from tutor.evaluation_data import read_factcheck

FIT_FILE = BUNDLED_COURSE / "evaluation" / "claims.jsonl"
PRECISION = 0.95
FALSE_SUPPORTED = 0.0175  # so that with what the rules support beside it no more than 2 % come of it
TRUE_CONTRADICTED = 0.015  # stricter: a true statement called false is the worse mistake
FOLDS, RIDGE, NEWTON_STEPS = 10, 1.0, 50
GRID = tuple(round(0.5 + 0.01 * step, 2) for step in range(50))
Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """A claim with its label ("true", "false", anything else: neither) and the group that shares its fold."""

    claim: str
    language: str
    label: str
    group: str


def main() -> None:
    """Fit, and write the file's `verified` part anew."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_decision", description="Fit the verified decision.")
    parser.add_argument("--data", type=Path, nargs="*", default=[FIT_FILE], help="fact check files with a fit split")
    parser.add_argument("--out", type=Path, default=THRESHOLDS_FILE)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    options = parser.parse_args()
    checker = open_sources([], with_course=True, cache=options.cache).checker
    rows = fitting_rows(options.data)
    signals, kept = signals_of_rows(checker, rows)
    rows = [rows[place] for place in kept]
    text = options.out.read_text(encoding="utf-8")
    write_text_atomically(options.out, with_verified(text, fitted(rows, signals), options.data, len(rows)))


def fitting_rows(files: Sequence[Path]) -> list[Row]:
    """The claims to fit on."""
    written = [*filter(is_held_out, read_claims()), *read_claims(CALIBRATION_FILE)]
    written = [claim for claim in written if claim.style != CONTRAST]
    rows = [Row(claim.claim, claim.language, claim.label, claim.concept) for claim in written]
    for file in files:
        rows += [
            Row(row.claim, row.lang, row.label, hashlib.sha256(row.claim.encode()).hexdigest()[:2])
            for row in read_factcheck(file)
            if row.split == "fit" and not row.doubtful
        ]
    return rows


def signals_of_rows(checker: FactChecker, rows: Sequence[Row]) -> tuple[Matrix, list[int]]:
    """(signals of the rows that reach the verifier, which rows these are)."""
    found, kept = [], []
    for place, row in enumerate(rows):
        looked = checker.looker.look(Claim(row.claim, 0, len(row.claim)), row.language)
        if looked.read:
            found.append(astuple(checker.signals(looked, row.language)))
            kept.append(place)
    return np.array(found, dtype=np.float64).reshape(len(found), len(SIGNALS)), kept


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of both regressions, the bias first, and (supported, contradicted) by language."""

    true: Matrix
    false: Matrix
    thresholds: Mapping[str, tuple[float, float]]


def fitted(rows: Sequence[Row], signals: Matrix) -> Fitted:
    """The weights on all rows, the thresholds on what each fold foretells of itself."""
    true = np.array([row.label == "true" for row in rows])
    false = np.array([row.label == "false" for row in rows])
    folds = np.array([int(hashlib.sha256(row.group.encode()).hexdigest(), 16) % FOLDS for row in rows])
    says_true, says_false = (foretold(signals, labels, folds) for labels in (true, false))
    thresholds = {}
    contradicted = least_from(says_false, false, true, TRUE_CONTRADICTED)
    for language in LANGUAGES:
        mine = np.array([row.language == language for row in rows])
        thresholds[language] = (
            least_from(says_true[mine], true[mine], false[mine], FALSE_SUPPORTED), contradicted,
        )  # fmt: skip
        said = says_true[mine] >= thresholds[language][0]
        print(
            f"{language}: supported from {thresholds[language][0]}, precision {np.mean(true[mine][said]):.3f},",
            f"recall {np.mean(said[true[mine]]):.3f}, false called so {np.mean(said[false[mine]]):.3f};",
            f"contradicted from {thresholds[language][1]}, of {mine.sum()} claims",
        )
    return Fitted(logistic(signals, true), logistic(signals, false), thresholds)


def foretold(signals: Matrix, labels: Flags, folds: NDArray[np.int_]) -> Matrix:
    """Each row's probability from the rows of the other folds."""
    found = np.zeros(len(labels))
    for fold in range(FOLDS):
        inside = folds == fold
        if inside.any():
            found[inside] = probabilities(signals[inside], logistic(signals[~inside], labels[~inside]))
    return found


def logistic(signals: Matrix, labels: Flags) -> Matrix:
    """Weights, the bias first, by Newton's method with a ridge on all but the bias."""
    design = np.column_stack([np.ones(len(signals)), signals])
    weights, ridge = np.zeros(design.shape[1]), np.full(design.shape[1], RIDGE)
    ridge[0] = 1e-6
    for _ in range(NEWTON_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (labels - likely) - ridge * weights
        curvature = design.T @ (design * (likely * (1 - likely))[:, None]) + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return weights


def probabilities(signals: Matrix, weights: Matrix) -> Matrix:
    """P(label) of each row."""
    found: Matrix = 1 / (1 + np.exp(-np.clip(weights[0] + signals @ weights[1:], -30, 30)))
    return found


def least_from(probability: Matrix, right: Flags, wrong: Flags, most_wrong: float) -> float:
    """The lowest threshold from which PRECISION is right and at most `most_wrong` of the wrong is called so; the
    strictest of all where none is."""
    for threshold in GRID:
        said = probability >= threshold
        few_wrong = np.mean(said[wrong]) <= most_wrong if wrong.any() else True
        if said.any() and np.mean(right[said]) >= PRECISION and few_wrong:
            return threshold
    return GRID[-1]


def with_verified(text: str, found: Fitted, data: Sequence[Path], n: int) -> str:
    """The file's text with its `verified` part replaced."""
    kept = re.split(r"^# With a verifier", text, flags=re.M)[0]
    kept = re.split(r"^\[verified\.", kept, flags=re.M)[0].rstrip()
    names = ", ".join(file.name for file in data)
    day = datetime.datetime.now(tz=datetime.UTC).date()
    lines = [
        kept, "", f"# With a verifier: written by evals/fit_decision.py on {day}",
        f"# from {n} claims: evals/claims (what is kept out of training) and the fit split of {names}.",
    ]  # fmt: skip
    for language in LANGUAGES:
        supported, contradicted = found.thresholds[language]
        lines += ["", f"[verified.{language}]", f"supported = {supported}", f"contradicted = {contradicted}"]
        for name, weights in (("true", found.true), ("false", found.false)):
            table = {"bias": weights[0], **dict(zip(SIGNALS, weights[1:], strict=True))}
            lines += ["", f"[verified.{language}.{name}]", *(f"{key} = {value:.4f}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
