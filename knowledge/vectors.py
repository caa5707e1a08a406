"""Vectors that were made before are not made again: one file a document, from the digest of a text to its vector."""

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.documents import Passage, digest
from knowledge.encoder import Encoder, Vectors
from knowledge.storage import writable_folder, write_bytes_atomically

CHUNK = 256  # texts between two reports of progress


def embed_passages(
    passages: Sequence[Passage], encoder: Encoder, store: Path, progress: Callable[[int], None] | None = None
) -> Vectors:
    """One unit vector a passage: float32, shape (len(passages), encoder.size).

    A passage that has a twin in a language that the encoder understands better takes the twin's vector: an English
    encoder makes little of Spanish (docs/LOG.md). `progress` hears how many passages are done.
    """
    by_id = {passage.id: passage for passage in passages}
    texts = [_embedded(passage, by_id, encoder).indexed_text for passage in passages]
    vectors = np.zeros((len(passages), encoder.size), dtype=np.float32)
    done = 0
    for document in dict.fromkeys(passage.document for passage in passages):
        rows = [row for row, passage in enumerate(passages) if passage.document == document]
        file = store / f"{digest(encoder.name, document)}.npz"
        known = _read(file, encoder.size)
        wanted = {digest(texts[row]): texts[row] for row in rows}
        missing = [key for key in wanted if key not in known]
        for start in range(0, len(missing), CHUNK):
            keys = missing[start : start + CHUNK]
            known.update(zip(keys, encoder.encode([wanted[key] for key in keys]), strict=True))
            if progress:
                progress(done + int(len(rows) * min(1, (start + len(keys)) / len(missing))))
        if missing:
            _write(file, {key: known[key] for key in wanted})
        vectors[rows] = [known[digest(texts[row])] for row in rows]
        done += len(rows)
        if progress and not missing:
            progress(done)
    return vectors


def _embedded(passage: Passage, by_id: dict[str, Passage], encoder: Encoder) -> Passage:
    """The passage itself, or its twin in a language that the encoder knows."""
    if passage.language in encoder.languages:
        return passage
    twins = (by_id.get(passage.twin(language)) for language in encoder.languages)
    return next((twin for twin in twins if twin is not None), passage)


def _read(file: Path, size: int) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
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


def _write(file: Path, known: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]) -> None:
    data = io.BytesIO()
    np.savez(data, keys=np.array(list(known)), vectors=np.array(list(known.values()), dtype=np.float32))
    writable_folder(file.parent)
    write_bytes_atomically(file, data.getvalue())
