"""How far a verdict can be trusted: each claim's verdict against its label.

Measures, all shares of claims:
- `precision_supported`: of what is called supported, how much is true (a reader stakes most on it);
- `false_supported`: of the false, how much is called supported; `recall_true`: of the true, how much;
- `precision_contradicted`, `recall_false`: the same for contradicted and false;
- `coverage`: how much is decided at all (supported or contradicted);
- `accuracy_decided`: how much of the decided is right;
- `balanced_accuracy`: mean of `recall_true` and 1 - `false_supported`, that is "supported or not" on both labels.

Baselines decide every claim, as true or false: `similarity` (cosine of the claim and the nearest passage; the
threshold of one half of the rows, odd or even, is fitted on the other), `majority` (the more frequent label, known
from the rows themselves), `claim_only` (logistic regression on the claim's words alone, 5-fold: what the wording
gives away). Rows marked doubtful are left out.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.claims import Claim
from knowledge.corpus import Corpus
from knowledge.messages import LANGUAGES
from knowledge.retrieval import Weights
from tutor.errors import BadData
from tutor.evaluation_data import FactcheckRow
from tutor.evaluation_retrieval import uniform
from tutor.measures import Counts, Evaluation, Measures, Values, interval, ratio, share

VERDICTS = ("supported", "contradicted", "not_found")
LABELS = ("true", "false", "not_found")
FOLDS = 5

Progress = Callable[[int, int], None]
Flags = NDArray[np.bool_]


def evaluate_factcheck(
    corpus: Corpus, rows: Sequence[FactcheckRow], seed: int = 0, progress: Progress | None = None
) -> Evaluation:
    """The corpus's fact check on these claims. Raises `BadData` ("data-empty") when every row is doubtful."""
    scored = [row for row in rows if not row.doubtful]
    if not scored:
        raise BadData("data-empty", path="factcheck")
    verdicts = []
    for done, row in enumerate(scored, start=1):
        verdicts.append(corpus.checker.check_claim(Claim(row.claim, 0, len(row.claim)), row.lang).verdict)
        if progress:
            progress(done, len(scored))
    groups = _groups(scored)
    baselines = {
        "similarity": similarity_verdicts(corpus, scored),
        "majority": majority_verdicts(scored),
        "claim_only": claim_only_verdicts(scored, seed),
    }
    labels = [row.label for row in scored]
    return Evaluation(
        suite="factcheck",
        n=len(scored),
        metrics=verdict_measures(labels, verdicts, seed),
        by={name: _part(labels, verdicts, group, seed) for name, group in groups.items() if name != "all"},
        baselines={
            name: {language: _part(labels, guessed, group, seed) for language, group in groups.items()}
            for name, guessed in baselines.items()
        },
        confusion={
            language: confusion(_pick(labels, group), _pick(verdicts, group)) for language, group in groups.items()
        },
        notes={"doubtful_left_out": len(rows) - len(scored)},
    )


def confusion(labels: Sequence[str], verdicts: Sequence[str]) -> dict[str, dict[str, int]]:
    """Label -> verdict -> count, for the labels that occur."""
    pairs = list(zip(labels, verdicts, strict=True))
    return {
        label: {verdict: pairs.count((label, verdict)) for verdict in VERDICTS} for label in LABELS if label in labels
    }


def verdict_measures(labels: Sequence[str], verdicts: Sequence[str], seed: int = 0) -> Measures:
    """The measures of the module's docstring; one that has nothing to count is undefined."""
    label, verdict = np.array(labels), np.array(verdicts)
    true, false = label == "true", label == "false"
    supported, contradicted = verdict == "supported", verdict == "contradicted"
    decided, every = supported | contradicted, np.ones(len(label), dtype=np.bool_)

    def balanced(counts: Counts) -> Values:
        return (ratio(counts, supported, true) + ratio(counts, ~supported, false)) / 2

    return {
        "precision_supported": share(true, supported, seed),
        "false_supported": share(supported, false, seed),
        "recall_true": share(supported, true, seed),
        "precision_contradicted": share(false, contradicted, seed),
        "recall_false": share(contradicted, false, seed),
        "coverage": share(decided, every, seed),
        "accuracy_decided": share((supported & true) | (contradicted & false), decided, seed),
        "balanced_accuracy": interval(balanced, len(label), seed),
    }


