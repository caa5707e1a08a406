"""What the tests share: the real course, the real encoder and the index that `make setup` built. No network."""

import gc
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from tiny_model import save_tiny_model

from agents.planner import Planner
from knowledge.corpus import Corpus
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from knowledge.encoder import Encoder
from tutor.settings import Settings
from tutor.tutor import Tutor

os.environ["STREAMLIT_RUNNER_POST_SCRIPT_GC"] = "false"  # as `atenea ui` has it
os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is loaded: the tests' processes share the cores
gc.set_threshold(50_000)  # as the command line does: the course is many small objects, all of which stay
hypothesis.settings.register_profile("suite", max_examples=50)  # laws that want more say so
hypothesis.settings.load_profile("suite")
DATA = Path(__file__).parent / "data"


def pytest_collection_finish() -> None:
    """What the modules hold stays: later collections need not look at it."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Only this machine can be reached."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    socket.socket.connect = local_only  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The composer, with a data folder of its own and the shared cache."""
    return Settings(data_dir=tmp_path_factory.mktemp("data"), model="composer")


@pytest.fixture(scope="session")
def tutor(settings: Settings) -> Tutor:
    """A tutor on the real course; tests use threads of their own."""
    return Tutor(settings)


@pytest.fixture(scope="session")
def corpus(tutor: Tutor) -> Corpus:
    """The course's corpus."""
    return tutor.corpus()


@pytest.fixture(scope="session")
def encoder(tutor: Tutor) -> Encoder:
    """The default encoder."""
    return tutor.encoder


@pytest.fixture(scope="session")
def course() -> Course:
    """The bundled course, whole."""
    return load_course(BUNDLED_COURSE)


@pytest.fixture(scope="session")
def planner(course: Course, corpus: Corpus) -> Planner:
    """The planner of the bundled course."""
    return Planner(course, corpus.retriever, corpus.finder)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a real random model of about 100,000 parameters."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny-model"))


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a JSONL file of tests/data."""
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line.strip()]
