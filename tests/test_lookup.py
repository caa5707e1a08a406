"""Registers asked about works, over a loopback server that answers as Crossref and arXiv do, or badly."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.formats.references import Metadata
from knowledge.lookup import Registers
from knowledge.metadata import UNSAID, checked
from tutor.settings import Settings
from tutor.tutor import Tutor

WORK = {
    "message": {
        "title": ["Attention <i>Is</i>\n All You Need"], "container-title": ["NeurIPS"],
        "author": [{"given": "Ashish", "family": "Vaswani"}, {"name": "Google\x1b[31m Brain"}],
        "issued": {"date-parts": [[2017, 6, 12]]}, "URL": "https://doi.org/10.5555/3295222",
    }
}  # fmt: skip
ODD = {"message": {"title": ["Odd"], "issued": {"date-parts": [[99999]]}, "URL": "x"}}
FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
<entry><id>http://arxiv.org/abs/1706.03762v7</id><published>2017-06-12T17:57:34Z</published>
<title>Attention Is All
  You Need</title><author><name>Ashish Vaswani</name></author><author><name>Noam Shazeer</name></author>
<arxiv:journal_ref>NIPS 2017</arxiv:journal_ref></entry></feed>"""
LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>'
ANSWERS = {
    "/works/10.5555%2F3295222": (200, json.dumps(WORK)),
    "/works/10.5555%2Fnone": (404, "Resource not found."),
    "/works/10.5555%2Fbusy": (503, "later"),
    "/works/10.5555%2Fpage": (200, "<html>"),
    "/works/10.5555%2Flist": (200, "[]"),
    "/works/10.5555%2Fodd": (200, json.dumps(ODD)),
    "/works/10.5555%2Fdeep": (200, "[" * 100_000),
    "/works/10.5555%2Flarge": (200, " " * 5_000_000),
    "/api?id_list=1706.03762&max_results=1": (200, FEED),
    "/api?id_list=1706.00000&max_results=1": (200, LAUGHS),
}  # fmt: skip


class Register(BaseHTTPRequestHandler):
    """Answers from the table, and notes who was asked."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        Register.asked.append(self.path)
        code, text = ANSWERS[self.path]
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing on standard error."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Register)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def registers(address: str) -> Registers:
    return Registers(f"{address}/works", f"{address}/api", seconds=5)


def test_crossref_is_read(registers: Registers) -> None:
    assert registers.look_up(Metadata(doi="10.5555/3295222")) == Metadata(
        "Attention Is All You Need", ("Ashish Vaswani", "Google [31m Brain"), 2017, "https://doi.org/10.5555/3295222",
        "10.5555/3295222", "", "NeurIPS",
    )  # fmt: skip


def test_arxiv_is_read_and_fills_what_crossref_leaves_open(registers: Registers) -> None:
    found = registers.look_up(Metadata(arxiv="1706.03762", doi="10.5555/odd"))
    assert found == Metadata(
        "Odd", ("Ashish Vaswani", "Noam Shazeer"), 2017, "https://arxiv.org/abs/1706.03762", "10.5555/odd",
        "1706.03762", "NIPS 2017",
    )  # fmt: skip


def test_nothing_is_known_of_a_work_without_numbers_or_an_unknown_one(registers: Registers) -> None:
    before = len(Register.asked)
    assert registers.look_up(Metadata(title="A title")) == UNSAID
    assert len(Register.asked) == before
    assert registers.look_up(Metadata(doi="10.5555/none")) == UNSAID


@pytest.mark.parametrize("name", ["busy", "page", "list", "deep", "large"])
def test_a_bad_answer_is_told(registers: Registers, name: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        registers.look_up(Metadata(doi=f"10.5555/{name}"))
    assert caught.value.code == "lookup-failed"
    assert f"10.5555%2F{name}" in caught.value.message("es")


def test_entities_are_not_expanded_and_nobody_may_answer(registers: Registers) -> None:
    assert registers.look_up(Metadata(arxiv="1706.00000")) == UNSAID
    silent = Registers("http://127.0.0.1:9/works", seconds=2)
    with pytest.raises(KnowledgeError) as caught:
        silent.look_up(Metadata(doi="10.5555/3295222"))
    assert caught.value.code == "lookup-failed"


@pytest.mark.parametrize(
    ("given", "bare"),
    [
        (Metadata(doi="https://doi.org/10.1000/182"), Metadata(doi="10.1000/182")),
        (Metadata(doi="doi:10.1000/182"), Metadata(doi="10.1000/182")),
        (Metadata(arxiv="arXiv:1706.03762v5"), Metadata(arxiv="1706.03762")),
        (Metadata(arxiv="https://arxiv.org/abs/hep-th/9901001"), Metadata(arxiv="hep-th/9901001")),
        (Metadata(title=" A\n title\x1b[2J"), Metadata(title="A title [2J")),
        (Metadata(url="https://a.b/c", year=2020), Metadata(url="https://a.b/c", year=2020)),
    ],
)
def test_what_a_person_gives_is_kept_bare(given: Metadata, bare: Metadata) -> None:
    assert checked(given) == bare


@pytest.mark.parametrize(
    "wrong", [Metadata(doi="182"), Metadata(arxiv="x"), Metadata(url="javascript:alert(1)"), Metadata(year=20)]
)
def test_what_is_no_such_thing_is_refused(wrong: Metadata) -> None:
    with pytest.raises(KnowledgeError) as caught:
        checked(wrong)
    assert caught.value.code == ("year-wrong" if wrong.year else "metadata-wrong")


def test_nobody_is_asked_unless_it_is_turned_on(tmp_path: Path, address: str) -> None:
    note = tmp_path / "a.md"
    note.write_text("---\ntitle: Mine\ndoi: 10.5555/3295222\n---\n\nThis is a note about the paper and its heads.\n")
    where = {"data_dir": tmp_path / "data", "crossref_url": f"{address}/works", "arxiv_url": f"{address}/api"}
    off, on = Tutor(Settings(**where)), Tutor(Settings(**where, lookup=True))
    Register.asked.clear()
    for ask in (
        lambda: off.library_add([note], look_up=True),
        lambda: off.library_set("0", UNSAID, look_up=True),
    ):
        with pytest.raises(KnowledgeError) as caught:
            ask()
        assert caught.value.code == "lookup-off"
    assert off.library_list() == {"documents": []}
    [added] = on.library_add([note])["documents"]
    assert Register.asked == []
    [asked] = on.library_set(added["id"], Metadata(venue="My shelf"), look_up=True)["documents"]
    assert Register.asked == ["/works/10.5555%2F3295222"]
    assert (asked["title"], asked["year"], asked["venue"]) == ("Attention Is All You Need", 2017, "My shelf")
    on.library_remove(added["id"])
    [again] = on.library_add([note], look_up=True)["documents"]
    assert (again["title"], again["venue"], again["status"]) == ("Attention Is All You Need", "NeurIPS", "ready")
