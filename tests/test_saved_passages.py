"""Passages in a file, read one by one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_index import passages

from knowledge.errors import BadIndex
from knowledge.integrity import read_manifest, write_manifest
from knowledge.saved_passages import LINES, STARTS, PassagesById, SavedPassages, write_passages


@pytest.fixture
def part(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    write_passages(tmp_path / "en", passages())
    return tmp_path / "en"


def test_they_are_a_sequence(part: Path) -> None:
    saved, written = SavedPassages(part.parent, "en"), passages()
    assert len(saved) == 4
    assert list(saved) == written
    assert [saved[0], saved[3], saved[-1], saved[-4]] == [written[0], written[3], written[3], written[0]]
    assert saved[1:3] == written[1:3]
    assert saved[::-2] == written[::-2]
    for row in (4, -5):
        with pytest.raises(IndexError):
            saved[row]


def test_the_place_of_a_passage_is_kept(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    placed = replace(passages()[0], start=120, end=345)
    write_passages(tmp_path / "en", [placed])
    assert SavedPassages(tmp_path, "en")[0] == placed


def test_a_passage_is_parsed_once(part: Path) -> None:
    saved = SavedPassages(part.parent, "en")
    assert saved[2] is saved[2]


def test_there_may_be_none(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    write_passages(tmp_path / "en", [])
    saved = SavedPassages(tmp_path, "en")
    assert not saved
    assert list(saved) == []


def test_files_that_do_not_fit_are_told(part: Path) -> None:
    with (part / LINES).open("ab") as file:
        file.write(b"more")
    with pytest.raises(ValueError, match="does not fit"):
        SavedPassages(part.parent, "en")
    np.save(part / STARTS, np.array([], dtype=np.int64))
    with pytest.raises(ValueError, match="does not fit"):
        SavedPassages(part.parent, "en")


def test_a_line_that_cannot_be_read_has_its_file_checked_at_the_next_opening(part: Path) -> None:
    """Harm that comes while the file is open, or that no stamp shows."""
    data = (part / LINES).read_bytes()
    write_manifest(part.parent, {})
    saved = SavedPassages(part.parent, "en")
    with (part / LINES).open("r+b") as file:
        file.write(b"!" + data[1:])
    with pytest.raises(BadIndex) as error:
        saved[0]
    assert "en/passages.jsonl" in error.value.message("en")
    assert list(saved[1:]) == passages()[1:]
    with pytest.raises(BadIndex):
        read_manifest(part.parent)


def test_one_is_found_by_its_id(part: Path) -> None:
    saved, written = SavedPassages(part.parent, "en"), passages()
    by_id = PassagesById([saved, [replace(written[0], id="beside")]])
    assert list(by_id) == [*(passage.id for passage in written), "beside"]
    assert by_id[written[2].id] is saved[2]
    assert by_id["beside"].id == "beside"
    assert by_id.get("absent") is None


def test_one_that_cannot_be_read_leaves_the_others_to_be_found(part: Path) -> None:
    text, starts = bytearray((part / LINES).read_bytes()), np.load(part / STARTS)
    text[int(starts[2]) - 2] = ord("?")  # the end of the second
    (part / LINES).write_bytes(bytes(text))
    by_id = PassagesById([SavedPassages(part.parent, "en")])
    assert by_id[passages()[2].id] == passages()[2]
    with pytest.raises(BadIndex):
        by_id[passages()[1].id]


@pytest.mark.parametrize("concept", ["", "self-attention", 'a "b", ["c', "año\\n\t"])
def test_what_each_is_about_is_told_without_reading_it(tmp_path: Path, concept: str) -> None:
    (tmp_path / "en").mkdir()
    written = [
        replace(passages()[0], concept=concept, kind=kind, levels=levels, url=url)
        for kind, levels, url in (("", (), ""), ("faq", ("beginner", "advanced"), 'http://x/", "y, '))
    ]
    write_passages(tmp_path / "en", written)
    saved = SavedPassages(tmp_path, "en")
    assert saved.concepts() == [concept, concept]
    assert list(saved) == written


def test_a_damaged_end_of_a_line_is_told_when_asked_what_it_is_about(part: Path) -> None:
    lines = (part / LINES).read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b", [", b", (")
    (part / LINES).write_bytes(b"\n".join(lines))
    with pytest.raises(BadIndex):
        SavedPassages(part.parent, "en").concepts()


def test_a_damaged_line_has_no_id(part: Path) -> None:
    text = (part / LINES).read_bytes()
    (part / LINES).write_bytes(text[:1] + b"?" + text[2:])
    assert SavedPassages(part.parent, "en").ids() == ["", *(passage.id for passage in passages()[1:])]
