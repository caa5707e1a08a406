"""Verifiers: how far each sentence of the evidence supports or contradicts a claim.

A verifier gives probabilities and decides nothing; the fact check turns them into verdicts. The rules of the fact
check need no verifier; a trained model (`verifier_transformers.py`) or a chat model as judge (`agents/chat_judge.py`)
may stand beside them. All of them pass one conformance suite (`tests/verifier_conformance.py`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from knowledge.errors import BadVerifier
from knowledge.judgement import Judgement
from knowledge.verifier_onnx import OnnxVerifier
from knowledge.verifier_transformers import load_transformers

__all__ = ["BUNDLED", "RULES", "TRANSFORMERS_PREFIX", "Judgement", "Verifier", "load_verifier"]

BUNDLED = "bundled"
RULES = "rules"
TRANSFORMERS_PREFIX = "transformers:"


class Verifier(Protocol):
    """What the fact check needs of a verifier.

    Its scores depend on nothing but the sentence and the claim: not on their order, nor on what else is asked.
    """

    @property
    def name(self) -> str:
        """The verifier, in a form that changes whenever its scores would."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it understands, as ISO 639-1 codes."""
        ...

    @property
    def general(self) -> bool:
        """Whether it was made for any subject; one that was trained on a course reads that course's sentences alone."""
        ...

    def begin(self, claim: str) -> None:
        """Hear of a claim that will be asked about, and perhaps read it meanwhile. Returns at once, raises nothing and
        changes no score."""
        ...

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        """One judgement a claim, on its own sentences: `evidence[n]` belongs to `claims[n]`, and may be empty.

        Raises `ValueError` when the two differ in length.
        """
        ...


def load_verifier(name: str, cache: Path | None = None) -> Verifier | None:
    """The verifier that a setting names: "bundled", None for "rules", else "transformers:NAME_OR_FOLDER".

    A name is looked up among the models that transformers has already downloaded. `cache`: where the bundled one finds
    what it read before. Raises `BadVerifier`.
    """
    if name == RULES:
        return None
    if name == BUNDLED:
        return OnnxVerifier(cache=cache)
    if name.startswith(TRANSFORMERS_PREFIX):
        return load_transformers(name.removeprefix(TRANSFORMERS_PREFIX))
    raise BadVerifier("verifier-unknown", name=name)
