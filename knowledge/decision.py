"""From what is known of a claim to the probability that it is true, and that it is false.

Two logistic regressions for each language over the same signals: what the verifier says of the sentences that stand
nearest, and what the rules found. Weights and thresholds are data (`thresholds.toml`), fitted by
`evals/fit_decision.py` on claims that the verifier was not trained on.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from knowledge.comparison import Comparison
from knowledge.messages import LANGUAGES

THRESHOLDS_FILE = Path(__file__).with_name("thresholds.toml")
MOST = 6.0  # bound of a log-odds: 0.0025 and 0.9975
NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence that the verifier has read with the claim: its two probabilities, and what the rules make of it."""

    supported: float
    contradicted: float
    overlap: float
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of a claim, each a number of about unit size.

    supports, denies: log-odds of the sentence that supports, or denies, it most
    supports_near, denies_near: of the sentence that says most of its words
    balance: largest difference of the two probabilities, in favour of the claim
    support_mean: mean P(supported) of the two sentences that support it most
    overlap: how much of the claim the nearest sentence says
    said: coverage of a sentence that says it without a conflict or a missing word, 0 without one
    opposed: coverage of a sentence that says it but for one thing, 0 without one
    belief: how much of a misconception it states
    missing: words that may not be passed over and that the supporting sentence lacks, up to 3, in thirds
    conflict: whether the rules see the supporting sentence disagree
    number: whether the supporting sentence gives another number, or none
    """

    supports: float
    denies: float
    supports_near: float
    denies_near: float
    balance: float
    support_mean: float
    overlap: float
    said: float
    opposed: float
    belief: float
    missing: float
    conflict: float
    number: float


SIGNALS = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, slots=True)
class Decision:
    """One language's weights: signal -> weight, with a bias, for "true" and for "false", and the probabilities from
    which a claim is called supported or contradicted."""

    true: Mapping[str, float]
    false: Mapping[str, float]
    supported: float
    contradicted: float

    def p_true(self, signals: Signals) -> float:
        """The probability that the claim is true, 0..1."""
        return logistic(self.true, _named(signals))

    def p_false(self, signals: Signals) -> float:
        """The probability that the claim is false, 0..1."""
        return logistic(self.false, _named(signals))


def read_decision(path: Path = THRESHOLDS_FILE) -> dict[str, Decision]:
    """Language -> how it is decided with a verifier."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))["verified"]
    return {
        language: Decision(
            table[language]["true"], table[language]["false"], table[language]["supported"],
            table[language]["contradicted"],
        )
        for language in LANGUAGES
    }  # fmt: skip


def signals_of(read: Sequence[Read], said: float, opposed: float, belief: float) -> Signals:
    """The signals of a claim; `read` is not empty, the sentence nearest to the claim first."""
    best = max(read, key=lambda one: one.supported)
    near = read[0]
    strongest = sorted((one.supported for one in read), reverse=True)[:2]
    kinds = {kind for kind, _, _ in best.comparison.conflicts}
    untold = NUMBER in kinds or any(_is_number(word) for word in best.comparison.missing)
    return Signals(
        supports=_half_log_odds(best.supported), denies=_half_log_odds(max(one.contradicted for one in read)),
        supports_near=_half_log_odds(near.supported), denies_near=_half_log_odds(near.contradicted),
        balance=max(one.supported - one.contradicted for one in read),
        support_mean=sum(strongest) / len(strongest), overlap=best.overlap, said=said, opposed=opposed, belief=belief,
        missing=min(len(best.comparison.missing), 3) / 3, conflict=float(bool(kinds)), number=float(untold),
    )  # fmt: skip


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).replace("e+", "", 1).replace("e-", "", 1).isdigit()


def log_odds(probability: float, least: float = 1e-6) -> float:
    """Of a probability that is taken to be no nearer than `least` to 0 and 1."""
    bounded = min(max(probability, least), 1 - least)
    return math.log(bounded / (1 - bounded))


def logistic(weights: Mapping[str, float], known: Mapping[str, float]) -> float:
    """The probability that weighed signals, and the bias, come to; a signal without a weight counts nothing."""
    score = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in known.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _named(signals: Signals) -> dict[str, float]:
    return dict(zip(SIGNALS, astuple(signals), strict=True))


def _half_log_odds(probability: float) -> float:
    return max(-MOST, min(MOST, log_odds(probability))) / 2
