"""An item as a form that a teacher changes, and the item that comes of it, to be proven anew.

Keys are typed as a person writes them: numbers, rows of numbers, letters of options, or points one a line.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from string import ascii_lowercase
from typing import Any

from agents.computed_items import as_text
from agents.errors import BadItem
from agents.item import Item
from tutor.item_files import item_from

SINGLE = ("mcq", "true_false")
LETTERED = ("order", "match")
MOST_CHARACTERS = 4000  # of a text


def item_form(item: Item) -> dict[str, Any]:
    """What may be changed: `stem`, `options`, `rationale`, `hints`, and `key` in the form that `edited` reads."""
    return {
        "id": item.id, "kind": item.kind, "language": item.language, "stem": item.stem, "options": list(item.options),
        "rationale": item.rationale, "hints": list(item.hints), "key": _typed(item),
    }  # fmt: skip


def _typed(item: Item) -> Any:
    """The key: an index, a list of indices, letters, points one a line, or a value as text."""
    if item.kind in SINGLE:
        return item.key
    if item.kind == "multi":
        return list(item.key)
    if item.kind in LETTERED:
        return " ".join(chr(ord("a") + place) for place in item.key)
    if item.kind == "short" and isinstance(item.key, list | tuple):
        return "\n".join(map(str, item.key))
    return as_text(item.key) if item.kind != "formula" else str(item.key)


def edited(item: Item, form: Mapping[str, Any]) -> Item:
    """The item with what the form says; its proof is still the old one's. Raises `BadItem` for what is none."""
    texts = {name: str(form.get(name, getattr(item, name)))[:MOST_CHARACTERS] for name in ("stem", "rationale")}
    options, hints = (
        [str(text).strip()[:MOST_CHARACTERS] for text in form.get(name, getattr(item, name))]
        for name in ("options", "hints")
    )
    if not all(options):  # to leave one out would move the others' letters
        raise BadItem("blank-option", place=options.index("") + 1)
    key = _key(item, form.get("key", _typed(item)))
    lists = {"options": options, "hints": [hint for hint in hints if hint]}
    read = item_from({**item.as_json(), **texts, **lists, "key": key}, item.id)
    return replace(read, proof=item.proof)


def _key(item: Item, typed: Any) -> Any:
    if item.kind in SINGLE or item.kind == "multi" or not isinstance(typed, str):
        return list(typed) if isinstance(typed, tuple) else typed
    if item.kind in LETTERED:
        letters = typed.lower().replace(",", " ").split()
        if not all(letter in ascii_lowercase and len(letter) == 1 for letter in letters):
            raise BadItem("bad-key", typed=typed[:60])
        return [ascii_lowercase.index(letter) for letter in letters]
    if item.kind == "short":
        return [line.strip() for line in typed.splitlines() if line.strip()]
    if item.kind == "formula":
        return typed.strip()
    return _number(item, typed)


def _number(item: Item, typed: str) -> Any:
    """A number with either decimal mark, or rows of numbers as [[1, 2], [3, 4]]; NaN and Infinity are none."""
    text = typed.strip()
    try:
        return json.loads(text.replace(",", ".") if item.kind == "numeric" else text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadItem("bad-key", typed=text[:60]) from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
