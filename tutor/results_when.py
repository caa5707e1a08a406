"""When an attempt ended, from the words of a table: ISO 8601, or Moodle's dates in English and Spanish."""

import re
from datetime import datetime

from knowledge.terms import fold

_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, name in enumerate(names.split(), start=1)
}
_LONG = re.compile(
    r"(?:\w+, )?(\d{1,2}) (?:de )?([a-z]+) (?:de )?(\d{4})"
    r"(?:,? (\d{1,2}):(\d{2})(?::(\d{2}))? ?(am|pm|a\. ?m\.|p\. ?m\.)?)?"
)


def moment(text: str) -> str | None:
    """The moment in ISO 8601, without a zone where the text has none; None where it cannot be told."""
    try:
        return datetime.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return _long(fold(" ".join(text.split())))


def _long(text: str) -> str | None:
    found = _LONG.fullmatch(text)
    if not found or found[2] not in _MONTHS:
        return None
    hour, half = int(found[4] or 0), (found[7] or "")[:1]
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    try:
        return datetime(
            int(found[3]), _MONTHS[found[2]], int(found[1]), hour, int(found[5] or 0), int(found[6] or 0)
        ).isoformat()  # fmt: skip
    except ValueError:
        return None
