"""What a verifier makes of the sentences that the rules have compared with a claim, and when its word is not enough."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from knowledge.candidates import Candidate, versions
from knowledge.comparison import TOO_LITTLE
from knowledge.decision import NUMBER, Read
from knowledge.documents import Passage
from knowledge.judgement import Judgement
from knowledge.reading import Reading
from knowledge.rules import Judged
from knowledge.verifier import Verifier

VERIFIED = 6  # sentences that are read, each in both languages where the course has it in both
SHARED = 0.15  # of the claim's weight, said by a sentence that may support it by the verifier's word

FEW = 4  # content words of a short claim, its denial among them
PAIR = 2  # content words of a claim that says one thing of another: that a sentence has both tells little

ASKED_AT_ONCE = 8  # claims that are read at a time, by as many people
_READERS = ThreadPoolExecutor(ASKED_AT_ONCE, "second-look")

ReadJudged = tuple[Judged, Read]


@dataclass(frozen=True)
class Asked:
    """What a verifier is reading: the sentences, each with its wordings in both languages, and its answer to come."""

    facts: tuple[tuple[Candidate, tuple[Candidate, ...]], ...]
    answer: Future[list[Judgement]]

    def heard(self, judged: Sequence[Judged]) -> tuple[ReadJudged, ...]:
        """The sentences asked about as the rules have judged them, each with what the verifier says of it: the mean
        over both languages, since two readings err less than one. Waits for the answer, and raises what it raised."""
        (judgement,) = self.answer.result()
        scores = iter(zip(judgement.supported, judgement.contradicted, strict=True))
        by_place = {(one.candidate.passage.id, one.candidate.place): one for one in judged}
        found = []
        for candidate, wordings in self.facts:
            own = [next(scores) for _ in wordings]
            yes, no = (sum(side) / len(own) for side in zip(*own, strict=True))
            one = by_place[candidate.passage.id, candidate.place]
            found.append((one, Read(yes, no, one.candidate.overlap, one.comparison)))
        return tuple(found)


def ask(
    verifier: Verifier, claim: str, candidates: Sequence[Candidate], passages: Mapping[str, Passage]
) -> Asked | None:
    """Have the first VERIFIED of the candidates read, while the rules go over them; None where there are none.

    `passages`: by id, where the other language is looked up.
    """
    facts: list[tuple[Candidate, tuple[Candidate, ...]]] = []
    said: set[str] = set()
    for candidate in candidates:
        if len(facts) < VERIFIED and candidate.text not in said:
            facts.append((candidate, tuple(versions(candidate, passages))))
            said.update(wording.text for wording in facts[-1][1])
    if not facts:
        return None
    texts = [item.text for _, items in facts for item in items]
    return Asked(tuple(facts), _READERS.submit(verifier.score, [texts], [claim]))


def is_doubtful(claim: Reading, read: Sequence[ReadJudged]) -> bool:
    """Whether the verifier's word does not make a claim supported.

    So it is where the sentence that supports it most gives another number for the same thing, where the claim says too
    little to be looked up or has but two words, where the two share nearly nothing, and where a short claim denies what
    the sentence does not speak of: in a longer one that is mostly another word for it (docs/LOG.md).
    """
    best, said = max(read, key=lambda item: item[1].supported)
    other_number = any(kind == NUMBER for kind, _, _ in best.comparison.conflicts)
    content = [word for word in claim.words if not word.light]
    denied = {word.stem for word in content if word.negated} if len(content) <= FEW else set()
    silent = bool(denied.intersection(best.comparison.missing))
    is_pair = len(content) <= PAIR and not claim.quantities  # a number says enough
    too_little = is_pair or TOO_LITTLE in best.comparison.missing
    return too_little or silent or other_number or said.overlap < SHARED
