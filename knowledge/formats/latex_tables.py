"""Tables and code of LaTeX: the cells of a `tabular`, the lines of a listing."""

import re
from collections.abc import Callable

from knowledge.formats.latex_cursor import Arguments
from knowledge.formats.latex_pairs import Pairs
from knowledge.formats.latex_words import TABLES

_TABLE_TOKEN = re.compile(r"\\\\|\\tabularnewline\b|\\begin\b|\\.|[&{]", re.S)
_RULES = re.compile(
    r"(?:\s|\[[^\]]{0,20}\]|\\(?:hline|toprule|midrule|bottomrule|specialrule|endhead|endfirsthead|endfoot|endlastfoot|addlinespace"
    r"|cmidrule|cline|rowcolor|hdashline)\b(?:\[[^\]]{0,40}\])?(?:\([a-z]{0,4}\))?(?:\{[^{}]{0,40}\})*)*"
)
_SPANNING = re.compile(r"\s{0,20}\\multicolumn\s?\{\s?(\d{1,3})\s?\}")


def table_rows(
    source: str, pairs: Pairs, inline: Callable[[int, int], str], name: str, start: int, stop: int
) -> list[list[str]]:
    """The rows of the table `name` whose inside is from `start` to `stop`; `inline` gives a stretch as one line."""
    arguments = Arguments(source, pairs)
    start = arguments.after_options(start, stop)
    for _ in range(TABLES[name]):
        _, start = arguments.raw(start, stop)
        start = arguments.after_options(start, stop)
    rows: list[list[str]] = [[]]
    at = cell = start
    while token := _TABLE_TOKEN.search(source, at, stop):
        at = pairs.groups.get(token.start(), token.end() - 1) + 1 if token.group() == "{" else token.end()
        if token.group() == "\\begin":
            at = pairs.environments.get(token.start(), (0, token.end()))[1]
        elif token.group() in {"&", "\\\\", "\\tabularnewline"}:
            rows[-1] += _cell(source, arguments, inline, cell, token.start())
            cell = at
            if token.group() != "&":
                rows.append([])
    rows[-1] += _cell(source, arguments, inline, cell, stop)
    return rows


def _cell(source: str, arguments: Arguments, inline: Callable[[int, int], str], start: int, stop: int) -> list[str]:
    """The text of a cell, and an empty one for each further column that it spans."""
    ruled = _RULES.match(source, start, stop)
    start = ruled.end() if ruled else start
    spanning = _SPANNING.match(source, start, stop)
    if spanning is None:
        return [inline(start, stop)]
    _, at = arguments.raw(spanning.end(), stop)
    begin, end, _ = arguments.group(at, stop)
    return [inline(begin, end), *[""] * (min(int(spanning[1]), 100) - 1)]


def code_of(name: str, source: str) -> tuple[str, str]:
    """(code, language) of a listing: the environment's name and its inside."""
    language = ""
    if name in {"lstlisting", "minted", "Verbatim"}:
        options = re.match(r"(?:\[[^\]]{0,500}\])?", source)
        said = options.group() if options else ""
        source = source[len(said) :]
        found = re.search(r"language=\{?([A-Za-z+#]{1,20})", said)
        language = found[1].lower() if found else ""
        if name == "minted" and (argument := re.match(r"\{([A-Za-z+#-]{1,20})\}", source)):
            language, source = argument[1].lower(), source[argument.end() :]
    return source, language
