"""A model behind a server: what it says is heard, and whatever the server does ends in an answer or a clear error."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from chat_server import DONE, END, Part, Play, Reply, as_json, event, listed, serving, speech
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

import agents.chat_server
from agents.chat_compat import CompatChat, compat_chat
from agents.chat_finder import found_server
from agents.chat_model import load_chat_model
from agents.chat_server import MOST_CHARACTERS, Patience, checked_address
from agents.errors import BadModel

QUICK = Patience(connect=1.0, first=0.3, between=0.3, whole=1.5)
KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts follow one another quickly."""
    monkeypatch.setattr(agents.chat_server, "BACK_OFF", 0.01)


@pytest.fixture
def play() -> Iterator[Play]:
    with serving(Play([Reply(speech("Hola a todos."))])) as playing:
        yield playing


def model_of(play: Play, name: str = "tiny", **more: Any) -> CompatChat:
    return CompatChat(base_url=play.url, model=name, patience=more.pop("patience", QUICK), **more)


def heard(play: Play, **more: Any) -> str:
    return str(model_of(play, **more).invoke("¿Qué es la atención?").content).strip()


def fault(play: Play, **more: Any) -> BadModel:
    with pytest.raises(BadModel) as told:
        heard(play, **more)
    for language in ("es", "en"):
        assert told.value.message(language)
        assert told.value.hint(language)
        assert "{url}" not in told.value.message(language)
        assert "\n" not in told.value.message(language)
    return told.value


def closed_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


# Speaking


def test_a_server_is_asked_in_the_common_form_and_heard_as_it_speaks(play: Play) -> None:
    play.replies = [Reply([event("Uno "), event("dos."), 0.2, event(" Tres."), END, DONE])]
    model = model_of(play, api_key=KEY, temperature=0.5, max_new_tokens=7)
    began, times = time.monotonic(), list[float]()
    talk = [SystemMessage("Eres tutora."), HumanMessage("¿Qué?"), AIMessage("Sí."), HumanMessage("\ud800¿Por qué?")]
    pieces = []
    for chunk in model.stream(talk, stop=["FIN"]):
        pieces.append(str(chunk.content))
        times.append(time.monotonic() - began)
    assert "".join(pieces) == "Uno dos. Tres."
    assert times[0] < 0.19 < times[-1], "the first word does not wait for the last"
    [asked] = play.asked
    assert asked == {
        "model": "tiny", "stream": True, "stream_options": {"include_usage": True},
        "temperature": 0.5, "max_tokens": 7, "stop": ["FIN"],
        "messages": [
            {"role": "system", "content": "Eres tutora."}, {"role": "user", "content": "¿Qué?"},
            {"role": "assistant", "content": "Sí."}, {"role": "user", "content": "\ud800¿Por qué?"},
        ],
    }  # fmt: skip
    assert play.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_without_a_name_the_first_model_that_chats_speaks(play: Play) -> None:
    play.models = listed("text-embedding-small", "bge-m3", "gpt-oss:120b-cloud", "qwen", "gemma")
    model = load_chat_model(f"openai:{play.url}")
    assert isinstance(model, CompatChat)
    assert model.speaker == "qwen"
    assert str(model.invoke("Hola", temperature=0).content).strip() == "Hola a todos."
    named = load_chat_model(f"openai:{play.url}/#gemma", KEY, 9.0)
    assert isinstance(named, CompatChat)
    assert (named.speaker, named.patience.whole, named.base_url) == ("gemma", 9.0, play.url)


@pytest.mark.parametrize(
    "parts",
    [
        [event("Hola "), event("a todos."), END],  # transformers serve sends no [DONE]
        [event("Hola "), event("a todos."), DONE],
        [event("Hola "), event("a todos."), END, 9.0],  # the line stays open
        [part for byte in event("Hola a todos.") + END for part in [bytes([byte])]],
        [b": ping\r\n\r\n", 0.05, b"garbage\n\n", event("Hola a todos."), b"data: {\n\n", END],
        [event(delta={"reasoning_content": "Piensa."}), event("<thi"), event("nk>No.</think>Hola a todos."), END],
        [event(delta={"reasoning": "Piensa.", "content": ""}), event("Hola a todos."), END],
        [b'{"choices": [{"message": {"content": "Hola a todos."}, "finish_reason": "stop"}]}'],
    ],
)
@pytest.mark.parametrize("chunked", [True, False])
def test_every_manner_of_speaking_is_understood(play: Play, parts: list[Part], chunked: bool) -> None:
    play.replies = [Reply(parts, chunked=chunked)]
    assert heard(play) == "Hola a todos."


COUNTED = b'data: {"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}\n\n'


