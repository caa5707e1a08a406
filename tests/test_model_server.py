"""The server that speaks at a stated speed, driven by the engine that it is measured with."""

import sys
from collections.abc import Iterator

import pytest
from langchain_core.messages import HumanMessage

from agents.chat_compat import compat_chat
from evals.model_server import MODEL, TRUE_ONES, Server, Speaker, main, serving
from knowledge.sentences import split_sentences

ASKED = {"es": "¿Qué es la atención y para qué sirve?", "en": "What is attention and what is it good for?"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(Server(words=5_000, first=0.0)) as running:
        yield running


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_says_other_sentences_each_time_in_the_language_of_the_question(server: Server, language: str) -> None:
    model = compat_chat(server.model.removeprefix("openai:"))
    heard = ["".join(str(chunk.content) for chunk in model.stream([HumanMessage(ASKED[language])])) for _ in range(2)]
    assert heard == [answer + " " for answer in _first_answers(language)]
    assert all(answer.count("[1]") == TRUE_ONES + 1 for answer in heard)
    first, second = (set(split_sentences(answer, language)) for answer in heard)
    assert not first & second


def _first_answers(language: str) -> list[str]:
    speaker = Speaker()
    return [speaker.answer(language) for _ in range(2)]


def test_a_command_runs_beside_it_and_its_end_is_handed_on(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import os, urllib.request as r; m = os.environ['ATENEA_MODEL']; print(m); " \
        "print(r.urlopen(m[7:].split('#')[0] + '/models').read().decode()); raise SystemExit(3)"  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["model_server", "--words", "9", sys.executable, "-c", code])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capfd.readouterr()
    assert ended.value.code == 3
    assert told.out.startswith("openai:http://127.0.0.1:")
    assert f'"id": "{MODEL}"' in told.out
    assert told.err.startswith("9 words/s")
