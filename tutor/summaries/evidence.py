"""The evidence table: a row for each sentence and each quotation that it rests on, as CSV and as JSON Lines."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

from agents.research.summary import Line, Summary
from tutor.export.markdown_nodes import seen
from tutor.summaries.kinds import title_of

BEGINS_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # in a spreadsheet; OWASP, CSV injection

_BREAKS = re.compile("[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """`document` is the id; `locator` the page or section; `score` how well the quotation answers, 0 to 1; `n` its
    number in the summary."""

    claim: str
    verdict: str
    document: str
    title: str
    locator: str
    quote: str
    score: float
    n: int


def evidence_rows(summary: Summary) -> tuple[EvidenceRow, ...]:
    """The rows in the order of the summary, each once; a sentence without quotations has none."""
    titles = {one.document: title_of(one) for one in (*summary.searched, *summary.references)}
    quotations = {quotation.n: quotation for quotation in summary.quotations}
    rows = {
        EvidenceRow(
            seen(line.text), line.verdict, seen(found.document), titles[found.document], seen(found.locator),
            seen(found.quote), round(found.score, 4), found.n,
        ): None
        for line in _lines(summary) for found in (quotations[n] for n in line.citations)
    }  # fmt: skip
    return tuple(rows)


def write_evidence_csv(summary: Summary) -> str:
    """RFC 4180 with a byte order mark, by which spreadsheets know UTF-8; no cell is a formula to them."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([field.name for field in fields(EvidenceRow)])
    for row in evidence_rows(summary):
        writer.writerow([_cell(value) if isinstance(value, str) else value for value in asdict(row).values()])
    return "\N{BYTE ORDER MARK}" + made.getvalue()


def write_evidence_jsonl(summary: Summary) -> str:
    """One JSON object a line, with the texts as they are; signs that some readers break lines at are escaped."""
    lines = (json.dumps(asdict(row), ensure_ascii=False) for row in evidence_rows(summary))
    return "".join(_BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n" for line in lines)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(BEGINS_FORMULA) else text


def _lines(summary: Summary) -> Iterator[Line]:
    for part in summary.parts:
        yield from part.lines
    for disagreement in summary.disagreements:
        yield from disagreement.sides
    for row in summary.table.cells if summary.table else ():
        for cell in row:
            yield from cell
