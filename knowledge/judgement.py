"""What a verifier says of one claim: two probabilities for each sentence of its evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

Pair = tuple[str, str]  # a sentence of the evidence, and the claim
Scores = tuple[float, float]  # supported, contradicted

SLACK = 1e-6  # by which rounding may take a sum of probabilities over 1


@dataclass(frozen=True, slots=True)
class Judgement:
    """For each sentence of the evidence, the probability that it supports and that it contradicts the claim.

    Both are in 0..1 and sum to at most 1; the rest is that the sentence says neither. Both are empty where there was
    no evidence. Raises `ValueError` on anything else.
    """

    supported: tuple[float, ...] = ()
    contradicted: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.supported) != len(self.contradicted):
            raise ValueError("a judgement has two probabilities for each sentence")
        for yes, no in zip(self.supported, self.contradicted, strict=True):
            if not (0 <= yes <= 1 and 0 <= no <= 1 and yes + no <= 1 + SLACK):
                raise ValueError(f"not probabilities: supported {yes}, contradicted {no}")

    @property
    def best(self) -> int | None:
        """The place of the sentence that supports the claim most, the first of equals; None without evidence."""
        return _place_of_largest(self.supported)

    @property
    def worst(self) -> int | None:
        """The place of the sentence that contradicts the claim most, the first of equals; None without evidence."""
        return _place_of_largest(self.contradicted)


def pairs_of(evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Pair]:
    """Every sentence with its claim, in order, as tokenizers and servers take them: half a surrogate pair becomes "?".

    Raises `ValueError` unless there is evidence (perhaps empty) for each claim.
    """
    return [(_whole(text), _whole(claim)) for texts, claim in zip(evidence, claims, strict=True) for text in texts]


def judgements(evidence: Sequence[Sequence[str]], scores: Sequence[Scores]) -> list[Judgement]:
    """One judgement a claim from the scores of all its pairs, in the order of `pairs_of`."""
    given = iter(scores)
    made = []
    for texts in evidence:
        own = [next(given) for _ in texts]
        made.append(Judgement(tuple(yes for yes, _ in own), tuple(no for _, no in own)))
    return made


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _place_of_largest(values: tuple[float, ...]) -> int | None:
    return max(range(len(values)), key=values.__getitem__) if values else None
