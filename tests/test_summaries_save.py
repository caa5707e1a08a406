"""The files of a summary on disk: which come, whole or not at all, and never over what somebody else wrote."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from docx import Document
from make_summary import quoting, summary

from knowledge.errors import AteneaError, KnowledgeError
from tutor.errors import BadSummary
from tutor.summaries.own_files import RECORD, write_own
from tutor.summaries.save import FORMATS, save_summary

STYLE = "nature"  # the quickest


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != RECORD)


def refused(code: str, folder: Path, out: str = "a.md", **wanted: object) -> AteneaError:
    """The error, after which nothing is in the folder that was not there."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(AteneaError) as caught:
        save_summary(summary("en"), folder / out, style=STYLE, **wanted)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    for language in ("es", "en"):
        assert caught.value.message(language)
        assert caught.value.hint(language)
    return caught.value


def test_a_summary_in_every_format(tmp_path: Path) -> None:
    made = save_summary(summary("es"), tmp_path / "resumen.md", formats=FORMATS, style=STYLE)
    assert [path.name for path in made] == [
        "resumen.md", "resumen.docx", "resumen.tex", "resumen.bib", "resumen.json", "resumen.ris", "resumen.csv",
        "resumen.jsonl",
    ]  # fmt: skip
    assert names(tmp_path) == sorted(path.name for path in made)
    assert (tmp_path / "resumen.md").read_text(encoding="utf-8").startswith("# ¿Cuánto cuesta la atención")
    assert r"\bibliography{resumen}" in (tmp_path / "resumen.tex").read_text(encoding="utf-8")
    assert Document(str(tmp_path / "resumen.docx")).paragraphs[0].text == summary("es").question


def test_the_ending_says_the_format_and_bib_where_references_go(tmp_path: Path) -> None:
    (tmp_path / "refs").mkdir()
    made = save_summary(summary("en"), tmp_path / "A b.TEX", tmp_path / "refs" / "own.bib", style=STYLE)
    assert made == [tmp_path / "A b.TEX", tmp_path / "refs" / "own.bib"]
    assert r"\bibliography{refs/own}" in made[0].read_text(encoding="utf-8")
    (alone,) = save_summary(summary("en"), tmp_path / "x.jsonl")
    assert len(alone.read_text(encoding="utf-8").splitlines()) == 10
    made = save_summary(summary("en"), tmp_path / "atención ¿qué?.tex")
    assert [path.name for path in made] == ["atención ¿qué?.tex", "atencion-que.bib"]
    assert r"\bibliography{atencion-que}" in made[0].read_text(encoding="utf-8")
    made = save_summary(summary("en"), tmp_path / "n.markdown", tmp_path / "n.ris", style=STYLE)
    assert made[1].read_text(encoding="utf-8").startswith("TY  - CPAPER\n")


def test_what_cannot_be_written_says_why_and_changes_nothing(tmp_path: Path) -> None:
    assert ".docx" in refused("summary-suffix", tmp_path, "a.odt").hint("es")
    refused("summary-suffix", tmp_path, "a")
    refused("summary-suffix", tmp_path, "a.md", bib=tmp_path / "a.md")
    assert "jsonl" in refused("summary-format", tmp_path, formats=("odt",)).hint("en")
    refused("summary-format-twice", tmp_path, "a.bib", bib=tmp_path / "b.bib")
    refused("summary-bib-name", tmp_path, "a.tex", bib=tmp_path / "mis referencias.bib")
    refused("summary-folder-missing", tmp_path, "no/a.md")
    refused("summary-folder-missing", tmp_path, "a.md", bib=tmp_path / "no" / "a.bib")
    (tmp_path / "d.md").mkdir()
    refused("summary-not-a-file", tmp_path, "d.md")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    refused("summary-folder-missing", tmp_path, "file/a.md")
    with pytest.raises(BadSummary, match="no citation style none"):
        save_summary(summary("en"), tmp_path / "a.md", style="none")
    assert names(tmp_path) == ["d.md", "file"]


