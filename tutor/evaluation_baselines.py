"""What a verdict costs nothing to guess: the baselines that the fact check must beat.

Each decides every claim, as true or false, and says how sure it is of "supported":
- `similarity`: cosine of the claim and the nearest passage of either language; the threshold of one half of a
  language's rows, odd or even, is fitted on the other;
- `majority`: the more frequent label of the language, known from the rows themselves, as sure of every claim;
- `claim_only`: P(true) by logistic regression on the claim's words alone, 5-fold: what the wording gives away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.corpus import Corpus
from knowledge.messages import LANGUAGES
from knowledge.retrieval import Weights
from tutor.evaluation_data import FactcheckRow
from tutor.evaluation_retrieval import uniform
from tutor.measures import Flags, Values

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Guess:
    """A verdict for each claim, and what ranks the claims by how sure the method is that they are supported."""

    verdicts: tuple[str, ...]
    confidence: Values  # (claims,), higher is surer; of any scale


def guesses(corpus: Corpus, rows: Sequence[FactcheckRow], seed: int) -> dict[str, Guess]:
    """Every baseline by name."""
    return {
        "similarity": similarity_guess(corpus, rows),
        "majority": majority_guess(rows),
        "claim_only": claim_only_guess(rows, seed),
    }


def similarity_guess(corpus: Corpus, rows: Sequence[FactcheckRow]) -> Guess:
    """Supported where the nearest passage of either language is near enough, else contradicted."""
    nearest = uniform(corpus.retriever, Weights(0.0, 1.0))
    cosines = np.array(
        [max((hit.cosine for hit in nearest.search(row.claim, row.lang, len(LANGUAGES))), default=0.0) for row in rows],
        dtype=np.float64,
    )
    true = _true(rows)
    said = np.zeros(len(rows), dtype=np.bool_)
    for group in by_language(rows).values():
        places = np.flatnonzero(group)
        for half, other in ((places[::2], places[1::2]), (places[1::2], places[::2])):
            said[half] = cosines[half] >= best_threshold(cosines[other], true[other])
    return Guess(_two_way(said), cosines)


def best_threshold(scores: Values, true: Flags) -> float:
    """The score from which calling a claim true gives the best balanced accuracy; the lowest such."""

    def balanced(threshold: float) -> float:
        sides = [(scores[true] >= threshold), (scores[~true] < threshold)]
        return float(np.mean([side.mean() for side in sides if side.size]))

    return max(sorted({float(score) for score in scores}), key=balanced, default=0.0)


def majority_guess(rows: Sequence[FactcheckRow]) -> Guess:
    """The more frequent label of each language, for every claim of it."""
    share, true = np.zeros(len(rows)), _true(rows)
    for group in by_language(rows).values():
        share[group] = true[group].mean()
    return Guess(_two_way(share >= 0.5), np.zeros(len(rows)))


def claim_only_guess(rows: Sequence[FactcheckRow], seed: int = 0) -> Guess:
    """What the claim's own words give away; the share of true where a language has too few claims of a label."""
    likely, true = np.zeros(len(rows)), _true(rows)
    for group in by_language(rows).values():
        if min(int(true[group].sum()), int((~true[group]).sum())) < FOLDS:
            likely[group] = true[group].mean()
        else:
            claims = [row.claim for row, chosen in zip(rows, group, strict=True) if chosen]
            likely[group] = _cross_predicted(claims, true[group], seed)
    return Guess(_two_way(likely >= 0.5), likely)


def _cross_predicted(claims: list[str], true: Flags, seed: int) -> Values:
    """P(true) of each claim as foretold from the words of the claims in the other folds."""
    # sklearn ships no types, and is two seconds of import that only this baseline needs.
    from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped]  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # noqa: PLC0415
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # type: ignore[import-untyped]  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]  # noqa: PLC0415

    model = make_pipeline(CountVectorizer(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    found = cross_val_predict(model, claims, true, cv=folds, method="predict_proba")
    return np.asarray(found[:, 1], dtype=np.float64)  # columns: false, true


def by_language(rows: Iterable[FactcheckRow]) -> Mapping[str, Flags]:
    """Language -> which rows, for the languages that occur."""
    languages = np.array([row.lang for row in rows])
    return {language: languages == language for language in LANGUAGES if (languages == language).any()}


def _true(rows: Iterable[FactcheckRow]) -> Flags:
    return np.array([row.label == "true" for row in rows], dtype=np.bool_)


def _two_way(said_true: Flags) -> tuple[str, ...]:
    return tuple("supported" if said else "contradicted" for said in said_true)
