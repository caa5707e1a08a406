"""The finder of sentences: what it makes of texts, what it finds in the course, and what it keeps on disk."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from knowledge.candidates import Candidate, versions
from knowledge.corpus import Corpus
from knowledge.course import Course
from knowledge.documents import Passage
from knowledge.errors import BadVerifier
from knowledge.sentence_finder import (
    FOLDER,
    TABLE,
    CourseSentences,
    SentenceFinder,
    open_sentences,
    vectors_of,
)

FINDER = SentenceFinder()
SOME = 150  # sentences drawn


@pytest.fixture(scope="module")
def sentences(corpus: Corpus) -> CourseSentences:
    found = corpus.checker.looker.sentences
    assert found is not None
    return found


@pytest.fixture(scope="module")
def few(course: Course) -> dict[str, Passage]:
    """Some passages of the course, both languages of each."""
    return {passage.id: passage for passage in course.passages if passage.concept in {"bert", "softmax"}}


def drawn(sentences: CourseSentences) -> Iterator[tuple[Candidate, Candidate]]:
    """Sentences of the course with their translations."""
    chance = random.Random(11)
    passages = sorted(sentences.passages.values(), key=lambda one: one.id)
    pool = [
        (pair[0], pair[1]) for passage in passages for place in range(len(passage.sentences))
        if len(pair := versions(Candidate(passage, place), sentences.passages)) == 2 and len(pair[0].text.split()) > 6
    ]  # fmt: skip
    yield from chance.sample(pool, SOME)


def test_a_text_is_a_unit_vector_and_a_claim_another_one() -> None:
    texts = ["BERT has 12 layers.", "La softmax normaliza las puntuaciones.", ""]
    plain, claims = FINDER.vectors(texts), FINDER.vectors(texts, of_claims=True)
    assert plain.dtype == np.float32
    assert np.linalg.norm(plain, axis=1) == pytest.approx([1, 1, 0], abs=1e-5)
    assert not np.allclose(plain[0], claims[0])
    assert np.array_equal(FINDER.vectors(texts[1:2])[0], plain[1])  # whatever else is asked
    assert np.allclose(FINDER.vectors(["**BERT** has 12 layers. [@devlin2019]"])[0], plain[0])


def test_a_table_that_was_changed_is_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "finder")
    data = bytearray((tmp_path / "finder" / TABLE).read_bytes())
    data[-1000] ^= 1
    (tmp_path / "finder" / TABLE).write_bytes(data)
    with pytest.raises(BadVerifier, match=TABLE):
        SentenceFinder(tmp_path / "finder").vectors(["A text."])


def test_a_sentence_finds_itself_and_from_the_other_language_its_translation(sentences: CourseSentences) -> None:
    itself = translated = 0
    for own, other in drawn(sentences):
        found = sentences.search(own.sentence.text, own.passage.language, 8)
        assert len(found) == len({one.sentence.text for one in found}) == 8
        itself += own.sentence.text in {one.sentence.text for one in found}
        translated += own.sentence.text in {
            one.sentence.text for one in sentences.search(other.sentence.text, own.passage.language, 8)
        }
    assert itself >= 0.97 * SOME
    assert translated >= 0.9 * SOME


def test_what_is_found_is_in_the_language_asked_for_where_there_is_one(sentences: CourseSentences) -> None:
    claim = "The softmax turns scores into weights that sum to one."
    for language in ("es", "en"):
        assert {one.passage.language for one in sentences.search(claim, language, 8)} == {language}


def test_vectors_are_kept_and_made_again_when_damaged_or_of_others(tmp_path: Path, few: dict[str, Passage]) -> None:
    document = next(iter(few.values())).document
    first = open_sentences(tmp_path, "content", few, document)
    (kept,) = tmp_path.iterdir()
    written, claim = kept.stat().st_mtime_ns, "BERT reads both sides."
    found = [(one.passage.id, one.place) for one in first.search(claim, "en", 5)]
    assert [(o.passage.id, o.place) for o in open_sentences(tmp_path, "content", few, document).search(claim, "en", 5)
            ] == found  # fmt: skip
    assert kept.stat().st_mtime_ns == written
    for damage in (b"", kept.read_bytes()[:-2000], b"PK nonsense"):
        kept.write_bytes(damage)
        again = open_sentences(tmp_path, "content", few, document)
        assert [(one.passage.id, one.place) for one in again.search(claim, "en", 5)] == found
        assert len(kept.read_bytes()) > 2000
    fewer = {name: passage for name, passage in few.items() if passage.concept == "bert"}
    others = open_sentences(tmp_path, "content", fewer, document).search("softmax", "en", 5)
    assert {one.passage.concept for one in others} == {"bert"}


def test_a_course_without_sentences_has_nothing_to_find() -> None:
    assert CourseSentences(FINDER, vectors_of(FINDER, []), {}).search("A claim.", "en", 5) == []
