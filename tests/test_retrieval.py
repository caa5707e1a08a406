"""Retrieval: fusion to the last digit, both languages, and the course's own definitions."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from small_index import WordEncoder, passage

from knowledge.corpus import Corpus
from knowledge.course import Course
from knowledge.documents import Passage
from knowledge.encoder import Encoder
from knowledge.glossary import Glossary, Term
from knowledge.index import open_index, open_or_build
from knowledge.retrieval import BILINGUAL_ENCODER, ENGLISH_ENCODER, RANK_CONSTANT, Hit, Retriever, Weights
from knowledge.saved_passages import SavedPassages

ENGLISH = {
    "a": "attention attention attention",
    "b": "attention layer",
    "c": "attention layer layer softmax",
    "d": "training",
}
SPANISH = {"e": "la atención de cada capa", "f": "el entrenamiento", "g": "softmax"}
TERMS = (("attention", "atención"), ("layer", "capa"), ("training", "entrenamiento"), ("head", "cabeza"))
GLOSSARY = Glossary(tuple(Term({"en": (english,), "es": (spanish,)}) for english, spanish in TERMS))


def retriever(folder: Path, encoder: WordEncoder) -> Retriever:
    def passages() -> list[Passage]:
        made = [passage(0, language, text, headings=()) for language, texts in (("en", ENGLISH), ("es", SPANISH))
                for text in texts.values()]  # fmt: skip
        return [replace(item, id=name, sentences=item.sentences[:1])
                for name, item in zip([*ENGLISH, *SPANISH], made, strict=True)]  # fmt: skip

    return Retriever(open_or_build(folder, "tiny", encoder, passages), encoder, GLOSSARY)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever(tmp_path_factory.mktemp("index"), WordEncoder())


def ids(hits: list[Hit]) -> list[str]:
    return [hit.passage.id for hit in hits]


def share(rank: int) -> float:
    """What a passage at this rank of a method gets, where the first gets 1."""
    return (RANK_CONSTANT + 1) / (RANK_CONSTANT + rank)


def test_ranks_are_fused_with_their_weights(tiny: Retriever) -> None:
    """Both methods rank a, b, c for "attention" (cosines 1, 1/sqrt(2), 1/sqrt(5)); d has its cosine 0 alone."""
    weights = ENGLISH_ENCODER["en", "en"]
    hits = tiny.search("attention", "en", languages=["en"])
    assert ids(hits) == ["a", "b", "c", "d"]
    total = weights.lexical + weights.dense + weights.heading  # no heading holds the word: its share is nobody's
    both = (weights.lexical + weights.dense) / total
    expected = [both, both * share(2), both * share(3), weights.dense / total * share(4)]
    assert [hit.score for hit in hits] == pytest.approx([weights.list * score for score in expected], rel=1e-12)
    assert [hit.cosine for hit in hits] == pytest.approx([1, 0.5**0.5, 0.2**0.5, 0], abs=1e-6)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (Weights(1, 0), {"a": share(3), "b": share(2), "c": 1.0}),
        (Weights(0, 1), {"a": share(3), "b": 1.0, "c": share(2), "d": share(4)}),
        (Weights(0, 0.5), {"a": share(3), "b": 1.0, "c": share(2), "d": share(4)}),
        (Weights(3, 1), {
            "a": 0.75 * share(3) + 0.25 * share(3), "b": 0.75 * share(2) + 0.25,
            "c": 0.75 + 0.25 * share(2), "d": 0.25 * share(4),
        }),
    ],
)  # fmt: skip
def test_methods_that_disagree(tiny: Retriever, weights: Weights, expected: dict[str, float]) -> None:
    """BM25 ranks c, b, a for "attention layer softmax"; the encoder, which knows no "softmax", ranks b, c, a, d."""
    hits = tiny.rank("attention layer softmax", "en", tiny.index.partitions["en"], weights)
    assert {hit.passage.id: hit.score for hit in hits} == pytest.approx(expected, rel=1e-12)
    assert ids(hits) == sorted(expected, key=lambda name: -expected[name])


def test_a_spanish_question_finds_english_text_and_the_reverse(tiny: Retriever) -> None:
    assert ids(tiny.search("¿Qué es el entrenamiento?", "es", languages=["en"]))[0] == "d"
    assert ids(tiny.search("What is training?", "en", languages=["es"]))[0] == "f"
    assert ids(tiny.search("entrenamientos", "es"))[:2] == ["f", "d"]
    assert ids(tiny.search("trainings", "en"))[:2] == ["d", "f"]


def test_the_other_language_counts_by_the_weight_of_its_list(tiny: Retriever) -> None:
    for query, language, own, other in (("training", "en", "d", "f"), ("entrenamiento", "es", "f", "d")):
        target = "es" if language == "en" else "en"
        whole = {hit.passage.id: hit.score for hit in tiny.search(query, language)}
        weights = tiny.weights[language, target]
        alone = tiny.rank(query, language, tiny.index.partitions[target], weights)
        assert alone[0].passage.id == other
        assert {hit.passage.id: whole[hit.passage.id] for hit in alone} == {
            hit.passage.id: hit.score * weights.list for hit in alone
        }
        assert whole[own] == max(whole.values()) > whole[other]


def test_the_encoder_reads_the_language_that_it_knows(tmp_path: Path) -> None:
    english = WordEncoder(languages=("en",))
    found = retriever(tmp_path, english)
    assert found.weights is ENGLISH_ENCODER
    english.seen.clear()
    found.search("atención de una cabeza", "es", languages=["en"])
    found.search("Attention **heads**", "en", languages=["en"])
    assert english.seen == ["attention head", "Attention heads"]
    bilingual = WordEncoder("bilingual", languages=("es", "en"))
    found = retriever(tmp_path, bilingual)
    assert found.weights is BILINGUAL_ENCODER
    bilingual.seen.clear()
    found.search("la cabeza", "es", languages=["es"])
    found.search("la cabeza", "es", languages=["en"])
    assert bilingual.seen == ["la cabeza", "head"]


def test_languages_and_k_restrict(tiny: Retriever) -> None:
    assert {hit.passage.language for hit in tiny.search("attention", "en")} == {"es", "en"}
    assert {hit.passage.language for hit in tiny.search("attention", "en", languages=["es"])} == {"es"}
    assert {hit.passage.language for hit in tiny.search("atención", "es", languages=["en"])} == {"en"}
    assert tiny.search("attention", "en", languages=[]) == []
    whole = tiny.search("attention", "en", k=7)
    assert len(whole) == 7
    assert [tiny.search("attention", "en", k=k) for k in (0, 1, 3)] == [whole[:0], whole[:1], whole[:3]]


@pytest.mark.parametrize("query", ["", "???", "the of", "$$", "zzz", "a" * 5000])
def test_odd_queries_are_searched_without_complaint(tiny: Retriever, query: str) -> None:
    for language in ("es", "en"):
        hits = tiny.search(query, language)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(0 < hit.score <= 1 for hit in hits)


def test_equal_scores_are_ordered_by_id(tiny: Retriever) -> None:
    hits = tiny.search("softmax", "en")
    order = [(-hit.score, hit.passage.id) for hit in hits]
    assert order == sorted(order)


def test_passages_by_id(tiny: Retriever) -> None:
    assert set(tiny.passages) == {*ENGLISH, *SPANISH}
    assert tiny.passages["f"].text == SPANISH["f"]


# Spread over documents, and in one of them


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """A long document that says "attention" in each of its 120 passages, and five short ones that say it once."""
    long = [replace(passage(number, "en", "Attention " * 3 + f"w{number}"), id=f"long:{number}", document="long")
            for number in range(120)]  # fmt: skip
    short = [replace(passage(number, "en", "Attention to a layer " + "and more " * 9), id=f"short{number}:{part}",
                     document=f"short{number}") for number in range(5) for part in range(2)]  # fmt: skip
    spanish = replace(passage(1, "es", "La atención."), id="spanish:1", document="spanish")
    folder = tmp_path_factory.mktemp("shelf")
    return Retriever(open_or_build(folder, "shelf", WordEncoder(), lambda: [*long, *short, spanish]),
                     WordEncoder(), GLOSSARY)  # fmt: skip


@pytest.mark.parametrize("per_document", [1, 2, 3])
def test_no_document_gives_more_than_its_share(shelf: Retriever, per_document: int) -> None:
    crowded = shelf.search("attention", "en", 8, ["en"])
    assert {hit.passage.document for hit in crowded} == {"long"}
    hits = shelf.search_diverse("attention", "en", 6 * per_document, per_document, ["en"])
    counts = Counter(hit.passage.document for hit in hits)
    assert counts == {name: min(per_document, 120 if name == "long" else 2) for name in counts}
    assert len(counts) == 6
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits)


def test_a_share_that_is_never_used_up_changes_nothing(shelf: Retriever) -> None:
    assert shelf.search_diverse("attention", "en", 10, 10) == shelf.search("attention", "en", 10)
    assert shelf.search_diverse("attention", "en", 0, 1) == []
    assert shelf.search_diverse("attention", "en", 5, 0) == []


def test_one_document_is_searched_alone(shelf: Retriever) -> None:
    hits = shelf.search_document("attention layer", "en", "short3", 9)
    assert [hit.passage.id for hit in hits] == ["short3:0", "short3:1"]
    assert [hit.passage.id for hit in shelf.search_document("w57", "en", "long", 1)] == ["long:57"]
    assert shelf.search_document("attention", "en", "nowhere") == []
    assert ids(shelf.search_document("attention", "en", "spanish")) == ["spanish:1"]
    assert ids(shelf.search_document("atención", "es", "spanish")) == ["spanish:1"]


def test_searching_one_document_reads_no_other(shelf: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    parse = SavedPassages._parse

    def noted(saved: SavedPassages, row: int) -> Passage:
        found = parse(saved, row)
        read.append(found.document)
        return found

    monkeypatch.setattr(SavedPassages, "_parse", noted)
    again = Retriever(open_index(shelf.index.folders[0]), WordEncoder(), GLOSSARY)
    again.search_document("attention layer", "en", "short1")
    assert set(read) == {"short1"}


# The real course


def asked(concept: str, course: Course, language: str) -> str:
    name = course.concepts[concept].name[language]
    return f"¿Qué es {name}?" if language == "es" else f"What is {name}?"


def test_results_are_the_same_each_time(corpus: Corpus, encoder: Encoder, course: Course) -> None:
    again = Retriever(corpus.retriever.index, encoder, course.glossary)
    for query, language in (("¿Por qué se escala la atención?", "es"), ("How is BERT trained?", "en")):
        first = corpus.retriever.search(query, language, 30)
        assert first == corpus.retriever.search(query, language, 30) == again.search(query, language, 30)
        assert len({hit.passage.id for hit in first}) == 30


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_is_asked_about_comes_first(corpus: Corpus, course: Course, language: str) -> None:
    """The first passage for "What is X?" is about X for nearly all concepts, and one of the first three for each."""
    first = []
    for concept in course.concepts:
        hits = corpus.retriever.search(asked(concept, course, language), language, 4)
        found = [hit.passage for hit in hits if hit.passage.kind != "fact"]  # the table's row of Claude is about Claude
        assert concept in {passage.concept for passage in found[:3]}, concept
        assert found[0].language == language
        first.append(found[0].concept == concept)
    assert sum(first) >= 0.95 * len(first)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_first_passage_is_about_the_concept_asked_for(corpus: Corpus, course: Course, language: str) -> None:
    found = [
        concept for concept in course.concepts
        if corpus.retriever.search(asked(concept, course, language), language, 1)[0].passage.concept == concept
    ]  # fmt: skip
    assert len(found) >= 20, sorted(set(course.concepts) - set(found))


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_question_finds_its_concept_in_the_other_language(corpus: Corpus, course: Course, language: str) -> None:
    other = "en" if language == "es" else "es"
    found = [
        concept for concept in course.concepts
        if concept in {hit.passage.concept for hit in corpus.retriever.search(
            asked(concept, course, language), language, 5, languages=[other])}
    ]  # fmt: skip
    assert len(found) >= 20, sorted(set(course.concepts) - set(found))
