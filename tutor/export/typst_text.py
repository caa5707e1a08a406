"""The texts of items as data for the template of the PDF.

Of Markdown: *emphasis*, **strong**, `code`, fenced code, $formulas$ and $$displayed$$ ones, and lines as they are
broken. All else is text as it stands. A backslash before one of $ ` * _ leaves that sign as it is.

A text is a list of blocks, `{"code": text}` or `{"parts": [...]}`; a part is `{"text", "strong", "emph"}`, `{"code"}`,
`{"formula", "display"}` or `{"break"}`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

Block = dict[str, Any]
_FORMULA = re.compile(r"\$\$(?P<shown>\s*[^$\s][^$]*)\$\$|\$(?P<inline>(?![\s$])(?:\\.|[^$\\])*?(?<!\s))\$(?!\d)", re.S)
_ESCAPED = "$`*_"


def blocks(markdown: str) -> list[Block]:
    """The text as blocks for the template; an empty text has none."""
    found: list[Block] = []
    for token in _PARSER.parse(markdown):
        if token.type == "fence":
            found.append({"code": token.content.rstrip("\n")})
        elif token.type == "inline":
            found.append({"parts": list(_parts(token.children or ()))})
    return found


def literal(text: str) -> list[Block]:
    """The text as it stands, with no Markdown read."""
    return [{"parts": [_text(text)]}]


def code(text: str) -> list[Block]:
    """The text as code inside a line."""
    return [{"parts": [{"code": text}]}]


def inline(texts: Iterable[Sequence[Block]], between: str) -> list[Block]:
    """Several texts as one paragraph, set apart by `between`."""
    parts: list[Block] = []
    for text in texts:
        parts += [_text(between)] if parts else []
        for block in text:
            parts += block.get("parts", [block])
    return [{"parts": parts}]


def _text(text: str, strong: bool = False, emph: bool = False) -> Block:
    return {"text": text, "strong": strong, "emph": emph}


def _parts(tokens: Iterable[Token]) -> Iterator[Block]:
    strong = emph = 0
    for token in tokens:
        strong += {"strong_open": 1, "strong_close": -1}.get(token.type, 0)
        emph += {"em_open": 1, "em_close": -1}.get(token.type, 0)
        if token.type == "code_inline":
            yield {"code": token.content}
        elif token.type == "formula":
            yield {"formula": token.content, "display": bool(token.meta["display"])}
        elif token.type in ("softbreak", "hardbreak"):
            yield {"break": True}
        elif token.content:
            yield _text(token.content, strong > 0, emph > 0)


def _formula_rule(state: StateInline, silent: bool) -> bool:
    match = _FORMULA.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "$" else None
    if match is None:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content = (match["shown"] or match["inline"]).strip()
        token.meta = {"display": match["shown"] is not None}
    state.pos = match.end()
    return True


def _escape_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "\\" or state.src[state.pos + 1 : state.pos + 2] not in tuple(_ESCAPED):
        return False
    if not silent:
        state.pending += state.src[state.pos + 1]
    state.pos += 2
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero").enable(["fence", "backticks", "emphasis", "newline"])
    parser.inline.ruler.before("backticks", "escape-marks", _escape_rule)
    parser.inline.ruler.before("backticks", "formula", _formula_rule)
    return parser


_PARSER = _parser()
