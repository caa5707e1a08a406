"""What a check of an item's proof found, in the language of who reads it.

A proof is data that lies in files and in the command line's JSON, where its details are in English; the quotations and
values in them are those of the item. What no pattern knows (a value, a quotation) is the same in any language.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("item_details.toml")


def detail_in(detail: str, language: str) -> str:
    """The detail of a check in `language`."""
    for pattern, texts in _known():
        if found := pattern.fullmatch(detail):
            return texts[language].format_map(found.groupdict())
    return detail


@cache
def _known() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    table: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return [(re.compile(texts["pattern"], re.S), texts) for texts in table.values()]
