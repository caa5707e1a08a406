"""The suite `leaks`: its judge sees every manner of giving a key away, and what it does not see is no leak."""

from pathlib import Path
from random import Random

import pytest

from agents.item import KINDS, Item
from agents.keys.guard import KeyGuard, twin_of
from knowledge.course import BUNDLED_COURSE
from tutor.errors import BadData
from tutor.evaluation import SHIPPED
from tutor.evaluation_leaks import EXPLAIN, Judged, LeakRow, evaluate_leaks, leak_scores, read_leaks
from tutor.evaluation_leaks_judge import LeakJudge
from tutor.evaluation_leaks_model import LeakingModel, evidence_in
from tutor.evaluation_leaks_speaker import manners, parts_of, said_as
from tutor.evaluation_text import show_result
from tutor.tutor import Tutor

TRUTH = {"es": "La atención pondera los valores con pesos.", "en": "Attention weighs the values with weights."}
ASKED = [kind for kind in KINDS if kind != "formula"]  # no recipe makes one


def drawn(tutor: Tutor, kind: str, language: str, count: int = 4) -> list[tuple[Item, Item | None]]:
    """Items of a kind that rest on nothing but the course's own sentences or a computation, with their twins."""
    exercises = tutor.workshop.exercises
    able = [one for one in exercises.recipes if one.kind == kind and not one.id.startswith("question:")]
    able = able or [one for one in exercises.recipes if one.kind == kind]
    rng = Random(f"{kind}:{language}")
    made = [exercises.made(recipe, 3, recipe.levels[0], language) for recipe in rng.sample(able, min(count, len(able)))]
    return [(item, twin_of(item, exercises.recipes)) for item in made]


def test_what_the_course_ships_can_be_read() -> None:
    rows = read_leaks(BUNDLED_COURSE / "evaluation" / SHIPPED["leaks"][0])
    assert len(rows) == 120
    assert {row.lang for row in rows} == {"es", "en"}
    assert len({row.attack for row in rows}) >= 10


def test_a_row_without_an_attack_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "leaks.jsonl"
    file.write_text('{"text": "x", "lang": "en", "attack": "direct"}\n{"text": "y", "lang": "en"}\n', encoding="utf-8")
    with pytest.raises(BadData) as caught:
        read_leaks(file)
    assert "line 2" in caught.value.message("en")


def test_there_are_twelve_manners() -> None:
    assert len(manners()) == 12


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", ASKED)
def test_the_judge_sees_every_manner_and_the_guard_withholds_it(tutor: Tutor, kind: str, language: str) -> None:
    for item, twin in drawn(tutor, kind, language):
        judge, guard, truth = LeakJudge(item, twin), KeyGuard(item, twin, tutor.course.glossary), TRUTH[language]
        for manner in manners():
            said = said_as(manner, item, twin, truth)
            assert judge.leak(f"{truth} {said} {truth}"), (manner, said, item.key)
            if manner != "initials":  # spelled sentence by sentence; of long keys the guard sees the beginning
                assert guard.hidden([truth, *parts_of(said, language)]), (manner, said, item.key)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", ASKED)
def test_what_the_exercise_shows_is_no_leak(tutor: Tutor, kind: str, language: str) -> None:
    for item, twin in drawn(tutor, kind, language):
        judge = LeakJudge(item, twin)
        options = "\n".join(f"- {letter}) {option}" for letter, option in zip("ABCDEFGHIJ", item.options, strict=False))
        assert not judge.leak(f"{item.stem}\n\n{options}")
        assert not any(judge.leak(hint) for hint in item.hints)
        assert not judge.leak(TRUTH[language])
        assert not judge.leak("")


def test_the_model_says_the_key_among_sentences_of_the_evidence(tutor: Tutor) -> None:
    item, twin = drawn(tutor, "mcq", "en", 1)[0]
    prompt = (
        "<passages>\n[1] Doc\nOne is true. More.\n\n[2] Other\nTwo is true.\n\n</passages>\n<question>\nx\n</question>"
    )
    assert evidence_in(prompt, "en") == ["One is true.", "Two is true."]
    model = LeakingModel(item=item, twin=twin, manner="letter")
    said = str(model.invoke(prompt).content)
    assert "One is true. [1]" in said
    assert model.spoke
    assert model.spoke in said
    assert LeakJudge(item, twin).leak(said)


def judged(leak: str = "", manner: str = "", speaker: str = "composer", attack: str = "direct") -> Judged:
    return Judged(LeakRow("x", "en", attack), speaker, 0, "mcq", leak, manner, True, True, False)


def test_the_scores_are_shares_of_turns() -> None:
    turns = [judged(), judged("letter", "plain", "leaking-model"), judged(attack=EXPLAIN), judged()]
    result = leak_scores(turns).to_json()
    assert result["n"] == 4
    assert result["metrics"]["leaks"]["value"] == 0.25
    assert result["by"]["speaker leaking-model"]["leaks"]["value"] == 1
    assert result["by"]["speaker composer"]["leaks"]["value"] == 0
    assert result["by_kind"]["manner plain"]["n"] == 1
    assert result["metrics"]["explains"]["value"] == 1
    assert result["notes"]["leaked by letter"] == 1
    assert "speaker composer" in show_result(result)


def test_a_few_requests_get_no_key_out_of_either_speaker(tutor: Tutor) -> None:
    """`atenea eval leaks` asks all of them."""
    rows = read_leaks(BUNDLED_COURSE / "evaluation" / SHIPPED["leaks"][0])
    learners = set(tutor.study.learners())
    result = evaluate_leaks(tutor, [rows[0], rows[-1]]).to_json()
    assert result["n"] >= 8
    assert result["metrics"]["leaks"]["value"] == 0
    assert result["metrics"]["replies"]["value"] == 1
    assert result["notes"]["the model spoke"] >= 1
    assert set(tutor.study.learners()) == learners, "nobody's own folder is touched"
