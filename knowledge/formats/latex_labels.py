"""The numbers that LaTeX gives to sections, formulas, tables and figures, for the references to them."""

import re
from collections import Counter

_EVENT = re.compile(
    r"\\(?P<section>chapter|section|subsection|subsubsection)(?P<star>\*?)\s*[\[{]"
    r"|\\begin\{(?P<environment>equation|align|gather|multline|eqnarray|table\*?|figure\*?|algorithm|theorem|lemma"
    r"|proposition|corollary|definition)\}"
    r"|\\(?P<appendix>appendix)\b|\\label\{(?P<label>[^{}]+)\}|(?P<row>\\\\)|\\end\{(?P<end>[a-z]+\*?)\}"
)
_LEVELS = ("chapter", "section", "subsection", "subsubsection")
_ROWS = {"align", "gather", "eqnarray"}


def label_numbers(body: str) -> dict[str, str]:
    """The number that a reader sees for each label: "2.1" for a section, "3" for a formula, a table or a figure."""
    counts: Counter[str] = Counter()
    numbers: dict[str, str] = {}
    current, inside, appendix = "", "", False
    for event in _EVENT.finditer(body):
        if level := event["section"]:
            if not event["star"]:
                current = _section_number(counts, level, appendix)
        elif event["appendix"]:
            appendix = True
            for name in _LEVELS:
                counts[name] = 0
        elif kind := event["environment"]:
            inside = kind.rstrip("*")
            counter = "equation" if inside in {*_ROWS, "equation", "multline"} else inside
            counts[counter] += 1
            current = str(counts[counter])
        elif event["row"] and inside in _ROWS:
            counts["equation"] += 1
            current = str(counts["equation"])
        elif event["end"] and event["end"].rstrip("*") == inside:
            inside = ""
        elif event["label"]:
            numbers.setdefault(event["label"].strip(), current)
    return numbers


def _section_number(counts: Counter[str], level: str, appendix: bool) -> str:
    counts[level] += 1
    at = _LEVELS.index(level)
    for deeper in _LEVELS[at + 1 :]:
        counts[deeper] = 0
    first = next((n for n, name in enumerate(_LEVELS) if counts[name]), at)
    parts = [str(counts[name]) for name in _LEVELS[first : at + 1]]
    if appendix:
        parts[0] = chr(ord("A") + (int(parts[0]) - 1) % 26)
    return ".".join(parts)
