r"""Whether two expressions over the same symbols have the same value: `r(d+k)` and `rd+rk` have, `r+d+k` has not."""

import math
import re
from functools import lru_cache
from random import Random

from knowledge.formulas import Tree, parse_formula

DRAWS = 4  # sets of values; one that tells the two apart is enough
AGREEMENT = 1e-9  # relative
_EXPRESSION = re.compile(r"\$([^$\n]+)\$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_CONSTANTS = {"pi": math.pi, "e": math.e}
_CALLS = {"sqrt": math.sqrt, "log": math.log, "ln": math.log, "exp": math.exp, "sin": math.sin, "cos": math.cos,
          "tanh": math.tanh, "o": float}  # fmt: skip


class _NoValue(ValueError):
    """A tree holds something that is no arithmetic."""


def expressions(text: str) -> list[str]:
    """The inline expressions of a text that reckon something: more than one symbol or number, and no equation."""
    return [
        found for found in _EXPRESSION.findall(text) if isinstance(parse_formula(found), tuple) and "=" not in found
    ]


def values_differ(left: str, right: str) -> bool:
    """Whether both reckon with the same symbols and come to different values; False where that cannot be told.

    Products commute here, as those of numbers do.
    """
    return _compared(left, right) is False


def same_values(left: str, right: str) -> bool:
    """Whether both reckon with the same symbols and come to the same value."""
    return _compared(left, right) is True


@lru_cache(4096)
def _compared(left: str, right: str) -> bool | None:
    """Whether two expressions have the same value; None where their symbols differ or they are no arithmetic."""
    one, other = parse_formula(left), parse_formula(right)
    names = _symbols(one)
    if not names or names != _symbols(other):
        return None
    rng = Random(7)  # noqa: S311  values to tell formulas apart, no secret
    try:
        for _ in range(DRAWS):
            values = {name: rng.uniform(1.5, 4.0) for name in sorted(names)}
            if not math.isclose(_value(one, values), _value(other, values), rel_tol=AGREEMENT):
                return False
    except (_NoValue, ArithmeticError, ValueError):
        return None
    return True


def _symbols(tree: Tree) -> set[str]:
    if isinstance(tree, str):
        return set() if _NUMBER.fullmatch(tree) or not tree[:1].isalpha() else {tree}
    rest = tree[2:] if tree[0] == "call" else tree[1:]
    return {name for part in rest for name in _symbols(part)}  # type: ignore[arg-type]


def _value(tree: Tree, values: dict[str, float]) -> float:
    if isinstance(tree, str):
        if _NUMBER.fullmatch(tree):
            return float(tree.replace(",", "."))
        if tree in values:
            return _CONSTANTS.get(tree, values[tree])
        raise _NoValue(tree)
    sign, *parts = tree
    if sign == "call":
        name, *inside = parts
        if name not in _CALLS or len(inside) != 1:
            raise _NoValue(str(name))
        return _CALLS[str(name)](_value(inside[0], values))  # type: ignore[arg-type]
    numbers = [_value(part, values) for part in parts]  # type: ignore[arg-type]
    return _reckoned(str(sign), numbers)


def _reckoned(sign: str, numbers: list[float]) -> float:
    if sign == "neg":
        return -numbers[0]
    left, right = numbers if len(numbers) == 2 else (math.nan, math.nan)
    if sign == "^" and abs(right) < 50:
        return float(left**right)
    found = {"+": left + right, "-": left - right, "*": left * right, "/": left / right if right else math.nan}
    if sign not in found or math.isnan(found[sign]):
        raise _NoValue(sign)
    return found[sign]