def test_ours_is_written_again_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    out = tmp_path / "a.md"
    save_summary(summary("en"), out, style=STYLE)
    save_summary(summary("es"), out, style=STYLE)
    assert "citas textuales" in out.read_text(encoding="utf-8")
    out.write_text("my own notes", encoding="utf-8")
    refused("summary-file-exists", tmp_path)
    save_summary(summary("en"), out, style=STYLE, overwrite=True)
    save_summary(summary("es"), out, style=STYLE)
    (tmp_path / "b.bib").write_text("@misc{mine}", encoding="utf-8")
    refused("summary-file-exists", tmp_path, "c.md", bib=tmp_path / "b.bib")
    assert names(tmp_path) == ["a.md", "b.bib"], "neither the one that could be written"
    (tmp_path / "empty.md").touch()
    save_summary(summary("en"), tmp_path / "empty.md", style=STYLE)
    assert (tmp_path / "empty.md").stat().st_size > 1000


def test_a_file_changed_after_we_wrote_it_is_somebody_elses(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    save_summary(summary("en"), out)
    out.write_bytes(out.read_bytes() + b"one more row\r\n")
    refused("summary-file-exists", tmp_path, "a.csv")


@pytest.mark.parametrize("record", ["{", "[]", '{"a.md": 1}', "\ud800", "[" * 100_000])
def test_a_damaged_record_makes_nothing_ours(tmp_path: Path, record: str) -> None:
    out = tmp_path / "a.md"
    save_summary(quoting("One."), out, style=STYLE)
    (tmp_path / RECORD).write_bytes(record.encode("utf-8", "surrogatepass"))
    refused("summary-file-exists", tmp_path)
    save_summary(quoting("One."), tmp_path / "b.md", style=STYLE)
    assert set(json.loads((tmp_path / RECORD).read_text(encoding="utf-8"))) == {"b.md"}


def test_a_link_leads_to_the_file_that_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "a.md").symlink_to(tmp_path / "real" / "b.md")
    save_summary(quoting("One."), tmp_path / "a.md", style=STYLE)
    assert (tmp_path / "a.md").is_symlink()
    assert (tmp_path / "real" / "b.md").read_text(encoding="utf-8").startswith("# One.")
    (tmp_path / "c.md").symlink_to(tmp_path / "c.md")
    refused("folder-unwritable", tmp_path, "c.md")


def test_a_full_disk_changes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second file cannot be written: the first, which could, stays as it was too."""
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    write_own({first: b"old", second: b"old"})
    sync = os.fsync
    synced = iter([0, OSError(28, "No space left on device")])

    def full(descriptor: int) -> None:
        if failed := next(synced, 0):
            raise failed
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KnowledgeError, match="No space left"):
        write_own({first: b"new", second: b"new"})
    assert (first.read_bytes(), second.read_bytes()) == (b"old", b"old")
    assert names(tmp_path) == ["a.csv", "b.csv"]


def test_a_file_that_cannot_be_put_puts_the_others_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    write_own({first: b"old"})
    replace = Path.replace

    def stuck(part: Path, target: Path) -> Path:
        if Path(target) == third:
            raise OSError(16, "Device or resource busy")
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", stuck)
    with pytest.raises(KnowledgeError, match="busy"):
        write_own({first: b"new", second: b"new", third: b"new"})
    assert (first.read_bytes(), second.exists(), third.exists()) == (b"old", False, False)
    monkeypatch.undo()
    write_own({first: b"newer"})
    assert first.read_bytes() == b"newer"


ENDLESS = """
import sys
from itertools import count
from pathlib import Path
from tutor.summaries.own_files import write_own
folder = Path(sys.argv[1])
for turn in count():
    write_own({folder / name: str(turn).encode() * 20000 for name in ("a", "b")})
    print(turn, flush=True)
"""


def test_a_kill_leaves_whole_files_that_are_still_ours(tmp_path: Path) -> None:
    for wait in (0.003, 0.011):
        writer = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent
        )
        assert writer.stdout is not None
        for _ in range(3):
            writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        writer.communicate(timeout=10)
        for name in ("a", "b"):
            content = (tmp_path / name).read_bytes()
            assert len(content) % 20000 == 0
            assert content == content[: len(content) // 20000] * 20000
        write_own({tmp_path / "a": b"0", tmp_path / "b": b"0"})
