"""The suite `research`: scores that can be worked out by hand, over papers whose answers are known."""

from dataclasses import replace
from pathlib import Path

import pytest
from research_papers import papers_folder

from agents.research.summary import Line, Quotation
from knowledge.documents import Document, Section
from tutor.errors import BadData, TutorError
from tutor.evaluation import evaluate_suite
from tutor.evaluation_data import GoldSection, RetrievalRow
from tutor.evaluation_research import PASSAGES, evaluate_research, is_audited, score
from tutor.tutor import Tutor

TEXT = "Attention weighs the values\nof all positions. The softmax makes weights."
DOCUMENTS = {"d": Document("d", "Doc", "doc.md", "en", (Section(("Doc",), "§ Doc", TEXT),))}
QUOTED = Quotation(1, "d", "§ Doc", "Attention weighs the values of all positions.", "en", "d:1", 0, 0, 45)
LINE = Line("Attention weighs values.", "supported", (1,))
ROWS = [
    RetrievalRow(
        "How much memory does Tarn attention save on long documents?", "en",
        (
            GoldSection("tarn.md", "Results"), GoldSection("agrees.md", "Results"),
            GoldSection("report.md", "Results", 1),
        ),
    ),
    RetrievalRow(
        "¿Cuánto duró el entrenamiento con ventanas anchas?", "es", (GoldSection("informe.md", "Resultados"),)
    ),
    RetrievalRow("How do volcanoes erupt?", "en", (GoldSection("bare.md", "Vocabulary"),)),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return papers_folder(tmp_path_factory)


def test_a_line_that_can_be_found_again_is_audited() -> None:
    assert is_audited(LINE, {1: QUOTED}, DOCUMENTS)


@pytest.mark.parametrize(
    ("line", "quotation"),
    [
        (replace(LINE, citations=()), QUOTED),
        (replace(LINE, verdict="not_found"), QUOTED),
        (LINE, replace(QUOTED, quote="Attention weighs the keys of all positions.")),
        (LINE, replace(QUOTED, quote="The softmax makes weights.")),  # in the document, but not at this place
        (LINE, replace(QUOTED, start=10)),
    ],
)
def test_a_line_that_cannot_is_not(line: Line, quotation: Quotation) -> None:
    assert not is_audited(line, {1: quotation}, DOCUMENTS)


def test_one_question_by_hand(tutor: Tutor, folder: Path) -> None:
    researcher, _ = tutor.desk.open([folder])
    scored = score(researcher, ROWS[0])
    assert scored.printed == scored.audited > 3
    assert scored.measures is not None
    assert (scored.measures["gold_in_answer"], scored.measures["gold_in_summary"]) == (1.0, 1.0)
    assert 0 < scored.measures["answer_on_gold"] <= 1
    assert scored.baseline["answer_on_gold"] in {gain / PASSAGES for gain in range(PASSAGES + 1)}


def test_the_suite_over_the_papers(tutor: Tutor, folder: Path) -> None:
    found = evaluate_research(tutor, ROWS, [folder]).to_json()
    assert (found["suite"], found["n"]) == ("research", 3)
    assert found["metrics"]["audited"]["value"] == 1.0
    assert found["metrics"]["answered"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["metrics"]["gold_in_summary"]["value"] == 1.0
    assert set(found["by"]) == {"es", "en"}
    assert found["by"]["en"]["answered"]["value"] == 0.5
    assert found["by"]["es"]["gold_in_answer"]["value"] == 1.0


def test_the_suite_needs_questions_and_their_sections(tutor: Tutor, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TutorError) as caught:
        evaluate_suite(tutor, "research", None, [folder])
    assert caught.value.code == "suite-needs-data"
    nowhere = [RetrievalRow("What is it?", "en", (GoldSection("elsewhere.md", "Nothing"),))]
    with pytest.raises(BadData):
        evaluate_research(tutor, nowhere, [folder / "tarn.md"])
    data = tmp_path / "rows.jsonl"
    data.write_text(
        '{"question": "How much memory does Tarn attention save?", "lang": "en", '
        '"gold": [{"path": "tarn.md", "heading": "Results"}]}\n',
        encoding="utf-8",
    )
    assert evaluate_suite(tutor, "research", data, [folder / "tarn.md"])["metrics"]["audited"]["value"] == 1.0
