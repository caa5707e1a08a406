"""What the frozen encoder of the bundled verifier makes of texts, computed once and kept in a file while training.

Reading is nine tenths of the work of training, and the encoder does not change, so each text is read once.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from evals.claim_pairs import LABELS, ClaimPair
from evals.multilingual_weights import PAD, SPECIAL
from evals.verifier_head import STATES

TOKENS = 96  # of a text; what is longer is cut
BATCH = 64
Reader = Callable[[Any, Any], Any]  # (ids, mask) -> states, (batch, tokens, STATES)


class TextStates:
    """The states of texts, half precision, in `folder`; made by `read` from `tokenizer`'s pieces."""

    def __init__(self, texts: Sequence[str], read: Reader, tokenizer: Any, folder: Path) -> None:
        self.rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        tokenizer.no_padding()
        tokenizer.enable_truncation(TOKENS)
        ids = [np.array(one.ids, dtype=np.int64) for one in tokenizer.encode_batch(list(self.rows))]
        self.starts = np.concatenate([[0], np.cumsum([len(one) for one in ids])])
        self.ids = np.concatenate(ids)
        folder.mkdir(parents=True, exist_ok=True)
        shape = (int(self.starts[-1]), STATES)
        self.states = np.lib.format.open_memmap(folder / "states.npy", "w+", np.float16, shape)
        self._fill(ids, read)

    def _fill(self, ids: Sequence[NDArray[np.int64]], read: Reader) -> None:
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        started = time.monotonic()
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            most = max(len(ids[row]) for row in rows)
            tokens = torch.full((len(rows), most), SPECIAL[PAD])
            mask = torch.zeros((len(rows), most), dtype=torch.int64)
            for place, row in enumerate(rows):
                tokens[place, : len(ids[row])] = torch.from_numpy(ids[row])
                mask[place, : len(ids[row])] = 1
            with torch.inference_mode():
                found = read(tokens, mask).cpu().numpy().astype(np.float16)
            for place, row in enumerate(rows):
                self.states[self.starts[row] : self.starts[row + 1]] = found[place, : len(ids[row])]
            if at % (100 * BATCH) == 0:
                print(f"read {at} of {len(order)} texts, {time.monotonic() - started:.0f} s", flush=True)

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
