r"""The grammar of formulas: from text to a tree that `formula_value` and `formula_growth` can reckon with.

    equation = sum {"=" sum}          product = power {("*" | "/" | nothing) power}
    sum      = ["-"] each {("+" | "-") each}          power = atom {"^" exponent | "'" | "_" subscript}
    each     = product {"⊙" product}

Nothing is evaluated, and no name means anything to Python.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.formula_cursor import Cursor
from knowledge.formula_scripts import INDICES, is_indexed, is_matrix, is_projection, named, separated
from knowledge.formula_tokens import TRANSPOSE, Token, Unreadable, tokens_of, words
from knowledge.formula_tree import Equation, Tree
from knowledge.quantities import number_readings
from knowledge.terms import fold

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_RELATIONS = {"<", ">", "<=", ">=", "!=", "->", ":", ";", "±", "!"}


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways to read what is ambiguous. `tight`: "a/2b" is a/(2b) and "x^1/2" a root; `number`: which of the
    readings of "10.000" counts."""

    tight: bool = False
    number: int = 0


WAYS = (Way(), Way(tight=True), Way(number=1), Way(tight=True, number=1))


def read_formulas(text: str, language: str) -> list[Equation]:
    """Every way to read a formula, the likeliest first, each once. Raises `Unreadable` where there is none."""
    tokens = tokens_of(text)
    found: list[Equation] = []
    for way in WAYS:
        try:
            read = _Parser(tokens, language, way).equation()
        except Unreadable:
            continue
        if read not in found:
            found.append(read)
    if not found:
        raise Unreadable(text[:40])
    return found


