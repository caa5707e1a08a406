"""The bundled verifier: a small model for Spanish and English, run as ONNX.

A reader turns claim and sentence, each by itself, into a row of bytes a token, so that a sentence is read but once; a
head aligns the two and judges. Trained by `evals/train_verifier.py`; `models/verifier/card.toml` says on what and under
which licence. A score does not depend, in its last digit, on what else is asked: one text is read at a time, and pairs
that are judged together are padded to whole blocks, so that the same sums are added in the same order (docs/LOG.md).
"""

import hashlib
import math
import os
import tomllib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import digest
from knowledge.errors import BadVerifier
from knowledge.index import Progress
from knowledge.judgement import Judgement, Pair, Scores, judgements, pairs_of
from knowledge.messages import LANGUAGES
from knowledge.pieces import TOKENIZER, pieces_of
from knowledge.readings import Readings, ReadText, keep_readings, open_readings

FOLDER = Path(__file__).with_name("models") / "verifier"
CARD = FOLDER / "card.toml"
READER, HEAD = "reader.onnx", "head.onnx"
MAX_TOKENS = 128  # of one text with its marks; a longer sentence is cut, a longer claim is not judged
BEGIN, PAD, END, MARKS = 0, 1, 2, 3  # pieces up to MARKS stand for no words
EMPTY = 2  # pieces of a text with nothing between its marks
REMEMBERED = 20_000  # pairs whose scores are kept
CLAIM_BLOCK, SENTENCE_BLOCK = 16, 32  # tokens that claims and sentences are padded to the next multiple of
TOGETHER = 8  # pairs at a time; two at least, since one alone is multiplied in another order
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
        self._scores: OrderedDict[Pair, Scores] = OrderedDict()  # the latest last
        self._keeping = Lock()
        self._texts = lru_cache(maxsize=READ)(self._read)
        self._ahead: dict[str, Future[ReadText]] = {}  # claims that are being read before they are asked about
        self._sessions: dict[str, Any] = {}
        self._opening = Lock()

    def begin(self, claim: str) -> None:
        """Read a claim that will be asked about, while others look for the sentences to read it with."""
        if claim not in self._ahead:
            reading = self._ahead[claim] = _WORKERS.submit(self._texts, claim)
            reading.add_done_callback(lambda _: self._ahead.pop(claim, None))

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        """One judgement a claim on its own sentences. Raises `BadVerifier` when the model's files are not what they
        were."""
        pairs = pairs_of(evidence, claims)
        for reading in [self._ahead.get(claim) for claim in claims]:
            if reading is not None:
                reading.result()
        known = self._known(pairs)
        fresh = [pair for pair in dict.fromkeys(pairs) if pair not in known]
        list(_WORKERS.map(self._texts, dict.fromkeys(text for pair in fresh for text in pair)))
        batches = self._batches(fresh)
        judged = map(self._judge, batches) if len(batches) < 2 else _WORKERS.map(self._judge, batches)
        for batch, scores in zip(batches, judged, strict=True):
            known.update(zip(batch, scores, strict=True))
        self._keep_scores({pair: known[pair] for pair in fresh})
        return judgements(evidence, [known[pair] for pair in pairs])

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

    def _known(self, pairs: Sequence[Pair]) -> dict[Pair, Scores]:
        """The scores of pairs that were judged before."""
        with self._keeping:
            found = {pair: self._scores[pair] for pair in dict.fromkeys(pairs) if pair in self._scores}
            for pair in found:
                self._scores.move_to_end(pair)
        return found

    def _keep_scores(self, scores: Mapping[Pair, Scores]) -> None:
        with self._keeping:
            self._scores.update(scores)
            while len(self._scores) > REMEMBERED:
                self._scores.popitem(last=False)

    def _batches(self, pairs: Sequence[Pair]) -> list[list[Pair]]:
        """The pairs by their padded lengths, at most TOGETHER in a batch."""
        alike: dict[tuple[int, int], list[Pair]] = {}
        for sentence, claim in pairs:
            size = _padded(self._texts(claim), CLAIM_BLOCK), _padded(self._texts(sentence), SENTENCE_BLOCK)
            alike.setdefault(size, []).append((sentence, claim))
        return [one[start : start + TOGETHER] for one in alike.values() for start in range(0, len(one), TOGETHER)]

    def _judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """The scores of pairs of one padded size."""
        read = [(self._texts(claim), self._texts(sentence)) for sentence, claim in pairs]
        length, width = _padded(read[0][0], CLAIM_BLOCK), _padded(read[0][1], SENTENCE_BLOCK)
        rows = max(2, len(read))
        claims, claim_ids = self._states([mine for mine, _ in read], rows, length)
        sentences, ids = self._states([theirs for _, theirs in read], rows, width)
        same = (claim_ids[:, :, None] == ids[:, None, :]) & (claim_ids[:, :, None] > MARKS)
        given = {
            "claim": claims, "sentence": sentences, "claim_mask": claim_ids != PAD, "sentence_mask": ids != PAD,
            "same": same.astype(np.float32),
        }  # fmt: skip
        logits = self._head.run(None, given)[0]
        return [
            self._probabilities(row) if mine.whole and len(mine.ids) > EMPTY and len(theirs.ids) > EMPTY else (0.0, 0.0)
            for row, (mine, theirs) in zip(logits, read, strict=False)
        ]

    def _states(
        self, texts: Sequence[ReadText], rows: int, length: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """States and pieces, padded: shapes (rows, length, width) and (rows, length); rows to spare say the last."""
        states = np.zeros((rows, length, texts[0].states.shape[1]), dtype=np.float32)
        ids = np.full((rows, length), PAD, dtype=np.int64)
        for row in range(rows):
            text = texts[min(row, len(texts) - 1)]
            states[row, : len(text.ids)] = text.states * self._step
            ids[row, : len(text.ids)] = text.ids
        return states, ids

    def _probabilities(self, logits: NDArray[np.float32]) -> Scores:
        """Of supported and of contradicted."""
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

    @property
    def _reader(self) -> Any:
        return self._session(READER, "reader_sha256")

    @property
    def _head(self) -> Any:
        return self._session(HEAD, "head_sha256")

    def _session(self, name: str, expected: str) -> Any:
        """The model in one of the files, opened once, whoever asks first."""
        if name not in self._sessions:
            with self._opening:
                if name not in self._sessions:
                    self._sessions[name] = self._opened(name, expected)
        return self._sessions[name]

    def _opened(self, name: str, expected: str) -> Any:
        import onnxruntime  # noqa: PLC0415  a tenth of a second that `atenea --help` need not pay

        data = (self.folder / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != self._card[expected]:
            raise BadVerifier("verifier-digest", path=self.folder / name)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.disable_quant_qdq", "1")  # matrices are unfolded once, when opened
        options.intra_op_num_threads = 1  # texts are short: two cores read two of them sooner than one after another
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def _padded(text: ReadText, block: int) -> int:
    """The length of a text with padding to a whole block."""
    return -(-len(text.ids) // block) * block
