"""A place among the tokens of a formula: what comes next, brackets, exponents, subscripts, and how deep it all is."""

from collections.abc import Sequence

from knowledge.formula_scripts import INDICES
from knowledge.formula_tokens import Token, Unreadable

MOST_DEPTH = 40


class Cursor:
    """What a parser moves over its tokens. `tight`: whether a number over a number is one exponent ("x^1/2")."""

    def __init__(self, tokens: Sequence[Token], tight: bool, depth: int = 0) -> None:
        self.tokens, self.tight, self.depth, self.at = list(tokens), tight, depth, 0

    def peek(self) -> Token | None:
        """The next token; None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def sees(self, *signs: str) -> bool:
        """Whether one of these signs or brackets comes next."""
        token = self.peek()
        return token is not None and token.kind in {"sign", "open", "close"} and token.text in signs

    def take(self) -> str:
        """The text of the next token, which is passed."""
        self.at += 1
        return self.tokens[self.at - 1].text

    def starts_value(self) -> bool:
        """Whether a value comes next."""
        token = self.peek()
        return token is not None and (
            token.kind in {"number", "name", "word", "open", "command"} or token.text in {"..."}
        )

    def group(self) -> list[Token]:
        """The tokens inside the bracket that opens here."""
        start, depth = self.at, 0
        for place in range(start, len(self.tokens)):
            kind = self.tokens[place].kind
            depth += (kind == "open") - (kind == "close")
            if depth == 0:
                self.at = place + 1
                return self.tokens[start + 1 : place]
        raise Unreadable("a bracket is open")

    def close(self, sign: str) -> None:
        """Pass a closing bracket. Raises `Unreadable` where there is none."""
        if not self.sees(sign):
            raise Unreadable("a bracket is open")
        self.at += 1

    def deeper(self) -> None:
        """One level further in. Raises `Unreadable` where that is too deep."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise Unreadable("too deep")

    def script(self, indices: bool = False) -> list[Token]:
        """The tokens of an exponent or a subscript: a group, else a sign and one value; or a run of `indices`."""
        token = self.peek()
        if token is None:
            raise Unreadable("an empty script")
        if token.kind == "open":
            return self.group()
        start = self.at
        if token.text in {"-", "+"}:
            self.at += 1
            token = self.peek()
        if token is None or (token.kind not in {"number", "name", "word", "command"} and token.text != "*"):
            raise Unreadable("an empty script")
        self.at += 1
        if token.text in {"sqrt", "frac"}:
            raise Unreadable("a script without a group")
        while indices and token.text in INDICES and (after := self.peek()) and after.tight and after.text in INDICES:
            self.at += 1
        fraction = self.tight and token.kind == "number" and self.sees("/") and self.at + 1 < len(self.tokens)
        if fraction and self.tokens[self.at + 1].kind == "number":
            self.at += 2
        return self.tokens[start : self.at]
