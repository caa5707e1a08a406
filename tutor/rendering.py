"""What the command line prints for a person: answers, verdicts, documents."""

from pathlib import Path
from typing import Any

from knowledge.messages import Messages

TEXTS = Messages(Path(__file__).with_name("texts.toml"))
MARKS = {"supported": "✓", "contradicted": "✗", "not_found": "?"}


def show_turn(turn: dict[str, Any]) -> str:
    """An answer with its sources and suggestions."""
    lines = [turn["answer"]]
    if turn["sources"]:
        lines.append("")
    for source in turn["sources"]:
        behind = "; ".join(f"{ref['label']} {ref['locator']}".strip() for ref in source["references"])
        lines.append(f"[{source['n']}] {source['title']} · {source['locator']}" + (f" ({behind})" if behind else ""))
    if turn["next"]:
        lines += ["", "→ " + "\n→ ".join(turn["next"])]
    return "\n".join(lines)


def show_claim(claim: dict[str, Any], language: str) -> str:
    """A claim with its verdict, then the sentence that it rests on with its place, then what else is to be said."""
    word = TEXTS.text(f"word-{claim['verdict']}", language)
    lines = [f"{MARKS[claim['verdict']]} {word:<13} {claim['text']}"]
    if claim["evidence"] and (claim["verdict"] != "not_found" or claim["note"]):
        best = claim["evidence"][0]
        lines.append(f"    «{best['quote']}» — {best['title']} · {best['locator']}")
    if claim["note"]:
        lines.append(f"    {claim['note']}")
    return "\n".join(lines)


def show_counts(counts: dict[str, int], language: str) -> str:
    """The closing line of a check: how many claims got each verdict."""
    if not sum(counts.values()):
        return TEXTS.text("no-claims", language)
    verdicts = " · ".join(
        f"{MARKS[name]} {count} {TEXTS.text(f'counted-{name}', language)}" for name, count in counts.items()
    )
    return TEXTS.text("counts", language, total=sum(counts.values()), verdicts=verdicts)


def show_documents(listed: dict[str, Any]) -> str:
    """Documents, one a line."""
    return "\n".join(
        f"{item['id'] or '-':<14} {item['status']:<8} {item['title']}  {item['problem']}".rstrip()
        for item in listed["documents"]
    )
