"""Fit how the concept of a question is found and whether the course answers it (knowledge/finder.toml).

    python -m evals.fit_finder [--answered FILE.jsonl ...] [--unanswerable FILE.jsonl ...] [--keep ES EN] [--out FILE]

The weights of the signs maximise the likelihood of the right concepts (multinomial logistic regression, one a
language); those of the grounds that of being answered (logistic regression, both languages, classes weighed alike). A
language's threshold lies half-way between the share `--keep` of its answerable questions and the rest. Prints
accuracies by ten-fold cross-validation: the questions stand in tests/data, and a figure on them is not held out.
"""

import argparse
import datetime
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.concept_finder import WEIGHTS_FILE, Asking, ConceptFinder
from knowledge.messages import LANGUAGES
from knowledge.storage import write_text_atomically
from knowledge.text_guard import text_language
from tutor.settings import Settings
from tutor.tutor import Tutor

DATA = Path("tests/data")
ANSWERED = [DATA / name for name in ("learner_questions.jsonl", "more_questions.jsonl", "questions.jsonl")]
UNANSWERABLE = [DATA / name for name in ("unanswerable.jsonl", "more_unanswerable.jsonl")]
SIGNS = ("named", "passages", "words", "asked", "near_passages", "near_asked")
GROUNDS = ("asked", "near_asked", "near_passages", "covered", "doubt", "critical", "strength")
SURE = 0.2
KEEP = (0.976, 0.98)
STEPS, RATE, RIDGE = 4000, 0.5, 0.002
FOLDS = 10
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """A question with what the finder sees of it; `right`: rows of its concepts, empty when it cannot be answered."""

    language: str
    signs: Array  # (signs, concepts)
    grounds: Array  # (grounds,)
    right: tuple[int, ...]


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_finder", description="Fit the concept finder.")
    parser.add_argument("--answered", type=Path, nargs="*", default=ANSWERED)
    parser.add_argument("--unanswerable", type=Path, nargs="*", default=UNANSWERABLE)
    parser.add_argument(
        "--keep", type=float, nargs=len(LANGUAGES), default=KEEP, help=f"share to answer of the answerable: {LANGUAGES}"
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS_FILE)
    options = parser.parse_args()
    rows = read_rows([*options.answered, *options.unanswerable])
    lines = [
        "# How much each sign counts when the concept of a question is found, and whether the course answers it",
        "# (knowledge/concept_finder.py says what each is). Written by evals/fit_finder.py on "
        f"{datetime.date.today().isoformat()}; accuracies by {FOLDS}-fold cross-validation.",
    ]
    for language in LANGUAGES:
        mine = [row for row in rows if row.language == language and row.right]
        weights, accuracy = fit_concepts(mine)
        print(f"{language}: {len(mine)} questions, right concept first {accuracy:.3f}")
        lines += [f"# right concept first: {accuracy:.3f} of {len(mine)}", f"[{language}]"]
        lines += [f"{name} = {weight:.2f}" for name, weight in zip(SIGNS, weights, strict=True)]
        lines += [f"sure = {SURE}", ""]
    bias, grounds, odds = fit_answering(rows)
    fitted = _sigmoid(bias + np.stack([row.grounds for row in rows]) @ grounds)
    lines += ["[answering]", f"bias = {bias:.2f}", "", "[answering.thresholds]"]
    for language, keep in zip(LANGUAGES, options.keep, strict=True):
        answerable = np.array([o for o, row in zip(odds, rows, strict=True) if row.language == language and row.right])
        others = np.array([o for o, row in zip(odds, rows, strict=True) if row.language == language and not row.right])
        threshold = _threshold(fitted[[row.language == language and bool(row.right) for row in rows]], keep)
        kept, refused = (answerable >= threshold).mean(), (others < threshold).mean()
        told = f"answered {kept:.3f} of {len(answerable)} answerable, refused {refused:.3f} of {len(others)} others"
        print(f"{language}: {told}")
        lines += [f"# {told}", f"{language} = {threshold:.3f}"]
    lines += ["", "[answering.weights]"]
    lines += [f"{name} = {weight:.2f}" for name, weight in zip(GROUNDS, grounds, strict=True)]
    write_text_atomically(options.out, "\n".join(lines) + "\n")


