"""A PDF as content: sections under its headings, page by page, with what it says about itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.blocks import markdown_blocks
from knowledge.document_metadata import metadata_in
from knowledge.documents import Section
from knowledge.formats.content import Content
from knowledge.pdf import Pdf, read_pdf
from knowledge.pdfs.blocks import Block
from knowledge.pdfs.levels import levelled
from knowledge.pdfs.references import without_references
from knowledge.pdfs.words import named, paper_words
from knowledge.terms import fold

_RUN_IN = re.compile(r"^(?P<name>[^\W\d_]{5,10})\s?(?:[—–]|[.:]\s?[—–]?)\s?(?=\S)")
_FRONT_WORDS = 40  # a paragraph of so many words is no line of a title page


def pdf_content(data: bytes, path: str) -> Content:
    """What a PDF says: a section for each stretch of a page under one heading, its locator "p. N".

    The list of references is left out, and so is the title page's matter above an abstract, which title and authors
    tell. `path` is only named in errors. Raises `BadDocument` with "document-encrypted" or "document-broken".
    """
    pdf = read_pdf(data, path)
    blocks = [part for block in pdf.blocks for part in _run_in_abstract(block)]
    blocks = without_references(_without_front(blocks, pdf))
    told = metadata_in(pdf.first_page)
    url = f"https://doi.org/{told.doi}" if told.doi else f"https://arxiv.org/abs/{told.arxiv}" if told.arxiv else ""
    return Content(
        tuple(_sections(levelled(blocks))),
        title=pdf.title, authors=pdf.authors, year=told.year, url=url, pages=pdf.page_count,
        doi=told.doi, arxiv=told.arxiv, venue=told.venue,
    )  # fmt: skip


def _run_in_abstract(block: Block) -> list[Block]:
    """A paragraph that opens with "Abstract—" as a heading and what follows."""
    found = _RUN_IN.match(block.text) if block.kind in ("paragraph", "note") else None
    if not found or fold(found["name"]) not in paper_words().abstracts:
        return [block]
    heading = replace(block, kind="heading", text=found["name"], level=1)
    return [heading, replace(block, text=block.text[found.end() :])]


def _without_front(blocks: Sequence[Block], pdf: Pdf) -> list[Block]:
    """The blocks without the title and what stands between it and the abstract; a title is no heading of a section."""
    title = _squeezed(pdf.title)
    at = next((n for n, block in enumerate(blocks[:20]) if _is_part(block, title)), None)
    if at is None:
        return list(blocks)
    end = next((n for n in range(at, min(at + 60, len(blocks))) if _is_abstract(blocks[n])), None)
    front = blocks[:end]
    if end is not None and not any(_is_body(block) for block in front):
        return [*(block for block in front if block.kind == "caption"), *blocks[end:]]
    no_heading = (
        block.kind == "heading" and (_is_part(block, title) or _names_authors(block, pdf)) for block in blocks
    )
    return [replace(block, kind="paragraph") if no else block for block, no in zip(blocks, no_heading, strict=True)]


def _is_part(block: Block, title: str) -> bool:
    text = _squeezed(block.text)
    return (
        block.page == 1
        and len(text) > 2
        and (text in title or (title != "" and title in text and len(text) < 2 * len(title)))
    )


def _names_authors(block: Block, pdf: Pdf) -> bool:
    return block.page == 1 and bool(pdf.authors) and pdf.authors[0] in block.text


def _is_abstract(block: Block) -> bool:
    return block.kind == "heading" and block.page <= 2 and named(block.text) in paper_words().abstracts


def _is_body(block: Block) -> bool:
    words = block.text.split()
    return (
        block.kind in ("paragraph", "item")
        and len(words) >= _FRONT_WORDS
        and sum(map(str.islower, words)) > len(words) / 2
    )


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _sections(blocks: Sequence[Block]) -> Iterator[Section]:
    """The blocks under their heading paths; a page or a heading begins another section."""
    path: list[tuple[int, str]] = []
    texts: list[str] = []
    page = 0
    for block in blocks:
        if texts and (block.kind == "heading" or block.page != page):
            yield from _section(path, texts, page)
            texts = []
        page = block.page
        if block.kind == "heading":
            path = [*((level, title) for level, title in path if level < block.level), (block.level, block.text)]
        else:
            texts.append(block.text)
    yield from _section(path, texts, page)


def _section(path: Sequence[tuple[int, str]], texts: Sequence[str], page: int) -> Iterator[Section]:
    text = "\n\n".join(texts)
    if markdown_blocks(text):
        yield Section(tuple(title for _, title in path), f"p. {page}", text, page)
