"""The chat graph: its state is data that survives kills, new processes and two writers at once."""

import importlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ormsgpack
import pytest

from evals import draw_graph
from tutor.errors import BadStore
from tutor.graphs.checkpoints import open_checkpointer
from tutor.graphs.turn import build_graph, thread_memory, thread_turns
from tutor.settings import Settings
from tutor.tutor import Tutor

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "¿Qué es la atención?",
    "¿y por qué?",
    "otro ejemplo",
    "más sencillo",
    "¿Qué es BERT?",
    "and the formula?",
    "hola",
)

# Asks without end and says on stdout what has happened: a line for each sentence and for each acknowledged turn.
ASKING = """
import sys
from pathlib import Path
from tutor.settings import Settings
from tutor.tutor import Tutor
folder, questions, turns, *threads = sys.argv[1:]
tutor = Tutor(Settings(data_dir=Path(folder), model="composer"))
tutor.prepare()
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(turns)):
    for thread in threads:
        question = questions.split("|")[number % len(questions.split("|"))]
        for event in tutor.stream(question, thread=thread, language="es"):
            print(event["kind"], flush=True)
print("done", flush=True)
"""


def asking(folder: Path, turns: int, *threads: str) -> "subprocess.Popen[str]":
    """A process that is ready to ask; a line on its stdin starts it."""
    command = [sys.executable, "-c", ASKING, str(folder), "|".join(QUESTIONS), str(turns), *threads]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def start(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def opened(folder: Path) -> Tutor:
    return Tutor(Settings(data_dir=folder, model="composer"))


def healthy(folder: Path) -> bool:
    with sqlite3.connect(folder / "threads.sqlite") as connection:
        return bool(connection.execute("pragma integrity_check").fetchone() == ("ok",))


def state(folder: Path, thread: str) -> dict[str, Any]:
    graph = build_graph(open_checkpointer(folder / "threads.sqlite"))
    return dict(graph.get_state({"configurable": {"thread_id": thread}}).values)


def test_state_is_plain_data(tmp_path: Path) -> None:
    tutor = opened(tmp_path)
    for question in (*QUESTIONS, "¿Cuántas capas tiene GPT-4?", "¿Quién ganó el mundial de 2010?"):
        tutor.ask(question, thread="plain")
        values = state(tmp_path, "plain")
        assert json.loads(json.dumps(values)) == ormsgpack.unpackb(ormsgpack.packb(values))
        assert values["question"] == question
        assert all(isinstance(passage, str) for passage in values.get("pack", {}).get("passages", []))


def test_the_database_grows_with_the_turns_and_not_with_their_square(tmp_path: Path) -> None:
    tutor = opened(tmp_path)
    sizes = []
    for _ in range(2):
        for number in range(10):
            tutor.ask(QUESTIONS[number % len(QUESTIONS)], thread="growth")
        with sqlite3.connect(tmp_path / "threads.sqlite") as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
        sizes.append(sum(file.stat().st_size for file in tmp_path.glob("threads.sqlite*")))
    assert sizes[1] < 3 * sizes[0]
    assert sizes[1] < 20 * 40_000


def test_what_a_thread_remembers_is_its_own(tmp_path: Path) -> None:
    tutor = opened(tmp_path)
    tutor.ask("¿Qué es la atención?", thread="a", level="advanced")
    tutor.ask("What is BERT?", thread="b")
    graph = build_graph(open_checkpointer(tmp_path / "threads.sqlite"))
    first, second = thread_memory(graph, "a"), thread_memory(graph, "b")
    assert (first.language, first.level, first.concepts[0]) == ("es", "advanced", "attention")
    assert (second.language, second.level, second.concepts[0]) == ("en", "beginner", "bert")
    assert not set(first.said) & set(second.said)
    assert thread_memory(graph, "never") == type(first)()
    assert thread_turns(graph, "never") == []


def test_a_kill_in_mid_turn_loses_no_acknowledged_turn(tmp_path: Path) -> None:
    """Two processes are killed with SIGKILL after a first sentence; what they acknowledged is there."""
    chance = random.Random(20)
    processes = {tmp_path / str(number): asking(tmp_path / str(number), 10_000, "k") for number in range(2)}
    for folder, process in processes.items():
        assert line(process) == "ready"
        start(process)
        acknowledged = 0
        while acknowledged < 3:
            acknowledged += line(process) == "turn"
        while line(process) != "sentence":
            pass
        time.sleep(chance.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        rest = process.stdout.read().split()
        acknowledged += rest.count("turn")
        assert process.wait() == -signal.SIGKILL
        tutor = opened(folder)
        kept = tutor.history("k")
        assert acknowledged <= len(kept) <= acknowledged + 1
        assert [turn["question"] for turn in kept] == [
            QUESTIONS[number % len(QUESTIONS)] for number in range(len(kept))
        ]
        assert all(turn["answer"] and turn["thread"] == "k" for turn in kept)
        assert healthy(folder)
        continued = tutor.ask("¿y por qué?", thread="k", language="es")
        assert continued["concepts"][:1] == kept[-1]["concepts"][:1] or kept[-1]["question"] == "hola"
        assert len(tutor.history("k")) == len(kept) + 1


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each writes to a thread of its own and both to one; the database did not exist before."""
    turns = 4
    processes = [asking(tmp_path, turns, name, "both") for name in ("left", "right")]
    for process in processes:
        assert line(process) == "ready"
    for process in processes:
        start(process)
    for process in processes:
        assert process.communicate()[0].split()[-1] == "done"
        assert process.returncode == 0
    tutor = opened(tmp_path)
    for name in ("left", "right"):
        assert [turn["question"] for turn in tutor.history(name)] == list(QUESTIONS[:turns])
    assert len(tutor.history("both")) == 2 * turns
    assert healthy(tmp_path)


def test_many_openings_at_once_of_a_database_that_does_not_exist_yet(tmp_path: Path) -> None:
    files = [tmp_path / f"{number // 4}.sqlite" for number in range(80)]
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(open_checkpointer, files))) == len(files)


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_damaged_database_is_named_and_left_alone(tmp_path: Path, size: int) -> None:
    file = tmp_path / "threads.sqlite"
    data = random.Random(size).randbytes(size)
    file.write_bytes(data)
    if not size:
        open_checkpointer(file)  # an empty file is an empty database
        return
    with pytest.raises(BadStore) as told:
        open_checkpointer(file)
    assert told.value.code == "store-damaged"
    assert str(file) in told.value.message("es")
    assert file.read_bytes() == data


def test_a_database_damaged_in_the_middle_is_named(tmp_path: Path) -> None:
    tutor = opened(tmp_path)
    for question in QUESTIONS:
        tutor.ask(question, thread="m")
    with sqlite3.connect(tmp_path / "threads.sqlite") as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    data = bytearray((tmp_path / "threads.sqlite").read_bytes())
    file = tmp_path / "copy.sqlite"
    for place in range(4096, len(data), 64):
        data[place] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(BadStore):
        open_checkpointer(file)
    assert file.read_bytes() == bytes(data)


def test_a_place_that_cannot_be_opened_is_another_error(tmp_path: Path) -> None:
    (tmp_path / "threads.sqlite").mkdir()
    with pytest.raises(BadStore) as told:
        open_checkpointer(tmp_path / "threads.sqlite")
    assert told.value.code == "store-unwritable"


def test_the_picture_in_the_documents_is_the_graph() -> None:
    assert draw_graph.FILE.read_text(encoding="utf-8") == draw_graph.draw(), "run: python -m evals.draw_graph"
    for node in ("plan", "gather", "explain", "abstain", "small_talk", "draw", "check", "review", "write"):
        assert node in draw_graph.draw()


def test_langgraph_json_names_a_graph_that_is_there() -> None:
    table = json.loads((ROOT / "langgraph.json").read_text(encoding="utf-8"))
    assert table["dependencies"] == ["."]
    for place in table["graphs"].values():
        file, _, name = place.partition(":")
        assert (ROOT / file).is_file()
        module = importlib.import_module(".".join(Path(file).with_suffix("").parts))
        assert callable(getattr(module, name)), place


def test_a_wish_for_a_summary_is_answered_from_the_persons_documents(tmp_path: Path) -> None:
    own = Tutor(Settings(data_dir=tmp_path / "data", model="composer"))
    paper = tmp_path / "lora.md"
    paper.write_text(
        "# Notes on LoRA\n\nLoRA freezes the pretrained weights and trains two small matrices. "
        "LoRA reduces the memory that training needs by a factor of three.\n",
        encoding="utf-8",
    )
    asked = "summarise my papers on LoRA"
    assert own.ask(asked, language="en")["sources"][0]["document"] == own.course.id  # nothing of their own yet
    own.library_add([paper])
    turn = own.ask(asked, language="en")
    assert turn["intent"] == "summarise"
    assert {source["title"] for source in turn["sources"]} == {"Notes on LoRA"}
    assert "LoRA reduces the memory that training needs by a factor of three." in turn["answer"]
    assert all(row["verdict"] == "supported" and row["citations"] for row in turn["sentences"])
    other = own.ask("summarise my papers on beam search", language="en")
    assert other["sources"][0]["document"] == own.course.id  # they do not speak of it, and the course does
