"""Fit where a verdict begins (knowledge/thresholds.toml), by language of the claim.

    python -m evals.fit_thresholds --data FILE.jsonl --sources PATH... [--course] [--precision 0.95] [--out FILE.toml]

On the half of the rows whose split is "fit" (without splits: by hash of the claim) it takes the `support` at which 95 %
(or `--precision`) of what is called supported is true, then the `contradict` and `reverse` at which as much of what is
called contradicted is false; of several the one that decides most rightly, of equals the strictest. Where no value
reaches it, it takes the strictest of all: a threshold that cannot buy precision is no reason to speak.
`midpoint` and `slope` make a probability of a score: a logistic curve fitted to which supporting candidates are true.
The other half is only measured, and its figures stand in the file's comment.
"""

import argparse
import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.sources import DEFAULT_CACHE, open_sources
from knowledge.claims import Claim
from knowledge.decision import THRESHOLDS_FILE
from knowledge.factcheck import Checked, FactChecker
from knowledge.messages import LANGUAGES
from knowledge.rules import Thresholds
from knowledge.storage import write_text_atomically
from tutor.evaluation import FactcheckRow, read_factcheck
from tutor.evaluation_factcheck import verdict_measures
from tutor.measures import Measures

PRECISION = 0.95
SUPPORT = tuple(round(0.6 + 0.05 * step, 2) for step in range(9))
CONTRADICT = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
REVERSE = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
NEVER = 2.0  # no score reaches it
MIDPOINTS, SLOPES = (0.3, 1.0), (2.0, 30.0)  # bounds of the curve
NEWTON_STEPS, RIDGE = 50, 0.1
REPORTED = (
    "precision_supported",
    "recall_true",
    "false_supported",
    "precision_contradicted",
    "recall_false",
    "coverage",
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """One language's thresholds with the number of rows and the measures of each half."""

    thresholds: Thresholds
    n_fit: int
    n_report: int
    fit: Measures
    report: Measures


def main() -> None:
    """Fit both languages and write the file."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_thresholds", description="Fit the verdict thresholds.")
    parser.add_argument("--data", type=Path, required=True, help="a fact check file (JSONL)")
    parser.add_argument("--sources", type=Path, nargs="*", default=[], help="the documents to check against")
    parser.add_argument("--course", action="store_true", help="check against the bundled course too")
    parser.add_argument("--out", type=Path, default=THRESHOLDS_FILE, help="the file to write")
    parser.add_argument("--precision", type=float, default=PRECISION, help="share that must be right")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where the index is kept")
    options = parser.parse_args()
    corpus = open_sources(options.sources, with_course=options.course, cache=options.cache)
    rows = [row for row in read_factcheck(options.data) if not row.doubtful]
    found: dict[str, Fitted] = {}
    for language in LANGUAGES:
        mine = [row for row in rows if row.lang == language]
        if any(for_fitting(row, rows) for row in mine):
            found[language] = fit_language(corpus.checker, mine, language, options.precision)
            print(f"{language}: {asdict(found[language].thresholds)}", flush=True)
    kept = {language: corpus.checker.thresholds[language] for language in LANGUAGES}
    sources = [str(path) for path in options.sources] + ["the bundled course"] * options.course
    write_text_atomically(options.out, as_toml(found, kept, str(options.data), sources))
    for language, fitted in found.items():
        for name in REPORTED:
            print(f"{language} {name}: fit {fitted.fit[name]}, report {fitted.report[name]}")


def for_fitting(row: FactcheckRow, rows: Iterable[FactcheckRow]) -> bool:
    """Whether a row is of the half to fit on: by its split where the file has splits, else by a hash of the claim."""
    if any(other.split for other in rows):
        return row.split == "fit"
    return hashlib.sha256(row.claim.encode()).digest()[0] % 2 == 0


def fit_language(checker: FactChecker, rows: Sequence[FactcheckRow], language: str, least: float = PRECISION) -> Fitted:
    """The thresholds of one language; the checker keeps them."""
    fit = [row for row in rows if for_fitting(row, rows)]
    report = [row for row in rows if not for_fitting(row, rows)]
    start = checker.thresholds[language]
    support = _fit_support(checker, fit, language, start, least)
    contradict, reverse = _fit_contradict(checker, fit, language, replace(start, support=support), least)
    midpoint, slope = _fit_curve(checker, fit, language, start)
    thresholds = Thresholds(support, contradict, reverse, midpoint, slope)
    measured = [
        verdict_measures(
            [row.label for row in half], [item.verdict for item in run(checker, half, language, thresholds)]
        )
        for half in (fit, report)
    ]
    return Fitted(thresholds, len(fit), len(report), measured[0], measured[1])


def run(checker: FactChecker, rows: Sequence[FactcheckRow], language: str, thresholds: Thresholds) -> list[Checked]:
    """The verdicts under these thresholds."""
    checker.thresholds[language] = thresholds
    return [checker.check_claim(Claim(row.claim, 0, len(row.claim)), language) for row in rows]


def choose(tried: Sequence[tuple[float, int]], least: float = PRECISION) -> int:
    """Which of the (precision, rightly decided), laxest first, to take; the last one when none is precise enough."""
    enough = [place for place, (precision, _) in enumerate(tried) if precision >= least]
    return max(enough, key=lambda place: (tried[place][1], place), default=len(tried) - 1)


def _fit_support(
    checker: FactChecker, rows: Sequence[FactcheckRow], language: str, start: Thresholds, least: float
) -> float:
    labels = [row.label for row in rows]
    tried = []
    for support in SUPPORT:
        limits = replace(start, support=support, contradict=NEVER)
        said = [item.verdict == "supported" for item in run(checker, rows, language, limits)]
        tried.append(_precision(said, [label == "true" for label in labels]))
    return SUPPORT[choose(tried, least)]


def _fit_contradict(
    checker: FactChecker, rows: Sequence[FactcheckRow], language: str, start: Thresholds, least: float
) -> tuple[float, float]:
    """`contradict` is read off the scores of one run for each `reverse`."""
    false = [row.label == "false" for row in rows]
    by_course = run(checker, rows, language, replace(start, contradict=NEVER))  # what misconceptions decide
    tried, grid = [], []
    for reverse in REVERSE:
        found = run(checker, rows, language, replace(start, contradict=0.0, reverse=reverse))
        for contradict in CONTRADICT:
            said = [
                item.verdict == "contradicted"
                and known.verdict != "contradicted"
                and item.evidence[0].score >= contradict
                for item, known in zip(found, by_course, strict=True)
            ]
            tried.append(_precision(said, false))
            grid.append((contradict, reverse))
    return grid[choose(tried, least)]


def _fit_curve(
    checker: FactChecker, rows: Sequence[FactcheckRow], language: str, start: Thresholds
) -> tuple[float, float]:
    """(midpoint, slope) over everything that some sentence says without missing or opposing a word of it."""
    found = run(checker, rows, language, replace(start, support=SUPPORT[0], contradict=NEVER))
    pairs = [
        (item.evidence[0].score, float(row.label == "true"))
        for item, row in zip(found, rows, strict=True)
        if item.verdict == "supported"
    ]
    if len({true for _, true in pairs}) < 2:
        return start.midpoint, start.slope  # nothing to tell apart
    return logistic_curve(np.array([score for score, _ in pairs]), np.array([true for _, true in pairs]))


def logistic_curve(scores: NDArray[np.float64], true: NDArray[np.float64]) -> tuple[float, float]:
    """(midpoint, slope) of P(true | score) = 1 / (1 + exp(-slope (score - midpoint))), by Newton's method.

    A ridge of 0.1 keeps separable data finite; both are held within MIDPOINTS and SLOPES.
    """
    design = np.column_stack([np.ones(len(scores)), scores])
    weights = np.zeros(2)
    for _ in range(NEWTON_STEPS):
        likely = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (true - likely) - RIDGE * weights
        curvature = design.T @ (design * (likely * (1 - likely))[:, None]) + RIDGE * np.eye(2)
        weights = weights + np.linalg.solve(curvature, gradient)
    slope = float(np.clip(weights[1], *SLOPES))
    midpoint = float(np.clip(-weights[0] / slope, *MIDPOINTS))
    return round(midpoint, 2), round(slope, 1)


def _precision(said: Sequence[bool], right: Sequence[bool]) -> tuple[float, int]:
    hits = sum(yes and good for yes, good in zip(said, right, strict=True))
    return (hits / sum(said) if any(said) else 0.0), hits


def as_toml(found: dict[str, Fitted], kept: dict[str, Thresholds], data: str, sources: Sequence[str]) -> str:
    """The file's text: where the numbers come from, then the numbers."""
    lines = [
        "# Where a verdict begins, by language of the claim (knowledge/factcheck.py says what each number means).",
        f"# Written by evals/fit_thresholds.py on {datetime.datetime.now(tz=datetime.UTC).date()} from {data}",
        f"# against {', '.join(sources)}. Figures: value [95 % interval] on the half that was not fitted on.",
    ]
    for language in LANGUAGES:
        fitted = found.get(language)
        if fitted:
            lines.append(f"# {language}: {fitted.n_fit} claims to fit, {fitted.n_report} to report:")
            lines.extend(f"#   {name} {fitted.report[name]} (fit half {fitted.fit[name]})" for name in REPORTED)
        else:
            lines.append(f"# {language}: no claims, left as it was.")
    for language in ("en", "es"):
        thresholds = found[language].thresholds if language in found else kept[language]
        lines += ["", f"[{language}]", *(f"{name} = {value}" for name, value in asdict(thresholds).items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
