"""A real server, `transformers serve`, with a real random model; where "transformers[serving]" is installed."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.chat_compat import CompatChat
from agents.chat_server import Patience
from agents.chat_structured import capabilities
from agents.errors import BadModel

pytestmark = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("openai", "fastapi"))), reason="transformers[serving] is not installed"
)
START = 60.0  # seconds


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, home = free_port(), tmp_path_factory.mktemp("home")
    command = [Path(sys.executable).with_name("transformers"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        ends = time.monotonic() + START
        while time.monotonic() < ends and process.poll() is None:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
        process.kill()


def test_it_streams_ends_without_done_and_keeps_to_no_schema(url: str, tiny_model: Path) -> None:
    model = CompatChat(base_url=url, model=str(tiny_model), max_new_tokens=24, patience=Patience(whole=60.0))
    pieces = [str(chunk.content) for chunk in model.stream("¿Qué es la atención?")]
    assert len([piece for piece in pieces if piece]) > 1
    assert "".join(pieces) == str(model.invoke("¿Qué es la atención?").content)
    assert not capabilities(model).json_schema
    stream = model.model_copy(update={"max_new_tokens": 400}).stream("Hola")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert str(model.invoke("Hola").content), "it goes on serving after a caller has gone"


def test_without_a_name_it_says_what_to_do(url: str) -> None:
    with pytest.raises(BadModel) as told:
        CompatChat(base_url=url).invoke("Hola")
    assert told.value.code == "server-nameless"
    assert "#NAME" in told.value.hint("en")
