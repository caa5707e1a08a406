"""Every call of a chat model is recorded, with no word of anybody, and a record that fails costs nothing else."""

import json
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from chat_server import END, Play, Reply, event, serving, speech
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import tutor.calls
from agents.chat_calls import call_config
from agents.chat_compat import compat_chat
from agents.chat_model import ScriptedChatModel
from agents.chat_recorder import CallRecorder, recorded
from agents.chat_structured import capabilities
from agents.errors import BadModel
from agents.model_call import DONE, STOPPED, ModelCall
from agents.prompting import prompt
from tutor.calls import CallLog, RecordedCall
from tutor.errors import TutorError
from tutor.evaluation import evaluate_suite, show_result
from tutor.evaluation_calls import evaluate_calls
from tutor.settings import Settings
from tutor.spans import Spans
from tutor.tutor import Tutor

TRUE = "La salida de la atención es una suma ponderada de los valores."
FALSE = "La salida de la atención es una suma ponderada de las claves."
ASKED = "¿Qué es la atención?"


def heard(model: BaseChatModel, *, texts: bool = False) -> list[ModelCall]:
    """The list into which the calls of a model will come."""
    calls: list[ModelCall] = []
    recorded(model, CallRecorder("m", calls.append, texts=texts))
    return calls


def call(number: int = 0, **changes: Any) -> ModelCall:
    row: dict[str, Any] = {
        "at": 1000.0 + number, "turn": f"t{number}", "prompt": "explainer.es", "prompt_hash": "0f", "model": "m",
        "tokens_in": 100, "tokens_out": 20, "counted": True, "first_seconds": 0.5, "seconds": 2.0, "ended": DONE,
    }  # fmt: skip
    return ModelCall(**{**row, **changes})


# Listening to any model


class Whole(BaseChatModel):
    """Someone else's model: it answers whole, and counts its tokens or does not."""

    usage: dict[str, int] | None = None

    @property
    def _llm_type(self) -> str:
        return "whole"

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        message = AIMessage(content="Hola a todos.", usage_metadata=self.usage)
        return ChatResult(generations=[ChatGeneration(message=message)])


class Pieces(ScriptedChatModel):
    """Counts at its end, or fails there."""

    fails: bool = False

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        yield from super()._stream(*args, **kwargs)
        if self.fails:
            raise BadModel("server-broke", url="http://x")
        usage: Any = {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage))


def test_a_call_is_told_with_its_prompt_its_tokens_and_its_times() -> None:
    model = Pieces(script=["Uno dos tres."])
    calls = heard(model)
    "".join(str(chunk.content) for chunk in model.stream("¿Secreto?", config=call_config("explainer", "es")))
    [told] = calls
    assert (told.prompt, told.model, told.ended, told.turn) == ("explainer.es", "m", DONE, "")
    assert told.prompt_hash == call_config("explainer", "es")["metadata"]["prompt_hash"]
    assert (told.tokens_in, told.tokens_out, told.counted) == (9, 4, True)
    assert told.first_seconds is not None
    assert 0 <= told.first_seconds <= told.seconds
    assert (told.asked, told.said) == ("", "")


