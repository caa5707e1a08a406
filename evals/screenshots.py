"""Pictures of the app in a real browser: `python -m evals.screenshots OUT_DIR`.

Needs chromium (`apt-get install chromium`). It starts the app as a person does, in a data folder of its own, and prints
how long the first sentence of each answer took to reach the screen.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

CHROMIUM = "/usr/bin/chromium"
START_SECONDS = 60
WIDE = ViewportSize(width=1180, height=1040)
PHONE = ViewportSize(width=390, height=844)
QUESTIONS = {
    "es": "¿Por qué se divide entre la raíz de d_k?",
    "en": "Why are attention scores divided by the square root of d_k?",
}
BADGE = "[data-testid=stChatMessage] .stMarkdownBadge"


@contextmanager
def running_app(data_dir: Path) -> Iterator[str]:
    """`atenea ui` as a process of its own on a free port; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["ui", "--port", str(port), "--data-dir", str(data_dir)]
    command = [sys.executable, "-c", "from tutor.cli import main; main()", *options]
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    environment["ATENEA_MODEL"] = "composer"
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, 15)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(START_SECONDS * 10):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310  our own address
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"the app did not start (exit code {process.poll()})")


@contextmanager
def browser_page(language: str, size: ViewportSize = WIDE, scheme: Any = "light") -> Iterator[Page]:
    """A page of Chromium whose reader speaks `language`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        locale = {"es": "es-ES", "en": "en-US"}[language]
        context = browser.new_context(locale=locale, viewport=size, color_scheme=scheme, device_scale_factor=1.25)
        yield context.new_page()
        browser.close()


def ask(page: Page, question: str) -> float:
    """Type a question and send it; the seconds until its first verified sentence stood on the screen."""
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    before = page.locator(BADGE).count()
    started = time.perf_counter()
    box.press("Enter")
    page.locator(BADGE).nth(before).wait_for()
    taken = time.perf_counter() - started
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    return taken


def _shoot(page: Page, file: Path) -> None:
    page.wait_for_timeout(700)  # what glides in has come to rest
    page.screenshot(path=file)
    sys.stdout.write(f"{file}\n")


def take_all(address: str, folder: Path) -> None:
    """Every picture."""
    for language, question in QUESTIONS.items():
        with browser_page(language) as page:
            page.goto(address)
            page.get_by_test_id("stChatInputTextArea").wait_for()
            _shoot(page, folder / f"first-{language}.png")
            sys.stdout.write(f"first sentence ({language}): {ask(page, question):.2f} s\n")
            _shoot(page, folder / f"answer-{language}.png")
            page.get_by_test_id("stExpander").first.locator("summary").click()
            _shoot(page, folder / f"citation-{language}.png")
            page.get_by_test_id("stBaseButton-secondary").last.click()
            page.wait_for_timeout(1500)
            _shoot(page, folder / f"next-{language}.png")
    for name, size, scheme in (("dark", WIDE, "dark"), ("phone", PHONE, "light")):
        with browser_page("es", size, scheme) as page:
            page.goto(address)
            page.get_by_test_id("stChatInputTextArea").wait_for()
            _shoot(page, folder / f"{name}-first.png")
            ask(page, QUESTIONS["es"])
            page.get_by_test_id("stExpander").first.locator("summary").click()
            _shoot(page, folder / f"{name}-answer.png")
            ask_plain(page, "¿Quién ganó el mundial de fútbol?")
            _shoot(page, folder / f"{name}-abstention.png")
            ask_plain(page, "你好，注意力机制是什么？")
            _shoot(page, folder / f"{name}-error.png")


def ask_plain(page: Page, question: str) -> None:
    """Type a question that may get no sentence, and wait until the app is quiet."""
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    page.wait_for_timeout(1500)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args().folder
    chosen.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, running_app(Path(data)) as where:
        take_all(where, chosen)
