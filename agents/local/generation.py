"""Tokens, one by one: a prompt is read in blocks, then each token is chosen and read in turn.

Runs in the model's thread (agents/local/worker.py): each iteration is one step of the model.
"""

import inspect
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.local.grammar import Grammar
from agents.local.loading import Loaded
from agents.local.prefixes import SHARED, Prefixes


@dataclass
class Request:
    """An answer that is asked for. `temperature` 0: the likeliest token each time; `schema`: the answer is JSON of it;
    `thread`: the conversation, whose beginning is kept. `prompt`, `reused` and `new` count tokens as they go."""

    most: int
    temperature: float = 0.0
    stop: list[str] = field(default_factory=list)
    schema: dict[str, Any] | None = None
    thread: str = ""
    prompt: int = 0
    reused: int = 0
    new: int = 0


class Generation:
    """One model's steps."""

    def __init__(self, loaded: Loaded, prefixes: Prefixes) -> None:
        self.loaded = loaded
        self.prefixes = prefixes
        knows = inspect.signature(loaded.model.forward).parameters
        self._last = {"logits_to_keep": 1} if "logits_to_keep" in knows else {}

    def scores(self, prompt: Sequence[int], request: Request) -> Iterator[Any]:
        """Read a prompt: None for each block, at last the scores of what comes next (float32, over the vocabulary)."""
        _, scores = yield from self._read(prompt, request)
        yield scores

    def tokens(self, prompt: Sequence[int], request: Request, grammar: Grammar | None = None) -> Iterator[int | None]:
        """The answer's tokens without the one that ends it; None for each block of the prompt that is read."""
        cache, scores = yield from self._read(prompt, request)
        made = 0
        while True:
            token = self._chosen(grammar.rule_out(scores) if grammar else scores, request.temperature)
            if token in self.loaded.ends:
                return
            forced = grammar.take(token) if grammar else []
            yield from (token, *forced)
            made += 1 + len(forced)
            if made >= request.most or (grammar and grammar.complete):
                return
            scores = self._forward([token, *forced], cache)

    def _read(self, prompt: Sequence[int], request: Request) -> Generator[None, None, tuple[Any, Any]]:
        """Read what is not kept of a prompt, block by block: its cache, and the scores of what comes next."""
        from transformers import DynamicCache  # noqa: PLC0415  seconds to import; it is there when a model runs

        cache, length = self.prefixes.longest(prompt)
        if cache is None:
            cache = DynamicCache(config=self.loaded.model.config)
        request.prompt, request.reused = len(prompt), length
        places = self.prefixes.places(prompt)
        scores = None
        for begin in range(length, len(prompt), self.prefixes.block):
            part = prompt[begin : begin + self.prefixes.block]
            scores = self._forward(part, cache)
            if (end := begin + len(part)) in places:
                self.prefixes.keep(prompt[:end], cache, request.thread if places[end] else SHARED)
            yield None
        return cache, scores

    def _forward(self, tokens: Sequence[int], cache: Any) -> Any:
        import torch  # noqa: PLC0415  as above

        inputs = torch.tensor([list(tokens)], device=self.loaded.device)
        out = self.loaded.model(input_ids=inputs, past_key_values=cache, use_cache=True, **self._last)
        return out.logits[0, -1].float()

    def _chosen(self, scores: Any, temperature: float) -> int:
        """The likeliest token, or one drawn from the likeliest as the model's folder says how many."""
        import torch  # noqa: PLC0415  as above

        if temperature <= 0:
            return int(scores.argmax())
        own = self.loaded.model.generation_config
        scores = scores / temperature
        if own.top_k:
            least = scores.topk(min(own.top_k, len(scores))).values[-1]
            scores = scores.masked_fill(scores < least, float("-inf"))
        if own.top_p and own.top_p < 1:
            ordered, places = scores.sort(descending=True)
            shares = ordered.softmax(dim=-1)
            beyond = shares.cumsum(dim=-1) - shares >= own.top_p
            scores[places[beyond]] = float("-inf")
        return int(torch.multinomial(scores.softmax(dim=-1), num_samples=1))
