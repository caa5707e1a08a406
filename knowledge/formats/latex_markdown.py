"""The body of a LaTeX document as Markdown.

The text is walked from left to right: commands that only dress text are dropped and the text in their braces stays, so
that of a macro nobody knows the argument is kept.
"""

import re
from collections import Counter
from collections.abc import Mapping

from knowledge.formats.latex_cursor import SPACE, Arguments
from knowledge.formats.latex_pairs import Pairs
from knowledge.formats.latex_tables import code_of, table_rows
from knowledge.formats.latex_words import (
    ALIGNED,
    ARGUMENTS_OUT,
    CITES,
    CODE,
    DISPLAYED,
    HEADINGS,
    LEFT_OUT,
    LISTS,
    QUOTED,
    REFERENCES,
    STATEMENTS,
    TABLES,
    characters,
    is_accent,
)
from knowledge.formats.markdown_text import MarkdownText

_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z@]+)\*?|\\(?P<sign>.)|(?P<math>\$\$?)|(?P<blank>\n[ \t]*\n\s*)|(?P<mark>``|''|---?|[{}~&])",
    re.S,
)
_TYPED = {"``": "“", "''": "”", "---": "—", "--": "–", "{": "", "}": "", "~": " ", "&": " "}
_IN_FORMULA = re.compile(
    r"\\(?:label|tag)\*?\{[^{}]{0,200}\}|\\(?:nonumber|notag)(?![A-Za-z])|\\ensuremath(?![A-Za-z])"
)
_NAME = re.compile(r"\s?\{([A-Za-z@]+\*?)\}")


