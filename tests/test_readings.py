"""What the verifier read is kept: the same comes back, only what is new is read, damage costs a reading and no more."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_verifier_onnx import save_tiny

from knowledge.candidates import texts_to_verify
from knowledge.documents import Passage, Sentence
from knowledge.readings import STATES, Readings, ReadText, keep_readings, open_readings
from knowledge.verifier_onnx import READER, OnnxVerifier

TEXTS = ["layer head", "six", "mask mask layer"]


class Reader:
    """Reads each word as one piece, and remembers what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, text: str) -> ReadText:
        with self._lock:
            self.read.append(text)
        lengths = [len(word) for word in text.split()]
        return ReadText(np.array(lengths), np.array([[n, -n] for n in lengths], np.int8), whole=len(lengths) < 3)


def same(one: ReadText | None, other: ReadText) -> bool:
    return (
        one is not None
        and np.array_equal(one.ids, other.ids)
        and np.array_equal(one.states, other.states)
        and one.whole == other.whole
    )


def test_what_was_read_comes_back(tmp_path: Path) -> None:
    reader, told = Reader(), []
    made = keep_readings(tmp_path, "v1", [*TEXTS, "six"], reader, 2, lambda done, total: told.append((done, total)))
    opened = open_readings(tmp_path, "v1")
    assert sorted(reader.read) == sorted(TEXTS), "each once"
    assert told == [(3, 3)]
    for readings in (made, opened):
        assert readings is not None
        assert all(same(readings.find(text), Reader()(text)) for text in TEXTS)
        assert readings.find("head") is None
    assert open_readings(tmp_path, "v2") is None, "another verifier reads otherwise"


def test_only_what_is_new_is_read_and_what_is_gone_goes(tmp_path: Path) -> None:
    keep_readings(tmp_path, "v1", TEXTS, Reader(), 1)
    again, changed = Reader(), Reader()
    keep_readings(tmp_path, "v1", reversed(TEXTS), again, 1)
    assert again.read == []
    made = keep_readings(tmp_path, "v1", [*TEXTS[1:], "head"], changed, 1)
    assert changed.read == ["head"]
    assert made.are_of([*TEXTS[1:], "head"])
    assert made.find(TEXTS[0]) is None


def test_nothing_to_read_is_no_trouble(tmp_path: Path) -> None:
    assert keep_readings(tmp_path, "v1", [], Reader(), 1).find("six") is None


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _change(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", [_cut, _change, Path.unlink])
def test_a_damaged_folder_is_as_good_as_none(tmp_path: Path, damage: Callable[[Path], Any]) -> None:
    keep_readings(tmp_path, "v1", TEXTS, Reader(), 1)
    (folder,) = tmp_path.glob("readings-*")
    damage(folder / STATES)
    assert open_readings(tmp_path, "v1") is None
    reader = Reader()
    made = keep_readings(tmp_path, "v1", TEXTS, reader, 1)
    assert sorted(reader.read) == sorted(TEXTS)
    assert same(made.find(TEXTS[2]), Reader()(TEXTS[2]))


def test_a_reading_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    keep_readings(tmp_path, "v1", TEXTS, Reader(), 1)

    def broken(text: str) -> ReadText:
        raise RuntimeError(text)

    with pytest.raises(RuntimeError, match="head"):
        keep_readings(tmp_path, "v1", ["head"], broken, 1)
    assert isinstance(open_readings(tmp_path, "v1"), Readings)
    assert [path.name for path in tmp_path.glob(".readings-*")] == []


def test_a_verifier_says_the_same_of_what_it_kept_and_reads_it_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "verifier"
    folder.mkdir()
    save_tiny(folder, (0.5, 0.2, 0.0), slope=0.01)
    fresh = OnnxVerifier(folder).score([TEXTS], ["head"])
    OnnxVerifier(folder, cache=tmp_path).keep(TEXTS)
    verifier, graph, read = OnnxVerifier(folder, cache=tmp_path), OnnxVerifier(folder)._reader, []

    class Watched:
        def run(self, names: Any, given: dict[str, Any]) -> Any:
            read.append(given["ids"].tolist())
            return graph.run(names, given)

    monkeypatch.setitem(verifier._sessions, READER, Watched())
    assert verifier.score([TEXTS], ["head"]) == fresh
    assert read == [[[0, 5, 2]]], "the claim alone"


def test_every_sentence_that_may_be_given_is_listed_once() -> None:
    def passage(name: str, heading: str, *texts: str) -> Passage:
        sentences = tuple(Sentence(text, ()) for text in texts)
        return Passage(f"d:{name}", "d", "Title", "", "en", (heading,), "", sentences)

    one = passage("a", "BERT", "It has **12** layers.", "```\ncode\n```")
    assert texts_to_verify([one, passage("b", "GPT", "It has **12** layers."), one]) == [
        "BERT: It has 12 layers.", "GPT: It has 12 layers.",
    ]  # fmt: skip
