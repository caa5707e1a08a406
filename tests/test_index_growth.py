"""An index that documents come to and go from is the one built at once, whoever kills whom."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_index import AXES, WordEncoder, passage

from knowledge import index as module
from knowledge import segment_folder
from knowledge.documents import Passage
from knowledge.errors import BadIndex
from knowledge.index import PassageIndex, open_parts, together

TESTS = Path(__file__).parent
NAMES = [f"d{number}" for number in range(8)]
CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from small_index import WordEncoder
from test_index_growth import NAMES, grown
print("ready", flush=True)
sys.stdin.readline()
turn = int(sys.argv[3])
for step in range(10_000):
    grown(Path(sys.argv[1]), NAMES[: 1 + (step * 5 + turn) % len(NAMES)])
"""
Readers = dict[str, Callable[[], Sequence[Passage]]]


def document(name: str) -> list[Passage]:
    """Some passages that differ from document to document, in one language or both."""
    chance = random.Random(name)
    made = []
    for number in range(chance.randint(0, 6)):
        language = chance.choice(["en", "en", "es"])
        text = " ".join(chance.choices([*AXES, "softmax", "capa"], k=chance.randint(1, 9)))
        own = passage(number, language, text, headings=(chance.choice(AXES),))
        made.append(replace(own, id=f"{name}:{number}", document=name))
    return made


def grown(folder: Path, names: Sequence[str], encoder: WordEncoder | None = None, **options: Any) -> PassageIndex:
    readers: Readers = {f"key-{name}": partial(document, name) for name in names}
    return open_parts(folder, readers, encoder or WordEncoder(), **options)


def seen(index: PassageIndex) -> dict[str, Any]:
    """All that a search can see of an index."""
    asked = WordEncoder().encode(["attention layer layer token"])
    queries = (["layer"], ["token", "softmax", "train"], ["capa", "attent"])
    return {
        language: (
            [item.id for item in part.passages],
            [part.lexical(query, 9) for query in queries],
            [part.by_heading(query, 9) for query in queries],
            [score for _, score in part.dense(asked, 9)],
            part.similarities(asked[0]).tolist(),
            {name: part.rows_of(name).tolist() for name in NAMES},
            [part.document_frequency(word) for query in queries for word in query],
        )
        for language, part in index.partitions.items()
    }


