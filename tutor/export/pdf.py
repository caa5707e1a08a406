"""An exam on paper: the exam, its answer sheet and its key, each a PDF.

What is laid out where stands in `exam.typ`, the words in `pdf.toml`.
"""

import string
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from agents.families.words import Words, written
from agents.item import Item
from tutor.export.graded import file_stem, unit_name
from tutor.export.shown import amount, counted, near, proof
from tutor.export.typst_page import laid_out
from tutor.export.typst_text import Block, blocks, code, inline, literal
from tutor.paper import Paper

Said = Mapping[str, Any]
ROOMS = {"numeric": "line", "formula": "line", "matrix": "box", "short": "lines", "order": "order", "match": "match"}
LINES = 4  # to answer in sentences
SURE_LINES = 30  # that a page holds beside the room for an answer, whatever is in them: of plain text it holds 49
LEAST_LETTERS = 50  # in a line, even of wide ones


def pdf_files(paper: Paper) -> dict[str, bytes]:
    """The exam for print, its answer sheet ("-sheet") and its key ("-key"), which alone holds the answers: PDF/UA-1."""
    said, name = _words(paper.language), file_stem(paper)
    both = _shared(paper, said)
    asked = [_asked(item, number, said) for number, item in enumerate(paper.items, start=1)]
    solved = [_solved(item, number, said) for number, item in enumerate(paper.items, start=1)]
    made = said["made"].format(blueprint=paper.blueprint, seed=paper.seed) if paper.blueprint else ""
    return {
        f"{name}.pdf": laid_out({**both, "document": "exam", "items": asked}),
        f"{name}-sheet.pdf": laid_out({**_named(both, said["sheet"]), "document": "sheet", "items": asked}),
        f"{name}-key.pdf": laid_out({**_named(both, said["key"]), "document": "key", "items": solved, "made": made}),
    }


def _shared(paper: Paper, said: Said) -> dict[str, Any]:
    """What all three documents say."""
    counts = {"question": len(paper.items), "minute": paper.minutes, "point": paper.points}
    return {
        "title": " ".join(paper.title.split()) or said["exam"],
        "version": paper.version,
        "language": paper.language,
        "fields": [said[field] for field in ("name", "date", "group")],
        "words": {name: text for name, text in said.items() if isinstance(text, str)},
        "subtitle": [
            f"{said['version']} {paper.version}",
            *(counted(*count, paper.language) for count in counts.items()),
        ],
    }


def _named(both: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**both, "subtitle": [name, *both["subtitle"]]}


def _asked(item: Item, number: int, said: Said) -> dict[str, Any]:
    """What a student sees of an item; of its key only how many answers there is room for."""
    counts = {"short": LINES, "order": len(item.options), "match": len(item.key) if item.kind == "match" else 0}
    return {
        "number": str(number),
        "heading": f"{said['question']} {number}",
        "points": counted("point", item.points, item.language),
        "ask": said["ask"][item.kind],
        "stem": blocks(item.stem),
        "options": [blocks(option) for option in item.options],
        "letters": list(string.ascii_lowercase[: len(item.options)]),
        "room": ROOMS.get(item.kind, "none"),
        "count": counts.get(item.kind, 0),
        "unit": unit_name(item),
        "long": _long(item.stem, *item.options),
    }


def _solved(item: Item, number: int, said: Said) -> dict[str, Any]:
    answer, told, sources = _answer(item), proof(item, item.language), "; ".join(item.sources)
    key = item.key if isinstance(item.key, list | tuple) else [item.key]  # points, or rows, or options
    return {
        "number": str(number),
        "heading": f"{said['question']} {number}",
        "points": counted("point", item.points, item.language),
        "worth": amount(item.points, item.language),
        "brief": _brief(item) or answer,
        "answer": answer,
        "required": [blocks(point) for point in item.key] if item.kind == "short" else [],
        "solution": blocks(item.rationale),
        "sources": sources,
        "proof": told,
        "long": _long(item.rationale, told, sources, *item.options, *map(str, key)),
    }


def _long(*texts: str) -> bool:
    """Whether the texts might fill a page: no command of a formula makes it higher by more than a line."""
    lines = sum(1 + text.count("\n") + text.count("\\") + len(text) / LEAST_LETTERS for text in texts)
    return lines > SURE_LINES


def _answer(item: Item) -> list[Block]:
    """The key as it is written out."""
    if item.kind in ("mcq", "true_false", "multi"):
        return inline([_option(item, index) for index in _indices(item)], "; ")
    if item.kind == "order":
        return inline([_option(item, index) for index in _indices(item)], " → ")
    if item.kind == "match":
        return inline([literal(f"{line}: ") + _option(item, index) for line, index in _lines(item)], "; ")
    if item.kind == "short":
        return []
    if item.kind == "formula":
        return code(str(item.key))
    return _value(item)


def _brief(item: Item) -> list[Block]:
    """The key of what is answered with letters, as letters alone."""
    letters = {index: string.ascii_lowercase[index] for index in range(len(item.options))}
    if item.kind == "match":
        return literal(", ".join(f"{line} {letters[index]}" for line, index in _lines(item)))
    if item.options:
        return literal(", ".join(letters[index] for index in _indices(item)))
    return literal("—") if item.kind == "short" else []


def _indices(item: Item) -> Sequence[int]:
    return [item.key] if isinstance(item.key, int) else item.key


def _lines(item: Item) -> Sequence[tuple[int, int]]:
    return list(enumerate(item.key, start=1))


def _option(item: Item, index: int) -> list[Block]:
    return inline([literal(f"{string.ascii_lowercase[index]})"), blocks(item.options[index])], " ")


def _value(item: Item) -> list[Block]:
    """A number or a matrix as a formula, with what it may differ by and its unit."""
    text = Words("", item.language, {}).answer(near(item.key, item.tolerance))
    if item.tolerance and text.endswith("$"):
        text = rf"{text[:-1]} \pm {written(item.tolerance, item.language)}$"
    return inline([blocks(text), *([literal(unit)] if (unit := unit_name(item)) else [])], " ")


@cache
def _words(language: str) -> Said:
    texts = tomllib.loads(Path(__file__).with_name("pdf.toml").read_text(encoding="utf-8"))
    asks = {name: text[language] for name, text in texts["ask"].items()}
    single = {name: text[language] for name, text in texts.items() if language in text}
    return {**single, "ask": asks}
