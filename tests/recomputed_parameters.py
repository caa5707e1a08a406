"""Keys that count parameters, computed again: with modules of torch where it has them, else matrix by matrix."""

from fractions import Fraction
from math import prod
from typing import Any

import torch
from recomputed_reading import every, maybe, several, ticked, whole
from torch import nn


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def matrices(*shapes: tuple[int, ...]) -> int:
    return sum(prod(shape) for shape in shapes)


def grouped_attention(d: int, heads: int, groups: int, size: int) -> int:
    return matrices((d, heads * size), (d, groups * size), (d, groups * size), (heads * size, d))


def attention_parameters(text: str) -> Any:
    assert "an output projection W^O" in text
    d = whole(text, "d_{model} = #")
    if "grouped-query" in text:
        heads, groups, size = map(
            int, several(text, "h = # query heads and g = # key-value heads, all of size d_{head} = #")
        )
        total = grouped_attention(d, heads, groups, size)
        biases = (heads + 2 * groups) * size, d
    else:
        heads, size = map(int, several(text, "h = # heads that share out the width of the model, with d_k = d_v = #"))
        assert heads * size == d
        total, biases = count(nn.MultiheadAttention(d, heads, bias=False, device="meta")), (3 * d, d)
    if "Each of its four projections, with all the heads together, has a bias" in text:
        return total + sum(biases)
    if "The projections of queries, keys and values have bias vectors, and W^O has none" in text:
        return total + biases[0]
    assert "None of its projections has a bias" in text
    return total


def embedding_parameters(text: str) -> Any:
    vocabulary, d = map(int, several(text, "a vocabulary of # tokens and d_{model} = #"))
    total = matrices((vocabulary, d))
    if "table of token embeddings" in text:
        return total
    longest = whole(text, "It reads texts of up to # tokens")
    if "a learned embedding for each of these positions" in text:
        total += matrices((longest, d))
    else:
        assert "sinusoidal positional encodings" in text or "rotary position embeddings" in text
    total += maybe(text, "an embedding for each of # segments") * d
    if "has a matrix of its own" in text:
        total += count(nn.Linear(d, vocabulary, bias=False, device="meta"))
    else:
        assert "the output layer" not in text or "shares its matrix with the token embeddings" in text
    return total


def expert_parameters(text: str) -> Any:
    d, hidden = whole(text, "with d_{model} = #"), whole(text, "with a hidden layer of # and")
    experts, used = map(int, several(text, "mixture of # experts, of which the router chooses # for each token"))
    expert = (3 if "three matrices" in text else 2) * matrices((d, hidden))
    assert ("three matrices" in text) != ("two matrices" in text)
    total = expert * (used if "active for one token" in text else experts)
    if "The router is a matrix" in text:
        total += matrices(tuple(map(int, several(text, "The router is a matrix of shape # \\times #."))))
        assert "with the router" in text or "and routers" in text or "and the router" in text
    if "an attention with four matrices" in text:
        total += 4 * matrices(
            tuple(map(int, several(text, "an attention with four matrices of shape # \\times # and")))
        )
    return total * maybe(text, "A model has # layers", otherwise=1)


def feed_forward_parameters(text: str) -> Any:
    d, hidden = map(int, several(text, "d_{model} = # and the network has d_{ff} = #") if "the network has" in text
                    else several(text, "d_{model} = # and each network has d_{ff} = #"))  # fmt: skip
    if "SwiGLU" in text:
        assert "no biases" in text or "without biases" in text
        return maybe(text, "A model has # layers", otherwise=1) * matrices((d, hidden), (d, hidden), (hidden, d))
    biased = "both with bias" in text
    assert biased != ("both without bias" in text)
    first, second = nn.Linear(d, hidden, bias=biased, device="meta"), nn.Linear(hidden, d, bias=biased, device="meta")
    return count(nn.Sequential(first, nn.ReLU(), second))


