"""A library that follows its files: changed, new, gone, moved, out of reach; corrected by a person; resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from make_pdf import make_pdf

from knowledge.errors import KnowledgeError
from knowledge.formats.limits import Limits
from knowledge.formats.references import Metadata
from knowledge.library import Library
from knowledge.library_documents import LibraryDocuments
from knowledge.library_files import in_reach, root_of
from knowledge.library_list import Entry, Root
from knowledge.library_shelf import Shelf

ADD = """
import sys
from pathlib import Path
from knowledge.library import Library
from knowledge.library_documents import LibraryDocuments
print("ready", flush=True)
try:
    Library(Path(sys.argv[1])).add([Path(sys.argv[2])], progress=lambda done, total, name: print(done, flush=True))
except KeyboardInterrupt:
    print("stopped")
"""
FULL = """
import resource, sys
from pathlib import Path
from knowledge.errors import KnowledgeError
from knowledge.library import Library
from knowledge.library_documents import LibraryDocuments
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
try:
    Library(Path(sys.argv[1])).add([Path(sys.argv[2])])
except KnowledgeError as error:
    print(error.code)
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Three notes that were changed an hour ago, so that a look tells that they are the same."""
    folder = tmp_path / "docs"
    for name in "abc":
        write(folder / f"{name}.md", f"# Note {name}\n\nThis is the text of the note {name}, and it is short.")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def write(path: Path, text: str, hours: float = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    at = time.time() - hours * 3600
    os.utime(path, (at, at))
    return path


def titles(entries: list[Entry]) -> list[str]:
    return [entry.title for entry in entries]


def test_refresh_follows_the_folder(library: Library, docs: Path) -> None:
    library.add([docs])
    write(docs / "new.md", "# New\n\nThis is a new note, and it is found.")
    write(docs / "b.md", "# Changed\n\nThis is another text in the same file.", 0.5)
    (docs / "c.md").unlink()
    now, left = library.refresh()
    assert titles(now) == ["Note a", "Changed", "New"]
    assert titles(left) == ["Note c"]
    assert titles(library.entries()) == [document.title for document in library.documents()]
    assert len(list((library.folder / "documents").iterdir())) == 3
    assert library.refresh() == (now, [])


def test_what_is_the_same_is_not_opened(library: Library, docs: Path) -> None:
    added = library.add([docs])
    for path in docs.iterdir():  # other bytes of the same size and time: only one who reads them can tell
        seen = path.stat()
        path.write_text(path.read_text().replace("short", "SHORT"))
        os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert library.add([docs]) == added
    assert library.refresh() == (added, [])


def test_a_file_that_was_changed_just_now_is_read_by_its_content(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("This is the one text of it.")
    seen = path.stat()
    [old] = library.add([path])
    path.write_text("This is the two text of it.")
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    [new] = library.add([path])
    assert new.id != old.id


def test_a_disk_that_is_not_connected_loses_nothing(library: Library, docs: Path, tmp_path: Path) -> None:
    added = library.add([docs, write(tmp_path / "lone" / "x.md", "# Lone\n\nThis is a note that was added alone.")])
    docs.rename(tmp_path / "away")
    (tmp_path / "lone").rename(tmp_path / "lone-away")
    now, left = library.refresh("es")
    assert left == []
    assert [entry.id for entry in now] == [entry.id for entry in added]
    assert all(entry.status == "ready" and "No se puede acceder" in entry.problem for entry in now)
    assert len(library.documents()) == 4
    (tmp_path / "away").rename(docs)
    (tmp_path / "lone-away").rename(tmp_path / "lone")
    assert library.refresh() == (added, [])


def test_the_empty_place_of_a_disk_is_out_of_reach(docs: Path) -> None:
    root, known = root_of(docs), [str(path) for path in docs.iterdir()]
    assert in_reach(root, known)
    elsewhere = Root(root.path, root.device + 1)  # what was added lay on another device
    assert in_reach(elsewhere, known), "files are there: the disk has a new number"
    for path in docs.iterdir():
        path.unlink()
    assert in_reach(root, known), "they were deleted"
    assert not in_reach(elsewhere, known)


def test_a_file_added_by_name_leaves_when_it_is_deleted(library: Library, docs: Path) -> None:
    library.add([docs / "a.md", docs / "b.md"])
    (docs / "a.md").unlink()
    now, left = library.refresh()
    assert (titles(now), titles(left)) == (["Note b"], ["Note a"])
    write(docs / "a.md", "# Back\n\nThis is what is there now, and nobody asked for it.")
    assert titles(library.refresh()[0]) == ["Note b"]


def test_a_moved_file_keeps_its_document_and_what_was_said_of_it(library: Library, docs: Path) -> None:
    added = library.add([docs])
    library.describe(added[0].id, Metadata(title="Mine"))
    (docs / "a.md").rename(docs / "z.md")
    now, left = library.refresh()
    assert left == []
    assert [(Path(entry.path).name, entry.title) for entry in now] == [
        ("z.md", "Mine"), ("b.md", "Note b"), ("c.md", "Note c"),
    ]  # fmt: skip
    assert [document.path for document in library.documents()] == [entry.path for entry in now]


def test_a_problem_is_not_tried_again_until_the_file_changes(library: Library, docs: Path) -> None:
    write(docs / "bad.md", "a\0b")
    first = library.add([docs])
    tight = Library(library.folder, Limits(megabytes=0))
    assert tight.add([docs]) == first, "nothing is read, so nothing is too large"
    [bad] = [entry for entry in tight.add([docs], retry=True) if entry.status == "problem"]
    assert "too large" in bad.problem
    write(docs / "bad.md", "This is good now, and it can be read.", 0.5)
    assert [entry.status for entry in library.add([docs])] == ["ready"] * 4


def test_a_changed_file_that_cannot_be_read_takes_its_document_along(library: Library, docs: Path) -> None:
    library.add([docs])
    write(docs / "b.md", "\0", 0.5)
    now, left = library.refresh()
    assert [entry.status for entry in now] == ["ready", "problem", "ready"]
    assert left == []
    assert len(library.documents()) == 2


def test_removed_documents_do_not_come_back_until_they_are_added(library: Library, docs: Path) -> None:
    added = library.add([docs])
    assert library.remove(added[1].id) == [added[1]]
    assert titles(library.refresh()[0]) == ["Note a", "Note c"]
    assert titles(library.add([docs])) == ["Note a", "Note b", "Note c"]
    write(docs / "bad.md", "\0")
    library.refresh()
    assert [entry.status for entry in library.remove(str(docs / "bad.md"))] == ["problem"]
    assert len(library.remove(str(docs))) == 3
    assert library.entries() == library.refresh()[0] == []
    with pytest.raises(KnowledgeError):
        library.remove("")


def test_corrections_stay_when_the_file_is_read_again_and_can_be_taken_back(library: Library, docs: Path) -> None:
    [entry, *_] = library.add([docs])
    said = Metadata("Better", ("Ana Pérez", "Luis Gil"), 2021, "https://a.b", "doi:10.1000/182", "1706.03762", "TACL")
    corrected = library.describe(entry.id, said)
    assert (corrected.title, corrected.authors, corrected.year, corrected.doi) == (
        "Better", ("Ana Pérez", "Luis Gil"), 2021, "10.1000/182",
    )  # fmt: skip
    write(docs / "a.md", "# Other\n\nThis is another text in the same file.", 0.5)
    again = library.add([docs])[0]
    assert again.id != entry.id
    assert (again.title, again.venue, again.arxiv) == ("Better", "TACL", "1706.03762")
    document = library.document(again.id)
    assert (document.title, document.authors, document.doi) == ("Better", ("Ana Pérez", "Luis Gil"), "10.1000/182")
    back = library.describe(again.id, Metadata(year=1999), ("title", "doi"))
    assert (back.title, back.doi, back.year, back.venue) == ("Other", "", 1999, "TACL")
    for wrong in (Metadata(year=7), Metadata(url="javascript:x")):
        with pytest.raises(KnowledgeError, match=r"not a (valid|year)"):
            library.describe(again.id, wrong)


def test_documents_are_read_when_asked_for_and_a_correction_changes_their_key(library: Library, docs: Path) -> None:
    entry = library.add([docs])[0]
    kept = LibraryDocuments(library)
    assert [document.title for document in kept.values()] == ["Note a", "Note b", "Note c"]
    library.describe(entry.id, Metadata(title="Better"))
    assert len(set(LibraryDocuments(library)) - set(kept)) == 1
    library.describe(entry.id, Metadata(venue="TACL"))
    assert len(set(LibraryDocuments(library)) - set(kept)) == 1, "a passage does not show it"


def test_a_list_of_references_brings_files_abstracts_and_metadata(library: Library, tmp_path: Path) -> None:
    (tmp_path / "zotero" / "files").mkdir(parents=True)
    pdf = make_pdf(tmp_path / "zotero" / "files" / "x.pdf", [["This is the text of the paper."]])
    bib = write(
        tmp_path / "zotero" / "refs.bib",
        "@article{x, title={The paper}, author={Pérez, Ana}, year={2020}, file={files/x.pdf}}\n"
        "@article{y, title={An abstract}, abstract={This is what the paper says in short, and it is all.}}\n"
        "@article{z, title={Lost}, file={files/z.pdf}}\n",
    )
    added = library.add([bib])
    assert [(one.title, one.kind, one.year, one.status) for one in added] == [
        ("The paper", "pdf", 2020, "ready"), ("An abstract", "bib", None, "ready"),
        (added[2].title, "", None, "problem"),
    ]  # fmt: skip
    assert added[0].path == str(pdf)
    assert [document.title for document in library.documents()] == ["The paper", "An abstract"]
    assert library.add([bib]) == added
    write(bib, "@article{x, title={The paper, again}, file={files/x.pdf}}\n", 0.5)
    now, left = library.refresh()
    assert titles(now) == ["The paper, again"]
    assert len(left) == 2


def test_a_damaged_list_is_made_again_from_the_documents(library: Library, docs: Path) -> None:
    added = library.add([docs])
    library.describe(added[0].id, Metadata(title="Mine"))
    (library.folder / "library.json").write_text('{"version": 2, "rec')
    with pytest.raises(KnowledgeError):
        library.refresh()
    assert library.rebuild() == 3
    assert sorted(titles(library.entries())) == ["Mine", "Note b", "Note c"]
    assert len(list(library.folder.glob("library.damaged-*.json"))) == 1
    now, left = library.refresh()
    assert (len(now), left) == (3, [])


def test_the_first_form_of_the_list_is_read(library: Library, docs: Path) -> None:
    added = library.add([docs])
    old = [
        {name: getattr(one, name) for name in ("id", "title", "path", "pages", "passages", "language", "sha256")}
        for one in added
    ]
    (library.folder / "library.json").write_text(json.dumps({"version": 1, "entries": old}))
    (library.folder / "choices.json").unlink()
    assert titles(library.entries()) == ["Note a", "Note b", "Note c"]
    assert [entry.id for entry in library.add([docs])] == [entry.id for entry in added]


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for number in range(120):
        write(folder / f"{number:03}.md", f"# Note {number}\n\nThis is the text of the note {number}. " * 20)
    command = [sys.executable, "-c", ADD, library.folder, folder]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    while child.stdout.readline().strip() != "30":
        pass
    child.send_signal(signal.SIGINT)
    rest = child.stdout.read()
    assert child.wait(20) == 0
    child.stdout.close()
    assert rest.endswith("stopped\n")
    kept = library.entries()
    assert 29 <= len(kept) < 120
    before = {file.name: file.stat().st_ino for file in (library.folder / "documents").iterdir()}
    assert len(library.add([folder])) == 120
    after = {file.name: file.stat().st_ino for file in (library.folder / "documents").iterdir()}
    assert {name: after[name] for name in before} == before, "what was kept was not read again"


def test_documents_that_a_killed_run_left_are_taken_up(library: Library, docs: Path, tmp_path: Path) -> None:
    added = library.add([docs])
    shelf = Shelf(library.folder)
    (library.folder / "library.json").write_text('{"version":2,"records":[]}')  # killed before the list was written
    inodes = {file.name: file.stat().st_ino for file in (library.folder / "documents").iterdir()}
    again = library.add([docs / "a.md", docs / "b.md"])
    assert again == added[:2]
    library.refresh()
    shelf.sweep()
    assert {file.name for file in (library.folder / "documents").iterdir()} == set(inodes), "young ones stay"


def test_a_full_disk_is_told_and_leaves_the_list_whole(library: Library, docs: Path, tmp_path: Path) -> None:
    added = library.add([docs / "a.md"])
    write(docs / "large.md", "# Large\n\n" + "This is a sentence that fills the file. " * 400)
    done = subprocess.run(
        [sys.executable, "-c", FULL, library.folder, docs], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "folder-unwritable\n", done.stderr
    assert added[0] in library.entries()
    assert len(library.add([docs])) == 4
    assert not list((library.folder / "documents").glob(".*.part"))
