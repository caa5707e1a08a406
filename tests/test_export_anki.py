r"""The Anki deck, read by zipfile, sqlite3 and html.parser, and by Anki itself where that is installed.

Anki is not shipped (it is AGPL): `pip install anki` in an environment of its own, and ANKI_PYTHON with its interpreter.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
import unicodedata
import zipfile
from contextlib import closing
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from export_papers import HOSTILE, each_kind, hostile, item, paper, plain, spaced, visible
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.item import Item
from tutor.export.anki import anki_files
from tutor.export.mathjax import blocks
from tutor.export.xml_tree import html
from tutor.paper import Paper

PYTHON = os.environ.get("ANKI_PYTHON") or (sys.executable if find_spec("anki") else "")
PAPERS = pytest.mark.parametrize("made", [each_kind(), hostile(), paper()], ids=["each-kind", "hostile", "empty"])
FORMULA = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
SPECIAL = (  # what Anki reads in what it shows
    "[sound:a.mp3]", "[latex]x[/latex]", "[$]x[/$]", "[[type:Pregunta]]", "{{c1::a}}", "{{FrontSide}}", "{{Pregunta}}",
    "[anki:tts lang=en_US]a[/anki:tts]", r"\(x^2\) \[y\]", "<script>alert(1)</script>", "<img src=x>", "<!-- x -->",
    "a\x1fb\x00c", "&#91;sound:a.mp3]",
)  # fmt: skip


def content(made: Paper) -> bytes:
    ((_, packed),) = anki_files(made).items()
    return packed


def rows(packed: bytes, query: str) -> list[dict[str, Any]]:
    """Rows of the deck's database."""
    with zipfile.ZipFile(BytesIO(packed)) as archive, closing(sqlite3.connect(":memory:")) as database:
        assert archive.testzip() is None
        assert archive.namelist() == ["collection.anki2", "media"]
        assert json.loads(archive.read("media")) == {}
        database.deserialize(archive.read("collection.anki2"))
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query)]


def notes(made: Paper) -> list[dict[str, Any]]:
    """The notes in the order of their cards, each with its `parts`: question, options, key, solution, sources."""
    found = rows(content(made), "SELECT notes.* FROM cards JOIN notes ON cards.nid = notes.id ORDER BY cards.due")
    assert len(found) == len(made.items)
    return [{**note, "parts": note["flds"].split("\x1f")} for note in found]


@cache
def by_id() -> dict[str, list[str]]:
    """What is seen of each field, by item."""
    found = zip(each_kind().items, notes(each_kind()), strict=True)
    return {asked.id: [visible(part) for part in note["parts"]] for asked, note in found}