def similarity_verdicts(corpus: Corpus, rows: Sequence[FactcheckRow]) -> list[str]:
    """Supported where the nearest passage of either language is near enough, else contradicted."""
    nearest = uniform(corpus.retriever, Weights(0.0, 1.0))
    cosines = np.array(
        [max((hit.cosine for hit in nearest.search(row.claim, row.lang, len(LANGUAGES))), default=0.0) for row in rows]
    )
    true = np.array([row.label == "true" for row in rows])
    said = np.zeros(len(rows), dtype=np.bool_)
    for group in _by_language(rows):
        places = np.flatnonzero(group)
        for half, other in ((places[::2], places[1::2]), (places[1::2], places[::2])):
            said[half] = cosines[half] >= best_threshold(cosines[other], true[other])
    return _two_way(said)


def best_threshold(scores: NDArray[np.float64], true: Flags) -> float:
    """The score from which calling a claim true gives the best balanced accuracy; the lowest such."""

    def balanced(threshold: float) -> float:
        sides = [(scores[true] >= threshold), (scores[~true] < threshold)]
        return float(np.mean([side.mean() for side in sides if side.size]))

    return max(sorted({float(score) for score in scores}), key=balanced, default=0.0)


def majority_verdicts(rows: Sequence[FactcheckRow]) -> list[str]:
    """The more frequent label of each language, for every claim of it."""
    said = np.zeros(len(rows), dtype=np.bool_)
    true = np.array([row.label == "true" for row in rows])
    for group in _by_language(rows):
        said[group] = true[group].mean() >= 0.5
    return _two_way(said)


def claim_only_verdicts(rows: Sequence[FactcheckRow], seed: int = 0) -> list[str]:
    """What the claim's own words give away; the majority's guess where a language has too few claims of a label."""
    guessed = majority_verdicts(rows)
    true = np.array([row.label == "true" for row in rows])
    for group in _by_language(rows):
        places = np.flatnonzero(group).tolist()
        if min(int(true[group].sum()), int((~true[group]).sum())) < FOLDS:
            continue
        found = _cross_predicted([rows[place].claim for place in places], true[group], seed)
        for place, verdict in zip(places, _two_way(found), strict=True):
            guessed[place] = verdict
    return guessed


def _cross_predicted(claims: list[str], true: Flags, seed: int) -> Flags:
    """Each claim's label as foretold from the words of the claims in the other folds."""
    # sklearn ships no types, and is two seconds of import that only this baseline needs.
    from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped]  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # noqa: PLC0415
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # type: ignore[import-untyped]  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]  # noqa: PLC0415

    model = make_pipeline(CountVectorizer(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    return np.asarray(cross_val_predict(model, claims, true, cv=folds), dtype=np.bool_)


def _two_way(said_true: Flags) -> list[str]:
    return ["supported" if said else "contradicted" for said in said_true]


def _by_language(rows: Sequence[FactcheckRow]) -> list[Flags]:
    return [group for name, group in _groups(rows).items() if name != "all"]


def _groups(rows: Sequence[FactcheckRow]) -> Mapping[str, Flags]:
    """Language -> which rows; "all" last."""
    languages = np.array([row.lang for row in rows])
    present = {language: languages == language for language in LANGUAGES if (languages == language).any()}
    return {**present, "all": np.ones(len(rows), dtype=np.bool_)}


def _pick(values: Sequence[str], group: Flags) -> list[str]:
    return [value for value, chosen in zip(values, group, strict=True) if chosen]


def _part(labels: Sequence[str], verdicts: Sequence[str], group: Flags, seed: int) -> Measures:
    return verdict_measures(_pick(labels, group), _pick(verdicts, group), seed)
