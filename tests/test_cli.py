"""The command line as people and scripts meet it: real processes, exit codes, and one line when something is wrong."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from make_pdf import make_pdf
from pypdf import PdfReader, PdfWriter
from typer.testing import CliRunner

from tutor.cli import app
from tutor.tutor import Tutor

COURSE = Path(__file__).parent.parent / "tutor" / "course_template"
ATENEA = Path(sys.executable).with_name("atenea")
COMMANDS = {
    "ask", "chat", "check", "search", "library", "course", "eval", "doctor", "ui", "next", "answer", "hint", "learner",
}  # fmt: skip
AT_ONCE = 3


@dataclass(frozen=True)
class Done:
    """What became of a process."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)


def atenea(*arguments: str | bytes | Path, data: Path, stdin: bytes = b"", env: dict[str, str] | None = None) -> Done:
    """Run the console script in an environment of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(data.parent),
        "LC_ALL": "C.UTF-8",
        "ATENEA_MODEL": "composer",
        "ATENEA_DATA_DIR": str(data),
        **(env or {}),
    }
    done = subprocess.run([ATENEA, *arguments], input=stdin, capture_output=True, env=environment, timeout=120)
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def inside(*arguments: str | Path, data: Path, env: dict[str, str] | None = None) -> Done:
    """The same in this process, where a real one would add nothing but its seconds."""
    environment = {"ATENEA_MODEL": "composer", **(env or {})}
    done = CliRunner().invoke(app, [*map(str, arguments), "--data-dir", str(data)], env=environment)
    return Done(done.exit_code, done.stdout, done.stderr)


def at_once(*calls: Callable[[], Done]) -> list[Done]:
    """Several processes side by side; their results in order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


