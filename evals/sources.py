"""The corpus that a measuring run searches: files or folders, the bundled course, or both."""

import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

from knowledge.corpus import Corpus, open_corpus
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.encoder import DEFAULT_ENCODER, load_encoder
from knowledge.readers import find_documents, read_document
from knowledge.verifier import BUNDLED, load_verifier

DEFAULT_CACHE = user_cache_path("atenea-evals")


def open_sources(
    paths: Sequence[Path],
    *,
    with_course: bool,
    cache: Path = DEFAULT_CACHE,
    encoder: str = DEFAULT_ENCODER,
    verifier: str = BUNDLED,
) -> Corpus:
    """The index over every document under `paths`, with the bundled course where asked; built once, then cached."""
    documents = [read_document(file, root=root) for file, root in find_documents(paths)]
    unique = {document.id: document for document in documents}
    return open_corpus(
        load_course(BUNDLED_COURSE), load_encoder(encoder, cache), cache, list(unique.values()),
        with_course=with_course, progress=_show, verifier=load_verifier(verifier, cache),
    )  # fmt: skip


def _show(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\rindexing {done}/{total}", end=end, file=sys.stderr, flush=True)
