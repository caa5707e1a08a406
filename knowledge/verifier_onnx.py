"""The bundled verifier: a small model for Spanish and English, run as ONNX.

A reader turns claim and sentence, each by itself, into a row of bytes a token, so that a sentence is read but once; a
head aligns the two and judges. Trained by `evals/train_verifier.py`; `models/verifier/card.toml` says on what and under
which licence. One text, and one pair, at a time: a score must not depend, in its last digit, on what else is asked.
"""

import hashlib
import math
import os
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.documents import digest
from knowledge.errors import BadVerifier
from knowledge.index import Progress
from knowledge.judgement import Judgement, judgements, pairs_of
from knowledge.messages import LANGUAGES
from knowledge.pieces import TOKENIZER, pieces_of
from knowledge.readings import Readings, ReadText, keep_readings, open_readings

FOLDER = Path(__file__).with_name("models") / "verifier"
CARD = FOLDER / "card.toml"
READER, HEAD = "reader.onnx", "head.onnx"
MAX_TOKENS = 128  # of one text with its marks; a longer sentence is cut, a longer claim is not judged
BEGIN, END, MARKS = 0, 2, 3  # pieces up to MARKS stand for no words
REMEMBERED = 20_000  # pairs whose scores are kept
READ = 20_000  # texts whose states are kept: some 4 kB each
WORKERS = min(4, os.cpu_count() or 1)  # texts or pairs read at a time, each on one core
_WORKERS = ThreadPoolExecutor(WORKERS, "verifier")


class OnnxVerifier:
    """Reads a sentence and a claim; labels: supported, contradicted, neither.

    `cache`: the folder where readings of sentences are kept, if any are.
    """

    languages = LANGUAGES
    general = False

    def __init__(self, folder: Path = FOLDER, cache: Path | None = None) -> None:
        self.folder = folder
        self.cache = cache
        card = (folder / CARD.name).read_text(encoding="utf-8")
        self._card = tomllib.loads(card)
        self.name = f"bundled/{digest(card)[:12]}"  # digests of both files and the temperature stand in it
        self.temperature = float(self._card["temperature"])
        self._step = np.float32(self._card["step"])
        self._kept: Readings | None = open_readings(cache, self.name) if cache is not None else None
        self._scores = lru_cache(maxsize=REMEMBERED)(self._judge)
        self._texts = lru_cache(maxsize=READ)(self._read)

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        """One judgement a claim on its own sentences. Raises `BadVerifier` when the model's files are not what they
        were."""
        pairs = pairs_of(evidence, claims)
        if len(pairs) < 2:
            return judgements(evidence, [self._scores(*pair) for pair in pairs])
        _ = self._reader, self._head  # opened once, before several threads ask for them
        list(_WORKERS.map(self._texts, dict.fromkeys(text for pair in pairs for text in pair)))
        return judgements(evidence, list(_WORKERS.map(lambda pair: self._scores(*pair), pairs)))

    def keep(self, texts: Iterable[str], progress: Progress | None = None) -> None:
        """Read these sentences now and keep what was read in `cache`, in place of all that was kept there. Raises
        `KnowledgeError` when that cannot be written."""
        if self.cache is None:
            raise ValueError("this verifier was given no folder to keep readings in")
        _ = self._reader
        self._kept = keep_readings(self.cache, self.name, texts, self._read_anew, WORKERS, progress)

    def read(self, text: str) -> ReadText:
        """What the reader makes of a text, as kept or read now."""
        return self._texts(text)

    def _judge(self, sentence: str, claim: str) -> tuple[float, float]:
        mine, theirs = self._texts(claim), self._texts(sentence)
        if not mine.whole or len(mine.ids) < 3 or len(theirs.ids) < 3:  # nothing between the marks
            return 0.0, 0.0
        same = (mine.ids[:, None] == theirs.ids[None, :]) & (mine.ids[:, None] > MARKS)
        given = {
            "claim": mine.states[None] * self._step, "sentence": theirs.states[None] * self._step,
            "claim_mask": np.ones((1, len(mine.ids)), dtype=bool),
            "sentence_mask": np.ones((1, len(theirs.ids)), dtype=bool), "same": same[None].astype(np.float32),
        }  # fmt: skip
        logits = self._head.run(None, given)[0][0]
        odds = [math.exp((value - float(max(logits))) / self.temperature) for value in map(float, logits)]
        total = sum(odds)
        return odds[0] / total, odds[1] / total

    def _read(self, text: str) -> ReadText:
        kept = self._kept.find(text) if self._kept is not None else None
        return kept if kept is not None else self._read_anew(text)

    def _read_anew(self, text: str) -> ReadText:
        (found,) = pieces_of([text], self.folder / TOKENIZER.name)
        ids = np.array([BEGIN, *found[: MAX_TOKENS - 2], END], dtype=np.int64)
        states = self._reader.run(None, {"ids": ids[None]})[0][0]
        return ReadText(ids, states, len(found) <= MAX_TOKENS - 2)

    @cached_property
    def _reader(self) -> Any:
        return self._session(READER, "reader_sha256")

    @cached_property
    def _head(self) -> Any:
        return self._session(HEAD, "head_sha256")

    def _session(self, name: str, expected: str) -> Any:
        import onnxruntime  # noqa: PLC0415  a tenth of a second that `atenea --help` need not pay

        data = (self.folder / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != self._card[expected]:
            raise BadVerifier("verifier-digest", path=self.folder / name)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.disable_quant_qdq", "1")  # matrices are unfolded once, when opened
        options.intra_op_num_threads = 1  # texts are short: two cores read two of them sooner than one after another
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
