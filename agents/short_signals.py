"""What is known of a point beside an answer, as numbers of about unit size: the verifier's word in both directions,
what the comparison of words found, and how the two texts lie beside each other and their question."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from agents.short_against import left_over
from agents.short_compare import PointGrade
from agents.short_lexicon import Key, is_function
from agents.short_mention import NUMBER, Said
from knowledge.candidates import under_heading
from knowledge.decision import log_odds
from knowledge.terms import stem
from knowledge.verifier import Verifier

LEAST = 1e-3  # of a probability, before its log-odds
BRIEF = 6  # words up to which an answer only names what it means


@dataclass(frozen=True, slots=True)
class Heard:
    """What a verifier says of an answer and a point, both read under their question, as probabilities.

    supported, contradicted: of the point, by the answer
    back_supported, back_contradicted: of the answer, by the point: an answer that says another thing, or more, may
    well say the point, but does not follow from it
    """

    supported: float
    contradicted: float
    back_supported: float
    back_contradicted: float


def hear(point: Said, answer: Said, stem: Said, verifier: Verifier) -> Heard:
    """What the verifier says of a point and an answer to a question."""
    asked, said = under_heading(point.text, stem.text), under_heading(answer.text, stem.text)
    there, back = verifier.score([[said], [asked]], [asked, said])
    return Heard(there.supported[0], there.contradicted[0], back.supported[0], back.contradicted[0])


def signals(
    grade: PointGrade, heard: Heard, point: Said, answer: Said, stem: Said, points: Sequence[Said]
) -> dict[str, float]:
    """The verifier's word in log-odds, the comparison's as it is and once more for brief answers; denials, numbers and
    lengths (logarithms); and shares: of the point's words in the answer (all, and those that the question lacks), of
    the answer's in point and question, and in the question alone; of three letters in a row, those of both and the
    point's."""
    brief = float(len(answer.tokens) <= BRIEF)
    over = left_over(answer, stem, points)
    said = float(grade.outcome == "said")
    denied, missing = float(grade.outcome == "denied"), float(grade.outcome == "missing")
    mine, theirs, asked = words_of(answer), words_of(point), words_of(stem)
    letters, of_point = threes(answer), threes(point)
    numbers = numbers_of(answer)
    known = numbers_of(stem).union(*map(numbers_of, (point, *points)))
    return {
        "supported": log_odds(heard.supported, LEAST), "contradicted": log_odds(heard.contradicted, LEAST),
        "back_supported": log_odds(heard.back_supported, LEAST),
        "back_contradicted": log_odds(heard.back_contradicted, LEAST),
        "coverage": grade.coverage, "said": said, "denied": denied, "missing": missing,
        "both": float(grade.why == "both"), "bounds": float(grade.why == "bounds"),
        "brief": brief, "brief_coverage": brief * grade.coverage, "brief_said": brief * said,
        "brief_denied": brief * denied, "brief_missing": brief * missing,
        "only": said * (not over), "brief_only": brief * said * (not over), "over": float(over),
        "other_language": float(answer.language != point.language), "chooses": float(answer.chooses),
        "answer_denies": float(answer.denying), "point_denies": float(point.denying),
        "question_denies": float(stem.denying), "one_denies": float(answer.denying != point.denying),
        "point_said": share(mine & theirs, theirs), "new_said": share((theirs - asked) & mine, theirs - asked),
        "answer_known": share(mine & (theirs | asked), mine), "answer_asked": share(mine & asked, mine),
        "letters": share(letters & of_point, letters | of_point), "point_letters": share(letters & of_point, of_point),
        "numbers_lacking": float(bool(numbers_of(point) - numbers)), "numbers_over": float(bool(numbers - known)),
        "answer_length": math.log1p(len(answer.tokens)), "point_length": math.log1p(len(point.tokens)),
        "question_length": math.log1p(len(stem.tokens)),
    }  # fmt: skip


@lru_cache(maxsize=2_000)
def words_of(said: Said) -> frozenset[str]:
    """The stems of the words that carry something."""
    return frozenset(stem(token, said.language) for token in said.tokens if not is_function(token))


def threes(said: Said) -> frozenset[str]:
    """What stands there of three letters in a row, ends of words included."""
    text = f" {' '.join(said.tokens)} "
    return frozenset(text[at : at + 3] for at in range(len(text) - 2))


def numbers_of(said: Said) -> frozenset[Key]:
    """The numbers that it gives."""
    return frozenset(key for mention in said.mentions for key in mention.keys if key[0] == NUMBER)


def share(part: frozenset[str], whole: frozenset[str]) -> float:
    """The share that a part has of a whole, 0 of nothing."""
    return len(part) / len(whole) if whole else 0.0
