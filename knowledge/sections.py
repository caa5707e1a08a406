"""The sections of a Markdown text: what stands under each heading, and where a reader finds it."""

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.blocks import markdown_blocks
from knowledge.documents import Section
from knowledge.terms import plain

LINE_SECTION_WORDS = 120  # a text without headings is cut into sections of so many words, each with its line


@dataclass(slots=True)
class _Stretch:
    """The lines from `start` to `end` (not in) under one heading path."""

    headings: tuple[str, ...]
    start: int
    end: int
    words: int = 0


def sections_of(text: str, *, with_headings: bool = True) -> tuple[Section, ...]:
    """The sections of a Markdown text in order, those without text left out.

    Locators are "§ Heading", or "l. N" (the line, from 1) where there is no heading or none is asked for.
    """
    lines = text.split("\n")
    return tuple(
        Section(
            headings=stretch.headings,
            locator=f"§ {stretch.headings[-1]}" if stretch.headings else f"l. {stretch.start + 1}",
            text="\n".join(lines[stretch.start : stretch.end]).strip("\n"),
        )
        for stretch in _stretches(text, with_headings)
        if stretch.words
    )


def _stretches(text: str, with_headings: bool) -> Iterator[_Stretch]:
    lines = text.split("\n")
    path: list[tuple[int, str]] = []
    stretch = _Stretch((), 0, 0)
    for block in markdown_blocks(text):
        if with_headings and block.kind == "heading":
            yield stretch
            path = [(level, title) for level, title in path if level < block.level]
            path.append((block.level, plain(block.text)))
            stretch = _Stretch(tuple(title for _, title in path if title), block.end, block.end)
            continue
        full = not stretch.words or stretch.words >= LINE_SECTION_WORDS
        # A section that began with an indented line, such as a nested list item, would read as code.
        if not stretch.headings and full and not lines[block.start].startswith((" ", "\t")):
            yield stretch
            stretch = _Stretch((), block.start, block.start)
        stretch.end = block.end
        stretch.words += len(block.text.split())
    yield stretch
