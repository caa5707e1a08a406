"""What the frozen encoder of the bundled verifier makes of texts, computed once and kept in a file while training.

The encoder does not change, so each text is read once; and alone, as the verifier will read it: the activations of an
int8 encoder are scaled by batch.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from evals.claim_pairs import LABELS, ClaimPair
from evals.multilingual_weights import SPECIAL
from evals.verifier_head import STATES

TOKENS = 96  # of a text; what is longer is cut
TOLD_EVERY = 5000  # texts
Reader = Callable[[NDArray[np.int64]], NDArray[Any]]  # the pieces of one text -> states, (pieces, STATES)


class TextStates:
    """The states of texts, half precision, in `folder`; made by `read` from `tokenizer`'s pieces."""

    def __init__(self, texts: Sequence[str], read: Reader, tokenizer: Any, folder: Path, workers: int = 1) -> None:
        self.rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        tokenizer.no_padding()
        tokenizer.enable_truncation(TOKENS)
        ids = [np.array(one.ids, dtype=np.int64) for one in tokenizer.encode_batch(list(self.rows))]
        self.starts = np.concatenate([[0], np.cumsum([len(one) for one in ids])])
        self.ids = np.concatenate(ids)
        folder.mkdir(parents=True, exist_ok=True)
        shape = (int(self.starts[-1]), STATES)
        self.states = np.lib.format.open_memmap(folder / "states.npy", "w+", np.float16, shape)
        self._fill(ids, read, workers)

    def _fill(self, ids: Sequence[NDArray[np.int64]], read: Reader, workers: int) -> None:
        started = time.monotonic()
        with ThreadPoolExecutor(workers) as pool:
            for row, found in enumerate(pool.map(read, ids)):
                self.states[self.starts[row] : self.starts[row + 1]] = found
                if row % TOLD_EVERY == 0:
                    print(f"read {row} of {len(ids)} texts, {time.monotonic() - started:.0f} s", flush=True)

    def length(self, pair: ClaimPair) -> int:
        """The tokens of both texts."""
        return sum(
            int(self.starts[row + 1] - self.starts[row]) for row in (self.rows[pair.evidence], self.rows[pair.claim])
        )

    def batch(self, pairs: Sequence[ClaimPair]) -> tuple[tuple[Any, ...], Any]:
        """(what `Head.forward` takes, the labels' numbers) of some pairs."""
        claim, claim_mask, claim_ids = self._packed([self.rows[pair.claim] for pair in pairs])
        sentence, sentence_mask, sentence_ids = self._packed([self.rows[pair.evidence] for pair in pairs])
        same = (claim_ids[:, :, None] == sentence_ids[:, None, :]) & (claim_ids[:, :, None] > max(SPECIAL.values()))
        wanted = torch.tensor([LABELS.index(pair.label) for pair in pairs])
        return (claim, sentence, claim_mask, sentence_mask, same.float()), wanted

    def _packed(self, rows: Sequence[int]) -> tuple[Any, Any, Any]:
        lengths = [int(self.starts[row + 1] - self.starts[row]) for row in rows]
        states = np.zeros((len(rows), max(lengths), STATES), dtype=np.float32)
        mask = np.zeros(states.shape[:2], dtype=bool)
        ids = np.full(states.shape[:2], -1, dtype=np.int64)
        for place, (row, length) in enumerate(zip(rows, lengths, strict=True)):
            start = self.starts[row]
            states[place, :length] = self.states[start : start + length]
            mask[place, :length] = True
            ids[place, :length] = self.ids[start : start + length]
        return torch.from_numpy(states), torch.from_numpy(mask), torch.from_numpy(ids)
