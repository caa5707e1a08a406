"""A paper as JSON, all of it: what a program reads, and what `read_paper` makes the same paper of again.

    {"format": "atenea-paper", "format_version": 1, "title": ..., "language": "es" or "en", "version": "A",
     "minutes": 50, "seed": 7, "blueprint": ..., "items": [as docs/items.md says]}

It holds the keys. An infinity, which JSON has no word for, is 1e999: every reader of double precision takes it for one.
"""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.errors import BadItem
from tutor.export.graded import file_stem
from tutor.item_files import first_fault, item_from
from tutor.paper import Paper

FORMAT: Literal["atenea-paper"] = "atenea-paper"
FORMAT_VERSION: Literal[1] = 1
MOST_BYTES = 20_000_000
PLACE = "-"  # a paper that is read has no file name here
_UNSAYABLE = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN')  # texts too, so that nothing in them is found
_SAID = {"Infinity": "1e999", "-Infinity": "-1e999", "NaN": "null"}


class _Paper(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    format: Literal["atenea-paper"]
    format_version: Literal[1]
    title: str
    language: Literal["es", "en"]
    version: str
    minutes: Annotated[int, Field(ge=0)]
    seed: int = 0
    blueprint: str = ""
    items: list[Any]


def json_files(paper: Paper) -> dict[str, bytes]:
    """The file name and its bytes: UTF-8, every field of every item as `Item.as_json` gives it, keys and proofs too."""
    whole = {
        "format": FORMAT, "format_version": FORMAT_VERSION, "title": paper.title, "language": paper.language,
        "version": paper.version, "minutes": paper.minutes, "seed": paper.seed, "blueprint": paper.blueprint,
        "items": [item.as_json() for item in paper.items],
    }  # fmt: skip
    written = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    legal = _UNSAYABLE.sub(lambda found: _SAID.get(found[0], found[0]), written)
    return {f"{file_stem(paper)}.json": legal.encode("utf-8", "backslashreplace")}  # half a surrogate pair as \ud800


def read_paper(data: bytes) -> Paper:
    """The paper of a file, every item checked. Raises `BadItem`, which says what is wrong, and in which item."""
    try:
        if len(data) > MOST_BYTES:
            raise BadItem("bad-item", path=PLACE, reason=f"more than {MOST_BYTES // 1_000_000} MB")
        value = json.loads(data.decode("utf-8-sig"), parse_constant=_refused)
        read = _Paper.model_validate(value)
    except ValidationError as error:
        raise BadItem("bad-item", path=PLACE, reason=first_fault(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadItem("bad-item", path=PLACE, reason=error) from error
    items = tuple(item_from(item, f"items.{at}") for at, item in enumerate(read.items))
    return Paper(read.title, read.language, read.version, read.minutes, items, read.seed, read.blueprint)


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")
