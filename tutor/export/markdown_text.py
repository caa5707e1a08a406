"""Elements of items as Markdown that CommonMark, GitHub and pandoc read alike; texts come out as themselves."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from tutor.export.graded import code
from tutor.export.markdown_nodes import seen
from tutor.export.xml_tree import Node

_MARKUP = re.compile(
    r"""[\\`*_{}\[\]<>#$~^|@&"]|([-.=:+])\1+"""  # runs of these are dashes, ellipses, rules and fences to some reader
    r"|(?<![^\W_])'|'(?![^\W_])"  # an apostrophe inside a word stays
    r"|:(?=//|[\w+-]+:)|(?<=www)\."  # what would be a link or an emoji
)
_BEGINS = re.compile(r"[-+=:%]|\(?(?:\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)](?=\s|$)")  # a list, a rule, a definition
_MARKS = {"strong": "**", "em": "*"}


def written(blocks: Iterable[Node]) -> str:
    """Paragraphs, code blocks and lists as Markdown, without a line break at the end."""
    return "\n\n".join(_block(block) for block in blocks)


def plain(text: str, *, begins: bool = False) -> str:
    """A text in one line, with all that would be markup escaped. `begins`: whether it stands where a line does."""
    return _escaped(" ".join(seen(text).split()), begins)


def _block(block: Node) -> str:
    if block.tag == "pre":
        return _fenced("".join(str(part) for child in block.children for part in _children(child)))
    if block.tag in ("ul", "ol"):
        marks = ("- " if block.tag == "ul" else f"{place}. " for place in range(1, len(block.children) + 1))
        entries = [_entry(mark, _children(entry)) for mark, entry in zip(marks, block.children, strict=True)]
        loose = any(len(_children(entry)) != 1 for entry in block.children)
        return ("\n\n" if loose else "\n").join(entries)
    return _line(block.children, begins=True)


def _entry(mark: str, content: Sequence[Node | str]) -> str:
    lines = written(part for part in content if isinstance(part, Node)).split("\n")
    return "\n".join([mark + lines[0], *(line and " " * len(mark) + line for line in lines[1:])])


def _fenced(content: str) -> str:
    """Code between ticks of which it holds fewer in a row."""
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
    return f"{ticks}\n{content.removesuffix(chr(10))}\n{ticks}"


def _line(parts: Sequence[Node | str], *, begins: bool, within: str = "") -> str:
    made = ""
    for texts, group in groupby(parts, lambda part: isinstance(part, str)):
        if texts:
            made += _escaped("".join(map(str, group)), made.endswith("\n") or (begins and not made))
            continue
        for part in (part for part in group if isinstance(part, Node)):
            touching = part.tag == "formula" and re.search(r"(?<!\\)\$$", made)
            made += " " * bool(touching) + _inline(part, within)
    return made


def _inline(part: Node, within: str) -> str:
    if part.tag == "br":
        return "\\\n"
    if part.tag in _MARKS:
        mark = "" if part.tag in within else _MARKS[part.tag]  # marks in their like would be read as others
        return mark + _line(part.children, begins=False, within=within + part.tag) + mark
    content = "".join(map(str, part.children))
    if part.tag == "formula":
        sign = "$$" if part.attributes.get("display") else "$"
        return sign + content + sign
    return code(content)


def _escaped(text: str, begins: bool) -> str:
    found = _BEGINS.match(text) if begins else None
    start = f"{found[0][:-1]}\\{found[0][-1]}" if found else ""
    rest = text[found.end() if found else 0 :]
    return start + _MARKUP.sub(lambda match: "".join(f"\\{sign}" for sign in match[0]), rest)


def _children(part: Node | str) -> tuple[Node | str, ...]:
    return part.children if isinstance(part, Node) else ()
