"""Sentence encoders: the official weights, run as int8 ONNX."""

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import (
    DEFAULT_ENCODER,
    MAX_TOKENS,
    OFFICIAL_SHA256,
    Encoder,
    OnnxEncoder,
    SentenceTransformerEncoder,
    Vectors,
    bundled_model_folder,
    load_encoder,
    verify_weights,
)
from knowledge.errors import BadEncoder

SENTENCES = [
    "Attention is a weighted sum of the values.",
    "Multi-head attention runs several attentions in parallel.",
    "The encoder of the Transformer has six layers, each with self-attention and a feed-forward network.",
    "BERT is pretrained by predicting masked words.",
    "Layer normalization rescales each vector to mean zero and variance one.",
    "OpenAI has not published how many parameters GPT-4 has.",
    "Reinforcement learning from human feedback trains a reward model on comparisons.",
    "softmax",
]


@pytest.fixture(scope="module")
def weights() -> Path:
    return bundled_model_folder() / "model.safetensors"


@pytest.fixture(scope="module")
def vectors(encoder: Encoder) -> Vectors:
    return encoder.encode(SENTENCES)


def cosines(left: Vectors, right: Vectors) -> list[float]:
    return [float(value) for value in (left * right).sum(axis=1)]


# Which weights


def test_the_official_weights_are_accepted(weights: Path) -> None:
    verify_weights(weights)


def test_weights_that_differ_in_one_byte_are_refused(weights: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model.safetensors"
    shutil.copyfile(weights, copy)
    with copy.open("r+b") as file:
        file.seek(40_000_000)
        byte = file.read(1)[0]
        file.seek(40_000_000)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(BadEncoder) as error:
        verify_weights(copy)
    assert error.value.code == "encoder-digest"
    for language, words in (("en", "are not the official ones"), ("es", "no son los oficiales")):
        message = error.value.message(language)
        assert words in message
        assert str(copy) in message
        assert OFFICIAL_SHA256 in message
        assert "pip install" in error.value.hint(language)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadEncoder) as error:
        verify_weights(tmp_path / "model.safetensors")
    assert error.value.code == "encoder-missing"
    assert str(tmp_path) in error.value.message("es")


def test_a_model_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    encoder = load_encoder(str(tmp_path / "nothing"), tmp_path)
    assert isinstance(encoder, SentenceTransformerEncoder)
    assert encoder.languages == ("es", "en")
    with pytest.raises(BadEncoder) as error:
        encoder.encode(["a"])
    assert error.value.code == "encoder-missing"


# What is cached


def test_an_export_is_used_while_it_is_whole(encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(encoder, OnnxEncoder)
    exported = tmp_path / encoder.folder.name
    shutil.copytree(encoder.folder, exported)

    def no_export() -> Path:
        raise BadEncoder("encoder-missing", name="asked for an export")

    monkeypatch.setattr("knowledge.encoder.bundled_model_folder", no_export)
    found = load_encoder(DEFAULT_ENCODER, tmp_path)
    assert isinstance(found, OnnxEncoder)
    assert found.folder == exported
    with (exported / "model.onnx").open("r+b") as file:
        file.seek(5_000_000)
        file.write(b"\xff\x00\xff")
    with pytest.raises(BadEncoder):
        load_encoder(DEFAULT_ENCODER, tmp_path)
    shutil.copyfile(encoder.folder / "model.onnx", exported / "model.onnx")
    (exported / "tokenizer.json").unlink()
    with pytest.raises(BadEncoder):
        load_encoder(DEFAULT_ENCODER, tmp_path)


def test_without_an_export_the_same_weights_run_in_sentence_transformers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(model_folder: Path, target: Path) -> None:
        raise RuntimeError("no exporter")

    monkeypatch.setattr("knowledge.encoder_export.export_onnx", cannot)
    found = load_encoder(DEFAULT_ENCODER, tmp_path)
    assert isinstance(found, SentenceTransformerEncoder)
    assert found.name == str(bundled_model_folder())
    assert found.languages == ("en",)


# Vectors


def test_vectors_have_length_one(encoder: Encoder, vectors: Vectors) -> None:
    assert (vectors.shape, vectors.dtype) == ((len(SENTENCES), encoder.size), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(SENTENCES)), abs=1e-5)


def test_odd_texts_have_vectors_too(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.size)
    odd = encoder.encode(["", " ", "\x00", "🙂", "ñandú " * 2000])
    assert np.isfinite(odd).all()
    assert np.linalg.norm(odd, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_a_text_is_read_up_to_the_window(encoder: Encoder) -> None:
    within, beyond = encoder.encode(["word " * (MAX_TOKENS - 2), "word " * (MAX_TOKENS - 2) + "attention " * 50])
    assert float(within @ beyond) == pytest.approx(1, abs=1e-5)


def test_the_same_texts_give_the_same_vectors(encoder: Encoder, vectors: Vectors) -> None:
    assert np.array_equal(encoder.encode(SENTENCES), vectors)


def test_order_and_batch_change_next_to_nothing(encoder: Encoder, vectors: Vectors) -> None:
    """Int8 scales are shared in a batch, so neighbours move a vector a little."""
    assert min(cosines(encoder.encode(SENTENCES[::-1])[::-1], vectors)) > 0.9999
    alone = np.vstack([encoder.encode([sentence]) for sentence in SENTENCES])
    assert min(cosines(alone, vectors)) > 0.975
    many = encoder.encode([*SENTENCES, *(f"{n} layers and heads" for n in range(40))])[: len(SENTENCES)]
    assert min(cosines(many, vectors)) > 0.975


def test_meaning_is_near(encoder: Encoder) -> None:
    query, near, far = encoder.encode([
        "How does a model look at several parts of the text at once?", SENTENCES[1], "The recipe needs two eggs.",
    ])  # fmt: skip
    assert float(query @ near) > float(query @ far) + 0.1


def test_the_vectors_are_close_to_those_of_the_original(vectors: Vectors) -> None:
    original = SentenceTransformerEncoder(str(bundled_model_folder()), ("en",))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sentence-transformers' own
        expected = original.encode(SENTENCES)
        assert original.encode([]).shape == (0, 384)
    assert original.size == OnnxEncoder.size == expected.shape[1]
    assert np.linalg.norm(expected, axis=1) == pytest.approx(np.ones(len(SENTENCES)), abs=1e-5)
    assert float(np.mean(cosines(vectors, expected))) >= 0.97
    assert min(cosines(vectors, expected)) >= 0.95