# Wrong usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", "x", "--lang", "fr"],
        ["ask", "x", "--level", "genius"],
        ["ask", "x", "--no-such-option"],
        ["check"],
        ["search", "x", "--k", "0"],
        ["search", "x", "--k", "many"],
        ["library"],
        ["library", "add"],
        ["library", "remove"],
        ["course", "new"],
        ["eval"],
        ["no-such-command"],
        ["ui", "--port", "0"],
        ["chat", "--lang", "fr"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_two(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output


def test_help_names_every_command_and_none_that_is_not_there() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    named = {
        command.name or (command.callback.__name__ if command.callback else "") for command in app.registered_commands
    }
    named |= {group.name for group in app.registered_groups if group.name}
    assert named >= COMMANDS
    assert all(name in done.output for name in named)
    assert not named & {"serve"}, "not yet, and no stubs"


# The main job


def test_a_conversation_across_processes(data: Path) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii"}  # JSON is UTF-8 all the same
    first = atenea("ask", "¿Qué es la autoatención?", "--thread", "t", "--json", data=data, env=ascii_only)
    assert (first.code, first.err) == (0, "")
    turn = first.value
    for name in (
        "answer",
        "language",
        "intent",
        "concepts",
        "sentences",
        "sources",
        "not_in_sources",
        "next",
        "engine",
        "abstained",
        "thread",
        "timings_ms",
    ):
        assert name in turn
    assert all(set(sentence) >= {"text", "verdict", "citations"} for sentence in turn["sentences"])
    assert all(set(source) >= {"n", "document", "title", "locator", "quote", "url"} for source in turn["sources"])
    assert (turn["thread"], turn["engine"], turn["abstained"]) == ("t", "composer", False)
    assert turn["timings_ms"]["total"] < 10_000
    second = atenea("ask", "¿y por qué?", "--thread", "t", data=data)
    assert second.code == 0
    assert "[1]" in second.out
    assert "→" in second.out
    kept = opened(data).history("t")
    assert [kept_turn["concepts"][0] for kept_turn in kept] == ["self-attention", "self-attention"]
    assert kept[1]["answer"] in second.out


def opened(data: Path) -> Tutor:
    from tutor.settings import Settings

    return Tutor(Settings(data_dir=data, model="composer"))


CLAIMS = "BERT base has 12 layers. BERT base has 24 layers. GPT-4 has 120 layers.\n"


def test_checking_searching_and_looking_around(data: Path, tmp_path: Path) -> None:
    text = tmp_path / "claims.txt"
    text.write_text(CLAIMS, encoding="utf-8")
    piped, found, doctor = at_once(
        partial(atenea, "check", "-", "--json", data=data, stdin=CLAIMS.encode("utf-16")),
        partial(atenea, "search", "multi-head attention", "--k", "3", "--json", data=data),
        partial(atenea, "doctor", "--json", data=data),
    )
    checked, shown = inside("check", text, "--json", data=data), inside("check", text, data=data)
    courses = inside("course", "list", "--json", data=data)
    assert [done.code for done in (checked, piped, shown, found, doctor, courses)] == [0] * 6
    assert [claim["verdict"] for claim in checked.value["claims"]] == ["supported", "contradicted", "not_found"]
    assert checked.value["counts"] == {"supported": 1, "contradicted": 1, "not_found": 1}
    for claim in checked.value["claims"]:
        assert set(claim) >= {"text", "verdict", "score", "evidence", "note"}
        assert all(set(item) >= {"document", "title", "locator", "quote", "score"} for item in claim["evidence"])
    assert piped.value == checked.value
    assert [line[0] for line in shown.out.splitlines()[:-1] if line[0] != " "] == ["✓", "✗", "?"]
    assert len(found.value["hits"]) == 3
    assert all(set(hit) >= {"passage", "document", "title", "locator", "text", "score"} for hit in found.value["hits"])
    checks = {check["name"]: check for check in doctor.value["checks"]}
    assert {"data folder", "course", "encoder", "index", "library", "conversations", "model"} <= set(checks)
    assert all(check["ok"] for check in checks.values()), checks
    assert all(set(check) >= {"name", "ok", "detail", "hint"} for check in checks.values())
    assert [course["id"] for course in courses.value["courses"]] == ["transformers"]


def test_the_library_of_a_person(data: Path, tmp_path: Path) -> None:
    notes = tmp_path / "zorblax.md"
    notes.write_text("# Zorblax\n\nThe Zorblax engine turns sea water into sound.\n", encoding="utf-8")
    pdf = make_pdf(tmp_path / "quux.pdf", [["Quux is a kind of stone."], ["Quux is found in rivers."]], title="Quux")
    added = at_once(*(partial(atenea, "library", "add", path, "--json", data=data) for path in (notes, pdf)))
    assert [done.code for done in added] == [0, 0]
    listed = inside("library", "list", "--json", data=data).value["documents"]
    fields = {"id", "title", "path", "pages", "passages", "language", "sha256", "status", "problem"}
    assert all(set(document) >= fields for document in listed)
    assert {document["title"]: document["pages"] for document in listed} == {"Zorblax": None, "Quux": 2}, (
        "two at once lose nothing"
    )
    removed = atenea("library", "remove", listed[0]["id"], "--json", data=data)
    asked = inside("ask", "What is quux?", "--sources", pdf, "--json", data=data)
    unknown = inside("library", "remove", "nothing", "--json", data=data)
    assert removed.code == 0
    assert (unknown.code, unknown.value["error"]["code"]) == (1, "document-unknown")
    assert notes.exists()
    assert {source["title"] for source in asked.value["sources"]} == {"Quux"}
    assert "Quux is a kind of stone." in asked.value["answer"]
    assert asked.value["sources"][0]["locator"].startswith("p. 1")
    assert [document["title"] for document in opened(data).library_list()["documents"]] == [listed[1]["title"]]


def test_a_new_course_and_one_with_faults(data: Path, tmp_path: Path) -> None:
    made = atenea("course", "new", tmp_path / "mine", "--json", data=data)
    assert (made.code, made.err) == (0, "")
    faulty = tmp_path / "faulty"
    shutil.copytree(tmp_path / "mine", faulty)
    concept = faulty / "concepts" / "evaporation" / "concept.toml"
    concept.write_text(
        concept.read_text(encoding="utf-8").replace("difficulty = 1", "difficulty = 9"), encoding="utf-8"
    )
    (faulty / "concepts" / "condensation" / "es.md").unlink()
    found = atenea("course", "validate", faulty, "--json", data=data)
    sound = inside("course", "validate", tmp_path / "mine", "--json", data=data)
    again = inside("course", "new", tmp_path / "mine", "--json", data=data)
    assert (sound.code, sound.value) == (0, {"problems": []})
    assert found.code == 1
    problems = {(Path(fault["file"]).name, fault["line"]) for fault in found.value["problems"]}
    assert problems >= {("concept.toml", 4), ("es.md", 1)}
    assert (again.code, again.value["error"]["code"]) == (1, "path-taken")


# Bad input: exit 1, one line that says what and how to mend it, one JSON object, nothing lost


@dataclass(frozen=True)
class Bad:
    """What cannot be done, and the code of its error; `inside`: in this process, where a real one adds nothing."""

    code: str
    arguments: list[str | bytes | Path]
    stdin: bytes = b""
    data: str = "data"
    env: dict[str, str] = field(default_factory=dict)
    inside: bool = False

    def run(self, place: Path) -> Done:
        if self.inside:
            return inside(*map(str, self.arguments), "--json", data=place / self.data)
        return atenea(*self.arguments, "--json", data=place / self.data, stdin=self.stdin, env=self.env)


FRENCH = "Pourquoi est-ce que les réseaux de neurones sont si utiles pour la langue ?"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that can be wrong."""
    place = tmp_path_factory.mktemp("bad")
    (place / "big.txt").write_text("Attention weighs the values. " * 36_000, encoding="utf-8")
    (place / "picture.txt").write_bytes(PNG)
    (place / "empty.md").write_bytes(b"")
    (place / "a-file").write_text("not a folder", encoding="utf-8")
    sound = make_pdf(place / "sound.pdf", [["One page."]])
    (place / "broken.pdf").write_bytes(sound.read_bytes()[:200])
    writer = PdfWriter(clone_from=PdfReader(sound))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(place / "encrypted.pdf")
    for name, file, content in (
        ("threads", "threads.sqlite", random.Random(5).randbytes(20_000)),
        ("list", "library/library.json", b'{"version": 1, "entr'),
    ):
        damaged = place / name / file
        damaged.parent.mkdir(parents=True)
        damaged.write_bytes(content)
    return place


def bad_calls(place: Path) -> dict[str, Bad]:
    """Every bad call by its name."""
    return {
        "empty question": Bad("empty-text", ["ask", ""], inside=True),
        "control character": Bad("control-characters", ["ask", "a\x07b"]),
        "bytes that are no text": Bad("control-characters", ["ask", b"caf\xe9 con leche"]),
        "long question": Bad("too-long", ["ask", "x " * 60_000], inside=True),
        "French": Bad("other-language", ["ask", FRENCH], inside=True),
        "a megabyte": Bad("too-long", ["check", place / "big.txt"], inside=True),
        "picture on stdin": Bad("document-binary", ["check", "-"], PNG),
        "picture called text": Bad("document-binary", ["check", place / "picture.txt"], inside=True),
        "no such file": Bad("document-missing", ["check", place / "none.txt"], inside=True),
        "a name that is no text": Bad("document-missing", ["check", b"caf\xe9.txt"]),
        "missing PDF": Bad("no-documents", ["library", "add", place / "none.pdf"], inside=True),
        "encrypted PDF": Bad("no-documents", ["library", "add", place / "encrypted.pdf"], inside=True),
        "broken PDF": Bad("no-documents", ["library", "add", place / "broken.pdf"]),
        "broken source": Bad("no-documents", ["ask", "What?", "--sources", place / "broken.pdf"], inside=True),
        "data folder is a file": Bad("folder-unwritable", ["ask", "What is BERT?"], data="a-file"),
        "data folder cannot be made": Bad(
            "folder-unwritable", ["library", "add", place / "sound.pdf", "--data-dir", "/proc/atenea"]
        ),
        "damaged conversations": Bad("store-damaged", ["ask", "What is BERT?", "--thread", "t"], data="threads"),
        "damaged library": Bad("library-damaged", ["ask", "What is BERT?"], data="list", inside=True),
        "no such model": Bad("model-missing", ["ask", "What is BERT?"], env={"ATENEA_MODEL": "transformers:/nowhere"}),
        "no such suite": Bad("suite-unknown", ["eval", "beauty"], inside=True),
        "no such course": Bad("course-missing", ["course", "validate", place], inside=True),
    }


@pytest.fixture(scope="module")
def told(place: Path) -> dict[str, Done]:
    """What each bad call said, with --json."""
    calls = bad_calls(place)
    outside = {name: partial(bad.run, place) for name, bad in calls.items() if not bad.inside}
    done = dict(zip(outside, at_once(*outside.values()), strict=True))
    return done | {name: bad.run(place) for name, bad in calls.items() if bad.inside}


@pytest.mark.parametrize("name", bad_calls(Path()))
def test_bad_input_is_told_in_one_line(told: dict[str, Done], place: Path, name: str) -> None:
    done = told[name]
    assert done.code == 1, (done.out, done.err)
    assert "Traceback" not in done.out + done.err
    [line] = done.err.splitlines()
    assert line.startswith("atenea: ")
    assert len(line) < 600
    error = done.value["error"]
    assert set(error) == {"code", "message", "hint"}
    assert error["code"] == bad_calls(place)[name].code
    assert error["message"]
    assert error["message"] in line or "�" in line or "\\" in line


def test_bad_input_loses_nothing(told: dict[str, Done], place: Path) -> None:
    assert told
    assert (place / "threads" / "threads.sqlite").read_bytes() == random.Random(5).randbytes(20_000)
    assert (place / "list" / "library" / "library.json").read_bytes() == b'{"version": 1, "entr'
    assert (place / "a-file").read_text(encoding="utf-8") == "not a folder"


def test_a_damaged_index_is_rebuilt(data: Path, tmp_path: Path, tutor: Tutor) -> None:
    """Bytes are flipped in the saved index of a small course: mended, told on stderr, and the same answer."""
    cache = tmp_path / "cache"
    shutil.copytree(tutor.settings.cache_dir, cache, ignore=shutil.ignore_patterns("index-*", "vectors", "building"))
    question = ("ask", "¿Qué es la evaporación?", "--json")
    env = {"ATENEA_CACHE_DIR": str(cache), "ATENEA_COURSE": str(COURSE)}
    whole = inside(*question, data=data, env=env)
    assert whole.code == 0, whole.err
    index = max(cache.glob("index-*"), key=lambda folder: (folder / "es" / "passages.jsonl").stat().st_size)
    chance = random.Random(3)
    for file in ("es/passages.jsonl", "en/vectors.faiss"):
        content = bytearray((index / file).read_bytes())
        for _ in range(50):
            content[chance.randrange(len(content))] ^= 0xFF
        (index / file).write_bytes(content)
    mended, again = atenea(*question, data=data, env=env), inside(*question, data=data, env=env)
    assert (mended.code, again.code) == (0, 0)
    assert "damaged" in mended.err
    assert "Traceback" not in mended.err
    assert again.err == ""
    assert whole.value["answer"] == mended.value["answer"] == again.value["answer"]


def test_two_processes_ask_at_once_in_a_new_folder(data: Path) -> None:
    questions = ["¿Qué es la atención?", "What is BERT?"]
    done = at_once(
        *(partial(atenea, "ask", question, "--thread", "same", "--json", data=data) for question in questions)
    )
    assert [(one.code, one.err) for one in done] == [(0, ""), (0, "")]
    assert sorted(turn["question"] for turn in opened(data).history("same")) == sorted(questions)


def test_a_terminal_that_lacks_letters(data: Path) -> None:
    done = atenea("ask", "hola", data=data, env={"PYTHONIOENCODING": "ascii"})
    assert done.code == 0
    assert "Hola!" in done.out
    assert done.err == ""


def test_a_chat_in_the_terminal(data: Path) -> None:
    lines = "¿Qué es la atención?\n¿y por qué?\na\x07b\ngracias\n\nnever read\n"
    done = atenea("chat", "--thread", "c", data=data, stdin=lines.encode())
    assert done.code == 0
    assert "La atención es una función" in done.out
    assert "[1]" in done.out
    assert len(done.err.splitlines()) == 1
    assert "Traceback" not in done.err
    assert [turn["question"] for turn in opened(data).history("c")] == [
        "¿Qué es la atención?",
        "¿y por qué?",
        "gracias",
    ]
