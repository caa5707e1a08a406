"""Files read in a process of its own: it can be slow, be killed, run out of memory, and only that file is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from make_pdf import make_pdf

from knowledge.errors import BadDocument
from knowledge.formats.limits import Limits
from knowledge.messages import LANGUAGES
from knowledge.parsing import SafeReader, read_safely
from knowledge.readers import read_document

PAGES = [["This is the first page of the paper."], ["And this is the second one, with the end of it."]]
SLOW = "# T\n\n" + "".join("`" * n + " " for n in range(1, 700))  # a minute of looking for the end of code


def children() -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that ended meanwhile
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


def wait_for_child(before: set[int]) -> int:
    """The process that appears, once it works on its file."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for pid in children() - before:
            if "parsing_child" in Path(f"/proc/{pid}/cmdline").read_text():
                ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                if int(ticks[11]) > 150:  # more than its imports take: 1.5 s of computing
                    return pid
        time.sleep(0.02)
    raise AssertionError("no process appeared")


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    return make_pdf(tmp_path / "paper.pdf", PAGES, title="A paper", author="Ana Pérez")


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    path = tmp_path / "slow.md"
    path.write_text(SLOW)
    return path


def test_a_document_is_what_it_is_in_this_process(pdf: Path) -> None:
    with SafeReader() as reader:
        parsed = reader.read(pdf)
        assert parsed.document == read_document(pdf)
        assert parsed.passages == 2
        assert reader.read(pdf, pdf.parent).document.path == "paper.pdf"


def test_one_process_reads_many_files_and_is_gone_at_the_end(pdf: Path) -> None:
    before = children()
    with SafeReader() as reader:
        reader.read(pdf)
        first = children() - before
        for _ in range(3):
            reader.read(pdf)
        assert children() - before == first
        assert len(first) == 1
    assert children() == before


def test_a_short_text_needs_no_process(tmp_path: Path) -> None:
    before = children()
    path = tmp_path / "notes.md"
    path.write_text("# Notes\n\nA sentence, a table and `code`.\n\n| a | b |\n|---|---|\n| c | d |\n")
    with SafeReader() as reader:
        assert reader.read(path).document == read_document(path)
        assert children() == before


def test_a_slow_file_is_ended_in_time_and_the_next_one_is_read(slow: Path, pdf: Path) -> None:
    with SafeReader(Limits(seconds=2)) as reader:
        reader.read(pdf)
        started = time.monotonic()
        with pytest.raises(BadDocument) as caught:
            reader.read(slow)
        assert time.monotonic() - started < 6
        assert (caught.value.code, caught.value.values) == ("document-slow", {"path": slow, "limit": "2"})
        assert reader.read(pdf).passages == 2


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGSEGV, "document-crashed"), (signal.SIGKILL, "document-memory")]
)
def test_a_process_that_dies_takes_its_file_alone(slow: Path, pdf: Path, number: int, code: str) -> None:
    before, caught = children(), []
    with SafeReader() as reader:

        def read() -> None:
            try:
                reader.read(slow)
            except BadDocument as error:
                caught.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        os.kill(wait_for_child(before), number)
        thread.join(20)
        assert [error.code for error in caught] == [code]
        assert all(caught[0].message(language) and caught[0].hint(language) for language in LANGUAGES)
        assert reader.read(pdf).passages == 2


def test_a_file_that_takes_too_much_memory(tmp_path: Path, pdf: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("Many words in a long text.\n" * 2_000_000)
    with SafeReader(Limits(memory_megabytes=100)) as reader:
        with pytest.raises(BadDocument) as caught:
            reader.read(path)
        assert (caught.value.code, caught.value.values) == ("document-memory", {"path": path, "limit": 100})
        assert reader.read(pdf).passages == 2


def test_too_many_pages_are_counted_before_they_are_read(pdf: Path) -> None:
    with SafeReader(Limits(pages=1)) as reader, pytest.raises(BadDocument) as caught:
        reader.read(pdf)
    assert (caught.value.code, caught.value.values) == ("document-pages", {"path": str(pdf), "pages": 2, "limit": 1})


def test_results_come_in_order_and_errors_among_them(tmp_path: Path) -> None:
    files = [make_pdf(tmp_path / f"{n}.pdf", PAGES[:1], title=f"Paper {n}") for n in range(6)]
    files[2].write_bytes(b"%PDF")
    found = list(read_safely([(file, None) for file in files], workers=2))
    assert [one.code if isinstance(one, BadDocument) else one.document.title for one in found] == [
        "Paper 0", "Paper 1", "document-broken", "Paper 3", "Paper 4", "Paper 5",
    ]  # fmt: skip


def test_leaving_early_ends_the_processes(tmp_path: Path, slow: Path, pdf: Path) -> None:
    before = children()
    results = read_safely([(pdf, None), (slow, None), (pdf, None)], workers=1)
    assert not isinstance(next(results), BadDocument)
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 5
    assert children() == before


NOISY = """
import sys
from pathlib import Path
from knowledge.parsing import SafeReader
with SafeReader() as reader:
    sys.stdout.write(reader.read(Path(sys.argv[1])).document.title)
"""


def test_nothing_that_a_library_prints_is_seen(tmp_path: Path) -> None:
    """PDFium and HTML parsers complain of broken files on standard error."""
    page = tmp_path / "a.html"
    page.write_text("<html><head><title>Broken</title><body><p>One sentence & no end <b><i></p><h1>Broken</h1>")
    done = subprocess.run([sys.executable, "-c", NOISY, page], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("Broken", "")


def test_what_the_process_says_is_checked(monkeypatch: pytest.MonkeyPatch, pdf: Path) -> None:
    """A process that was taken over can say anything; it is an error of that file and no more."""
    for lie in (
        {"document": {"id": 3}},
        {"code": "__class__", "values": {}},
        {"code": "document-slow"},
        [],
        {"values": {"a": []}},
    ):
        code = (
            "import sys, struct, json\n"
            "w = lambda b: (sys.stdout.buffer.write(struct.pack('>Q', len(b)) + b), sys.stdout.buffer.flush())\n"
            f"w(b''); sys.stdin.readline(); w({json.dumps(lie).encode()!r}); sys.stdin.readline()"
        )
        monkeypatch.setattr("knowledge.parsing.CODE", code)
        with SafeReader() as reader, pytest.raises(BadDocument) as caught:
            reader.read(pdf)
        assert caught.value.code == "document-crashed"


def test_lists_of_references_are_read_there_too(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text("@article{a, title={On heads}, author={Ana Pérez}, year={2020}, abstract={Heads attend.}}\n@bad{")
    with SafeReader() as reader:
        references, problems = reader.references(path)
    assert [(one.key, one.metadata.title, one.metadata.year) for one in references] == [("a", "On heads", 2020)]
    assert [problem.code for problem in problems] == ["reference-bad"]