class LatexWriter:
    """Writes one document; `text` grows. `spanish`: its class prints "Resumen" and "Tabla", not the English words."""

    def __init__(self, source: str, pairs: Pairs, numbers: Mapping[str, str], *, spanish: bool) -> None:
        self.text = MarkdownText()
        self._source = source
        self._pairs = pairs
        self._numbers = numbers
        self._abstract = "Resumen" if spanish else "Abstract"
        self._floats = ("Tabla", "Figura") if spanish else ("Table", "Figure")
        self._float = ""
        self._arguments = Arguments(source, pairs)
        self._counts = Counter[str]()
        self._running: list[str] = []
        self._lists: list[list[int | None]] = []

    def write(self, start: int, end: int) -> None:
        """The stretch from `start` to `end` as blocks."""
        at = start
        while at < end:
            token = _TOKEN.search(self._source, at, end)
            if token is None:
                self._running.append(self._source[at:end])
                break
            self._running.append(self._source[at : token.start()])
            at = self._token(token, end)
        self._flush()

    def _token(self, token: re.Match[str], end: int) -> int:
        """Deal with a token and give where the text goes on."""
        if token["blank"]:
            self._flush()
        elif token["mark"]:
            self._running.append(_TYPED[token["mark"]])
        elif token["math"]:
            return self._dollars(token, end)
        elif sign := token["sign"]:
            return self._sign(sign, token.end(), end)
        else:
            return self._command(token, end)
        return token.end()

    def _command(self, token: re.Match[str], end: int) -> int:
        name, at = token["command"], token.end()
        if name == "begin":
            return self._environment(token, end)
        if name in HEADINGS:
            words, at = self._argument(at, end)
            self._flush()
            self.text.heading(words, HEADINGS[name])
        elif name == "item":
            return self._item(at, end)
        elif name in {"footnote", "footnotetext"}:
            words, at = self._argument(at, end)
            self.text.note(words)
        elif name in {"caption", "captionof"}:
            words, at = self._argument(at, end, skip=int(name == "captionof"))
            self._flush()
            self.text.paragraph(self._numbered(words))
        elif name == "end":  # of something that never began
            named = _NAME.match(self._source, at, end)
            return named.end() if named else at
        elif CITES.fullmatch(name):
            keys, at = self._arguments.raw(at, end)
            self._running.append(f"[{', '.join(key.strip() for key in keys.split(','))}]" if keys.strip() else "")
        elif name in REFERENCES:
            keys, at = self._arguments.raw(at, end)
            known = [self._numbers.get(key.strip(), "") for key in keys.split(",")]
            self._running.append(REFERENCES[name].format(", ".join(filter(None, known)) or "?"))
        elif name in {"url", "path", "nolinkurl"}:
            words, at = self._arguments.raw(at, end)
            self._running.append(words.strip())
        elif name == "verb":
            closing = self._source.find(self._source[at : at + 1], at + 1, end)
            closing = end if closing < 0 else closing
            self._running.append(f"`{self._source[at + 1 : closing]}`")
            at = closing + 1
        elif name == "ensuremath":
            words, at = self._arguments.raw(at, end)
            self._running.append(f"${words}$")
        elif name == "par":
            self._flush()
        elif name == "appendix":
            pass
        elif name == "textcolor" and (seen := self._arguments.raw(at, end))[0].strip() == "white":
            _, at = self._arguments.raw(seen[1], end)  # what is printed white nobody sees
        elif name == "color" and (seen := self._arguments.raw(at, end))[0].strip() == "white":
            at = self._pairs.end_of_white(self._source, at, seen[1], end)
        elif name in ARGUMENTS_OUT:
            for _ in range(ARGUMENTS_OUT[name]):
                _, at = self._arguments.raw(at, end)
        else:
            at = self._printed(name, at, end)
        return min(at, end)

    def _printed(self, name: str, at: int, end: int) -> int:
        if is_accent(name) and (accented := self._accented(name, at, end)):
            return accented
        found = characters(name)
        self._running.append(found)
        if not found and self._source[at : at + 1] == "[":  # the options of a macro that nobody knows
            return self._arguments.after_options(at, end)
        # LaTeX eats the space after a command's name; after one that prints nothing none is missed.
        return at + 1 if found and self._source[at : at + 1] == " " else at

    def _sign(self, sign: str, at: int, end: int) -> int:
        if sign in "([":
            closing = self._arguments.closing("\\)" if sign == "(" else "\\]", at, end)
            if closing >= 0:
                self._formula(self._source[at:closing], displayed=sign == "[")
                return closing + 2
        if is_accent(sign) and (accented := self._accented(sign, at, end)):
            return accented
        self._running.append(characters(sign))
        if sign == "\\":
            at += self._source[at : at + 1] == "*"
            return self._arguments.after_options(at, end) if self._source[at : at + 1] == "[" else at
        return at

    def _accented(self, command: str, at: int, end: int) -> int:
        r"""Put down the letter with its accent (`\'e`, `\'{e}`, `\c c`, `\'\i`) and give where the text goes on."""
        match = re.compile(r"\s?(?:\{\s?(\\?[^\W\d_])\s?\}|(\\[ij](?![A-Za-z]))\s?|([^\W\d_]))").match(
            self._source, at, end
        )
        if match is None:
            return 0
        letter = match[1] or match[2] or match[3]
        self._running.append(characters(command, letter))
        return match.end()

    def _dollars(self, token: re.Match[str], end: int) -> int:
        mark, at = token["math"], token.end()
        closing = at
        while True:
            closing = self._arguments.closing(mark, closing, end)
            if closing < 0 or self._source[closing - 1] != "\\" or closing == at:
                break
            closing += 1
        if closing < 0 or ((blank := self._source.find("\n\n", at, closing)) >= 0 and blank):
            self._running.append("$")
            return at
        self._formula(self._source[at:closing], displayed=mark == "$$")
        return closing + len(mark)

    def _formula(self, latex: str, *, displayed: bool) -> None:
        latex = _IN_FORMULA.sub("", latex).strip()
        if not latex:
            return
        if displayed and not self._lists:
            self._flush()
            self.text.formula("\n".join(line.strip() for line in latex.split("\n") if line.strip()))
        else:
            self._running.append(f"${' '.join(latex.split())}$")

    def _environment(self, token: re.Match[str], end: int) -> int:
        named = _NAME.match(self._source, token.end(), end)
        if named is None:
            return token.end()
        name, inside = named[1], named.end()
        stop, after = self._pairs.environments.get(token.start(), (-1, -1))
        if stop < 0 or after > end:
            return inside
        bare = name.rstrip("*")
        if bare in DISPLAYED:
            self._displayed(bare, inside, stop)
        elif name in CODE:
            self._flush()
            self.text.code(*code_of(name, self._source[inside:stop]))
        elif name in TABLES:
            self._flush()
            self.text.table(table_rows(self._source, self._pairs, self.inline, name, inside, stop))
        elif bare in LISTS:
            self._list(bare, self._arguments.after_options(inside, end), stop)
        elif bare in QUOTED:
            self._quotation(inside, stop)
        elif name not in LEFT_OUT:
            self._plain_environment(bare, inside, stop)
        return after

    def _plain_environment(self, name: str, inside: int, stop: int) -> None:
        self._flush()
        title = ""
        if self._source[inside : inside + 1] == "[":
            close = self._arguments.after_options(inside, stop)
            title, inside = self.inline(inside + 1, close - 1), close
        if name in {"minipage", "wrapfigure", "subfigure", "adjustbox", "multicols", "columns", "column", "subtable"}:
            _, inside = self._arguments.raw(inside, stop)
        if name == "wrapfigure":
            _, inside = self._arguments.raw(inside, stop)
        if name == "abstract":
            self.text.heading(self._abstract, 2)
        elif name in STATEMENTS:
            self._running.append(f"**{name.capitalize()}{f' ({title})' if title else ''}.** ")
        lists, self._lists = self._lists, []
        if name in {"table", "figure", "wrapfigure", "longtable"}:
            self._float = self._floats["figure" in name]
        self.write(inside, stop)
        self._lists = lists
        self._float = "" if name in {"table", "figure", "wrapfigure"} else self._float

    def _numbered(self, caption: str) -> str:
        """A caption as it is printed: "Table 2: ..."."""
        if not self._float or not caption:
            return caption
        self._counts[self._float] += 1
        return f"{self._float} {self._counts[self._float]}: {caption}"

    def _displayed(self, name: str, start: int, stop: int) -> None:
        if name in {"alignat"}:
            _, start = self._arguments.raw(start, stop)
        latex = self._source[start:stop].strip()
        if name == "subequations":
            self.write(start, stop)
            return
        if name in ALIGNED and ("&" in latex or "\\\\" in latex):
            inside = _IN_FORMULA.sub("", latex).strip()
            latex = f"\\begin{{aligned}}\n{inside}\n\\end{{aligned}}"
        elif name in {"gather", "multline"} and "\\\\" in latex:
            latex = f"\\begin{{gathered}}\n{_IN_FORMULA.sub('', latex).strip()}\n\\end{{gathered}}"
        self._formula(latex, displayed=name != "math")

    def _list(self, name: str, start: int, stop: int) -> None:
        self._flush()
        self._lists.append([0 if "enum" in name else None])
        self.write(start, stop)
        self._lists.pop()

    def _item(self, at: int, end: int) -> int:
        self._flush()
        if not self._lists:
            return at
        if self._lists[-1][0] is not None:
            self._lists[-1][0] += 1
        space = SPACE.match(self._source, at, end)
        at = space.end() if space else at
        if self._source[at : at + 1] == "[":
            close = self._arguments.after_options(at, end)
            label = self.inline(at + 1, close - 1)
            self._running.append(f"{label} " if any(char.isalnum() for char in label) else "")
            return close
        return at

    def _quotation(self, start: int, stop: int) -> None:
        self._flush()
        outer, self.text = self.text, MarkdownText()
        self.write(start, stop)
        inside, self.text = str(self.text), outer
        self.text.put("\n".join(f"> {line}".rstrip() for line in inside.split("\n")) if inside else "")

    def inline(self, start: int, end: int) -> str:
        """A stretch as one line: of a heading, a caption, a note or a cell."""
        outer, self._running = self._running, []
        lists, self._lists = self._lists, [[None]]
        text, self.text = self.text, MarkdownText()
        self.write(start, end)
        inside = str(self.text)
        self._running, self._lists, self.text = outer, lists, text
        return " ".join(re.sub(r"^- ", "", line) for line in inside.split("\n")).strip()

    def _argument(self, at: int, end: int, skip: int = 0) -> tuple[str, int]:
        """The next argument in braces as one line, options before it passed over, and where it has ended."""
        for _ in range(skip):
            _, at = self._arguments.raw(at, end)
        start, stop, after = self._arguments.group(at, end)
        return self.inline(start, stop), after

    def _flush(self) -> None:
        words = "".join(self._running)
        self._running.clear()
        words = "\n".join(" ".join(line.split()) for line in re.split(r"\n(?=\n)", words) if line.strip())
        if self._lists and len(self._lists[-1]):
            self.text.item(words, len(self._lists) - 1, self._lists[-1][0] or None)
        else:
            self.text.paragraph(" ".join(words.split()))
