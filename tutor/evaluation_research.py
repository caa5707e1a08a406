"""The suite `research`: whether what a summary prints can be audited, and whether it answers the question.

Over questions whose answering sections are known (as in the suite `retrieval`), with the documents of `sources`:

`audited`: share of printed sentences that are supported and cite at least one quotation, all of them found word for
word (but for white space) at their place in their document. `answered`: share of questions with a summary.
`answer_on_gold`: share of the short answer's sentences that quote a section that answers or is related.
`gold_in_answer`, `gold_in_summary`: share of questions of which the short answer, or the whole summary, quotes a
section that answers. The baseline `passages` prints the first three passages that search finds for a short answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.research.researcher import Researcher
from agents.research.summary import Line, Quotation, Summary
from knowledge.documents import Document, Passage
from tutor.evaluation_data import ANSWERS, RetrievalRow
from tutor.evaluation_result import Evaluation
from tutor.evaluation_retrieval import resolve_gold, sections
from tutor.graphs.research import run_research
from tutor.measures import Measures, mean, wilson
from tutor.tutor import Tutor

PASSAGES = 3  # of the baseline, as many as a short answer has sentences
NAMES = ("answer_on_gold", "gold_in_answer", "gold_in_summary")


@dataclass(frozen=True, slots=True)
class Scored:
    """One question: its language, printed and audited sentences, and its measures; None where nothing was printed."""

    lang: str
    printed: int
    audited: int
    measures: dict[str, float] | None
    baseline: dict[str, float]


def evaluate_research(tutor: Tutor, rows: Sequence[RetrievalRow], sources: Sequence[Path]) -> Evaluation:
    """The scores over these questions. Raises `BadData` when the sources hold none of their sections."""
    researcher, _ = tutor.desk.open(sources)
    rows, _ = resolve_gold(researcher.corpus, rows)
    scored = [score(researcher, row) for row in rows if any(gold.relevance == ANSWERS for gold in row.gold)]
    groups = {language: [one for one in scored if one.lang == language] for language in ("es", "en")}
    groups = {language: own for language, own in groups.items() if own}
    whole = {**groups, "all": scored}
    return Evaluation(
        "research", len(scored), _measures(scored), {name: _measures(own) for name, own in groups.items()},
        {"passages": {name: _baseline(own) for name, own in whole.items()}},
        {"passages": {name: _differences(own) for name, own in whole.items()}},
        notes={
            "sentences": sum(one.printed for one in scored),
            "not audited": sum(one.printed - one.audited for one in scored),
        },
    )  # fmt: skip


def score(researcher: Researcher, row: RetrievalRow) -> Scored:
    """One question, asked and scored."""
    summary = run_research(researcher, row.question, row.lang, lambda *_: None)
    lines = [line for part in summary.parts for line in part.lines]
    lines += [side for found in summary.disagreements for side in found.sides]
    quotations = {one.n: one for one in summary.quotations}
    documents = researcher.cited.documents
    audited = sum(is_audited(line, quotations, documents) for line in lines)
    hits = researcher.retriever.search(row.question, row.lang, PASSAGES)
    return Scored(
        row.lang, len(lines), audited, _of(summary, row, researcher) if lines else None,
        _of_passages(row, [hit.passage for hit in hits]),
    )  # fmt: skip


def is_audited(line: Line, quotations: Mapping[int, Quotation], documents: Mapping[str, Document]) -> bool:
    """Whether a printed sentence is supported and all that it cites stands at its place in its document."""
    if line.verdict != "supported" or not line.citations:
        return False
    cited = [quotations[number] for number in line.citations]
    return all(_flat(one.quote) in _flat(documents[one.document].text[one.start : one.end or None]) for one in cited)


def _of(summary: Summary, row: RetrievalRow, researcher: Researcher) -> dict[str, float]:
    quotations = {one.n: one for one in summary.quotations}

    def gains(lines: Sequence[Line]) -> list[int]:
        found = []
        for line in lines:
            passages = [researcher.corpus.passage(quotations[number].passage) for number in line.citations]
            best = [_gain(row, passage) for passage in passages if passage is not None]
            found.append(max(best, default=0))
        return found

    answer = gains([line for part in summary.parts if part.kind == "answer" for line in part.lines])
    every = gains([line for part in summary.parts for line in part.lines])
    return {
        "answer_on_gold": sum(gain > 0 for gain in answer) / max(1, len(answer)),
        "gold_in_answer": float(ANSWERS in answer), "gold_in_summary": float(ANSWERS in every),
    }  # fmt: skip


def _of_passages(row: RetrievalRow, passages: Sequence[Passage]) -> dict[str, float]:
    gains = [_gain(row, passage) for passage in passages]
    return {"answer_on_gold": sum(gain > 0 for gain in gains) / PASSAGES, "gold_in_answer": float(ANSWERS in gains)}


def _gain(row: RetrievalRow, passage: Passage) -> int:
    """What the section of a passage is worth to a question."""
    [found] = sections(row.gold, [passage])
    return found.relevance if found else 0


def _flat(text: str) -> str:
    return " ".join(text.split())


def _measures(scored: Sequence[Scored]) -> Measures:
    spoken = [one.measures for one in scored if one.measures is not None]
    return {
        "audited": wilson(sum(one.audited for one in scored), sum(one.printed for one in scored)),
        "answered": mean([float(one.measures is not None) for one in scored], 0),
        **{name: mean([one[name] for one in spoken], 0) for name in NAMES},
    }


def _baseline(scored: Sequence[Scored]) -> Measures:
    return {name: mean([one.baseline[name] for one in scored], 0) for name in ("answer_on_gold", "gold_in_answer")}


def _differences(scored: Sequence[Scored]) -> Measures:
    both = [(one.measures, one.baseline) for one in scored if one.measures is not None]
    return {
        name: mean([ours[name] - theirs[name] for ours, theirs in both], 0)
        for name in ("answer_on_gold", "gold_in_answer")
    }
