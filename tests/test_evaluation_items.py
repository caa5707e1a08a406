"""The suite `items`: what the gate rejects and what it delivers of items that a person judged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agents.computed_items import computed_item
from agents.families import FAMILIES
from agents.gate import Gate
from agents.item import Item
from knowledge.course import BUNDLED_COURSE
from tutor.errors import BadData
from tutor.evaluation_items import ItemRow, evaluate_items, read_items
from tutor.tutor import Tutor

SHIPPED = BUNDLED_COURSE / "evaluation" / "items.jsonl"


def made(seed: int) -> Item:
    family = next(family for family in FAMILIES.values() if family.answer == "number")
    return computed_item(family, seed, family.levels[0], "en", "mcq")


def test_good_and_faulty_items_are_told_apart_and_counted(tutor: Tutor) -> None:
    gate = Gate(tutor.workshop.rulings.of)
    good = [ItemRow(item, "") for seed in range(12) if gate.proved(item := made(seed)).proof.holds][:4]
    faulty = [ItemRow(replace(row.item, key=(row.item.key + 1) % 4), "wrong-key") for row in good[:3]]
    result = evaluate_items(gate, [*good, *faulty]).to_json()
    assert result["n"] == 7
    assert result["metrics"]["faulty_rejected"]["value"] == 1
    assert result["metrics"]["good_rejected"]["value"] == 0
    assert result["confusion"]["en"] == {
        "good": {"delivered": 4, "rejected": 0},
        "faulty": {"delivered": 0, "rejected": 3},
    }
    assert result["by_kind"]["wrong-key"]["n"] == 3
    assert result["notes"] == {"faulty rejected by same-key": 3}


def test_a_row_that_is_no_item_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    row = {"item": made(1).as_json(), "fault": ""}
    file.write_text(json.dumps(row) + "\n" + json.dumps({"item": {"kind": "mcq"}}) + "\n", encoding="utf-8")
    with pytest.raises(BadData) as caught:
        read_items(file)
    assert "line 2" in caught.value.message("en")
    assert "items" not in caught.value.hint("en") or "wrong-key" in caught.value.hint("en")


def test_the_planted_items_are_many_and_of_every_fault() -> None:
    rows = read_items(SHIPPED)
    faults = [row.fault for row in rows if row.fault]
    assert len(faults) >= 100
    assert len(rows) - len(faults) >= 200
    assert {"wrong-key", "two-right", "none-right", "unanswerable", "given-away", "unsupported"} == set(faults)
    assert {row.item.language for row in rows} == {"es", "en"}
    assert len({row.item.id for row in rows}) > 0.95 * len(rows)


def test_of_a_sample_of_the_planted_items_nearly_all_faulty_ones_are_rejected(tutor: Tutor) -> None:
    """`atenea eval items` scores all; here every twentieth."""
    result = evaluate_items(tutor.workshop.gate, read_items(SHIPPED)[::20]).to_json()
    assert result["metrics"]["faulty_rejected"]["value"] >= 0.9
    assert result["metrics"]["good_rejected"]["value"] <= 0.15
