"""The file of weights that training starts from: read back exactly, block by block."""

import struct
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.multilingual_weights import BLOCK, BLOCK_BYTES, MAGIC, SPECIAL, make_tokenizer, read_weights

HIDDEN, LAYERS, HEADS, INNER, POSITIONS, TYPES = 32, 2, 4, 64, 8, 1
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "\u2581capa", "ñ"]
SCORES = [0.0, 0.0, 0.0, 0.0, -1.5, -2.25]
Nibbles = Sequence[int]


def block(scale: float, nibbles: Nibbles) -> bytes:
    """A float16 scale, then weight j in the low half of byte j and weight j + 16 in its high half."""
    return struct.pack("<e", scale) + bytes(
        low | high << 4 for low, high in zip(nibbles[:16], nibbles[16:], strict=True)
    )


def packed(tensors: Mapping[str, tuple[int, int, bytes]], magic: bytes = MAGIC) -> bytes:
    """The file: `tensors` is name -> (type, length, bytes)."""
    texts = [piece.encode() for piece in PIECES]
    head = magic + struct.pack("<i7i", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, TYPES)
    head += struct.pack("<fii", 1e-12, BLOCK, len(PIECES)) + bytes(16) + struct.pack("<Q", sum(map(len, texts)))
    assert len(head) == 72
    head += struct.pack(f"<{len(texts) + 1}I", *accumulate(map(len, texts), initial=0))
    head += struct.pack(f"<{len(texts)}f", *SCORES) + b"".join(texts)
    head += struct.pack("<II", 0, 5) + b"table"
    size = 4 + sum(2 + len(name.encode()) + 1 + 20 for name in tensors)
    at, rows, body = len(head) + size, b"", b""
    for name, (kind, length, data) in tensors.items():
        rows += struct.pack("<H", len(name.encode())) + name.encode()
        rows += struct.pack("<BIQQ", kind, length, at + len(body), len(data))
        body += data
    return head + struct.pack("<i", len(tensors)) + rows + body


def test_the_header_and_the_pieces(tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(packed({}))
    found = read_weights(file)
    assert (found.hidden, found.layers, found.heads) == (HIDDEN, LAYERS, HEADS)
    assert (found.inner, found.positions, found.types) == (INNER, POSITIONS, TYPES)
    assert found.epsilon == pytest.approx(1e-12, rel=1e-6)
    assert (found.pieces, found.scores) == (tuple(PIECES), tuple(SCORES))
    assert found.tensors == {}


def test_a_block_is_worth_its_nibbles_less_8_times_its_scale(tmp_path: Path) -> None:
    first, second = [*range(16), *range(15, -1, -1)], [8] * 31 + [15]
    data = block(0.5, first) + block(-0.25, second)
    assert len(data) == 2 * BLOCK_BYTES
    plain = np.array([0.1, -2.5, 3e-8, 0.0], dtype="<f4")
    file = tmp_path / "weights.bin"
    file.write_bytes(packed({"emb.word": (2, 64, data), "emb.ln.b": (0, 4, plain.tobytes())}))
    weights = read_weights(file)
    found = weights.tensor("emb.word")
    assert found.dtype == np.float32
    assert found.tolist() == [(n - 8) * 0.5 for n in first] + [(n - 8) * -0.25 for n in second]
    assert found[[0, 1, 15, 16, 31, 32, 63]].tolist() == [-4.0, -3.5, 3.5, 3.5, -4.0, 0.0, -1.75]
    assert weights.tensor("emb.ln.b").tolist() == plain.tolist()
    assert list(weights.tensors) == ["emb.word", "emb.ln.b"]


@given(
    st.lists(
        st.tuples(st.floats(-100, 100, width=16), st.lists(st.integers(0, 15), min_size=32, max_size=32)), max_size=4
    )
)
def test_any_blocks_come_back(tmp_path_factory: pytest.TempPathFactory, blocks: list[tuple[float, list[int]]]) -> None:
    file = tmp_path_factory.mktemp("weights") / "weights.bin"
    data = b"".join(block(scale, nibbles) for scale, nibbles in blocks)
    file.write_bytes(packed({"q": (2, BLOCK * len(blocks), data)}))
    expected = [(nibble - 8) * scale for scale, nibbles in blocks for nibble in nibbles]
    assert read_weights(file).tensor("q").tolist() == expected


def test_another_file_is_refused(tmp_path: Path) -> None:
    for number, data in enumerate((packed({}, b"E5S2"), b"", b"GGUF", b"E5")):
        file = tmp_path / f"{number}.bin"
        file.write_bytes(data)
        with pytest.raises(ValueError, match=file.name):
            read_weights(file)


def test_the_tokenizer_lowers_case_and_marks_texts() -> None:
    tokenizer = make_tokenizer(zip(PIECES, SCORES, strict=True))
    begin, end, capa, letter = SPECIAL["<s>"], SPECIAL["</s>"], 4, 5
    assert tokenizer.encode("CAPA").ids == [begin, capa, end]
    assert tokenizer.encode("  Capa\n capañ ").ids == [begin, capa, capa, letter, end]
    assert tokenizer.encode("capa", "capa").ids == [begin, capa, end, end, capa, end]
    assert SPECIAL["<unk>"] in tokenizer.encode("xyz").ids
