"""The app under load: `python -m evals.app_load` has many people use it at once, in a real browser.

Each person has a page of their own in one Chromium and a conversation of their own: they ask, read for a while, ask
again, and go to another page and back. Printed are the time of a turn (from Enter to the end of the answer) and to its
first verified sentence, and that of a change of page, as medians and 95th percentiles: first of one person, then of all
at once. Needs chromium, which computes on the same cores.
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

from playwright.async_api import Browser, Page, async_playwright

from evals.app_pages import BADGE, CHROMIUM, LOCALES, PATIENCE, QUIET, running_app, words

ASKED = {
    "es": ("¿Qué es la atención?", "¿Por qué se divide entre la raíz de d_k?", "¿Cuántos parámetros tiene GPT-3?",
           "¿Qué es la codificación posicional?"),
    "en": ("What is attention?", "Why are scores divided by the square root of d_k?",
           "How many parameters does GPT-3 have?", "What is positional encoding?"),
}  # fmt: skip
READ_SECONDS = (4.0, 12.0)  # what a person takes to read an answer, at least and at most
Times = dict[str, list[float]]


async def person(chromium: Browser, address: str, number: int, turns: int, times: Times) -> None:
    """One person's visit; what each thing took goes into `times`."""
    language, dice = ("es", "en")[number % 2], random.Random(number)  # noqa: S311  no secret
    context = await chromium.new_context(locale=LOCALES[language])
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_test_id("stChatInputTextArea").wait_for()
    say = words("settings", language)
    for turn in range(turns):
        await asyncio.sleep(dice.uniform(*READ_SECONDS))
        await _ask(page, ASKED[language][(number + turn) % len(ASKED[language])], times)
        for name in ("page-settings", "page-learn"):
            started = time.perf_counter()
            await page.get_by_role("link", name=say(name), exact=True).click()
            heading = page.get_by_role("heading", name=say("page-settings"), exact=True)
            await (heading if name == "page-settings" else page.locator(BADGE).first).wait_for()
            times["page"].append(time.perf_counter() - started)
    await context.close()


async def _ask(page: Page, question: str, times: Times) -> None:
    before = await page.locator(BADGE).count()
    box = page.get_by_test_id("stChatInputTextArea")
    await box.fill(question)
    started = time.perf_counter()
    await box.press("Enter")
    await page.locator(BADGE).nth(before).wait_for()
    times["first sentence"].append(time.perf_counter() - started)
    await page.locator(QUIET).wait_for()
    times["turn"].append(time.perf_counter() - started)


async def crowd(address: str, people: int, turns: int) -> Times:
    """So many people at once."""
    times: Times = {"first sentence": [], "turn": [], "page": []}
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await asyncio.gather(*(person(chromium, address, number, turns, times) for number in range(people)))
        await chromium.close()
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
        asyncio.run(crowd(address, 1, 2))  # the course is opened
        one = summed_up(asyncio.run(crowd(address, 1, chosen.turns)))
        all_ = summed_up(asyncio.run(crowd(address, chosen.people, chosen.turns)))
    said = {"cores": os.cpu_count(), "load before": round(load, 1), "one person": one, f"{chosen.people} people": all_}
    sys.stdout.write(json.dumps(said, indent=1) + "\n")


if __name__ == "__main__":
    main()
