"""What is kept of prompts: whole blocks, the last of each thread, where prompts part, and no more than fits."""

from typing import Any

import pytest

from agents.local.prefixes import SHARED, Prefixes

BLOCK = 4
A = list(range(11))
B = [*range(8), 90, 91, 92, 93, 94, 95]


def cache(length: int, window: int = 0) -> Any:
    """Two layers that have read so many tokens: 2 heads of 3 numbers, 48 bytes a token and a layer."""
    import torch
    from transformers import DynamicCache, LlamaConfig, MistralConfig

    kind = MistralConfig(num_hidden_layers=2, sliding_window=window) if window else LlamaConfig(num_hidden_layers=2)
    made = DynamicCache(config=kind)
    for layer in range(2):
        made.update(*torch.arange(2.0 * length * 6).reshape(2, 1, 2, length, 3), layer)
    return made


@pytest.fixture
def prefixes() -> Prefixes:
    return Prefixes(BLOCK)


def length(kept: Any) -> int:
    return int(kept.get_seq_length())


def test_the_longest_beginning_is_found_in_whole_blocks_and_one_token_is_left(prefixes: Prefixes) -> None:
    assert prefixes.longest(A) == (None, 0)
    prefixes.keep(A[:8], cache(8), "ana")
    for tokens, shared in (
        (A, 8),
        (A[:8], 4),
        (A[:9], 8),
        (A[:5], 4),
        (A[:4], 0),
        ([99, *A], 0),
        ([*A[:7], 99, 98], 4),
    ):
        found, count = prefixes.longest(tokens)
        assert count == shared
        assert (0 if found is None else length(found)) == shared


def test_a_copy_is_given_and_a_copy_is_kept(prefixes: Prefixes) -> None:
    own = cache(8)
    prefixes.keep(A[:8], own, "ana")
    own.layers[0].keys.zero_()
    first, _ = prefixes.longest(A)
    assert float(first.layers[0].keys.sum()) > 0
    first.layers[0].keys.zero_()
    again, _ = prefixes.longest(A)
    assert float(again.layers[0].keys.sum()) > 0


def test_a_thread_keeps_its_last_prompt_and_the_place_where_prompts_part(prefixes: Prefixes) -> None:
    assert prefixes.places(A) == {8: True}
    assert prefixes.places(A[:4]) == {}
    prefixes.keep(A[:8], cache(8), "ana")
    assert prefixes.places([*A[:4], *range(50, 60)]) == {4: False, 12: True}
    prefixes.keep(A[:4], cache(4), SHARED)
    prefixes.keep(B[:12], cache(12), "ana")
    assert prefixes.longest(A)[1] == 8, "cut from what ana asked last"
    prefixes.keep([7] * 8, cache(8), "ana")
    assert prefixes.longest(A)[1] == 4, "the place is kept whoever asks"
    prefixes.keep(A[:4], cache(4), "ben")
    prefixes.keep([8] * 8, cache(8), "ben")
    assert prefixes.longest(A)[1] == 4


def test_a_window_that_is_full_serves_only_what_goes_on_where_it_ends(prefixes: Prefixes) -> None:
    prefixes.keep(A[:8], cache(8, window=3), "ana")
    assert prefixes.longest(A)[1] == 8
    assert prefixes.longest(B[:8])[1] == 0
    assert prefixes.longest([*A[:4], *range(50, 60)])[1] == 0


def test_what_was_not_used_for_longest_goes_first(prefixes: Prefixes) -> None:
    one = 2 * 2 * 8 * 6 * 4
    prefixes.budget = 2 * one
    prompts = [[number] * 8 for number in range(3)]
    for number in (0, 1):
        prefixes.keep(prompts[number], cache(8), f"{number}")
    assert prefixes.size == 2 * one
    assert prefixes.longest([*prompts[0], 5])[1] == 8
    prefixes.keep(prompts[2], cache(8), "2")
    assert [prefixes.longest([*prompt, 5])[1] for prompt in prompts] == [8, 0, 8]
    prefixes.keep([9] * 40, cache(40), "9")
    assert prefixes.longest([*[9] * 40, 1]) == (None, 0), "larger than all the room"
    assert prefixes.size == 2 * one
    prefixes.clear()
    assert prefixes.size == 0
