"""Which sentences of a course may support or deny a claim, in whichever language they are written.

A text is one vector: the sum of its pieces' vectors, each weighed by what it tells in a claim, or in a sentence. The
order of words is lost, so what is found is not yet judged. Trained by `evals/train_sentence_finder.py`, which says on
what; `docs/LOG.md` has how often a claim's own sentence is among the first found.
"""

import hashlib
import io
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.candidates import Candidate, sentences_of, versions
from knowledge.documents import Passage, digest
from knowledge.encoder import Vectors
from knowledge.errors import BadVerifier
from knowledge.pieces import pieces_of
from knowledge.retrieval import Hit
from knowledge.storage import write_bytes_atomically
from knowledge.terms import plain

FOLDER = Path(__file__).with_name("models") / "sentence_finder"
CARD, TABLE = "card.toml", "table.npz"
STEPS = 127  # of a number of a kept vector
AT_ONCE = 1000  # texts that are turned into vectors together
POOL = 8  # sentences looked at for each one wanted: wordings and translations of one thing count once


class SentenceFinder:
    """Turns texts into vectors: of claims and of sentences, a claim's near those of its own sentences.

    Raises `BadVerifier` when its table is not what it was.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        card = (folder / CARD).read_text(encoding="utf-8")
        self._card = tomllib.loads(card)
        self.name = digest(card)

    def vectors(self, texts: Sequence[str], *, of_claims: bool = False) -> Vectors:
        """One unit vector a text: float32, shape (len(texts), size); zero for a text without a known piece."""
        values, sentence_weights, claim_weights = self._table
        weights = claim_weights if of_claims else sentence_weights
        found = np.zeros((len(texts), values.shape[1]), dtype=np.float32)
        for row, own in enumerate(pieces_of([plain(text) for text in texts])):
            found[row] = weights[own] @ values[own]
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Vectors = found / np.maximum(lengths, np.float32(1e-9))
        return unit

    @cached_property
    def _table(self) -> tuple[Vectors, Vectors, Vectors]:
        """(pieces' vectors, their weights in sentences, in claims)."""
        data = (self.folder / TABLE).read_bytes()
        if hashlib.sha256(data).hexdigest() != self._card["table_sha256"]:
            raise BadVerifier("verifier-digest", path=self.folder / TABLE)
        with np.load(io.BytesIO(data)) as table:
            values = table["values"].astype(np.float32) * table["scales"].astype(np.float32)[:, None]
            return values, table["in_sentences"].astype(np.float32), table["in_claims"].astype(np.float32)


class CourseSentences:
    """The sentences of a course, found by a claim: `search` is its verb.

    `kept`: the array of `vectors_of`; `passages`: the course's by id.
    """

    def __init__(self, finder: SentenceFinder, kept: Mapping[str, NDArray[np.generic]],
                 passages: Mapping[str, Passage]) -> None:  # fmt: skip
        self.finder = finder
        self.passages = passages
        self._ids: list[str] = [name.decode() for name in kept["ids"].tolist()]
        self._of, self._places = kept["of"].tolist(), kept["places"].tolist()
        self._vectors: Vectors = kept["vectors"].astype(np.float32) / np.float32(STEPS)

    def search(self, claim: str, language: str, k: int) -> list[Candidate]:
        """The k sentences that are likeliest to have to do with the claim, best first, each in `language` where the
        course has it in that language."""
        scores = self._vectors @ self.finder.vectors([claim], of_claims=True)[0]
        pool = min(len(scores), POOL * k)
        near = np.argpartition(-scores, pool - 1)[:pool] if pool else np.arange(0)
        found: dict[str, Candidate] = {}
        for row in near[np.lexsort((near, -scores[near]))].tolist():
            candidate = Candidate(self.passages[self._ids[self._of[row]]], self._places[row])
            own = next(
                (one for one in versions(candidate, self.passages) if one.passage.language == language), candidate
            )
            found.setdefault(own.sentence.text, own)
            if len(found) == k:
                break
        return list(found.values())


def open_sentences(
    cache: Path, content: str, passages: Mapping[str, Passage], of: str, finder: SentenceFinder | None = None
) -> CourseSentences:
    """The sentences of the course `of` among the passages, with vectors kept in `cache` under `content`, or made and
    kept there."""
    finder = finder or SentenceFinder()
    file = cache / f"sentences-{digest(finder.name, content)}.npz"
    try:
        return CourseSentences(finder, _read(file, passages), passages)
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
        pass  # not there yet, or damaged: made anew
    kept = vectors_of(finder, (passage for passage in passages.values() if passage.document == of))
    data = io.BytesIO()
    np.savez(data, **kept)  # type: ignore[arg-type]
    write_bytes_atomically(file, data.getvalue())
    return CourseSentences(finder, kept, passages)


def vectors_of(finder: SentenceFinder, passages: Iterable[Passage]) -> dict[str, NDArray[np.generic]]:
    """`ids` of the passages; for each sentence `of`, its passage's row there, `places`, and `vectors`, in whole
    STEPS."""
    ids: list[str] = []
    of: list[int] = []
    places: list[int] = []
    texts: list[str] = []
    for row, passage in enumerate(passages):
        ids.append(passage.id)
        for candidate in sentences_of([Hit(passage, 1.0)]):
            of.append(row)
            places.append(candidate.place)
            texts.append(candidate.text)
    starts = range(0, len(texts), AT_ONCE)
    vectors = np.concatenate([finder.vectors(()), *(finder.vectors(texts[at : at + AT_ONCE]) for at in starts)])
    return {
        "ids": np.array([name.encode() for name in ids], dtype=bytes), "of": np.array(of, dtype=np.int32),
        "places": np.array(places, dtype=np.int32), "vectors": np.rint(vectors * STEPS).astype(np.int8),
    }  # fmt: skip


def _read(file: Path, passages: Mapping[str, Passage]) -> dict[str, NDArray[np.generic]]:
    with np.load(file, allow_pickle=False) as found:
        kept = {name: found[name] for name in ("ids", "of", "places", "vectors")}
    if any(name.decode() not in passages for name in kept["ids"].tolist()):
        raise ValueError("not of these passages")
    if not len(kept["of"]) == len(kept["places"]) == len(kept["vectors"]):
        raise ValueError("not of one length")
    return kept
