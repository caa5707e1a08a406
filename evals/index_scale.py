"""The index at 10,000 passages and more: `python -m evals.index_scale [--sizes 10000 100000] [--vectors 300000]`.

Passages are synthetic, half in each language: vectors are blends of two passages' of the course plus noise, texts are
the course's words drawn by a Zipf law. Printed as Markdown: building, files, opening in a fresh process, queries (a
learner's question with a vector of its own, so without encoding) and, for vectors alone, recall@10 of each kind of
index against exact search. Wall times say little on a busy machine, so CPU times stand beside them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import vector_index
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from knowledge.documents import Passage, Sentence
from knowledge.encoder import Vectors
from knowledge.index import PassageIndex, open_index, save_index
from knowledge.messages import LANGUAGES
from knowledge.retrieval import POOL, Retriever
from knowledge.terms import plain, stems
from tutor.settings import Settings
from tutor.tutor import Tutor

QUESTIONS = Path(__file__).parent.parent / "tests" / "data" / "questions.jsonl"
SEED = 5
WORDS, SENTENCES = 110, 5  # of a passage
ZIPF_SHIFT = 2.7  # Mandelbrot's
NOISE = 0.5  # length of the noise added to a vector of length 1
NEAREST = 10
HNSW_LINKS, HNSW_BUILD, HNSW_SEARCH = 32, 80, 64
PROBES = (16, 32, 64)
ONE_OPENING = "--open"

Times = list[tuple[float, float]]  # wall and CPU milliseconds


@dataclass(frozen=True)
class Given:
    """An encoder that has been told its vectors: a query's is found by its place among the questions asked."""

    vectors: Vectors
    name: str = "given"
    languages: tuple[str, ...] = ("en",)

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        return int(self.vectors.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A vector of its own for each text, the same at every call."""
        return np.stack([self.vectors[sum(text.encode()) % len(self.vectors)] for text in texts])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000], help="passages of each whole index")
    parser.add_argument("--vectors", type=int, nargs="*", default=[300_000], help="vectors of each comparison of kinds")
    parser.add_argument("--hnsw", action="store_true", help="compare HNSW too (minutes)")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument(ONE_OPENING, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.open:
        print(json.dumps(_opening(options.open)))
        return
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores\n")
    real = _real_vectors()
    if options.sizes:
        course = load_course(BUNDLED_COURSE)
        print("| passages | what | figure |\n|---|---|---|")
    for count in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            for what, figure in _whole(course, real, count, options.queries, Path(folder) / "index-x"):
                print(f"| {count:,} | {what} | {figure} |", flush=True)
    if options.vectors:
        print(f"\n| vectors | kind | build, wall / CPU s | MB | recall@{NEAREST} | {_COLUMNS} |")
        print("|---|---|---|---|---|---|")
    for count in options.vectors:
        for cells in _kinds(real, count, options.queries, hnsw=options.hnsw):
            print(f"| {count:,} | {' | '.join(cells)} |", flush=True)


def _real_vectors() -> Vectors:
    """The vectors of the course's English passages."""
    english = Tutor(Settings(model="composer")).corpus().retriever.index.partitions["en"]
    return english.vectors(np.arange(len(english.passages)))


def synthetic_vectors(real: Vectors, count: int, seed: int) -> Vectors:
    """Unit vectors: each a blend of two real ones plus noise."""
    random = np.random.default_rng(seed)
    one, other = (real[random.integers(len(real), size=count)] for _ in range(2))
    share = random.uniform(0.5, 1, size=(count, 1)).astype(np.float32)
    noise = random.standard_normal(size=one.shape, dtype=np.float32) * np.float32(NOISE / np.sqrt(real.shape[1]))
    vectors = share * one + (1 - share) * other + noise
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def synthetic_passages(course: Course, language: str, count: int, seed: int) -> list[Passage]:
    """Passages of WORDS words of the course, each drawn by the rank of its frequency."""
    texts = [passage.text.split() for passage in course.passages if passage.language == language]
    words = np.array([word for word, _ in Counter(word for text in texts for word in text).most_common()], dtype=object)
    weights = 1 / (np.arange(len(words)) + ZIPF_SHIFT)
    shape = (count, SENTENCES, WORDS // SENTENCES)
    drawn = np.random.default_rng(seed).choice(words, size=shape, p=weights / weights.sum())
    return [
        Passage(
            id=f"synthetic:{language}:{number}", document="synthetic", title="Synthetic", path="synthetic.md",
            language=language, headings=("Synthetic",), locator="§ Synthetic",
            sentences=tuple(Sentence(" ".join(sentence)) for sentence in passage),
        )
        for number, passage in enumerate(drawn)
    ]  # fmt: skip


def _whole(course: Course, real: Vectors, count: int, queries: int, target: Path) -> list[tuple[str, str]]:
    """What a whole index of `count` passages costs: building, files, opening, queries."""
    half = count // len(LANGUAGES)
    parts = {
        language: (synthetic_passages(course, language, half, SEED + at), synthetic_vectors(real, half, SEED + at))
        for at, language in enumerate(LANGUAGES)
    }
    wall, cpu = _seconds(lambda: save_index(target, "x", "given", parts))
    parts.clear()
    megabytes = sum(file.stat().st_size for file in target.rglob("*") if file.is_file()) / 1e6
    opened = json.loads(
        subprocess.run(
            [sys.executable, "-m", "evals.index_scale", ONE_OPENING, str(target)], capture_output=True, text=True,
            check=True,
        ).stdout
    )  # fmt: skip
    index = open_index(target)
    searches = _searches(index, course, synthetic_vectors(real, queries, SEED + len(LANGUAGES)), queries)
    return [
        ("build without encoding, wall / CPU", f"{wall:.1f} / {cpu:.1f} s"),
        ("files", f"{megabytes:.0f} MB"),
        ("opening in a fresh process, wall / CPU", f"{opened['wall']:.2f} / {opened['cpu']:.2f} s"),
        ("memory after imports / after opening", f"{opened['before']:.0f} / {opened['after']:.0f} MB"),
        ("check of every byte, wall / CPU", f"{opened['whole_wall']:.2f} / {opened['whole_cpu']:.2f} s"),
        ("reading every passage, wall / CPU", f"{opened['all_wall']:.2f} / {opened['all_cpu']:.2f} s"),
        *((f"{name}, {_COLUMNS}", _percentiles(times)) for name, times in searches.items()),
    ]


def _opening(folder: Path) -> dict[str, float]:
    """Seconds and megabytes of opening an index in this process, then of checking and of reading all of it."""
    import faiss  # noqa: F401, PLC0415  imports are not opening

    from knowledge.index import check_whole  # noqa: PLC0415

    found: list[PassageIndex] = []
    before = _memory()
    wall, cpu = _seconds(lambda: found.append(open_index(folder)))
    after = _memory()
    whole_wall, whole_cpu = _seconds(lambda: check_whole(found[0]))
    all_wall, all_cpu = _seconds(lambda: len(found[0].passages))
    return {
        "wall": wall, "cpu": cpu, "before": before, "after": after, "whole_wall": whole_wall, "whole_cpu": whole_cpu,
        "all_wall": all_wall, "all_cpu": all_cpu,
    }  # fmt: skip


def _searches(index: PassageIndex, course: Course, vectors: Vectors, queries: int) -> dict[str, Times]:
    """Milliseconds of each query: by words and by vectors in one language, then of both methods in both languages."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()][:queries]
    retriever = Retriever(index, Given(vectors), course.glossary)
    times: dict[str, Times] = {"by words": [], "by vectors": [], "whole search": []}
    for number in range(2):  # the first pass brings the pages in
        for at, row in enumerate(rows):
            question, language = row["question"], row["lang"]
            partition = index.partitions[language]
            words = stems(plain(question), language)
            vector = vectors[at % len(vectors)][None, :]
            asked = f"{question} {number}"  # not the text of the first pass, whose vector is remembered
            round_ = [
                _milliseconds(partial(partition.lexical, words, POOL)),
                _milliseconds(partial(partition.dense, vector, POOL)),
                _milliseconds(partial(retriever.search, asked, language)),
            ]
            if number:
                for name, taken in zip(times, round_, strict=True):
                    times[name].append(taken)
    return times


def _kinds(real: Vectors, count: int, queries: int, *, hnsw: bool) -> list[list[str]]:
    """Each kind of index over the same vectors, one query at a time."""
    import faiss  # noqa: PLC0415

    faiss.omp_set_num_threads(1)
    vectors, asked = synthetic_vectors(real, count, SEED), synthetic_vectors(real, queries, SEED + 1)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    rows = [_kind("exact", flat, _seconds(lambda: flat.add(vectors)), asked, None)]
    exact = flat.search(asked, NEAREST)[1]
    vector_index.FLAT_LIMIT = 0
    built: list[Any] = []
    spent = _seconds(lambda: built.append(vector_index.vector_index(vectors)))
    for probes in PROBES:
        built[0].nprobe = probes
        rows.append(_kind(f"IVF {built[0].nlist}, 8 bits, {probes} probes", built[0], spent, asked, exact))
    if hnsw:
        bits: Any = faiss.ScalarQuantizer.QT_8bit
        graph = faiss.IndexHNSWSQ(vectors.shape[1], bits, HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = HNSW_BUILD, HNSW_SEARCH
        graph.train(vectors)
        spent = _seconds(lambda: graph.add(vectors))
        rows.append(_kind(f"HNSW {HNSW_LINKS}, 8 bits, search {HNSW_SEARCH}", graph, spent, asked, exact))
    return rows


def _kind(
    name: str, index: Any, spent: tuple[float, float], asked: Vectors, exact: NDArray[np.int64] | None
) -> list[str]:
    found: list[set[int]] = []
    times: Times = []
    for row in asked:
        times.append(_milliseconds(partial(index.search, row[None, :], POOL)))
        found.append(set(index.search(row[None, :], NEAREST)[1][0].tolist()))
    best = found if exact is None else [set(rows) for rows in exact.tolist()]
    right = [len(mine & theirs) / NEAREST for mine, theirs in zip(found, best, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        vector_index.write_vectors(index, Path(folder) / "vectors")
        megabytes = (Path(folder) / "vectors").stat().st_size / 1e6
    build = f"{spent[0]:.1f} / {spent[1]:.1f}"
    return [name, build, f"{megabytes:.0f}", f"{statistics.mean(right):.3f}", _percentiles(times)]


_COLUMNS = "ms: wall p50 / p95, CPU p50 / p95"


def _percentiles(times: Times) -> str:
    cells = []
    for values in zip(*times, strict=True):
        marks = statistics.quantiles(values, n=100, method="inclusive")
        cells.append(f"{marks[49]:.1f} / {marks[94]:.1f}")
    return ", ".join(cells)


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = _seconds(work)
    return wall * 1000, cpu * 1000


def _memory() -> float:
    """Megabytes of memory that this process holds now (Linux); its peak would count what its parent held."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
