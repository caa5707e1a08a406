"""What a learner may change in a lab, as the lab declares it: `[[input]]` tables at the end of its TOML file.

    [[input]]
    name = "n"            # as the lab's function calls it
    kind = "whole"        # whole, real, switch, choice, several, text, word
    default = 6           # left out: the lab's own choice; of a text, the key of its default among the lab's texts
    low = 2
    high = 12             # of a text, the most characters
    en = "Tokens"
    es = "Tokens"

More fields: `step` of a real one; `upto` and `less`, an input that it may not pass, less so much; `options` of a
choice, a list or value -> name in each language; `of`, the text whose words a word is one of; `inside`, the argument
that collects it; `more`, whether it is asked for only on demand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("whole", "real", "switch", "choice", "several", "text", "word")


@dataclass(frozen=True)
class LabInput:
    """One input of a lab; the fields are those of its table."""

    name: str
    kind: str
    label: Mapping[str, str]
    default: Any = None
    low: float = 0
    high: float = 0
    step: float = 0.05
    upto: str = ""
    less: int = 0
    options: Mapping[Any, Mapping[str, str]] = field(default_factory=dict)
    of: str = ""
    inside: str = ""
    more: bool = False

    def most(self, values: Mapping[str, Any]) -> int:
        """The greatest value beside those of other inputs."""
        return min(int(self.high), int(values[self.upto]) - self.less) if self.upto else int(self.high)


def read_inputs(rows: list[dict[str, Any]]) -> tuple[LabInput, ...]:
    """The inputs that a lab's file declares, in their order."""
    return tuple(_read(dict(row)) for row in rows)


def arguments(inputs: tuple[LabInput, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """What to call the lab with, from a value for each input; those that are None are left to the lab."""
    found: dict[str, Any] = {}
    for one in inputs:
        value = values[one.name]
        if value is not None:
            (found.setdefault(one.inside, {}) if one.inside else found)[one.name] = value
    return found


def _read(row: dict[str, Any]) -> LabInput:
    label = {language: row.pop(language) for language in ("es", "en")}
    options = row.pop("options", {})
    if isinstance(options, list):
        options = {value: {"es": f"{value}", "en": f"{value}"} for value in options}
    named = {value: name if isinstance(name, dict) else {"es": name, "en": name} for value, name in options.items()}
    return LabInput(label=label, options=named, **row)