def read_rows(files: Sequence[Path]) -> list[Row]:
    """The questions of the files, seen by the finder of the bundled course."""
    with tempfile.TemporaryDirectory() as folder:
        tutor = Tutor(Settings(data_dir=Path(folder), model="composer"))
        parts = tutor.parts()
        finder = parts.corpus.finder
        assert finder is not None
        found = []
        for file in files:
            for line in file.read_text(encoding="utf-8").splitlines():
                question: dict[str, Any] = json.loads(line)
                language = text_language(question["question"], "auto", "es")
                asking = parts.planner.read(question["question"], language)
                found.append(_row(finder, asking, question.get("concepts", [])))
        return found


def _row(finder: ConceptFinder, asking: Asking, concepts: Sequence[str]) -> Row:
    grounds = finder.find(asking).grounds
    return Row(
        asking.language, np.stack(finder.signs(asking).arrays), np.array([grounds[name] for name in GROUNDS]),
        tuple(finder.concepts.index(concept) for concept in concepts),
    )  # fmt: skip


def fit_concepts(rows: Sequence[Row]) -> tuple[Array, float]:
    """The weights of the signs, and the cross-validated share of questions whose first concept is right."""
    signs = np.stack([row.signs for row in rows])
    right = [row.right for row in rows]
    hits = 0
    for fold in range(FOLDS):
        held = np.arange(len(rows)) % FOLDS == fold
        weights = _multinomial(signs[~held], [r for r, out in zip(right, held, strict=True) if not out])
        best = np.tensordot(signs[held], weights, axes=([1], [0])).argmax(axis=1)
        hits += sum(choice in right[place] for choice, place in zip(best, np.flatnonzero(held), strict=True))
    return _multinomial(signs, right), hits / len(rows)


def _multinomial(signs: Array, right: Sequence[Sequence[int]]) -> Array:
    """Weights by gradient ascent; where several concepts are right, the one that is likeliest so far counts most."""
    weights = np.zeros(signs.shape[1])
    marks = np.zeros((len(right), signs.shape[2]))
    for place, concepts in enumerate(right):
        marks[place, list(concepts)] = 1.0
    for _ in range(STEPS):
        total = np.tensordot(signs, weights, axes=([1], [0]))
        likelihood = np.exp(total - total.max(axis=1, keepdims=True))
        likelihood /= likelihood.sum(axis=1, keepdims=True)
        wanted = likelihood * marks
        wanted /= wanted.sum(axis=1, keepdims=True)
        slope = np.einsum("nsc,nc->s", signs, wanted - likelihood) / len(right)
        weights += RATE * (slope - RIDGE * weights)
    return weights


def fit_answering(rows: Sequence[Row]) -> tuple[float, Array, Array]:
    """Bias, weights, and each row's probability from a fit that did not see it."""
    grounds = np.stack([row.grounds for row in rows])
    answered = np.array([bool(row.right) for row in rows])
    odds = np.zeros(len(rows))
    for fold in range(FOLDS):
        held = np.arange(len(rows)) % FOLDS == fold
        bias, weights = _logistic(grounds[~held], answered[~held])
        odds[held] = _sigmoid(bias + grounds[held] @ weights)
    bias, weights = _logistic(grounds, answered)
    return bias, weights, odds


def _threshold(answerable: Array, keep: float) -> float:
    """Half-way between the last question given up and the first one kept."""
    ordered = np.sort(answerable)
    given_up = max(1, round((1 - keep) * len(ordered)))
    return float(ordered[given_up - 1 : given_up + 1].mean())


def _logistic(grounds: Array, answered: NDArray[np.bool_]) -> tuple[float, Array]:
    """Bias and weights on the grounds, whose scales are evened out while fitting."""
    scale = grounds.std(axis=0) + 1e-9
    even = np.column_stack([np.ones(len(grounds)), grounds / scale])
    share = np.where(answered, 0.5 / answered.sum(), 0.5 / (~answered).sum())
    weights = np.zeros(even.shape[1])
    for _ in range(STEPS):
        slope = even.T @ (share * (answered - _sigmoid(even @ weights)))
        weights += RATE * (slope - RIDGE * np.append(0.0, weights[1:]))
    return float(weights[0]), weights[1:] / scale


def _sigmoid(value: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-value)))


if __name__ == "__main__":
    main()
