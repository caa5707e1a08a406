"""Whether a formula is plain mathematics, well formed: a grammar of what LaTeX takes without an error or an effect.

It knows the commands of `math.toml` and no other: nothing in it reads a file, defines a command or leaves the formula.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

MOST_NESTED = 40
MOST_COLUMNS = 10  # of a matrix, in amsmath
_SIGN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_PRINTED = frozenset(r"\{ \} \| \, \; \: \! \% \& \# \_ \$".split()) | {"\\ "}
_DELIMITERS = frozenset(
    r"( ) [ ] | / . < > \{ \} \| \langle \rangle \lfloor \rfloor \lceil \rceil \lvert \rvert \lVert \rVert \vert \Vert"
    r" \lbrace \rbrace".split()
)
_PLAIN = re.compile(r"[A-Za-z0-9()\[\]|/.,;:!?=+*<>@\"`-]")
_WORDS = re.compile(r"[^{}\\$#%&_^~]*")


class _NotMathematics(Exception):
    """The formula is outside of the grammar."""


def is_mathematics(latex: str) -> bool:
    """Whether LaTeX, with amsmath, prints the formula (without its dollars) as mathematics."""
    try:
        reader = _Reader(_SIGN.findall(latex))
        reader.row(0)
        return not reader.rest
    except _NotMathematics:
        return False


class _Reader:
    """Reads signs from the left; `rest` are those that wait, in reverse."""

    def __init__(self, signs: list[str]) -> None:
        self.rest = signs[::-1]

    def row(self, depth: int, *, between: bool = False) -> None:
        """Signs with their scripts, until one closes. `between`: \\left and \\right, where \\middle may be."""
        if depth > MOST_NESTED:
            raise _NotMathematics
        while self.peek() and self.peek() not in ("}", "&", "\\\\", r"\right", r"\end"):
            if self.peek() in ("^", "_", "'"):
                self.scripts(depth)
                continue
            if between and self.peek() == r"\middle":
                self.take()
                self.delimiter()
                continue
            sign = self.take()
            self.one(sign, depth)
            if sign[1:] in _names("operators") and self.peek() in (r"\limits", r"\nolimits"):
                self.take()
            if sign[1:] not in _names("switches"):
                self.scripts(depth)

    def one(self, sign: str, depth: int) -> None:
        """What begins with a sign that was taken."""
        name = sign[1:] if sign.startswith("\\") else ""
        if sign == "{":
            self.row(depth + 1)
            self.expect("}")
        elif name == "left":
            self.bracketed(depth)
        elif name == "begin":
            self.environment(depth)
        elif name in _names("words"):
            self.words()
        elif name in _names("fonts"):
            self.argument(depth, symbols=False)
        elif name in _names("sizes"):
            self.delimiter()
        elif name in _arguments():
            self.arguments(name, depth)
        elif not (name in _names("symbols", "switches") or sign in _PRINTED or _PLAIN.fullmatch(sign)):
            raise _NotMathematics

    def scripts(self, depth: int) -> None:
        """Primes or an exponent, and an index: one of each."""
        free = {"^", "_"}
        while self.peek() in ("^", "_", "'"):
            sign = self.take()
            if ("^" if sign == "'" else sign) not in free:
                raise _NotMathematics
            free -= {"^" if sign == "'" else sign}
            while sign == "'" and self.peek() == "'":
                self.take()
            if sign != "'":
                self.script(depth)

    def script(self, depth: int) -> None:
        """An exponent or an index: a group, one sign, or words."""
        name = self.peek()[1:]
        if self.peek().startswith("\\") and name in _names("raised"):
            self.one(self.take(), depth + 1)
        else:
            self.argument(depth)

    def argument(self, depth: int, *, symbols: bool = True) -> None:
        """A group, or one letter, figure or symbol."""
        sign = self.take()
        if sign == "{":
            self.row(depth + 1)
            self.expect("}")
        elif not (re.fullmatch("[A-Za-z0-9*+-]", sign) or (symbols and sign[0] == "\\" and sign[1:] in _letters())):
            raise _NotMathematics

    def arguments(self, name: str, depth: int) -> None:
        """Those of a command; a root may have its degree in brackets."""
        if name == "sqrt" and self.peek() == "[":
            self.take()
            if not re.fullmatch("[A-Za-z0-9]", self.take()):
                raise _NotMathematics
            self.expect("]")
        for _ in range(_arguments()[name]):
            self.argument(depth)

    def words(self) -> None:
        """Plain words in braces."""
        self.expect("{")
        while self.peek() != "}":
            if not _WORDS.fullmatch(self.take(spaces=True)):
                raise _NotMathematics
        self.expect("}")

    def bracketed(self, depth: int) -> None:
        self.delimiter()
        self.row(depth + 1, between=True)
        self.expect(r"\right")
        self.delimiter()

    def delimiter(self) -> None:
        if self.take() not in _DELIMITERS:
            raise _NotMathematics

    def environment(self, depth: int) -> None:
        """Rows and columns until the environment ends."""
        name = self.named()
        if name not in _names("environments"):
            raise _NotMathematics
        columns = 1
        self.row(depth + 1)
        while self.peek() in ("&", "\\\\"):
            columns = columns + 1 if self.take() == "&" else 1
            if columns > (2 if name in ("cases", "split") else MOST_COLUMNS) or self.peek() in ("[", "*"):
                raise _NotMathematics
            self.row(depth + 1)
        self.expect(r"\end")
        if self.named() != name:
            raise _NotMathematics

    def named(self) -> str:
        """A name in braces."""
        self.expect("{")
        name = ""
        while self.peek() != "}":
            name += self.take()
        self.expect("}")
        return name

    def peek(self) -> str:
        """The next sign that is no white space, "" at the end."""
        while self.rest and self.rest[-1].isspace():
            self.rest.pop()
        return self.rest[-1] if self.rest else ""

    def take(self, *, spaces: bool = False) -> str:
        """That sign, taken."""
        if not self.rest or (not spaces and not self.peek()):
            raise _NotMathematics
        return self.rest.pop()

    def expect(self, sign: str) -> None:
        if self.take() != sign:
            raise _NotMathematics


@cache
def _math() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("math.toml").read_text(encoding="utf-8"))
    return found


@cache
def _names(*kinds: str) -> frozenset[str]:
    return frozenset(name for kind in kinds for name in _math()["commands"][kind].split())


@cache
def _letters() -> frozenset[str]:
    """The symbols that may stand alone as an exponent or under a hat."""
    return _names("symbols") - _names("operators")


@cache
def _arguments() -> dict[str, int]:
    return {name: int(count) for count, names in _math()["arguments"].items() for name in names.split()}
