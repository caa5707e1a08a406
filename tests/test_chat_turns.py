"""A turn with a server ends well whatever the server does: what was verified stays, the composer ends the answer."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chat_server import Part, Play, Reply, as_json, event, serving, speech

import agents.chat_server
import tutor.settings
from agents.chat_compat import CompatChat
from agents.chat_finder import found_server
from agents.chat_model import ScriptedChatModel
from agents.chat_writer import ChatWriter
from agents.errors import BadModel
from agents.explainer import Explainer, Tally
from agents.plan import Memory
from tutor.doctor import examine
from tutor.parts import REPLIES
from tutor.settings import Settings
from tutor.tutor import Tutor

TRUE = {
    "es": "La salida de la atención es una suma ponderada de los valores.",
    "en": "The output of attention is a weighted sum of the values.",
}
FALSE = {
    "es": "La salida de la atención es una suma ponderada de las claves.",
    "en": "The output of attention is a weighted sum of the keys.",
}
ASKED = {"es": "¿Qué es la atención?", "en": "What is attention?"}
TESTS = Path(__file__).parent


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents.chat_server, "BACK_OFF", 0.01)


@pytest.fixture(scope="module")
def server() -> Iterator[Play]:
    with serving(Play()) as playing:
        yield playing


@pytest.fixture
def play(server: Play) -> Play:
    """The one server, as if it were new."""
    server.answer, server.replies = None, []
    server.asked.clear()
    server.headers.clear()
    return server


@pytest.fixture(scope="module")
def through(server: Play, tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Tutor:
    """A tutor through which the server speaks."""
    folder = tmp_path_factory.mktemp("through")
    model = f"openai:{server.url}#tiny"
    return Tutor(Settings(data_dir=folder, cache_dir=settings.cache_dir, model=model, answer_seconds=1.0))


def well(turn: dict[str, Any], language: str) -> None:
    """An answer in the language, every sentence of it supported and cited."""
    assert turn["language"] == language
    assert not turn["abstained"]
    assert turn["sentences"]
    assert all(one["verdict"] == "supported" and one["citations"] for one in turn["sentences"])
    assert FALSE[language] not in turn["answer"]
    texts = [one["text"] for one in turn["sentences"]]
    assert len(texts) == len(set(texts))


def words(text: str) -> list[Part]:
    return [event(word + " ") for word in text.split(" ")]


FAULTS: dict[str, Callable[[str], Reply]] = {
    "cut": lambda said: Reply(words(said), cut=True),
    "ends": lambda said: Reply(words(said), chunked=False),
    "slow": lambda said: Reply([*words(said), 3.0]),
    "error": lambda said: Reply([*words(said), b'data: {"error": {"message": "out of memory"}}\n\n']),
    "endless": lambda said: Reply([*words(said), *[event(delta={"reasoning": "hm"}) * 500] * 60]),
}


@pytest.mark.parametrize(
    ("fault", "language"),
    [("cut", "es"), ("cut", "en"), ("ends", "es"), ("slow", "en"), ("error", "es"), ("endless", "en")],
)
def test_what_was_verified_stays_and_the_composer_ends_the_answer(
    through: Tutor, play: Play, fault: str, language: str, tutor: Tutor
) -> None:
    play.replies = [FAULTS[fault](f"{TRUE[language]} {FALSE[language]} This is never")]
    turn = through.ask(ASKED[language])
    well(turn, language)
    assert turn["sentences"][0]["text"] == TRUE[language]
    assert len(turn["sentences"]) > 2
    assert turn["engine"] == f"llm:openai:{play.url}#tiny"
    assert turn["answer"].count(REPLIES.text("model-failed", language)) == 1
    assert turn["drafts"]["failed"] == 1
    composed = tutor.ask(ASKED[language])["sentences"]
    assert turn["sentences"][-1]["text"] == composed[-1]["text"]


NOTHING: dict[str, Reply] = {
    "html": Reply([b"<html>It works!</html>"], headers={"Content-Type": "text/html"}),
    "refused": as_json({"error": {"message": "no"}}, 500),
    "key": as_json({}, 401),
    "garbage": Reply([b"\xff\x00\xfe" * 3000]),
    "empty": Reply([]),
}


@pytest.mark.parametrize("fault", NOTHING)
def test_a_server_that_says_nothing_leaves_the_whole_answer_to_the_composer(
    through: Tutor, play: Play, fault: str, tutor: Tutor
) -> None:
    play.replies = [NOTHING[fault]]
    turn = through.ask(ASKED["es"], thread=fault)
    well(turn, "es")
    plain = tutor.ask(ASKED["es"])
    assert [one["text"] for one in turn["sentences"]] == [one["text"] for one in plain["sentences"]]
    assert turn["engine"] == "composer"
    assert turn["answer"].endswith(REPLIES.text("model-failed", "es"))
    assert through.history(fault)[0]["engine"] == "composer", "who spoke is kept"


def test_false_sentences_are_no_fault_of_the_server(through: Tutor, play: Play) -> None:
    play.says(f"{TRUE['en']} {FALSE['en']}")
    turn = through.ask(ASKED["en"], thread="t")
    well(turn, "en")
    assert TRUE["en"] in turn["answer"]
    assert turn["engine"] == f"llm:openai:{play.url}#tiny"
    assert REPLIES.text("model-failed", "en") not in turn["answer"]
    play.says("")
    assert through.ask(ASKED["en"], thread="t")["engine"] == "composer", "it had nothing to say"
    assert through.ask("Thanks!", thread="t")["engine"] == f"llm:openai:{play.url}#tiny"


def test_a_model_of_this_process_that_fails_is_treated_alike(through: Tutor) -> None:
    class Dying(ScriptedChatModel):
        def _stream(self, *args: Any, **kwargs: Any) -> Any:
            yield from super()._stream(*args, **kwargs)
            raise BadModel("model-failed", model="x", reason="out of memory")

    parts, memory, tally = through.parts(), Memory(), Tally()
    plan = parts.planner.plan(ASKED["es"], "es", "intermediate", memory)
    writer = ChatWriter(Dying(script=[f"{TRUE['es']} Y esto no acaba"]), "dying")
    explainer = Explainer(parts.corpus.checker, writer)
    said = [one.text for one in explainer.explain(plan, parts.gatherer.gather(plan, memory), memory, tally)]
    assert said[0] == TRUE["es"]
    assert len(said) == len(set(said)) > 2
    assert not any("no acaba" in text for text in said)
    assert (tally.failed, tally.composed, tally.engine(writer.name)) == (1, len(said) - 1, "llm:dying")


@pytest.mark.parametrize(
    ("tally", "spoke"),
    [
        (Tally(passed=3), "w"), (Tally(rewritten=1, dropped=4), "w"), (Tally(passed=3, composed=3), "composer"),
        (Tally(passed=4, composed=3, failed=1), "w"), (Tally(failed=1), "composer"), (Tally(), "w"),
    ],
)  # fmt: skip
def test_who_spoke_is_told_by_the_count(tally: Tally, spoke: str) -> None:
    assert tally.engine("w") == spoke


def test_a_summary_is_written_by_the_composer_when_the_server_dies(through: Tutor, play: Play, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Zorblax\n\nThe Zorblax engine turns sea water into sound. It weighs 40 kg.\n", encoding="utf-8")
    play.replies = [Reply(words("The Zorblax engine turns sea water into sound [1]. It"), cut=True)]
    found = through.desk.answer("What does the Zorblax engine do?", sources=[notes], language="en")
    assert found["engine"] == "composer"
    assert any("sea water" in line["text"] for section in found["sections"] for line in section["sentences"])
    assert play.asked


# Choosing


def test_auto_takes_the_server_that_is_there_and_gives_it_no_key(
    play: Play, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(play.url.split(":")[2].split("/")[0])
    monkeypatch.setattr(tutor.settings, "usual_server", lambda: found_server((port,)))
    auto = Settings(data_dir=tmp_path, cache_dir=settings.cache_dir, model="auto", api_key="geheim")  # type: ignore[arg-type]
    play.replies = [as_json({}, 500)]
    assert (auto.speaks, auto.speaker) == (False, "composer")
    play.says(TRUE["es"])
    assert (auto.speaks, auto.speaker) == (True, f"openai:{play.url}#tiny")
    made = Tutor(auto)
    turn = made.ask(ASKED["es"])
    well(turn, "es")
    assert turn["engine"] == f"llm:openai:{play.url}#tiny"
    assert isinstance(made.chat_model, CompatChat)
    assert not any("Authorization" in headers for headers in play.headers)
    assert "geheim" not in repr(auto)


def test_a_named_server_gets_the_key_and_the_time(monkeypatch: pytest.MonkeyPatch, play: Play, tmp_path: Path) -> None:
    monkeypatch.setenv("ATENEA_MODEL", f"openai:{play.url}")
    monkeypatch.setenv("ATENEA_API_KEY", "geheim")
    monkeypatch.setenv("ATENEA_ANSWER_SECONDS", "7")
    model = Tutor(Settings(data_dir=tmp_path)).chat_model
    assert isinstance(model, CompatChat)
    assert (model.patience.whole, model.speaker) == (7.0, "tiny")
    play.says("Hola.")
    model.invoke("Hola")
    assert play.headers[-1]["Authorization"] == "Bearer geheim"


def told_of_model(made: Tutor) -> dict[str, Any]:
    return next(check for check in examine(made) if check["name"] == "model")


def test_the_doctor_says_who_speaks_or_how_to_get_a_server(
    through: Tutor, play: Play, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.answer = lambda body: Reply(speech('{"ok": true, "n": 1}' if "response_format" in body else "Hi!"))
    found = told_of_model(through)
    assert found["ok"]
    assert found["detail"] == f"tiny speaks at {play.url}, and keeps to a schema (response_format)"
    play.answer = lambda _: as_json({"error": {"message": "no"}}, 404)
    lost = told_of_model(through)
    assert not lost["ok"]
    assert "404" in lost["detail"]
    monkeypatch.setattr("tutor.doctor.found_server", lambda: None)
    monkeypatch.setattr(tutor.settings, "usual_server", lambda: None)
    auto = told_of_model(Tutor(Settings(data_dir=tmp_path, cache_dir=settings.cache_dir, model="auto")))
    assert auto["ok"]
    for command in ("ollama run", "llama-server -m", "vllm serve"):
        assert command in auto["detail"]


# Real processes


@contextmanager
def server_process(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, str(TESTS / "chat_server.py"), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def ask(url: str, data: Path, settings: Settings) -> dict[str, Any]:
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(data), "ATENEA_MODEL": f"openai:{url}", "ATENEA_DATA_DIR": str(data),
        "ATENEA_CACHE_DIR": str(settings.cache_dir),
    }  # fmt: skip
    atenea = Path(sys.executable).with_name("atenea")
    done = subprocess.run(
        [atenea, "ask", ASKED["es"], "--json"], capture_output=True, text=True, env=environment, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    turn: dict[str, Any] = json.loads(done.stdout)
    return turn


def test_atenea_ask_in_a_process_of_its_own_with_a_server_that_dies_while_it_speaks(
    tmp_path: Path, settings: Settings
) -> None:
    both = f"{TRUE['es']} {FALSE['es']} Y nada más se dice."
    with server_process("--said", both, "--die-after", "26") as (url, process):
        turn = ask(url, tmp_path, settings)
        assert process.wait(5) == 9, "the whole process died"
    well(turn, "es")
    assert turn["sentences"][0]["text"] == TRUE["es"]
    assert turn["engine"] == f"llm:openai:{url}"
    assert turn["answer"].endswith(REPLIES.text("model-failed", "es"))
    assert len(turn["sentences"]) > 2
