"""Why a text is not TOML and where, in the reader's language: what the parser says, in words of ours."""

import re
import tomllib
from pathlib import Path

from knowledge.messages import Messages, Phrase

REASONS = Messages(Path(__file__).with_name("texts_toml.toml"))
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_SAID = (  # what tomllib says -> the key of it
    (r"Expected '=' after a key in a key/value pair", "equals"),
    (r"Expected newline or end of document after a statement", "line-end"),
    (r"Expected '\]\]?' at the end of an? (?:table|array) declaration", "heading"),
    (r"Invalid statement|Invalid initial character for a key part", "key"),
    (r"Invalid value|Invalid date or datetime", "value"),
    (r"Unterminated string|Illegal character '\\n'|Expected (?:\"'\"|'\"\"\"'|\"'''\")", "string"),
    (r"Unescaped '\\' in a string|Invalid hex value|Escaped character is not .*", "backslash"),
    (r"Unclosed array|Unclosed inline table", "open"),
    (r"Cannot (?:overwrite|declare|redefine|mutate) .*|Duplicate inline table key .*", "twice"),
)


def toml_error(error: tomllib.TOMLDecodeError | RecursionError, text: str) -> tuple[int, Phrase]:
    """The line at which reading `text` ended, the last one where the parser names none; and why."""
    if isinstance(error, RecursionError):
        return 1, REASONS.phrase("deep")
    told = str(error)
    place = _PLACE.search(told)
    line = int(place[1]) if place and place[1] else max(1, len(text.splitlines()))
    reason = _PLACE.sub("", told)
    key = next((key for pattern, key in _SAID if re.fullmatch(pattern, reason)), "other")
    return line, REASONS.phrase(key, reason=reason)
