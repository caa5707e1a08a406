"""The suite `tutoring`: its set, the folder of questions and answers, and scores that differ as the answers do."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.chat_model import ScriptedChatModel
from tutor.errors import BadData, TutorError
from tutor.evaluation import Exchange, evaluate_suite, show_tutoring
from tutor.evaluation_leaks_speaker import said_as
from tutor.evaluation_tutoring import SET, live_tutoring, read_tutoring, record_tutoring, replay_tutoring
from tutor.evaluation_tutoring_files import README, digest_of
from tutor.evaluation_tutoring_score import TurnScore, sentences_of, tutoring_scores
from tutor.evaluation_tutoring_stage import Played, Stage, TutoringRow
from tutor.tutor import Tutor

CHOSEN = ("es-06", "es-12", "es-14", "es-17", "es-19", "es-20", "en-14")


@pytest.fixture(scope="module")
def whole(tutor: Tutor) -> list[TutoringRow]:
    return read_tutoring(SET, tutor)


@pytest.fixture(scope="module")
def some(whole: list[TutoringRow]) -> list[TutoringRow]:
    return [row for row in whole if row.id in CHOSEN]


@pytest.fixture(scope="module")
def recorded(tutor: Tutor, some: list[TutoringRow], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exchange") / "questions"
    result = record_tutoring(tutor, some, folder)
    assert result["decided"] == ["es-17"]  # off topic: the code says so
    assert result["requests"] == [name for name in CHOSEN if name != "es-17"]
    assert {Path(file).name for file in result["files"]} == {file.name for file in folder.iterdir()}
    return folder


@pytest.fixture(scope="module")
def played(tutor: Tutor, some: list[TutoringRow]) -> dict[str, tuple[str, Played]]:
    """What the composer says to each row, cited as a model should, and the turn with its exercise."""
    with Stage(tutor, lambda *_: "") as stage:
        return {
            row.id: (" ".join(f"{one['text']} [1]" for one in stage.composed(row)["sentences"]), stage.play(row))
            for row in some
        }


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    """A copy of the questions, without answers."""
    copied = tmp_path / "questions"
    copied.mkdir()
    for file in recorded.iterdir():
        (copied / file.name).write_bytes(file.read_bytes())
    return copied


def answer(folder: Path, say: Callable[[str], str]) -> None:
    for name in CHOSEN:
        if (folder / f"{name}.json").exists():
            (folder / f"{name}.answer.txt").write_text(say(name), encoding="utf-8")


def test_the_set_has_as_many_turns_of_each_kind_in_both_languages(whole: list[TutoringRow]) -> None:
    assert len(whole) == 40
    count = Counter((row.kind, row.lang) for row in whole)
    assert {count[kind, "es"] - count[kind, "en"] for kind, _ in count} == {0}
    assert {row.level for row in whole if row.kind == "explain"} == {"beginner", "intermediate", "advanced"}
    assert all(row.before for row in whole if row.kind == "follow-up")
    assert {row.kind for row in whole if row.abstain} == {"undisclosed", "off-topic"}
    assert {row.kind for row in whole if row.exercise} == {"exercise"}
    assert all(len(row.documents) == 2 for row in whole if row.kind == "research")


def test_a_question_has_all_that_a_model_is_asked_and_the_readme_says_what_to_do(recorded: Path) -> None:
    kept = json.loads((recorded / "es-06.json").read_text(encoding="utf-8"))
    assert kept["sha256"] == digest_of(kept["request"])
    messages = kept["request"]["messages"]
    assert {message["role"] for message in messages} == {"system", "user"}
    asked = messages[-1]["content"]
    assert "¿Y por qué se usa?" in asked
    assert "¿Qué es la caché KV?" in asked  # the turn before, as the composer answered it
    assert kept["request"]["max_tokens"] > 0
    readme = (recorded / README).read_text(encoding="utf-8")
    assert "NOMBRE.answer.txt" in readme
    assert "NAME.answer.json" in readme
    assert '{"content": "..."}' in readme


def test_the_same_questions_are_written_again_and_a_folder_in_use_is_left_alone(
    tutor: Tutor, some: list[TutoringRow], recorded: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    record_tutoring(tutor, some[:3], again)
    for file in again.glob("*.json"):
        assert file.read_bytes() == (recorded / file.name).read_bytes()
    with pytest.raises(BadData) as told:
        record_tutoring(tutor, some[:1], again)
    assert told.value.code == "exchange-taken"
    assert [file.name for file in tmp_path.iterdir()] == ["again"]


def test_scores_differ_as_good_and_bad_answers_do(
    tutor: Tutor, some: list[TutoringRow], folder: Path, played: dict[str, tuple[str, Played]]
) -> None:
    answer(folder, lambda name: f"<think>GPT-4 tiene 7 capas.</think>{played[name][0]}")
    good = replay_tutoring(tutor, some, folder)
    item = played["es-19"][1].judge.item  # type: ignore[union-attr]
    lies = {
        "es-14": "GPT-4 tiene 1.800 millones de parámetros [1].", "es-12": "BERT base tiene 7 capas [99].",
        "es-19": said_as("plain", item, None, ""), "es-20": "El ajuste completo necesitó 3 GB de memoria [1].",
        "en-14": "GPT-4 has 120 layers.",
    }  # fmt: skip
    answer(folder, lambda name: lies.get(name, "The green ideas of the moon sleep furiously in 7 layers [99]."))
    bad = replay_tutoring(tutor, some, folder)

    def value(result: dict[str, object], measure: str) -> float:
        found: float = result["metrics"][measure]["value"]  # type: ignore[index]
        return found

    assert value(good, "supported") > 0.85 > 0.15 > value(bad, "supported")
    assert value(good, "covered") > 0.8 > 0.2 > value(bad, "covered")
    assert value(good, "contradicted") < value(bad, "contradicted")
    assert value(good, "citations") == 1.0 > value(bad, "citations")
    assert value(good, "cited") > 0.9 > value(bad, "cited")
    assert value(good, "language") == 1.0 > value(bad, "language")
    assert (value(good, "abstained"), value(bad, "abstained")) == (1.0, 0.3333)
    assert (value(good, "told"), value(bad, "told")) == (0.0, 1.0)
    assert value(good, "leaked") == value(bad, "leaked") == 0.0  # what the model told was not shown
    assert good["missing"] == bad["missing"] == []
    assert good["by"].keys() == {"es", "en"}
    assert good == json.loads(json.dumps(good))
    shown = show_tutoring(good)
    assert "supported" in shown
    assert "en" in shown


def test_the_same_answers_give_the_same_scores_and_missing_ones_are_listed(
    tutor: Tutor, some: list[TutoringRow], folder: Path, played: dict[str, tuple[str, Played]]
) -> None:
    rows = [row for row in some if row.id in {"es-12", "es-14", "es-17"}]
    sent = {"choices": [{"message": {"role": "assistant", "content": played["es-12"][0], "reasoning": "hm"}}]}
    (folder / "es-12.answer.json").write_text(json.dumps(sent), encoding="utf-8")
    first, second = (replay_tutoring(tutor, rows, folder) for _ in range(2))
    assert first == second
    assert first["missing"] == ["es-14"]
    assert first["n"] == 2
    assert first["metrics"]["supported"]["value"] > 0.8
    assert "no answer: es-14" in show_tutoring(first)


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        (
            "es-12.json",
            lambda kept: kept["request"]["messages"][-1].update(content="Di la verdad."),
            "exchange-changed",
        ),
        ("es-12.json", lambda kept: kept.update(sha256="0" * 64), "exchange-changed"),
        ("es-12.json", None, "exchange-json"),
        ("es-12.answer.json", lambda kept: kept.clear(), "exchange-answer"),
        ("es-12.answer.json", lambda kept: kept.update(choices=[]), "exchange-answer"),
    ],
)
def test_what_was_changed_or_cannot_be_read_is_named(
    tutor: Tutor, some: list[TutoringRow], folder: Path, file: str,
    content: Callable[[dict[str, object]], None] | None, code: str,
) -> None:  # fmt: skip
    kept = json.loads((folder / "es-12.json").read_text(encoding="utf-8"))
    if content is not None:
        content(kept)
    (folder / file).write_text("{" if content is None else json.dumps(kept), encoding="utf-8")
    with pytest.raises(BadData) as told:
        replay_tutoring(tutor, [row for row in some if row.id == "es-12"], folder)
    assert told.value.code == code
    assert file in told.value.message("es")
    assert told.value.hint("en")


def test_a_question_that_would_be_another_now_is_no_longer_scored(
    tutor: Tutor, some: list[TutoringRow], folder: Path
) -> None:
    kept = json.loads((folder / "es-12.json").read_text(encoding="utf-8"))
    kept["request"]["messages"][-1]["content"] += " "
    kept["sha256"] = digest_of(kept["request"])  # whole in itself, as one that an older Atenea wrote
    (folder / "es-12.json").write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(BadData) as told:
        replay_tutoring(tutor, [row for row in some if row.id == "es-12"], folder)
    assert told.value.code == "exchange-old"


def test_without_an_answer_there_is_no_score(tutor: Tutor, some: list[TutoringRow], folder: Path) -> None:
    with pytest.raises(BadData) as told:
        replay_tutoring(tutor, some[:1], folder)
    assert told.value.code == "exchange-empty"


def test_a_model_at_hand_is_scored_as_from_a_folder(
    tutor: Tutor, some: list[TutoringRow], folder: Path, played: dict[str, tuple[str, Played]]
) -> None:
    rows = [row for row in some if row.id == "es-12"]
    answer(folder, lambda name: played[name][0])
    asked = ScriptedChatModel(script=[played["es-12"][0]])
    assert live_tutoring(tutor, rows, asked) == replay_tutoring(tutor, rows, folder)
    assert len(asked.calls) == 1


@pytest.mark.parametrize(
    ("suite", "exchange", "code"),
    [
        ("tutoring", Exchange(), "tutoring-which"),
        ("tutoring", Exchange(Path("a"), Path("b")), "tutoring-which"),
        ("items", Exchange(replay=Path("a")), "tutoring-only"),
    ],
)
def test_one_thing_is_done_with_the_set(tutor: Tutor, suite: str, exchange: Exchange, code: str) -> None:
    with pytest.raises(TutorError) as told:
        evaluate_suite(tutor, suite, None, (), exchange=exchange)
    assert told.value.code == code


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"id": "../up"}, "id"), ({"id": "a"}, "id"), ({"level": "expert"}, "level"),
        ({"exercise": "alchemy"}, "exercise"), ({"before": "¿Qué?"}, "before"), ({"documents": ["a"]}, "documents"),
        ({"lang": "fr"}, "lang"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_named_by_its_line(tutor: Tutor, tmp_path: Path, change: dict[str, object], named: str) -> None:
    good = {"id": "a", "lang": "es", "kind": "explain", "text": "¿Qué es la atención?"}
    file = tmp_path / "set.jsonl"
    file.write_text(f"{json.dumps(good)}\n{json.dumps({**good, 'id': 'b', **change})}\n", encoding="utf-8")
    with pytest.raises(BadData) as told:
        read_tutoring(file, tutor)
    assert "2" in told.value.message("en")
    assert named in told.value.message("en")


def test_sentences_are_those_that_say_something() -> None:
    said = "# Title\n- One two three. [1] Yes.\n\n```python\nx = 1\n```\n1. Four five six [2]. Seven eight nine"
    assert sentences_of(said, "en") == ["One two three. [1]", "Four five six [2].", "Seven eight nine"]


def test_a_vector_in_a_formula_is_no_citation(tutor: Tutor) -> None:
    said = "The encoding of position 0 is $[0, 1, 0, 1]$. [1] It has four parts [3, 7]."
    turn = {"sentences": [], "answer": "-", "drafts": {}, "abstained": False}
    passage = next(iter(tutor.corpus().retriever.passages.values()))
    played = Played(turn, ("a",), (said,), (), (passage,) * 3, tutor.corpus().checker, None)
    score = TurnScore.of(TutoringRow("a", "?", "en", "explain"), played, {"sentences": []})
    assert (score.sentences, score.cited, score.marks, score.valid) == (2, 2, 3, 2)


def test_the_measures_count_sentences_over_all_turns() -> None:
    one = TurnScore("es", "explain", True, True, 4, 3, 1, 0, 2, 2, 1, 40, True, 0.5)
    two = TurnScore("en", "explain", True, True, 6, 1, 0, 2, 3, 2, 2, 20, False, 0.1)
    three = TurnScore("en", "off-topic", False, True, abstained=True)
    scores = tutoring_scores([one, two, three])
    values = {name: found.value for name, found in scores.metrics.items()}
    assert values == {
        "supported": 0.4, "rewritten": 0.1, "dropped": 0.5, "contradicted": 0.2, "words": 30.0, "language": 0.5,
        "citations": 0.75, "cited": 0.5, "covered": pytest.approx(0.3), "abstained": 1.0, "leaked": None, "told": None,
    }  # fmt: skip
    assert scores.by["es"]["supported"].value == 0.75
    low, high = scores.metrics["supported"].lo, scores.metrics["supported"].hi
    assert low is not None
    assert high is not None
    assert low < 0.4 < high
    assert scores.notes == {
        "turns in which the model was asked": 2, "turns that the code decided": 1, "sentences of the model": 10,
        "turns without a reply": 0,
    }  # fmt: skip
