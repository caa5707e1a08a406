"""The texts of items as data for the template of the PDF.

A text is a list of blocks, `{"code": text}` or `{"parts": [...]}`; a part is `{"text", "strong", "emph"}`, `{"code"}`,
`{"formula", "display"}` or `{"break"}`. What Markdown is read is that of `markdown_nodes`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tutor.export import markdown_nodes
from tutor.export.xml_tree import Node

Block = dict[str, Any]


def blocks(markdown: str) -> list[Block]:
    """The text as blocks for the template; an empty text has none."""
    return [
        {"code": _content(one).rstrip("\n")} if one.tag == "pre" else {"parts": list(_parts(one.children))}
        for one in markdown_nodes.blocks(markdown)
    ]


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


def _parts(content: Iterable[Node | str], strong: bool = False, emph: bool = False) -> Iterator[Block]:
    for one in content:
        if isinstance(one, str):
            yield _text(one, strong, emph)
        elif one.tag == "code":
            yield {"code": _content(one)}
        elif one.tag == "formula":
            yield {"formula": _content(one).strip(), "display": bool(one.attributes)}
        elif one.tag == "br":
            yield {"break": True}
        else:
            yield from _parts(one.children, strong or one.tag == "strong", emph or one.tag == "em")


def _content(one: Node) -> str:
    return "".join(part if isinstance(part, str) else _content(part) for part in one.children)
