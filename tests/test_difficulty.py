"""Difficulty from answers: exact where it can be worked out by hand, right on simulated groups, counted once."""

from dataclasses import replace
from math import exp, sqrt
from pathlib import Path

import numpy as np
import pytest
from export_papers import item
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from agents.item import Item
from knowledge.errors import AteneaError
from tutor.difficulty import (
    Difficulties,
    Estimate,
    Sitting,
    Tally,
    difficulty_key,
    guess_of,
    read_difficulties,
    sitting,
    write_difficulties,
)
from tutor.difficulty_fit import Count, fit

Y = sqrt(1 + 1 / 2.89)
quick = settings(max_examples=40, deadline=None)


def asked(level: int, family: str = "f", kind: str = "numeric") -> Item:
    options = ("a", "b", "c", "d") if kind == "mcq" else ()
    return item(kind, 1, options, family=family, difficulty=level)  # type: ignore[arg-type]


def group(name: str, right: float, answers: int, made: Item, exam: str = "e") -> Sitting:
    share = right / answers
    return sitting(exam, [f"{name}{place}" for place in range(answers)], [(made, share)] * answers)


@pytest.mark.parametrize("guess", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("b", [-1.5, -0.4, 0.0, 1.5])
def test_one_item_and_one_group_share_what_is_off(guess: float, b: float) -> None:
    """With equal priors the mode has b - prior = -m, and the score that gives it is known: (r - nP) K/P = Y m, where K
    is the probability to know and P = c + (1 - c) K."""
    prior, answers = 0.5, 200
    m = prior - b
    knows = 1 / (1 + exp(-(m - b) / Y))
    chance = guess + (1 - guess) * knows
    right = answers * chance + Y * m * chance / knows
    assert 0 <= right <= answers
    found, error = fit([Count("f/numeric/3", "g", prior, guess, right, answers)])["f/numeric/3"]
    assert found == pytest.approx(b, abs=1e-8)
    weight = answers * (1 - guess) * knows**2 * (1 - knows) / chance / Y**2
    assert error == pytest.approx(sqrt((1 + weight) / (1 + 2 * weight))), "the inverse of [[1+w, -w], [-w, 1+w]]"


def test_without_answers_the_stated_level_stands() -> None:
    assert [Difficulties().expected_difficulty(asked(level)) for level in (1, 3, 5)] == [1, 3, 5]
    assert Difficulties().estimate(asked(2)) == Estimate(2, 1.0, 0)


def test_an_average_group_that_gets_half_of_level_3_right_changes_nothing() -> None:
    found = Difficulties().counted("d", group("s", 15, 30, asked(3))).estimate(asked(3))
    assert found.level == pytest.approx(3)
    assert found.answers == 30
    assert found.error < 1


def test_what_is_known_is_of_family_kind_and_level() -> None:
    found = Difficulties().counted("d", group("s", 3, 30, asked(3)))
    assert found.expected_difficulty(asked(3)) > 3.3
    for other in (asked(2), asked(3, "g"), asked(3, kind="mcq")):
        assert found.expected_difficulty(other) == other.difficulty
    assert difficulty_key(replace(asked(3), family="")) == "numeric.hand/numeric/3"


def test_a_blind_guess_is_no_knowledge() -> None:
    assert [guess_of(asked(3, kind=kind)) for kind in ("mcq", "numeric")] == [0.25, 0]
    levels = {}
    for kind in ("mcq", "numeric"):
        known = Difficulties().counted("d", group("s", 12, 30, asked(3, kind=kind)))
        levels[kind] = known.expected_difficulty(asked(3, kind=kind))
    assert levels["mcq"] > levels["numeric"], "the same share right says less of an item that can be guessed"
    at_chance = Difficulties().counted("d", group("s", 7.5, 30, asked(1, kind="mcq")))
    assert at_chance.expected_difficulty(asked(1, kind="mcq")) > 2, "nobody seems to know it"


def test_the_more_answers_the_less_the_stated_level_counts() -> None:
    """A group of which the rest of the exam says that it is average; nine of ten miss an item of level 3."""
    shifts, errors = [], []
    for students in (5, 20, 80, 320):
        scored = [(asked(3, f"f{place}"), 0.5) for place in range(40) for _ in range(students)]
        scored += [(asked(3, "hard"), 0.1)] * students
        known = Difficulties().counted("d", sitting("e", map(str, range(students)), scored))
        shifts.append(known.estimate(asked(3, "hard")).level - 3)
        errors.append(known.estimate(asked(3, "hard")).error)
    assert shifts == sorted(shifts)
    assert errors == sorted(errors, reverse=True)
    assert shifts[-1] == pytest.approx(Y * np.log(9), abs=0.2), "logit 0.1, stretched by the spread of abilities"


def test_a_strong_group_does_not_make_items_easy() -> None:
    levels = [1, 2, 3, 4, 5]
    for ability in (-1.0, 1.0):
        scored = [(asked(level, f"f{level}"), 1 / (1 + exp(-(ability - level + 3) / Y))) for level in levels]
        students = [f"{place}" for place in range(50)]
        known = Difficulties().counted("d", sitting("e", students, scored * 50))
        found = [known.expected_difficulty(asked(level, f"f{level}")) for level in levels]
        assert found == pytest.approx(levels, abs=0.2)


def simulated(seed: int, kind: str, students: int = 400) -> tuple[list[float], list[float], list[int]]:
    """True difficulties of 20 items, what is found of them, and levels stated at random around them."""
    draw = np.random.default_rng(seed)
    true = draw.normal(size=20) * 1.2
    stated = np.clip(np.round(true + 3 + draw.normal(size=20)), 1, 5).astype(int)
    items = [asked(int(level), f"f{place}", kind) for place, level in enumerate(stated)]
    chance = 1 / (1 + np.exp(true - draw.normal(0.4, 1, size=(students, 1))))
    if kind == "mcq":
        chance = 0.25 + 0.75 * chance
    scores = draw.random(chance.shape) < chance
    scored = [(made, float(score)) for row in scores for made, score in zip(items, row, strict=True)]
    known = Difficulties().counted("d", sitting("e", map(str, range(students)), scored))
    return true.tolist(), [known.expected_difficulty(made) - 3 for made in items], stated.tolist()


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("kind", ["numeric", "mcq"])
def test_rasch_difficulties_are_found_again(seed: int, kind: str) -> None:
    true, found, stated = simulated(seed, kind)
    assert spearmanr(true, found).statistic > 0.9
    assert spearmanr(true, found).statistic > spearmanr(true, stated).statistic
    off = np.array(found) - true
    assert np.sqrt(((off - off.mean()) ** 2).mean()) < 0.25, "in logits, but for what all share"


@quick
@given(st.permutations(range(4)))
def test_the_order_of_exams_does_not_matter(order: list[int]) -> None:
    sittings = [group(f"s{place}", place + 3.0, 12, asked(2, f"f{place % 2}"), f"e{place}") for place in range(4)]
    known = Difficulties()
    for place in order:
        known = known.counted(str(place), sittings[place])
    ahead = Difficulties({str(place): sittings[place] for place in range(4)})
    assert known.estimates == ahead.estimates


@quick
@given(st.integers(1, 5), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1))
def test_more_right_is_easier(level: int, answers: int, one: float, other: float) -> None:
    low, high = sorted((one, other))
    levels = [
        Difficulties({"d": group("s", share * answers, answers, asked(level))}).expected_difficulty(asked(level))
        for share in (low, high)
    ]
    assert levels[0] >= levels[1] - 1e-9
    assert all(abs(found - level) < 4 for found in levels)


