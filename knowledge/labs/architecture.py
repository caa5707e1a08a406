"""The shape of a Transformer: what must be known to count its parameters. Published models are in `presets.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.errors import BadLab
from knowledge.labs.inputs import choice, whole

KINDS = ("encoder", "decoder", "encoder-decoder")
NORMS = ("layernorm", "rmsnorm")
_MOST = {"layers": 1000, "d_model": 200_000, "heads": 1024, "kv_heads": 1024, "head_size": 4096, "d_ff": 1_000_000,
         "vocabulary": 10_000_000}  # fmt: skip
_OPTIONAL = {"positions": 10_000_000, "segments": 16, "final_norms": 2, "relative_buckets": 10_000}
_SWITCHES = ("attention_bias", "feed_forward_bias", "gated", "tied", "embedding_norm", "pooler")


@dataclass(frozen=True, slots=True)
class Architecture:
    """A Transformer. In an encoder-decoder each of the two stacks has `layers` layers.

    `kv_heads` and `head_size` may be left at 0: as many as `heads`, and d_model / heads. `positions`: rows of a learned
    position matrix; 0 for sinusoidal, rotary and relative ones. `tied`: the output uses the embedding matrix.
    `final_norms`: norms after the last layer, one a stack or none. `relative_buckets`: learned biases a head, in each
    stack. `why`: the reason for a difference from the published figure.
    """

    kind: str
    layers: int
    d_model: int
    heads: int
    d_ff: int
    vocabulary: int
    kv_heads: int = 0
    head_size: int = 0
    positions: int = 0
    segments: int = 0
    attention_bias: bool = True
    feed_forward_bias: bool = True
    gated: bool = False
    tied: bool = True
    norm: str = "layernorm"
    embedding_norm: bool = False
    final_norms: int = 1
    pooler: bool = False
    relative_buckets: int = 0
    why: str = ""

    @property
    def attention_size(self) -> int:
        """All query heads together: heads * head_size."""
        return self.heads * self.head_size

    @property
    def kv_size(self) -> int:
        """All keys (or all values) of a token together: kv_heads * head_size."""
        return self.kv_heads * self.head_size

    @property
    def stacks(self) -> int:
        """Two in an encoder-decoder, one otherwise."""
        return 2 if self.kind == "encoder-decoder" else 1


def checked(shape: Architecture) -> Architecture:
    """The same architecture with `kv_heads` and `head_size` filled in. Raises `BadLab` where it cannot be built."""
    choice("kind", shape.kind, KINDS)
    choice("norm", shape.norm, NORMS)
    for name in _SWITCHES:
        choice(name, getattr(shape, name), (True, False))
    for name in ("layers", "d_model", "heads", "d_ff", "vocabulary"):
        whole(name, getattr(shape, name), 1, _MOST[name])
    for name, most in _OPTIONAL.items():
        whole(name, getattr(shape, name), 0, most)
    head_size = whole("head_size", shape.head_size, 0, _MOST["head_size"])
    if not head_size:
        head_size = _quotient("d_model", shape.d_model, "heads", shape.heads)
    kv_heads = whole("kv_heads", shape.kv_heads, 0, _MOST["kv_heads"]) or shape.heads
    _quotient("heads", shape.heads, "kv_heads", kv_heads)
    return replace(shape, head_size=head_size, kv_heads=kv_heads)


@cache
def presets() -> dict[str, Architecture]:
    """The published models by the id of their entity in the course's facts."""
    table = tomllib.loads(Path(__file__).with_name("presets.toml").read_text(encoding="utf-8"))
    found = {}
    for name, row in table["presets"].items():
        own: dict[str, Any] = {key: value for key, value in row.items() if key != "family"}
        found[name] = checked(Architecture(**{**table["families"][row["family"]], **own}))
    return found


def changed(shape: Architecture, own: Mapping[str, Any]) -> Architecture:
    """The architecture with one's own numbers in place of its own; the sizes of heads follow unless they are given."""
    names = [field.name for field in fields(Architecture) if field.name != "why"]
    for name in own:
        if name not in names:
            raise BadLab("lab-input", lab="calculator", name=name, known=", ".join(names))
    follow = {"head_size": 0} if {"d_model", "heads"} & set(own) else {}
    if "heads" in own:
        follow["kv_heads"] = 0
    return checked(replace(shape, **{**follow, **own, "why": ""}))


def _quotient(name: str, value: int, by: str, divisor: int) -> int:
    if value % divisor:
        raise BadLab("lab-divisible", name=name, value=value, by=by, divisor=divisor)
    return value // divisor
