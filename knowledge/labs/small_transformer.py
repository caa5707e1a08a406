"""A Transformer small enough to read and to train on one core: weights in a dictionary, layers as plain functions.

Every part can be left out, so that a lab can show what it is for.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

NORMS = ("pre", "post", "none")  # before each sub-layer, after its residual sum, nowhere
FEED_FORWARD = 4  # times the width, as in Vaswani et al. 2017, §3.3


@dataclass(frozen=True, slots=True)
class Build:
    """What a Transformer is built of. Without `positions` its embeddings say nothing of order."""

    vocabulary: int
    length: int  # the longest sequence
    width: int
    heads: int
    layers: int
    norm: str = "pre"
    residual: bool = True
    causal: bool = True
    positions: bool = True


Weights = Mapping[str, "Tensor"]


def initial_weights(build: Build, seed: int, *, xavier: bool = False) -> dict[str, "Tensor"]:
    """Weights that wait for gradients: embeddings N(0, 1), biases 0, matrices uniform.

    A matrix with r rows and c columns lies within 1 / sqrt(r), as in torch.nn.Linear, or with `xavier` within
    sqrt(6 / (r + c)), as in Glorot & Bengio (2010), which is larger.
    """
    import torch  # noqa: PLC0415

    random = torch.Generator().manual_seed(seed)
    d, wide = build.width, FEED_FORWARD * build.width

    def matrix(rows: int, columns: int) -> "Tensor":
        bound = math.sqrt(6 / (rows + columns)) if xavier else 1 / math.sqrt(rows)
        return torch.empty(rows, columns).uniform_(-bound, bound, generator=random)

    weights = {
        "tokens": torch.randn(build.vocabulary, d, generator=random),
        "positions": torch.randn(build.length, d, generator=random),
    }
    for layer in range(build.layers):
        # queries, keys and values come from one product: three small ones take longer
        weights[f"{layer}.attend"] = torch.cat([matrix(d, d) for _ in range(3)], dim=1)
        weights[f"{layer}.mix"] = matrix(d, d)
        weights |= {f"{layer}.up": matrix(d, wide), f"{layer}.up.bias": torch.zeros(wide)}
        weights |= {f"{layer}.down": matrix(wide, d), f"{layer}.down.bias": torch.zeros(d)}
    weights |= {"out": matrix(d, build.vocabulary), "out.bias": torch.zeros(build.vocabulary)}
    if build.norm != "none":
        places = [f"{layer}.{part}" for layer in range(build.layers) for part in ("attention", "feed")]
        for place in [*places, *(["final"] if build.norm == "pre" else [])]:
            weights |= {f"{place}.gain": torch.ones(d), f"{place}.shift": torch.zeros(d)}
    if not build.positions:
        del weights["positions"]
    return {name: weight.requires_grad_() for name, weight in weights.items()}


def run_transformer(
    weights: Weights, build: Build, tokens: "Tensor"
) -> tuple["Tensor", list["Tensor"], list["Tensor"]]:
    """Logits (batch, n, vocabulary), hidden states and attention for `tokens` (batch, n).

    Hidden states: layers + 1 tensors (batch, n, width), the embeddings first. Attention: one tensor
    (batch, heads, n, n) a layer.
    """
    x = weights["tokens"][tokens]
    if build.positions:
        x = x + weights["positions"][: tokens.shape[1]]
    hidden, seen = [x], []
    for layer in range(build.layers):
        x, attention = _layer(weights, build, layer, x)
        hidden.append(x)
        seen.append(attention)
    if build.norm == "pre":
        x = _normalized(weights, "final", x)
    return x @ weights["out"] + weights["out.bias"], hidden, seen


def count_weights(weights: Weights) -> int:
    """How many numbers the model learns."""
    return sum(weight.numel() for weight in weights.values())


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread: matrices this small gain nothing from more, and shared cores lose much by it."""
    import torch  # noqa: PLC0415

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _layer(weights: Weights, build: Build, layer: int, x: "Tensor") -> tuple["Tensor", "Tensor"]:
    """Attention, then the feed-forward network, each with the norm and the residual sum that the build has."""
    place = f"{layer}.attention"
    output, attention = _attention(weights, build, layer, _normalized(weights, place, x) if build.norm == "pre" else x)
    x = _joined(weights, build, place, x, output)
    place = f"{layer}.feed"
    inner = _normalized(weights, place, x) if build.norm == "pre" else x
    inner = (inner @ weights[f"{layer}.up"] + weights[f"{layer}.up.bias"]).relu()
    output = inner @ weights[f"{layer}.down"] + weights[f"{layer}.down.bias"]
    return _joined(weights, build, place, x, output), attention


def _joined(weights: Weights, build: Build, place: str, x: "Tensor", output: "Tensor") -> "Tensor":
    joined = x + output if build.residual else output
    return _normalized(weights, place, joined) if build.norm == "post" else joined


def _attention(weights: Weights, build: Build, layer: int, x: "Tensor") -> tuple["Tensor", "Tensor"]:
    import torch  # noqa: PLC0415

    batch, n, d = x.shape
    projected = (x @ weights[f"{layer}.attend"]).view(batch, n, 3, build.heads, d // build.heads)
    query, key, value = projected.permute(2, 0, 3, 1, 4)
    scores = query @ key.transpose(2, 3) / math.sqrt(d // build.heads)
    if build.causal:
        later = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1)
        scores = scores.masked_fill(later, -math.inf)
    attention = scores.softmax(dim=3)
    mixed = (attention @ value).transpose(1, 2).reshape(batch, n, d)
    return mixed @ weights[f"{layer}.mix"], attention


def _normalized(weights: Weights, place: str, x: "Tensor") -> "Tensor":
    from torch.nn.functional import layer_norm  # noqa: PLC0415

    return layer_norm(x, x.shape[-1:], weights[f"{place}.gain"], weights[f"{place}.shift"])
