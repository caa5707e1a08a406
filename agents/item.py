"""An exercise item: what is asked, its key, and the proof that the key is right.

An item is delivered only when every check of its proof is ok. Its JSON is a contract (docs/items.md).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["mcq", "multi", "numeric", "formula", "matrix", "short", "true_false", "order", "match"]
Bloom = Literal["remember", "understand", "apply", "analyze", "evaluate", "create"]
Method = Literal["computed", "grounded", "authored"]
KINDS: tuple[Kind, ...] = ("mcq", "multi", "numeric", "formula", "matrix", "short", "true_false", "order", "match")
BLOOM: tuple[Bloom, ...] = ("remember", "understand", "apply", "analyze", "evaluate", "create")
DIFFICULTIES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was verified of an item, and what was found."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """How the key is known to be right."""

    method: Method
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether there are checks and all are ok."""
        return bool(self.checks) and all(check.ok for check in self.checks)


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    `options`: texts, of kinds with options. `key`: the index of an option (mcq, true_false), indices (multi, order,
    match), a number (numeric), nested lists (matrix), an expression (formula), required points (short). `tolerance`:
    absolute, of a number or of each entry of a matrix. `unit`: what a number is counted in, "" for none.
    `misconceptions`: index of an option, or a wrong answer as written, -> the mistake that leads there. `hints`: a
    ladder from the vaguest on, none of which gives the key. `feedback`: mistake -> what to say to who made it, without
    the key. `sources`: citation keys with their place. `family`: what made it, a computed family or a part of the
    course. `claims`: what the item says to be true or false, as sentences that stand alone: one for each option (mcq,
    multi), the statement to judge (true_false), one for each pair (match) or required point (short), those that fix
    the order (order). `asks`: whether the claims of the right options are the true ones or the false ones. `accept`: of
    a short item, required point -> other wordings of it.
    """

    id: str
    kind: Kind
    concept: str
    bloom: Bloom
    difficulty: int
    language: str
    stem: str
    options: tuple[str, ...]
    key: Any
    tolerance: float
    rationale: str
    hints: tuple[str, ...]
    misconceptions: Mapping[str, str]
    feedback: Mapping[str, str]
    points: float
    sources: tuple[str, ...]
    proof: Proof
    unit: str = ""
    family: str = ""
    claims: tuple[str, ...] = ()
    asks: Literal["true", "false"] = "true"
    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON; the proof with all its checks."""
        return asdict(self)
