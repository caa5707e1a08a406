"""The keys and values of prompts that were read, kept for prompts that begin alike.

A prompt is read in blocks that begin at fixed places, and only whole blocks are kept: then the same arithmetic is done
whether a block is read or kept, and an answer does not depend on what was asked before, to the last bit.

A cache of whole attention can be cut to any block; one with sliding windows or a state cannot, and serves only prompts
that go on where it ends. So where a prompt leaves one that is kept, the place is kept too: the next one finds it.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

BUDGET = 2**30  # bytes
SHARED = None  # the thread of a place that several prompts have passed


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    tokens: tuple[int, ...]
    cache: Any
    size: int  # bytes
    thread: str | None


class Prefixes:
    """What is kept, the last used last. For one thread: whoever runs the model."""

    def __init__(self, block: int, budget: int = BUDGET) -> None:
        self.block = block
        self.budget = budget
        self._kept: list[_Kept] = []

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return sum(kept.size for kept in self._kept)

    def longest(self, tokens: Sequence[int]) -> tuple[Any, int]:
        """A copy of the cache of the longest beginning that is kept, and its number of tokens; (None, 0) without one.

        At least one token is left to read, since what comes next is known only when the last token is read.
        """
        found = max(self._kept, key=lambda kept: self._usable(kept, tokens), default=None)
        if found is None or not (length := self._usable(found, tokens)):
            return None, 0
        self._kept.remove(found)
        self._kept.append(found)
        cache = copy.deepcopy(found.cache)
        if length < len(found.tokens):
            cache.crop(length - len(found.tokens))
        return cache, length

    def places(self, tokens: Sequence[int]) -> dict[int, bool]:
        """After how many tokens a prompt is worth keeping: at its last whole block, and where it leaves another one.
        With each whether that is its own end."""
        end = self._end(tokens)
        places = {shared: False for kept in self._kept if 0 < (shared := self._shared(kept, tokens)) < end}
        return {**places, end: True} if end else places

    def keep(self, tokens: Sequence[int], cache: Any, thread: str | None) -> None:
        """Keep a copy, in place of the thread's last one. What was not used for longest goes when there is no room."""
        own = tuple(tokens)
        same = next((kept for kept in self._kept if kept.tokens == own), None)
        if same is not None and same.thread is SHARED:
            thread = SHARED
        gone = [kept for kept in self._kept if kept is same or (thread is not SHARED and kept.thread == thread)]
        self._kept = [kept for kept in self._kept if kept not in gone]
        size = same.size if same else sum(tensor.nbytes for tensor in _tensors(cache))
        if size > self.budget:
            return
        while self.size + size > self.budget:
            self._kept.pop(0)
        self._kept.append(_Kept(own, same.cache if same else copy.deepcopy(cache), size, thread))

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()

    def _end(self, tokens: Sequence[int]) -> int:
        return (len(tokens) - 1) // self.block * self.block

    def _shared(self, kept: _Kept, tokens: Sequence[int]) -> int:
        """How many tokens are the same, in whole blocks."""
        most = min(len(kept.tokens), self._end(tokens))
        blocks = range(0, most, self.block)
        return next(
            (at for at in blocks if tuple(tokens[at : at + self.block]) != kept.tokens[at : at + self.block]), most
        )

    def _usable(self, kept: _Kept, tokens: Sequence[int]) -> int:
        shared = self._shared(kept, tokens)
        return shared if shared == len(kept.tokens) or _can_be_cut(kept.cache) else 0


def _can_be_cut(cache: Any) -> bool:
    """Whether a cache holds all of its past. Others say that they can be cut and raise once their past is gone."""
    return all(type(layer).__name__ == "DynamicLayer" for layer in cache.layers)


def _tensors(cache: Any) -> Iterator[Any]:
    for layer in cache.layers:
        for value in vars(layer).values():
            for part in value.values() if isinstance(value, dict) else (value,):
                if hasattr(part, "nbytes"):
                    yield part
