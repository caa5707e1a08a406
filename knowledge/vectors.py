"""Vectors that were made before are not made again: one file a document, from the digest of a text to its vector."""

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Passage, digest
from knowledge.encoder import Encoder, Vectors
from knowledge.storage import writable_folder, write_bytes_atomically

CHUNK = 128  # texts between two reports of progress, and lost at most when a run is stopped
WORDS = 56  # of a document's passage that are embedded: three times as quick as all, and found as well (docs/LOG.md)
OTHERS = 2  # times as many vectors as are wanted may stay in a file: a course and its questions share one

Place = tuple[str, str]  # a document, and the digest of one of its texts
Vector = NDArray[np.float32]


def embed_passages(
    passages: Sequence[Passage], encoder: Encoder, store: Path, progress: Callable[[int], None] | None = None
) -> Vectors:
    """One unit vector a passage: float32, shape (len(passages), encoder.size).

    A passage that has a twin in a language that the encoder understands better takes the twin's vector: an English
    encoder makes little of Spanish (docs/LOG.md). Of a person's documents, which may be many, the encoder reads the
    first WORDS words of a passage, headings included; search by words sees them whole. Vectors are kept in `store`
    after every CHUNK texts, so that a run that is stopped goes on where it was. `progress` hears how many passages are
    done.
    """
    by_id = {passage.id: passage for passage in passages}
    texts = [_read_by(encoder, passage, by_id) for passage in passages]
    shelf = _Kept(encoder, store)
    places = [(passage.document, digest(text)) for passage, text in zip(passages, texts, strict=True)]
    wanted = dict(zip(places, texts, strict=True))
    missing = [place for place in wanted if place not in shelf]
    counts = Counter(places)
    done = len(places) - sum(counts[place] for place in missing)
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        shelf.keep(chunk, encoder.encode([wanted[place] for place in chunk]), wanted.keys())
        done += sum(counts[place] for place in chunk)
        if progress:
            progress(done)
    if progress and places and not missing:
        progress(done)
    vectors = np.zeros((len(passages), encoder.size), dtype=np.float32)
    for row, place in enumerate(places):
        vectors[row] = shelf[place]
    return vectors


class _Kept:
    """The vectors of texts by (document, digest of the text): those in `store`, one file a document, and new ones."""

    def __init__(self, encoder: Encoder, store: Path) -> None:
        self._encoder = encoder
        self._store = store
        self._known: dict[str, dict[str, Vector]] = {}

    def __contains__(self, place: Place) -> bool:
        return place[1] in self._of(place[0])

    def __getitem__(self, place: Place) -> Vector:
        return self._of(place[0])[place[1]]

    def keep(self, places: Sequence[Place], vectors: Vectors, wanted: Collection[Place]) -> None:
        """Add vectors and save them in the files of their documents; of those not wanted now, the newest stay."""
        if not self._store.is_dir():
            writable_folder(self._store)
        for (document, key), vector in zip(places, vectors, strict=True):
            self._of(document)[key] = vector
        for document in dict.fromkeys(document for document, _ in places):
            known = self._of(document)
            others = [key for key in known if (document, key) not in wanted]
            for key in others[: max(0, len(others) - OTHERS * (len(known) - len(others)))]:
                del known[key]
            _write(self._file(document), known)

    def _of(self, document: str) -> dict[str, Vector]:
        if document not in self._known:
            self._known[document] = _read(self._file(document), self._encoder.size)
        return self._known[document]

    def _file(self, document: str) -> Path:
        return self._store / f"{digest(self._encoder.name, document)}.npz"


def _read_by(encoder: Encoder, passage: Passage, by_id: dict[str, Passage]) -> str:
    """What the encoder reads of a passage: all of a course's, the beginning of a document's."""
    text = _embedded(passage, by_id, encoder).indexed_text
    words = () if passage.concept else text.split()
    return " ".join(words[:WORDS]) if len(words) > WORDS else text


def _embedded(passage: Passage, by_id: dict[str, Passage], encoder: Encoder) -> Passage:
    """The passage itself, or its twin in a language that the encoder knows."""
    if passage.language in encoder.languages:
        return passage
    twins = (by_id.get(passage.twin(language)) for language in encoder.languages)
    return next((twin for twin in twins if twin is not None), passage)


def _read(file: Path, size: int) -> dict[str, Vector]:
    """Digest of a text -> its vector; empty when there is no sound file."""
    try:
        with np.load(file, allow_pickle=False) as found:
            keys, vectors = found["keys"], found["vectors"]
        lengths = np.linalg.norm(vectors, axis=1)
        if vectors.shape == (len(keys), size) and np.allclose(lengths, 1, atol=1e-3):
            return dict(zip(map(str, keys), vectors, strict=True))
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
        pass  # not there yet, or damaged: the vectors are made again
    return {}


def _write(file: Path, known: dict[str, Vector]) -> None:
    data = io.BytesIO()
    np.savez(data, keys=np.array(list(known)), vectors=np.array(list(known.values()), dtype=np.float32))
    write_bytes_atomically(file, data.getvalue())
