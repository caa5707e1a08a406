"""How long an answer in the form of a JSON schema can be, so that it is given room to end.

A grammar keeps an answer valid only as long as it may go on: cut off, it is no JSON. So everything in a schema that a
model is asked for has a bound.
"""

import json
from typing import Any

ESCAPED = 6  # bytes that one character of a text may take: "\u0001"; in UTF-8 at most four
BETWEEN = 2  # bytes of ", " and of ": "
WORDS = {"boolean": 5, "null": 4}
DECIMALS = 5  # bytes of a number after its whole part: a point, three digits, a sign


def longest(form: dict[str, Any], a_character: int = ESCAPED) -> int:
    """The most bytes, and so the most tokens, that JSON of a schema takes; with `a_character` 1, the most characters
    of a text without escapes. Raises `TypeError` for a schema in which something has no bound or is not closed."""
    return _size(form, form.get("$defs", {}), a_character)


def _size(part: dict[str, Any], named: dict[str, Any], a_character: int) -> int:
    def size(inner: dict[str, Any]) -> int:
        return _size(inner, named, a_character)

    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        inside = {other: form for other, form in named.items() if other != name}  # what holds itself never ends
        return _size(_of(named, name), inside, a_character)
    if "anyOf" in part:
        return max(map(size, part["anyOf"]))
    if "const" in part or "enum" in part:
        return max(len(json.dumps(value)) for value in part.get("enum", [part.get("const")]))
    kind = _of(part, "type")
    if kind == "object":
        if part.get("additionalProperties") is not False:
            raise TypeError(f'{part.get("title")} must be closed: model_config = ConfigDict(extra="forbid")')
        fields = part.get("properties", {}).items()
        return BETWEEN + sum(len(json.dumps(name)) + size(inner) + 2 * BETWEEN for name, inner in fields)
    if kind == "array":
        return BETWEEN + int(_of(part, "maxItems")) * (size(_of(part, "items")) + BETWEEN)
    if kind == "string":
        return BETWEEN + a_character * int(_of(part, "maxLength"))
    if kind in {"integer", "number"}:
        least, most = _either(part, "minimum", "exclusiveMinimum"), _either(part, "maximum", "exclusiveMaximum")
        return max(len(str(int(bound))) for bound in (least, most)) + (DECIMALS if kind == "number" else 0)
    return int(_of(WORDS, kind))


def _either(part: dict[str, Any], *names: str) -> float:
    return float(_of(part, next((name for name in names if name in part), names[0])))


def _of(part: dict[str, Any], name: str) -> Any:
    if name not in part:
        raise TypeError(f"{part.get('title', part)} has no {name}: it could be of any length")
    return part[name]
