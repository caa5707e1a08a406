"""The blocks of a Markdown text: headings, paragraphs, list items, code, formulas and tables, in order."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

Kind = Literal["heading", "paragraph", "item", "code", "formula", "table"]

_QUOTE_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.M)
_BULLET = re.compile(r"^\s*[-*+](?:\s+|$)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Block:
    """One block as written, without quote marks and bullets.

    It fills the lines from `start` to `end`, counted from 0, `end` not in. `level` is 1 to 6 for a heading
    and 0 for the rest. The text of a code or formula block keeps its fences.
    """

    kind: Kind
    text: str
    start: int
    end: int
    level: int = 0


def markdown_blocks(text: str) -> list[Block]:
    """The blocks of `text` in order; nothing that a reader sees is left out, comments and rules are.

    A nested list gives one block an item. A quotation gives the blocks inside it.
    """
    lines = text.split("\n")
    tokens = _parser().parse(text)
    blocks: list[Block] = []
    for at, token in enumerate(tokens):
        if token.level == 0 and token.map and token.nesting >= 0:
            blocks.extend(_blocks_of(at, tokens, lines))
    return [block for block in blocks if block.text]


def _blocks_of(at: int, tokens: Sequence[Token], lines: list[str]) -> Iterator[Block]:
    """The blocks of the top-level token at `at`."""
    token = tokens[at]
    start, end = token.map or (0, 0)
    written = "\n".join(lines[start:end]).rstrip()
    match token.type:
        case "heading_open":
            title = tokens[at + 1].content.strip()
            # A paragraph of several lines over a row of hyphens is one by the letter of CommonMark only.
            if "\n" in title:
                yield Block("paragraph", title, start, end)
            else:
                yield Block("heading", title, start, end, int(token.tag[1]))
        case "bullet_list_open" | "ordered_list_open":
            yield from _items(token, tokens, lines)
        case "blockquote_open":
            for block in markdown_blocks(_QUOTE_MARKS.sub("", written)):
                yield Block(block.kind, block.text, start + block.start, start + block.end, block.level)
        case "fence":
            yield Block("code", textwrap.dedent(written), start, end)
        case "code_block":
            yield Block("code", f"```\n{textwrap.dedent(written)}\n```", start, end)
        case "math_block":
            yield Block("formula", written.strip(), start, end)
        case "table_open":
            yield Block("table", written, start, end)
        case "html_block":
            yield Block("paragraph", _TAG.sub("", _COMMENT.sub("", written)).strip(), start, end)
        case "paragraph_open":
            yield Block("paragraph", written.strip(), start, end)


def _items(opening: Token, tokens: Sequence[Token], lines: list[str]) -> Iterator[Block]:
    """One block an item of the list, nested ones included: each reaches to where the next one starts."""
    first, last = opening.map or (0, 0)
    starts = {token.map[0] for token in tokens if token.type == "list_item_open" and token.map}
    cuts = [*sorted(start for start in starts if first <= start < last), last]
    for start, end in pairwise(cuts):
        head, _, rest = "\n".join(lines[start:end]).rstrip().partition("\n")
        written = _BULLET.sub("", head) + "\n" + textwrap.dedent(rest)
        # Lines matter inside code and formulas only.
        layout = "```" in written or "$$" in written
        yield Block("item", written.strip() if layout else " ".join(written.split()), start, end)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable("inline")  # the blocks are all that is needed
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "math_block", _math_block, ends)
    return parser


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A markdown-it rule: `$$`, lines, `$$`, none of them blank; CommonMark sees headings and lists in it."""
    if not _line(state, start).startswith("$$"):
        return False
    for at in range(start, end):
        line = _line(state, at)
        rest = line[2:] if at == start else line
        if at > start and not line:
            return False
        if "$$" in rest:
            if not rest.rstrip(" .,;").endswith("$$"):
                return False
            if not silent:
                state.line = at + 1
                state.push("math_block", "math", 0).map = [start, at + 1]
            return True
    return False


def _line(state: StateBlock, at: int) -> str:
    return state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]].strip()
