"""What an architecture costs: parameters by part, FLOPs per token, memory of the weights, and the KV cache.

FLOPs follow Kaplan et al. (2020), §2.1: a matrix product costs two operations a weight and token, and training costs
three forward passes, so 6 N D for N parameters and D tokens. As in Brown et al. (2020), App. D, a token of an
encoder-decoder passes one of its two stacks, so half of N.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.facts import FactTable
from knowledge.labs.architecture import Architecture, presets
from knowledge.labs.softmax import Array

PARTS = ("embeddings", "positions", "attention", "cross", "feed-forward", "norms", "output", "other")
BYTES = {"float32": 4.0, "bfloat16": 2.0, "int8": 1.0, "int4": 0.5}  # a weight
CACHE_BYTES = 2.0  # a number of the cache: bfloat16
# Keys that a query sees, averaged over n places, as slope * n + start: all of them, or (n + 1) / 2 under a causal mask;
# in an encoder-decoder the sum of both stacks and of cross-attention.
_KEYS_SEEN = {"encoder": (1.0, 0.0), "decoder": (0.5, 0.5), "encoder-decoder": (2.5, 0.5)}
LONGEST_POWER = 17  # contexts up to 131,072 tokens
_USUAL_GROUPS = 8


@dataclass(frozen=True)
class Flops:
    """FLOPs of a forward pass for one token, by context length; for an encoder-decoder, one token of each side."""

    contexts: tuple[int, ...]  # m lengths
    weights: float  # products with weight matrices, the output included: does not depend on the context
    attention: Array  # (m,): scores and weighted sums, each 2 n d per layer, averaged over the places of a context
    equal_at: float  # the context at which attention costs as much as the weights


@dataclass(frozen=True)
class Cache:
    """The KV cache in bytes of one sequence, as a Transformer keeps it while it generates.

    Kinds: as many key-value heads as query heads (MHA), groups (GQA) and one (MQA). Those of an encoder-decoder hold
    the keys and values of the source too, of the same length. Empty for an encoder, which does not generate.
    """

    kv_heads: Mapping[str, int]  # "MHA", "GQA", "MQA" -> key-value heads
    per_token: Mapping[str, float]
    at_context: Mapping[str, Array]  # kind -> (m,)


@dataclass(frozen=True)
class Published:
    """A published number of parameters beside ours. `difference`: (ours - published) / published.

    `nearest`: of this value and the others that the facts hold for it, the one nearest to ours.
    """

    value: float
    difference: float
    nearest: float
    nearest_difference: float


@dataclass(frozen=True)
class Calculation:
    """Everything about one architecture; `training` is 0 when the number of training tokens is not known."""

    architecture: Architecture
    parts: Mapping[str, int]  # of PARTS -> parameters
    total: int
    flops: Flops
    memory: Mapping[str, float]  # dtype -> bytes of the weights
    cache: Cache
    published: Published | None
    training_tokens: float
    training: float  # FLOPs: 6 N D, or 3 N D for an encoder-decoder


def calculate(
    shape: Architecture, *, context: int = 2048, published: Published | None = None, training_tokens: float = 0.0
) -> Calculation:
    """All figures for an architecture that `checked` has let through, at powers of two of tokens and at `context`."""
    parts = count_parameters(shape)
    total = sum(parts.values())
    contexts = tuple(sorted({2**power for power in range(LONGEST_POWER + 1)} | {context}))
    return Calculation(
        architecture=shape, parts=parts, total=total, flops=_flops(shape, parts, contexts),
        memory={name: total * size for name, size in BYTES.items()},
        cache=_cache(shape, contexts), published=published, training_tokens=training_tokens,
        training=6.0 / shape.stacks * total * training_tokens,
    )  # fmt: skip


def count_parameters(shape: Architecture) -> dict[str, int]:
    """Parameters of each of PARTS; a bias counts with its matrix."""
    d, layers = shape.d_model, shape.layers
    crossing = shape.kind == "encoder-decoder"
    attention = _attention_parameters(shape)
    matrices = 3 if shape.gated else 2
    feed_forward = matrices * d * shape.d_ff
    if shape.feed_forward_bias:
        feed_forward += (matrices - 1) * shape.d_ff + d
    norm = 2 * d if shape.norm == "layernorm" else d
    norms = (5 if crossing else 2) * layers + shape.final_norms + int(shape.embedding_norm)
    return {
        "embeddings": shape.vocabulary * d,
        "positions": (shape.positions + shape.segments) * d,
        "attention": shape.stacks * layers * attention,
        "cross": layers * attention if crossing else 0,
        "feed-forward": shape.stacks * layers * feed_forward,
        "norms": norms * norm,
        "output": 0 if shape.tied or shape.kind == "encoder" else shape.vocabulary * d,
        "other": int(shape.pooler) * (d * d + d) + shape.stacks * shape.relative_buckets * shape.heads,
    }


def compare_published(name: str, total: int, facts: FactTable) -> Published | None:
    """The figure of the facts for this entity, beside ours; None where none is published."""
    fact = facts.find(name, "parameters")
    if fact is None or not isinstance(fact.value, int | float):
        return None
    values = [float(value) for value in (fact.value, *fact.also) if isinstance(value, int | float)]
    nearest = min(values, key=lambda value: abs(total - value))
    return Published(values[0], (total - values[0]) / values[0], nearest, (total - nearest) / nearest)


def compare_presets(facts: FactTable) -> dict[str, tuple[int, Published]]:
    """Every preset whose size is published: what we count, and what was published."""
    found = {}
    for name, shape in presets().items():
        total = sum(count_parameters(shape).values())
        published = compare_published(name, total, facts)
        if published:
            found[name] = (total, published)
    return found


def cache_bytes(shape: Architecture, kv_heads: int, context: int) -> float:
    """Of one sequence: 2 (keys and values) * layers * kv_heads * head_size * bytes * tokens."""
    tokens = context * shape.stacks  # the decoder keeps the source's keys and values too
    return 2.0 * shape.layers * kv_heads * shape.head_size * CACHE_BYTES * tokens


def _attention_parameters(shape: Architecture) -> int:
    d, queries, keys = shape.d_model, shape.attention_size, shape.kv_size
    biases = queries + 2 * keys + d if shape.attention_bias else 0
    return 2 * d * queries + 2 * d * keys + biases


def _flops(shape: Architecture, parts: Mapping[str, int], contexts: Sequence[int]) -> Flops:
    matrices = 3 if shape.gated else 2
    per_layer = 2 * shape.d_model * (shape.attention_size + shape.kv_size)
    per_stack = shape.layers * (per_layer + matrices * shape.d_model * shape.d_ff)
    crossing = shape.layers * per_layer if parts["cross"] else 0
    output = 0 if shape.kind == "encoder" else shape.vocabulary * shape.d_model
    weights = 2.0 * (shape.stacks * per_stack + crossing + output)
    n = np.array(contexts, dtype=np.float64)
    slope, start = _KEYS_SEEN[shape.kind]
    per_key = 4.0 * shape.layers * shape.attention_size  # a score and a weighted sum, two operations a number each
    attention = per_key * (slope * n + start)
    return Flops(tuple(contexts), weights, attention, (weights / per_key - start) / slope)


def _cache(shape: Architecture, contexts: Sequence[int]) -> Cache:
    if shape.kind == "encoder":
        return Cache({}, {}, {})
    heads = {"MHA": shape.heads, "GQA": _groups(shape), "MQA": 1}
    return Cache(
        heads,
        {kind: cache_bytes(shape, count, 1) for kind, count in heads.items()},
        {kind: np.array([cache_bytes(shape, count, n) for n in contexts]) for kind, count in heads.items()},
    )


def _groups(shape: Architecture) -> int:
    """Its own groups where it has some, else the largest divisor of its heads up to the usual eight."""
    if shape.kv_heads < shape.heads:
        return shape.kv_heads
    return max(count for count in range(1, _USUAL_GROUPS + 1) if shape.heads % count == 0)
