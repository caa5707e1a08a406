"""How far a verdict can be trusted: each claim's verdict against its label.

Measures, all shares of claims:
- `precision_supported`: of what is called supported, how much is true (a reader stakes most on it);
- `false_supported`: of the false, how much is called supported; `recall_true`: of the true, how much;
- `precision_contradicted`, `recall_false`: the same for contradicted and false;
- `coverage`: how much is decided at all (supported or contradicted); `coverage_supported`: how much is called
  supported;
- `accuracy_decided`: how much of the decided is right;
- `balanced_accuracy`: mean of `recall_true` and 1 - `false_supported`, that is "supported or not" on both labels;
- `brier`, `ece`: how well P(supported) (`Checked.p_supported`) fits the label true (`measures.brier`,
  `measures.expected_calibration_error`); 0 is perfect.

Beside them: `curve`, what any other threshold on P(supported) would give (`tutor.evaluation_curve`); `by_kind`, for
rows that have a kind, its `recall_true` and `false_supported`; and the baselines of `tutor.evaluation_baselines`. A
baseline's `precision_at_our_coverage` is what its "supported" would be worth if it called as many claims supported as
we do, those it is surest of; for "all", the claims of every language in one list. `differences` are ours minus the
baseline's over the same resamples: `balanced_accuracy`, and `precision_at_our_coverage`, where ours is
`precision_supported`. Rows marked doubtful are left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.claims import Claim
from knowledge.corpus import Corpus
from knowledge.factcheck import Checked
from tutor.errors import BadData
from tutor.evaluation_baselines import by_language, guesses
from tutor.evaluation_curve import CurvePoint, coverage_curve
from tutor.evaluation_data import FactcheckRow
from tutor.evaluation_result import Evaluation, KindScore
from tutor.measures import (
    Counts,
    Flags,
    Measures,
    Statistic,
    Values,
    brier,
    difference,
    expected_calibration_error,
    interval,
    precision_at_coverage,
    ratio,
    share,
)

VERDICTS = ("supported", "contradicted", "not_found")
LABELS = ("true", "false", "not_found")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """Claims with their labels and what one method says of them, row by row.

    `confidence`: ranks the claims by how sure the method is of "supported"; ours is P(supported), 0..1.
    """

    labels: NDArray[np.str_]
    verdicts: NDArray[np.str_]
    confidence: Values

    def of(self, group: Flags) -> "Judged":
        """The rows of a group alone."""
        return Judged(self.labels[group], self.verdicts[group], self.confidence[group])

    @property
    def true(self) -> Flags:
        """Which claims are true."""
        return np.asarray(self.labels == "true")

    @property
    def false(self) -> Flags:
        """Which claims are false."""
        return np.asarray(self.labels == "false")

    @property
    def supported(self) -> Flags:
        """Which claims are called supported."""
        return np.asarray(self.verdicts == "supported")


def evaluate_factcheck(
    corpus: Corpus, rows: Sequence[FactcheckRow], seed: int = 0, progress: Progress | None = None
) -> Evaluation:
    """The corpus's fact check on these claims. Raises `BadData` ("data-empty") when every row is doubtful."""
    scored = [row for row in rows if not row.doubtful]
    if not scored:
        raise BadData("data-empty", path="factcheck")
    ours = _checked(corpus, scored, progress)
    groups = {**by_language(scored), "all": np.ones(len(scored), dtype=np.bool_)}
    others = {
        name: Judged(ours.labels, np.array(guess.verdicts), guess.confidence)
        for name, guess in guesses(corpus, scored, seed).items()
    }
    measured = {language: _our_measures(ours.of(group), seed) for language, group in groups.items()}
    return Evaluation(
        suite="factcheck",
        n=len(scored),
        metrics=measured["all"],
        by={language: measures for language, measures in measured.items() if language != "all"},
        baselines={
            name: {language: _their_measures(ours.of(group), other.of(group), seed)
                   for language, group in groups.items()}
            for name, other in others.items()
        },
        differences={
            name: {language: _differences(ours.of(group), other.of(group), seed) for language, group in groups.items()}
            for name, other in others.items()
        },
        confusion={
            language: confusion(ours.labels[group].tolist(), ours.verdicts[group].tolist())
            for language, group in groups.items()
        },
        curve={language: _curve(ours.of(group)) for language, group in groups.items()},
        by_kind=_by_kind(scored, ours, seed),
        notes={"doubtful_left_out": len(rows) - len(scored)},
    )  # fmt: skip


