"""Answers that can be nothing but JSON of a schema: before each token, those that would leave it are ruled out.

By llguidance, which reads the schema into a grammar over the model's own tokens.
"""

import json
from typing import Any

import numpy as np

STEP = 0.001  # between two numbers that an answer may hold, where its schema says nothing of it


class Grammar:
    """What may come next in an answer of a schema (a JSON schema as a value). Raises `ValueError` for a schema that
    cannot be read."""

    def __init__(self, tokens: Any, schema: dict[str, Any]) -> None:
        from llguidance import LLMatcher  # noqa: PLC0415  only a constrained answer needs it

        # Without bounds on white space a weak model writes spaces until it is cut off.
        held = json.dumps(_with_few_decimals(schema))
        grammar = LLMatcher.grammar_from_json_schema(held, overrides={"whitespace_flexible": False})
        self._matcher = LLMatcher(tokens, grammar, log_level=0)
        self._check()

    @property
    def complete(self) -> bool:
        """Whether the answer is whole."""
        return bool(self._matcher.is_accepting() or self._matcher.is_stopped())

    def rule_out(self, scores: Any) -> Any:
        """The scores of the next token (a tensor over the vocabulary) with -inf where it may not be."""
        import torch  # noqa: PLC0415  seconds to import; it is there when a model runs

        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.zeros(scores.shape[-1], dtype=np.bool_)
        unpacked = np.unpackbits(bits, bitorder="little")[: len(allowed)]
        allowed[: len(unpacked)] = unpacked
        return scores.masked_fill(~torch.from_numpy(allowed).to(scores.device), float("-inf"))

    def take(self, token: int) -> list[int]:
        """Go on after a token; the tokens that can only come next, which need not be asked for."""
        self._matcher.consume_token(token)
        self._check()
        if self.complete:
            return []
        forced = list(self._matcher.compute_ff_tokens())
        self._matcher.consume_tokens(forced)
        self._check()
        return forced

    def _check(self) -> None:
        if self._matcher.is_error():
            raise ValueError(self._matcher.get_error())


def _with_few_decimals(schema: Any) -> Any:
    """The schema with three decimals for each number: bounds hold its size, but nothing else holds its length."""
    if isinstance(schema, list):
        return [_with_few_decimals(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    few = {"multipleOf": STEP} if schema.get("type") == "number" else {}
    return {**few, **{name: _with_few_decimals(part) for name, part in schema.items()}}


def token_table(tokenizer: Any, vocabulary: int) -> Any:
    """What llguidance must know of a tokenizer, about a second for a large one: made once a model."""
    from llguidance.hf import from_tokenizer  # noqa: PLC0415  only a constrained answer needs it

    return from_tokenizer(tokenizer, n_vocab=max(vocabulary, len(tokenizer)))