@pytest.mark.parametrize("usage", [{"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}, None])
def test_a_model_of_others_that_answers_whole_is_heard_too(usage: dict[str, int] | None) -> None:
    model = Whole(usage=usage)
    calls = heard(model, texts=True)
    assert model.invoke("Hola y adiós").content == "Hola a todos."
    [told] = calls
    # Four characters a token where nobody counts.
    assert (told.tokens_in, told.tokens_out, told.counted) == ((7, 3, True) if usage else (3, 4, False))
    assert told.first_seconds is None
    assert (told.prompt, told.asked, told.said) == ("", "Hola y adiós", "Hola a todos.")


def test_how_a_call_ended_is_told() -> None:
    model = Pieces(script=["Uno dos tres."], fails=True)
    calls = heard(model)
    with pytest.raises(BadModel):
        list(model.stream("Hola"))
    with closing(model.stream("Hola")) as stream:  # type: ignore[type-var]
        next(stream)
    assert [one.ended for one in calls] == ["server-broke", STOPPED]
    assert all(one.tokens_out > 0 for one in calls), "what was said before counts"


def test_listeners_that_were_there_stay() -> None:
    model = Pieces(script=["Hola."])
    first, second = heard(model), heard(model)
    model.invoke("Hola")
    assert len(first) == len(second) == 1


def test_the_hash_names_the_template() -> None:
    prompts = [(name, language) for name in ("grader", "judge") for language in ("es", "en")]
    hashes = {call_config(*one)["metadata"]["prompt_hash"] for one in prompts}
    assert len(hashes) == 4
    assert all(len(one) == 16 for one in hashes)
    assert prompt("grader", "es").filename.endswith("grader.es.md")  # type: ignore[union-attr]


# Keeping


def test_what_is_written_is_read_again_with_the_counts_of_its_turn(tmp_path: Path) -> None:
    log = CallLog(tmp_path)
    assert log.rows() == []
    log.add(call(0))
    log.add(call(1, prompt="grader.es", turn=""))
    log.judge("t0", {"passed": 3, "dropped": 1})
    log.judge("t9", {"passed": 1})
    assert log.rows() == [
        RecordedCall(call(0), {"passed": 3, "dropped": 1}), RecordedCall(call(1, prompt="grader.es", turn=""))
    ]  # fmt: skip
    assert oct((tmp_path / "calls.jsonl").stat().st_mode)[-3:] == "600"


def test_two_files_of_a_bounded_size_and_the_oldest_rows_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tutor.calls, "MOST_BYTES", 2_000)
    log = CallLog(tmp_path)
    for number in range(60):
        log.add(call(number))
    kept = [row.call.turn for row in log.rows()]
    assert kept == [f"t{number}" for number in range(60 - len(kept), 60)]
    assert 6 < len(kept) < 25
    assert sum(file.stat().st_size for file in tmp_path.glob("*.jsonl")) < 5_000


def test_two_processes_and_eight_threads_lose_no_row(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tutor.calls import CallLog\n"
        "log = CallLog(Path(sys.argv[1]))\n"
        "for n in range(300): log.judge(f'{sys.argv[2]}-{n}', {'passed': n})"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(place)]) for place in range(2)]
    log = CallLog(tmp_path)
    threads = [threading.Thread(target=lambda: deque(map(log.add, map(call, range(50))), 0)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(60) for other in others] == [0, 0]
    lines = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text().splitlines() if line]
    assert len(lines) == 600 + 400
    assert len(log.rows()) == 400


def test_a_line_that_was_cut_costs_only_itself(tmp_path: Path) -> None:
    log = CallLog(tmp_path)
    log.add(call(0))
    with log.file.open("ab") as file:
        file.write(b'\n{"at": 1, "turn": "cu')
    log.add(call(1))
    with log.file.open("ab") as file:
        file.write(b'\n[]\n{"at": 3}\n{"sentences": {}}\n\xff\xfe\n')
    assert [row.call.turn for row in log.rows()] == ["t0", "t1"]


@pytest.mark.parametrize("broken", ["full disk", "file in the way"])
def test_a_record_that_cannot_be_written_is_told_once_and_breaks_no_turn(
    tmp_path: Path, settings: Settings, broken: str
) -> None:
    told: list[str] = []
    made = Tutor(Settings(data_dir=tmp_path, cache_dir=settings.cache_dir, model="composer"), told.append)
    if broken == "full disk":
        (tmp_path / "calls").mkdir()
        (tmp_path / "calls" / "calls.jsonl").symlink_to("/dev/full")
    else:
        (tmp_path / "calls").write_text("")
    model = made.recording.listen(ScriptedChatModel(script=["Hola."]), "m")
    assert str(model.invoke("Hola").content).strip() == "Hola."
    assert str(model.invoke("Hola").content).strip() == "Hola."
    made.recording.turn().judge({"passed": 1})
    [line] = told
    assert "are not recorded" in line
    assert "calls.jsonl" in line
    assert "Answers are not affected" in line


# Turns


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    with serving(Play()) as playing:
        yield playing


def tutor_of(play: Play, folder: Path, settings: Settings, **more: Any) -> Tutor:
    model = f"openai:{play.url}#tiny"
    return Tutor(Settings(data_dir=folder, cache_dir=settings.cache_dir, model=model, **more))


