"""What a formula is worth where its symbols have random values: numbers, and matrices of the right shapes.

Two formulas are equal where they agree at every draw. Matrices are square and drawn anew for each draw, so that QK^T
and KQ^T differ, and so do QK and QK^T. Functions that are not known (Sublayer, p) get smooth random ones, the same for
the same name. Nothing of a formula reaches Python's own evaluation.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.formula_shapes import Shapes
from knowledge.formula_tokens import Unreadable
from knowledge.formula_tree import Tree

Array = NDArray[np.float64]
Value = float | Array  # an array has two dimensions: (SIZE, SIZE), (1, SIZE) for a row, (SIZE, 1) for a column
SIZE = 4
MOST_TERMS = 8  # of a sum
MOST_STEPS = 20_000
CONSTANTS = {"e": math.e, "pi": math.pi, "inf": math.inf}


class Misfit(Unreadable):
    """Matrices that cannot be multiplied or added as the formula asks."""


@dataclass(slots=True)
class Draw:
    """One set of random values.

    `signed`: symbols and functions may be below 0. `columns`: vectors stand upright. `turned`: each matrix is the
    transpose of what it is otherwise. `terms`: of a sum that names no end. `given`: symbols with a value of their own,
    such as those that count the terms of a sum or are the place of an index.
    """

    seed: int
    shapes: Shapes
    signed: bool = False
    columns: bool = False
    turned: bool = False
    terms: int = 3
    given: Mapping[str, float] = field(default_factory=dict)
    steps: int = 0

    def value(self, tree: Tree) -> Value:
        """What the tree is worth. Raises `Unreadable` for what cannot be reckoned, `Misfit` among it."""
        with np.errstate(all="ignore"):
            return self._value(tree, {})

    def _value(self, tree: Tree, bound: Mapping[str, int]) -> Value:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Unreadable("too long")
        kind = tree[0]
        if kind == "num":
            return float(tree[1])
        if kind == "sym":
            return self._symbol(tree[1], (), bound)
        if kind == "at":
            return self._indexed(tree, bound)
        if kind in {"sum", "prod"}:
            return self._series(tree, bound)
        if kind == "pow?T":
            return self._raised_to_t(tree[1], bound)
        if kind == "call":
            return call(tree[1], [self._value(part, bound) for part in tree[2:]], self.signed)
        values = [self._value(part, bound) for part in tree[1:]]
        if kind == "neg":
            return -values[0]
        if kind == "T":
            return transposed(values[0])
        return OPERATIONS[kind](values[0], values[1])

    def _symbol(self, name: str, index: tuple[float, ...], bound: Mapping[str, int]) -> Value:
        if not index and name in bound:
            return float(bound[name])
        if not index and name in self.given:
            return self.given[name]
        if not index and name in CONSTANTS:
            return CONSTANTS[name]
        rng = _rng(self.seed, name, *(f"{value:.6f}" for value in index))
        shape = self.shapes.of(name)
        if shape == "number":
            value = float(rng.uniform(0.5, 2.0))
            return -value if self.signed and is_signed(name) and rng.random() < 0.5 else value
        size = (SIZE, SIZE) if shape == "matrix" else (SIZE, 1) if self.columns else (1, SIZE)
        found = np.asarray(rng.uniform(0.2, 1.5, size))
        if self.signed:
            found = found * rng.choice([-1.0, 1.0], size)
        return found.T if self.turned and shape == "matrix" else found

    def _indexed(self, tree: Tree, bound: Mapping[str, int]) -> Value:
        base, index = tree[1], tree[2]
        places: list[float] = []
        while True:
            places[:0] = self._places(index, bound)
            if base[0] != "at":
                break
            base, index = base[1], base[2]
        if base[0] == "sym":
            return self._symbol(base[1], tuple(places), bound)
        return call("at", [self._value(base, bound), *places], self.signed)

    def _places(self, index: Tree, bound: Mapping[str, int]) -> list[float]:
        found = []
        for part in index[1:] if index[0] == "list" else (index,):
            value = self._value(part, bound)
            if not isinstance(value, float):
                raise Unreadable("an index that is no number")
            found.append(value)
        return found

    def _raised_to_t(self, base: Tree, bound: Mapping[str, int]) -> Value:
        value = self._value(base, bound)
        return power(value, self._symbol("T", (), bound)) if isinstance(value, float) else transposed(value)

    def _series(self, tree: Tree, bound: Mapping[str, int]) -> Value:
        name, variable, low, high, body = tree
        if not variable:
            return call(name, [self._value(body, bound)], self.signed)
        first = 1.0 if low is None else self._value(low, bound)
        last = float(self.terms) if high is None else self._value(high, bound)
        if not (isinstance(first, float) and isinstance(last, float) and first == int(first) and last == int(last)):
            raise Unreadable("a sum without whole ends")
        if last - first >= MOST_TERMS:
            raise Unreadable("a long sum")
        total: Value = 0.0 if name == "sum" else 1.0
        for place in range(int(first), int(last) + 1):
            term = self._value(body, {**bound, variable: place})
            total = add(total, term) if name == "sum" else multiply(total, term)
        return total


def is_signed(name: str) -> bool:
    """Whether a symbol may be below 0: coordinates and biases; not what counts or measures (n, d_k, sigma)."""
    return name[0] in "xyzuvwabcs" or name in {"mu", "beta", "theta"}


def transposed(value: Value) -> Value:
    """A number is its own transpose."""
    return value.T if isinstance(value, np.ndarray) else value


def add(left: Value, right: Value) -> Value:
    """The sum; a row or column is added to each of a matrix. Raises `Misfit`."""
    _fit(left, right)
    return left + right


def multiply(left: Value, right: Value) -> Value:
    """The product of matrices in their order; of two rows or two columns their dot product. Raises `Misfit`."""
    if isinstance(left, float) or isinstance(right, float):
        return left * right
    if left.shape == right.shape and 1 in left.shape:
        return float((left * right).sum())
    if left.shape[1] != right.shape[0]:
        raise Misfit("a product of what does not fit")
    found = left @ right
    return float(found[0, 0]) if found.shape == (1, 1) else found


def divide(left: Value, right: Value) -> Value:
    """Divided by a number; by an array element by element."""
    if isinstance(right, float):
        return left / right if right else math.nan
    _fit(left, right)
    return left / right


def power(base: Value, exponent: Value) -> Value:
    """A power; of a matrix with a whole exponent the matrix's own."""
    if isinstance(base, float) and isinstance(exponent, float):
        with np.errstate(all="ignore"):
            return float(np.power(base, exponent))
    if isinstance(base, np.ndarray) and base.shape == (SIZE, SIZE) and isinstance(exponent, float):
        if exponent == int(exponent) and -3 <= exponent <= 6:
            return np.asarray(np.linalg.matrix_power(base, int(exponent)))
        raise Unreadable("a power of a matrix")
    _fit(base, exponent)
    return np.asarray(np.power(base, exponent))


