"""The suite `items`: how many faulty items the gate rejects, and how many good ones.

Each row is an item and its fault, if any, as a person judged it; the gate sees the item alone. `faulty_rejected`: share
of the faulty items that it rejects. `good_rejected`: share of the good ones. By language and by fault, with Wilson's
intervals; the confusion matrix says what was delivered and what was not, the notes which check rejected first.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.gate import Gate
from agents.item import Item
from tutor.evaluation_data import lines_of, some_rows
from tutor.evaluation_result import Evaluation, KindScore
from tutor.measures import Measures, wilson

GOOD = "good"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item and its fault, "" for a good one: wrong-key, two-right, none-right, unanswerable, given-away,
    unsupported, or another name."""

    item: Item
    fault: str


@dataclass(frozen=True, slots=True)
class _Gated:
    row: ItemRow
    delivered: bool
    reasons: tuple[str, ...]


def read_items(path: Path) -> list[ItemRow]:
    """The rows of a file of judged items, in order. Raises `BadData`, which names the line."""
    rows = []
    for line in lines_of(path, "items"):
        fault = line.row.get("fault", "")
        if not isinstance(fault, str):
            raise line.fault("fault", "text")
        rows.append(ItemRow(line.item(), fault))
    return some_rows(rows, path)


def evaluate_items(gate: Gate, rows: Sequence[ItemRow]) -> Evaluation:
    """The scores of the gate on judged items."""
    gated = [_gated(gate, row) for row in rows]
    languages = {language: [one for one in gated if one.row.item.language == language] for language in ("es", "en")}
    faults = sorted({row.fault for row in rows if row.fault})
    reasons = Counter(reason for one in gated if one.row.fault for reason in one.reasons[:1])
    blamed = Counter(reason for one in gated if not one.row.fault for reason in one.reasons[:1])
    return Evaluation(
        "items", len(rows), _measures(gated), {name: _measures(own) for name, own in languages.items() if own}, {}, {},
        confusion={"all": _confusion(gated), **{name: _confusion(own) for name, own in languages.items() if own}},
        by_kind={
            fault: KindScore(len(own), {"rejected": wilson(sum(not one.delivered for one in own), len(own))})
            for fault in faults
            if (own := [one for one in gated if one.row.fault == fault])
        },
        notes={
            **{f"faulty rejected by {name}": count for name, count in reasons.most_common()},
            **{f"good rejected by {name}": count for name, count in blamed.most_common()},
        },
    )  # fmt: skip


def _gated(gate: Gate, row: ItemRow) -> _Gated:
    proof = gate.proved(row.item).proof
    return _Gated(row, proof.holds, tuple(check.name for check in proof.checks if not check.ok))


def _measures(gated: Sequence[_Gated]) -> Measures:
    faulty, good = ([one for one in gated if bool(one.row.fault) is bad] for bad in (True, False))
    return {
        "faulty_rejected": wilson(sum(not one.delivered for one in faulty), len(faulty)),
        "good_rejected": wilson(sum(not one.delivered for one in good), len(good)),
    }


def _confusion(gated: Sequence[_Gated]) -> dict[str, dict[str, int]]:
    """Of good and of faulty items: how many are delivered, how many rejected."""
    counts = {label: {"delivered": 0, "rejected": 0} for label in (GOOD, "faulty")}
    for one in gated:
        counts["faulty" if one.row.fault else GOOD]["delivered" if one.delivered else "rejected"] += 1
    return counts
