"""What the command line shows of an exam: what was made, what falls short, and for the review each item whole."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agents.item import Item
from knowledge.messages import Messages
from tutor.export.markdown_text import written
from tutor.export.shown import amount, key, options, proof, said, text
from tutor.item_files import item_from

SAID = Messages(Path(__file__).with_name("exams.toml"))
MOST_VALUES = 12  # named in one line
MOST_EXAMS = 3  # earlier ones that are named


def show_exam(made: Mapping[str, Any]) -> str:
    """An exam that is written: how much of what, where, and what falls short."""
    language, versions = made["language"], made["versions"]
    folder = str(Path(made["files"][0]).parent) if made["files"] else ""
    head = SAID.text(
        "written", language, title=made["title"], spoken=language, versions=len(versions),
        items=len(versions[0]["items"]), minutes=made["minutes"], points=amount(made["points"], language),
        files=len(made["files"]), folder=folder,
    )  # fmt: skip
    return "\n".join([head, *_lacking(made["shortfalls"], language), *_left_out(made["rejected"], language)])


def show_review(made: Mapping[str, Any]) -> str:
    """An exam under review: every item with its key, solution, sources, proof, difficulty and Bloom level."""
    language, exam = made["language"], made["exam"]
    count = sum(len(version["items"]) for version in made["versions"])
    accepted = set(made["accepted"])
    head = SAID.text(
        "under-review", language, title=made["title"], spoken=language, exam=exam, items=count,
        accepted=sum(1 for version in made["versions"] for item in version["items"] if item["id"] in accepted),
    )  # fmt: skip
    shown = [
        _item(item_from(item), f"{version['version']}{number}", item["id"] in accepted)
        for version in made["versions"] for number, item in enumerate(version["items"], start=1)
    ]  # fmt: skip
    closing = [*_lacking(made["shortfalls"], language), *_left_out(made["rejected"], language)]
    return "\n\n".join([head, *shown, *closing, SAID.text("how-to-review", language, exam=exam)])


def repeated(made: Mapping[str, Any]) -> list[str]:
    """A line for each of the earlier exams that asked most of the same, with the option that mends it."""
    most = sorted(made["repeats"], key=lambda one: -one["count"])[:MOST_EXAMS]
    return [SAID.text("repeats", made["language"], **one) for one in most]


def _item(item: Item, place: str, accepted: bool) -> str:
    language = item.language
    state = SAID.text("accepted" if accepted else "waiting", language)
    facts = SAID.text(
        "facts", language, difficulty=item.difficulty, bloom=SAID.text(f"bloom-{item.bloom}", language),
        concept=item.concept, points=amount(item.points, language),
    )  # fmt: skip
    labelled = {
        "key": written(key(item)), "solution": item.rationale, "sources": "; ".join(map(str, item.sources)),
        "proof": proof(item, language),
    }  # fmt: skip
    told = [f"{said(name, language)}: {value}" for name, value in labelled.items() if value]
    asked = written([*text(item.stem), *options(item)])
    return "\n".join([f"── {place} · {item.id} · {state}", asked, "", *told, facts])


def _lacking(shortfalls: Sequence[Mapping[str, Any]], language: str) -> Iterator[str]:
    """The shortfalls, those of one section and dimension in one line."""
    groups: dict[tuple[int, str, str], list[Mapping[str, Any]]] = {}
    for one in shortfalls:
        groups.setdefault((one["section"], one["of"], one["version"]), []).append(one)
    for (section, of, version), found in groups.items():
        if of == "items":
            yield SAID.text("short-items", language, section=section, version=version, count=len(found))
        elif of == "keys":
            yield SAID.text("short-keys", language, version=version)
        else:
            values = [f"{one['value']} ({one['got']}/{one['wanted']})" for one in found]
            more = f" (+{len(values) - MOST_VALUES})" if len(values) > MOST_VALUES else ""
            shown = ", ".join(values[:MOST_VALUES]) + more
            yield SAID.text("short", language, section=section, of=SAID.text(f"of-{of}", language), values=shown)


def _left_out(rejected: Sequence[Mapping[str, Any]], language: str) -> list[str]:
    reasons = ", ".join(f"{one['reason']} {one['count']}" for one in rejected)
    return [SAID.text("left-out", language, reasons=reasons)] if reasons else []
