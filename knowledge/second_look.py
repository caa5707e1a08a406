"""What a verifier makes of the sentences that the rules have compared with a claim, and when its word is not enough."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from knowledge.candidates import Candidate, versions
from knowledge.comparison import TOO_LITTLE, UNORDERED
from knowledge.decision import NUMBER, Read
from knowledge.documents import Passage
from knowledge.judgement import Scores
from knowledge.reading import Reading
from knowledge.rules import Judged
from knowledge.verifier import Verifier

VERIFIED = 3  # sentences that are read, each in both languages where the course has it in both (docs/LOG.md)
GAINSAID, AS_NEAR = 0.7, 0.1  # P(contradicted) of a sentence that leaves a claim in doubt, and how much less it may say
SHARED = 0.15  # of the claim's weight, said by a sentence that may support it by the verifier's word

FEW = 4  # content words of a short claim, its denial among them
PAIR = 2  # content words of a claim that says one thing of another: that a sentence has both tells little

TELLING = 0.12  # P(supported or contradicted) from which a sentence counts in the other language, too
ASKED_AT_ONCE = 8  # claims that are read at a time, by as many people
_READERS = ThreadPoolExecutor(ASKED_AT_ONCE, "second-look")

ReadJudged = tuple[Judged, Read]


Wordings = tuple[Candidate, ...]  # a sentence and what says the same in the other language


@dataclass(frozen=True)
class Asked:
    """What a verifier is reading, and its answer to come: for each of the facts, supported and contradicted."""

    facts: tuple[Wordings, ...]
    answer: Future[list[Scores]]

    def heard(self, judged: Sequence[Judged]) -> tuple[ReadJudged, ...]:
        """The sentences asked about as the rules have judged them, each with what the verifier says of it. Waits for
        the answer, and raises what it raised."""
        by_place = {(one.candidate.passage.id, one.candidate.place): one for one in judged}
        found = []
        for (candidate, *_), (yes, no) in zip(self.facts, self.answer.result(), strict=True):
            one = by_place[candidate.passage.id, candidate.place]
            found.append((one, Read(yes, no, one.candidate.overlap, one.comparison)))
        return tuple(found)


def ask(
    verifier: Verifier, claim: str, candidates: Sequence[Candidate], passages: Mapping[str, Passage]
) -> Asked | None:
    """Have the first VERIFIED of the candidates read, while the rules go over them; None where there are none.

    `passages`: by id, where the other language is looked up.
    """
    facts: list[Wordings] = []
    said: set[str] = set()
    for candidate in candidates:
        if len(facts) < VERIFIED and candidate.text not in said:
            facts.append(tuple(versions(candidate, passages)))
            said.update(wording.text for wording in facts[-1])
    return Asked(tuple(facts), _READERS.submit(_scores, verifier, claim, facts)) if facts else None


def _scores(verifier: Verifier, claim: str, facts: Sequence[Wordings]) -> list[Scores]:
    """What the verifier says of each fact: the mean over both languages, since two readings err less than one; in its
    first language alone where that says nothing of the claim."""
    (judgement,) = verifier.score([[wording.text for fact in facts for wording in fact]], [claim])
    said = iter(zip(judgement.supported, judgement.contradicted, strict=True))
    return [_both([next(said) for _ in fact]) for fact in facts]


def _both(said: Sequence[Scores]) -> Scores:
    """The scores of a fact from those of its wordings, its own first."""
    yes, no = said[0]
    if len(said) == 1 or yes + no < TELLING:
        return yes, no
    return (yes + said[1][0]) / 2, (no + said[1][1]) / 2


def is_doubtful(claim: Reading, read: Sequence[ReadJudged]) -> bool:
    """Whether the verifier's word does not make a claim supported.

    So it is where the sentence that supports it most gives another number for the same thing, where another sentence,
    as near, denies it, where the claim says too little to be looked up or has but two words, where it says what comes
    before what and the sentence tells no order, where the two share nearly nothing, and where a short claim denies what
    the sentence does not speak of: in a longer one that is mostly another word for it (docs/LOG.md).
    """
    best, said = max(read, key=lambda item: item[1].supported)
    other_number = any(kind == NUMBER for kind, _, _ in best.comparison.conflicts)
    content = [word for word in claim.words if not word.light]
    denied = {word.stem for word in content if word.negated} if len(content) <= FEW else set()
    silent = bool(denied.intersection(best.comparison.missing))
    is_pair = len(content) <= PAIR and not claim.quantities  # a number says enough
    too_little = is_pair or TOO_LITTLE in best.comparison.missing
    unordered = UNORDERED in best.comparison.missing
    gainsaid = any(one.contradicted >= GAINSAID and one.overlap >= said.overlap - AS_NEAR for _, one in read)
    return too_little or unordered or silent or other_number or gainsaid or said.overlap < SHARED
