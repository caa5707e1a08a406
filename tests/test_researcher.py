"""The researcher's steps over ten papers: what it finds, cites and leaves out."""

import json
from functools import cache

import pytest
from research_papers import is_audited, lines_of, papers_folder

from agents.research.researcher import DOCUMENTS, KEPT, Evidence, Researcher, label_of
from agents.research.summary import Reference, Summary
from tutor.tutor import Tutor

MEMORY = "How much memory does Tarn attention save on long documents?"
ACCURACY = "Does Tarn attention improve accuracy on legal questions?"
DAYS = "¿Cuánto duró el entrenamiento con ventanas anchas?"


@pytest.fixture(scope="module")
def researcher(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Researcher:
    return tutor.desk.open([papers_folder(tmp_path_factory)])[0]


@cache
def evidence_of(researcher: Researcher, question: str, language: str) -> list[Evidence]:
    asked = researcher.plan(question, language)
    names = dict.fromkeys(name for one in asked for name in researcher.search(one, language))
    return [row for name in names for row in researcher.read(name, asked, language)]


@cache
def summary_of(researcher: Researcher, question: str, language: str) -> Summary:
    asked = researcher.plan(question, language)
    return researcher.write(asked, language, evidence_of(researcher, question, language))


def titles(researcher: Researcher, names: list[str]) -> list[str]:
    return [researcher.cited.references[name].title for name in names]


def test_search_finds_documents_each_once_the_best_first(researcher: Researcher) -> None:
    found = researcher.search(MEMORY, "en")
    assert len(found) == len(set(found)) <= DOCUMENTS
    assert titles(researcher, found)[0] in {"Tarn attention for long documents", "Memory of sparse patterns"}
    assert set(found) <= set(researcher.cited.documents)


def test_a_document_is_read_into_plain_data_best_first(researcher: Researcher) -> None:
    [tarn] = [name for name, one in researcher.cited.references.items() if one.title.startswith("Tarn")]
    rows = researcher.read(tarn, [MEMORY], "en")
    assert json.loads(json.dumps(rows)) == rows
    assert 0 < len(rows) <= KEPT
    assert [row["relevance"] for row in rows] == sorted((row["relevance"] for row in rows), reverse=True)
    assert {str(row["passage"]).split(":")[0] for row in rows} == {tarn}
    best = researcher.corpus.passage(str(rows[0]["passage"]))
    assert best is not None
    assert "40 %" in best.sentences[int(rows[0]["first"])].text


def test_a_summary_answers_says_where_sources_disagree_and_cites_it_all(researcher: Researcher) -> None:
    found = summary_of(researcher, MEMORY, "en")
    assert found.parts[0].kind == "answer"
    first = found.parts[0].lines[0]
    assert first.text == "Tarn attention reduces memory use by 40 % on long documents."
    said = {found.quotations[number - 1].quote for number in first.citations}
    assert said == {first.text, "On long documents, Tarn attention reduces the use of memory by 40 %."}  # two voices
    numbers = [one for one in found.disagreements if one.kind == "number"]
    assert {one.about for one in numbers} <= {"different values: 40 and 15", "different values: 15 and 40"}
    assert {side.text for one in numbers for side in one.sides} == {
        first.text, "Tarn attention reduces memory use by 15 % on long documents.",
    }  # fmt: skip
    assert all(is_audited(line, found, researcher) for line in lines_of(found))


def test_a_denial_is_told_with_both_sides(researcher: Researcher) -> None:
    found = summary_of(researcher, ACCURACY, "en")
    [denial] = [one for one in found.disagreements if one.kind == "denial"]
    assert {side.text for side in denial.sides} == {
        "Tarn attention improves accuracy on legal questions.",
        "Tarn attention does not improve accuracy on legal questions.",
    }
    documents = {found.quotations[number - 1].document for side in denial.sides for number in side.citations}
    assert sorted(titles(researcher, list(documents))) == [
        "A replication of Tarn", "Tarn attention for long documents",
    ]  # fmt: skip


def test_sources_that_disagree_in_spanish(researcher: Researcher) -> None:
    found = summary_of(researcher, DAYS, "es")
    [disagreement] = [one for one in found.disagreements if "14" in one.about]
    assert disagreement.about in {"valores distintos: 14 y 9", "valores distintos: 9 y 14"}
    assert {side.text for side in disagreement.sides} == {
        "El entrenamiento con ventanas anchas duró 14 días en ocho aceleradores.",
        "El entrenamiento con ventanas anchas duró 9 días en ocho aceleradores.",
    }


def test_the_quotations_are_numbered_in_the_order_in_which_they_are_cited(researcher: Researcher) -> None:
    found = summary_of(researcher, MEMORY, "en")
    assert [one.n for one in found.quotations] == list(range(1, len(found.quotations) + 1))
    cited = [number for line in lines_of(found) for number in line.citations]
    assert list(dict.fromkeys(cited)) == [one.n for one in found.quotations]
    assert [one.document for one in found.references] == list(dict.fromkeys(one.document for one in found.quotations))
    assert {one.document for one in found.searched} == set(researcher.cited.documents)


def test_no_text_is_printed_twice_in_its_sections(researcher: Researcher) -> None:
    found = summary_of(researcher, MEMORY, "en")
    texts = [line.text for part in found.parts for line in part.lines]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How do volcanoes erupt?", "en"), ("Who won the football world cup of 1986?", "en"),
        ("¿Cómo entran en erupción los volcanes?", "es"), ("¿Qué vino acompaña mejor al queso de cabra?", "es"),
    ],
)  # fmt: skip
def test_what_nothing_answers_is_not_answered(researcher: Researcher, question: str, language: str) -> None:
    found = summary_of(researcher, question, language)
    assert lines_of(found) == []
    assert found.missing == (question,)
    assert (found.quotations, found.references) == ((), ())


def test_no_evidence_is_no_summary(researcher: Researcher) -> None:
    found = researcher.write([MEMORY], "en", [])
    assert (found.parts, found.disagreements, found.missing) == ((), (), (MEMORY,))


def test_the_same_question_gives_the_same_twice(researcher: Researcher) -> None:
    evidence = list(evidence_of.__wrapped__(researcher, MEMORY, "en"))
    assert evidence == evidence_of(researcher, MEMORY, "en")
    assert summary_of.__wrapped__(researcher, MEMORY, "en") == summary_of(researcher, MEMORY, "en")


def test_evidence_that_is_no_longer_there_is_left_out(researcher: Researcher) -> None:
    gone: Evidence = {"passage": "gone:1", "first": 0, "last": 0, "relevance": 0.9, "question": 0}
    evidence = evidence_of(researcher, MEMORY, "en")
    assert researcher.write([MEMORY], "en", [gone, *evidence]) == summary_of(researcher, MEMORY, "en")


@pytest.mark.parametrize(
    ("authors", "year", "label"),
    [
        (("Ada Lind",), 2021, "Lind (2021)"),
        (("Ada Lind", "Bo Marsh"), 2021, "Lind et al. (2021)"),
        (("de la Fuente Ruiz, Íñigo",), 2020, "de la Fuente Ruiz (2020)"),
        (("Ada Lind",), None, "A title"),
        ((), 2020, "A title"),
    ],
)
def test_a_document_is_called_as_readers_know_it(authors: tuple[str, ...], year: int | None, label: str) -> None:
    assert label_of(Reference("d", "A title", authors, year)) == label
