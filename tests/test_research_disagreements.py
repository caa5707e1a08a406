"""Where two documents disagree: labelled pairs in both languages, and what a reader is told of each."""

from itertools import pairwise

import pytest
from conftest import rows
from research_papers import stretch

from agents.research.clash_text import about, number_text
from agents.research.disagreements import Clash, Clashes
from agents.research.stretches import Stretch
from knowledge.corpus import Corpus

PAIRS = rows("disagreements.jsonl")
DISAGREE = [row for row in PAIRS if row.get("kind")]
AGREE = [row for row in PAIRS if not row.get("kind")]


@pytest.fixture(scope="module")
def clashes(corpus: Corpus) -> Clashes:
    return Clashes(corpus.retriever, corpus.checker.looker.reader)


def pair(row: dict[str, str]) -> list[Stretch]:
    return [stretch("one", row["one"], row["lang"]), stretch("other", row["other"], row.get("other_lang", row["lang"]))]


def test_what_does_not_disagree_is_never_reported(clashes: Clashes) -> None:
    assert len(AGREE) == 30
    reported = [row for row in AGREE if clashes.find(pair(row)) or clashes.find(pair(row)[::-1])]
    assert not reported


def test_almost_all_disagreements_are_found_and_called_what_they_are(clashes: Clashes) -> None:
    assert len(DISAGREE) == 28
    found = [(row["kind"], [clash.kind for clash in clashes.find(pair(row))]) for row in DISAGREE]
    assert all(kinds in ([], [kind]) for kind, kinds in found)
    assert sum(bool(kinds) for _, kinds in found) >= 26


def test_a_document_does_not_disagree_with_itself(clashes: Clashes) -> None:
    assert not clashes.find([stretch("one", row[side]) for row in DISAGREE[:1] for side in ("one", "other")])


def test_each_stretch_stands_in_one_disagreement_of_a_kind(clashes: Clashes) -> None:
    said = [stretch(f"doc{days}", f"Training the large model took {days} days.") for days in (3, 5, 9, 12)]
    found = clashes.find(said)
    assert [clash.kind for clash in found] == ["number", "number"]
    assert len({one.key for clash in found for one in (clash.one, clash.other)}) == 4


def test_the_clearest_comes_first(clashes: Clashes) -> None:
    said = [one for row in DISAGREE[:8] for one in pair(row)]
    said = [stretch(f"doc{at}", one.quote) for at, one in enumerate(said)]
    strengths = [clash.strength for clash in clashes.find(said)]
    assert len(strengths) >= 7
    assert all(one >= other for one, other in pairwise(strengths))


@pytest.mark.parametrize(
    ("one", "other", "language", "in_english", "in_spanish"),
    [
        ("The base model has 12 layers in its encoder.", "The encoder of the base model has 6 layers.", "en",
         "different values: 12 and 6", "valores distintos: 12 y 6"),
        ("The error rate of the system was 4.5 % on the test set.",
         "The error rate of the system was 6.1 % on the test set.", "en",
         "different values: 4.5 and 6.1", "valores distintos: 4,5 y 6,1"),
        ("El corpus contiene 3,2 millones de pares de frases.", "El corpus contiene 2,1 millones de pares de frases.",
         "es", "different values: 3,200,000 and 2,100,000",
         "valores distintos: 3\u202f200\u202f000 y 2\u202f100\u202f000"),
        ("The survey was published in 2019.", "The survey was published in 2021.", "en",
         "different values: 2019 and 2021", "valores distintos: 2019 y 2021"),
        ("Sparse attention improves accuracy on long inputs.",
         "Sparse attention does not improve accuracy on long inputs.", "en",
         "one source says what another denies: “improves”", "una fuente afirma lo que otra niega: «improves»"),
        ("Los lotes grandes aumentan la exactitud del clasificador.",
         "Los lotes grandes reducen la exactitud del clasificador.", "es",
         "one says “aumentan” where another says “reducen”", "una dice «aumentan» donde otra dice «reducen»"),
        ("The decoder is larger than the encoder.", "The encoder is larger than the decoder.", "en",
         "each says the opposite of the other", "dicen lo contrario una de otra"),
        ("El decodificador es mayor que el codificador.", "El codificador es mayor que el decodificador.", "es",
         "each says the opposite of the other", "dicen lo contrario una de otra"),
    ],
)  # fmt: skip
def test_what_they_disagree_in_is_told_as_the_reader_writes(
    clashes: Clashes, one: str, other: str, language: str, in_english: str, in_spanish: str
) -> None:
    [clash] = clashes.find([stretch("one", one, language), stretch("other", other, language)])
    assert about(clash, "en") == in_english
    assert about(clash, "es") == in_spanish


def test_numbers_as_each_language_writes_them() -> None:
    assert [number_text(value, "en") for value in (4000, 12_500, 0.5, 3.2e6)] == ["4000", "12,500", "0.5", "3,200,000"]
    assert [number_text(value, "es") for value in (4000, 12_500, 0.5)] == ["4000", "12\u202f500", "0,5"]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Tarn attention reduces memory use by 40 % on long documents.",
         "On long documents, Tarn attention reduces the use of memory by 40 %.", True),
        ("Tarn attention reduces memory use by 40 % on long documents.",
         "On long documents, Tarn attention reduces the use of memory by 15 %.", False),
        ("Sparse attention improves accuracy on long inputs.",
         "Sparse attention does not improve accuracy on long inputs.", False),
    ],
)  # fmt: skip
def test_the_same_said_in_other_words_agrees(clashes: Clashes, one: str, other: str, agree: bool) -> None:
    assert clashes.agrees(stretch("one", one), stretch("other", other)) is agree


def test_a_word_that_cannot_be_found_again_is_not_shown() -> None:
    held = stretch("one", "The encoder reads the whole input.")
    clash = Clash("direction", held, stretch("other", "The decoder reads it."), "encod", "missing", 1.0)
    assert about(clash, "en") == "each says the opposite of the other"
