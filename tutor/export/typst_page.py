"""PDF files from data, laid out by the fixed template `exam.typ`: PDF/UA-1 by Typst, with the fonts it has inside.

The template gets the data as JSON and shows every text as text. It can read no file: it is given with an empty folder
as its root. Formulas that do not compile are shown as their LaTeX, and a character that no font has as its number.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from tutor.export.typst_formulas import spoken_formula, typst_formula

TEMPLATE = Path(__file__).with_name("exam.typ")
TIMESTAMP = 0  # of the file: none, so that equal data give equal bytes
MOST_TRIED = 20_000  # formulas and characters of which it is remembered whether they compile
_TRIED: dict[tuple[str, str], bool] = {}
_UNSEEN = {"Cc", "Cs", "Co", "Cn"}  # categories that no font draws
_ESCAPE = re.compile(r"\\(u[0-9a-f]{4}|[bfr]|.)")  # of JSON; it escapes no other characters than these by number


def laid_out(data: Mapping[str, Any]) -> bytes:
    """The PDF of a document's data: the same data, the same bytes."""
    known = {
        latex: {"typst": text, "alt": spoken_formula(latex)}
        for latex in sorted({*_formulas(data)}) if (text := typst_formula(latex)) is not None
    }  # fmt: skip
    try:
        return _compiled(_legal(_as_json(data, known)))
    except typst.TypstError:  # something in it cannot be set: seldom, so that what it is comes out only now
        sound = _sound("formula", tuple(sorted({formula["typst"] for formula in known.values()})))
        known = {latex: formula for latex, formula in known.items() if formula["typst"] in sound}
        return _compiled(_drawable(_legal(_as_json(data, known))))


def _compiled(data: str) -> bytes:
    with TemporaryDirectory() as nothing:
        compiler = typst.Compiler(TEMPLATE.read_bytes(), root=nothing, ignore_system_fonts=True)
        made, _ = compiler.compile_with_warnings(
            format="pdf", sys_inputs={"data": data}, pdf_standards="ua-1", timestamp=TIMESTAMP
        )
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no PDF")
    return made


def _sound(kind: str, values: Sequence[str]) -> frozenset[str]:
    """Those of the values that compile alone: formulas, or characters. What was tried once is remembered."""
    unknown = tuple(value for value in values if (kind, value) not in _TRIED)
    if len(_TRIED) > MOST_TRIED:
        _TRIED.clear()
        unknown = tuple(values)
    good = _compiling(kind, unknown)
    _TRIED.update({(kind, value): value in good for value in unknown})
    return frozenset(value for value in values if _TRIED.get((kind, value), value in good))


def _compiling(kind: str, values: tuple[str, ...]) -> frozenset[str]:
    if not values:
        return frozenset()
    try:
        _compiled(json.dumps({"document": "trial", "kind": kind, "values": values}))
    except typst.TypstError:
        half = len(values) // 2
        return _compiling(kind, values[:half]) | _compiling(kind, values[half:]) if half else frozenset()
    return frozenset(values)


def _formulas(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if "formula" in data:
            yield data["formula"]
        data = data.values()
    elif not isinstance(data, list | tuple):
        return
    for value in data:
        yield from _formulas(value)


def _as_json(data: Mapping[str, Any], known: Mapping[str, Mapping[str, str]]) -> str:
    return json.dumps({**data, "formulas": known}, ensure_ascii=False, sort_keys=True)


def _legal(text: str) -> str:
    """The JSON with U+FFFD for what is no character."""
    text = _ESCAPE.sub(lambda match: "\ufffd" if match[1][0] in "ubfr" else match[0], text)
    used = set(text)
    return text.translate({ord(char): "\ufffd" for char in used if unicodedata.category(char) in _UNSEEN})


def _drawable(text: str) -> str:
    """The JSON with [U+1F600] for what no font has."""
    rare = tuple(sorted(char for char in set(text) if not char.isascii()))
    missing = {*rare} - _sound("character", rare)
    return text.translate({ord(char): f"[U+{ord(char):04X}]" for char in missing})
