"""The dense index of one language: exact while it is small enough, clustered and quantized beyond, opened in place.

Exact search looks at every vector. The clustered index (IVF) looks at the `PROBES` nearest of some 4 √n clusters, whose
vectors are kept in 8 bits a number: a quarter of the size. docs/adr/0003 has the figures that chose it over HNSW.
"""

import math
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Vectors
from knowledge.postings import Numbers

FLAT_LIMIT = 200_000  # exact search up to here: 11 ms of CPU at 100,000 vectors of 384, see docs/LOG.md
PROBES = 64  # clusters that a query looks into
CLUSTER_LEAST = 39  # vectors a cluster at least; FAISS calls fewer too few to find its centre
SAMPLE = 64  # vectors a cluster from which the centres are learned
ROUNDS = 10  # of k-means
SEED = 3


def vector_index(vectors: Vectors) -> Any:
    """A FAISS index by inner product over unit vectors of shape (n, size); row n of it is vector n.

    Exact up to FLAT_LIMIT vectors; beyond, `search` may miss some of the nearest and pads with row -1.
    """
    import faiss  # noqa: PLC0415

    index = faiss.IndexFlatIP(vectors.shape[1]) if len(vectors) <= FLAT_LIMIT else _clustered(vectors)
    index.add(np.ascontiguousarray(vectors))
    return index


def nearest(index: Any, query: Vectors, k: int) -> tuple[Numbers, NDArray[np.float32]]:
    """The rows of the k vectors nearest to one query of shape (1, size), best first, and their cosines.

    A clustered index may find fewer than k. On one thread: 10,000 vectors took 1.7 ms of CPU so, and 13 to 15 ms with
    two, which mostly wait for each other.
    """
    import faiss  # noqa: PLC0415

    k = min(k, index.ntotal)
    if not k:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    faiss.omp_set_num_threads(1)
    scores, rows = index.search(query, k)
    there = rows[0] >= 0
    return rows[0][there], scores[0][there]


def write_vectors(index: Any, file: Path) -> None:
    """Save an index of `vector_index`."""
    import faiss  # noqa: PLC0415

    faiss.write_index(index, str(file))


def open_vectors(file: Path) -> Any:
    """The index saved in a file, mapped into memory: its pages are read when a search comes to them.

    Raises RuntimeError (FAISS) when it cannot be read.
    """
    import faiss  # noqa: PLC0415

    with suppress(RuntimeError):
        return faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
    return faiss.read_index(str(file))  # where the system or the kind of index cannot be mapped


def _clustered(vectors: Vectors) -> Any:
    """An empty IVF index with 8-bit scalar quantization whose clusters were learned from a sample of the vectors."""
    import faiss  # noqa: PLC0415

    count, size = vectors.shape
    clusters = max(1, min(round(4 * math.sqrt(count)), count // CLUSTER_LEAST))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(size), size, clusters, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.niter, index.cp.seed, index.cp.max_points_per_centroid = ROUNDS, SEED, SAMPLE
    sample = np.random.default_rng(SEED).choice(count, size=min(count, SAMPLE * clusters), replace=False)
    index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
    index.nprobe = min(PROBES, clusters)
    return index