@pytest.mark.parametrize(
    ("parts", "counted"),
    [
        ([event("Hola."), END, COUNTED, DONE], (12, 3)),
        ([event("Hola."), END, 0.05, COUNTED, 9.0], (12, 3)),
        ([event("Hola."), event(finish_reason="stop", delta={"content": None}), DONE, COUNTED], None),
        ([event("Hola."), END, 9.0], None),
        ([event("Hola."), COUNTED.replace(b"12", b'"many"'), END, DONE], None),
    ],
    ids=["counts", "counts late", "too late", "silent", "no number"],
)
def test_tokens_are_counted_by_the_server_where_it_does(
    play: Play, parts: list[Part], counted: tuple[int, int] | None
) -> None:
    play.replies = [Reply(parts)]
    *said, last = model_of(play).stream("Hola")
    assert "".join(str(chunk.content) for chunk in said) == "Hola."
    whole = [chunk.usage_metadata for chunk in (*said, last) if chunk.usage_metadata]
    assert [(one["input_tokens"], one["output_tokens"]) for one in whole] == ([counted] if counted else [])


def test_a_caller_that_goes_hangs_up_at_once(play: Play) -> None:
    play.replies = [Reply([event("Uno "), event("dos "), 20.0, event("tres")])]
    stream = model_of(play).stream("Hola")
    assert next(stream).content == "Uno "
    stream.close()  # type: ignore[attr-defined]
    assert play.gone.wait(0.5)
    deadline = time.monotonic() + 1
    while any(thread.name == "atenea-chat-call" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "no thread stays behind"
        time.sleep(0.01)


# Faults


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(play: Play, status: int) -> None:
    busy = as_json({"error": {"message": "busy"}}, status, **{"Retry-After": "0"})
    play.replies = [busy, busy, Reply(speech("Ya está."))]
    assert heard(play) == "Ya está."
    assert len(play.asked) == 3


def test_a_busy_server_is_left_after_three_times_or_at_once_when_it_asks_for_long(play: Play) -> None:
    play.replies = [as_json({"error": {"message": "busy"}}, 503)]
    assert (fault(play).code, len(play.asked)) == ("server-error", 3)
    play.replies = [as_json({"error": {"message": "busy"}}, 429, **{"Retry-After": "3600"})]
    assert (fault(play).code, len(play.asked)) == ("server-error", 4)


def test_a_server_says_how_long_to_wait(play: Play) -> None:
    play.replies = [as_json({}, 429, **{"Retry-After": "0.2"}), Reply(speech("Ya."))]
    began = time.monotonic()
    assert heard(play) == "Ya."
    assert 0.2 <= time.monotonic() - began < 1.0


def test_a_server_that_is_not_there_is_named_with_what_to_start() -> None:
    url = f"http://127.0.0.1:{closed_port()}/v1"
    with pytest.raises(BadModel) as told:
        CompatChat(base_url=url, model="x", patience=QUICK).invoke("Hola")
    assert told.value.code == "server-unreachable"
    assert url in told.value.message("es")
    assert "ollama serve" in told.value.hint("es")


def test_a_server_that_starts_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents.chat_server, "BACK_OFF", 0.2)
    port = closed_port()
    asking = CompatChat(base_url=f"http://127.0.0.1:{port}/v1", model="x", patience=Patience(whole=5.0))
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(str(asking.invoke("Hola").content)))
    thread.start()
    time.sleep(0.05)
    with serving(Play().says("Aquí estoy."), port):
        thread.join(5)
    assert answers == ["Aquí estoy. "]


def test_a_model_that_the_server_has_not_is_named_with_those_it_has(play: Play) -> None:
    play.models = listed("qwen", "gemma")
    play.replies = [as_json({"error": {"message": "model not found"}}, 404)]
    told = fault(play, name="gpt-9")
    assert told.code == "server-model-unknown"
    assert "gpt-9" in told.message("es")
    assert "qwen, gemma" in told.message("es")
    assert f"ATENEA_MODEL=openai:{play.url}#qwen" in told.hint("es")
    assert len(play.asked) == 1, "what was wrong stays wrong"


HTML = b"<!doctype html><html><script>alert(1)</script><body><h1>It works!</h1></body></html>"


