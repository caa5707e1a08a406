"""A teacher's desk for results: responses handed in, kept with what they say, graded by hand where no machine can, and
taken away. What is returned is plain data.

Each analysis is a folder of the data folder, there whole or not at all: the exam's files, the tables of responses, the
scores given by hand, and the results.
"""

import csv
import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from agents.errors import BadItem
from agents.item import Item
from knowledge.errors import AteneaError
from knowledge.storage import exclusive, replace_folder, writable_folder, write_bytes_atomically
from tutor.class_mastery import class_mastery, who_needs_what
from tutor.errors import BadResponses
from tutor.export.json_file import read_paper
from tutor.learner.mastery import MasteryModel
from tutor.library_desk import keep_upload
from tutor.results_errors import BadResults
from tutor.results_files import FILES

Upload = tuple[str, bytes]  # name, content
Analyse = Callable[..., dict[str, Any]]  # as Workshop.results
Points = Mapping[tuple[str, str], float]  # (student, item) -> points
ABOUT, RESULTS, HAND = "about.json", "results", "hand.csv"
NEEDED = {"title", "language", "students", "to_grade"}  # of the results, by what is done with them here
LISTED = {"title", "students", "mean", "of", "to_grade", "changed"}
_ID = re.compile(r"[0-9a-f]{12}")