class Pieces(HTMLParser):
    """The texts between tags: MathJax finds a formula inside one of these alone, and none in code."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.pieces: list[str] = []
        self.code = 0
        self.feed(shown)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs
        self.tags.add(tag)
        self.code += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in ("code", "pre")

    def handle_data(self, data: str) -> None:
        if not self.code:
            self.pieces.append(data)


def formulas(shown: str) -> list[str]:
    return [found[1] or found[2] for piece in Pieces(shown).pieces for found in FORMULA.finditer(piece)]


def test_the_file_is_named_after_the_paper() -> None:
    assert list(anki_files(each_kind())) == ["examen-atencion-1-A.apkg"]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_equal_papers_give_equal_bytes_in_any_process(seed: str) -> None:
    program = "import sys; from export_papers import hostile; from tutor.export.anki import anki_files;" \
              "sys.stdout.buffer.write(next(iter(anki_files(hostile()).values())))"  # fmt: skip
    root = Path(__file__).parent
    paths = os.pathsep.join([str(root), str(root.parent)])
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert ran.stdout == content(hostile())


def test_no_clock_is_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(each_kind())
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert content(each_kind()) == before
    with zipfile.ZipFile(BytesIO(before)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("collection.anki2")[96:100] == bytes(4)


@PAPERS
def test_texts_are_read_back(made: Paper) -> None:
    for asked, note in zip(made.items, notes(made), strict=True):
        question, options, _, solution, sources = map(visible, note["parts"])
        assert question.startswith(plain(asked.stem))
        assert options == " ".join(f"{chr(97 + at)}) {plain(text)}" for at, text in enumerate(asked.options))
        assert solution == plain(asked.rationale)
        assert sources == "; ".join(asked.sources)
        assert note["tags"].split() == [asked.concept, asked.bloom, f"difficulty-{asked.difficulty}"]


def test_keys() -> None:
    found = {name: parts[2] for name, parts in by_id().items()}
    assert found["mcq.hand"] == r"b) \(\sqrt{2}\)"
    assert found["multi.hand"] == "a) uno c) tres"
    assert found["true_false.hand"] == "b) Falso"
    assert found["order.hand"] == r"c) escala a) softmax b) por \(V\)"
    assert found["match.hand"] == "b) consulta a) clave o valor b) consulta"
    assert found["numeric.hand"] == r"\(12\,288\) bytes"
    assert found["numeric.2"] == r"\(-0{,}125 \pm 0{,}0005\)"
    assert found["formula.hand"] == "QK^T/sqrt(d_k)"
    assert found["short.hand"] == r"La respuesta necesita: Nombra la máscara. Dice por qué: \(j > i\)."
    assert found["matrix.2"] == r"\(\begin{pmatrix}0 & -\infty\end{pmatrix}\)"


def test_the_front_says_how_to_answer_and_nothing_of_the_key() -> None:
    assert by_id()["multi.hand"][0].endswith("Elige todas las opciones correctas.")
    assert by_id()["numeric.hand"][0].endswith("Da un número. En bytes.")
    model = json.loads(rows(content(each_kind()), "SELECT models FROM col")[0]["models"])
    fronts = {template["qfmt"] for kind in model.values() for template in kind["tmpls"]}
    assert fronts == {"{{Pregunta}}\n{{Opciones}}", "{{Question}}\n{{Options}}"}


def test_ids_come_from_the_items() -> None:
    one, other = item("numeric", 1, id="one"), item("numeric", 2, id="other")
    guids = [note["guid"] for note in notes(paper(one, other))]
    assert [note["guid"] for note in notes(paper(other, one, version="B", title="Otro"))] == guids[::-1]
    twice = [note["guid"] for note in notes(paper(one, one, other))]
    assert len(set(twice)) == 3
    assert {*guids} < {*twice}
    unnamed = (replace(one, id="", stem="a"), replace(one, id="", stem="b"))
    assert len({note["guid"] for note in notes(paper(*unnamed))}) == 2


def decks(made: Paper) -> dict[str, str]:
    found = json.loads(rows(content(made), "SELECT decks FROM col")[0]["decks"])
    return {identifier: deck["name"] for identifier, deck in found.items() if identifier != "1"}


def test_the_deck_is_named_after_the_paper_and_is_no_subdeck() -> None:
    assert list(decks(each_kind()).values()) == ["Examen: Atención / 1 · A"]
    assert list(decks(paper(title="a::b\nc")).values()) == ["a: :b c · A"]
    assert list(decks(paper(title=" ")).values()) == ["exam-A · A"]
    assert decks(paper(title="a")) != decks(paper(title="b"))


@pytest.mark.parametrize("said", [*SPECIAL, *HOSTILE])
def test_a_text_that_anki_or_mathjax_would_read_is_shown_literally(said: str) -> None:
    literal = said.replace("$", r"\$")
    made = item("mcq", 0, (literal, "b"), stem=literal, rationale=literal, sources=(said,), concept=f"a {said}")
    (note,) = notes(paper(made))
    shown = spaced(re.sub("[\x00\x1f]", "\N{REPLACEMENT CHARACTER}", said))
    assert "[" not in note["flds"]
    assert Pieces(note["flds"]).tags <= {"p", "br", "em", "strong", "ul", "li", "span"}
    assert [visible(part) for part in note["parts"]] == [
        f"{shown} Elige una opción.", f"a) {shown} b) b", f"a) {shown}", shown, shown,
    ]  # fmt: skip
    assert not formulas(note["flds"])


@given(st.text(alphabet="{}=~#:\\<>&;[]()$*`/-\"'!\n áñ→x1_|^\x1f\x00", max_size=40))
@settings(max_examples=80, deadline=None)
def test_any_text_is_shown_as_items_mean_it(said: str) -> None:
    (note,) = notes(paper(item("mcq", 0, (said, "b"), stem=said, rationale=said)))
    meant = visible(html(blocks(said)))
    assert visible(note["parts"][3]) == meant
    assert visible(note["parts"][0]) == spaced(f"{meant} Elige una opción.")
    assert visible(note["parts"][1]) == spaced(f"a) {meant} b) b")


def test_formulas_are_whole_and_code_is_code() -> None:
    stem = "Un $[0, 1] < 50%$ y $$\\frac{1}{2}$$ con `\\(a\\)`.\n\n```\n[sound:x]\n```"
    (note,) = notes(paper(item("numeric", 1, stem=stem)))
    assert formulas(note["parts"][0]) == [r"[0, 1] < 50\%", r"\frac{1}{2}"]
    assert r"\[\frac{1}{2}\]" in note["parts"][0]  # as it stands: AnkiDroid looks for it before it loads MathJax
    assert {"code", "pre"} < Pieces(note["parts"][0]).tags


IMPORT = """
import json, sys
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
collection = Collection(sys.argv[1])
logs = []
for file in sys.argv[2:]:
    options = ImportAnkiPackageOptions()
    log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=file, options=options)).log
    logs.append([len(log.new), len(log.duplicate), len(log.updated), len(log.conflicting)])
