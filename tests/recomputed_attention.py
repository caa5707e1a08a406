"""Keys on attention, its masks and its shapes, computed again from what the question says."""

from fractions import Fraction
from typing import Any

import numpy as np
import torch
from recomputed_reading import Row, every, floats, logarithms, maybe, one, row, several, whole

DOUBLE = torch.float64
Shape = tuple[int, ...]


def softmax(scores: list[float]) -> tuple[float, ...]:
    return tuple(torch.softmax(torch.tensor(scores, dtype=DOUBLE), dim=0).tolist())


def times(left: Shape, right: Shape) -> Shape:
    """The shape of a product of matrices, batch by batch."""
    assert left[-1] == right[-2]
    return (*np.broadcast_shapes(left[:-2], right[:-2]), left[-2], right[-1])


def turned(shape: Shape) -> Shape:
    """The shape of the transposed matrices."""
    return (*shape[:-2], shape[-1], shape[-2])


def attention_memory(text: str) -> Any:
    if "By which factor" in text:
        before, after = several(text, "grows from # to # tokens")
        if "each number still takes" in text:
            return after**2 / before**2
        pattern = "takes # byte instead of # bytes" if "takes 1 byte " in text else "takes # bytes instead of # bytes"
        then, first = several(text, pattern)
        return (after**2 * then) / (before**2 * first)
    tokens, size = several(text, "for # tokens, with # bytes for each number")
    layers, heads = 1, 1
    if "A Transformer has" in text:
        layers, heads = map(int, several(text, "has # layers with # attention heads each"))
    elif "a single head" not in text:
        heads = whole(text, "One attention layer has # heads")
    return layers * heads * tokens * tokens * size


def attention_output(text: str) -> Any:
    values: list[Row] = []
    while every(text, f"v_{len(values) + 1} = (#, "):
        values.append(row(text, f"v_{len(values) + 1} = "))
    if "gives the weights" in text:
        weights = list(row(text, "gives the weights "))
    else:
        scale = float(one(text, "d_k = #.")) ** 0.5 if "neither scaled" in text else 1.0
        scores = torch.tensor(floats([f for f, _ in logarithms(text)]), dtype=DOUBLE)
        scores = scores * torch.tensor(floats([n for _, n in logarithms(text)]), dtype=DOUBLE).log() / scale
        if "causal mask" in text:
            scores = scores[: whole(text, "The query of position #")]
        weights = [Fraction(weight) for weight in softmax(scores.tolist())]
        assert len(weights) <= len(values)
    seen = values[: len(weights)]
    return tuple(float(sum(w * v[i] for w, v in zip(weights, seen, strict=True))) for i in range(len(values[0])))


