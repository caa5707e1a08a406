"""Mistakes that a learner holds: Bayes by hand, spoken of when likely and forgotten when refuted."""

import pytest

from tutor.learner.misconceptions import GONE, HELD, PRIOR, Held, after_answer

A, B = "a.endless", "a.empty"


def shown(held: dict[str, Held], number: int, one: str = A) -> dict[str, Held]:
    return after_answer(held, number, "a", one, (A, B), right=False)


def refuted(held: dict[str, Held], number: int = 9) -> dict[str, Held]:
    return after_answer(held, number, "a", "", (A,), right=True)


def elsewhere(held: dict[str, Held], concept: str = "a", right: bool = True) -> dict[str, Held]:
    return after_answer(held, 9, concept, "", (), right)


def test_a_mistake_that_is_shown_becomes_likely_by_bayes() -> None:
    """0.1 of learners hold it; of those 0.6 choose that answer, of the others 0.1."""
    first = shown({}, 1)
    assert first[A].probability == pytest.approx(0.06 / (0.06 + 0.09), abs=1e-12)
    assert shown(first, 2)[A].probability == pytest.approx(0.24 / (0.24 + 0.06), abs=1e-12)


def test_a_right_answer_where_the_mistake_could_show_refutes_it() -> None:
    assert refuted(shown({}, 1))[A].probability == pytest.approx(0.16 / (0.16 + 0.54), abs=1e-12)


def test_another_mistake_at_the_same_item_speaks_against_it() -> None:
    held = shown(shown({}, 1), 2, B)
    assert held[A].probability == pytest.approx(0.16 / (0.16 + 0.54), abs=1e-12)
    assert held[B].probability == pytest.approx(0.4, abs=1e-12)


def test_a_right_answer_elsewhere_on_the_concept_refutes_it_a_little() -> None:
    held = shown({}, 1)
    assert elsewhere(held)[A].probability == pytest.approx(0.26 / (0.26 + 0.48), abs=1e-12)
    assert elsewhere(held, right=False) == held


def test_a_right_answer_on_another_concept_changes_nothing() -> None:
    held = shown({}, 1)
    assert elsewhere(held, "b") == held


def test_what_was_never_shown_is_not_kept() -> None:
    assert refuted({}) == elsewhere({}) == {}


def test_a_mistake_is_spoken_of_from_when_it_is_likely_until_it_has_nearly_gone() -> None:
    held, active = shown({}, 1), []
    while held[A].active:
        active.append(held[A].probability)
        held = refuted(held)
    assert active == pytest.approx([0.4, 8 / 35], abs=1e-12)
    assert active[0] >= HELD > active[1] >= GONE > held[A].probability


def test_one_that_has_gone_is_spoken_of_again_only_when_it_is_likely_again() -> None:
    gone = refuted(refuted(shown({}, 1)))
    assert not gone[A].active
    unsure = {A: Held(A, "a", 0.3, active=False)}
    assert not elsewhere(unsure)[A].active
    assert elsewhere({A: Held(A, "a", 0.3, active=True)})[A].active
    assert shown(gone, 4)[A].active


def test_the_mistake_and_the_answers_that_showed_it_are_kept() -> None:
    held = shown(refuted(shown(shown({}, 3), 5), 6), 8)
    assert (held[A].id, held[A].concept, held[A].shown) == (A, "a", (3, 5, 8))
    assert list(held) == [A]


def test_the_answer_before_is_left_as_it_was() -> None:
    held = shown({}, 1)
    before = dict(held)
    shown(held, 2)
    assert held == before
    assert Held(A, "a").probability == PRIOR