fine = collection.fix_integrity()[1]
cards = [collection.get_card(found) for found in collection.find_cards("", order="c.due")]
shown = [
    {"guid": card.note().guid, "fields": card.note().fields, "question": card.question(), "answer": card.answer(),
     "sounds": len(card.question_av_tags()) + len(card.answer_av_tags()), "tags": card.note().tags}
    for card in cards
]
print(json.dumps({"logs": logs, "fine": fine, "cards": shown, "decks": collection.decks.count()}))
"""


def imported(folder: Path, *papers: Paper) -> dict[str, Any]:
    """What Anki has after importing the papers, one after the other."""
    files = [folder / f"{place}.apkg" for place in range(len(papers))]
    for file, made in zip(files, papers, strict=True):
        file.write_bytes(content(made))
    command = [PYTHON, "-c", IMPORT, str(folder / "collection.anki2"), *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def special() -> Paper:
    asked: list[Item] = [item("mcq", 0, SPECIAL[:12], stem=said, rationale=said, id=said) for said in SPECIAL]
    return paper(*asked, title="Especial::es")


@pytest.mark.skipif(not PYTHON, reason="no Anki")
@pytest.mark.parametrize("made", [each_kind(), hostile(), special()], ids=["each-kind", "hostile", "special"])
def test_anki_imports_every_note_as_it_was_written(made: Paper, tmp_path: Path) -> None:
    found = imported(tmp_path, made)
    count = len(made.items)
    assert (found["fine"], found["logs"], found["decks"]) == (True, [[count, 0, 0, 0]], 2)
    for note, card in zip(notes(made), found["cards"], strict=True):
        written = [unicodedata.normalize("NFC", part) for part in note["parts"]]
        assert (card["guid"], card["fields"], card["sounds"]) == (note["guid"], written, 0)
        assert card["question"].endswith("\n".join(written[:2]))
        assert all(part in card["answer"] for part in written)
        assert sorted(card["tags"]) == sorted(note["tags"].split())


@pytest.mark.skipif(not PYTHON, reason="no Anki")
def test_anki_adds_nothing_twice_and_mixes_no_papers(tmp_path: Path) -> None:
    count = len(each_kind().items)
    other = paper(item("numeric", 1, id="new"), each_kind().items[0], title="Otro")
    found = imported(tmp_path, each_kind(), hostile(), each_kind(), other)
    assert found["logs"] == [[count, 0, 0, 0], [len(hostile().items), 0, 0, 0], [0, count, 0, 0], [1, 1, 0, 0]]
    assert len(found["cards"]) == count + len(hostile().items) + 1
    assert found["fine"]
