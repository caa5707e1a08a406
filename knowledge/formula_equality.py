"""Whether two formulas say the same, and if not, how near they are: by what they are worth at random draws."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import permutations
from random import Random

import numpy as np

from knowledge.formula_growth import same_growth
from knowledge.formula_parser import read_formulas
from knowledge.formula_shapes import Shapes, shapes_of
from knowledge.formula_tokens import Unreadable, words
from knowledge.formula_tree import Equation, Tree, parts, symbols
from knowledge.formula_value import MOST_TERMS, SIZE, Draw, Misfit, Value

SEEDS = (1, 2, 3)
CLOSE = 1e-7  # relative
MOST_RENAMED = 3
MOST_COST = 40_000  # steps, beyond which no names are tried
GROWTH = "O"
NUMBERS = Shapes(frozenset(), frozenset())


def same_worth(key: str, given: str, language: str) -> bool | None:
    """Whether two formulas as they are written say the same: some reading of `given` has the value of the likeliest of
    `key`; None where they cannot be compared. Raises `Unreadable` where one of them cannot be read."""
    wanted, found = read_formulas(key, language)[0], None
    for one in read_formulas(given, language):
        try:
            if same_value(wanted, one):
                return True
            found = False
        except Unreadable:
            continue
    return found


def same_value(key: Equation, answer: Equation) -> bool:
    """Whether an answer says what the key says: the value of "name = expression", or the same equation solved for
    another of its symbols. Raises `Unreadable` where it cannot be told."""
    if same_tree(key.value, _said(answer, key)):
        return all(same_tree(answer.sides[1], side) for side in answer.sides[2:])
    return _same_equation(key, answer)


def same_tree(key: Tree, answer: Tree) -> bool:
    """Whether two trees are worth the same wherever they can be reckoned, or grow alike where the key is an O(...).
    Raises `Unreadable` where that cannot be told."""
    if is_growth(key):
        return same_growth(key, answer)
    if is_growth(answer):
        raise Unreadable("an order of growth for a value")
    return _same(key, answer, shapes_of((key, answer)))


def is_growth(tree: Tree) -> bool:
    """Whether it is an O(...)."""
    return bool(tree[0] == "call" and tree[1] == GROWTH)


def other_convention(key: Tree, answer: Tree) -> bool:
    """Whether the answer is the key for vectors that stand the other way: Wx + b and xW + b."""
    shapes = shapes_of((key, answer))
    if not shapes.vectors or is_growth(key) or is_growth(answer):
        return False
    for columns in (False, True):
        try:
            pairs = [
                (Draw(seed, shapes, True, columns).value(key),
                 Draw(seed, shapes, True, not columns, turned=True).value(answer))
                for seed in SEEDS
            ]  # fmt: skip
        except Unreadable:
            continue
        if all(_close(mine, theirs.T if isinstance(theirs, np.ndarray) else theirs) for mine, theirs in pairs):
            return True
    return False


def nearness(key: Tree, answer: Tree) -> str:
    """How a wrong formula is near the key: "order" (of a product, or a transpose), "symbol" (one in place of another),
    "factor" (a constant one), "power" (a root or a square), GROWTH (another order of it); "" for none of these."""
    shapes = shapes_of((key, answer))
    if not is_growth(key) and shapes.matrices and _safely(partial(_same, key, answer, NUMBERS)):
        return "order"
    if any(_are_rivals(mine, theirs) for mine, theirs in renamings(key, answer)):
        return "symbol"
    return GROWTH if is_growth(key) else _ratio(key, answer, shapes)


def renamings(key: Tree, answer: Tree) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(symbols of the key, symbols of the answer) that, put in each other's place, make the answer the key."""
    mine, theirs = atoms_of(key), atoms_of(answer)
    foreign = sorted(theirs - mine)
    tries = math.perm(len(mine), len(foreign) or 2)
    if len(foreign) > MOST_RENAMED or tries * (_cost(key) + _cost(answer)) > MOST_COST:
        return
    if not foreign:
        for one, other in permutations(sorted(mine), 2):
            if one < other and _safely(partial(same_tree, key, renamed(answer, {one: other, other: one}))):
                yield (one, other), (other, one)
        return
    for chosen in permutations(sorted(mine), len(foreign)):
        swap = dict(zip(foreign, chosen, strict=True))
        if _safely(partial(same_tree, key, renamed(answer, swap))):
            yield chosen, tuple(foreign)


def _cost(tree: Tree) -> int:
    """How many steps it takes to reckon a tree once, the terms of its sums included."""
    inner = sum(_cost(part) for part in tree[1:] if isinstance(part, tuple))
    return 1 + (MOST_TERMS * inner if tree[0] in {"sum", "prod"} else inner)


def renamed(tree: Tree, names: Mapping[str, str]) -> Tree:
    """The tree with symbols of other names."""
    name = _atom(tree)
    if name:
        return ("sym", names[name]) if name in names else tree
    return tuple(renamed(part, names) if isinstance(part, tuple) else part for part in tree)


def atoms_of(tree: Tree) -> frozenset[str]:
    """Its symbols, one with a number below it (W_0) as a symbol of its own."""
    name = _atom(tree)
    inner = () if name else (part for part in tree[1:] if isinstance(part, tuple))
    return frozenset({name} if name else ()).union(*map(atoms_of, inner))


def _atom(tree: Tree) -> str:
    if tree[0] == "sym":
        return str(tree[1])
    if tree[0] == "at" and tree[1][0] == "sym" and tree[2][0] == "num":
        return f"{tree[1][1]}_{tree[2][1]:g}"
    return ""


