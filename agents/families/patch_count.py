"""Patches of a Vision Transformer, HW / P^2, its tokens, and the numbers in a patch (Dosovitskiy et al. 2021, §3.1)."""

from random import Random
from typing import Any

import numpy as np

from agents.families.family import Family, Given

_SIDES = {1: (4, 8, 10, 16, 20, 32), 2: (4, 8, 10, 12, 14, 16, 20, 28, 32), 3: (8, 14, 16, 32)}  # pixels of a patch
_MOST = {1: 12, 2: 28, 3: 24}  # patches along a side
_ASKED = {1: ("patches",), 2: ("tokens", "numbers"), 3: ("weights", "growth")}
_CHANNELS = (3, 4)  # colour, colour with transparency


def _draw(rng: Random, difficulty: int) -> Given:
    side, asked = rng.choice(_SIDES[difficulty]), rng.choice(_ASKED[difficulty])
    rows = rng.randint(3, _MOST[difficulty])
    columns = rows if difficulty == 3 else rng.randint(3, _MOST[difficulty])
    return {
        "asked": asked, "height": side * rows, "width": side * columns, "side": side,
        "channels": rng.choice(_CHANNELS) if asked == "numbers" else 3,
        "grown": side * (rows + rng.randint(2, 10)) if asked == "growth" else 0,
    }  # fmt: skip


def _cut(height: int, width: int, side: int, channels: int) -> tuple[int, int]:
    """How many patches an image is cut into, and how many numbers each one has."""
    image = np.broadcast_to(np.zeros(1, dtype=np.uint8), (height, width, channels))
    patches = image.reshape(height // side, side, width // side, side, channels).swapaxes(1, 2)
    return int(np.prod(patches.shape[:2])), int(np.prod(patches.shape[2:]))


def _key(asked: str, height: int, width: int, side: int, channels: int, grown: int, **_: Any) -> int:
    patches, numbers = _cut(height, width, side, channels)
    tokens = patches + 1
    if asked == "growth":
        return _cut(grown, grown, side, channels)[0] + 1 - tokens
    return {"patches": patches, "tokens": tokens, "numbers": numbers, "weights": tokens * tokens}[asked]


def _again(asked: str, height: int, width: int, side: int, channels: int, grown: int, **_: Any) -> int:
    if asked == "numbers":
        return sum(channels for _pixel in range(side * side))
    if asked == "growth":
        return (grown + height) // side * ((grown - height) // side)  # a difference of squares
    corners = sum(len(range(0, width, side)) for _top in range(0, height, side))
    return {"patches": corners, "tokens": corners + 1, "weights": corners**2 + 2 * corners + 1}[asked]


def _along(asked: str, patches: int, more: int) -> int | None:
    """The answer if an image had so many patches, and a larger one so many more."""
    return {"patches": patches, "tokens": patches + 1, "weights": (patches + 1) ** 2, "growth": more}.get(asked)


FAMILY = Family(
    id="patch-count",
    concept="vision-transformer",
    bloom="apply",
    sources=("dosovitskiy2021 §3.1",),
    levels=(1, 2, 3),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "vision-transformer.pixels": lambda asked, height, width, grown, channels, **_: (
            channels if asked == "numbers" else _along(asked, height * width, grown**2 - height**2)
        ),
        "divides-once": lambda asked, height, width, side, grown, **_: (
            _along(asked, height * width // side, (grown**2 - height**2) // side)
        ),
        "one-side": lambda asked, height, side, grown, channels, **_: (
            side * channels if asked == "numbers" else _along(asked, height // side, (grown - height) // side)
        ),
        "adds-sides": lambda asked, height, width, side, **_: (
            _along(asked, (height + width) // side, 0) if asked in ("patches", "tokens") else None
        ),
        "class-token": lambda asked, height, width, side, grown, **_: {
            "patches": height * width // side**2 + 1, "tokens": height * width // side**2,
            "weights": (height * width // side**2) ** 2, "growth": (grown**2 - height**2) // side**2 + 1,
        }.get(asked),
        "forgets-channels": lambda asked, side, **_: side**2 if asked == "numbers" else None,
        "causal-mask": lambda asked, height, side, **_: (
            sum(range((height // side) ** 2 + 2)) if asked == "weights" else None
        ),
        "gives-the-total": lambda asked, side, grown, **_: (grown // side) ** 2 + 1 if asked == "growth" else None,
    },
    working=lambda height, width, side, grown, **_: {
        "rows": height // side, "columns": width // side, "patches": height * width // side**2, "pixels": side**2,
        "after": grown // side, "later": (grown // side) ** 2,
    },
)  # fmt: skip
