"""Training the verifier: batches lose nothing, what can be learnt is learnt and kept, and what ships says the same."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from evals.export_verifier import export, temperature, write_card
from evals.teach_verifier import main as teach_main
from evals.train_verifier import BLOCK, TAUGHT, Pairs, blocked, load, predict, report, save, train, unblocked
from evals.verifier_network import HIDDEN, INNER, MOST_TOKENS, Sizes, VerifierNetwork
from knowledge.verifier_onnx import OnnxVerifier

WORDS = ["<s>", "<pad>", "</s>", "<unk>", "layer", "head", "six", "mask", "no"]
SIZES = Sizes(layers=1, width=32, head_layers=1)
SETTINGS = argparse.Namespace(
    out=Path("run"), epochs=60.0, seconds=float("inf"), batch=32, rate=1e-3, head_rate=3e-3, hide=0.0, smoothing=0.0,
    seed=0,
)  # fmt: skip


def written(folder: Path, texts: list[str], **rows: list[tuple[int, int, int]]) -> Path:
    """A folder such as evals/pack_verifier.py writes, with random weights to start from."""
    ids = [[0, *(WORDS.index(word) for word in text.split()), 2] for text in texts]
    arrays: dict[str, Any] = {name.replace("_", " "): np.array(own, dtype=np.int32) for name, own in rows.items()}
    arrays["ids"] = np.array([piece for text in ids for piece in text], dtype=np.uint16)
    arrays["starts"] = np.concatenate([[0], np.cumsum([len(text) for text in ids])]).astype(np.int32)
    folder.mkdir()
    np.savez(folder / "pairs.npz", **arrays)
    kinds = {"all": [["close", "en"] for _ in rows.get("held-out_all", [])]}
    (folder / "kinds.json").write_text(json.dumps(kinds), encoding="utf-8")
    chance = np.random.default_rng(0)
    dense = {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": INNER, "fo": HIDDEN}
    shapes = {f"l0.{name}.w": (size, INNER if name == "fo" else HIDDEN) for name, size in dense.items()}
    start: dict[str, NDArray[Any]] = {f"{name} values": chance.normal(0, 0.05, shape) for name, shape in shapes.items()}
    start |= {f"l0.{name}.b values": np.zeros(size) for name, size in dense.items()}
    for name in ("emb.ln", "l0.aln", "l0.oln"):
        start |= {f"{name}.w values": np.ones(HIDDEN), f"{name}.b values": np.zeros(HIDDEN)}
    start["emb.word values"] = chance.integers(-8, 8, (len(WORDS) * HIDDEN // BLOCK, BLOCK)).astype(np.int8)
    start["emb.pos values"] = chance.normal(0, 0.1, MOST_TOKENS * HIDDEN)
    start["emb.type values"] = np.zeros(2 * HIDDEN)
    scales = {name.replace("values", "scales"): np.ones(1, dtype=np.float16) for name in start}
    scales["emb.word scales"] = np.full((len(start["emb.word values"]), 1), 0.1, dtype=np.float16)
    np.savez(folder / "start.npz", **start, **scales)  # type: ignore[arg-type]
    return folder


def test_a_batch_holds_each_text_once_and_its_pairs(tmp_path: Path) -> None:
    folder = written(tmp_path / "data", ["layer head", "six", "mask mask six"], epoch0=[(0, 1, 2), (0, 2, 0)])
    pairs = Pairs(folder, "cpu")
    ids, claims, sentences, claim_tokens, sentence_tokens = pairs.batch(pairs.epochs[0])
    assert ids.tolist() == [[0, 4, 5, 2, 1], [0, 6, 2, 1, 1], [0, 7, 7, 6, 2]]
    assert (claims.tolist(), sentences.tolist()) == ([1, 2], [0, 0])
    assert (claim_tokens, sentence_tokens) == (5, 4)
    hidden, *_ = pairs.batch(pairs.epochs[0], hide=1.0)
    assert hidden.tolist() == [[0, 3, 3, 2, 1], [0, 3, 2, 1, 1], [0, 3, 3, 3, 2]], "the marks stay"


def test_batches_hold_every_pair_once_and_are_the_same_for_a_seed(tmp_path: Path) -> None:
    texts = ["layer " * n for n in range(1, 9)]
    rows = [(number % 8, number // 8, number % 3) for number in range(64)] * 3
    pairs = Pairs(written(tmp_path / "data", texts, epoch0=rows), "cpu")
    batches = list(pairs.batches(0, 10, 1))
    made = [batch for batch, _ in batches]
    assert sorted(map(tuple, np.concatenate(made).tolist())) == sorted(rows)
    assert max(map(len, made)) == 10
    assert all(np.array_equal(batch[:, 2], wanted.argmax(1)) for batch, wanted in batches)
    again, other = ([batch for batch, _ in pairs.batches(0, 10, seed)] for seed in (1, 2))
    assert all(np.array_equal(one, two) for one, two in zip(made, again, strict=True))
    assert not all(np.array_equal(one, two) for one, two in zip(made, other, strict=True))


def test_what_teachers_say_is_mixed_into_what_is_wanted(tmp_path: Path) -> None:
    rows = [(0, 1, 0), (0, 2, 1), (1, 2, 2)]
    pairs = Pairs(written(tmp_path / "data", ["layer", "layer six", "no layer"], epoch0=rows), "cpu")
    said = np.array([[0.6, 0.3, 0.1], [0.2, 0.8, 0.0], [1.0, 0.0, 0.0]])
    np.savez(tmp_path / "taught.npz", epoch0=said.astype(np.float16))
    pairs.answers = 1
    pairs.teach(tmp_path / "taught.npz")
    ((batch, wanted),) = pairs.batches(0, 8, 1)
    for row, own in zip(batch.tolist(), wanted.tolist(), strict=True):
        at = rows.index(tuple(row))
        share = 0.0 if at == 2 else TAUGHT  # the last is an answer, which the teachers do not know
        assert own == pytest.approx(share * said[at] + (1 - share) * np.eye(3)[row[2]], abs=1e-3)


def test_teachers_are_asked_about_every_pair(learnt: tuple[VerifierNetwork, Pairs, Path], tmp_path: Path,
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    _, pairs, folder = learnt
    out = tmp_path / "taught.npz"
    monkeypatch.setattr("sys.argv", ["teach", "--data", str(folder / "data"), "--teachers", str(folder), str(folder),
                                     "--out", str(out)])  # fmt: skip
    teach_main()
    with np.load(out) as found:
        assert found["epoch0"].shape == (len(pairs.epochs[0]), 3)
        assert found["epoch0"].astype(float).sum(1) == pytest.approx(1, abs=0.01)
        assert np.array_equal(found["epoch0"].argmax(1), pairs.epochs[0][:, 2])


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[VerifierNetwork, Pairs, Path]:
    """A network taught that "no" makes a claim false of its sentence and another word neither."""
    folder = tmp_path_factory.mktemp("train")
    texts = ["six layer", "layer six", "no layer", "mask head"]
    rows = [(0, 1, 0), (0, 2, 1), (0, 3, 2)]
    pairs = Pairs(written(folder / "data", texts, **{"epoch0": rows * 20, "held-out_all": rows}), "cpu")
    torch.manual_seed(0)
    save(VerifierNetwork(SIZES, len(WORDS)), SIZES, folder / "before.npz")
    network, _ = load(folder / "before.npz", folder / "data")
    train(network, pairs, SETTINGS)
    save(network, SIZES, folder / "weights.npz")
    return network, pairs, folder


def test_what_can_be_learnt_is_learnt_and_kept(learnt: tuple[VerifierNetwork, Pairs, Path]) -> None:
    network, pairs, folder = learnt
    found = predict(network, pairs, pairs.held_out["all"])
    assert found.argmax(axis=1).tolist() == [0, 1, 2]
    kept, sizes = load(folder / "weights.npz", folder / "data")
    assert sizes == SIZES
    assert np.allclose(predict(kept, pairs, pairs.held_out["all"]), found, atol=1e-6)


def test_what_ships_says_what_was_trained(learnt: tuple[VerifierNetwork, Pairs, Path]) -> None:
    """Through the graphs in bytes, the tokenizer and the runtime, within what bytes cost."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    _, pairs, folder = learnt
    network, sizes = load(folder / "weights.npz", folder / "data")
    expected = predict(network, pairs, pairs.held_out["all"])
    with np.load(folder / "data" / "start.npz") as file:
        embeddings = file["emb.word values"], file["emb.word scales"]
    export(network, sizes, embeddings, folder / "onnx")
    write_card(folder / "onnx", 1.0)
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "onnx" / "tokenizer.json"))
    judged = OnnxVerifier(folder / "onnx").score([["six layer"]] * 3, ["layer six", "no layer", "mask head"])
    found = np.array([(one.supported[0], one.contradicted[0]) for one in judged])
    assert np.allclose(found, expected[:, :2], atol=0.1)


