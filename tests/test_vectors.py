"""Vectors of passages: made once, kept by text, and taken from a twin that the encoder understands."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_index import WordEncoder, passage

from knowledge.documents import Passage
from knowledge.encoder import Vectors
from knowledge.vectors import CHUNK, OTHERS, WORDS, embed_passages


def of_course(language: str, text: str, name: str = "attention/definition") -> Passage:
    return replace(passage(0, language, text), id=f"course:{name}:{language}", document="course")


def test_vectors_are_those_of_the_encoder(tmp_path: Path) -> None:
    items = [passage(1, "en", "A layer."), passage(2, "en", "A head.")]
    expected = WordEncoder().encode([item.indexed_text for item in items])
    assert np.array_equal(embed_passages(items, WordEncoder(), tmp_path), expected)


def test_a_passage_takes_the_vector_of_its_twin(tmp_path: Path) -> None:
    spanish, english = of_course("es", "La capa."), of_course("en", "A layer.")
    encoder = WordEncoder()
    vectors = embed_passages([spanish, english], encoder, tmp_path)
    assert np.array_equal(vectors[0], vectors[1])
    assert encoder.seen == [english.indexed_text]


def test_an_encoder_that_knows_both_languages_reads_both(tmp_path: Path) -> None:
    encoder = WordEncoder(languages=("es", "en"))
    vectors = embed_passages([of_course("es", "La capa."), of_course("en", "A layer.")], encoder, tmp_path)
    assert not np.array_equal(vectors[0], vectors[1])


def test_a_spanish_document_is_read_itself(tmp_path: Path) -> None:
    encoder = WordEncoder()
    item = passage(3, "es", "La capa.")
    embed_passages([item, passage(3, "en", "A layer.")], encoder, tmp_path)
    assert item.indexed_text in encoder.seen


def test_only_what_is_new_is_embedded(tmp_path: Path) -> None:
    embed_passages([of_course("en", "A layer."), of_course("en", "A head.", "head")], WordEncoder(), tmp_path)
    encoder = WordEncoder()
    changed = [of_course("en", "A token."), of_course("en", "A head.", "head")]
    vectors = embed_passages(changed, encoder, tmp_path)
    assert encoder.seen == [changed[0].indexed_text]
    assert np.array_equal(vectors, WordEncoder().encode([item.indexed_text for item in changed]))


def test_another_encoder_uses_none_of_them(tmp_path: Path) -> None:
    embed_passages([passage(1, "en", "A layer.")], WordEncoder("one"), tmp_path)
    encoder = WordEncoder("two")
    embed_passages([passage(1, "en", "A layer.")], encoder, tmp_path)
    assert len(encoder.seen) == 1


@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK + 1])
def test_progress_rises_to_the_whole(tmp_path: Path, count: int) -> None:
    seen: list[int] = []
    items = [passage(number, "en", f"Layer {number}.") for number in range(count)]
    assert embed_passages(items, WordEncoder(), tmp_path, seen.append).shape == (count, WordEncoder.size)
    assert seen == sorted(seen)
    assert seen[-1:] == ([count] if count else [])


class Stopped(WordEncoder):
    """Is interrupted at its second chunk."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.seen:
            raise KeyboardInterrupt
        return super().encode(texts)


def test_what_was_embedded_before_a_stop_is_kept(tmp_path: Path) -> None:
    made = [passage(number, "en", f"Layer {number}.") for number in range(2 * CHUNK)]
    items = [replace(item, document=f"doc{number // 100}") for number, item in enumerate(made)]
    with pytest.raises(KeyboardInterrupt):
        embed_passages(items, Stopped(), tmp_path)
    encoder, seen = WordEncoder(), list[int]()
    vectors = embed_passages(items, encoder, tmp_path, seen.append)
    assert encoder.seen == [item.indexed_text for item in items[CHUNK:]]
    assert seen == [2 * CHUNK]
    assert np.array_equal(vectors, WordEncoder().encode([item.indexed_text for item in items]))


def test_texts_of_one_document_that_are_embedded_apart_keep_one_anothers_vectors(tmp_path: Path) -> None:
    """As a course's passages and its questions."""
    first, second = [of_course("en", "A layer.")], [of_course("en", "A head.", "head")]
    embed_passages(first, WordEncoder(), tmp_path)
    embed_passages(second, WordEncoder(), tmp_path)
    broken = WordEncoder(broken=True)
    assert np.array_equal(embed_passages(first, broken, tmp_path), WordEncoder().encode([first[0].indexed_text]))
    assert len(embed_passages(second, broken, tmp_path)) == 1


def test_old_texts_of_a_document_do_not_stay_for_ever(tmp_path: Path) -> None:
    for number in range(10):
        embed_passages([of_course("en", f"Layer {number}.")], WordEncoder(), tmp_path)
    (file,) = tmp_path.glob("*.npz")
    with np.load(file) as kept:
        assert len(kept["keys"]) == 1 + OTHERS


def test_of_a_document_the_encoder_reads_the_beginning_and_of_a_course_all(tmp_path: Path) -> None:
    long = replace(passage(1, "en", "head " * (2 * WORDS)), concept="", kind="")
    encoder = WordEncoder()
    embed_passages([long], encoder, tmp_path)
    assert [len(text.split()) for text in encoder.seen] == [WORDS]
    taught = replace(long, concept="attention", document="course")
    encoder = WordEncoder()
    embed_passages([taught], encoder, tmp_path)
    assert encoder.seen == [taught.indexed_text]
