"""A library's speed: `python -m evals.library_scale [--documents 5] [--pages 20] [--passages 10000]`.

Text PDFs are set from the course's own sentences, added through the library and searched through the corpus, as a
person would. Printed as Markdown: pages a second of adding them, split into reading, embedding and indexing; then, with
a library of so many passages, opening it, searching it warm, adding one more PDF (to the end of the first search) and
taking it out. The vectors of that library alone are drawn and not made; those of the PDFs and of the queries are real.
On a busy machine look at the CPU times, which count the processes that read files.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typst

from evals.index_scale import QUESTIONS, SEED
from evals.sources import DEFAULT_CACHE
from knowledge.corpus import Corpus, open_corpus
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from knowledge.encoder import DEFAULT_ENCODER, Encoder, Vectors, load_encoder
from knowledge.library import Library
from knowledge.library_documents import LibraryDocuments
from knowledge.terms import plain

PARAGRAPH = 6  # sentences
SECTION = 5  # paragraphs
SENTENCES = 26  # of a page, about
FILE_PASSAGES = 100  # of a document of the large library, about
PAPER = """
#set page(paper: "a4", margin: 2.5cm, numbering: "1")
#set text(size: 11pt)
#set par(justify: true, leading: 1.1em)
#set heading(numbering: "1.1")
#let paper = json(bytes(sys.inputs.paper))
#align(center, text(size: 17pt, weight: "bold", paper.title))
#for section in paper.sections [
  = #section.heading
  #for paragraph in section.paragraphs [ #paragraph #parbreak() ]
]
"""


@dataclass
class Clocked:
    """An encoder that says how long it took; `drawn`: vectors to give out instead, without any work."""

    encoder: Encoder
    drawn: bool = False
    wall: float = 0.0
    cpu: float = 0.0
    texts: int = 0

    @property
    def name(self) -> str:
        """The encoder's own."""
        return self.encoder.name

    @property
    def size(self) -> int:
        """The encoder's own."""
        return self.encoder.size

    @property
    def languages(self) -> tuple[str, ...]:
        """The encoder's own."""
        return self.encoder.languages

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The encoder's vectors, or drawn ones of length 1."""
        if self.drawn:
            vectors = np.random.default_rng(len(self.name) + self.texts).standard_normal((len(texts), self.size))
            self.texts += len(texts)
            return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
        started = Clock()
        found = self.encoder.encode(texts)
        self.wall, self.cpu = self.wall + started.wall(), self.cpu + started.cpu()
        self.texts += len(texts)
        return found


class Clock:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._cpu = _cpu()
        self._wall = time.perf_counter()

    def wall(self) -> float:
        """By the clock on the wall."""
        return time.perf_counter() - self._wall

    def cpu(self) -> float:
        """Of this process and those that it started."""
        return _cpu() - self._cpu


