"""Grading of formulas: right in whatever form has the same value, and never run as code."""

import re

from agents.formula_process import Algebra
from agents.formula_text import Doubt, formula_in, formulas_of
from agents.grade import Grade, right, untold, wrong
from agents.item import Item
from knowledge.formula_equality import atoms_of, nearness, other_convention, renamings, same_worth
from knowledge.formula_parser import read_formulas
from knowledge.formula_tokens import Unreadable, is_name
from knowledge.formula_tree import Tree, calls, parts, symbols
from knowledge.formula_value import REAL
from knowledge.terms import fold

_LONE = re.compile(r"(?<![\w\\{])[A-Za-z](?:_\{?\w+\}?)?(?![\w{])")
_NO_SYMBOLS = frozenset("aeoyI")  # words of one letter


def grade_formula(item: Item, answer: str, algebra: Algebra | None = None) -> Grade:
    """Whether the formula of an answer has the value of the key's. `algebra` is asked where the grammar of
    `knowledge.formula_parser` cannot read one of them."""
    language = item.language
    try:
        given = formula_in(answer)
    except Doubt as doubt:
        return untold(language, str(doubt))
    same = same_formula(str(item.key), given, language, algebra)
    if same is None:
        return untold(language, "unreadable-formula")
    return right(language) if same else _not_the_key(item, given)


def same_formula(key: str, given: str, language: str, algebra: Algebra | None = None) -> bool | None:
    """Whether two formulas say the same; None where one of them cannot be read."""
    key = key.strip().strip("$")
    if _written(given) == _written(key):
        return True
    try:
        return same_worth(key, given, language)
    except Unreadable:
        known = algebra is not None and _letters(key) == _letters(given) and algebra.equal(key, given)
        return True if known else None


def _not_the_key(item: Item, given: str) -> Grade:
    """What an answer gets that can be read and is worth something else than the key."""
    language = item.language
    key, said = (read_formulas(text.strip().strip("$"), language)[0].value for text in (str(item.key), given))
    mistake = known_mistake(item, given)
    if mistake:
        return Grade(0.0, "incorrect", item.feedback.get(mistake, wrong(language).feedback), mistake, "mistake")
    if other_convention(key, said):
        return untold(language, "other-convention")
    near = nearness(key, said)
    if near == "symbol":
        return wrong(language, "near-symbol")
    if _is_loose(key, said, given):
        return untold(language, "unreadable-formula")
    foreign = atoms_of(said) - atoms_of(key) - _symbols_of(item.stem)
    if foreign and any(foreign.intersection(theirs) for _, theirs in renamings(key, said)):
        return untold(language, "unknown-symbol", symbols=", ".join(sorted(foreign)))
    return wrong(language, f"near-{near}" if near else "wrong")


def _is_loose(key: Tree, said: Tree, given: str) -> bool:
    """Whether it is written too loosely to be called wrong: with words of prose, with dots, a sum over nothing or a T
    that may transpose, with functions that the key has not and that are not known, or a definition for a name."""
    names = [run for run in re.findall(r"(?<![\\\w{])[^\W\d_]{3,}", given) if not is_name(run) and not run.isupper()]
    foreign, functions = symbols(said) - symbols(key), calls(said) - calls(key)
    series = [part for part in parts(said) if part[0] in {"sum", "prod"}]
    return (
        any(re.search("[aeiou]", fold(name)) for name in names)
        or "..." in foreign
        or any(not part[1] for part in series)
        or (any(part[0] == "T" for part in parts(key)) and any(re.fullmatch("T|[A-Z]'", name) for name in foreign))
        or bool(functions - REAL)
        or (bool(series) and bool(calls(key) - calls(said) - REAL | ({"softmax"} & calls(key) - calls(said))))
    )


def known_mistake(item: Item, given: str) -> str:
    """The mistake whose wrong answer has the value of this one, "" for none."""
    for text, mistake in item.misconceptions.items():
        if same_formula(text, given, item.language):
            return mistake
    return ""


def _symbols_of(stem: str) -> frozenset[str]:
    """The symbols that a stem names, in formulas and as letters of its prose: they have a meaning of their own."""
    found = frozenset(match.replace("{", "").replace("}", "") for match in _LONE.findall(stem)) - _NO_SYMBOLS
    for text in formulas_of(stem):
        try:
            found |= frozenset().union(*(symbols(side) for side in read_formulas(text, "en")[0].sides))
        except Unreadable:
            continue
    return found


def _written(formula: str) -> str:
    return re.sub(r"\s+", "", formula)


def _letters(formula: str) -> frozenset[str]:
    return frozenset(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", formula)))
