"""Whether the exam of a draft can be had, while it is being written: what each section finds, and what would mend it.

What is told is the plan of the exam, as the exam graph makes it first. Drawing the items may find a little less.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from agents.exercises import Exercises
from tutor.blueprint import Blueprint, Section
from tutor.exam_draft import empty_draft
from tutor.exam_drafts import BlueprintDraft, read_draft
from tutor.exam_plan import Pool, places, plan, pools
from tutor.exam_shortfalls import shortfalls

MOST_PLANNED = 200  # questions in all versions: a larger exam is only counted, which takes no time


def feasibility(draft: BlueprintDraft, exercises: Exercises) -> dict[str, Any]:
    """`lacks`: what the draft has not said yet ("title", "sections", "concepts"); `ready`: whether the exam can be
    made; `items`, `points`; `sections`: a row each, as `_row` says. Raises `BadBlueprint` for faults of the draft."""
    lacks = list(_lacks(draft))
    rows: list[dict[str, Any]] = [{"id": section.id, "lacks": not section.concepts} for section in draft.section]
    sound = [section for section in draft.section if section.concepts]
    if sound:
        whole = draft.model_copy(update={"title": draft.title.strip() or "-", "section": sound})
        found = iter(_found(read_draft(whole, exercises.course), draft.versions, exercises))
        rows = [row if row["lacks"] else {**row, **next(found)} for row in rows]
    return {
        "lacks": lacks, "sections": rows,
        "ready": not lacks and all(row["possible"] >= row["wanted"] for row in rows),
        "items": sum(section.count for section in draft.section),
        "points": sum(section.count * section.points_each for section in draft.section),
    }  # fmt: skip


def _lacks(draft: BlueprintDraft) -> Iterator[str]:
    if not draft.title.strip():
        yield "title"
    if not draft.section:
        yield "sections"
    elif not all(section.concepts for section in draft.section):
        yield "concepts"


def _found(blueprint: Blueprint, versions: int, exercises: Exercises) -> list[dict[str, Any]]:
    pool = pools(blueprint, exercises, frozenset(), 0)
    draft = empty_draft(len(places(blueprint)), versions)
    planned = len(draft.slots) * versions <= MOST_PLANNED
    if planned:
        plan(draft, blueprint, pool)
    slots = [slot for slot in draft.slots if slot]
    short = shortfalls(blueprint, slots, pool) if planned else []
    rows = []
    for number, section in enumerate(blueprint.sections):
        there = _recipes(pool[number])
        possible = sum(slot.section == number for slot in slots) if planned else min(there, section.count)
        missing = [{"of": one.of, "value": one.value, "wanted": one.wanted, "got": one.got}
                   for one in short if one.section == number + 1]  # fmt: skip
        mend = _mends(section, exercises, there) if possible < section.count else []
        rows.append(_row(section, there, possible, missing, mend))
    return rows


def _row(section: Section, there: int, possible: int, missing: list[dict[str, Any]],
         mend: list[dict[str, Any]]) -> dict[str, Any]:  # fmt: skip
    """`there`: different questions that fit; `possible` of `wanted` go into the exam; `missing`: what gets less than
    its even share; `mend`: what may be left open, and how many questions would then fit, the most first."""
    return {"there": there, "wanted": section.count, "possible": possible, "missing": missing, "mend": mend}


def _recipes(pool: Pool) -> int:
    return len({recipe for recipes in pool.values() for recipe in recipes})


def _mends(section: Section, exercises: Exercises, there: int) -> list[dict[str, Any]]:
    found = []
    wider = {
        "concepts": replace(section, concepts=tuple(exercises.course.concepts)), "kinds": replace(section, kinds=()),
        "bloom": replace(section, bloom=()), "difficulty": replace(section, difficulty=()),
    }  # fmt: skip
    for name, other in wider.items():
        able = exercises.able(other.concepts, kinds=other.kinds, blooms=other.bloom, levels=other.difficulty)
        found.append((len({recipe.id for recipe in able}), name))
    return [{"of": name, "there": count} for count, name in sorted(found, reverse=True) if count > there]