def head_size(text: str) -> Any:
    model, heads = map(int, several(text, "d_{model} = # and h = # heads"))
    if "What is the size d_k" in text:
        return Fraction(model, heads)
    size = maybe(text, "each head separately: d_k = #.", otherwise=model // heads)
    queries = torch.empty(heads, whole(text, "a text of # tokens"), size, device="meta")
    return queries.numel()


def layer_parameters(text: str) -> Any:
    d, hidden = whole(text, "d_{model} = #"), whole(text, "d_{ff} = #")
    if "grouped-query" in text:
        heads, groups, size = map(int, several(text, "# query heads and # key-value heads, all of size #,"))
        swiglu = matrices((d, hidden), (d, hidden), (hidden, d))
        return grouped_attention(d, heads, groups, size) + swiglu + 2 * count(nn.RMSNorm(d, device="meta"))
    heads, size = map(int, [*every(text, "# attention heads of size #"), *every(text, "# heads of size #")][0])
    assert heads * size == d
    if "Leave out biases and normalizations" in text:
        return grouped_attention(d, heads, heads, size) + matrices((d, hidden), (hidden, d))
    kind = nn.TransformerDecoderLayer if "A decoder layer" in text else nn.TransformerEncoderLayer
    assert ("three sub-layers" in text) == (kind is nn.TransformerDecoderLayer)
    return count(kind(d, heads, dim_feedforward=hidden, device="meta"))


def lora_parameters(text: str) -> Any:
    rank, total = whole(text, "rank r = #"), 0
    shapes = [tuple(map(int, shape)) for shape in every(text, "of shape # \\times #")]
    if "each of shape" in text:
        shapes *= whole(text, "In every layer # matrices are adapted")
    for rows, columns in shapes:
        narrow = nn.Linear(columns, rank, bias=False, device="meta"), nn.Linear(rank, rows, bias=False, device="meta")
        total += sum(map(count, narrow))
    return total * maybe(text, "A model with # layers", otherwise=1)


def lora_share(text: str) -> Any:
    rank = (every(text, "rank r = # adapts") or every(text, "rank r = #."))[0][0]
    shapes = every(text, "of shape # \\times #")
    assert len(shapes) == (2 if "adapts two frozen matrices" in text else 1)
    added = sum(rank * rows + rank * columns for rows, columns in shapes)
    return 100 * added / sum(rows * columns for rows, columns in shapes)


def model_parameters(text: str) -> Any:
    layers, d, hidden = whole(text, "has # layers"), whole(text, "d_{model} = #"), whole(text, "d_{ff} = #")
    vocabulary = maybe(text, "a vocabulary of # tokens")
    if "built like GPT-2" in text:
        layer = count(nn.TransformerEncoderLayer(d, 1, dim_feedforward=hidden, device="meta"))
        ends = (vocabulary + whole(text, "and # learned positions")) * d + count(nn.LayerNorm(d, device="meta"))
        return layers * layer + ends
    if "built like Llama 3" in text:
        heads, groups, size = map(int, several(text, "# query heads and # key-value heads of size #,"))
        assert heads * size == d
        layer = grouped_attention(d, heads, groups, size) + 3 * matrices((d, hidden)) + 2 * d
        return layers * layer + d + 2 * vocabulary * d
    layer = grouped_attention(d, 1, 1, d) + matrices((d, hidden), (hidden, d))
    if "Leave out biases, normalizations and embeddings" in text:
        return layers * layer
    assert "Its positions are sinusoidal, and its output layer shares the matrix" in text
    return layers * layer + vocabulary * d


def vocabulary_size(text: str) -> Any:
    if "the different letters of these words" in text:
        letters = set("".join(ticked(text)))
        special = maybe(text, "afterwards # special token is added") or maybe(
            text, "afterwards # special tokens are added"
        )
        return len(letters) + whole(text, "It makes # merges") + special
    start = 256 if "all the bytes" in text else whole(text, "starts from # different characters")
    if "How many merges" in text:
        size = whole(text, "a vocabulary of # entries")
        special = maybe(text, "entries, # of them special tokens that") or maybe(
            text, "entries, # of them special token that"
        )
        return size - start - special
    special = maybe(text, "Afterwards # special token is") or maybe(text, "Afterwards # special tokens are")
    return start + whole(text, "learns # merges") + special


KEYS = {
    "attention-parameters": attention_parameters,
    "embedding-parameters": embedding_parameters,
    "expert-parameters": expert_parameters,
    "feed-forward-parameters": feed_forward_parameters,
    "head-size": head_size,
    "layer-parameters": layer_parameters,
    "lora-parameters": lora_parameters,
    "lora-share": lora_share,
    "model-parameters": model_parameters,
    "vocabulary-size": vocabulary_size,
}