def elementwise(left: Value, right: Value) -> Value:
    """The product element by element."""
    _fit(left, right)
    return left * right


OPERATIONS: Mapping[str, Callable[[Value, Value], Value]] = {
    "add": add, "sub": lambda left, right: add(left, -right), "mul": multiply, "div": divide, "pow": power,
    "emul": elementwise,
}  # fmt: skip


def _fit(left: Value, right: Value) -> None:
    if isinstance(left, float) or isinstance(right, float) or left.shape == right.shape:
        return
    rows, columns = {left.shape[0], right.shape[0]}, {left.shape[1], right.shape[1]}
    if (SIZE, SIZE) not in {left.shape, right.shape} or (len(rows) > 1 and len(columns) > 1):
        raise Misfit("a sum of what does not fit")


def _softmax(value: Array) -> Array:
    flat = value if value.shape[1] > 1 else value.T
    odds = np.exp(flat - flat.max(axis=1, keepdims=True))
    found = odds / odds.sum(axis=1, keepdims=True)
    return np.asarray(found if value.shape[1] > 1 else found.T)


def _normalised(value: Array, centred: bool) -> Array:
    flat = value if value.shape[1] > 1 else value.T
    flat = flat - flat.mean(axis=1, keepdims=True) if centred else flat
    found = flat / np.sqrt((flat**2).mean(axis=1, keepdims=True) + 1e-5)
    return np.asarray(found if value.shape[1] > 1 else found.T)


def _sigmoid(value: Any) -> Any:
    return 1 / (1 + np.exp(-value))


_EACH: Mapping[str, Callable[[Any], Any]] = {
    "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh,
    "abs": np.abs, "sign": np.sign, "relu": lambda value: np.maximum(value, 0.0), "sigmoid": _sigmoid,
    "silu": lambda value: value * _sigmoid(value), "softplus": lambda value: np.log1p(np.exp(value)),
    "gelu": lambda value: value * np.vectorize(lambda one: (1 + math.erf(one / math.sqrt(2))) / 2)(value),
}  # fmt: skip
_WHOLE: Mapping[str, Callable[[Array], Array]] = {
    "softmax": _softmax,
    "layernorm": lambda value: _normalised(value, True),
    "rmsnorm": lambda value: _normalised(value, False),
}


REAL = frozenset({*_EACH, *_WHOLE, "max", "min", "clip", "norm"})  # functions that are reckoned as what they are


def call(name: str, values: list[Value], signed: bool) -> Value:
    """A function of values: a known one, else a smooth random one that its name fixes."""
    if name in _EACH and len(values) == 1:
        return _value(_EACH[name](values[0]))
    if name in _WHOLE and len(values) == 1 and isinstance(values[0], np.ndarray):
        return _WHOLE[name](values[0])
    if name in {"max", "min"} and len(values) > 1:
        return _extreme(np.maximum if name == "max" else np.minimum, values)
    if name == "clip" and len(values) == 3:
        return _extreme(np.minimum, [_extreme(np.maximum, values[:2]), values[2]])
    if name == "norm" and len(values) == 1:
        return float(np.linalg.norm(values[0]))
    return _unknown(name, values, signed)


def _extreme(choose: Callable[[Any, Any], Any], values: list[Value]) -> Value:
    found = values[0]
    for value in values[1:]:
        _fit(found, value)
        found = _value(choose(found, value))
    return found


def _unknown(name: str, values: list[Value], signed: bool) -> Value:
    rng = _rng(0, name, str(len(values)))
    total: Value = float(rng.uniform(0, 1))
    for value in values:
        weight, mix = float(rng.uniform(0.3, 0.9)), rng.uniform(-0.5, 0.5, (SIZE, SIZE))
        if isinstance(value, np.ndarray):
            value = value @ mix + value if value.shape[1] == SIZE else mix.T @ value + value
        total = add(total, weight * value)
    shift = 0.0 if signed else 1.5
    return _value(np.sin(total) + shift)


def _value(found: Any) -> Value:
    return np.asarray(found, dtype=np.float64) if isinstance(found, np.ndarray) and found.ndim else float(found)


def _rng(seed: int, *names: str) -> np.random.Generator:
    told = hashlib.sha256("\x1f".join([str(seed), *names]).encode("utf-8", "replace")).digest()
    return np.random.default_rng(int.from_bytes(told[:8], "big"))
