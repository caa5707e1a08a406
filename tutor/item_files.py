"""Items as files: JSON as `atenea item --json` prints it, read back with every field checked."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agents.errors import BadItem
from agents.item import BLOOM, DIFFICULTIES, KINDS, Check, Item, Proof

MOST_BYTES = 1_000_000
_LISTS = {"multi", "order", "match", "matrix", "short"}
_CHOICES = {"mcq", "true_false"}


class _Check(BaseModel):
    name: str
    ok: bool
    detail: str = ""


class _Proof(BaseModel):
    method: str = "authored"
    checks: list[_Check] = []


class _Item(BaseModel):
    """What is graded must be there; what is only shown may be left out."""

    model_config = ConfigDict(extra="ignore")

    id: str = ""
    kind: str
    concept: str = ""
    bloom: str = "apply"
    difficulty: Annotated[int, Field(ge=DIFFICULTIES[0], le=DIFFICULTIES[-1])] = 1
    language: str
    stem: str
    options: list[str] = []
    key: Any
    tolerance: Annotated[float, Field(ge=0)] = 0.0
    rationale: str = ""
    hints: list[str] = []
    misconceptions: dict[str, str] = {}
    feedback: dict[str, str] = {}
    points: Annotated[float, Field(ge=0)] = 1.0
    sources: list[Any] = []
    proof: _Proof = _Proof()
    unit: str = ""
    family: str = ""
    claims: list[str] = []
    asks: Literal["true", "false"] = "true"
    accept: dict[str, list[str]] = {}

    @model_validator(mode="after")
    def _fits(self) -> "_Item":
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is none of {', '.join(KINDS)}")
        if self.language not in {"es", "en"}:
            raise ValueError("language must be es or en")
        if self.bloom not in BLOOM:
            raise ValueError(f"bloom {self.bloom!r} is none of {', '.join(BLOOM)}")
        if self.kind in _CHOICES and not (
            isinstance(self.key, int) and not isinstance(self.key, bool) and 0 <= self.key < len(self.options)
        ):
            raise ValueError("key must be the index of an option")
        if self.kind in _LISTS and not (isinstance(self.key, list) and self.key):
            raise ValueError("key must be a list")
        if self.kind == "numeric" and (isinstance(self.key, bool) or not isinstance(self.key, int | float)):
            raise ValueError("key must be a number")
        if self.kind in {"multi", "order", "match"} and not all(
            isinstance(place, int) and 0 <= place < len(self.options) for place in self.key
        ):
            raise ValueError("key must hold indices of options")
        return self


def read_item(path: Path) -> Item:
    """The item of a file. Raises `BadItem`, which says what is wrong with it."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadItem("bad-item", path=path, reason="more than 1 MB")
        return item_from(json.loads(path.read_text(encoding="utf-8")), path)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadItem("bad-item", path=path, reason=error) from error


def first_fault(error: ValidationError) -> str:
    """Where a value is not what it must be, and why, in a line."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}".lstrip(": ")


def item_from(value: Any, path: Path | str = "-") -> Item:
    """An item from plain values. Raises `BadItem`."""
    try:
        read = _Item.model_validate(value)
    except ValidationError as error:
        raise BadItem("bad-item", path=path, reason=first_fault(error)) from error
    values = read.model_dump()
    proof = Proof(values["proof"]["method"], tuple(Check(**check) for check in values["proof"]["checks"]))
    lists = {name: tuple(values[name]) for name in ("options", "hints", "sources", "claims")}
    accept = {point: tuple(wordings) for point, wordings in values["accept"].items()}
    return Item(**{**values, **lists, "accept": accept, "proof": proof})
