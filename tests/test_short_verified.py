"""The verifier's word on short answers: read under the question, and believed as far as the comparison leaves room."""

from collections.abc import Sequence
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.short_compare import PointGrade
from agents.short_reading import ShortReader
from agents.short_signals import Heard, hear, signals
from agents.short_verified import Limits, found, read_reckoning, verified
from knowledge.decision import logistic
from knowledge.judgement import Judgement

READER = ShortReader()
STEM = READER.read("Where do the queries come from?", "en")
POINT, ANSWER = READER.read("the decoder", "en"), READER.read("from the decoder's own states", "en")
OUTCOMES = ("said", "denied", "missing", "unsure")


class Says:
    """A verifier with one answer, which keeps what it was asked."""

    name, languages, general = "says", ("es", "en"), False

    def __init__(self, supported: float, contradicted: float = 0.0) -> None:
        self.says = (supported, contradicted)
        self.asked: list[tuple[str, str]] = []

    def begin(self, claim: str) -> None:
        """Reads nothing ahead."""

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        self.asked += [(text, claim) for texts, claim in zip(evidence, claims, strict=True) for text in texts]
        return [Judgement((self.says[0],), (self.says[1],)) for _ in claims]


def known_of(grade: PointGrade, supported: float) -> dict[str, float]:
    return signals(grade, Heard(supported, 0.1, 0.5, 0.1), POINT, ANSWER, STEM, [POINT])


def test_both_are_read_under_the_question_in_both_directions() -> None:
    verifier = Says(0.5, 0.1)
    answer, point = (f"Where do the queries come from?: {said.text}" for said in (ANSWER, POINT))
    assert hear(POINT, ANSWER, STEM, verifier) == Heard(0.5, 0.1, 0.5, 0.1)
    assert verifier.asked == [(answer, point), (point, answer)], "whether either follows from the other"


@pytest.mark.parametrize(
    ("grade", "supported", "contradicted", "outcome"),
    [
        (PointGrade("unsure", 0.5), 0.999, 0.0, "said"),
        (PointGrade("unsure", 0.5), 0.001, 0.9, "denied"),
        (PointGrade("unsure", 0.5), 0.001, 0.1, "missing"),
        (PointGrade("unsure", 0.5), 0.6, 0.2, "unsure"),
        (PointGrade("said", 1.0), 0.9, 0.05, "said"),
        (PointGrade("said", 1.0), 0.2, 0.2, "unsure"),
        (PointGrade("unsure", 1.0, "both"), 0.999, 0.0, "unsure"),
        (PointGrade("denied", 0.5, "roles"), 0.999, 0.0, "unsure"),
        (PointGrade("denied", 0.5, "roles"), 0.01, 0.9, "denied"),
        (PointGrade("missing", 0.0), 0.05, 0.1, "missing"),
    ],
)
def test_it_is_believed_as_far_as_the_comparison_leaves_room(
    grade: PointGrade, supported: float, contradicted: float, outcome: str
) -> None:
    assert verified(grade, POINT, ANSWER, STEM, [POINT], Says(supported, contradicted)).outcome == outcome


def test_yes_no_and_bare_formulas_are_not_its_business() -> None:
    verifier = Says(0.001, 0.9)
    by_word = PointGrade("said", 1.0, "said")
    assert verified(by_word, POINT, ANSWER, STEM, [POINT], verifier) is by_word
    formula, letter = PointGrade("said", 1.0), READER.read("n", "en")
    assert verified(formula, letter, letter, STEM, [letter], verifier) is formula
    assert verified(formula, POINT, ANSWER, STEM, [POINT], None) is formula
    assert not verifier.asked


def test_weights_and_limits_cover_all_that_can_be_found() -> None:
    reckoning = read_reckoning()
    assert set(reckoning.weights) == {"bias", *known_of(PointGrade("said", 1.0), 0.5)}
    whys = ("", "both", "bounds", "half", "nearly", "roles")
    grades = [PointGrade(outcome, share, why) for outcome in OUTCOMES for why in whys for share in (0.0, 0.5)]  # type: ignore[arg-type]
    assert {found(grade) for grade in grades} == set(reckoning.limits)
    assert {field.name for field in fields(Limits)} == {"said", "unsaid"}
    assert all(0 <= own.unsaid < own.said <= 1 for own in reckoning.limits.values())


@given(st.sampled_from(OUTCOMES), st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5))
def test_the_surer_the_verifier_the_likelier_the_point(outcome: str, coverage: float, low: float, step: float) -> None:
    grade, high = PointGrade(outcome, coverage), min(1.0, low + step)  # type: ignore[arg-type]
    weights = read_reckoning().weights
    assert logistic(weights, known_of(grade, low)) <= logistic(weights, known_of(grade, high))


def test_the_texts_are_told_apart_by_what_stands_in_each() -> None:
    stem, point = READER.read("How many layers?", "en"), READER.read("6 layers", "en")
    same, other, foreign = (READER.read(*text) for text in (("6", "en"), ("no, 8 or 9", "en"), ("seis capas", "es")))

    def known(answer: object) -> dict[str, float]:
        return signals(PointGrade("unsure", 0.5), Heard(0.5, 0.1, 0.5, 0.1), point, answer, stem, [point])  # type: ignore[arg-type]

    assert (known(same)["numbers_lacking"], known(same)["numbers_over"], known(same)["one_denies"]) == (0, 0, 0)
    assert (known(other)["numbers_lacking"], known(other)["numbers_over"], known(other)["chooses"]) == (1, 1, 1)
    assert (known(foreign)["other_language"], known(foreign)["numbers_lacking"]) == (1, 0)
    assert known(point)["letters"] == known(point)["point_said"] == known(point)["answer_known"] == 1
    assert all(abs(value) < 8 for value in known(other).values())