@pytest.fixture(autouse=True)
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for the disk, where nobody pulls its plug."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(st.sampled_from(NAMES), unique=True), min_size=1, max_size=6))
def test_whatever_came_and_went_it_is_the_index_built_at_once(
    tmp_path_factory: pytest.TempPathFactory, history: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    for names in history:
        found = grown(folder, names)
    assert seen(found) == seen(grown(tmp_path_factory.mktemp("at_once"), sorted(history[-1])))
    assert seen(grown(folder, history[-1], WordEncoder(broken=True))) == seen(found)


def test_only_what_is_new_is_read_and_embedded(tmp_path: Path) -> None:
    grown(tmp_path, NAMES[:6])
    encoder, asked = WordEncoder(), []
    readers: Readers = {f"key-{name}": partial(pytest.fail, name) for name in NAMES[:6]}

    def new() -> list[Passage]:
        asked.append("d6")
        return document("d6")

    open_parts(tmp_path, {**readers, "key-d6": new}, encoder)
    assert asked == ["d6"]
    assert set(encoder.seen) <= {item.indexed_text for item in document("d6")}


def test_what_goes_is_left_out_without_reading_the_rest(tmp_path: Path) -> None:
    grown(tmp_path, NAMES)
    readers: Readers = {f"key-{name}": partial(pytest.fail, name) for name in NAMES[1:]}
    index = open_parts(tmp_path, readers, WordEncoder(broken=True))
    assert seen(index) == seen(grown(tmp_path, NAMES[1:]))
    assert all(item.document != "d0" for item in index.passages)


def test_segments_stay_few_and_grow_like_powers(tmp_path: Path) -> None:
    many = [f"n{number}" for number in range(60)]
    for count in range(1, len(many) + 1, 5):
        index = grown(tmp_path, many[:count])
        sizes = sorted(segment.count for segment in index.groups[0] if segment.count)
        for at, size in enumerate(sizes):
            assert sum(sizes[:at]) * module.GROWTH <= size + max(sizes[:at], default=0)
        assert len(sizes) <= 8


def test_many_small_segments_are_merged_when_opened_as_one(tmp_path: Path) -> None:
    for name in (names := [f"n{number}" for number in range(module.MOST_SEGMENTS + 8)]):
        grown(tmp_path, [name])
    index = grown(tmp_path, names, WordEncoder(broken=True))
    assert len(index.groups[0]) <= module.MOST_SEGMENTS
    assert {item.document for item in index.passages} == {name for name in names if document(name)}


def test_two_indexes_together_are_searched_as_one_the_first_before(tmp_path: Path) -> None:
    course, library = grown(tmp_path / "course", ["d7", "d3"]), grown(tmp_path / "library", ["d1", "d2"])
    both = together(course, library)
    assert both.passages == sorted(both.passages, key=lambda item: (item.language != "es", item.document < "d3"))
    whole = grown(tmp_path / "whole", ["d1", "d2", "d3", "d7"])
    for language, part in both.partitions.items():
        other = whole.partitions[language]
        for query in (["layer"], ["token", "head"]):
            mine = {part.passages[row].id: score for row, score in part.lexical(query, 99)}
            assert mine == {other.passages[row].id: score for row, score in other.lexical(query, 99)}


def test_rows_of_a_document_have_the_scores_that_they_have_among_all(tmp_path: Path) -> None:
    english = grown(tmp_path, NAMES).partitions["en"]
    rows = english.rows_of("d1")
    assert [english.passages[int(row)].document for row in rows] == ["d1"] * len(rows)
    assert len(rows) > 1
    every = dict(english.lexical(["layer", "token"], 99))
    assert dict(english.lexical(["layer", "token"], 99, rows)) == {
        row: score for row, score in every.items() if row in rows
    }
    asked = WordEncoder().encode(["layer token"])
    near = dict(english.dense(asked, 99))
    assert dict(english.dense(asked, 99, rows)) == pytest.approx({int(row): near[int(row)] for row in rows}, abs=1e-6)


def test_a_damaged_segment_costs_its_own_documents_alone(tmp_path: Path) -> None:
    grown(tmp_path, NAMES[:7])
    index = grown(tmp_path, NAMES)
    expected, reported = seen(index), list[BadIndex]()
    victim = next(segment for segment in index.groups[0])
    (next(victim.folder.glob("*/text.npy"))).write_bytes(b"harm")
    found = grown(tmp_path, NAMES, WordEncoder(broken=True), damaged=reported.append)
    assert seen(found) == expected
    assert [error.code for error in reported] == ["index-damaged"]


# What is no longer used


def aged(folder: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(folder, (then, then))


def segments(folder: Path) -> set[Path]:
    return set(folder.glob("index-*"))


def test_what_was_long_not_used_is_deleted(tmp_path: Path) -> None:
    old, recent = grown(tmp_path, ["d1"]).folders[0], grown(tmp_path, ["d2"]).folders[0]
    (other := tmp_path / "index-of-another-version").mkdir()
    kept = segment_folder.KEPT
    for one, age in ((old, kept + 9), (other, kept + 9), (recent, kept / 2)):
        aged(one, age)
    used = grown(tmp_path, ["d3"]).folders
    assert segments(tmp_path) == {recent, *used}


def test_the_segments_of_the_index_asked_for_are_never_deleted(tmp_path: Path) -> None:
    first = grown(tmp_path, NAMES[:7])
    for folder in first.folders:
        aged(folder, segment_folder.KEPT * 2)
    assert set(grown(tmp_path, NAMES).folders) <= segments(tmp_path)


def test_beyond_a_number_those_used_longest_ago_go_but_none_of_this_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_folder, "KEPT_SEGMENTS", 2)
    made = [grown(tmp_path, [name]).folders[0] for name in ("d1", "d2", "d3", "d4")]
    for folder, hours in zip(made, (4, 3, 2, 0), strict=True):
        aged(folder, hours * segment_folder.HOUR)
    used = grown(tmp_path, ["d5"]).folders
    assert segments(tmp_path) == {made[3], *used}


def test_opening_puts_down_that_a_segment_is_used(tmp_path: Path) -> None:
    folder = grown(tmp_path, ["d1"]).folders[0]
    aged(folder, segment_folder.KEPT * 2)
    grown(tmp_path, ["d1"])
    assert time.time() - folder.stat().st_mtime < segment_folder.HOUR


def test_an_open_index_answers_after_its_segments_were_deleted(tmp_path: Path) -> None:
    index = grown(tmp_path, NAMES[:5])
    for folder in index.folders:
        segment_folder.discard(folder)
    assert segments(tmp_path) == set()
    assert seen(index) == seen(grown(tmp_path / "again", NAMES[:5]))


def test_vectors_of_documents_that_are_gone_go_too(tmp_path: Path) -> None:
    grown(tmp_path, ["d1"])
    vectors = list((tmp_path / "vectors").iterdir())
    for path in (*vectors, *segments(tmp_path)):
        aged(path, segment_folder.KEPT + 9)
    grown(tmp_path, ["d2"])
    grown(tmp_path, ["d3"])
    assert not any(path.exists() for path in vectors)


# Processes


def child(folder: Path, turn: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(folder), str(TESTS), str(turn)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_kills_while_documents_come_and_go_leave_every_index_whole(tmp_path: Path) -> None:
    expected = seen(grown(tmp_path / "quiet", NAMES))
    grown(tmp_path / "busy", NAMES)
    chance = random.Random(3)
    for turn in range(3):
        both = [child(tmp_path / "busy", turn), child(tmp_path / "busy", turn + 3)]
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in both:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        time.sleep(chance.uniform(0.1, 0.5))
        for process in both:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            assert process.returncode == -signal.SIGKILL
        reported: list[BadIndex] = []
        found = grown(tmp_path / "busy", NAMES, damaged=reported.append)
        assert seen(found) == expected
        assert reported == []
    assert not np.isnan(found.partitions["en"].similarities(WordEncoder().encode(["head"])[0])).any()
