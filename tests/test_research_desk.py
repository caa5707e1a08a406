"""The researcher's desk: what a person gets back, what could not be read, what is told meanwhile, what is written."""

import json
from pathlib import Path
from typing import Any

import pytest
from research_papers import PAPERS, papers_folder, save_papers

from agents.research.drafting import SummaryWriter
from knowledge.errors import BadDocument, BadText, KnowledgeError
from tutor.errors import BadSummary
from tutor.research_desk import Files, Opened, ResearchDesk
from tutor.settings import Settings
from tutor.tutor import Tutor

MEMORY = "How much memory does Tarn attention save on long documents?"

SAVES = "Tarn attention reduces memory use by 40 % on long documents."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return papers_folder(tmp_path_factory)


@pytest.fixture(scope="module")
def answered(tutor: Tutor, folder: Path) -> dict[str, Any]:
    return tutor.desk.answer(MEMORY, sources=[folder])


def test_an_answer_is_plain_data_of_the_promised_form(answered: dict[str, Any]) -> None:
    assert json.loads(json.dumps(answered)) == answered
    assert {"sections", "sources", "disagreements", "not_in_sources", "documents", "files", "problems"} <= set(answered)
    assert (answered["language"], answered["engine"], answered["question"]) == ("en", "composer", MEMORY)
    assert (answered["files"], answered["problems"], answered["abstained"]) == ([], [], False)
    for section in answered["sections"]:
        assert section["title"]
        for sentence in section["sentences"]:
            assert sentence["verdict"] == "supported"
            assert {*sentence["citations"]} <= {source["n"] for source in answered["sources"]}
    [tarn] = [source for source in answered["sources"] if source["quote"] == SAVES]
    assert (tarn["authors"], tarn["year"], tarn["locator"]) == (["Ada Lind", "Bo Marsh"], 2021, "§ Results")
    assert Path(tarn["path"]).name == "tarn.md"
    assert 0 < tarn["score"] <= 1


def test_each_document_says_how_often_it_is_quoted(answered: dict[str, Any]) -> None:
    assert len(answered["documents"]) == len(PAPERS)
    counts = {one["id"]: one["quotations"] for one in answered["documents"]}
    assert sum(counts.values()) == len(answered["sources"])
    assert all(counts[source["document"]] > 0 for source in answered["sources"])


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(tutor: Tutor, tmp_path: Path) -> None:
    place = save_papers(tmp_path / "some", "tarn.md", "report.md")
    (place / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    made = tutor.desk.answer(MEMORY, sources=[place])
    [problem] = made["problems"]
    assert Path(problem["path"]).name == "broken.pdf"
    assert problem["problem"]
    assert problem["hint"]
    assert len(made["documents"]) == 2
    assert "reduces memory use by" in made["sections"][0]["sentences"][0]["text"]
    spanish = tutor.desk.digest("terms", language="es", sources=[place])
    assert spanish["problems"][0]["problem"] != problem["problem"]


def test_the_reading_is_told_document_by_document(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    own = Tutor(Settings(data_dir=tmp_path, model="composer"), said.append)
    own.desk.answer(MEMORY, sources=[folder / "tarn.md", folder / "report.md"])
    assert [line for line in said if line.startswith("searching: ")] == [
        "searching: 1 of 2 documents", "searching: 2 of 2 documents",
    ]  # fmt: skip
    said.clear()
    own.desk.answer("¿Cuánto duró el entrenamiento?", sources=[folder / "informe.md"])
    assert "buscando: 1 de 1 documentos" in said


def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    own = Tutor(Settings(data_dir=tmp_path, model="composer"))
    for ask in (lambda: own.desk.answer(MEMORY), lambda: own.desk.digest("table")):
        with pytest.raises(KnowledgeError) as caught:
            ask()
        assert caught.value.code == "library-empty"
        assert "atenea library add" in caught.value.hint("en")


def test_the_library_speaks_where_no_sources_are_given(folder: Path, tmp_path: Path) -> None:
    own = Tutor(Settings(data_dir=tmp_path, model="composer"))
    own.library_add([folder / "tarn.md"])
    made = own.desk.answer(MEMORY)
    assert [one["title"] for one in made["documents"]] == ["Tarn attention for long documents"]
    assert "40 %" in made["sections"][0]["sentences"][0]["text"]


def test_sources_that_hold_nothing_readable(tutor: Tutor, tmp_path: Path) -> None:
    with pytest.raises(BadDocument):
        tutor.desk.answer(MEMORY, sources=[tmp_path])


@pytest.mark.parametrize("question", ["", "  ?!", "a\x00b", "x" * 100_000])
def test_a_question_that_cannot_be_worked_on(tutor: Tutor, folder: Path, question: str) -> None:
    with pytest.raises(BadText):
        tutor.desk.answer(question, sources=[folder])


def test_a_digest_speaks_the_language_of_most_documents(tutor: Tutor, folder: Path) -> None:
    spanish = [folder / name for name in ("estudio.md", "informe.md", "tarn.md")]
    assert tutor.desk.digest("summary", sources=spanish)["language"] == "es"
    assert tutor.desk.digest("summary", sources=spanish, language="en")["language"] == "en"


def test_files_are_written_and_named(tutor: Tutor, folder: Path, tmp_path: Path) -> None:
    files = Files(tmp_path / "x.md", tmp_path / "x.bib", ("csv",))
    made = tutor.desk.digest("table", sources=[folder / "tarn.md"], files=files)
    assert [Path(name).name for name in made["files"]] == ["x.md", "x.bib", "x.csv"]
    assert "Tarn attention cannot read tables" in (tmp_path / "x.md").read_text(encoding="utf-8")
    assert "Lind" in (tmp_path / "x.bib").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_leaves_nothing(tutor: Tutor, folder: Path, tmp_path: Path) -> None:
    files = Files(tmp_path / "x.md", tmp_path / "x.exe")
    with pytest.raises(BadSummary):
        tutor.desk.digest("terms", sources=[folder / "tarn.md"], files=files)
    assert list(tmp_path.iterdir()) == []


def test_whoever_is_chosen_words_the_summary(tutor: Tutor, folder: Path) -> None:
    class Silent:
        name = "llm:silent"

        def draft(self, _: object) -> Any:
            return iter(())

    def opened(sources: Any) -> Opened:
        researcher, own = tutor.desk.open(sources)
        assert isinstance(Silent.name, str)
        return Opened(researcher.corpus, own.documents)

    def speaker(_: object) -> SummaryWriter:
        return Silent()

    desk = ResearchDesk(tutor.settings, opened, speaker, lambda _: None)
    made = desk.answer(MEMORY, sources=[folder])
    assert "40 %" in made["sections"][0]["sentences"][0]["text"]  # a writer that says nothing leaves it to the composer
