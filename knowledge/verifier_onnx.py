"""The bundled verifier: a small cross-encoder for Spanish and English, run as int8 ONNX.

Trained by `evals/train_verifier.py` on claims about the bundled course; `models/verifier/card.toml` says on what, how
well it does, and under which licence. One pair at a time: int8 activations are scaled by batch, and a score must not
depend on what else is asked.
"""

import hashlib
import math
import os
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.errors import BadVerifier
from knowledge.judgement import Judgement, judgements, pairs_of
from knowledge.messages import LANGUAGES

FOLDER = Path(__file__).with_name("models") / "verifier"
MAX_TOKENS = 128  # of evidence and claim together; the evidence is cut, never the claim
BEGIN, END = 0, 2  # the marks around the two texts
MARKS = 4
REMEMBERED = 20_000  # pairs whose scores are kept
WORKERS = min(4, os.cpu_count() or 1)  # pairs read at a time, each on one core
_WORKERS = ThreadPoolExecutor(WORKERS, "verifier")


class OnnxVerifier:
    """Reads a sentence and a claim together; labels: supported, contradicted, neither."""

    languages = LANGUAGES
    general = False

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        card = tomllib.loads((folder / "card.toml").read_text(encoding="utf-8"))
        self.name = f"bundled/{card['sha256'][:12]}"
        self.temperature = float(card["temperature"])
        self._sha256 = str(card["sha256"])
        self._scores = lru_cache(maxsize=REMEMBERED)(self._read)

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        """One judgement a claim on its own sentences. Raises `BadVerifier` when the model's file is not what it was."""
        pairs = pairs_of(evidence, claims)
        if len(pairs) < 2:
            return judgements(evidence, [self._scores(*pair) for pair in pairs])
        _ = self._session, self._tokenizer  # opened once, before several threads ask for them
        return judgements(evidence, list(_WORKERS.map(lambda pair: self._scores(*pair), pairs)))

    def _read(self, sentence: str, claim: str) -> tuple[float, float]:
        asked = self._tokenizer.encode(claim, add_special_tokens=False).ids
        room = MAX_TOKENS - MARKS - len(asked)
        if room < 1 or not asked:
            return 0.0, 0.0
        given = self._tokenizer.encode(sentence, add_special_tokens=False).ids[:room]
        ids = np.array([[BEGIN, *given, END, END, *asked, END]], dtype=np.int64)
        logits = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        odds = [math.exp((value - float(max(logits))) / self.temperature) for value in map(float, logits)]
        total = sum(odds)
        return odds[0] / total, odds[1] / total

    @cached_property
    def _session(self) -> Any:
        import onnxruntime  # noqa: PLC0415  a tenth of a second that `atenea --help` need not pay

        data = (self.folder / "model.onnx").read_bytes()
        if hashlib.sha256(data).hexdigest() != self._sha256:
            raise BadVerifier("verifier-digest", path=self.folder / "model.onnx")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1  # pairs are small: two cores read two of them sooner than one after another
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer  # noqa: PLC0415

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer
