"""What the command line prints for a person: answers, verdicts, documents."""

from typing import Any


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


_MARKS = {"supported": "✓", "contradicted": "✗", "not_found": "?"}


def show_claim(claim: dict[str, Any]) -> str:
    """A claim with its verdict, and the sentence that it rests on."""
    lines = [f"{_MARKS[claim['verdict']]} {claim['verdict']:<12} {claim['text']}"]
    if claim["note"]:
        lines.append(f"    {claim['note']}")
    if claim["evidence"] and claim["verdict"] != "not_found":
        best = claim["evidence"][0]
        lines.append(f"    «{best['quote']}» — {best['title']} · {best['locator']}")
    return "\n".join(lines)


def show_documents(listed: dict[str, Any]) -> str:
    """Documents, one a line."""
    return "\n".join(
        f"{item['id'] or '-':<14} {item['status']:<8} {item['title']}  {item['problem']}".rstrip()
        for item in listed["documents"]
    )
