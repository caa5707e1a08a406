"""An OpenAI-compatible server: its models, and one answer piece by piece, however badly the server behaves.

Nothing is read from the environment (no proxy), no redirect is followed, and the key goes nowhere but into the header
of a request to the address that the person named.
"""

import json
import random
import re
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from agents.ahead import Slow
from agents.chat_call import ServerCall
from agents.chat_events import Endless, EventReader, Piece, fault_of, piece_of
from agents.errors import BadModel
from knowledge.printable import one_line

ATTEMPTS = 3
BACK_OFF = 0.25  # seconds before the second attempt, doubled before each further one, with jitter of a half
LONGEST_WAIT = 10.0  # seconds that a server may ask to be left alone for (Retry-After)
WORTH_RETRYING = frozenset({429, 502, 503, 504})
MOST_CHARACTERS = 200_000  # of one answer
COUNTING = 0.25  # seconds that a server gets after its answer's end to say how many tokens it was
A_PIECE = 8  # characters that a piece counts at least, so that thinking has an end too
MOST_BYTES = 4_000_000  # of a list of models, or of an error's text
LISTING = 5.0  # seconds for a list of models
SHOWN = 200  # characters of what a server says that an error repeats
MOST_NAMES = 8  # models that an error lists
# Names of models that do not chat, and of those that a local server only passes on to a company's computers (Ollama).
_NOT_OURS = re.compile(r"embed|rerank|whisper|\btts\b|\bbge-|minilm|[-:]cloud$", re.I)
_MARKUP = re.compile(r"<(?:script|style).*?</(?:script|style)>|<[^>]*>", re.S | re.I)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to connect, until the first word, between two words, for the whole answer."""

    connect: float = 3.0
    first: float = 120.0
    between: float = 30.0
    whole: float = 300.0


def checked_address(url: str) -> str:
    """The address of a server without a slash at its end; "/v1" is added to a bare host.

    Raises `BadModel("server-address")` for what is no http address, or one with a name, a key or a query in it.
    """
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fine = False
    if not fine or parts.username is not None or parts.query or re.search(r"\s|[\x00-\x1f]", url):
        raise BadModel("server-address", model=f"openai:{_bare(url)}")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"


def _bare(url: str) -> str:
    """An address that may be shown: without what stands before @, which may be a password."""
    return one_line(re.sub(r"//[^/]*@", "//", url).partition("?")[0])[:SHOWN]


@dataclass(frozen=True)
class ChatServer:
    """One server. `url` ends before "/chat/completions"; `key` is sent as a bearer token, "" for none."""

    url: str
    key: str = field(default="", repr=False)
    patience: Patience = Patience()

    def pieces(self, body: dict[str, Any]) -> Generator[Piece, None, None]:
        """What the server says to a request for a chat answer, as it comes. Raises `BadModel`.

        A caller that closes the iterator closes the connection, so that the server stops.
        """
        reader = EventReader()
        began = time.monotonic()
        due = began + self.patience.first
        heard, finished, known, counted = 0, False, False, False
        with ServerCall(lambda call: self._answer(body, call)) as call:
            while True:
                limit = min(due, began + self.patience.whole)
                try:
                    data = self._next(call, limit - time.monotonic(), time.monotonic() - began)
                except BadModel:
                    if finished:
                        break
                    raise
                for piece in self._read(reader, data):
                    known = known or piece.known
                    finished = finished or piece.finished
                    counted = counted or piece.usage is not None
                    heard += max(len(piece.text), A_PIECE)
                    if piece.fault:
                        raise BadModel("server-failed", url=self.url, said=self._shown(piece.fault))
                    if heard > MOST_CHARACTERS:
                        raise BadModel("server-endless", url=self.url, count=MOST_CHARACTERS)
                    yield piece
                    if piece.text or piece.thought:
                        due = time.monotonic() + self.patience.between
                if data is None or reader.done or (finished and counted):
                    break
                if finished:
                    due = min(due, time.monotonic() + COUNTING)
        if not known and not reader.done:
            raise BadModel("server-garbage", url=self.url, said=self._shown(reader.stray))
        if not finished and not reader.done:
            raise BadModel("server-broke", url=self.url)

    def models(self, seconds: float = LISTING) -> list[str]:
        """The names of the models that chat on that machine, in the server's order; without one, `BadModel`."""
        status, data = self._get(f"{self.url}/models", seconds)
        if status in {401, 403}:
            raise BadModel("server-key", url=self.url)
        names = _names(data) if status == 200 else []
        if names:
            return names
        if status >= 500:  # transformers serve answers so while it has never downloaded a model
            root = self.url.removesuffix("/v1")
            alive, _ = self._get(f"{root}/health", seconds)
            if alive != 200:
                said = self._shown(data.decode(errors="replace"))
                raise BadModel("server-error", url=self.url, status=status, said=said)
        raise BadModel("server-nameless", url=self.url)

    # What happens on the way

    def _next(self, call: ServerCall, left: float, waited: float) -> bytes | None:
        try:
            return call.next(left)
        except Slow:
            raise BadModel("server-slow", url=self.url, seconds=round(waited + max(left, 0))) from None
        except httpx.TimeoutException as error:
            raise BadModel("server-slow", url=self.url, seconds=round(waited)) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise BadModel("server-broke", url=self.url) from error

    def _read(self, reader: EventReader, data: bytes | None) -> Iterator[Piece]:
        try:
            events = reader.finish() if data is None else reader.feed(data)
        except Endless:
            raise BadModel("server-garbage", url=self.url, said=self._shown(reader.stray)) from None
        return map(piece_of, events)

    def _client(self, seconds: float) -> httpx.Client:
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        return httpx.Client(
            headers=headers, trust_env=False, follow_redirects=False, verify=self.url.startswith("https:"),
            timeout=httpx.Timeout(seconds, connect=min(seconds, self.patience.connect)),
        )  # fmt: skip

    def _answer(self, body: dict[str, Any], call: ServerCall) -> None:
        """Ask, again where that is worth it, and hand the bytes to `call`; runs in a thread of its own."""
        content = json.dumps(body).encode()
        for attempt in range(1, ATTEMPTS + 1):
            pause = BACK_OFF * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311  spreads callers, no secret
            try:
                with (
                    self._client(max(self.patience.first, self.patience.between)) as client,
                    client.stream(
                        "POST", f"{self.url}/chat/completions", content=content,
                        headers={"Content-Type": "application/json"},
                    ) as response,
                ):  # fmt: skip
                    call.holds(response.extensions["network_stream"])
                    if response.status_code == 200:
                        for data in response.iter_raw():
                            call.put(data)
                        return
                    asked = _retry_after(response.headers.get("Retry-After", ""))
                    again = response.status_code in WORTH_RETRYING and asked <= LONGEST_WAIT
                    if not again or attempt == ATTEMPTS:
                        raise self._refused(response, str(body["model"]))
                    pause = max(pause, asked)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if attempt == ATTEMPTS:
                    raise BadModel("server-unreachable", url=self.url) from error
            call.pause(pause)

    def _refused(self, response: httpx.Response, model: str) -> BadModel:
        """The error of an answer that is none."""
        status, said = response.status_code, _begun(response, time.monotonic() + LISTING).decode(errors="replace")
        if status in {401, 403}:
            return BadModel("server-key", url=self.url)
        if status in {400, 404}:
            names = self._names_there()
            if names and model not in names:
                shown = [one_line(name) for name in names[:MOST_NAMES]]
                return BadModel(
                    "server-model-unknown", url=self.url, model=one_line(model), there=", ".join(shown), first=shown[0]
                )
        return BadModel("server-error", url=self.url, status=status, said=self._shown(said))

    def _names_there(self) -> list[str]:
        try:
            return self.models()
        except BadModel:
            return []

    def _get(self, url: str, seconds: float) -> tuple[int, bytes]:
        """Status and body. Raises `BadModel`."""
        ends = time.monotonic() + seconds
        try:
            with self._client(seconds) as client, client.stream("GET", url) as response:
                return response.status_code, _begun(response, ends)
        except httpx.ConnectError as error:
            raise BadModel("server-unreachable", url=self.url) from error
        except httpx.TimeoutException as error:
            raise BadModel("server-slow", url=self.url, seconds=round(seconds)) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise BadModel("server-broke", url=self.url) from error

    def _shown(self, said: str) -> str:
        """What a server says as an error may repeat it: one short line of text, without the key."""
        try:
            value = json.loads(said)
            said = (fault_of(value) if isinstance(value, dict) else "") or said
        except (ValueError, RecursionError):
            pass
        if self.key:
            said = said.replace(self.key, "***")
        shown = one_line(_MARKUP.sub(" ", said[: 20 * SHOWN]))[:SHOWN].rstrip(". ")
        return shown or "—"


def _begun(response: httpx.Response, ends: float) -> bytes:
    """The body, or as much of it as comes in time and is not too long."""
    data = b""
    for part in response.iter_raw():
        data += part
        if len(data) > MOST_BYTES or time.monotonic() > ends:
            break
    return data[:MOST_BYTES]


def _names(data: bytes) -> list[str]:
    try:
        listed = json.loads(data)["data"]
        names = [one["id"] for one in listed if isinstance(one["id"], str) and one["id"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [name for name in names if not _NOT_OURS.search(name)]


def _retry_after(value: str) -> float:
    """Seconds; a date, or what is no number, asks for nothing."""
    return float(value) if re.fullmatch(r"\d{1,6}(?:\.\d+)?", value.strip()) else 0.0
