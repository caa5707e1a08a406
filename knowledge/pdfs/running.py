"""Running headers, footers and page numbers: what the edges of many pages share."""

import re
from collections import Counter
from collections.abc import Sequence

from knowledge.pdfs.lines import Line

_EDGE = 2  # running lines are among so many from the top, or from the bottom
_SHARE = 0.3  # of the pages: a header of the left or of the right pages stands on half of them, but for the first
_FEWEST = 2  # pages, of three or more
_PAGE_NUMBER = re.compile(r"\W*(?:page|página|pág\.|p\.)?\s*\d+\s*(?:(?:/|of|de)\s*\d+)?\W*", re.I)
_ROMAN = re.compile(r"[ivxlc]{1,7}")


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the lines that most of them share at an edge, numbers aside, and without page numbers.

    A page of nothing else is left as it is.
    """
    edges = [_edges(lines) for lines in pages]
    counts: Counter[str] = Counter()
    for lines in edges:
        counts.update({_numberless(line.text) for line in lines})
    least = max(_FEWEST, _SHARE * len(pages)) if len(pages) > _FEWEST else _FEWEST + 1
    running = {text for text, count in counts.items() if count >= least}
    return [_without(lines, edge, running) for lines, edge in zip(pages, edges, strict=True)]


def _without(lines: Sequence[Line], edge: Sequence[Line], running: set[str]) -> list[Line]:
    gone = {id(line) for line in edge if _numberless(line.text) in running or _is_page_number(line.text)}
    kept = [line for line in lines if id(line) not in gone]
    return kept if any(line.upright for line in kept) else list(lines)


def _edges(lines: Sequence[Line]) -> list[Line]:
    by_height = sorted((line for line in lines if line.upright), key=lambda line: -line.y1)
    return by_height if len(by_height) <= 2 * _EDGE else [*by_height[:_EDGE], *by_height[-_EDGE:]]


def _is_page_number(text: str) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(text) or _ROMAN.fullmatch(text))


def _numberless(text: str) -> str:
    return re.sub(r"\d+", "#", text).lower()
