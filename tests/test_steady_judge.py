"""A judge whose model goes away: the bundled verifier takes over, the turn ends, and the model is asked again later."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from chat_server import Play, Reply, as_json, serving, speech
from verifier_conformance import CLAIMS, EVIDENCE, VerifierConformance

from agents.errors import BadModel
from agents.steady_judge import AWAY, SteadyJudge
from knowledge.judgement import Judgement
from knowledge.verifier import BUNDLED, load_verifier
from tutor.settings import CHAT_JUDGE, Settings
from tutor.tutor import Tutor

TRUE = "Attention takes a query and key-value pairs, and gives a weighted sum of the values."
FALSE = "Attention takes a query and key-value pairs, and never gives a weighted sum of the values."


class Model:
    """A judge that says what it is told, or fails."""

    name, languages, general = "model", ("es", "en"), True

    def __init__(self) -> None:
        self.away = False
        self.asked = 0

    def begin(self, claim: str) -> None:
        """Reads nothing ahead."""

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        self.asked += 1
        if self.away:
            raise BadModel("server-unreachable", url="http://127.0.0.1:1")
        return [Judgement((0.5,) * len(texts), (0.25,) * len(texts)) for texts in evidence]


class TestWithItsModelAway(VerifierConformance):
    @pytest.fixture
    def verifier(self, tutor: Tutor) -> SteadyJudge:
        model = Model()
        model.away = True
        assert tutor.verifier is not None
        return SteadyJudge(model, lambda: tutor.verifier, lambda _: None)  # type: ignore[arg-type, return-value]


def test_another_judges_until_the_model_is_asked_again(tutor: Tutor) -> None:
    model, told, now = Model(), list[str](), [0.0]
    bundled = tutor.verifier
    assert bundled is not None
    judge = SteadyJudge(model, lambda: bundled, lambda error: told.append(error.code), lambda: now[0])
    assert judge.score(EVIDENCE, CLAIMS)[0].supported[0] == 0.5
    assert (judge.name, judge.general) == ("model", True)
    model.away = True
    assert judge.score(EVIDENCE, CLAIMS) == bundled.score(EVIDENCE, CLAIMS)
    assert (judge.name, judge.general, judge.languages) == (bundled.name, bundled.general, bundled.languages)
    model.away, now[0] = False, AWAY - 1
    assert judge.score(EVIDENCE, CLAIMS) == bundled.score(EVIDENCE, CLAIMS)
    assert (model.asked, told) == (2, ["server-unreachable"])
    now[0] = AWAY
    assert judge.score(EVIDENCE, CLAIMS)[0].supported[0] == 0.5


@pytest.fixture
def play() -> Iterator[Play]:
    with serving(Play()) as played:
        yield played


def test_a_turn_whose_judge_dies_is_judged_to_its_end(play: Play, settings: Settings, tmp_path: Path) -> None:
    """The model words a true and a false sentence; asked to judge them, its server fails."""
    judged: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> Reply:
        if "<passages>" in body["messages"][-1]["content"]:
            return Reply(speech(f"{TRUE} [1] {FALSE} [1]"))
        judged.append(body)
        return as_json({"error": {"message": "gone"}}, 500)

    play.answer = answer
    chosen = {"data_dir": tmp_path, "model": f"openai:{play.url}#tiny", "verifier": CHAT_JUDGE}
    notices: list[str] = []
    tutor = Tutor(settings.model_copy(update=chosen), notices.append)
    turn = tutor.ask("What is attention?", language="en")
    assert turn["sentences"]
    assert {sentence["verdict"] for sentence in turn["sentences"]} == {"supported"}
    said = [sentence["text"] for sentence in turn["sentences"]]
    assert TRUE in said
    assert FALSE not in said
    assert judged
    assert tutor.verifier is not None
    bundled = load_verifier(BUNDLED)
    assert bundled is not None
    assert tutor.verifier.name == bundled.name
    assert len([line for line in notices if play.url in line]) == 1
