r"""What a person reads of an item, as elements: how to answer, the options with their letters, the key, the proof.

The elements are those of `markdown_nodes` and lists. The words are those of the exam on paper.
"""

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from agents.computed_items import as_text
from agents.families.words import DIGITS, POWERS_BELOW, POWERS_FROM, Words, written
from agents.item import Item
from agents.item_rules import RULES
from tutor.export.graded import WORDS, code, decimal, number, unit_name
from tutor.export.markdown_nodes import blocks, seen
from tutor.export.xml_tree import Node, node

POWER_DIGITS = 5  # of a number that `written` writes with a power of ten
QUOTING = ("key-supported", "key-refuted")  # checks whose detail is what the sources say
_BARE_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")  # in LaTeX begins a comment, which nobody means in an item


def text(markdown: str) -> tuple[Node, ...]:
    """A text of an item as paragraphs and code blocks."""
    return tuple(_told(block) for block in blocks(markdown))


def letter(index: int) -> str:
    """How an option is called: a, b, ..., z, aa, ab."""
    before, place = divmod(index, 26)
    return (letter(before - 1) if before else "") + chr(ord("a") + place)


def said(name: str, language: str, **values: object) -> str:
    """A word or sentence of the exam on paper, `ask.mcq` for one of a group."""
    found: Any = _words()
    for part in name.split("."):
        found = found[part]
    return str(found[language]).format_map(values)


def counted(thing: str, count: float, language: str) -> str:
    """So many questions, minutes or points."""
    return said(f"one-{thing}" if count == 1 else f"{thing}s", language, n=amount(count, language))


def amount(value: float, language: str) -> str:
    """A number of a sentence, with the language's decimal mark."""
    return decimal(value).replace(".", "." if language == "en" else ",")


def how_to_answer(item: Item) -> str:
    """What the student has to give, with the unit of a number."""
    unit = said("unit", item.language, unit=unit_name(item)) if item.unit else ""
    return " ".join(part for part in (said(f"ask.{item.kind}", item.language), seen(unit)) if part)


def options(item: Item) -> tuple[Node, ...]:
    """The options with their letters, as a list; nothing where there are none."""
    return (_listed(_lettered(item, index) for index in range(len(item.options))),) if item.options else ()


def key(item: Item) -> tuple[Node, ...]:
    """The key: options by letter and text, each left-hand line's option, the points of an answer, or the value."""
    if item.kind == "short" and isinstance(item.key, list | tuple):
        return (node("p", WORDS.text("points", item.language)), _listed((text(str(point)) for point in item.key), "ol"))
    if item.kind == "short":
        return text(str(item.key))
    chosen = _indices(item)
    if not chosen:
        return (node("p", *_value(item)),)
    if item.kind in ("mcq", "true_false"):
        return _lettered(item, chosen[0])
    return (_listed((_lettered(item, index) for index in chosen), "ul" if item.kind == "multi" else "ol"),)


def proof(item: Item, language: str) -> str:
    """How the key is known to be right, with its checks."""
    checks, names = item.proof.checks, _words()["check"]
    count = said("checks", language, ok=sum(check.ok for check in checks), all=len(checks))
    told = [
        ("" if check.ok else "✗ ") + (names[check.name][language] if check.name in names else check.name)
        for check in checks if check.name not in RULES or not check.ok
    ]  # fmt: skip
    rules = sum(check.ok and check.name in RULES for check in checks)
    told += [said("wording", language, count=rules)] if rules else []
    quotes = [check.detail for check in checks if check.ok and check.name in QUOTING and check.detail]
    rests = " " + said("rests-on", language, quotes=" / ".join(quotes)) if quotes else ""
    method = f"{said(f'method.{item.proof.method}', language)}; {count}"
    return seen((f"{method}: {'; '.join(told)}." if told else f"{method}.") + rests)


def _told(part: Any) -> Any:
    """The element with its formulas in one line each and their percent signs escaped."""
    if not isinstance(part, Node):
        return part
    if part.tag == "formula":
        return _formula("".join(map(str, part.children)), part.attributes)
    return Node(part.tag, part.attributes, tuple(_told(child) for child in part.children))


def _formula(tex: str, attributes: Mapping[str, str] = MappingProxyType({})) -> Node:
    whole = " ".join(line.strip() for line in tex.splitlines())
    return Node("formula", attributes, (_BARE_PERCENT.sub(r"\1\\%", whole),))


def _listed(entries: Iterable[Sequence[Node]], tag: str = "ul") -> Node:
    return node(tag, *(node("li", *entry) for entry in entries))


def _lettered(item: Item, index: int) -> tuple[Node, ...]:
    """An option with its letter before it."""
    head, option = node("strong", f"{letter(index)})"), text(item.options[index])
    if option and option[0].tag == "p":
        return (node("p", head, " ", *option[0].children), *option[1:])
    return (node("p", head), *option)


def _indices(item: Item) -> tuple[int, ...]:
    """The options that the key names, in its order; none where it names no options."""
    named = item.key if isinstance(item.key, list | tuple) else (item.key,)
    fits = item.kind in ("mcq", "true_false", "multi", "order", "match") and all(
        type(index) is int and 0 <= index < len(item.options) for index in named
    )
    return tuple(named) if fits else ()


def _value(item: Item) -> tuple[Node | str, ...]:
    """A number or a matrix as a formula, with what it may differ by and its unit; anything else as code."""
    entries = _entries(item.key)
    if item.kind not in ("numeric", "matrix") or not entries:
        return text(code(as_text(item.key)))[0].children
    shown = near(item.key, item.tolerance)
    tex = Words("", item.language, {}).answer(shown).strip("$")
    around = rf" \pm {written(item.tolerance, item.language)}" if number(item.tolerance) and item.tolerance else ""
    exact = all(_says_enough(entry, item.tolerance) for entry in entries)
    whole = () if exact else (" = ", node("code", as_text(item.key)))
    return (_formula(tex + around), *whole, *((f" {seen(unit_name(item))}",) if item.unit else ()))


def _entries(value: Any) -> tuple[float, ...]:
    """All the numbers of a number, a row or rows of numbers; none where it is something else."""
    if not isinstance(value, list | tuple):
        return (value,) if number(value) else ()
    rows = value if all(isinstance(row, list | tuple) for row in value) else [value]
    flat = [entry for row in rows for entry in row]
    fits = all(number(entry) or entry in (math.inf, -math.inf) for entry in flat) and all(rows)
    return tuple(flat) if fits else ()


def near(value: Any, tolerance: float) -> Any:
    """The value with one decimal more than its tolerance needs; rows as tuples."""
    if isinstance(value, list | tuple):
        return tuple(near(part, tolerance) for part in value)
    if isinstance(value, float) and math.isfinite(value) and number(tolerance) and tolerance > 0:
        return round(value, 1 + math.ceil(-math.log10(tolerance)))
    return value


def _says_enough(value: float, tolerance: float) -> bool:
    """Whether a number as it is written differs from itself by no more than a tenth of the tolerance."""
    if not math.isfinite(value):
        return True
    size = abs(near(value, tolerance))
    digits = POWER_DIGITS if size >= POWERS_FROM or 0 < size < POWERS_BELOW else DIGITS
    return abs(float(f"{size:.{digits}g}") - abs(value)) <= tolerance / 10


@cache
def _words() -> Mapping[str, Any]:
    files = (Path(__file__).with_name(name) for name in ("pdf.toml", "shown.toml"))
    return {name: value for file in files for name, value in tomllib.loads(file.read_text("utf-8")).items()}