@pytest.mark.parametrize(
    ("reply", "code", "said"),
    [
        (Reply([HTML], headers={"Content-Type": "text/html"}), "server-garbage", "It works!"),
        (as_json({"answer": 42}), "server-garbage", "answer"),
        (as_json([1, 2]), "server-garbage", "[1, 2]"),
        (Reply([b"data: {]\n\n"]), "server-garbage", "{]"),
        (Reply([b"\x1b[2Jhi\n" * 9]), "server-garbage", "[2Jhi"),
        (Reply([b'data: {"answer": 42}\n\n']), "server-garbage", "—"),
        (Reply([]), "server-garbage", "—"),
        (Reply([b"x" * 500_000] * 9), "server-garbage", "—"),
        (as_json({"error": {"message": f"bad key {KEY}"}}, 500), "server-error", "bad key ***"),
        (Reply([HTML], 500, {"Content-Type": "text/html"}), "server-error", "It works!"),
        (as_json({"error": {"message": "no"}}, 401), "server-key", ""),
        (Reply([], 302, {"Location": "http://127.0.0.1:9/v1"}), "server-error", "302"),
        (Reply([event("Uno. "), b'data: {"error": {"message": "CUDA out of memory"}}\n\n']), "server-failed", "CUDA"),
        (Reply([event("Uno. ")], cut=True), "server-broke", ""),
        (Reply([event("Uno. ")], chunked=False), "server-broke", ""),
        (Reply([event("Uno. ")], chunked=False, cut=True), "server-broke", ""),
        (Reply([0.6, event("Uno."), END]), "server-slow", ""),
        (Reply([event("Uno. "), 0.6, event("Dos."), END]), "server-slow", ""),
        (Reply([part for _ in range(40) for part in (b": ping\n\n", 0.05)]), "server-slow", ""),
        (Reply([part for _ in range(60) for part in (event("a "), 0.05)]), "server-slow", "2 seconds"),
        (Reply([event("a" * 9_000)] * 30), "server-endless", str(MOST_CHARACTERS)),
        (Reply([event(delta={"reasoning": "hm"}) * 500] * 60), "server-endless", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_every_fault_has_its_name_and_no_secret_is_told(play: Play, reply: Reply, code: str, said: str) -> None:
    play.replies = [reply]
    began = time.monotonic()
    told = fault(play, api_key=KEY)
    assert told.code == code
    assert said in told.message("en")
    assert len(told.message("en")) < 400
    assert time.monotonic() - began < 3
    assert len(play.asked) == 1, "nothing is asked again once it was heard"
    assert (
        KEY not in f"{told}{told.values}{told!r}{model_of(play, api_key=KEY)!r}{model_of(play, api_key=KEY).server!r}"
    )


def test_the_waiting_for_the_first_word_is_not_that_between_words(play: Play) -> None:
    play.replies = [Reply([0.5, event("Tarde."), END])]
    assert heard(play, patience=Patience(first=2.0, between=0.1, whole=5.0)) == "Tarde."


@pytest.mark.parametrize(
    ("models", "health", "code"),
    [
        (as_json({"error": "CacheNotFound"}, 500), 200, "server-nameless"),
        (as_json({"error": "CacheNotFound"}, 500), 503, "server-error"),
        (listed(), 200, "server-nameless"),
        (listed("nomic-embed-text", "kimi:cloud"), 200, "server-nameless"),
        (as_json({"data": [{"name": 3}]}), 200, "server-nameless"),
        (Reply([HTML]), 200, "server-nameless"),
        (as_json({}, 401), 200, "server-key"),
        (Reply([3.0]), 200, "server-slow"),
        (Reply([b"{"], cut=True), 200, "server-broke"),
    ],
    ids=str,
)
def test_a_list_of_models_that_is_none(
    play: Play, models: Reply, health: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.models, play.health = models, health
    server = model_of(play).server
    with pytest.raises(BadModel) as told:
        server.models(0.3)
    assert told.value.code == code
    assert heard(play) == "Hola a todos.", "a model that is named needs no list"


@pytest.mark.parametrize(
    "url",
    [
        "", "gpt-4", "127.0.0.1:8000/v1", "ftp://127.0.0.1/v1", "http://", "http://u:geheim@127.0.0.1/v1",
        "http://h:99999/v1", "http://h/v1?key=geheim", "http://h/ v1", "file:///etc/passwd", "http://[::1/v1",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_told_without_its_secrets(url: str) -> None:
    with pytest.raises(BadModel) as told:
        load_chat_model(f"openai:{url}")
    assert told.value.code == "server-address"
    assert "geheim" not in str(told.value) + repr(told.value)


def test_an_address_is_completed_and_a_proxy_never_asked(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked_address("http://localhost:8000") == "http://localhost:8000/v1"
    assert checked_address("https://h/api/v1/") == "https://h/api/v1"
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port()}")
    assert compat_chat(f"openai:{play.url.removesuffix('/v1')}").invoke("Hola").content == "Hola a todos. "


# Finding one


def port_of(play: Play) -> int:
    return int(play.url.split(":")[2].split("/")[0])


def test_the_first_server_that_speaks_is_found(play: Play) -> None:
    with serving(Play([as_json({}, 500)], models=listed("broken"))) as broken, serving(Play(models=listed())) as empty:
        ports = (closed_port(), port_of(broken), port_of(empty), port_of(play))
        assert found_server(ports) == f"openai:{play.url}#tiny"
        assert found_server(ports[:3]) is None
    assert play.asked[0]["max_tokens"] == 1


def test_looking_where_nothing_is_costs_next_to_nothing() -> None:
    began = time.monotonic()
    assert found_server(tuple(closed_port() for _ in range(4))) is None
    assert time.monotonic() - began < 0.3
