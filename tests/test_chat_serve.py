"""Real servers with a real random model on loopback: `transformers serve`, and llama.cpp's with the same weights."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny_gguf import save_tiny_gguf

from agents.chat_compat import CompatChat
from agents.chat_model import load_chat_model
from agents.chat_server import Patience
from agents.chat_structured import capabilities
from agents.errors import BadModel
from tutor.doctor import examine
from tutor.settings import Settings
from tutor.tutor import Tutor

START = 60.0  # seconds
ASKED = "¿Qué es la atención?"


@dataclass(frozen=True)
class Served:
    """A server: where, its model, whether it keeps to a schema, whether it says which models it has."""

    url: str
    model: str
    schema: bool
    lists: bool

    def chat(self, name: str | None = None, tokens: int = 24) -> CompatChat:
        return CompatChat(
            base_url=self.url, model=self.model if name is None else name, max_new_tokens=tokens,
            patience=Patience(whole=60.0),
        )  # fmt: skip


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextmanager
def running(*command: str | Path, home: Path, port: int) -> Iterator[None]:
    """A server's process, once it listens."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        ends = time.monotonic() + START
        while time.monotonic() < ends and process.poll() is None:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        try:
            yield
        finally:
            process.kill()


pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def transformers(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port, program = free_port(), Path(sys.executable).with_name("transformers")
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port)]
    with running(*command, home=tmp_path_factory.mktemp("home"), port=port):
        yield Served(f"http://127.0.0.1:{port}/v1", str(tiny_model), schema=False, lists=False)


@pytest.fixture(scope="module")
def llama(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, port = tmp_path_factory.mktemp("llama"), free_port()
    file = save_tiny_gguf(tiny_model, home / "tiny.gguf")
    program = Path(__file__).with_name("llama_server.py")
    with running(sys.executable, program, file, str(port), home=home, port=port):
        yield Served(f"http://127.0.0.1:{port}/v1", str(file), schema=True, lists=True)


@pytest.fixture(scope="module", params=["transformers", "llama"])
def served(request: pytest.FixtureRequest) -> Served:
    found: Served = request.getfixturevalue(request.param)
    return found


def test_it_streams_what_it_would_say_at_once(served: Served) -> None:
    pieces = [str(chunk.content) for chunk in served.chat().stream(ASKED)]
    assert len([piece for piece in pieces if piece]) > 1
    assert "".join(pieces) == str(served.chat().invoke(ASKED).content)


def test_it_says_what_the_model_says_in_this_process(served: Served, tiny_model: Path) -> None:
    here = load_chat_model(f"transformers:{tiny_model}").model_copy(update={"max_new_tokens": 12})  # type: ignore[attr-defined]
    said = [str(model.invoke(ASKED).content) for model in (served.chat(tokens=12), here)]
    there, own = (text.replace("\ufffd", "") for text in said)  # bytes that are no letter: each server has its way
    assert there == own != ""


def test_it_goes_on_serving_after_a_caller_has_gone(served: Served) -> None:
    stream = served.chat(tokens=400).stream("Hola")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert str(served.chat().invoke("Hola").content)


def test_whether_it_keeps_to_a_schema_is_found_out(served: Served) -> None:
    assert capabilities(served.chat()).json_schema is served.schema


def test_without_a_name_it_takes_the_first_model_or_says_what_to_do(served: Served) -> None:
    nameless = served.chat(name="")
    if served.lists:
        assert str(nameless.invoke(ASKED).content) == str(served.chat().invoke(ASKED).content)
        return
    with pytest.raises(BadModel) as told:
        nameless.invoke("Hola")
    assert told.value.code == "server-nameless"
    assert "#NAME" in told.value.hint("en")


def test_a_turn_over_it_is_answered_with_checked_sentences_alone(served: Served, tmp_path: Path) -> None:
    choice = f"openai:{served.url}#{served.model}"
    tutor = Tutor(Settings(data_dir=tmp_path, model=choice, answer_seconds=60.0))
    turn = tutor.ask(ASKED)
    assert turn["sentences"]
    assert {sentence["verdict"] for sentence in turn["sentences"]} == {"supported"}
    assert turn["drafts"]["failed"] == 0
    assert turn["drafts"]["dropped"] + turn["drafts"]["rewritten"] > 0  # it spoke, and was caught
    model = {check["name"]: check for check in examine(tutor)}["model"]
    assert model["ok"]
    assert served.url in model["detail"]
