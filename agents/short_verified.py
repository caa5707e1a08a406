"""What a verifier adds to the comparison of a point with an answer, where both are long enough to be sentences.

It was trained on statements and says little of "the decoder", so what is no statement is left to the comparison alone.
The limits were chosen on 6,949 claims that it was not trained on, each a point with the sentence that it rests on as
the answer, most false ones one small change away: 1,123 of 3,340 that are said are found said, and 45 of 3,609 that are
not; 44 of those that are said are called denied.
"""

from agents.short_compare import PointGrade
from agents.short_mention import Said
from knowledge.terms import plain
from knowledge.verifier import Verifier

SENTENCE = 7  # words from which a point or an answer is read as a statement
CONSENT = 0.7  # P(contradicted) up to which what the comparison finds said is said
FILLED = 0.85  # P(supported) from which the little that the comparison misses of a point is said in other words
SURE = 0.9  # the same of a point of which it misses more
AGAINST = 0.8  # P(contradicted) from which what the comparison finds denied is denied
REFUSED = 0.92  # P(contradicted) from which the point is denied whatever the comparison finds


def verified(grade: PointGrade, point: Said, answer: Said, verifier: Verifier | None) -> PointGrade:
    """The grade of a point once a verifier has read it with the answer; as it was for what is no sentence."""
    if verifier is None or min(len(point.tokens), len(answer.tokens)) < SENTENCE or grade.why in {"said", "both"}:
        return grade
    (read,) = verifier.score([[plain(answer.text)]], [plain(point.text)])
    supported, contradicted = read.supported[0], read.contradicted[0]
    if grade.outcome == "said":
        return grade if contradicted < CONSENT else PointGrade("unsure", grade.coverage, "verifier")
    if grade.outcome == "denied":
        return grade if contradicted >= AGAINST else PointGrade("unsure", grade.coverage, "verifier")
    if supported >= (FILLED if grade.why == "nearly" else SURE):
        return PointGrade("said", grade.coverage, "verifier")
    if contradicted >= REFUSED:
        return PointGrade("denied", grade.coverage, "verifier")
    return grade
