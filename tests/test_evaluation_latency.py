"""The suite latency: what it measures, with several sessions at a time, against a server that speaks slowly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_server import DONE, END, Part, Play, Reply, event, serving
from typer.testing import CliRunner

from agents.model_call import DONE as WELL
from agents.model_call import ModelCall
from tutor.cli import app
from tutor.evaluation import evaluate_suite, show_result
from tutor.evaluation_latency import TimedTurn, latency_measures, throughput
from tutor.settings import Settings
from tutor.tutor import Tutor

SAID = "La salida de la atención es una suma ponderada de los valores. Los pesos de atención de cada consulta suman 1."
USAGE = b'data: {"choices": [], "usage": {"prompt_tokens": 500, "completion_tokens": 40}}\n\n'
QUESTIONS = [("¿Qué es la atención?", "es"), ("What is attention?", "en"), ("¿Qué es la softmax?", "es")]


def spoken(at: float, first: float, seconds: float, tokens: int, *, counted: bool = True) -> ModelCall:
    return ModelCall(at, "t", "explainer.es", "0f", "m", 500, tokens, counted, first, seconds, WELL)


def test_the_measures_by_hand() -> None:
    planned = ModelCall(100.0, "t", "planner.es", "0f", "m", 9, 900, True, 0.01, 0.2, WELL)
    turns = [
        TimedTurn("es", 100.0, 102.0, 0.8, 0.3, (planned, spoken(100.3, 0.1, 1.5, 60))),
        TimedTurn("en", 100.0, 104.0, 1.2, 0.3, (spoken(100.2, 0.4, 3.0, 30, counted=False),)),
        TimedTurn("en", 102.0, 104.0, None, 0.0),  # small talk: nobody was asked
    ]
    found = {name: value.value for name, value in {**latency_measures(turns), **throughput(turns, 4.0, 1.5)}.items()}
    assert found == {
        "first_token_p50": pytest.approx(0.4), "first_token_p95": pytest.approx(0.6),
        "first_sentence_p50": 0.8, "first_sentence_p95": 1.2, "turn_p50": 2.0, "turn_p95": 4.0,
        "call_tokens_per_second": 20.0, "checking": pytest.approx(0.6 / 8), "after_model": pytest.approx(1.0 / 6),
        "counted": 0.5, "tokens_per_second": 22.5, "turns_per_second": 0.75, "processor_seconds": 0.5,
    }  # fmt: skip


def test_the_composer_has_no_tokens() -> None:
    turns = [TimedTurn("es", 0.0, 1.0, 0.5, 0.1)]
    found = {**latency_measures(turns), **throughput(turns, 1.0, 0.2)}
    assert (found["first_token_p50"].value, found["tokens_per_second"].value, found["after_model"].value) == (None,) * 3
    assert (found["turn_p50"].value, found["first_sentence_p50"].value) == (1.0, 0.5)


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    parts: list[Part] = [part for word in SAID.split() for part in (event(word + " "), 0.004)]
    with serving(Play([Reply([*parts, END, USAGE, DONE])])) as playing:
        yield playing


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("questions") / "questions.jsonl"
    gold = '"gold": [{"path": "concepts/attention.toml", "heading": "definition"}]'
    file.write_text("".join(f'{{"question": "{text}", "lang": "{lang}", {gold}}}\n' for text, lang in QUESTIONS))
    return file


@pytest.fixture(scope="module")
def result(play: Play, questions: Path, tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("latency")
    tutor = Tutor(Settings(data_dir=folder, cache_dir=settings.cache_dir, model=f"openai:{play.url}#tiny"))
    found = evaluate_suite(tutor, "latency", questions, [], sessions=(1, 4), turns=2)
    assert [file.name for file in folder.rglob("*") if file.is_file()] == [], "a person's folder is left as it was"
    return found


def test_sessions_run_at_once_and_every_turn_is_measured(result: dict[str, Any], play: Play) -> None:
    assert (result["suite"], result["sessions"], result["n"]) == ("latency", 1, 2)
    assert result["engine"] == f"llm:openai:{play.url}#tiny"
    together = result["also"]["4 sessions"]
    assert (together["sessions"], together["n"]) == (4, 8)
    assert set(result["by"]) == {"es", "en"}
    assert len(play.asked) == 2 + 2 + 8, "the first in each language warms"
    for part in (result, together):
        measures = {name: value["value"] for name, value in part["metrics"].items()}
        assert 0 < measures["first_token_p50"] < measures["first_sentence_p50"] < measures["turn_p50"]
        assert measures["turn_p50"] <= measures["turn_p95"]
        assert measures["counted"] == 1.0
        assert 0 < measures["checking"] < 1
        assert 0 < measures["after_model"] < 1
        bounded = [value for value in part["metrics"].values() if value["lo"] is not None]
        assert bounded
        assert all(value["lo"] <= value["value"] <= value["hi"] for value in bounded)
    assert together["metrics"]["tokens_per_second"]["value"] > 0


def test_the_result_is_shown(result: dict[str, Any]) -> None:
    shown = show_result(result)
    assert shown.startswith("latency, n = 2")
    assert "also: 4 sessions" in shown
    assert "first_sentence_p50" in shown


@pytest.mark.parametrize("sessions", ["", "0", "1,,8", "one", "1,9999", "-1"])
def test_numbers_of_sessions_that_are_none_are_wrong_usage(sessions: str) -> None:
    done = CliRunner().invoke(app, ["eval", "latency", "--sessions", sessions])
    assert done.exit_code == 2
    assert "1,8,32" in done.output
