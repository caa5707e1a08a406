"""A folder of broken and hostile files: each ends as a listed problem or is read, and no good document is lost."""

import os
from collections import Counter
from pathlib import Path

import pytest
from hostile_files import GOOD, HOSTILE, READ, make_folder

from knowledge.errors import KnowledgeError
from knowledge.formats.limits import Limits
from knowledge.library import Library
from knowledge.library_list import Entry
from knowledge.messages import LANGUAGES
from knowledge.parsing import read_sources

LIMITS = Limits(megabytes=2, pages=50, expanded_megabytes=10, entries=1_000, seconds=20, memory_megabytes=500)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("hostile") / "papers"
    return place, make_folder(place)


@pytest.fixture(scope="module")
def added(folder: tuple[Path, dict[str, str]]) -> tuple[Library, list[Entry]]:
    library = Library(folder[0].parent / "library", LIMITS)
    return library, library.add([folder[0]])


def said(code: str) -> str:
    """How the English message of a code begins after the file's name, or ends before it."""
    template = KnowledgeError.messages.table[code]["en"]
    return max(template.replace("{", "}").split("}")[::2], key=len)


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 70
    assert len({code for _, code in HOSTILE.values()}) >= 10


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_problem_or_is_read(
    added: tuple[Library, list[Entry]], folder: tuple[Path, dict[str, str]], name: str
) -> None:
    path = str(folder[0] / name)
    entries = [one for one in added[0].entries() if one.path == path or one.path.startswith(f"{path}#")]
    assert entries
    for entry in entries:
        if HOSTILE[name][1] == READ:
            assert (entry.status, entry.problem) == ("ready", "")
            assert entry.passages > 0
        else:
            assert (entry.status, entry.id) == ("problem", "")
            assert said(HOSTILE[name][1]) in entry.problem


def test_what_is_no_file_is_a_problem_too(
    added: tuple[Library, list[Entry]], folder: tuple[Path, dict[str, str]]
) -> None:
    by_path = {entry.path: entry for entry in added[0].entries()}
    places = {name: code for name, code in folder[1].items() if name not in HOSTILE}
    assert len(places) == 6
    for name, code in places.items():
        assert said(code) in by_path[str(folder[0] / name)].problem


def test_a_name_that_is_no_text_is_told_and_cannot_be_listed(added: tuple[Library, list[Entry]]) -> None:
    [told] = [entry for entry in added[1] if said("document-name") in entry.problem]
    assert "caf?.md" in told.problem
    told.problem.encode()
    assert not any("caf" in entry.path for entry in added[0].entries())


def test_no_good_document_is_lost_and_nothing_of_the_machine_is_read(added: tuple[Library, list[Entry]]) -> None:
    library, entries = added
    ready = {Path(entry.path).name for entry in entries if entry.status == "ready"}
    assert set(GOOD) <= ready
    texts = [document.text for document in library.documents()]
    assert "Attention weighs the values by how well keys match the query." in " ".join(texts)
    assert not any("root:" in text for text in texts)
    assert not Path("/tmp/climbed.xml").exists()


def test_no_text_that_is_kept_moves_a_cursor(added: tuple[Library, list[Entry]]) -> None:
    for document in added[0].documents():
        whole = "".join((document.title, *document.authors, document.text, document.url))
        assert not [char for char in whole if (ord(char) < 32 and char not in "\n\t") or 0x7F <= ord(char) < 0xA0]
        whole.encode()
    for language in LANGUAGES:
        for entry in added[0].entries(language):
            assert not {"\x1b", "\n"} & set(entry.problem + entry.title)


def test_again_nothing_is_read(added: tuple[Library, list[Entry]], folder: tuple[Path, dict[str, str]]) -> None:
    library = added[0]
    before = Counter(entry.status for entry in library.entries())
    inodes = {file.name: file.stat().st_ino for file in (library.folder / "documents").iterdir()}
    again = library.add([folder[0]])
    assert [(entry.id, entry.path, entry.problem) for entry in again] == [
        (entry.id, entry.path, entry.problem) for entry in added[1]
    ]
    assert Counter(entry.status for entry in library.entries()) == before
    assert {file.name: file.stat().st_ino for file in (library.folder / "documents").iterdir()} == inodes


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_may_not_be_opened_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "closed.md"
    path.write_text("Secret.")
    path.chmod(0)
    [entry] = Library(tmp_path / "library").add([path])
    assert said("document-unreadable") in entry.problem


def test_the_same_files_as_sources(tmp_path: Path, folder: tuple[Path, dict[str, str]]) -> None:
    """`--sources` reads by the same process: some of each kind, good and bad."""
    names = ("good-1.md", "good-3.pdf", "many-pages.pdf", "bomb.docx", "noise.bib", "deep.ipynb", "pipe.txt")
    for name in names:
        (tmp_path / name).symlink_to(folder[0] / name)
    documents, problems = read_sources([tmp_path], LIMITS)
    assert {document.title for document in documents} == {"Attention", "A paper"}
    assert sorted(problem.code for problem in problems) == sorted(folder[1][name] for name in names[2:])
