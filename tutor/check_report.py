"""The report of a checked text: one HTML file that a browser shows alone, without network, script or outside font.

The text stands in it whole and in order, and each claim is marked where it stands. Texts, sources and notes are data:
the template escapes all of them, and only http and https addresses become links.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import KnowledgeError
from knowledge.storage import writable_folder, write_text_atomically
from tutor.errors import TutorError
from tutor.rendering import MARKS, TEXTS

if TYPE_CHECKING:
    from jinja2 import Environment

WORST_FIRST = ("contradicted", "not_found", "supported")
_WEB = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
MOST_NAMED = 12  # sources named at the top; the others are counted


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text that the same claims cover.

    `verdict`: the worst of those claims, empty where there is none. `ends`: the claims that end with the piece, as
    places in the list of claims.
    """

    text: str
    verdict: str
    ends: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a report shows. `claims`: as `Tutor.check` gives them for `text`; `against`: names of the sources."""

    text: str
    claims: Sequence[Mapping[str, Any]]
    language: str
    against: Sequence[str]
    made: date
    name: str = ""


def report_target(path: Path, read: Sequence[Path] = ()) -> Path:
    """Where a report for `path` is written, links followed, once it is known that it can be.

    Raises `TutorError`: no file can be written there, or it is one of the files `read`.
    """
    try:
        target = path.resolve()
        is_taken = target.exists() and not target.is_file()
        writable_folder(target.parent)
    except KnowledgeError as error:
        raise TutorError("report-unwritable", path=path, reason=error.values["reason"]) from error
    except (OSError, RuntimeError) as error:  # a name too long, links in a circle
        raise TutorError("report-unwritable", path=path, reason=error) from error
    if is_taken:
        raise TutorError("report-not-a-file", path=path)
    if target in {own.resolve() for own in read}:
        raise TutorError("report-over-source", path=path)
    return target


def write_report(report: CheckReport, target: Path) -> None:
    """The report as a file, whole or not at all. Raises `TutorError("report-unwritable")`."""
    try:
        write_text_atomically(target, render_report(report))
    except KnowledgeError as error:
        raise TutorError("report-unwritable", path=target, reason=error.values["reason"]) from error


def render_report(report: CheckReport) -> str:
    """The report as HTML."""
    return _rendered("report.html", report)


def render_text(report: CheckReport) -> str:
    """The checked text alone, its claims marked as in the report: HTML that brings no style of its own."""
    return _rendered("report_text_alone.html", report)


def _rendered(template: str, report: CheckReport) -> str:
    def say(key: str, **values: object) -> str:
        return TEXTS.text(key, report.language, **values)

    html = _templates().get_template(template).render(
        report=report, pieces=cut(report.text, report.claims), say=say, marks=MARKS, link=safe_link,
        percent=lambda score: _percent(score, report.language), most=MOST_NAMED,
        numbers={
            verdict: [place + 1 for place, claim in enumerate(report.claims) if claim["verdict"] == verdict]
            for verdict in MARKS
        },
    )  # fmt: skip
    return html.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair, as of a file name, has no UTF-8


def cut(text: str, claims: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """The text as pieces that give it back when joined. Claims may overlap, repeat a span, or stand in any order."""
    spans = []
    for claim in claims:
        start = min(max(claim["start"], 0), len(text))
        spans.append((start, min(max(claim["end"], start), len(text))))
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for place, (start, end) in enumerate(spans):
        opening.setdefault(start, []).append(place)
        closing.setdefault(end, []).append(place)
    covering: Counter[str] = Counter()
    pieces: list[Piece] = []
    before = 0
    for at in sorted({0, len(text), *opening, *closing}):
        if at > before or at in closing:
            pieces.append(Piece(text[before:at], _worst(covering), tuple(closing.get(at, ()))))
        covering.update(claims[place]["verdict"] for place in opening.get(at, ()))
        covering.subtract(claims[place]["verdict"] for place in closing.get(at, ()))
        before = at
    return pieces


def safe_link(address: str) -> str:
    """The address when a browser may follow it (http or https, with a host), else nothing."""
    return address if address.isprintable() and _WEB.fullmatch(address) else ""


def _worst(covering: Counter[str]) -> str:
    return next((verdict for verdict in WORST_FIRST if covering[verdict] > 0), "")


def _percent(score: float, language: str) -> str:
    number = round(score * 100)
    if number < 1:
        return TEXTS.text("percent-least", language)
    return TEXTS.text("percent-most", language) if number > 99 else TEXTS.text("percent", language, number=number)


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  only a report needs it

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
