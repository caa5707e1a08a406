"""The minimum number of sequential steps, in training and in generation (Vaswani et al. 2017, §4 and tab. 1)."""

from random import Random
from typing import Any

from agents.families.family import Family, Given

_KINDS = {  # what each difficulty asks about: a recurrent network or a Transformer, reading (training) or writing
    1: ("rnn", "attention"), 2: ("training", "rnn-writes"), 3: ("writes", "deep-rnn"), 4: ("deep-rnn-writes",),
}  # fmt: skip
_LAYERS = (3, 4, 5, 6, 8, 10, 12)


def _draw(rng: Random, difficulty: int) -> Given:
    kind = rng.choice(_KINDS[difficulty])
    writes = kind.endswith("writes")
    layers = 1 if kind in ("rnn", "attention", "rnn-writes") else rng.choice(_LAYERS)
    tokens = rng.randint(10, 300) if layers == 1 and not writes else rng.randint(4, 40)
    return {"kind": kind, "n": tokens, "m": rng.randint(3, 15) if writes else 0, "layers": layers}


def _key(kind: str, n: int, m: int, layers: int, **_: Any) -> int:
    """When the last cell (layer, position) is done, if each begins as soon as all that it needs is done."""
    done = [0] * (layers + 1)  # when the latest position of each layer is done; layer 0 is the tokens
    for position in range(n + max(m - 1, 0)):
        done[0] = done[layers] if position >= n else 0  # a generated token waits for the one before it
        for layer in range(1, layers + 1):
            needed = done[layer - 1]
            if "rnn" in kind:
                needed = max(needed, done[layer])  # the state of the position before
            done[layer] = 1 + needed
    return done[layers]


def _again(kind: str, n: int, m: int, layers: int, **_: Any) -> int:
    reading = n + layers - 1 if "rnn" in kind else layers
    return reading + (m - 1) * layers if m else reading


FAMILY = Family(
    id="sequential-operations",
    concept="recurrent-networks",
    bloom="apply",
    sources=("vaswani2017 §1, §4, tab. 1",),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "recurrent-networks.parallel": lambda kind, m, layers, **_: (
            {"rnn": 1, "rnn-writes": m, "deep-rnn": layers, "deep-rnn-writes": m * layers}.get(kind)
        ),
        "attention.recurrent": lambda kind, n, layers, **_: {"attention": n, "training": n + layers - 1}.get(kind),
        "decoder-only.sequential-training": lambda kind, n, layers, **_: n * layers if kind == "training" else None,
        "parallelism-and-scaling.parallel-generation": lambda kind, n, layers, **_: (
            {"writes": layers, "rnn-writes": n, "deep-rnn-writes": n + layers - 1}.get(kind)
        ),
        "counts-all-work": lambda kind, n, layers, **_: {
            "attention": n * n, "training": n * n * layers, "deep-rnn": n * layers,
        }.get(kind),
        "counts-transitions": lambda kind, n, **_: n - 1 if kind == "rnn" else None,
        "one-token-at-a-time": lambda kind, n, m, layers, **_: (
            layers * (n + m - 1) if kind in ("writes", "deep-rnn-writes") else None
        ),
        "forgets-layers": lambda kind, n, m, **_: {
            "training": 1, "writes": m, "deep-rnn": n, "deep-rnn-writes": n + m - 1,
        }.get(kind),
        "one-too-many": lambda kind, n, m, layers, **_: {
            "rnn": n + 1, "rnn-writes": n + m, "writes": layers * (m + 1), "deep-rnn": n + layers,
        }.get(kind),
    },
    working=lambda n, m, layers, **_: {
        "reading": n + layers - 1,
        "more": m - 1,
        "later": (m - 1) * layers,
    },
    unit="steps",
)  # fmt: skip