@pytest.fixture(scope="module")
def through(play: Play, tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Tutor:
    return tutor_of(play, tmp_path_factory.mktemp("calls"), settings)


def test_a_turn_is_recorded_with_what_became_of_its_sentences_and_without_a_word(through: Tutor, play: Play) -> None:
    play.says(f"{TRUE} {FALSE} Secreto de Ana.")
    before = len(through.recording.log.rows())
    turn = through.ask(f"{ASKED} Me llamo Ana.", thread="ana")
    row = through.recording.log.rows()[before]
    assert (row.call.prompt, row.call.model, row.call.ended) == ("explainer.es", f"openai:{play.url}#tiny", DONE)
    assert row.sentences == turn["drafts"]
    assert row.sentences["passed"] > 0
    assert "seconds" not in turn["drafts"]
    assert turn["timings_ms"]["checking"] > 0
    kept = b"".join(file.read_bytes() for file in (through.settings.calls_dir).iterdir())
    assert not any(word in kept.decode() for word in ("Ana", "ana", "atención", "suma"))


def test_texts_are_recorded_when_that_is_switched_on_and_deleted_with_a_learner(
    play: Play, tmp_path: Path, settings: Settings
) -> None:
    made = tutor_of(play, tmp_path, settings, record_texts=True)
    play.says(TRUE)
    made.ask(ASKED, learner="ana")
    [row] = made.recording.log.rows()
    assert ASKED in row.call.asked
    assert TRUE in row.call.said
    made.learner_delete("ana")
    [row] = made.recording.log.rows()
    assert (row.call.asked, row.call.said) == ("", "")
    assert row.sentences, "the figures stay"
    files = [file for file in tmp_path.rglob("calls*") if file.is_file()]
    assert files
    assert not [file for file in files if b"suma" in file.read_bytes()]
    assert all(oct(file.stat().st_mode)[-3:] == "600" for file in files)


def test_trying_what_a_model_can_do_is_recorded_as_such(play: Play) -> None:
    play.says('{"ok": true, "n": 1}')
    model = compat_chat(f"openai:{play.url}#tried")
    calls = heard(model)
    assert capabilities(model).json_schema
    assert [(one.prompt, one.ended) for one in calls] == [("probe", DONE)]


def test_the_composer_leaves_no_record(tutor: Tutor) -> None:
    tutor.ask(ASKED)
    assert tutor.recording.log.rows() == []


# The suite


def test_the_suite_sums_up_by_prompt_and_model(tmp_path: Path) -> None:
    rows = [
        RecordedCall(call(0), {"passed": 4, "composed": 1, "rewritten": 1, "dropped": 1, "repeated": 0}),
        RecordedCall(call(1, seconds=4.0, first_seconds=1.5), {"passed": 5, "rewritten": 0, "dropped": 0}),
        RecordedCall(call(2, prompt="grader.en", counted=False, tokens_out=5, first_seconds=None)),
        RecordedCall(call(3, prompt="grader.en", ended="server-slow", tokens_out=0, seconds=4.0)),
        RecordedCall(call(4, prompt="explainer.es", ended=STOPPED, first_seconds=1.0), {}),
    ]
    found = evaluate_calls(rows).to_json()
    assert (found["suite"], found["n"], list(found["by"])) == ("calls", 5, ["explainer.es · m", "grader.en · m"])
    explained = {name: value["value"] for name, value in found["by"]["explainer.es · m"].items()}
    assert explained == {
        "passed": 0.8, "rewritten": 0.1, "tokens_per_second": 7.5, "first_token_p50": 1.0, "call_p50": 2.0,
        "ended_well": 1.0, "counted": 1.0,
    }  # fmt: skip
    graded = {name: value["value"] for name, value in found["by"]["grader.en · m"].items()}
    assert graded["passed"] is None
    assert (graded["tokens_per_second"], graded["ended_well"], graded["counted"]) == (0.8333, 0.5, 0.5)
    assert found["notes"] == {"tokens_in": 500, "tokens_out": 65}
    bounds = found["metrics"]["passed"]
    assert bounds["lo"] <= bounds["value"] <= bounds["hi"]
    assert "explainer.es · m" in show_result(found)


def test_the_suite_reads_the_data_folder_and_asks_nobody(through: Tutor, play: Play) -> None:
    play.says(TRUE)
    through.ask(ASKED)
    asked = len(play.asked)
    found = evaluate_suite(through, "calls", None, [])
    assert found["n"] == len(through.recording.log.rows()) > 0
    assert len(play.asked) == asked


def test_the_suite_has_nothing_to_say_of_nothing(tutor: Tutor) -> None:
    found = evaluate_suite(tutor, "calls", None, [])
    assert found["n"] == 0
    assert found["metrics"]["passed"] == {"value": None, "lo": None, "hi": None}


# OpenTelemetry


@pytest.fixture
def exported() -> Iterator[tuple[InMemorySpanExporter, Spans]]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter, Spans(provider.get_tracer("test"))
    provider.shutdown()


def test_a_turn_and_its_calls_are_spans_of_the_conventions_and_hold_no_word(
    play: Play, through: Tutor, exported: tuple[InMemorySpanExporter, Spans], monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter, spans = exported
    monkeypatch.setattr(through.recording, "spans", spans)
    play.replies = [Reply([*speech(TRUE)[:-1], b'data: {"choices": [], "usage": {"prompt_tokens": 12, '
                           b'"completion_tokens": 15}}\n\n'])]  # fmt: skip
    drafts = through.ask(ASKED, thread="ana")["drafts"]
    chat, whole = exporter.get_finished_spans()
    assert (chat.name, whole.name) == ("chat tiny", "invoke_agent atenea")
    assert (chat.kind, whole.kind) == (SpanKind.CLIENT, SpanKind.INTERNAL)
    assert chat.parent is not None
    assert chat.parent.span_id == whole.context.span_id
    told = dict(chat.attributes or {})
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.request.model"] == "tiny"
    assert told["gen_ai.provider.name"] == "openai"
    assert told["gen_ai.prompt.name"] == "explainer.es"
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (12, 15)
    assert told["gen_ai.response.time_to_first_chunk"] > 0  # type: ignore[operator]
    assert (whole.attributes or {})["atenea.sentences.passed"] == drafts["passed"]
    assert chat.end_time is not None
    assert chat.start_time is not None
    assert whole.start_time is not None
    assert whole.end_time is not None
    assert whole.start_time <= chat.start_time + 10**6 < chat.end_time <= whole.end_time + 10**6
    assert not any(word in chat.to_json() + whole.to_json() for word in ("ana", "atención", "127.0.0.1"))


def test_a_call_that_fails_is_a_span_that_says_so_and_a_folder_is_named_by_its_end(
    exported: tuple[InMemorySpanExporter, Spans],
) -> None:
    exporter, spans = exported
    spans.call(call(model="transformers:/home/ana/models/qwen/", ended="model-failed", prompt=""))
    spans.call(call(ended=STOPPED))
    failed, stopped = exporter.get_finished_spans()
    assert (failed.name, failed.kind) == ("chat qwen", SpanKind.INTERNAL)
    assert failed.status.status_code == StatusCode.ERROR
    assert (failed.attributes or {})["error.type"] == "model-failed"
    assert "gen_ai.prompt.name" not in (failed.attributes or {})
    assert "/home/ana" not in failed.to_json()
    assert stopped.status.status_code == StatusCode.UNSET


def test_a_turn_that_is_left_ends_its_span_and_its_call(
    play: Play, through: Tutor, exported: tuple[InMemorySpanExporter, Spans], monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter, spans = exported
    monkeypatch.setattr(through.recording, "spans", spans)
    play.gone.clear()
    play.replies = [Reply([*(event(word + " ") for word in f"{TRUE} Y".split()), 20.0, END])]
    with closing(through.stream(ASKED, thread="left")) as events:  # type: ignore[type-var]
        assert next(events)["text"] == TRUE
    assert play.gone.wait(2)

    def ended() -> dict[str, dict[str, Any]]:
        return {span.name: dict(span.attributes or {}) for span in exporter.get_finished_spans()}

    soon = time.monotonic() + 5
    while "chat tiny" not in (names := ended()) and time.monotonic() < soon:  # its own thread ends it
        time.sleep(0.01)
    assert names["chat tiny"]["atenea.ended"] == STOPPED
    assert "invoke_agent atenea" in names
    assert through.history("left") == [], "what nobody waited for is no turn"


def test_without_the_extra_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    made = Tutor(Settings(data_dir=tmp_path, cache_dir=settings.cache_dir, model="composer", traces=True))
    with pytest.raises(TutorError) as told:
        made.ask(ASKED)
    assert told.value.code == "traces-extra"
    assert "atenea[otel]" in told.value.hint("es")


TRACED = """
import sys
from tutor.settings import Settings
from tutor.tutor import Tutor
for traces in (False, True):
    Tutor(Settings(traces=traces)).ask("hola")
    assert any(name.startswith("opentelemetry.exporter") for name in sys.modules) == traces
"""


def test_spans_go_over_otlp_when_traces_are_on_and_nothing_is_imported_when_they_are_off(
    tmp_path: Path, settings: Settings
) -> None:
    received: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        environment = {
            "ATENEA_MODEL": "composer", "ATENEA_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin",
            "ATENEA_CACHE_DIR": str(settings.cache_dir), "HOME": str(tmp_path),
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_address[1]}",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", TRACED], env=environment, cwd=Path(__file__).parent.parent, capture_output=True,
            text=True, timeout=60,
        )  # fmt: skip
        server.shutdown()
    assert (done.returncode, done.stderr) == (0, "")
    [(path, body)] = received
    assert path == "/v1/traces"
    assert b"invoke_agent atenea" in body
    assert b"hola" not in body
