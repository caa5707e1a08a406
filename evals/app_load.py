"""The app under load: `python -m evals.app_load` has many people use it at once.

Each person is a session of their own, which speaks to the app as a browser does, by Streamlit's messages over a
WebSocket, and draws nothing, so that the app has the cores to itself. They ask, read for a while, ask again, and go to
another page and back. Printed are the time of a turn (from the question to the end of the answer) and to its first
verified sentence, and that of a change of page, as medians and 95th percentiles: first of one person, then of all at
once.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from evals.app_pages import LOCALES, running_app

ASKED = {
    "es": ("¿Qué es la atención?", "¿Por qué se divide entre la raíz de d_k?", "¿Cuántos parámetros tiene GPT-3?",
           "¿Qué es la codificación posicional?"),
    "en": ("What is attention?", "Why are scores divided by the square root of d_k?",
           "How many parameters does GPT-3 have?", "What is positional encoding?"),
}  # fmt: skip
READ_SECONDS = (4.0, 12.0)  # what a person takes to read an answer, at least and at most
OTHER_PAGE = "settings"
MARK = "-badge["  # of a sentence with its verdict, in what is drawn
LONGEST = 16_000_000  # bytes of a message
PATIENCE = 120.0  # seconds for a page or an answer
Times = dict[str, list[float]]


class Session:
    """One person's session. `pages`: the hash of each page by its address; `box`: the widget that takes a question."""

    def __init__(self, connection: ClientConnection, language: str) -> None:
        self.connection = connection
        self.language = language
        self.pages: dict[str, str] = {}
        self.box = ""

    async def opened(self, page: str = "") -> float:
        """Go to a page; the seconds until it stands there whole."""
        asked = self._asked(page)
        return (await self._drawn(asked))[1]

    async def ask(self, question: str) -> tuple[float, float]:
        """Send a question; the seconds until its first verified sentence, and until the end of the answer. Raises
        `RuntimeError` where none came."""
        asked = self._asked("")
        asked.rerun_script.widget_states.widgets.add(id=self.box).chat_input_value.data = question
        first, whole = await self._drawn(asked)
        if first is None:
            raise RuntimeError(f"no verified sentence came to {question!r}")
        return first, whole

    def _asked(self, page: str) -> BackMsg:
        message = BackMsg()
        message.rerun_script.page_script_hash = self.pages.get(page, "")
        message.rerun_script.context_info.locale = LOCALES[self.language]
        return message

    async def _drawn(self, asked: BackMsg) -> tuple[float | None, float]:
        started, first = time.perf_counter(), None
        await self.connection.send(asked.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while True:
                heard = ForwardMsg.FromString(bytes(await self.connection.recv()))  # type: ignore[arg-type]
                kind = heard.WhichOneof("type")
                if kind == "navigation":
                    self.pages = {page.url_pathname: page.page_script_hash for page in heard.navigation.app_pages}
                    self.pages[""] = next(p.page_script_hash for p in heard.navigation.app_pages if p.is_default)
                elif kind == "delta" and heard.delta.HasField("new_element"):
                    element = heard.delta.new_element
                    self.box = element.chat_input.id or self.box
                    if first is None and MARK in element.markdown.body:
                        first = time.perf_counter() - started
                elif kind == "script_finished" and heard.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return first, time.perf_counter() - started


async def person(address: str, number: int, turns: int, times: Times) -> None:
    """One person's visit; what each thing took goes into `times`."""
    language, dice = ("es", "en")[number % 2], random.Random(number)  # noqa: S311  no secret
    stream = f"ws://{urlsplit(address).netloc}/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], max_size=LONGEST) as connection:  # type: ignore[list-item]
        session = Session(connection, language)
        await session.opened()
        for turn in range(turns):
            await asyncio.sleep(dice.uniform(*READ_SECONDS))
            first, whole = await session.ask(ASKED[language][(number + turn) % len(ASKED[language])])
            times["first sentence"].append(first)
            times["turn"].append(whole)
            for page in (OTHER_PAGE, ""):
                await asyncio.sleep(dice.uniform(0.5, 2.0))
                times["page"].append(await session.opened(page))


async def crowd(address: str, people: int, turns: int) -> Times:
    """So many people at once."""
    times: Times = {"first sentence": [], "turn": [], "page": []}
    await asyncio.gather(*(person(address, number, turns, times) for number in range(people)))
    return times


def summed_up(times: Times) -> dict[str, dict[str, float]]:
    """Of each thing: how often it was timed, its median and its 95th percentile in seconds."""
    return {
        name: {"n": len(taken), "median": round(_share(taken, 0.5), 3), "p95": round(_share(taken, 0.95), 3)}
        for name, taken in times.items()
    }  # fmt: skip


def _share(taken: Sequence[float], share: float) -> float:
    return sorted(taken)[min(len(taken) - 1, round(share * (len(taken) - 1)))]


def main() -> None:
    """The command line: a JSON object with both measurements and the load of the machine before them."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--turns", type=int, default=4)
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as data, running_app(Path(data)) as address:
        asyncio.run(crowd(address, 2, 2))  # the course is opened, in both languages
        one = summed_up(asyncio.run(crowd(address, 1, chosen.turns)))
        all_ = summed_up(asyncio.run(crowd(address, chosen.people, chosen.turns)))
    said = {"cores": os.cpu_count(), "load before": round(load, 1), "one person": one, f"{chosen.people} people": all_}
    sys.stdout.write(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    main()
