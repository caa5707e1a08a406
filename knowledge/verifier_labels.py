"""What the labels of a classifier mean: which one says supported, and which one says contradicted.

Models for natural language inference write entailment, neutral and contradiction in any order; models for grounded
factuality write supported and unsupported, or nothing at all. A model without names and with two labels follows
MiniCheck (Tang, Laban and Durrett 2024, arXiv 2404.10774) as a sequence classifier: label 1 is supported; and
LettuceDetect (Kovács and Recski 2025, arXiv 2502.17125) as a token classifier: label 1 is unsupported.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SUPPORTED = frozenset(
    "entailment entailed entails entail supported supports support consistent faithful grounded factual".split()
)
CONTRADICTED = frozenset(
    "contradiction contradicted contradicts contradictory contradict refuted refutes refute".split()
)
NEITHER = frozenset(
    """neutral unsupported notsupported notsupport notentailment notentailed nonentailment noentailment inconsistent
    unfaithful ungrounded notgrounded notenoughinfo nei unrelated unknown hallucination hallucinated""".split()
)
_UNNAMED = re.compile(r"(?:label_?)?(\d+)", re.I)


@dataclass(frozen=True, slots=True)
class Labels:
    """Places among the outputs of a classifier. `contradicted` is None where no label says so."""

    supported: int
    contradicted: int | None = None


def read_labels(id2label: Mapping[int, str], unnamed_supported: int) -> Labels | None:
    """The meaning of a configuration's `id2label`; None where it cannot be told.

    `unnamed_supported`: which of two labels without names is the supported one.
    """
    names = {int(place): re.sub(r"[\W_]+", "", str(label)).lower() for place, label in id2label.items()}
    if len(names) == 2 and all(_UNNAMED.fullmatch(str(label).strip()) for label in id2label.values()):
        return Labels(unnamed_supported)
    supported = [place for place, name in names.items() if name in SUPPORTED]
    contradicted = [place for place, name in names.items() if name in CONTRADICTED]
    known = all(name in SUPPORTED | CONTRADICTED | NEITHER for name in names.values())
    if not known or len(names) < 2 or len(supported) != 1 or len(contradicted) > 1:
        return None
    return Labels(supported[0], contradicted[0] if contradicted else None)
