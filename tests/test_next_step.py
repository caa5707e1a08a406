"""The next step: which concept, what kind of step, and why; and no dead end for who fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.next_step import GOOD, IN_A_ROW, MASTERED, PARTS, WAIT, WHY, Standing, StudyView, next_step, path


def view(*standings: Standing, **more: object) -> StudyView:
    return StudyView({one.concept: one for one in standings}, **more)  # type: ignore[arg-type]


def begun(concept: str, mastery: float, **more: object) -> Standing:
    return Standing(concept, mastery, **{"answers": 3, "since": 5, "gain": 0.1, **more})  # type: ignore[arg-type]


def test_what_adds_most_to_the_goal_comes_first() -> None:
    step = next_step(view(begun("a", 0.4, gain=0.1), begun("b", 0.4, gain=0.3)))
    assert (step.action, step.concept, step.why) == ("practise", "b", "not-yet")


def test_a_concept_waits_for_its_prerequisites() -> None:
    weak, strong = begun("a", 0.2, gain=0.1), begun("b", 0.3, gain=0.9, prerequisites=("a",))
    assert next_step(view(weak, strong)).concept == "a"
    assert next_step(view(begun("a", 0.55, gain=0.1), strong)).concept == "b"


def test_what_is_new_is_explained_and_what_may_be_known_is_asked_first() -> None:
    assert next_step(view(Standing("a", 0.2))).action == "explain"
    assert next_step(view(Standing("a", 0.2, parts=("definition",)))).action == "practise"
    known = next_step(view(Standing("a", 0.55)))
    assert (known.action, known.why) == ("assess", "maybe-known")


def test_a_mistake_is_addressed_before_the_next_exercise_and_once() -> None:
    held = begun("a", 0.4, mistakes=("a.wrong",))
    assert (next_step(view(held)).why, next_step(view(held)).part) == ("mistake", "mistakes")
    told = begun("a", 0.4, mistakes=("a.wrong",), parts=("mistakes",))
    assert next_step(view(told)).action == "practise"


def test_another_concept_has_its_turn_after_some_items_on_one() -> None:
    a, b = begun("a", 0.4, gain=0.9), begun("b", 0.4, gain=0.1)
    assert next_step(view(a, b, recent=("a",) * (IN_A_ROW - 1))).concept == "a"
    assert next_step(view(a, b, recent=("a",) * IN_A_ROW)).concept == "b"
    assert next_step(view(a, recent=("a",) * IN_A_ROW)).concept == "a"


def test_the_ladder_of_who_fails() -> None:
    weak = begun("before", 0.3, gain=0.0)

    def step(failures: int, **more: object) -> tuple[str, str, str]:
        found = next_step(view(weak, begun("a", 0.4, failures=failures, prerequisites=("before",), gain=0.9, **more),
                               recent=("a",)))  # fmt: skip
        return found.action, found.concept, found.why

    assert step(1) == ("explain", "a", "other-way")
    assert step(2) == ("practise", "before", "prerequisite")
    assert step(3) == ("explain", "a", "worked")
    assert step(1, explained=True)[0] == "practise"


def test_each_failure_shows_another_representation_the_wished_one_first() -> None:
    shown: tuple[str, ...] = ()
    for _ in PARTS["code"]:
        failing = begun("a", 0.4, failures=1, parts=shown)
        shown = (*shown, next_step(view(failing, recent=("a",), style="code")).part)
    assert shown == PARTS["code"]
    again = next_step(view(begun("a", 0.4, failures=4, parts=shown), recent=("a",), style="code"))
    assert again.part == shown[0]


def test_items_get_easier_and_harder_with_the_learner() -> None:
    assert next_step(view(begun("a", 0.4, success=0.95))).harder == 1
    assert next_step(view(begun("a", 0.4, success=0.7))).harder == 0
    assert next_step(view(begun("a", 0.4, success=0.3))).harder == -1


def test_a_review_comes_between_new_matter_and_at_once_without_any() -> None:
    due, new = begun("old", 0.8, due=-2.0), begun("new", 0.3, gain=0.9)
    practised = ("new",) * 2 + ("other",) * WAIT
    assert next_step(view(due, new, recent=practised, reviews=None)).action == "review"
    assert next_step(view(due, new, recent=practised, reviews=WAIT - 1)).concept == "new"
    only = next_step(view(due))
    assert (only.action, only.concept, only.why) == ("review", "old", "review-due")
    assert next_step(view(begun("x", MASTERED, due=-1.0), begun("y", MASTERED, due=-9.0))).concept == "y"


def test_when_all_is_good_the_one_left_alone_for_longest_is_looked_at() -> None:
    a, b = begun("a", GOOD + 0.1, since=2), begun("b", MASTERED, since=9)
    assert (next_step(view(a, b)).concept, next_step(view(a, b)).why) == ("b", "make-sure")
    assert next_step(view(begun("a", MASTERED), begun("b", MASTERED))).action == "done"


def test_the_path_begins_with_the_next_step_then_reviews_and_fits_the_day() -> None:
    whole = view(Standing("a", 0.2), begun("b", 0.4, prerequisites=("a",)), begun("old", 0.9, due=-1.0))
    assert [(step.action, step.concept, step.why) for step in path(whole)] == [
        ("explain", "a", "path-leads"), ("review", "old", "review-due"), ("practise", "b", "path-begun"),
    ]  # fmt: skip
    assert path(whole)[0].values == {"after": "b"}
    short = StudyView(whole.standings, minutes=10)
    assert [step.concept for step in path(short)] == ["a", "old"]
    assert len(path(StudyView(whole.standings, minutes=1))) == 1


def test_the_path_takes_what_adds_most_among_what_may_be_next() -> None:
    whole = view(
        Standing("a", 0.2, gain=0.1), Standing("b", 0.2, gain=0.9, prerequisites=("a",)),
        Standing("c", 0.2, gain=0.5), Standing("d", 0.2, gain=0.3, prerequisites=("c",)),
    )  # fmt: skip
    assert [step.concept for step in path(whole)] == ["c", "d", "a", "b"]


def test_the_exam_that_is_near_is_the_reason_given() -> None:
    assert next_step(view(begun("a", 0.4), days=3)).why == "before-exam"
    assert next_step(view(begun("a", 0.4), days=30)).why == "not-yet"


STANDINGS = st.builds(
    Standing, st.just("x"), st.floats(0, 1), recall=st.floats(0, 1), gain=st.floats(0, 1), success=st.floats(0, 1),
    due=st.none() | st.floats(-100, 100), answers=st.integers(0, 9), since=st.none() | st.integers(0, 9),
    failures=st.integers(0, 9), parts=st.lists(st.sampled_from(PARTS[""])).map(tuple), explained=st.booleans(),
    mistakes=st.sampled_from([(), ("m",)]),
)  # fmt: skip


@given(st.lists(STANDINGS, min_size=1, max_size=6), st.data())
def test_there_is_always_a_step_with_a_reason_in_both_languages(found: list[Standing], data: st.DataObject) -> None:
    names = "abcdef"[: len(found)]
    standings = {
        name: Standing(**{**{field: getattr(one, field) for field in Standing.__slots__}, "concept": name,
                          "prerequisites": tuple(names[:at])[-2:]})
        for at, (name, one) in enumerate(zip(names, found, strict=True))
    }  # fmt: skip
    recent = tuple(data.draw(st.lists(st.sampled_from(names), max_size=8)))
    seen = StudyView(standings, recent=recent, reviews=data.draw(st.none() | st.integers(0, 9)))
    step = next_step(seen)
    assert step.action in {"explain", "practise", "review", "assess", "done"}
    assert (step.action == "done") == (step.concept == "")
    for language in ("es", "en"):
        assert WHY.text(step.why, language, **{"concept": "C", **step.values})
    way = [one.concept for one in path(seen)]
    assert set(way) <= set(names)
    assert len(way) == len(set(way))
    assert way[:1] == ([step.concept] if step.concept else [])


def test_every_reason_can_be_said() -> None:
    assert all(set(row) == {"es", "en"} for row in WHY.table.values())


@pytest.mark.parametrize("style", ["", "intuition", "mathematics", "code", "pictures"])
def test_every_style_has_several_representations(style: str) -> None:
    assert len(set(PARTS[style])) >= 4
