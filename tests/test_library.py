"""A user's own documents: kept once, whole, by several processes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from make_pdf import make_pdf

from knowledge.errors import KnowledgeError
from knowledge.library import Library
from knowledge.library_list import Entry
from knowledge.readers import read_document

ADD = """
import sys
from pathlib import Path
from knowledge.library import Library
print("ready", flush=True)
Library(Path(sys.argv[1])).add([Path(sys.argv[2])])
"""


def note(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def adding(library: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ADD, str(library), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "data" / "library")


def test_a_library_that_was_never_written_is_empty(library: Library) -> None:
    assert library.entries() == []
    assert library.documents() == []
    assert not library.folder.exists()


def test_a_document_comes_back_as_it_was_read(library: Library, tmp_path: Path) -> None:
    path = note(tmp_path / "a.md", "# Atención\n\nUno. Dos.\n\n## Parte\n\n- tres")
    pdf = make_pdf(tmp_path / "b.pdf", [["One."], ["Two."]], title="Title", author="Ana Pérez")
    added = library.add([path, pdf])
    document = read_document(path)
    expected = Entry(document.id, "Atención", str(path), None, 2, document.language, document.sha256, kind="md")
    assert added[0] == expected
    assert (added[1].title, added[1].authors, added[1].kind) == ("Title", ("Ana Pérez",), "pdf")
    assert (added[1].pages, added[1].passages, added[1].status, added[1].problem) == (2, 2, "ready", "")
    assert library.entries() == added
    assert library.documents() == [document, read_document(pdf)]


def test_the_same_content_is_one_document(library: Library, tmp_path: Path) -> None:
    first = library.add([note(tmp_path / "a.md", "Text.")])
    before = (library.folder / "library.json").stat()
    assert library.add([tmp_path / "a.md"]) == first
    assert library.add([note(tmp_path / "b" / "copy.txt", "Text.")]) == first
    assert library.add([tmp_path]) == first * 2
    assert library.entries() == first
    after = (library.folder / "library.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_changed_content_replaces_the_old_entry_in_its_place(library: Library, tmp_path: Path) -> None:
    old = library.add([note(tmp_path / "a.md", "Old."), note(tmp_path / "b.md", "Other.")])
    [new] = library.add([note(tmp_path / "a.md", "New.")])
    assert new.id != old[0].id
    assert library.entries() == [new, old[1]]
    assert [document.sections[0].text for document in library.documents()] == ["New.", "Other."]
    kept = {path.name for path in (library.folder / "documents").iterdir()}
    assert kept == {f"{new.id}.json", f"{old[1].id}.json"}


def test_a_file_changed_into_a_copy_of_another_leaves_that_one(library: Library, tmp_path: Path) -> None:
    first, second = library.add([note(tmp_path / "a.md", "One."), note(tmp_path / "b.md", "Two.")])
    assert library.add([note(tmp_path / "a.md", "Two.")]) == [second]
    assert library.entries() == [second]
    assert first.id not in {document.id for document in library.documents()}


def test_bad_files_are_told_and_remembered(library: Library, tmp_path: Path) -> None:
    note(tmp_path / "docs" / "a.txt", "\0")
    note(tmp_path / "docs" / "b.txt", "Text.")
    added = library.add([tmp_path / "docs", tmp_path / "none.md"], "es")
    assert [entry.status for entry in added] == ["problem", "ready", "problem"]
    assert (added[0].title, added[0].id, added[0].path) == ("a.txt", "", str(tmp_path / "docs" / "a.txt"))
    assert added[0].problem.startswith(f"{tmp_path / 'docs' / 'a.txt'} no es texto: contiene datos binarios.")
    assert added[2].problem == f"No hay ningún archivo ni carpeta en {tmp_path / 'none.md'}. Revisa la ruta."
    assert library.entries("es") == added[:2]
    assert "is not text" in library.entries("en")[0].problem
    assert len(library.documents()) == 1


def test_a_document_is_removed_and_the_users_file_stays(library: Library, tmp_path: Path) -> None:
    [entry, other] = library.add([note(tmp_path / "a.md", "Text."), note(tmp_path / "b.md", "Other.")])
    assert library.remove(entry.id) == [entry]
    assert library.entries() == [other]
    assert (tmp_path / "a.md").read_text() == "Text."
    with pytest.raises(KnowledgeError) as caught:
        library.remove(entry.id)
    assert caught.value.code == "document-unknown"
    assert library.add([tmp_path / "a.md"]) == [entry]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 2, "entries": []}', '{"version": 1, "entries": [{}]}'])
def test_a_damaged_list_is_told_and_left_alone(library: Library, tmp_path: Path, content: str) -> None:
    library.add([note(tmp_path / "a.md", "Text.")])
    stored = sorted(library.folder.rglob("*"))
    (library.folder / "library.json").write_text(content)
    for act in (library.entries, library.documents, lambda: library.add([tmp_path / "a.md"])):
        with pytest.raises(KnowledgeError) as caught:
            act()
        assert caught.value.code == "library-damaged"
        assert caught.value.message("en").startswith("The library's list at")
        assert "--rebuild" in caught.value.hint("es")
    assert (library.folder / "library.json").read_text() == content
    assert sorted(library.folder.rglob("*")) == stored


def test_a_lost_document_is_told_and_comes_back_when_added_again(library: Library, tmp_path: Path) -> None:
    [entry] = library.add([note(tmp_path / "a.md", "Text.")])
    file = library.folder / "documents" / f"{entry.id}.json"
    file.unlink()
    with pytest.raises(KnowledgeError, match=entry.id):
        library.documents()
    assert library.add([tmp_path / "a.md"]) == [entry]
    assert library.documents() == [read_document(tmp_path / "a.md")]
    file.write_text("{}")
    with pytest.raises(KnowledgeError, match=entry.id):
        library.documents()


def test_two_processes_that_add_at_once_lose_nothing(library: Library, tmp_path: Path) -> None:
    for folder in "ab":
        for number in range(12):
            note(tmp_path / folder / f"{number:02}.md", f"Text {folder}{number}.")
    children = [adding(library.folder, tmp_path / folder) for folder in "ab"]
    for child in children:
        child.communicate(timeout=20)
    assert [child.returncode for child in children] == [0, 0]
    expected = sorted(str(path) for folder in "ab" for path in (tmp_path / folder).iterdir())
    assert sorted(entry.path for entry in library.entries()) == expected
    assert len(library.documents()) == 24


def test_after_a_kill_the_list_and_its_documents_are_whole(library: Library, tmp_path: Path) -> None:
    for number in range(60):
        note(tmp_path / "docs" / f"{number:02}.md", f"Text {number}. " * 200)
    kept = 0
    for _ in range(3):
        child = adding(library.folder, tmp_path / "docs")
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0.02, 0.15))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        entries = library.entries()
        assert len(entries) >= kept
        assert [document.id for document in library.documents()] == [entry.id for entry in entries]
        kept = len(entries)
    assert len(library.add([tmp_path / "docs"])) == 60
    assert len(library.entries()) == 60
