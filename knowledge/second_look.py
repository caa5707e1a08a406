"""What a verifier makes of the sentences that the rules have compared with a claim, and when its word is not enough."""

from collections.abc import Mapping, Sequence

from knowledge.candidates import Candidate, versions
from knowledge.comparison import TOO_LITTLE
from knowledge.decision import NUMBER, Read
from knowledge.documents import Passage
from knowledge.reading import Reading
from knowledge.rules import Judged
from knowledge.verifier import Verifier

VERIFIED = 6  # sentences that are read, each in both languages where the course has it in both
SHARED = 0.15  # of the claim's weight, said by a sentence that may support it by the verifier's word

FEW = 4  # content words of a short claim, its denial among them
PAIR = 2  # content words of a claim that says one thing of another: that a sentence has both tells little

ReadJudged = tuple[Judged, Read]


def second_look(
    verifier: Verifier, claim: str, judged: Sequence[Judged], passages: Mapping[str, Passage]
) -> tuple[ReadJudged, ...]:
    """The first VERIFIED of the judged, each with what the verifier says of it: the mean over both languages, since two
    readings err less than one. `passages`: by id, where the other language is looked up."""
    facts: list[tuple[Judged, list[Candidate]]] = []
    said: set[str] = set()
    for one in judged:
        if len(facts) < VERIFIED and one.candidate.text not in said:
            facts.append((one, versions(one.candidate, passages)))
            said.update(wording.text for wording in facts[-1][1])
    if not facts:
        return ()
    (judgement,) = verifier.score([[item.text for _, items in facts for item in items]], [claim])
    scores = iter(zip(judgement.supported, judgement.contradicted, strict=True))
    found = []
    for one, wordings in facts:
        own = [next(scores) for _ in wordings]
        yes, no = (sum(side) / len(own) for side in zip(*own, strict=True))
        found.append((one, Read(yes, no, one.candidate.overlap, one.comparison)))
    return tuple(found)


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
