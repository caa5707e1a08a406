"""The app as a process and its pages in Chromium: what the end-to-end tests, the pictures and the load test share."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typst
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from ui.app import TEXTS
from ui.own_texts import OwnTexts

CHROMIUM = "/usr/bin/chromium"
AXE = Path(sys.prefix) / "share" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
START_SECONDS = 60
WIDE = ViewportSize(width=1180, height=1040)
PHONE = ViewportSize(width=390, height=844)
NUMBER = "kind-numeric"  # the text that names exercises whose answer is a number
QUESTIONS = {
    "es": "¿Por qué se divide entre la raíz de d_k?",
    "en": "Why are attention scores divided by the square root of d_k?",
}
LOCALES = {"es": "es-ES", "en": "en-US"}
PATIENCE = 180_000  # milliseconds that a busy machine may take
BADGE = "[data-testid=stChatMessage] .stMarkdownBadge"
QUIET = "[data-testid=stApp][data-test-script-state=notRunning]"
PAPERS = {
    "lora.pdf": (
        "Low-rank adaptation in practice", "Ana Prado",
        "LoRA freezes the pretrained weights and trains two small matrices in each layer. "
        "LoRA reduces the memory that training needs by a factor of three. The method adds no latency at inference.",
    ),
    "adapters.pdf": (
        "Adapters and their cost", "Luis Vega",
        "Adapters add small layers to a frozen model. Adapters make inference slower by a few percent. "
        "In our runs LoRA saved two thirds of the memory of full fine-tuning.",
    ),
}  # fmt: skip


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running_app(data_dir: Path, port: int = 0) -> Iterator[str]:
    """`atenea ui` as a process of its own, on a free port unless one is given, without a language model; its address.

    What else the environment sets reaches it.
    """
    port = port or free_port()
    given = ["ui", "--port", str(port), "--data-dir", str(data_dir)]
    command = [sys.executable, "-c", "from tutor.cli import main; main()", *given]
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
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with sync_playwright() as playwright:
        opened_ = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened_
        opened_.close()


@contextmanager
def page_in(chromium: Browser, language: str, size: ViewportSize = WIDE, scheme: Any = "light") -> Iterator[Page]:
    """A page whose reader speaks `language`, with nothing of any other page's."""
    context = chromium.new_context(
        locale=LOCALES[language], viewport=size, color_scheme=scheme, device_scale_factor=1.25
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def words(name: str, language: str) -> Callable[..., str]:
    """The texts of a page of the app, those of the whole app with them."""
    texts = OwnTexts(TEXTS, (name,))
    return lambda key, **values: texts.text(key, language, **values)


def opened(page: Page, address: str) -> None:
    """Go to an address and wait until the page stands there whole."""
    page.goto(address)
    page.bring_to_front()  # a page behind another one is drawn, and so seen to be there, at some time or never
    first = page.locator("#stMain [data-testid=stElementContainer]").first
    expect(first).to_be_attached(timeout=PATIENCE)
    quiet(page)


def quiet(page: Page) -> None:
    """Wait until the app has answered what was last done, and nothing of the page is still to come."""
    page.wait_for_timeout(150)  # until the browser has told the app of it
    page.locator(QUIET).wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")


def press(page: Page, label: str) -> None:
    """Press the button of that label, and wait for what it does."""
    page.get_by_role("button", name=label).first.click()
    quiet(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a list, by typing it."""
    page.get_by_role("combobox", name=label).fill(option)
    page.get_by_role("option", name=option, exact=True).click()
    quiet(page)


def ask(page: Page, question: str) -> float:
    """Type a question and send it; the seconds until its first verified sentence stood on the screen."""
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    before = page.locator(BADGE).count()
    started = time.perf_counter()
    box.press("Enter")
    page.locator(BADGE).nth(before).wait_for()
    taken = time.perf_counter() - started
    page.locator(QUIET).wait_for()
    return taken


def two_papers(folder: Path) -> list[Path]:
    """Two short papers as PDF files."""
    for name, (title, author, text) in PAPERS.items():
        source = f'#set document(title: "{title}", author: "{author}")\n= {title}\n{author}\n\n== Results\n{text}\n'
        (folder / name).write_bytes(typst.compile(source.encode()))
    return [folder / name for name in PAPERS]