class _Parser(Cursor):
    """Recursive descent over the tokens, in one way of reading them."""

    def __init__(self, tokens: Sequence[Token], language: str, way: Way, depth: int = 0) -> None:
        super().__init__(tokens, way.tight, depth)
        self.language, self.way = language, way

    def equation(self) -> Equation:
        sides = [self.total()]
        while self.sees("="):
            self.at += 1
            sides.append(self.total())
        if self.at < len(self.tokens):
            raise Unreadable(self.tokens[self.at].text)
        return Equation(tuple(sides))

    def total(self) -> Tree:
        self.deeper()
        sign = self.take() if self.sees("-", "+") else ""
        left = self.each()
        if sign == "-":
            left = ("neg", left)
        while self.sees("+", "-"):
            left = ("add" if self.take() == "+" else "sub", left, self.each())
        self.depth -= 1
        return left

    def each(self) -> Tree:
        left = self.product()
        while self.sees(".*"):
            self.at += 1
            left = ("emul", left, self.product())
        return left

    def product(self) -> Tree:
        left = self.power()
        while True:
            if self.sees("/"):
                self.at += 1
                left = ("div", left, self.divisor())
            elif self.sees("*"):
                self.at += 1
                left = ("mul", left, self.signed())
            elif self.starts_value():
                left = ("mul", left, self.power())
            else:
                return left

    def divisor(self) -> Tree:
        value = self.signed()
        while self.way.tight and self.starts_value() and self.tokens[self.at].tight and value[0] in {"num", "mul"}:
            value = ("mul", value, self.power())
        return value

    def signed(self) -> Tree:
        if self.sees("-", "+"):
            self.deeper()
            value: Tree = ("neg", self.signed()) if self.take() == "-" else self.signed()
            self.depth -= 1
            return value
        return self.power()

    def power(self) -> Tree:
        base = self.atom()
        while token := self.peek():
            if token.text == "_" and token.kind == "sign":
                self.at += 1
                base = self.subscripted(base, self.script(indices=is_indexed(base)))
            elif token.text == "'" and token.kind == "sign" and base[0] == "sym":
                self.at += 1
                base = ("sym", base[1] + "'")
                base = self.called(base) or base
            elif token.text == "^":
                self.at += 1
                base = self.raised(base)
            else:
                return base
        return base

    def raised(self, base: Tree) -> Tree:
        inside = self.script()
        said = "".join(token.text for token in inside)
        if said == TRANSPOSE or (said == "T" and is_matrix(base)):
            return ("T", base)
        if said == "T" and base[0] in {"sym", "at"}:
            return ("pow?T", base)
        if base[0] in {"sym", "at"} and is_projection(base) and re.fullmatch(r"[A-Za-z]{1,2}|\(\w\)|\*", said):
            return named(base, said)
        if said == "*":
            return ("sym", base[1] + "*") if base[0] == "sym" else base
        exponent = _Parser(inside, self.language, self.way, self.depth + 1).whole()
        if self.sees("^"):  # a power of a power is read from the right
            self.at += 1
            self.deeper()
            exponent = self.raised(exponent)
            self.depth -= 1
        return ("pow", base, exponent)

    def whole(self) -> Tree:
        value = self.total()
        if self.at < len(self.tokens):
            raise Unreadable(self.tokens[self.at].text)
        return value

    def subscripted(self, base: Tree, inside: list[Token]) -> Tree:
        said = "".join(token.text for token in inside)
        if base[0] == "call" and base[1] in {"softmax", "min", "max"}:
            return base
        if not said or base[0] not in {"sym", "at", "call"}:
            raise Unreadable("a subscript without a symbol")
        first = base[1][0] if base[0] == "sym" else ""
        if first == "d" or (re.fullmatch(r"[A-Za-z]{2,}", said) and not set(said) <= INDICES):
            return named(base, said)
        if is_projection(base) and said in {"q", "k", "v", "o", "Q", "K", "V", "O"}:
            return named(base, said)
        if (re.fullmatch(r"[A-Za-z]", said) and said not in INDICES) or said.startswith(("<", ">", ":")):
            return named(base, said)
        if "," in said or set(said) <= INDICES:
            index: Tree = ("list", *(self.index(part) for part in separated(inside)))
            return ("at", base, index[1] if len(index) == 2 else index)
        return ("at", base, self.index(inside))

    def index(self, inside: Sequence[Token]) -> Tree:
        try:
            return _Parser(inside, self.language, self.way, self.depth + 1).whole()
        except Unreadable:
            return ("sym", "".join(token.text for token in inside))

    def atom(self) -> Tree:
        token = self.peek()
        if token is None or token.text in _RELATIONS:
            raise Unreadable("a value is missing")
        self.at += 1
        if token.kind == "number":
            return ("num", self.number(token.text))
        if token.kind == "command":
            return self.command(token.text)
        if token.kind in {"name", "word"}:
            return self.named(token)
        if token.kind == "open":
            value = self.nested()
            self.close(_BRACKETS[token.text])
            return value
        if token.text in {"|", "||"}:
            value = self.nested()
            self.close(token.text)
            return ("call", "abs" if token.text == "|" else "norm", value)
        if token.text == "...":
            return ("sym", "...")
        raise Unreadable(token.text)

    def nested(self) -> Tree:
        return self.total()

    def number(self, text: str) -> float:
        if "e" in text.lower():
            return float(text.lower().replace(",", "."))
        readings = number_readings("0" + text if text[0] in ".," else text, self.language)
        return readings[min(self.way.number, len(readings) - 1)]

    def command(self, name: str) -> Tree:
        if name in {"frac", "tfrac", "dfrac"}:
            return ("div", self.argument(), self.argument())
        if name == "sqrt":
            if self.sees("["):
                degree = _Parser(self.group(), self.language, self.way, self.depth + 1).whole()
                return ("pow", self.argument(), ("div", ("num", 1.0), degree))
            return ("call", "sqrt", self.argument())
        if name in {"sum", "prod"}:
            return self.series(name)
        raise Unreadable(name)

    def argument(self) -> Tree:
        """What a LaTeX command takes: a group in braces, else one sign."""
        token = self.peek()
        if token is None:
            raise Unreadable("an argument is missing")
        self.deeper()
        if token.kind == "number" and len(token.text) > 1 and self.tokens[self.at - 1].text != "sqrt":
            self.tokens[self.at] = replace(token, text=token.text[1:])
            value: Tree = ("num", float(token.text[0]))
        elif token.kind == "open":
            value = self.atom()
        else:
            value = self.power() if self.tokens[self.at - 1].text == "sqrt" else self.atom()
        self.depth -= 1
        return value

    def series(self, name: str) -> Tree:
        variable, low, high = "", None, None
        while self.sees("_", "^"):
            if self.take() == "_":
                inside = self.script()
                sides = separated(inside, "=")
                variable = "".join(token.text for token in sides[0])
                low = self.index(sides[1]) if len(sides) > 1 else None
            else:
                high = self.index(self.script())
        if variable and not re.fullmatch(r"[A-Za-z]", variable):
            raise Unreadable("a sum over something else")
        self.deeper()
        body = self.product()
        self.depth -= 1
        return (name, variable, low, high, body)

    def named(self, token: Token) -> Tree:
        text = token.text
        capital = words()["capitals"].get(text)
        function = words()["functions"].get(fold(text)) if capital is None else capital if self.sees("(") else None
        if text == "sum" or text == "suma":
            return self.series("sum")
        if function:
            return self.function(function)
        if fold(text) in {"lambda", "eps"}:
            text = {"eps": "epsilon"}.get(fold(text), fold(text))
        if match := re.fullmatch(r"d(k|v|ff|model|head)", text):
            return ("sym", f"d_{match[1]}")
        symbol: Tree = ("sym", {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta"}.get(text, text))
        return self.called(symbol) or symbol

    def called(self, symbol: Tree) -> Tree | None:
        """The symbol as a function of the bracket behind it, where it is one; None where the bracket multiplies."""
        name = symbol[1]
        callable_ = name.rstrip("'") in words()["names"]["callable"] or name in {"O", "Theta"}
        after = self.peek()
        if after is None or after.text not in {"(", "["}:
            return None
        if not (callable_ or name.endswith("'") or (len(name) > 1 and name not in words()["names"]["greek"])):
            return None
        if name.islower() and fold(name) in words()["names"]["words"]:
            return None
        name = {"Theta": "O", "sigma": "sigmoid"}.get(name, fold(name) if len(name) > 1 else name)
        return ("call", name, *self.arguments())

    def function(self, name: str) -> Tree:
        base: Tree | None = None
        power: Tree | None = None
        while self.sees("_", "^"):
            if self.take() == "_":
                inside = self.script()
                base = self.index(inside) if name == "log" else None
            else:
                power = _Parser(self.script(), self.language, self.way, self.depth + 1).whole()
        if name == "log" and base is None and self.log_base():
            base = ("num", float(self.take_number()))
        if self.sees("(", "[", "{"):
            found: Tree = ("call", name, *self.arguments())
        else:
            self.deeper()
            found = ("call", name, self.power())
            self.depth -= 1
        if base is not None:
            found = ("div", found, ("call", "log", base))
        if name == "transpose":
            found = ("T", found[2])
        return ("pow", found, power) if power else found

    def log_base(self) -> bool:
        """Whether "log2(n)" stands there: a number right behind the name and before a bracket."""
        token = self.peek()
        after = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        return bool(token and token.kind == "number" and token.tight and after and after.kind == "open")

    def take_number(self) -> float:
        return self.number(self.take())

    def arguments(self) -> list[Tree]:
        """What stands in the bracket that opens here, parted by commas, semicolons and bars."""
        opening = self.take()
        found = [self.nested()]
        while self.sees(",", ";", "|", "||"):
            self.at += 1
            found.append(self.nested())
        self.close(_BRACKETS[opening])
        return found
