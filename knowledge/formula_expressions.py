r"""The expressions of a sentence, and whether two over the same symbols say the same: `r(d+k)` and `rd+rk` do, `r+d+k`
says something else."""

import re
from functools import lru_cache

from knowledge.formula_equality import atoms_of, same_worth
from knowledge.formula_parser import read_formulas
from knowledge.formula_tokens import Unreadable
from knowledge.formula_tree import Tree, calls
from knowledge.formula_value import REAL

KEPT = 4_096  # comparisons that are remembered
_INLINE = re.compile(r"\$([^$\n]+)\$")
_LEAF = {"num", "sym", "at"}


def expressions(text: str) -> list[str]:
    """The inline expressions of a text that reckon something: more than one symbol or number, and no equation."""
    return [found for found in _INLINE.findall(text) if "=" not in found and _tree(found)[0] not in _LEAF]


@lru_cache(KEPT)
def says_same(left: str, right: str) -> bool | None:
    """Whether two expressions over the same symbols and functions are worth the same; None where these differ, or
    where it cannot be told."""
    names = _names(_tree(left))
    if not names or names != _names(_tree(right)):
        return None
    try:
        return same_worth(left, right, "en")
    except Unreadable:
        return None


def _names(tree: Tree) -> frozenset[str]:
    """Its symbols, and the functions that are not known."""
    return atoms_of(tree) | (calls(tree) - REAL)


def _tree(expression: str) -> Tree:
    """How it is read; ("num", 0) for what cannot be."""
    try:
        return read_formulas(expression, "en")[0].value
    except Unreadable:
        return ("num", 0.0)
