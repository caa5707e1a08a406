"""What trained verifiers make of the pairs that a smaller one is to learn from (Hinton et al. 2015).

    python -m evals.teach_verifier --data FOLDER --teachers FOLDER ... --out FILE.npz

`--data` is evals/pack_verifier.py's folder, the others evals/train_verifier.py's. Writes for each epoch the mean of
the teachers' probabilities, shape (pairs, 3), which `python -m evals.train_verifier --taught FILE.npz` learns from
beside the labels. Needs numpy and torch alone.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from evals.train_verifier import Pairs, load, predict


def main() -> None:
    """Foretell and save."""
    parser = argparse.ArgumentParser(prog="python -m evals.teach_verifier", description="Ask trained verifiers.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pairs = Pairs(options.data, device)
    teachers = [load(folder / "weights.npz", options.data)[0].to(device) for folder in options.teachers]
    found = {}
    for number, rows in enumerate(pairs.epochs):
        own = np.mean([predict(teacher, pairs, rows) for teacher in teachers], axis=0)
        found[f"epoch{number}"] = own.astype(np.float16)
        right = float((own.argmax(axis=1) == rows[:, 2]).mean())
        print(f"epoch {number}: {len(rows)} pairs, {right:.3f} as labelled", flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(options.out, **found)


if __name__ == "__main__":
    main()
