"""The numbers of the worked example of tokenization."""

from typing import Any

given: list[float] = [0, 1, 2, 3]  # the ids of the four pieces

pieces = ["new", "est", " low", "er"]
text = "newest lower"


def encode(rest: str) -> list[int]:
    """The ids of the longest pieces that match, from left to right."""
    if not rest:
        return []
    longest = max((piece for piece in pieces if rest.startswith(piece)), key=len)
    return [pieces.index(longest), *encode(rest[len(longest) :])]


ids = encode(text)
words = text.split()
computed: dict[str, Any] = {
    "12": len(text),
    "4": len(ids),
    "2": len(ids) / len(words),
    "3": len(text) / len(ids),
    "16": len(ids) ** 2,
    "144": len(text) ** 2,
}
