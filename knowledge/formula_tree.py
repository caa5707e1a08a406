"""Formulas as trees: nested tuples whose first element says what they are.

("num", 2.0), ("sym", "d_k"), ("at", tree, index), ("add" | "sub" | "mul" | "emul" | "div" | "pow", a, b), ("neg", a),
("T", a), ("call", name, arguments...), ("sum" | "prod", variable, low, high, body), and ("pow?T", a) for what is raised
to T or transposed, as its shape has it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Tree = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """`sides`: what stands between the signs of equality, one or more."""

    sides: tuple[Tree, ...]

    @property
    def value(self) -> Tree:
        """What is said to be equal: the right side of "a = expression", the expression itself where it is alone."""
        return self.sides[1] if len(self.sides) > 1 else self.sides[0]


def parts(tree: Tree) -> Iterator[Tree]:
    """The tree and all trees within it."""
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from parts(part)


def symbols(tree: Tree) -> frozenset[str]:
    """The names of its symbols."""
    return frozenset(part[1] for part in parts(tree) if part[0] == "sym")


def calls(tree: Tree) -> frozenset[str]:
    """The names of its functions."""
    return frozenset(part[1] for part in parts(tree) if part[0] == "call")
