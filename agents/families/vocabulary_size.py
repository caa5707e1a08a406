"""The size of a BPE vocabulary, |V| = |V_0| + m with special tokens apart, or the number of merges m that a size needs
(Sennrich et al. 2016, §3.2; for 256 bytes at the start, Radford et al. 2019, §2.2).
"""

from random import Random
from typing import Any

from agents.families.family import Family, Given

_BYTES = 256
_SIZES = tuple(thousands * 1000 for thousands in (*range(1, 11), 12, 15, 16, 20, 25, 30, 32, 35, 37, 40, 50, 64, 100))
_LETTERS = (26, 27, 30, 33, 52, 54, 64, 72, 80, 96, 110, 128)
_SPECIAL = (1, 2, 3, 4, 5, 8, 10, 16)
_WORDS = (
    "animal", "arena", "banana", "canal", "color", "coral", "doctor", "drama", "editor", "error", "formal", "general",
    "honor", "hospital", "horror", "idea", "local", "mental", "metal", "motor", "natural", "panda", "panel", "plan",
    "radar", "radio", "real", "sensor", "similar", "solar", "solo", "tensor", "total", "vector", "virus", "vocal",
)  # fmt: skip


def _draw(rng: Random, difficulty: int) -> Given:
    given: dict[str, Any] = {"start": 0, "merges": 0, "size": 0, "special": 0, "words": ()}
    if difficulty == 4:
        words = tuple(rng.sample(_WORDS, 4))
        return {**given, "words": words, "merges": rng.randint(3, 9), "special": rng.choice((0, 1, 2))}
    start = _BYTES if rng.random() < 0.5 else rng.choice(_LETTERS)
    merges = rng.choice(_SIZES) + (0 if difficulty == 1 else rng.choice((0, 257, 500, 768, 1244)))
    special = rng.choice(_SPECIAL) if difficulty == 3 else 0
    if difficulty == 1 or (difficulty == 3 and rng.random() < 0.5):
        return {**given, "start": start, "merges": merges, "special": special}
    return {**given, "start": start, "size": merges + start + special, "special": special}


def _key(start: int, merges: int, size: int, special: int, words: tuple[str, ...]) -> int:
    initial = len(set("".join(words))) if words else start
    entries = range(size) if size else range(initial + merges + special)  # their ids
    return len(entries[initial : len(entries) - special]) if size else len(entries)


def _again(start: int, merges: int, size: int, special: int, words: tuple[str, ...]) -> int:
    letters = sorted(letter for word in words for letter in word)
    start += sum(letter != before for letter, before in zip(letters, ["", *letters], strict=False))
    return size - start - special if size else start + merges + special


def _initial(given: Given) -> int:
    return len({letter for word in given["words"] for letter in word}) or int(given["start"])


def _ignores_start(**given: Any) -> int:
    return int(given["size"] - given["special"] if given["size"] else given["merges"] + given["special"])


def _special_off(**given: Any) -> int | None:
    """The special tokens on the wrong side."""
    if not given["special"]:
        return None
    sign = 1 if given["size"] else -1
    return int((given["size"] - _initial(given) if given["size"] else _initial(given) + given["merges"])
               + sign * given["special"])  # fmt: skip


FAMILY = Family(
    id="vocabulary-size",
    concept="bpe",
    bloom="apply",
    sources=("sennrich2016 §3.2", "radford2019 §2.2"),
    levels=(1, 2, 3, 4),
    draw=_draw,
    key=_key,
    again=_again,
    mistakes={
        "forgets-the-initial-symbols": _ignores_start,
        "subtracts": lambda **given: (
            None if given["size"] else abs(given["merges"] - _initial(given)) + given["special"]
        ),
        "two-symbols-a-merge": lambda **given: (
            (given["size"] - given["special"] - _initial(given)) // 2 if given["size"]
            else _initial(given) + 2 * given["merges"] + given["special"]
        ),
        "adds-instead": lambda size, start, special, **_: size + start + special if size else None,
        "forgets-the-special-tokens": lambda **given: _key(**{**given, "special": 0}) if given["special"] else None,
        "special-tokens-on-the-wrong-side": _special_off,
        "counts-every-letter": lambda words, merges, special, **_: (
            len("".join(words)) + merges + special if words else None
        ),
        "counts-words": lambda words, merges, special, **_: len(words) + merges + special if words else None,
    },
    working=lambda **given: {
        "initial": _initial(given), "bytes": given["start"] == _BYTES,
        "letters": tuple(sorted(set("".join(given["words"])))),
    },
)  # fmt: skip
