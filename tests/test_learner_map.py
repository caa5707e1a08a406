"""The course as a map of what a learner knows."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from study_makers import START, Clock, right_answer, served, study_over

from knowledge.messages import LANGUAGES
from tutor.learner.study import Study
from tutor.learner_map import BANDS, LearnerMap, tally
from tutor.tutor import Tutor


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def study(tutor: Tutor, tmp_path: Path, clock: Clock) -> Study:
    return study_over(tutor, tmp_path, clock)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_newcomer_everything_is_to_come(study: Study, language: str) -> None:
    drawn = LearnerMap(study).draw("ana", language)
    assert {concept["band"] for concept in drawn["concepts"]} == {"unseen"}
    assert tally(drawn["concepts"]) == dict(zip(BANDS, (len(study.course.concepts), 0, 0, 0), strict=True))
    assert all(concept["on_way"] for concept in drawn["concepts"]), "the goal is the whole course"
    assert [concept["name"] for concept in drawn["concepts"]] == [
        study.course.concept_name(name, language) for name in study.course.concepts
    ]
    assert {concept["topic"] for concept in drawn["concepts"]} == {topic["id"] for topic in drawn["topics"]}
    assert not any(day["studied"] for day in drawn["days"])
    assert study.learners() == []


def test_answers_move_a_concept_from_band_to_band_and_give_it_a_date(study: Study, clock: Clock) -> None:
    bands = []
    for _ in range(8):
        item = served(study)
        study.answer("ana", item.id, right_answer(item))
        [softmax] = [one for one in LearnerMap(study).draw("ana")["concepts"] if one["id"] == "softmax"]
        bands.append(BANDS.index(softmax["band"]))
    assert bands == sorted(bands)
    assert bands[-1] == BANDS.index("mastered")
    [review] = LearnerMap(study).draw("ana")["reviews"]
    assert (review["concept"], review["due"]) == ("softmax", False)
    clock.now = datetime.fromisoformat(review["at"]) + timedelta(hours=1)
    drawn = LearnerMap(study).draw("ana")
    assert drawn["reviews"][0]["due"]
    assert [one["id"] for one in drawn["concepts"] if one["due"]] == ["softmax"]


def test_days_of_study_are_the_last_seven(study: Study, clock: Clock) -> None:
    for day in (0, 2, 9):
        clock.now = START + timedelta(days=day)
        item = served(study)
        study.answer("ana", item.id, right_answer(item))
    days = LearnerMap(study).draw("ana")["days"]
    today = clock.now.astimezone().date()
    assert [day["day"] for day in days] == [(today - timedelta(days=ago)).isoformat() for ago in range(6, -1, -1)]
    assert [day["studied"] for day in days] == [False] * 6 + [True]


def test_a_goal_narrows_the_way_to_what_it_stands_on(study: Study) -> None:
    study.set("ana", goal=["softmax"])
    drawn = LearnerMap(study).draw("ana")
    way = {concept["id"] for concept in drawn["concepts"] if concept["on_way"]}
    assert "softmax" in way
    assert len(way) < len(study.course.concepts)
    assert drawn["goal"] == ["softmax"]
