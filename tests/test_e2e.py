"""The app as a person has it: `atenea ui` as a process, Chromium as the browser, nothing asked of any other machine."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from evals.screenshots import CHROMIUM, QUESTIONS, ask, browser_page, running_app

pytestmark = pytest.mark.e2e

expect.set_options(timeout=30_000)  # a busy machine draws slowly
PLACEHOLDER = {"es": "Escribe tu pregunta", "en": "Write your question"}
QUOTED = {"es": "dispersión", "en": "spread"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not Path(CHROMIUM).exists():
        missing = f"{CHROMIUM} is missing: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with running_app(tmp_path_factory.mktemp("app")) as where:
        yield where


def watch(page: Page) -> set[str]:
    """The hosts that the page speaks with, filled in as it does."""
    hosts: set[str] = set()

    def note(url: str) -> None:
        if urlsplit(url).scheme not in {"data", "blob", "about"}:
            hosts.add(str(urlsplit(url).hostname))

    page.context.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
    return hosts


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_question_is_answered_with_verified_sentences_and_citations_that_open(address: str, language: str) -> None:
    with browser_page(language) as page:
        hosts = watch(page)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        expect(page.get_by_test_id("stChatInputTextArea")).to_have_attribute("placeholder", PLACEHOLDER[language])
        expect(page.locator("html")).to_have_attribute("lang", language)

        ask(page, QUESTIONS[language])
        expect(page.locator("[data-testid=stChatMessage] .katex").first).to_be_visible()
        source = page.get_by_test_id("stExpander").first
        quote = source.locator("p", has_text=QUOTED[language])
        expect(quote).not_to_be_visible()
        source.locator("summary").click()
        expect(quote).to_be_visible()
        expect(source.locator("a[href='https://arxiv.org/abs/1706.03762']")).to_be_visible()

        page.reload()
        expect(page.get_by_test_id("stChatMessage").first).to_contain_text(QUESTIONS[language])
        assert hosts == {"127.0.0.1"}
        assert not errors


def test_a_message_that_cannot_be_answered_stays_in_the_box(address: str) -> None:
    with browser_page("es") as page:
        page.goto(address)
        box = page.get_by_test_id("stChatInputTextArea")
        box.fill("¿¡!?")
        box.press("Enter")
        expect(page.get_by_test_id("stAlert")).to_be_visible()
        expect(box).to_have_value("¿¡!?")


def test_choices_outlive_a_change_of_language_and_a_reload(address: str) -> None:
    with browser_page("en") as page:
        page.goto(address)
        page.get_by_text("Advanced", exact=True).click()
        page.get_by_text("Español", exact=True).click()
        expect(page.get_by_role("radio", name="Avanzado")).to_be_checked()
        page.reload()
        expect(page.get_by_role("radio", name="Avanzado")).to_be_checked()
        expect(page.get_by_test_id("stChatInputTextArea")).to_have_attribute("placeholder", PLACEHOLDER["es"])
