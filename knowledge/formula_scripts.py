"""What stands below and above a symbol: a part of its name (d_k, W^Q), an index (x_i), or a transpose."""

from collections.abc import Sequence

from knowledge.formula_tokens import Token
from knowledge.formula_tree import Tree

INDICES = frozenset("ijklmnts")


def separated(inside: Sequence[Token], sign: str = ",") -> list[list[Token]]:
    """The tokens parted at a sign; letters of a subscript such as "ij" are parted too."""
    found: list[list[Token]] = [[]]
    letters = sign == "," and all(token.kind == "name" for token in inside)
    for token in inside:
        if token.text == sign:
            found.append([])
        elif letters and found[-1]:
            found.append([token])
        else:
            found[-1].append(token)
    return found


def named(base: Tree, said: str) -> Tree:
    """A symbol with a name for its subscript: W_Q and W^Q are one, W_i^Q is it at place i."""
    said = said.strip("()")
    if base[0] == "at":
        return ("at", named(base[1], said), base[2])
    if base[0] == "call":
        return ("at", base, ("sym", said))
    if is_projection(base):
        said = said.upper() if said in "qkvo" else said
    return ("sym", base[1] if base[1].endswith(f"_{said}") else f"{base[1]}_{said}")


def is_projection(base: Tree) -> bool:
    """Whether a superscript letter of this symbol is a part of its name: W^Q is no power."""
    while base[0] == "at":
        base = base[1]
    return base[0] == "sym" and str(base[1]).partition("_")[0] in {"W", "b", "B", "U"}


def is_indexed(base: Tree) -> bool:
    """Whether letters behind a low line are its indices, as in a_ij; those of d_k are a name."""
    return not (base[0] == "sym" and str(base[1]).startswith("d"))


def is_matrix(base: Tree) -> bool:
    """Whether ^T transposes it: a capital, a bracket, or what a function gives; not T as an exponent of a number."""
    if base[0] in {"sym", "at"}:
        while base[0] == "at":
            base = base[1]
        return base[0] != "sym" or str(base[1])[0].isupper()
    return bool(base[0] != "num")