def test_the_same_answers_count_once_and_a_correction_replaces() -> None:
    first = Difficulties().counted("d", group("s", 10, 20, asked(3)))
    assert first.counted("d", group("s", 10, 20, asked(3))) == first
    mended = first.counted("other file", group("s", 12, 19, asked(3)))
    assert list(mended.sittings) == ["other file"], "most of the same students sat the same exam"
    assert len(first.counted("2", group("t", 12, 19, asked(3))).sittings) == 2, "another class"
    assert len(first.counted("2", group("s", 12, 19, asked(3), "e2")).sittings) == 2, "another exam"
    assert first.without("d", group("s", 10, 20, asked(3))) == Difficulties()


def test_they_are_kept_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "data" / "difficulty.json"
    assert read_difficulties(file) == Difficulties()
    known = Difficulties().counted("d", group("año", 10.25, 20, asked(3, "ñ")))
    write_difficulties(file, known)
    assert read_difficulties(file) == known
    assert "año" not in file.read_text(encoding="utf-8"), "no student is named in it"


def holding(tally: str) -> str:
    one = f'{{"d": {{"exam": "", "students": [], "tallies": [{tally}]}}}}'
    return f'{{"format": "atenea-difficulty", "version": 1, "sittings": {one}}}'


DAMAGED = [
    "", "{", "[]", '{"format": "atenea-difficulty", "version": 2, "sittings": {}}', b"\xff\xfe",
    holding('["f", 0, 1, 2]'), holding('["f/mcq/3", 1, 1, 2]'), holding('["f/mcq/3", 0, 1, 0]'), holding('["f/mcq/3"]'),
]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_said_and_left(tmp_path: Path, content: str | bytes) -> None:
    file = tmp_path / "difficulty.json"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(AteneaError) as caught:
        read_difficulties(file)
    assert caught.value.code == "difficulty-damaged"
    assert str(file) in caught.value.message("es")


def test_a_tally_adds_up_what_has_one_key() -> None:
    made = sitting("e", ["1"], [(asked(3), 1.0), (asked(3), 0.5), (asked(2), 0.0)])
    assert made.tallies == (Tally("f/numeric/2", 0.0, 0.0, 1), Tally("f/numeric/3", 0.0, 1.5, 2))
