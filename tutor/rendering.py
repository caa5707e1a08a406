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
        quoted = TEXTS.text("quoted", language, text=best["quote"])
        lines.append(f"    {quoted} — {best['title']} · {best['locator']}")
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
    """Documents, one a line: what they are called, who wrote them and when, or what is wrong with them."""
    return "\n".join(
        f"{item['id'] or '-':<14} {item['status']:<8} {_named(item)}  {item['problem']}".rstrip()
        for item in listed["documents"]
    )


def _named(item: dict[str, Any]) -> str:
    authors = item["authors"]
    who = f"{authors[0]} et al." if len(authors) > 2 else " & ".join(authors)
    written = ", ".join(filter(None, (who, str(item["year"] or ""), item["venue"])))
    title: str = item["title"]
    return title + (f" ({written})" if written else "")


def show_summary(made: dict[str, Any]) -> str:
    """A summary for the terminal: its sections, where sources disagree, what they do not say, and what was quoted."""
    language = made["language"]
    lines: list[str] = []
    for section in made["sections"]:
        lines += [
            "",
            section["title"].upper(),
            *(f"- {_cited(sentence, language)}" for sentence in section["sentences"]),
        ]
    if made["table"]:
        lines += ["", *_table(made)]
    if made["disagreements"]:
        lines += ["", TEXTS.text("disagreements", language).upper()]
        for found in made["disagreements"]:
            lines += [f"- {found['about']}", *(f"    {_cited(side, language)}" for side in found["sides"])]
    if made["abstained"]:
        lines += ["", TEXTS.text("nothing-found", language)]
    if made["not_in_sources"]:
        lines += ["", TEXTS.text("not-in-sources", language, missing=", ".join(made["not_in_sources"]))]
    if made["sources"]:
        lines += ["", TEXTS.text("sources", language).upper()]
    for one in made["sources"]:
        quoted = TEXTS.text("quoted", language, text=one["quote"])
        lines.append(f"[{one['n']}] {one['title']} · {one['locator']}: {quoted}")
    return "\n".join(lines).strip()


def _cited(sentence: dict[str, Any], language: str) -> str:
    marks = "".join(f"[{number}]" for number in sentence["citations"])
    return " ".join(
        filter(None, (sentence["text"], TEXTS.text("translated", language) * sentence["translation"], marks))
    )


def _table(made: dict[str, Any]) -> list[str]:
    """The cells of a table, a document after another."""
    titles = {document["id"]: document["title"] for document in made["documents"]}
    unsaid = TEXTS.text("not-stated", made["language"])
    lines = []
    for name, row in zip(made["table"]["rows"], made["table"]["cells"], strict=True):
        lines.append(titles[name])
        for column, cell in zip(made["table"]["columns"], row, strict=True):
            lines.append(f"  {column}: {' '.join(_cited(one, made['language']) for one in cell) or unsaid}")
    return lines