def attention_tile(text: str) -> Any:
    if "How many numbers does it read" in text:
        tokens, size = map(int, several(text, "works on # tokens, with queries, keys and values of size d = #"))
        blocks = several(text, "splits the queries into blocks of # and the keys and values into blocks of #.")
        high, wide = map(int, blocks)
        assert tokens % high == tokens % wide == 0
        read = tokens * size
        for _block in range(0, tokens, high):
            read += 2 * len(range(0, tokens, wide)) * wide * size
        return read
    tokens = whole(text, "one attention head on # tokens")
    if "causal" in text:
        high, wide = map(int, several(text, "into blocks of # and the keys into blocks of #,"))
        return len({(i // high, j // wide) for i in range(tokens) for j in range(i + 1)})
    high, wide = map(int, several(text, "The queries are split into blocks of # and the keys into blocks of #"))
    assert "a last block may be smaller" in text or tokens % high == tokens % wide == 0
    return len({i // high for i in range(tokens)}) * len({j // wide for j in range(tokens)})


def attention_weights(text: str) -> Any:
    if r"\ln" in text:
        odds = [number for _, number in logarithms(text)]
        return tuple(float(odd / sum(odds)) for odd in odds)
    if "not yet scaled" in text:
        root = float(one(text, "the keys have size d_k = #")) ** 0.5
        scores = [score / root for score in floats(row(text, "not yet scaled, are "))]
    else:
        scores = floats(row(text, "keys are "))
    if "The last key belongs to a padding token" in text:
        scores[-1] = -torch.inf
    return softmax(scores)


def block_shapes(text: str) -> Any:
    model, heads = map(int, several(text, "d_{model} = # and h = # attention heads"))
    batch, tokens = 0, maybe(text, "one sequence of # tokens")
    if not tokens:
        batch, tokens = map(int, several(text, "a batch of # sequences of # tokens each"))
    assert ("the batch first" in text) == bool(batch)
    share = "share out the width" in text
    key_size = model // heads if share else whole(text, "keys have size d_k = #")
    value_size = model // heads if share else whole(text, "values have size d_v = #")
    front = (batch,) if batch else ()
    x, each_head = (*front, tokens, model), (*front, 1, tokens, model)
    if "hidden layer of the feed-forward network" in text:
        return times(x, (model, whole(text, "d_{ff} = #")))
    if "do the queries have" in text:
        return times(each_head, (heads, model, key_size))
    out = times((*front, heads, tokens, tokens), times(each_head, (heads, model, value_size)))
    if "do the outputs of the heads have" in text:
        return out
    assert "does the concatenation of the heads' outputs have" in text
    return (*front, tokens, heads * value_size)


def causal_mask_count(text: str) -> Any:
    tokens = whole(text, "For a sequence of # tokens")
    allowed = torch.ones(tokens, tokens).tril()
    if "sliding window" in text:
        window = whole(text, "with a sliding window of #.")
        before = maybe(text, "to the # positions just before it", otherwise=1)
        assert before == window - 1
        assert before > 1 or "to the position just before it" in text
        allowed = allowed.triu(1 - window)
    layers, heads = several(text, "has # layers with # attention heads each") if "heads each" in text else (1, 1)
    asked = allowed == (1 if "entries of this mask are 0?" in text else 0)
    return int(asked.sum()) * layers * heads


def causal_mask_row(text: str) -> Any:
    tokens = whole(text, "a sequence of # positions")
    window = maybe(text, "a sliding window of #:", otherwise=tokens)
    assert "sliding" not in text or window - 1 == maybe(text, "to the # positions just before it", otherwise=1)
    first = maybe(text, "The first # positions are padding", otherwise=int("The first position is padding" in text))
    last = maybe(text, "The last # positions are padding", otherwise=int("The last position is padding" in text))

    def seen(query: int) -> tuple[int, ...]:
        return tuple(
            int(query - window < key <= query and first < key <= tokens - last) for key in range(1, tokens + 1)
        )  # fmt: skip

    if "Write row" in text:
        assert whole(text, "of the mask, which says where position # may") == whole(text, "Write row #")
        return seen(whole(text, "Write row #"))
    if "Write the whole mask" in text:
        return tuple(map(seen, range(1, tokens + 1)))
    start, stop = map(int, several(text, "now processes positions # to # together"))
    assert whole(text, "holds positions 1 to #,") == start - 1
    assert tuple(map(int, several(text, "with # rows of # entries"))) == (stop - start + 1, tokens)
    return tuple(map(seen, range(start, stop + 1)))


def cross_attention_shape(text: str) -> Any:
    source = whole(text, "the encoder has read # tokens")
    target = 1 if "only the last of them" in text else whole(text, "is being trained on # output tokens")
    size = whole(text, "d_k = #")
    heads = maybe(text, "and # heads of size")
    batch = maybe(text, "of each of # texts in a batch")
    front = tuple(number for number in (batch, heads) if number)
    names = ["texts"] * bool(batch) + ["heads"] * bool(heads) + ["rows", "columns"]
    assert f"as ({', '.join(names)})?" in text
    return times((*front, target, size), turned((*front, source, size)))


def scaled_score(text: str) -> Any:
    size = whole(text, "one attention head has d_k = #")
    query, key = row(text, "q = "), row(text, "k = ")
    if "in their first" in text:
        assert whole(text, "in their first # components; the rest are 0") == len(query) == len(key) < size
    else:
        assert len(query) == len(key) == size
    products = torch.tensor(floats(query), dtype=DOUBLE) * torch.tensor(floats(key), dtype=DOUBLE)
    return products.sum().item() / size**0.5


def score_shape(text: str) -> Any:
    heads = maybe(text, "h = # heads") or whole(text, "h = # query heads")
    size = whole(text, "d_k = #")
    new = maybe(text, "one sequence of # tokens")
    batch = maybe(text, "a batch of # sequences") or maybe(text, "a batch of # long prompts")
    new = new or maybe(text, "sequences of # tokens each") or maybe(text, "processes the next # tokens together")
    if not new:
        assert "now processes the next token, whose key it adds" in text
        new = 1
    cached = maybe(text, "the keys and values of # tokens")
    front = (batch, heads) if batch else (heads,)
    assert ("Write the batch first" in text) == bool(batch)
    assert heads % maybe(text, "g = # key-value heads", otherwise=heads) == 0  # each of these serves several queries
    return times((*front, new, size), turned((*front, cached + new, size)))


def score_variance(text: str) -> Any:
    size = maybe(text, "have size d_k = #.")
    if not size:
        model, heads = several(text, "A model with d_{model} = # has # attention heads of equal size")
        size = int(model / heads)
    spread = [Fraction(1), Fraction(1)]
    if "variance 1" not in text:
        spread = list(several(text, "those of q have standard deviation # and those of k, #."))
    variance = sum((spread[0] ** 2 * spread[1] ** 2 for _component in range(size)), Fraction(0))
    if "of the scaled score" in text:
        variance /= size
    return variance if "What is the variance" in text else float(variance) ** 0.5


def context_attention_share(text: str) -> Any:
    if "has a context window of" in text:
        window, prompt = several(text, "a context window of # tokens, and a prompt fills only # of them")
        return 100 * (prompt * prompt) / (window * window)
    if "sliding window" in text:
        layers = whole(text, "A language model has # layers")
        full, context = several(text, "In # of them each token attends to the whole context, # tokens")
        other, window = several(text, "in the other # it attends to a sliding window of # tokens")
        assert full + other == layers
        return (layers * context**2) / (full * context**2 + other * context * window)
    if "of the whole layer" in text:
        width, share = several(text, "d_{model} = #, the products QK^\\top and AV of the attention take #\\%")
        before, after = one(text, "when the context has # tokens"), one(text, "The context grows to # tokens")
        cost = [12 * n * width**2 + 2 * width * n**2 for n in (before, after)]
        assert 2 * width * before**2 / cost[0] == share / 100
        return share * (after / before) ** 2 / 100 + (100 - share) * (after / before) / 100
    before, after = several(text, "grows from # to # tokens")
    return (after / before) ** 2


KEYS = {
    "attention-memory": attention_memory,
    "attention-output": attention_output,
    "attention-tile": attention_tile,
    "attention-weights": attention_weights,
    "block-shapes": block_shapes,
    "causal-mask-count": causal_mask_count,
    "causal-mask-row": causal_mask_row,
    "context-attention-share": context_attention_share,
    "cross-attention-shape": cross_attention_shape,
    "scaled-score": scaled_score,
    "score-shape": score_shape,
    "score-variance": score_variance,
}
