"""How fast a formula grows, as O(...) compares it: constants and smaller terms do not count.

Values are kept as logarithms, so that sizes may be as large as e^300. Two formulas grow alike where their ratio stays
bounded in whatever proportion their symbols grow.
"""

import math
from collections.abc import Mapping
from random import Random

from knowledge.formula_tokens import Unreadable
from knowledge.formula_tree import Tree, symbols

DIRECTIONS = 12
STEPS = (40.0, 80.0, 160.0)  # logarithms of the size to which symbols grow
BOUNDED = 0.25  # by which the logarithm of a bounded ratio may still change from one step to the next
CONSTANTS = {"e": math.e, "pi": math.pi}


def same_growth(left: Tree, right: Tree, fixed: frozenset[str] = frozenset()) -> bool:
    """Whether each is O of the other. `fixed`: symbols that do not grow. Raises `Unreadable` where that is not told."""
    names = sorted((symbols(left) | symbols(right)) - CONSTANTS.keys())
    rng = Random(11)  # noqa: S311  directions, no secret
    for _ in range(DIRECTIONS):
        pace = {name: 0.0 if name in fixed else rng.uniform(0.2, 1.0) for name in names}
        ratios = []
        for step in STEPS:
            sizes = {name: step * pace[name] for name in names}
            ratios.append(_log(left, sizes) - _log(right, sizes))
        if not all(map(math.isfinite, ratios)) or max(ratios) - min(ratios) > BOUNDED:
            return False
    return True


def _log(tree: Tree, sizes: Mapping[str, float]) -> float:
    """The logarithm of a positive tree where the symbols have these logarithms."""
    kind = tree[0]
    if kind == "num":
        return math.log(tree[1]) if tree[1] > 0 else -math.inf
    if kind == "sym":
        return math.log(CONSTANTS[tree[1]]) if tree[1] in CONSTANTS else sizes[tree[1]]
    if kind == "call":
        return _of_function(tree, sizes)
    if kind == "pow":
        exponent = _plain(tree[2], sizes)
        return _log(tree[1], sizes) * exponent
    if kind not in {"add", "sub", "mul", "emul", "div"}:
        raise Unreadable(f"growth of {kind}")
    left, right = _log(tree[1], sizes), _log(tree[2], sizes)
    if kind in {"mul", "emul"}:
        return left + right
    if kind == "div":
        return left - right
    high, low = max(left, right), min(left, right)
    if low == -math.inf:
        return high
    if kind == "add":
        return high + math.log1p(math.exp(low - high))
    if left <= right:
        raise Unreadable("what may fall below 0")
    return high + math.log1p(-math.exp(low - high))


def _of_function(tree: Tree, sizes: Mapping[str, float]) -> float:
    name, arguments = tree[1], tree[2:]
    if name == "O" and len(arguments) == 1:
        return _log(arguments[0], sizes)
    if name == "sqrt":
        return _log(arguments[0], sizes) / 2
    if name == "log":
        inside = _log(arguments[0], sizes)
        if inside <= 0:
            raise Unreadable("a logarithm of what does not grow")
        return math.log(inside)
    if name == "exp":
        return _plain(arguments[0], sizes)
    if name in {"max", "min"}:
        return (max if name == "max" else min)(_log(one, sizes) for one in arguments)
    raise Unreadable(f"growth of {name}")


def _plain(tree: Tree, sizes: Mapping[str, float]) -> float:
    """The value itself of an exponent; what is too large for a number has no growth to compare."""
    if tree[0] == "neg":
        return -_plain(tree[1], sizes)
    if tree[0] == "num":
        return float(tree[1])
    value = _log(tree, sizes)
    if value > 300:
        raise Unreadable("too large an exponent")
    return math.exp(value)