def confusion(labels: Sequence[str], verdicts: Sequence[str]) -> dict[str, dict[str, int]]:
    """Label -> verdict -> count, for the labels that occur."""
    pairs = list(zip(labels, verdicts, strict=True))
    return {
        label: {verdict: pairs.count((label, verdict)) for verdict in VERDICTS} for label in LABELS if label in labels
    }


def verdict_measures(labels: Sequence[str], verdicts: Sequence[str], seed: int = 0) -> Measures:
    """The measures of the verdicts alone; one that has nothing to count is undefined."""
    return _verdict_measures(Judged(np.array(labels), np.array(verdicts), np.zeros(len(labels))), seed)


def _checked(corpus: Corpus, rows: Sequence[FactcheckRow], progress: Progress | None) -> Judged:
    found: list[Checked] = []
    for row in rows:
        found.append(corpus.checker.check_claim(Claim(row.claim, 0, len(row.claim)), row.lang))
        if progress:
            progress(len(found), len(rows))
    return Judged(
        np.array([row.label for row in rows]),
        np.array([checked.verdict for checked in found]),
        np.array([checked.p_supported for checked in found], dtype=np.float64),
    )


def _verdict_measures(judged: Judged, seed: int) -> Measures:
    true, false, supported = judged.true, judged.false, judged.supported
    contradicted = np.asarray(judged.verdicts == "contradicted")
    decided, every = supported | contradicted, np.ones(len(true), dtype=np.bool_)
    return {
        "precision_supported": share(true, supported, seed),
        "false_supported": share(supported, false, seed),
        "recall_true": share(supported, true, seed),
        "precision_contradicted": share(false, contradicted, seed),
        "recall_false": share(contradicted, false, seed),
        "coverage": share(decided, every, seed),
        "coverage_supported": share(supported, every, seed),
        "accuracy_decided": share((supported & true) | (contradicted & false), decided, seed),
        "balanced_accuracy": interval(_balanced(judged), len(true), seed),
    }


def _our_measures(ours: Judged, seed: int) -> Measures:
    return {
        **_verdict_measures(ours, seed),
        "brier": brier(ours.confidence, ours.true, seed),
        "ece": expected_calibration_error(ours.confidence, ours.true, seed),
    }


def _their_measures(ours: Judged, theirs: Judged, seed: int) -> Measures:
    """A baseline's; its `confidence` is no probability, so nothing of calibration is among them."""
    at_ours = precision_at_coverage(theirs.confidence, ours.supported, ours.true)
    return {
        **_verdict_measures(theirs, seed),
        "precision_at_our_coverage": interval(at_ours, len(ours.labels), seed),
    }


def _differences(ours: Judged, theirs: Judged, seed: int) -> Measures:
    """Ours minus theirs, both counted over the same claims of each resample."""
    n = len(ours.labels)
    at_ours = precision_at_coverage(theirs.confidence, ours.supported, ours.true)
    return {
        "balanced_accuracy": difference(_balanced(ours), _balanced(theirs), n, seed),
        "precision_at_our_coverage": difference(_precision(ours), at_ours, n, seed),
    }


def _balanced(judged: Judged) -> Statistic:
    def statistic(counts: Counts) -> Values:
        found, wrong = (ratio(counts, judged.supported, label) for label in (judged.true, judged.false))
        return (found + 1 - wrong) / 2

    return statistic


def _precision(judged: Judged) -> Statistic:
    return lambda counts: ratio(counts, judged.true, judged.supported)


def _curve(ours: Judged) -> tuple[CurvePoint, ...]:
    return coverage_curve(ours.confidence, ours.true, ours.false)


def _by_kind(rows: Iterable[FactcheckRow], ours: Judged, seed: int) -> Mapping[str, KindScore] | None:
    """For each kind that rows name, in alphabetic order, what its labels allow; None where no row names one."""
    kinds = np.array([row.kind for row in rows])
    found = {}
    for kind in sorted({str(kind) for kind in kinds} - {""}):
        own = kinds == kind
        metrics = {}
        if (own & ours.true).any():
            metrics["recall_true"] = share(ours.supported, own & ours.true, seed)
        if (own & ours.false).any():
            metrics["false_supported"] = share(ours.supported, own & ours.false, seed)
        found[kind] = KindScore(int(own.sum()), metrics)
    return found or None
