"""The saved index: opened without embedding, whole or not there, whoever kills whom."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_index import WordEncoder, build, passage, passages

from knowledge.corpus import Corpus
from knowledge.documents import Passage
from knowledge.errors import BadIndex, KnowledgeError
from knowledge.index import Split, check_whole, embedded, fingerprint, open_index, open_or_build, save_index
from knowledge.partition import top
from knowledge.terms import stems

TESTS = Path(__file__).parent
# Builds the index over "content" in a folder (argument 1); or, at each line that it reads, has another process save two
# indexes there by turns until that one is killed.
CHILD = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from small_index import WordEncoder, build, passages
from knowledge.index import embedded, save_index
import faiss
folder, verb = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
if verb == "build":
    sys.stdin.readline()
    print(len(build(folder, WordEncoder()).passages), flush=True)
else:
    turns = [embedded({"x": passages()[:count]}, WordEncoder(), folder, None)["x"] for count in (4, 2)]
    for _ in sys.stdin:
        killed = os.fork()
        while not killed:
            for parts in turns:
                save_index(folder / "index-x", "x", "words", parts)
        print(killed, flush=True)
        os.waitpid(killed, 0)
        print("killed", flush=True)
"""
KILLS = 15


def split(folder: Path, items: list[Passage]) -> Split:
    return embedded({"x": items}, WordEncoder(), folder, None)["x"]


def child(folder: Path, verb: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(folder), verb, str(TESTS)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def say(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def start(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


# Opening


def test_what_was_saved_is_opened_as_it_was(tmp_path: Path) -> None:
    index = build(tmp_path, WordEncoder())
    assert sorted(index.passages, key=lambda item: item.id) == passages()
    assert [item.language for item in index.passages] == ["es", "en", "en", "en"]
    assert index.encoder_name == "words"


def test_opening_embeds_nothing(tmp_path: Path) -> None:
    first = build(tmp_path, WordEncoder())
    again = open_or_build(tmp_path, "content", WordEncoder(broken=True), pytest.fail)
    assert again.passages == first.passages
    assert again.fingerprint == first.fingerprint
    query = WordEncoder().encode(["attention"])
    assert again.partitions["en"].dense(query, 3) == first.partitions["en"].dense(query, 3)


def test_a_text_that_was_embedded_before_is_not_embedded_again(tmp_path: Path) -> None:
    build(tmp_path, WordEncoder())
    other = open_or_build(tmp_path, "other content", WordEncoder(broken=True), passages)
    assert len(other.passages) == 4


@pytest.mark.parametrize("harm", [b"", b"\x93NUMPY\x01\x00", b"PK\x03\x04 is no archive", b"pickle?"])
def test_a_damaged_vector_cache_is_made_again(tmp_path: Path, harm: bytes) -> None:
    build(tmp_path, WordEncoder())
    for file in (tmp_path / "vectors").iterdir():
        file.write_bytes(harm)
    index = open_or_build(tmp_path, "other content", WordEncoder(), passages)
    assert index.partitions["en"].dense(WordEncoder().encode(["training"]), 1)[0] == (2, pytest.approx(1))


def test_the_fingerprint_changes_with_content_and_encoder() -> None:
    names = [fingerprint(content, WordEncoder(name)) for content, name in (("a", "one"), ("b", "one"), ("a", "two"))]
    assert len(set(names)) == 3
    assert fingerprint("a", WordEncoder("one")) == names[0]


def test_another_encoder_or_content_has_a_folder_of_its_own(tmp_path: Path) -> None:
    build(tmp_path, WordEncoder("one"))
    build(tmp_path, WordEncoder("two"))
    open_or_build(tmp_path, "other", WordEncoder("one"), passages)
    assert len(list(tmp_path.glob("index-*"))) == 3


def test_progress_counts_the_passages(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    open_or_build(tmp_path, "c", WordEncoder(), passages, progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(4, 4)]


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    index = open_or_build(tmp_path, "empty", WordEncoder(), list)
    assert index.passages == []
    for partition in index.partitions.values():
        assert partition.lexical(["attention"], 5) == partition.dense(WordEncoder().encode(["head"]), 5) == []
        assert partition.document_frequency("attention") == 0


def test_passages_without_a_word_can_be_indexed(tmp_path: Path) -> None:
    odd = [replace(item, headings=(), sentences=item.sentences[:1]) for item in (
        passage(1, "en", "…"), passage(2, "en", "the of and"),
    )]  # fmt: skip
    index = open_or_build(tmp_path, "odd", WordEncoder(), lambda: odd)
    assert index.partitions["en"].lexical(["attention"], 5) == []


@settings(deadline=None, max_examples=15)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=4))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    items = [passage(number, "en", text) for number, text in enumerate(texts)]
    target = tmp_path_factory.mktemp("any") / "index-x"
    vectors = np.ones((len(items), 6), dtype=np.float32)
    save_index(target, "x", "words", {"en": (items, vectors)})
    assert open_index(target).passages == items


# What is found


def test_document_frequencies_are_exact(tmp_path: Path) -> None:
    index = build(tmp_path, WordEncoder())
    for partition in index.partitions.values():
        counted = Counter(word for item in partition.passages for word in set(stems(item.indexed_text, item.language)))
        assert counted
        assert {word: partition.document_frequency(word) for word in counted} == counted
        assert partition.document_frequency("nowhere") == 0
        assert partition.document_frequency("") == 0


def test_document_frequencies_of_the_course_are_exact(corpus: Corpus) -> None:
    for partition in corpus.retriever.index.partitions.values():
        counted = Counter(word for item in partition.passages for word in set(stems(item.indexed_text, item.language)))
        assert {word: partition.document_frequency(word) for word in counted} == counted


def test_lexical_and_dense_scores(tmp_path: Path) -> None:
    english = build(tmp_path, WordEncoder()).partitions["en"]
    assert [row for row, _ in english.lexical(["layer"], 5)] == [1, 0]
    assert english.lexical(["nowhere"], 5) == english.lexical([], 5) == []
    assert len(english.lexical(["layer"], 1)) == 1
    found = english.dense(WordEncoder().encode(["layer token"]), 2)
    assert found == [(1, pytest.approx(1)), (0, pytest.approx(0))]
    assert len(english.dense(WordEncoder().encode(["head"]), 99)) == 3


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=30), st.integers(1, 35))
def test_the_best_rows_are_those_of_a_full_sort(scores: list[float], k: int) -> None:
    best = top(np.array(scores, dtype=np.float32), k).tolist()
    assert [scores[row] for row in best] == sorted((score for score in scores if score), reverse=True)[:k]
    assert best == sorted(best, key=lambda row: (-scores[row], row))


