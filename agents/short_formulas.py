"""The formulas and numbers of a short answer, and what they say in words."""

import re
from collections.abc import Iterable, Sequence

from agents.answer_numbers import read_answer
from agents.short_clauses import Word
from agents.short_lexicon import Key, table
from agents.short_mention import NUMBER, Mention
from knowledge.formula_parser import read_formulas
from knowledge.formula_tokens import Unreadable
from knowledge.quantities import read_quantities
from knowledge.terms import fold

MARK = "zqformula"  # opens the word that stands for a formula between dollars
_MATH = re.compile(r"\$\$?([^$]+)\$\$?")
_MORE = re.compile(r"[\^_\\=+*/-]|\w\s*\w|\(")
_PIECE = re.compile(r"\S+?(?=[,.;:!?]*(?:\s|$))")
_STRICT = re.compile(
    r"[\^=√∑]|(?<![^\W_]{3})_|\w\*\w|(?<![^\W\d_]{2})[\w)]/[\w(]|(?<![^\W\d_])[A-Za-z]\(|(?:sqrt|softmax|log|exp|Norm|layer)\("
)
_LOOSE = re.compile(
    r"[-+*/·]|\(?(?:[B-DF-NP-Z]|[b-df-np-xz])\)?|\d+(?:[.,]\d+)?[B-DF-NP-Zb-df-np-xz]{0,3}|[A-Z]{2,3}\d?"
)
_LETTER = re.compile(r"\(?(?:[B-DF-NP-Z]|[b-df-np-xz])\)?")
_GROWTHS = (("1", 3), ("n", 0), ("n^2", 1), ("n^3", 2), ("log n", 4), ("2^n", 5), ("n log n", 6), ("n^2 log n", 7))
_LETTERS: dict[str, tuple[Key, ...]] = {
    "Q": (("role", 0),), "K": (("role", 1),), "V": (("role", 2),), "d_k": (("dimension", 0),),
}  # fmt: skip


def marked(text: str) -> tuple[str, dict[str, str]]:
    """The text with a word for each formula between dollars that is more than a letter, and what these stand for."""
    spans: dict[str, str] = {}

    def mark(match: re.Match[str]) -> str:
        formula = match[1].strip()
        if not _MORE.search(formula):
            return f" {formula} "
        name = f"{MARK}{len(spans)}"
        spans[name] = formula
        return f" {name} "

    return _MATH.sub(mark, text), spans


def marks_in(flat: str, spans: Iterable[str]) -> list[tuple[str, int]]:
    """(word, place) of each word that stands for a formula."""
    return [(name, flat.index(name)) for name in spans if name in flat]


def formulas_in(flat: str) -> list[tuple[str, int]]:
    """(formula, place) of each in a plain text: runs of what is no word, with a piece that only formulas have."""
    found: list[tuple[str, int]] = []
    run: list[re.Match[str]] = []
    for piece in [*_PIECE.finditer(flat), None]:
        if piece is not None and (_STRICT.search(piece[0]) or _LOOSE.fullmatch(piece[0])):
            run.append(piece)
            continue
        while run and not _STRICT.search(run[-1][0]) and not _LETTER.fullmatch(run[-1][0]):
            run.pop()
        while run and not _STRICT.search(run[0][0]) and not _LETTER.fullmatch(run[0][0]):
            run.pop(0)
        if run and any(_STRICT.search(one[0]) for one in run):
            start, end = run[0].start(), run[-1].end()
            text = flat[start:end].strip(" ,.;:")
            while text.count(")") > text.count("(") and text.endswith(")"):
                text = text[:-1].rstrip()
            while text.count("(") > text.count(")") and text.startswith("("):
                text, start = text[1:], start + 1
            found.append((text, start))
        run = []
    return found


def numbers_in(
    flat: str, tokens: Sequence[Word], language: str, formulas: Sequence[tuple[str, int]]
) -> Iterable[Mention]:
    """The numbers of a plain text outside its formulas."""
    for quantity in read_quantities(flat, language):
        if any(start <= quantity.start < start + len(text) for text, start in formulas):
            continue
        place = sum(token.start < quantity.start for token in tokens)
        clause = tokens[min(place, len(tokens) - 1)].clause if tokens else 0
        yield Mention(frozenset({(NUMBER, quantity.value)}), place, clause, text=flat[quantity.start : quantity.end])


def formula_mention(text: str, start: int, tokens: Sequence[Word], language: str) -> Mention:
    """A formula as a mention: a number where it has no symbol, else with what it says in words."""
    place = sum(token.start < start for token in tokens)
    near = tokens[min(place, len(tokens) - 1)] if tokens else None
    clause = near.clause if near else 0
    value = () if re.search(r"[A-Za-z]", text) else read_answer(text, language).values
    if value:
        return Mention(frozenset({(NUMBER, value[0])}), place, clause, text=text)
    return Mention(frozenset(_meanings(text)), place, clause, text=text, formula=text)


def _meanings(formula: str) -> Iterable[Key]:
    """What a formula says in words: O(n^2) is quadratic, QK^T speaks of queries and keys."""
    try:
        value = read_formulas(formula, "en")[0].value
    except Unreadable:
        return
    if value[0] == "call" and value[1] == "O":
        for growth, member in _GROWTHS:
            if read_formulas(growth, "en")[0].value == value[2]:
                yield "complexity", float(member)
    if value[0] == "sym":
        yield from _LETTERS.get(value[1], ())


def entailed(flat: str, tokens: Sequence[Word]) -> Iterable[Mention]:
    """What numbers say of a growth: double the length and four times the cost is quadratic."""
    folded = fold(flat)
    for rule in table()["entails"]:
        if all(re.search(pattern, folded) for pattern in rule["all"]):
            name, member = rule["is"]
            yield Mention(
                frozenset({(name, float(member))}), len(tokens), tokens[-1].clause if tokens else 0, text=flat
            )
            return
