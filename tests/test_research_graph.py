"""Research end to end over twenty-two documents and more, within a language, across, and over both mixed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from research_papers import is_audited, lines_of

from agents.research.researcher import Researcher
from agents.research.summary import Summary
from knowledge.course import Course
from tutor.graphs.research import run_research
from tutor.tutor import Tutor

CONCEPTS = (
    "attention", "bert", "bpe", "decoding", "distillation", "embeddings", "encoder", "feed-forward", "flash-attention",
    "gpt", "hallucination", "kv-cache", "layer-normalization", "lora", "perplexity", "quantization",
    "recurrent-networks", "rope", "sampling", "softmax",
)  # fmt: skip
KINDS = ("definition", "how", "why", "limits")
WORDS = 100  # of a document
Asked = Callable[[str, str, str], tuple[Summary, Researcher]]


def save_concepts(course: Course, folder: Path, language: str) -> list[Path]:
    """The course's concepts as Markdown files, one concept a file, with the passages that fit."""
    folder.mkdir()
    files = []
    for concept in CONCEPTS:
        own = [one for one in course.passages if one.concept == concept and one.language == language]
        own = [one for one in own if one.kind in KINDS]
        text, said = "", 0
        for passage in own:
            if said + len(passage.text.split()) <= WORDS:
                said += len(passage.text.split())
                text += f"\n## {passage.headings[-1]}\n\n{passage.text}\n"
        if text:
            files.append(folder / f"{concept}.{language}.md")
            files[-1].write_text(f"# {own[0].headings[0]}\n{text}", encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def files(course: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    place = tmp_path_factory.mktemp("concepts")
    made = {language: save_concepts(course, place / language, language) for language in ("es", "en")}
    assert all(len(own) >= 20 for own in made.values())
    return made | {"both": [*made["en"][::2], *made["es"][1::2]]}


@pytest.fixture(scope="module")
def asked(tutor: Tutor, files: dict[str, list[Path]]) -> Asked:
    """Asks a question in a language of the documents of a language, or of both."""
    researchers = {name: tutor.desk.open(own)[0] for name, own in files.items()}
    kept: dict[tuple[str, str, str], Summary] = {}

    def ask(question: str, language: str, of: str) -> tuple[Summary, Researcher]:
        key = (question, language, of)
        if key not in kept:
            kept[key] = run_research(researchers[of], question, language, lambda *_: None)
        return kept[key], researchers[of]

    return ask


QUESTIONS = [
    ("What is attention and what does it cost?", "en", "en"),
    ("What is the KV cache and how much memory does it need?", "en", "es"),
    ("What is the difference between BERT and GPT?", "en", "both"),
    ("¿Qué es la atención y cuánto cuesta?", "es", "en"),
    ("¿En qué se diferencian BERT y GPT?", "es", "both"),
]


@pytest.mark.parametrize(("question", "language", "of"), QUESTIONS)
def test_every_sentence_can_be_found_again_and_no_other_document_is_cited(
    asked: Asked, question: str, language: str, of: str
) -> None:
    found, researcher = asked(question, language, of)
    lines = lines_of(found)
    assert len(lines) >= (1 if of != language and of != "both" else 3)
    assert [line for line in lines if not is_audited(line, found, researcher)] == []
    assert found.language == language
    assert {one.document for one in found.quotations} <= set(researcher.cited.documents)
    assert len(found.searched) == len(researcher.cited.documents) >= 20
    assert found.questions == researcher.plan(question, language)[1:]


@pytest.mark.parametrize(
    ("question", "language", "frame"),
    [(QUESTIONS[1][0], "en", "(in Spanish in the original)"), (QUESTIONS[3][0], "es", "(en inglés en el original)")],
)
def test_words_in_another_language_are_quoted_and_said_to_be(
    asked: Asked, question: str, language: str, frame: str
) -> None:
    found, _ = asked(question, language, "es" if language == "en" else "en")
    quoted = {one.n: one.language for one in found.quotations}
    for line in lines_of(found):
        assert {quoted[number] for number in line.citations} == {"es" if language == "en" else "en"}
        assert line.text.endswith(frame)


def test_both_sides_of_a_comparison_are_answered(asked: Asked) -> None:
    found, researcher = asked(*QUESTIONS[2])
    cited = {researcher.cited.references[one.document].title for one in found.quotations}
    assert any("BERT" in title for title in cited)
    assert any("GPT" in title for title in cited)


def test_what_no_document_answers_is_told_and_nothing_else(asked: Asked) -> None:
    found, _ = asked("¿Cómo entran en erupción los volcanes?", "es", "both")
    assert lines_of(found) == []
    assert found.missing == ("¿Cómo entran en erupción los volcanes?",)


def test_the_order_of_the_documents_changes_nothing_and_each_step_is_told(
    tutor: Tutor, files: dict[str, list[Path]], asked: Asked
) -> None:
    question, language, of = QUESTIONS[-1]
    found, _ = asked(question, language, of)
    turned, _ = tutor.desk.open(files[of][::-1])
    steps: list[tuple[str, int, int]] = []
    again = run_research(turned, question, language, lambda *step: steps.append(step))
    assert [one.document for one in again.searched] == [one.document for one in found.searched][::-1]
    assert (again.parts, again.quotations, again.disagreements) == (found.parts, found.quotations, found.disagreements)
    assert (again.missing, again.references) == (found.missing, found.references)
    [(_, chosen, _)] = [step for step in steps if step[0] == "search"]
    assert [step[0] for step in steps] == ["search", *["read"] * chosen, "write"]
    assert 1 < chosen <= len(files[of])


def test_no_document_speaks_too_much(asked: Asked) -> None:
    found, _ = asked(*QUESTIONS[0])
    leads = [found.quotations[line.citations[0] - 1].document for part in found.parts for line in part.lines]
    assert len(found.references) >= 3
    assert max(leads.count(name) for name in leads) <= len(leads) / 2
