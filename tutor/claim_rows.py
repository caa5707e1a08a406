"""Checked claims as plain data: what `atenea check --json`, the report and the app show."""

from collections.abc import Mapping
from typing import Any

from agents.citations import Citations
from agents.evidence import ONE_SENTENCE
from knowledge.bibliography import Source
from knowledge.factcheck import Checked, Evidence
from tutor.parts import REPLIES


def tally(claims: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """Checked claims as one value: claims, counts, language."""
    verdicts = ("supported", "contradicted", "not_found")
    counts = {name: sum(claim["verdict"] == name for claim in claims) for name in verdicts}
    return {"claims": claims, "counts": counts, "language": language}


def claim_row(checked: Checked, language: str, literature: Mapping[str, Source]) -> dict[str, Any]:
    """A checked claim as plain data, its note in words and its evidence with what stands around it."""
    note = REPLIES.text(f"note-{checked.note}", language, **checked.note_values) if checked.note else ""
    return {
        "text": checked.claim.text, "verdict": checked.verdict, "score": checked.score, "note": note,
        "evidence": [_evidence(item, literature) for item in checked.evidence],
        "start": checked.claim.start, "end": checked.claim.end, "subject": checked.claim.subject,
    }  # fmt: skip


def _evidence(item: Evidence, literature: Mapping[str, Source]) -> dict[str, Any]:
    """A sentence that speaks for or against a claim, with the sentences around it and what it cites itself."""
    citations = Citations(literature)
    citations.cite([item])
    [source] = citations.sources
    # Of a passage that says one thing in several wordings, nothing stands around a sentence.
    own = () if item.passage.kind in ONE_SENTENCE else item.passage.sentences
    place = own.index(item.sentence) if own else 0
    return {
        "document": item.passage.document, "title": item.passage.title, "locator": item.passage.locator,
        "quote": item.sentence.text, "score": round(item.score, 3), "url": source["url"],
        "language": item.passage.language,
        "before": own[place - 1].text if place else "", "after": own[place + 1].text if own[place + 1 :] else "",
        "references": source["references"],
    }  # fmt: skip
