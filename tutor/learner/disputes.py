"""What learners said is wrong with exercises, and how teachers ruled."""

from typing import Any

from tutor.learner.store import LearnerStore


def disputes_of(store: LearnerStore, learner: str) -> list[dict[str, Any]]:
    """Every exercise that a learner disputed, with what was answered and the ruling: "wrong", "right" (the exercise was
    right after all) or "" while there is none."""
    events = store.events(learner)
    rows: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.kind == "dispute":
            item = event.body["item"]
            answers = [one.body["text"] for one in events if one.kind == "answer" and one.body["item"] == item]
            rows[item] = {
                "learner": learner, "item": item, "at": event.at.isoformat(), "why": event.body["why"],
                "answers": answers, "ruling": "", "exercise": store.item(learner, item),
            }  # fmt: skip
        elif event.kind == "ruling" and event.body["item"] in rows:
            rows[event.body["item"]]["ruling"] = "wrong" if event.body["upheld"] else "right"
    return list(rows.values())
