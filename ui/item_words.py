"""How items are spoken of on the teacher's pages: facts in a line, points, checks with their marks."""

from collections.abc import Iterable, Mapping
from typing import Any

from tutor.export.shown import amount
from ui import marked
from ui.who import Reader

OK, NO = ":green[:material/check:]", ":red[:material/close:]"


def points(reader: Reader, value: float) -> str:
    """So many points, as the reader's language writes them."""
    return reader.text("points-1" if value == 1 else "points-n", points=amount(value, reader.language))


def facts(reader: Reader, item: Mapping[str, Any]) -> str:
    """Concept, kind, Bloom level and difficulty in one line."""
    return " · ".join([
        reader.concept(item["concept"]), reader.text(f"kind-{item['kind']}"), reader.text(f"bloom-{item['bloom']}"),
        reader.text("difficulty-of", level=item["difficulty"]),
    ])  # fmt: skip


def question(shown: Mapping[str, Any]) -> str:
    """What is asked, with its options."""
    return marked.safe("\n\n".join([shown["question"], *shown["options"]]))


def rests_on(reader: Reader, shown: Mapping[str, Any]) -> str:
    """The sources of a key, with what they say where they are quoted."""
    sources = []
    for source in shown["sources"]:
        label = f"[{source['label']}]({source['url']})" if source["url"] else source["label"]
        sources.append(", ".join(filter(None, (label, source["place"]))))
    quotes = "\n\n".join(f"> {marked.safe(quote)}" for quote in shown["quotes"])
    head = f"**{reader.text('sources-of')}**  \n{marked.safe('; '.join(sources))}" if sources else ""
    return "\n\n".join(filter(None, (head, quotes)))


def proof_line(reader: Reader, shown: Mapping[str, Any]) -> str:
    """How the key is known to be right, and how many checks say so."""
    checks = shown["checks"]
    return reader.text("proof", method=shown["method"], ok=sum(check["ok"] for check in checks), all=len(checks))


def solution(reader: Reader, shown: Mapping[str, Any]) -> str:
    """The solution and the hints, or that there is none."""
    hints = "\n".join(f"1. {marked.safe(hint)}" for hint in shown["hints"])
    told = f"**{reader.text('hints-of')}**\n\n{hints}" if hints else ""
    return "\n\n".join(filter(None, (marked.safe(shown["solution"]) or reader.text("no-solution"), told)))


def shares(reader: Reader, lacking: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a section has less of than its even share, each with how much of how much."""
    return [
        reader.text("uneven-value", value=_value(reader, one["of"], one["value"]), got=one["got"], wanted=one["wanted"])
        for one in lacking
    ]


def _value(reader: Reader, of: str, value: str) -> str:
    if of == "concept":
        return reader.concept(value)
    return reader.text("difficulty-of", level=value) if of == "difficulty" else reader.text(f"{of}-{value}")


def check_lines(reader: Reader, checks: Iterable[Mapping[str, Any]]) -> str:
    """Each check in a line, with a mark and, for who does not see colours, its word where it fails."""
    lines = []
    for check in checks:
        failed = "" if check["ok"] else f" ({reader.text('check-no')})"
        detail = f": {check['detail']}" if check["detail"] and not (check["ok"] and check["wording"]) else ""
        lines.append(f"- {OK if check['ok'] else NO} {check['says']}{failed}{marked.safe(detail)}")
    return "\n".join(lines)
