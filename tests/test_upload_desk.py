"""Files brought to a library in the app: what becomes of each, what stays when it is stopped, corrections, removals."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from knowledge.errors import KnowledgeError
from knowledge.library import Library
from tutor.jobs import Watch
from tutor.upload_desk import UploadDesk

SOON = 60.0
ME = "me"
BROKEN = b"%PDF-1.7 and nothing more"


def paper(word: str) -> bytes:
    head = f"---\nauthor: Ada Lind\ndate: 2021\n---\n\n# Notes on {word}\n\n"
    return f"{head}{word} attention saves memory.\n".encode()


class Told:
    """What a desk tells of its library."""

    def __init__(self) -> None:
        self.changes = 0
        self.prepared = 0

    def changed(self) -> None:
        self.changes += 1

    def prepare(self) -> None:
        self.prepared += 1


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def desk(tmp_path: Path, library: Library, told: Told) -> UploadDesk:
    return UploadDesk(tmp_path, lambda: library, told.changed, told.prepare)


def brought(desk: UploadDesk, *files: tuple[str, bytes], language: str = "en") -> dict[str, Any]:
    """What became of the files."""
    desk.add(ME, files, language)
    assert desk.jobs.wait(ME, SOON)
    found = desk.job(ME, language)
    assert found
    return found


def uploads(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "uploads").rglob("*") if file.is_file())


def test_what_becomes_of_each_file_is_told_and_a_bad_one_costs_only_itself(
    desk: UploadDesk, library: Library, told: Told
) -> None:
    found = brought(desk, ("a.md", paper("Tarn")), ("../bad.pdf", BROKEN), ("b.md", paper("Fell")), language="es")
    assert (found["state"], found["step"], found["error"]) == ("done", "index", None)
    assert [(file["name"], file["outcome"]) for file in found["files"]] == [
        ("a.md", "added"), ("../bad.pdf", "problem"), ("b.md", "added"),
    ]  # fmt: skip
    assert [file["title"] for file in found["files"]] == ["Notes on Tarn", "", "Notes on Fell"]
    assert found["files"][0]["passages"] == 1
    assert "bad.pdf" in found["files"][1]["problem"]
    assert "uploads" not in found["files"][1]["problem"], "where its copy lies says nothing to who brought it"
    assert (told.changes, told.prepared) == (1, 1)
    desk.close(ME)
    assert desk.job(ME, "es") is None
    assert len(library.entries()) == 3


def test_the_same_content_is_known_and_leaves_no_second_copy(
    desk: UploadDesk, library: Library, tmp_path: Path
) -> None:
    brought(desk, ("a.md", paper("Tarn")))
    found = brought(desk, ("a.md", paper("Tarn")), ("again.md", paper("Tarn")), ("b.md", paper("Fell")))
    assert [file["outcome"] for file in found["files"]] == ["known", "known", "added"]
    assert uploads(tmp_path) == ["a.md", "b.md"]
    assert len(library.refresh()[0]) == 2, "nor does a later look at the folder bring it back"


def test_a_list_of_references_is_one_file_with_its_works(desk: UploadDesk) -> None:
    works = "".join(
        f"@article{{w{n}, title={{Work {n}}}, author={{Lind, Ada}}, year={{2021}}, "
        f"abstract={{Tarn attention saves memory in experiment {n}.}}}}\n" for n in (1, 2)
    )  # fmt: skip
    [file] = brought(desk, ("list.bib", works.encode()))["files"]
    assert (file["outcome"], file["passages"], file["title"]) == ("added", 2, "Work 1")


def test_what_was_read_when_it_is_stopped_stays_and_the_rest_never_came(
    desk: UploadDesk, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_one, go_on = Event(), Event()
    whole: Callable[..., Any] = library.add

    def slowly(paths: list[Path], language: str, *, retry: bool, progress: Watch) -> Any:
        def halting(done: Any, total: int, name: Any) -> None:
            progress(done, total, name)
            read_one.set()
            go_on.wait(SOON)

        return whole(paths, language, retry=retry, progress=halting)

    monkeypatch.setattr(library, "add", slowly)
    desk.add(ME, [(f"{word}.md", paper(word)) for word in ("Tarn", "Fell", "Beck", "Gill")], "en")
    assert read_one.wait(SOON)
    desk.add(ME, [("later.md", paper("Moss"))], "en")
    now = desk.job(ME, "en")
    assert now
    assert (now["state"], now["step"], now["done"], now["total"]) == ("running", "Tarn.md", 1, 4)
    assert len(now["files"]) == 4, "one batch at a time"
    desk.close(ME)
    assert desk.job(ME, "en"), "what runs is not forgotten"
    desk.stop(ME)
    go_on.set()
    assert desk.jobs.wait(ME, SOON)
    found = desk.job(ME, "en")
    assert found
    assert found["state"] == "stopped"
    outcomes = [file["outcome"] for file in found["files"]]
    kept = outcomes.count("added")
    assert outcomes[0] == "added"
    assert outcomes == ["added"] * kept + ["left"] * (4 - kept)
    assert kept < 4
    assert len(uploads(tmp_path)) == len(library.entries()) == len(library.refresh()[0]) == kept


def test_what_could_not_be_read_is_tried_again(desk: UploadDesk, library: Library, tmp_path: Path) -> None:
    mine = tmp_path / "mine.md"
    mine.write_bytes(b"")
    library.add([mine])
    mine.write_bytes(paper("Moss"))
    brought(desk, ("a.md", paper("Tarn")))
    desk.retry(ME, "en")
    assert desk.jobs.wait(ME, SOON)
    found = desk.job(ME, "en")
    assert found
    assert [(file["name"], file["outcome"]) for file in found["files"]] == [("mine.md", "added")]
    assert mine.exists()


def test_a_person_sees_their_own_files_alone(desk: UploadDesk) -> None:
    brought(desk, ("a.md", paper("Tarn")))
    assert desk.job("p-other", "en") is None


def test_a_correction_is_kept_and_an_empty_field_is_what_was_found(desk: UploadDesk, library: Library) -> None:
    brought(desk, ("a.md", paper("Tarn")))
    [before] = library.entries()
    form = desk.form(before.id)
    assert (form["title"], form["authors"], form["year"], form["doi"]) == ("Notes on Tarn", "Ada Lind", "2021", "")
    new = desk.correct(
        before.id, {**form, "title": " Tarn,  corrected ", "authors": "Bo Marsh; ; Carla Rey", "year": "2022",
                    "doi": "https://doi.org/10.1000/182", "arxiv": "arXiv:2101.00001v2"}, "en",
    )["form"]  # fmt: skip
    assert (new["title"], new["authors"], new["year"]) == ("Tarn, corrected", "Bo Marsh; Carla Rey", "2022")
    assert (new["doi"], new["arxiv"]) == ("10.1000/182", "2101.00001")
    assert library.documents()[0].authors == ("Bo Marsh", "Carla Rey")
    assert desk.correct(before.id, dict.fromkeys(new, ""), "en")["form"] == form


def test_what_was_not_changed_is_no_correction(desk: UploadDesk, library: Library, tmp_path: Path) -> None:
    brought(desk, ("a.md", paper("Tarn")))
    [entry] = library.entries()
    desk.correct(entry.id, desk.form(entry.id), "en")
    assert json.loads((tmp_path / "library" / "choices.json").read_text())["corrections"] == {}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("year", "20", "year-wrong"), ("year", "2021a", "year-wrong"), ("year", "٢٠٢١", "year-wrong"),
        ("year", "9" * 5000, "year-wrong"), ("doi", "182", "metadata-wrong"), ("arxiv", "x", "metadata-wrong"),
        ("url", "javascript:alert(1)", "metadata-wrong"),
    ],
)  # fmt: skip
def test_what_is_no_such_thing_is_refused_and_nothing_changes(
    desk: UploadDesk, library: Library, field: str, value: str, code: str
) -> None:
    brought(desk, ("a.md", paper("Tarn")))
    [before] = library.entries()
    with pytest.raises(KnowledgeError) as caught:
        desk.correct(before.id, {**desk.form(before.id), "title": "Other", field: value}, "en")
    assert caught.value.code == code
    assert library.entries() == [before]


def test_several_are_removed_with_their_uploads_and_a_persons_own_file_stays(
    desk: UploadDesk, library: Library, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.md"
    mine.write_bytes(paper("Moss"))
    library.add([mine])
    brought(desk, ("a.md", paper("Tarn")), ("bad.pdf", BROKEN), ("b.md", paper("Fell")))
    keys = {entry.path.rpartition("/")[2]: entry.id or entry.path for entry in library.entries()}
    assert desk.remove([keys["a.md"], keys["bad.pdf"], keys["mine.md"], "nothing"]) == 3
    assert [entry.title for entry in library.entries()] == ["Notes on Fell"]
    assert uploads(tmp_path) == ["b.md"]
    assert mine.exists()
    with pytest.raises(KnowledgeError) as caught:
        desk.form(keys["a.md"])
    assert caught.value.code == "document-unknown"