def test_the_large_files_are_mapped(tmp_path: Path) -> None:
    english = build(tmp_path, WordEncoder()).partitions["en"]
    assert not any(one.flags.owndata for part in english.text.parts for one in (part.starts, part.held))
    if Path("/proc/self/maps").exists():
        maps = Path("/proc/self/maps").read_text(encoding="utf-8")
        files = ("en/passages.jsonl", "en/vectors.faiss", "en/text.npy")
        assert all(f"{tmp_path}/index-" in maps and name in maps for name in files)


def test_an_index_still_answers_after_another_took_its_place(tmp_path: Path) -> None:
    """What is mapped stays as long as it is held."""
    first = build(tmp_path, WordEncoder()).partitions["en"]
    target = next(tmp_path.glob("index-*"))
    save_index(target, "x", "words", split(tmp_path, passages()[:1]))
    assert [item.id for item in first.passages] == ["doc:1", "doc:2", "doc:4"]
    assert first.dense(WordEncoder().encode(["training"]), 1) == [(2, pytest.approx(1))]
    assert [row for row, _ in first.lexical(["layer"], 5)] == [1, 0]


# Damage


def harm_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def harm_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


HARMS = {"byte": harm_byte, "half": harm_half, "empty": lambda file: file.write_bytes(b""), "gone": Path.unlink}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    build(folder, WordEncoder())
    return folder


