"""Which local server speaks: the usual ports of this machine are tried, and no other machine ever is."""

import socket
from functools import cache

from agents.errors import BadModel

PORTS = (8000, 8080, 11434, 1234)  # vLLM and transformers serve, llama.cpp, Ollama, LM Studio
KNOCK = 0.06  # seconds for a port of this machine to answer; all of them together stay under 0.3
LISTING = 2.0  # seconds for a list of models
FIRST_WORD = 30.0  # seconds for one word of a server that may have to load its model first


def found_server(ports: tuple[int, ...] = PORTS) -> str | None:
    """The first server that speaks, as a choice of model ("openai:http://127.0.0.1:8000/v1#name"); None without one."""
    return next((choice for port in ports if _is_open(port) and (choice := _speaking(port))), None)


@cache
def usual_server() -> str | None:
    """The same on the usual ports, looked for once in a process."""
    return found_server()


def _is_open(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=KNOCK):
            return True
    except OSError:
        return False


def _speaking(port: int) -> str | None:
    """The server at a port as a choice, when it answers a tiny question."""
    from agents.chat_compat import compat_chat  # noqa: PLC0415  langchain, only where a port is open
    from agents.chat_server import ChatServer, Patience  # noqa: PLC0415  the same
    from agents.chat_streamed import OPENAI_PREFIX  # noqa: PLC0415  the same

    patience = Patience(connect=KNOCK * 10, first=FIRST_WORD, between=FIRST_WORD, whole=FIRST_WORD)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        name = ChatServer(url, patience=patience).models(LISTING)[0]
        choice = f"{OPENAI_PREFIX}{url}#{name}"
        compat_chat(choice, patience=patience).invoke("Hi", max_tokens=1)
    except BadModel:
        return None
    return choice
