"""What the symbols of formulas stand for: numbers, vectors or matrices, told from how they are written together.

Capitals are matrices where something is transposed or where Q, K, X or W stand; N, D, L, T and C are numbers unless
they are transposed themselves. A formula that counts (6ND, 2LHd) has numbers only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from knowledge.formula_tree import Tree, parts, symbols

Shape = Literal["number", "vector", "matrix"]
NUMBERS = frozenset("NDLTC")
MATRICES = frozenset("QKXW")
VECTORS = frozenset("xqkvbuwyzogsc")
STATES = frozenset("h")  # a vector where it has an index, else how many heads there are
OF_MATRICES = frozenset({"concat", "attention", "multihead", "selfattention"})
OF_VECTORS = frozenset({"layernorm", "rmsnorm", "softmax"})


@dataclass(frozen=True, slots=True)
class Shapes:
    """The symbols that are matrices and those that are vectors; all others are numbers."""

    matrices: frozenset[str]
    vectors: frozenset[str]

    def of(self, name: str) -> Shape:
        """The shape of a symbol."""
        return "matrix" if name in self.matrices else "vector" if name in self.vectors else "number"


def shapes_of(trees: Iterable[Tree]) -> Shapes:
    """The shapes of the symbols of formulas that are compared, one for all of them."""
    every = [part for tree in trees for part in parts(tree)]
    names = frozenset().union(*(symbols(part) for part in every if part[0] == "sym"))
    capitals = {name for name in names if name[0].isupper() and len(name.partition("_")[0].rstrip("'*")) == 1}
    transposed = {_base(part[1]) for part in every if part[0] in {"T", "pow?T"}}
    indexed = {_base(part[1]) for part in every if part[0] == "at"}
    counts = any(part[0] == "num" and part[1] >= 2 for part in every) and not transposed
    letters = {name[0] for name in capitals}
    by_calls = any(part[0] == "call" and part[1] in OF_MATRICES for part in every)
    beside = bool(letters & MATRICES) or {"A", "B"} <= letters
    matrices = frozenset[str]()
    if transposed & capitals or by_calls or (beside and not (counts and not _vectors(names))):
        matrices = frozenset(name for name in capitals if name[0] not in NUMBERS or name in transposed)
        matrices |= {name for name in names if name.startswith("head")} if by_calls else frozenset()
    if not matrices and not transposed:
        return Shapes(matrices, frozenset())
    vectors = _vectors(names) | {name for name in names if name[0] in STATES and name in indexed and name in transposed}
    return Shapes(matrices, frozenset(vectors))


def _vectors(names: frozenset[str]) -> set[str]:
    return {name for name in names if len(name.partition("_")[0].rstrip("'")) == 1 and name[0] in VECTORS}


def _base(tree: Tree) -> str:
    """The symbol below indices, "" for another tree."""
    while tree[0] == "at":
        tree = tree[1]
    return str(tree[1]) if tree[0] == "sym" else ""