def _are_rivals(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    groups = [set(group["symbols"]) for group in words()["rivals"]]
    return all(
        any({one, other} <= group for group in groups) or (one[-2:-1] in {"<", ">"} and one[:-2] == other[:-2])
        for one, other in zip(mine, theirs, strict=True)
    )


def _said(answer: Equation, key: Equation) -> Tree:
    """The side of an answer that is its value; "6ND = C" has it on the left."""
    if len(answer.sides) == 2 and answer.sides[1][0] == "sym" and answer.sides[0][0] != "sym":
        name = answer.sides[1][1]
        if name not in symbols(key.value) and answer.sides[1] != key.value:
            return answer.sides[0]
    return answer.value


def _same(key: Tree, answer: Tree, shapes: Shapes) -> bool:
    """Whether they agree at every draw; vectors stand as rows, or as columns, in both."""
    found = [_agree(key, answer, shapes, columns) for columns in ((False, True) if shapes.vectors else (False,))]
    if all(compared is None for compared in found):
        raise Unreadable("it is nowhere a number")
    return any(found)


def _agree(key: Tree, answer: Tree, shapes: Shapes, columns: bool) -> bool | None:
    """Whether they agree at every draw of one kind; None where they cannot be compared."""
    compared = 0
    for signed in (False, True):
        for seed in SEEDS:
            given, terms = _given((key, answer), seed)
            try:
                mine = Draw(seed, shapes, signed, columns, terms=terms, given=given).value(key)
            except Misfit:
                return None
            try:
                theirs = Draw(seed, shapes, signed, columns, terms=terms, given=given).value(answer)
            except Misfit:
                return False
            if bool(np.any(np.isinf(theirs))):
                raise Unreadable("too large")
            if not _finite(mine) or (signed and not _finite(theirs)):
                continue
            if not _close(mine, theirs):
                return False
            compared += 1
    return True if compared else None


def _given(trees: Sequence[Tree], seed: int) -> tuple[dict[str, float], int]:
    """Whole numbers for the symbols that count terms or are places of an index, and the terms of a sum without end."""
    every = [part for tree in trees for part in parts(tree)]
    ends = [part[3] for part in every if part[0] in {"sum", "prod"} and part[3] is not None]
    bound = {part[1] for part in every if part[0] in {"sum", "prod"}}
    names = sorted(frozenset().union(*(symbols(end) for end in ends)))
    rng = Random(seed)  # noqa: S311  places, no secret
    given = {name: float(3 + place % 4) for place, name in enumerate(names)}
    used = frozenset().union(*(symbols(part[2]) for part in every if part[0] == "at"))
    free = sorted(name for name in used - bound - given.keys() if len(name) == 1)
    places = rng.sample(range(1, 12), k=min(len(free), 11))
    given |= {name: float(place) for name, place in zip(free, places, strict=False)}
    return given, int(given[names[0]]) if names else 3


def _same_equation(key: Equation, answer: Equation) -> bool:
    """Whether "D = C/(6N)" says what "C = 6ND" says: it holds wherever the key does, and nowhere beside it."""
    if len(key.sides) != 2 or len(answer.sides) != 2 or key.sides[0][0] != "sym":
        return False
    name, shapes = key.sides[0][1], shapes_of((*key.sides, *answer.sides))
    if name not in symbols(answer.sides[1]) or answer.sides[0][0] != "sym" or shapes.matrices or shapes.vectors:
        return False
    if answer.sides[0][1] not in symbols(key.value):
        return False
    for seed in SEEDS:
        value = Draw(seed, shapes).value(key.value)
        if not isinstance(value, float):
            return False
        for given, holds in ((value, True), (value * 1.3, False)):
            draw = Draw(seed, shapes, given={name: given})
            if _close(draw.value(answer.sides[0]), draw.value(answer.sides[1])) != holds:
                return False
    return True


def _ratio(key: Tree, answer: Tree, shapes: Shapes) -> str:
    """Whether a constant factor, or a power, is all that parts them."""
    pairs = []
    for seed in (*SEEDS, 4, 5):
        given, terms = _given((key, answer), seed)
        try:
            mine, theirs = (
                Draw(seed, shapes, terms=terms, given=given).value(tree) for tree in (key, answer)
            )  # fmt: skip
        except Unreadable:
            return ""
        if isinstance(mine, np.ndarray) or isinstance(theirs, np.ndarray):
            mine, theirs = _corner(mine), _corner(theirs)
        if not (mine > 0 and theirs > 0):
            return ""
        pairs.append((math.log(mine), math.log(theirs)))
    if _constant([theirs - mine for mine, theirs in pairs]):
        return "factor"
    if all(abs(mine) > CLOSE for mine, _ in pairs) and _constant([theirs / mine for mine, theirs in pairs]):
        return "power"
    return ""


def _corner(value: Value) -> float:
    return float(value.flat[SIZE // 2]) if isinstance(value, np.ndarray) else value


def _constant(values: Sequence[float]) -> bool:
    return all(math.isfinite(value) for value in values) and max(values) - min(values) < 1e-6


def _finite(value: Value) -> bool:
    return bool(np.all(np.isfinite(value)))


def _close(left: Value, right: Value) -> bool:
    if isinstance(left, np.ndarray) != isinstance(right, np.ndarray) or np.shape(left) != np.shape(right):
        return False
    size = float(np.max(np.abs(left))) if isinstance(left, np.ndarray) else 0.0
    return bool(np.allclose(left, right, rtol=CLOSE, atol=CLOSE * size))


def _safely(told: Callable[[], bool]) -> bool:
    try:
        return told()
    except Unreadable:
        return False
