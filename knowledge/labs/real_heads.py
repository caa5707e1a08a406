"""Every attention head of the bundled MiniLM encoder on a sentence, with measures of what each head does.

The measures follow Clark et al. (2019), §3: entropy, and the shares of attention on special tokens and on neighbours.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import bundled_model_folder
from knowledge.errors import BadLab
from knowledge.labs.softmax import Array, entropy

MOST_TOKENS = 20  # with [CLS] and [SEP]
FEWEST_TOKENS = 4  # two pieces of text, so that there are neighbours


@dataclass(frozen=True)
class RealHeads:
    """What L layers of H heads do with n tokens, [CLS] and [SEP] among them.

    Every measure is a mean over the queries that are pieces of the text, so not [CLS] nor [SEP]: shape (L, H).
    """

    tokens: tuple[str, ...]
    attention: NDArray[np.float32]  # (L, H, n, n): row i holds the weights of query i
    entropy: Array  # nats
    normalised_entropy: Array  # entropy / ln n: 0 for one token, 1 for all tokens alike
    distance: Array  # mean |i - j| in tokens, weighted by attention
    on_cls: Array  # shares of attention, 0 to 1
    on_sep: Array
    on_previous: Array
    on_next: Array
    on_self: Array

    @property
    def layers(self) -> int:
        """How many layers the encoder has."""
        return int(self.attention.shape[0])

    @property
    def heads(self) -> int:
        """How many heads each layer has."""
        return int(self.attention.shape[1])


def read_heads(text: str) -> RealHeads:
    """The attention of all heads for a text of 2 to 18 word pieces.

    Raises `BadLab` for a text of another length, and `BadEncoder` without the official weights.
    """
    tokens, attention = _attention(text)
    return measure_heads(tokens, attention)


def measure_heads(tokens: tuple[str, ...], attention: NDArray[np.float32]) -> RealHeads:
    """The measures of given attention, shape (L, H, n, n), whose first and last tokens are [CLS] and [SEP]."""
    n = len(tokens)
    places = np.arange(n)
    inner = attention[:, :, 1:-1, :].astype(np.float64)  # queries of the text: (L, H, n - 2, n)
    gaps = np.abs(places[1:-1, None] - places[None, :])
    own = entropy(inner).mean(axis=2)

    def share(step: int) -> Array:
        return np.asarray(inner[:, :, places[1:-1] - 1, places[1:-1] + step].mean(axis=2), dtype=np.float64)

    return RealHeads(
        tokens=tokens, attention=attention, entropy=own, normalised_entropy=own / np.log(n),
        distance=(inner * gaps).sum(axis=3).mean(axis=2),
        on_cls=inner[:, :, :, 0].mean(axis=2), on_sep=inner[:, :, :, -1].mean(axis=2),
        on_previous=share(-1), on_next=share(1), on_self=share(0),
    )  # fmt: skip


def head_at(measure: Array, largest: bool = True) -> tuple[int, int]:
    """(layer, head), counted from 0, of the largest or the smallest value of a measure."""
    place = int(measure.argmax() if largest else measure.argmin())
    layer, head = divmod(place, measure.shape[1])
    return layer, head


def _attention(text: str) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    import torch  # noqa: PLC0415  a real model

    tokenizer, model = _load(bundled_model_folder())
    ids = tokenizer(text)["input_ids"]
    if len(ids) < FEWEST_TOKENS:
        raise BadLab("lab-no-words", count=len(ids) - 2, fewest=FEWEST_TOKENS - 2)
    if len(ids) > MOST_TOKENS:
        raise BadLab("lab-long", count=len(ids) - 2, most=MOST_TOKENS - 2)
    with torch.inference_mode():
        layers = model(input_ids=torch.tensor([ids]), output_attentions=True).attentions
    stacked = torch.stack([layer[0] for layer in layers]).numpy()
    return tuple(tokenizer.convert_ids_to_tokens(ids)), np.asarray(stacked, dtype=np.float32)


@cache
def _load(folder: Path) -> tuple[Any, Any]:
    import transformers  # noqa: PLC0415

    library: Any = transformers.utils.logging
    library.set_verbosity_error()
    library.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    model = transformers.AutoModel.from_pretrained(
        str(folder), attn_implementation="eager"
    )  # other kinds return no weights
    return tokenizer, model.eval()