@pytest.fixture
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for the disk, where nobody pulls its plug."""
    monkeypatch.setattr("os.fsync", lambda _: None)


@pytest.mark.usefixtures("unsynced")
@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_index_is_reported_and_rebuilt(whole: Path, tmp_path: Path, harm: str) -> None:
    names = [file.relative_to(whole) for file in sorted(whole.glob("index-*/**/*")) if file.is_file()]
    assert {"manifest.json", "passages.jsonl", "vectors.faiss"} <= {name.name for name in names}
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        if not (folder / name).stat().st_size and harm != "gone":
            continue
        HARMS[harm](folder / name)
        reported: list[BadIndex] = []
        index = build(folder, WordEncoder(), reported)
        assert len(index.passages) == 4, name
        if name.name != "manifest.json" or harm != "byte":  # a changed byte of the manifest may say the same
            assert [error.code for error in reported] == ["index-damaged"], name
            assert all(str(name.parts[0]) in error.message("es") for error in reported)
        reported.clear()
        assert build(folder, WordEncoder(broken=True), reported).passages == index.passages
        assert reported == []


@pytest.mark.usefixtures("unsynced")
def test_no_changed_byte_of_the_manifest_goes_wrong(whole: Path, tmp_path: Path) -> None:
    target = next(whole.glob("index-*"))
    copy = tmp_path / target.name
    shutil.copytree(target, copy)
    manifest = copy / "manifest.json"
    text = manifest.read_bytes()
    expected = open_index(target)
    for place in range(0, len(text), 17):
        manifest.write_bytes(text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :])
        try:
            assert open_index(copy).passages == expected.passages
        except BadIndex as error:
            assert error.hint("en")  # noqa: PT017  either is right


def test_damage_without_a_write_is_found_by_the_whole_check_and_then_rebuilt(tmp_path: Path) -> None:
    """A disk that gives back other bytes under the same size and times."""
    index = build(tmp_path, WordEncoder())
    check_whole(index)
    file, manifest = index.folders[0] / "en" / "vectors.faiss", index.folders[0] / "manifest.json"
    harm_byte(file)
    says = json.loads(manifest.read_text())
    found = file.stat()
    says["files"]["en/vectors.faiss"]["stamp"] = [found.st_size, found.st_mtime_ns, found.st_ctime_ns]
    manifest.write_text(json.dumps(says))
    reported: list[BadIndex] = []
    build(tmp_path, WordEncoder(broken=True), reported)
    assert reported == []
    with pytest.raises(BadIndex):
        check_whole(index)
    check_whole(build(tmp_path, WordEncoder(broken=True), reported))
    assert len(reported) == 1


@pytest.mark.parametrize("text", ["[]", "{}", "null", "7", '{"files": []}', '{"files": {"no": "x"}}', '{"files": {}}'])
def test_a_manifest_that_says_something_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BadIndex):
        open_index(tmp_path)


def test_an_index_under_another_name_is_not_taken_for_it(tmp_path: Path) -> None:
    build(tmp_path, WordEncoder("one"))
    target = next(tmp_path.glob("index-*"))
    target.rename(tmp_path / f"index-{fingerprint('content', WordEncoder('two'))}")
    reported: list[BadIndex] = []
    assert build(tmp_path, WordEncoder("two"), reported).encoder_name == "two"
    assert len(reported) == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KnowledgeError) as error:
        build(tmp_path / "file", WordEncoder())
    assert error.value.code == "folder-unwritable"


# Processes


def test_a_kill_during_a_save_leaves_a_whole_index(tmp_path: Path) -> None:
    target, chance = tmp_path / "index-x", random.Random(7)
    process = child(tmp_path, "save")
    assert say(process) == "ready"
    save_index(target, "x", "words", split(tmp_path, passages()))
    for _ in range(KILLS):
        start(process)
        saving = int(say(process))
        time.sleep(chance.uniform(0.001, 0.15))
        os.kill(saving, signal.SIGKILL)
        assert say(process) == "killed"
        found = sorted(open_index(target).passages, key=lambda item: item.id)
        assert found in (passages(), passages()[:2])
    process.communicate()
    assert process.returncode == 0


def test_a_kill_before_the_first_save_ends_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment before the folder is put in its place, again and again."""
    parts = split(tmp_path, passages())

    def dies(temporary: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("knowledge.segments.replace_folder", dies)
    with pytest.raises(KeyboardInterrupt):
        save_index(tmp_path / "index-x", "x", "words", parts)
    assert [file.name for file in tmp_path.iterdir()] == ["vectors"]


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".index-left").mkdir()
    (tmp_path / ".index-left" / "manifest.json").write_text("{}")
    build(tmp_path, WordEncoder())
    assert not (tmp_path / ".index-left").exists()


def test_two_processes_that_build_the_same_index_both_have_it(tmp_path: Path) -> None:
    both = [child(tmp_path, "build") for _ in range(2)]
    assert [say(process) for process in both] == ["ready", "ready"]
    for process in both:
        start(process)
    assert [say(process) for process in both] == ["4", "4"]
    assert [process.wait() for process in both] == [0, 0]
    for process in both:
        process.communicate()
    folders = sorted(file.name for file in tmp_path.iterdir() if file.name != "building")
    assert folders == [f"index-{fingerprint('content', WordEncoder())}", "vectors"]
    manifest = json.loads((tmp_path / folders[0] / "manifest.json").read_text())
    assert manifest["encoder"] == "words"
