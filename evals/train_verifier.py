"""Train the bundled verifier: a sentence of evidence and a claim in, P(supported), P(contradicted), P(neither) out.

    python -m evals.pack_verifier --out FOLDER
    python -m evals.train_verifier --data FOLDER --out FOLDER [--epochs 20 | --seconds 400] [--layers 8] ...
    python -m evals.export_verifier --data FOLDER --trained FOLDER --out FOLDER

The middle step needs numpy and torch alone, and runs on a GPU where there is one (docs/LOG.md has the times). Reader
and head (evals/verifier_network.py) are trained together on the pairs of evals/claim_pairs.py; one group of evidence in
twelve is kept out and reported. The rate falls with the share of `--epochs` or `--seconds` that is used up; what is
kept is the running mean of the weights (Polyak and Juditsky 1992), with the reader's matrices rounded as they will
ship. Seeds are fixed; on a GPU two runs still differ in the last digits. Writes `weights.npz`, `report.json`, and in
`asked.npz` what it foretells of the pairs that it was asked.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from evals.verifier_network import LABELS, LAST_MARK, PAD, Sizes, VerifierNetwork

CLIMB, LEAST = 200, 0.01  # steps up to the peak rate, and the share of it that is left at the end
MEAN = 0.999  # decay of the running mean of the weights
TAUGHT = 0.7  # of what a pair is wanted to give, by teachers where there are any
BUCKET = 40  # batches that are sorted by length together
READ_AT_ONCE = 1024  # pairs, when not training
BLOCK = 32  # weights that share a scale, as the runtime keeps them
UNKNOWN = 3
Rows = NDArray[np.int32]  # (pairs, 3): evidence, claim, label
Probabilities = NDArray[np.float32]


class Pairs:
    """What evals/pack_verifier.py wrote, on a device."""

    def __init__(self, folder: Path, device: str) -> None:
        with np.load(folder / "pairs.npz") as file:
            arrays: dict[str, Any] = dict(file)
        self.device = device
        self.ids = torch.from_numpy(arrays["ids"].astype(np.int64)).to(device)
        starts = arrays["starts"].astype(np.int64)
        self.lengths: NDArray[np.int64] = np.diff(starts)
        self.starts = torch.from_numpy(starts).to(device)
        self.epochs: list[Rows] = [arrays[f"epoch{n}"] for n in range(sum(name.startswith("epoch") for name in arrays))]
        self.answers = int(arrays.get("answers", 0))  # how many pairs at the end of each epoch are answers
        labels = (torch.from_numpy(rows[:, 2].astype(np.int64)).to(device) for rows in self.epochs)
        self.wanted = [torch.nn.functional.one_hot(own, LABELS).float() for own in labels]
        self.held_out: dict[str, Rows] = _named(arrays, "held-out ")
        self.asked: dict[str, Rows] = _named(arrays, "asked ")
        self.kinds: dict[str, list[list[str]]] = json.loads((folder / "kinds.json").read_text(encoding="utf-8"))

    def batch(self, rows: Rows, hide: float = 0.0) -> tuple[Tensor, Tensor, Tensor, int, int]:
        """What the network takes; each text once. `hide`: the share of tokens made unknown."""
        texts, places = np.unique(np.concatenate([rows[:, 1], rows[:, 0]]), return_inverse=True)
        sent = torch.from_numpy(np.concatenate([texts, places])).to(self.device, non_blocking=True)
        chosen, pairs = sent[: len(texts)], sent[len(texts) :]
        begins, ends = self.starts[chosen], self.starts[chosen + 1]
        at = begins[:, None] + torch.arange(int(self.lengths[texts].max()), device=self.device)
        ids = torch.where(at < ends[:, None], self.ids[at.clamp(max=len(self.ids) - 1)], PAD)
        if hide:
            hidden = (torch.rand(ids.shape, device=self.device) < hide) & (ids > LAST_MARK)
            ids = torch.where(hidden, UNKNOWN, ids)
        longest = (int(self.lengths[rows[:, side]].max()) for side in (1, 0))
        return (ids, pairs[: len(rows)], pairs[len(rows) :], *longest)  # type: ignore[return-value]

    def batches(self, epoch: int, size: int, seed: int) -> Iterator[tuple[Rows, Tensor]]:
        """Batches of an epoch with what is wanted of each pair, in a random order, sentences of like length together
        and the claims on one sentence side by side."""
        rows, wanted = self.epochs[epoch], self.wanted[epoch]
        chance = np.random.default_rng(seed)
        groups = np.unique(rows[:, 0], return_inverse=True)[1]
        order = np.argsort(chance.permutation(groups.max() + 1)[groups], kind="stable")
        found = []
        for start in range(0, len(order), size * BUCKET):
            part = order[start : start + size * BUCKET]
            part = part[np.lexsort((rows[part, 0], self.lengths[rows[part, 0]]))]
            found += [part[at : at + size] for at in range(0, len(part), size)]
        random.Random(seed).shuffle(found)  # noqa: S311  a reproducible order
        return ((rows[chosen], wanted[torch.from_numpy(chosen).to(self.device)]) for chosen in found)

    def teach(self, file: Path) -> None:
        """Mix what teachers say of the pairs (evals/teach_verifier.py) into what is wanted of them, but of answers,
        which they were not taught on."""
        with np.load(file) as taught:
            for number, wanted in enumerate(self.wanted):
                count = len(wanted) - self.answers
                said = torch.from_numpy(taught[f"epoch{number}"][:count].astype(np.float32)).to(self.device)
                wanted[:count] = TAUGHT * said + (1 - TAUGHT) * wanted[:count]


def main() -> None:
    """Train, report, save."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_verifier", description="Train the claim verifier.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop by then")
    parser.add_argument("--layers", type=int, default=Sizes.layers)
    parser.add_argument("--width", type=int, default=Sizes.width)
    parser.add_argument("--head-layers", type=int, default=Sizes.head_layers)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=1.5e-4, help="the peak of the reader's learning rate")
    parser.add_argument("--head-rate", type=float, default=1e-3, help="the peak of the head's")
    parser.add_argument("--drop", type=float, default=0.1, help="the share that dropout leaves out")
    parser.add_argument("--hide", type=float, default=0.0, help="the share of tokens made unknown")
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--trained", type=Path, help="go on from what an earlier run left, whatever the sizes given")
    parser.add_argument("--taught", type=Path, help="what teachers say of the pairs (evals/teach_verifier.py)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.backends.cuda.matmul.allow_tf32 = True
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network, sizes = begin(options)
    network.to(device)
    pairs = Pairs(options.data, device)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.taught:
        pairs.teach(options.taught)
    train(network, pairs, options)
    save(network, sizes, options.out / "weights.npz")
    told = {"settings": {name: str(value) for name, value in vars(options).items()}, **reports(network, pairs)}
    (options.out / "report.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    asked = {name: predict(network, pairs, rows)[:, :2].astype(np.float16) for name, rows in pairs.asked.items()}
    np.savez_compressed(options.out / "asked.npz", **asked)  # type: ignore[arg-type]


def begin(options: argparse.Namespace) -> tuple[VerifierNetwork, Sizes]:
    """The network before training: as it starts, or as an earlier run left it."""
    if options.trained:
        return load(options.trained / "weights.npz", options.data, options.drop)
    start, sizes = read_start(options.data), Sizes(options.layers, options.width, options.head_layers)
    network = VerifierNetwork(sizes, start["emb.word"].numel() // start["emb.ln.w"].numel(), options.drop, options.drop)
    network.reader.begin(start)
    return network, sizes


def train(network: VerifierNetwork, pairs: Pairs, options: argparse.Namespace) -> None:
    """Train in place; at the end the weights are the running mean, rounded."""
    own = set(network.reader.layers.parameters()) | set(network.reader.start.parameters())
    learnt = [weight for weight in network.parameters() if weight.requires_grad]
    rest = [weight for weight in learnt if weight not in own]
    groups = [
        {"params": [weight for weight in learnt if weight in own], "peak": options.rate},
        {"params": rest, "peak": options.head_rate},
    ]
    fused = pairs.device == "cuda"
    optimizer = torch.optim.AdamW(groups, lr=options.rate, weight_decay=0.02, fused=fused)
    means: list[Tensor] = [weight.detach().clone() for weight in learnt]
    steps, step, epoch, started = options.epochs * (len(pairs.epochs[0]) // options.batch + 1), 0, 0, time.monotonic()
    print(f"{options.out.name}: {len(pairs.epochs[0])} pairs an epoch on {pairs.device}", flush=True)
    while True:
        losses = torch.zeros((), device=pairs.device)
        network.train()
        begun = step
        for rows, wanted in pairs.batches(epoch % len(pairs.epochs), options.batch, options.seed + epoch):
            used = max(step / steps, (time.monotonic() - started) / options.seconds)
            if used >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * min((step + 1) / CLIMB, max(LEAST, 1 - used))
            with torch.autocast("cuda", dtype=torch.bfloat16, enabled=fused):
                logits = network(*pairs.batch(rows, options.hide))
            loss = cross_entropy(logits, wanted, label_smoothing=options.smoothing)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimizer.step()
            step += 1
            with torch.no_grad():
                torch._foreach_lerp_(means, tuple(learnt), 1 - min(MEAN, step / (step + 10)))
                losses += loss.detach()
        else:
            epoch += 1
            taken = round(time.monotonic() - started)
            print(f"{options.out.name}: epoch {epoch} loss {losses.item() / (step - begun):.3f} {taken} s", flush=True)
            if epoch % 4 == 0:
                print(json.dumps({"name": options.out.name, "epoch": epoch, **reports(network, pairs)}), flush=True)
            continue
        break
    with torch.no_grad():
        for weight, mean in zip(learnt, means, strict=True):
            weight.copy_(mean)
        for name, weight in network.reader.named_parameters():
            if is_rounded(name, weight):
                weight.copy_(unblocked(*blocked(weight)))
    print(json.dumps({"name": options.out.name, "steps": step, "epochs": step / steps * options.epochs,
                      **reports(network, pairs)}), flush=True)  # fmt: skip


def is_rounded(name: str, weight: Tensor) -> bool:
    """Whether a weight of the reader is kept in bytes."""
    return name.startswith(("layers.", "narrow.")) and weight.dim() == 2


def blocked(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(int8 values, scales) of a matrix, BLOCK of each row sharing a scale."""
    rows = weight.float().view(weight.shape[0], -1, BLOCK)
    scales = rows.abs().amax(2, keepdim=True).clamp(min=1e-8) / 127
    return (rows / scales).round().to(torch.int8), scales


def unblocked(values: Tensor, scales: Tensor) -> Tensor:
    """The matrix again."""
    return (values.float() * scales).flatten(1)


def save(network: VerifierNetwork, sizes: Sizes, path: Path) -> None:
    """Write what was learnt, the reader's matrices as bytes; not the embeddings, which training leaves as they were."""
    found: dict[str, NDArray[Any]] = {"sizes": np.array([sizes.layers, sizes.width, sizes.head_layers])}
    for name, weight in network.named_parameters():
        if not weight.requires_grad:
            continue
        if name.startswith("reader.") and is_rounded(name.removeprefix("reader."), weight):
            values, scales = blocked(weight.detach().cpu())
            found[f"{name} values"], found[f"{name} scales"] = values.numpy(), scales.numpy()
        else:
            found[name] = weight.detach().cpu().numpy()
    np.savez_compressed(path, **found)  # type: ignore[arg-type]


def read_start(folder: Path) -> dict[str, Tensor]:
    """The weights to start from, flat (evals/pack_verifier.py)."""
    with np.load(folder / "start.npz") as file:
        names = [name.removesuffix(" values") for name in file.files if name.endswith(" values")]
        both = {name: (file[f"{name} values"], file[f"{name} scales"].astype(np.float32)) for name in names}
    return {name: torch.from_numpy((values * scales).reshape(-1)) for name, (values, scales) in both.items()}


def load(path: Path, data: Path, drop: float = 0.0) -> tuple[VerifierNetwork, Sizes]:
    """The network that was saved, on the weights that it started from (in the folder `data`). `drop`: what dropout
    leaves out when it is trained further."""
    with np.load(path) as file:
        found = {name: torch.from_numpy(file[name]) for name in file.files}
    sizes, start = Sizes(*map(int, found["sizes"])), read_start(data)
    network = VerifierNetwork(sizes, start["emb.word"].numel() // start["emb.ln.w"].numel(), drop, drop)
    network.reader.begin(start)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if f"{name} values" in found:
                weight.copy_(unblocked(found[f"{name} values"], found[f"{name} scales"]))
            elif weight.requires_grad:
                weight.copy_(found[name])
    return network.eval(), sizes


def predict(network: VerifierNetwork, pairs: Pairs, rows: Rows) -> Probabilities:
    """Probabilities, shape (pairs, 3)."""
    network.eval()
    found = np.zeros((len(rows), 3), dtype=np.float32)
    order = np.lexsort((rows[:, 0], pairs.lengths[rows[:, 0]]))
    with torch.inference_mode():
        for start in range(0, len(order), READ_AT_ONCE):
            chosen = order[start : start + READ_AT_ONCE]
            with torch.autocast("cuda", dtype=torch.bfloat16, enabled=pairs.device == "cuda"):
                logits = network(*pairs.batch(rows[chosen]))
            found[chosen] = logits.float().softmax(-1).cpu().numpy()
    return found


def reports(network: VerifierNetwork, pairs: Pairs) -> dict[str, Any]:
    """`report` on each part that is held out."""
    return {
        name: report(predict(network, pairs, rows), rows[:, 2], pairs.kinds[name])
        for name, rows in pairs.held_out.items()
    }


def report(found: Probabilities, wanted: NDArray[np.int32], kinds: list[list[str]]) -> dict[str, Any]:
    """Accuracy on true against false, whole and by language and kind; recall of the true at a precision of 95 % and
    with 2 % of the false let through; how many of those that are neither are seen to be so."""
    told, true, false = wanted < 2, wanted == 0, wanted == 1
    right = (found[:, 0] > found[:, 1]) == true
    by: dict[str, list[bool]] = defaultdict(list)
    for names, hit in zip((kinds[row] for row in np.nonzero(told)[0]), right[told], strict=True):
        for name in names:
            by[name].append(bool(hit))
    order = np.argsort(-found[:, 0])
    hits, misses = np.cumsum(true[order]), np.cumsum(false[order])
    precise = hits / np.arange(1, len(order) + 1) >= 0.95
    strict = misses <= 0.02 * false.sum()
    recall = {name: float(hits[np.nonzero(fits)[0][-1]] / true.sum()) if fits.any() else 0.0
              for name, fits in (("recall at 0.95", precise), ("recall at 2 % false", strict))}  # fmt: skip
    return {
        "pairs": len(wanted), "accuracy": round(float(right[told].mean()), 4),
        **{name: round(value, 4) for name, value in recall.items()},
        "neither": round(float((found[wanted == 2].argmax(1) == 2).mean()), 3) if (wanted == 2).any() else None,
        "by": {name: round(float(np.mean(hits)), 3) for name, hits in sorted(by.items())},
    }  # fmt: skip


def _named(arrays: Mapping[str, Any], prefix: str) -> dict[str, Rows]:
    return {name.removeprefix(prefix): rows for name, rows in arrays.items() if name.startswith(prefix)}


if __name__ == "__main__":
    main()