class ResultsDesk:
    """The results of one data folder. `analyse`: what makes them; `model`: of the learners' mastery."""

    def __init__(self, analyse: Analyse, model: Callable[[], MasteryModel], data_dir: Path) -> None:
        self.analyse = analyse
        self.model = model
        self.data_dir = data_dir
        self.folder = data_dir / "results"
        self._mastery = lru_cache(8)(self._estimated)

    def all(self) -> list[dict[str, Any]]:
        """Every analysis, the last first: `id`, `changed`, and, unless it is `damaged`, `title`, `students`, `mean` and
        what it is `of`, `to_grade`."""
        found = [self._about(folder) for folder in self.folder.glob("*") if _ID.fullmatch(folder.name)]
        return sorted(found, key=lambda one: -one["changed"])

    def add(self, exams: Sequence[Upload], tables: Sequence[Upload], language: str = "auto") -> str:
        """Analyse responses (CSV) to an exam (the JSON file of each version); the id of the analysis. Raises
        `BadResults`, `BadResponses`, which name file and line: then nothing is kept."""
        name = secrets.token_hex(6)
        work = self.folder / f".{name}"
        try:
            for kind, files in (("exams", exams), ("tables", tables)):
                for number, (called, content) in enumerate(files):
                    keep_upload(work / kind / f"{number:03}", called, content)
            self._analysed(work, language)
            replace_folder(work, self.folder / name)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return name

    def results(self, name: str, language: str) -> dict[str, Any]:
        """What an analysis says (docs/results.md), with `mastery` as `class_mastery` and `needs` as `who_needs_what`
        say, the words of flags and notes in `language`. Raises `BadResults`."""
        folder = self._folder(name)
        found, digest = self._read(folder)
        if found["language"] != language:
            found = self._spoken(folder, language, digest)
        mastery = self._mastery(name, digest)
        return {**found, "mastery": mastery, "needs": who_needs_what(mastery)}

    def spoken(self, language: str) -> list[dict[str, Any]]:
        """What every analysis says, in a language; one that cannot be read is passed over."""
        found = []
        for one in self.all():
            with suppress(AteneaError):
                found.append(self.results(one["id"], language))
        return found

    def grade(self, name: str, points: Points) -> None:
        """Give points to answers that a machine could not grade, and analyse anew. Raises `BadResults`: then nothing
        has changed."""
        work = self.folder / f".{name}-{secrets.token_hex(4)}"
        with exclusive(self.folder):  # two who grade at the same time: the second adds to what the first gave
            folder = self._folder(name)
            found, _ = self._read(folder)
            given = {
                (row["student"], row["item"]): row["points"]
                for row in found["to_grade"] if row["points"] is not None
            }  # fmt: skip
            try:
                shutil.copytree(folder, work)
                write_bytes_atomically(work / HAND, _by_hand({**given, **points}).encode())
                self._analysed(work, found["language"])
                replace_folder(work, folder)
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def remove(self, name: str) -> None:
        """Remove an analysis, damaged or not; its answers no longer count in what is known of the items."""
        from tutor.results import uncount  # noqa: PLC0415  the analysis, which a list of results need not load

        with exclusive(self.folder):
            folder = self._folder(name)
            uncount(_inside(folder / "tables"), self.data_dir)
            doomed = self.folder / f".{name}-{secrets.token_hex(4)}"
            folder.rename(doomed)  # so that it is gone whole
        shutil.rmtree(doomed, ignore_errors=True)

    def files(self, name: str) -> list[Path]:
        """The tables for a spreadsheet, and the results as JSON."""
        folder = self._folder(name) / RESULTS
        return [folder / file for file in FILES if (folder / file).is_file()]

    # How it is kept

    def _analysed(self, folder: Path, language: str) -> None:
        """Make the results of a folder that holds what was handed in."""
        shutil.rmtree(folder / RESULTS, ignore_errors=True)
        writable_folder(folder)
        found = self._run(folder, language, out=folder / RESULTS)
        waiting = sum(row["points"] is None for row in found["to_grade"])
        about = {
            "title": found["title"], "students": found["students_count"], "mean": found["mean"],
            "of": max(version["points"] for version in found["versions"]), "to_grade": waiting, "language": language,
            "changed": time.time(),
        }  # fmt: skip
        write_bytes_atomically(folder / ABOUT, json.dumps(about, ensure_ascii=False, indent=1).encode())

    def _run(self, folder: Path, language: str, **more: Any) -> dict[str, Any]:
        hand = folder / HAND
        if hand.is_file():
            more["by_hand"] = hand
        try:
            return self.analyse(_inside(folder / "exams"), _inside(folder / "tables"), language=language, **more)
        except (BadResults, BadResponses) as error:  # by the names that the person gave the files
            values = {key: value.name if isinstance(value, Path) else value for key, value in error.values.items()}
            raise type(error).from_values(error.code, values) from error

    def _spoken(self, folder: Path, language: str, digest: str) -> dict[str, Any]:
        """The same results in the other language, made once and kept with the digest of those that they are of."""
        place = folder / f"results-{language}.json"
        with suppress(OSError, ValueError, TypeError, KeyError):  # not made yet, or damaged: made below
            kept = json.loads(place.read_text(encoding="utf-8"))
            if kept["of"] == digest:
                return dict(kept["results"])
        text = json.dumps({"of": digest, "results": self._run(folder, language)}, ensure_ascii=False)
        write_bytes_atomically(place, text.encode())
        return dict(json.loads(text)["results"])  # plain values, as the file gives them the next time

    def _estimated(self, name: str, digest: str) -> list[dict[str, Any]]:  # noqa: ARG002  part of the cache's key
        folder = self._folder(name)
        return class_mastery(self._read(folder)[0]["students"], _items(folder), self.model())

    def _read(self, folder: Path) -> tuple[dict[str, Any], str]:
        """The results, and the digest of their content."""
        try:
            content = (folder / RESULTS / "results.json").read_bytes()
            found = json.loads(content)
        except (OSError, ValueError) as error:
            raise BadResults("results-missing", name=folder.name) from error
        if not isinstance(found, dict) or not found.keys() >= NEEDED:
            raise BadResults("results-missing", name=folder.name)
        return found, hashlib.sha256(content).hexdigest()

    def _folder(self, name: str) -> Path:
        if not _ID.fullmatch(name) or not (self.folder / name).is_dir():
            raise BadResults("results-missing", name=name[:40])
        return self.folder / name

    def _about(self, folder: Path) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            kept = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            if isinstance(kept, dict) and kept.keys() >= LISTED:
                return {"id": folder.name, "damaged": False, **kept}
        return {"id": folder.name, "damaged": True, "changed": folder.stat().st_mtime}


def _by_hand(points: Points) -> str:
    """The file of scores, as the analysis reads it."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["student", "item", "points"])
    writer.writerows([student, item, f"{value:g}"] for (student, item), value in points.items())
    return out.getvalue()


def _inside(folder: Path) -> list[Path]:
    """The files that were handed in, in their order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _items(folder: Path) -> dict[str, Item]:
    try:
        papers = [read_paper(path.read_bytes()) for path in _inside(folder / "exams")]
    except (OSError, BadItem) as error:
        raise BadResults("results-missing", name=folder.name) from error
    return {item.id: item for paper in papers for item in paper.items}


def template(exams: Sequence[bytes]) -> str:
    """A table to fill in, as `add` reads it: who, which version, and a column for each question. Raises `BadItem`."""
    papers = [read_paper(content) for content in exams]
    most = max((len(paper.items) for paper in papers), default=0)
    heads = ["id", *(["version"] if len(papers) > 1 else []), *map(str, range(1, most + 1))]
    return ",".join(heads) + "\n"