@pytest.mark.parametrize("scale", [1e-3, 1.0])
def test_a_matrix_in_bytes_is_the_matrix_within_half_a_step(scale: float) -> None:
    weight = torch.randn(6, 4 * BLOCK, generator=torch.Generator().manual_seed(0)) * scale
    values, scales = blocked(weight)
    assert values.dtype == torch.int8
    error = (unblocked(values, scales) - weight).abs().view(6, 4, BLOCK)
    assert bool((error <= scales * 0.5001).all())
    again, same = blocked(unblocked(values, scales))
    assert torch.equal(again, values)
    assert torch.allclose(same, scales)


def test_a_report_tells_the_true_from_the_false_and_the_neither_apart() -> None:
    found = np.array([[0.9, 0.1, 0], [0.4, 0.5, 0.1], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7], [0.6, 0.1, 0.3]], np.float32)
    told = report(found, np.array([0, 0, 1, 2, 2], np.int32), [["close", "en"]] * 5)
    assert told == {
        "pairs": 5, "accuracy": 0.6667, "recall at 0.95": 0.5, "recall at 2 % false": 1.0, "neither": 0.5,
        "by": {"close": 0.667, "en": 0.667},
    }  # fmt: skip


@pytest.mark.parametrize("sharp", [0.5, 1.0, 2.0])
def test_the_temperature_makes_the_labels_likeliest(sharp: float) -> None:
    """Of labels drawn from known probabilities, logits sharpened by a factor want that factor back."""
    chance = np.random.default_rng(0)
    true = chance.normal(size=(4000, 3))
    likely = np.exp(true) / np.exp(true).sum(axis=1, keepdims=True)
    labels = np.array([chance.choice(3, p=row) for row in likely])
    assert temperature(true * sharp, labels) == pytest.approx(sharp, abs=0.15)