@dataclass(frozen=True)
class Bench:
    """A library in a folder of its own beside an index of its own."""

    folder: Path
    course: Course
    encoder: Clocked

    @property
    def library(self) -> Library:
        """As any process finds it."""
        return Library(self.folder / "library")

    def corpus(self) -> Corpus:
        """The library alone, opened."""
        return open_corpus(
            self.course, self.encoder, self.folder / "cache", LibraryDocuments(self.library), with_course=False
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=5, help="PDFs to add at once")
    parser.add_argument("--pages", type=int, default=20, help="pages of a PDF, about")
    parser.add_argument("--passages", type=int, default=10_000, help="of the large library")
    parser.add_argument("--queries", type=int, default=100)
    options = parser.parse_args()
    course, encoder = load_course(BUNDLED_COURSE), Clocked(load_encoder(DEFAULT_ENCODER, DEFAULT_CACHE))
    encoder.encode(["warm"])
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores\n")
    print("| what | wall s | CPU s | |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        texts = Texts(course)
        files = [Path(folder) / f"paper{number}.pdf" for number in range(options.documents + 1)]
        papers = [texts.pdf(file, options.pages) for file in files]
        _adding(Bench(Path(folder) / "small", course, encoder), papers[1:])
        _growing(Bench(Path(folder) / "large", course, encoder), texts, papers[0], options.passages, options.queries)
    print(f"\nload average {os.getloadavg()[0]:.1f}")


class Texts:
    """Documents made of the course's sentences, each in an order of its own."""

    def __init__(self, course: Course) -> None:
        self._random = random.Random(SEED)  # noqa: S311  the same papers every time
        self._sentences = sorted({
            plain(sentence.text) for passage in course.passages if passage.language == "en"
            for sentence in passage.sentences if 8 <= len(sentence.text.split()) <= 40 and "$" not in sentence.text
        })  # fmt: skip

    def sections(self, sentences: int) -> list[dict[str, object]]:
        """Headings with paragraphs, about so many sentences in all."""
        whole = range(max(1, round(sentences / PARAGRAPH / SECTION)))
        return [{"heading": self._heading(), "paragraphs": [self._paragraph() for _ in range(SECTION)]} for _ in whole]

    def pdf(self, path: Path, pages: int) -> Path:
        """A PDF of about so many pages."""
        paper = {"title": self._heading(), "sections": self.sections(SENTENCES * pages)}
        path.write_bytes(typst.compile(PAPER.encode(), format="pdf", sys_inputs={"paper": json.dumps(paper)}))
        return path

    def markdown(self, path: Path, passages: int) -> None:
        """A Markdown file of about so many passages."""
        parts = [f"# {self._heading()}"]
        for section in self.sections(passages * PARAGRAPH):
            paragraphs = section["paragraphs"]
            assert isinstance(paragraphs, list)
            parts += [f"## {section['heading']}", *paragraphs]
        path.write_text("\n\n".join(parts), encoding="utf-8")

    def _heading(self) -> str:
        return " ".join(self._random.choice(self._sentences).split()[:5]).strip(".,;:")

    def _paragraph(self) -> str:
        return " ".join(self._random.sample(self._sentences, PARAGRAPH))


def _adding(bench: Bench, papers: Sequence[Path]) -> None:
    """Adding PDFs to an empty library, and searching them."""
    whole = Clock()
    added = bench.library.add(papers)
    _row("reading", whole, "")
    pages, passages = sum(entry.pages or 0 for entry in added), sum(entry.passages for entry in added)
    bench.encoder.wall = bench.encoder.cpu = 0.0
    started = Clock()
    bench.corpus()
    wall, cpu = bench.encoder.wall, bench.encoder.cpu
    rate = f"{passages / wall:.1f} passages/s, {passages / cpu:.1f} a CPU second"
    print(f"| embedding | {wall:.2f} | {cpu:.2f} | {rate} |")
    print(f"| indexing | {started.wall() - wall:.2f} | {started.cpu() - cpu:.2f} | |")
    rate = f"{pages / whole.wall():.1f} pages/s, {pages / whole.cpu():.1f} a CPU second"
    _row(f"adding {len(papers)} PDFs, {pages} pages, {passages} passages", whole, rate)


def _growing(bench: Bench, texts: Texts, paper: Path, passages: int, queries: int) -> None:
    """A large library: opening, searching, one PDF more, one less."""
    files = bench.folder / "files"
    files.mkdir(parents=True)
    for number in range(max(1, passages // FILE_PASSAGES)):
        texts.markdown(files / f"{number}.md", FILE_PASSAGES)
    bench.encoder.drawn = True
    started = Clock()
    count = sum(entry.passages for entry in bench.library.add([files]))
    _row(f"reading {count:,} passages of Markdown", started, "")
    _timed(f"indexing {count:,} passages, vectors drawn", bench.corpus)
    bench.encoder.drawn = False
    corpus = _timed("opening it again, listing included", bench.corpus)
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()][:queries]
    questions = [(row["question"], row["lang"]) for row in rows]
    print(f"| searching it warm, {len(questions)} questions | | | {_searching(corpus, questions)} |")
    started = Clock()
    bench.library.add([paper])
    read = f"reading {started.wall():.2f} / {started.cpu():.2f}"
    bench.encoder.wall = bench.encoder.cpu = 0.0
    corpus = bench.corpus()
    embedding = f"embedding {bench.encoder.wall:.2f} / {bench.encoder.cpu:.2f}"
    hits = corpus.retriever.search("How does attention work?", "en")
    entry = next(entry for entry in bench.library.entries() if entry.path.endswith(paper.name))
    what = f"{entry.pages} pages, {entry.passages} passages: {read}, {embedding}, {len(hits)} hits"
    _row("adding one PDF to it, to the end of the first search", started, what)
    bench.library.remove(entry.id)
    _timed("taking it out again", bench.corpus)


def _searching(corpus: Corpus, questions: Sequence[tuple[str, str]]) -> str:
    """Milliseconds of a search: each question is asked once, then again in words that were not embedded yet."""
    walls, cpus = [], []
    for question, language in questions:
        corpus.retriever.search(question, language)
        wall, cpu = time.perf_counter(), time.process_time()
        corpus.retriever.search(f"{question} ?", language)
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    marks = [statistics.quantiles(values, n=100, method="inclusive") for values in (walls, cpus)]
    shown = [f"{values[49]:.1f} / {values[94]:.1f}" for values in marks]
    return f"p50 / p95 ms: wall {shown[0]}, CPU {shown[1]}"


def _timed(what: str, work: Callable[[], Corpus]) -> Corpus:
    started = Clock()
    found = work()
    _row(what, started, "")
    return found


def _row(what: str, started: Clock, more: str) -> None:
    print(f"| {what} | {started.wall():.2f} | {started.cpu():.2f} | {more} |", flush=True)


def _cpu() -> float:
    """Seconds of CPU of this process, of those that it waited for, and of those that it started and that still run."""
    times = os.times()
    spent = times.user + times.system + times.children_user + times.children_system
    tick = os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[1]) == os.getpid():
            spent += sum(map(int, fields[11:15])) / tick
    return spent


if __name__ == "__main__":
    main()
