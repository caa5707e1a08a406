"""The Markdown of items as elements: those of HTML, and `formula`, with `display` where it has a line of its own.

What items use, and no more: paragraphs and line breaks, **strong**, *em*, `code`, fenced code, $formula$ and
$$formula$$; a backslash before one of * ` $ takes its meaning away. All else is text, raw HTML and links too.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize as emphasis
from markdown_it.token import Token

from tutor.export.xml_tree import Node, node

_RULES = ("newline", "backticks", "emphasis", "fence")
_MARKS = "*`$"
_READ = 4096  # texts that are kept as they were read: an exam is written in seven formats
_DISPLAY = re.compile(r"\$\$(?P<formula>.+?)\$\$", re.DOTALL)
_FORMULA = re.compile(r"\$(?=\S)(?P<formula>(?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)", re.DOTALL)  # not «from $5 to $6»
_UNSEEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\x7f")
_TAGS = {"strong_open": "strong", "em_open": "em", "paragraph_open": "p"}


@lru_cache(_READ)
def blocks(text: str) -> tuple[Node, ...]:
    """A text as paragraphs and code blocks."""
    made = _nodes(iter(_markdown().parse(seen(text))))
    return tuple(part for part in made if isinstance(part, Node))


@lru_cache(_READ)
def inline(text: str) -> tuple[Node | str, ...]:
    """A text as content of one line, as an option is shown; line breaks stay."""
    return _nodes(iter(_markdown().parseInline(seen(text))))


def seen(plain: str) -> str:
    """A text without the characters that no file shows; each is a replacement character."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", plain)


@cache
def _markdown() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False}).enable(_RULES)
    reader.inline.ruler.before("newline", "escape-mark", _escaped_mark)
    reader.inline.ruler.before("newline", "formula", _formula)
    reader.inline.ruler.at("emphasis", _emphasis)
    return reader


def _escaped_mark(state: StateInline, silent: bool) -> bool:
    mark = state.src[state.pos + 1 : state.pos + 2]
    if state.src[state.pos] != "\\" or not mark or mark not in _MARKS:
        return False
    if not silent:
        state.pending += mark
    state.pos += 2
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$":
        return False
    found = _DISPLAY.match(state.src, state.pos) or _FORMULA.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.meta = found["formula"], {"display": "true"} if found[0].startswith("$$") else {}
    state.pos = found.end()
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    """By asterisks only: `__init__` and `d_model` are names."""
    return state.src[state.pos] == "*" and emphasis(state, silent)


def _nodes(tokens: Iterator[Token]) -> tuple[Node | str, ...]:
    """What the tokens say until the element that holds them closes."""
    made: list[Node | str] = []
    for token in tokens:
        if token.nesting < 0:
            break
        if token.nesting > 0:
            made.append(Node(_TAGS[token.type], {}, _nodes(tokens)))
        elif token.type == "inline":
            made += _nodes(iter(token.children or ()))
        else:
            made += _LEAVES[token.type](token)
    return tuple(made)


_LEAVES: dict[str, Callable[[Token], Sequence[Node | str]]] = {
    "text": lambda token: (token.content,),
    "formula": lambda token: (Node("formula", token.meta, (token.content,)),),
    "softbreak": lambda _: (node("br"),),
    "hardbreak": lambda _: (node("br"),),
    "code_inline": lambda token: (node("code", token.content),),
    "fence": lambda token: (node("pre", node("code", token.content)),),
}
