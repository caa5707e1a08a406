"""A summary as Markdown: CommonMark with tables, formulas between dollars, [n] after what quotation n says."""

import re
from collections.abc import Iterable

from agents.research.summary import Summary
from tutor.export.markdown_text import written
from tutor.export.xml_tree import Node, node
from tutor.summaries.inline import Inline
from tutor.summaries.outline import Block, Bullets, Grid, Heading, Outline, Prose, Quoted, Said
from tutor.summaries.styles import DEFAULT_STYLE, Style, load_style
from tutor.summaries.words import said

LINKED = "a"
_NEEDLESS = (
    re.compile(  # escapes of signs that every reader takes as they are; formulas and backslashes are passed over
        r"""\\\\|(?P<sign>\$\$?)(?:\\.|[^$\\])+(?P=sign)|\\(?P<free>"|&(?!\#?\w+;)|(?<=\w\\)_(?=\w))""", re.DOTALL
    )
)


def write_markdown(summary: Summary, style: str = DEFAULT_STYLE) -> str:
    """The whole text. Raises `BadSummary` for a citation style that is unknown or cannot be read."""
    outline = Outline(summary)
    blocks = [*outline.body(), *outline.quotations()]
    parts = [_block(block, outline.language) for block in blocks]
    parts += _references(outline, load_style(style, outline.language))
    parts += [_block(block, outline.language) for block in outline.made()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block, language: str) -> str:
    if isinstance(block, Heading):
        return "#" * block.level + " " + _one_line(block.content)
    if isinstance(block, Prose):
        return " ".join(map(_sentence, block.sentences))
    if isinstance(block, Bullets):
        return "\n".join(map(_entry, block.entries))
    return _table(block, language) if isinstance(block, Grid) else _quoted(block)


def _references(outline: Outline, style: Style) -> list[str]:
    entries = style.entries(outline.summary.references)
    if not entries:
        return []
    lines = (_entry(Said(entry.content, outline.numbers_of(entry.document))) for entry in entries)
    return [f"## {said('heading.references', outline.language)}", "\n".join(lines)]


def _sentence(one: Said) -> str:
    note = f"*({_text((one.note,))})*" if one.note else ""
    return " ".join(part for part in (_text(one.content), _numbers(one.citations), note) if part)


def _numbers(citations: Iterable[int]) -> str:
    return "".join(f"[{n}]" for n in citations)


def _entry(one: Said) -> str:
    first, *rest = _sentence(one).split("\n")
    return "\n".join([f"- {first}", *(f"  {line}" for line in rest)])


def _quoted(one: Quoted) -> str:
    said_there = _text(one.quote) if one.code is None else written([node("pre", node("code", one.code))])
    lines = "\n".join(f"> {line}".rstrip() for line in said_there.split("\n"))
    return f"**[{one.n}]** {_text(one.label)}\n\n{lines}"


def _table(grid: Grid, language: str) -> str:
    empty = said("table.empty", language)
    rows = [[_cell(name) for name in ([Said(content)] for content in grid.head)], ["---"] * len(grid.head)]
    rows += [[_cell(cell) or _cell([Said((node("em", empty),))]) for cell in row] for row in grid.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(sentences: Iterable[Said]) -> str:
    """In one line, and without a bar that would end the cell: in a formula it has a name."""
    barless = (Said(tuple(map(_barless, one.content)), one.citations, one.note) for one in sentences)
    return " ".join(map(_sentence, barless)).replace("\\\n", " ")


def _barless(part: Node | str) -> Node | str:
    if isinstance(part, str) or part.tag != "formula":
        return part
    latex = str(part.children[0]).replace("\\|", "\\Vert ").replace("|", "\\vert ")
    return Node(part.tag, part.attributes, (latex,))


def _one_line(content: Inline) -> str:
    return _text(content).replace("\\\n", " ")


def _text(content: Inline) -> str:
    """Content in a line: links as autolinks, all else as in an exam's Markdown."""
    made, waiting = "", []
    for part in (*content, node(LINKED)):
        if isinstance(part, str) or part.tag != LINKED:
            waiting.append(part)
            continue
        made += _NEEDLESS.sub(lambda found: found["free"] or found[0], written([Node("p", {}, tuple(waiting))]))
        made += "".join(f"<{address}>" for address in part.children)
        waiting = []
    return made
