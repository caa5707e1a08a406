"""The app as people have it: `atenea ui` as a process, Chromium as the browser, nothing asked of any other machine."""

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from identity_provider import CLIENT, identity_provider
from playwright.sync_api import Browser, Page, expect

from evals.app_journeys import researcher, student, teacher
from evals.app_pages import (
    AXE,
    CHROMIUM,
    PHONE,
    QUESTIONS,
    ask,
    browser,
    free_port,
    opened,
    page_in,
    press,
    running_app,
    words,
)

pytestmark = pytest.mark.e2e

expect.set_options(timeout=60_000)  # a busy machine draws slowly
PLACEHOLDER = {"es": "Escribe tu pregunta", "en": "Write your question"}
# What axe finds that is Streamlit's own; whatever else is serious or critical fails.
STREAMLITS = {
    "list": "the headings of groups of pages stand inside the list of its navigation",
    "listitem": "the same: pages of a group stand in a list inside a list",
    "aria-dialog-name": "the short news at the edge (st.toast) are an alertdialog without a name",
}
RULES = """async () => {
  const inactive = [...document.querySelectorAll('[data-testid]:has(> [data-testid=stWidgetLabel])')]
    .filter(one => one.querySelector(':disabled, [aria-disabled=true]'))  // WCAG 1.4.3 does not ask it of them
  const found = await axe.run(inactive.length ? {exclude: inactive} : document, {resultTypes: ['violations']})
  return found.violations.filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200) + ' ' + node.failureSummary)])
}"""


def needed(path: Path | str, how: str) -> None:
    """What is not installed skips the tests, but where everything must be there."""
    if not Path(path).exists():
        missing = f"{path} is missing: {how}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    needed(CHROMIUM, "apt-get install chromium")
    with browser() as opened_:
        yield opened_


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def address(chromium: Browser, data: Path) -> Iterator[str]:
    with running_app(data) as where:
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


@pytest.fixture
def looked_at() -> Iterator[Callable[[Page], Callable[[str], None]]]:
    """Looks at each place of a journey with axe, and in the end says all that was found."""
    needed(AXE, "npm install --prefix .venv/share/axe axe-core")
    found: list[Any] = []
    script = AXE.read_text(encoding="utf-8")
    seen: list[str] = []

    def on(page: Page) -> Callable[[str], None]:
        def see(name: str) -> None:
            page.evaluate(script)
            found.extend((name, *rule) for rule in page.evaluate(RULES) if rule[0] not in STREAMLITS)
            seen.append(name)

        return see

    yield on
    assert seen
    assert not found, "\n".join(map(str, found))


def test_a_student_learns_practises_and_sees_mastery_move(
    chromium: Browser, address: str, data: Path, looked_at: Callable[[Page], Callable[[str], None]]
) -> None:
    with page_in(chromium, "es") as page:
        hosts = watch(page)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        moved = student(page, address, "es", data, looked_at(page))
        before, after = (int("".join(filter(str.isdigit, part))) for part in moved.split("·")[1].split("→"))
        assert after > before, moved
        assert hosts == {"127.0.0.1"}
        assert not errors


def test_a_teacher_makes_reviews_and_downloads_an_exam(
    chromium: Browser, address: str, tmp_path: Path, looked_at: Callable[[Page], Callable[[str], None]]
) -> None:
    with page_in(chromium, "en", scheme="dark") as page:
        teacher(page, address, "en", tmp_path, looked_at(page)).save_as(tmp_path / "exam.zip")
    with zipfile.ZipFile(tmp_path / "exam.zip") as files:
        papers = [name for name in files.namelist() if name.endswith(".pdf")]
        assert papers
        assert all(files.read(name).startswith(b"%PDF") for name in papers)
        assert any(name.endswith(".xml") for name in files.namelist())


def test_a_researcher_brings_papers_and_gets_a_cited_summary(
    chromium: Browser, address: str, tmp_path: Path, looked_at: Callable[[Page], Callable[[str], None]]
) -> None:
    with page_in(chromium, "es", PHONE) as page:
        summary = researcher(page, address, "es", tmp_path, looked_at(page))
    assert "«LoRA reduces the memory that training needs by a factor of three.»" in summary
    assert "«In our runs LoRA saved two thirds of the memory of full fine-tuning.»" in summary


def test_a_citation_opens_in_its_place_and_a_reload_keeps_the_conversation(chromium: Browser, address: str) -> None:
    with page_in(chromium, "en") as page:
        opened(page, address)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        ask(page, QUESTIONS["en"])
        expect(page.locator("[data-testid=stChatMessage] .katex").first).to_be_visible()
        expect(page.get_by_role("button", name="Simpler")).to_be_visible()  # the answer is whole
        source = page.get_by_test_id("stExpander").first
        quote = source.locator("p", has_text="spread")
        expect(quote).not_to_be_visible()
        source.locator("summary").click()
        expect(quote).to_be_visible()
        expect(source.locator("a[href='https://arxiv.org/abs/1706.03762']")).to_be_visible()
        page.reload()
        expect(page.get_by_test_id("stChatMessage").first).to_contain_text(QUESTIONS["en"])


def test_a_message_that_cannot_be_answered_stays_in_the_box(chromium: Browser, address: str) -> None:
    with page_in(chromium, "es") as page:
        page.goto(address)
        box = page.get_by_test_id("stChatInputTextArea")
        box.fill("¿¡!?")
        box.press("Enter")
        expect(page.get_by_test_id("stAlert")).to_be_visible()
        expect(box).to_have_value("¿¡!?")


def test_choices_outlive_a_change_of_language_and_a_reload(chromium: Browser, address: str) -> None:
    with page_in(chromium, "en") as page:
        page.goto(address)
        page.get_by_text("Advanced", exact=True).click()
        page.get_by_text("Español", exact=True).click()
        expect(page.get_by_role("radio", name="Avanzado")).to_be_checked()
        page.reload()
        expect(page.get_by_role("radio", name="Avanzado")).to_be_checked()
        expect(page.get_by_test_id("stChatInputTextArea")).to_have_attribute("placeholder", PLACEHOLDER["es"])


def test_a_class_signs_in_and_each_has_their_own(chromium: Browser, tmp_path: Path) -> None:
    """A real sign-in by OpenID Connect, at a provider on this machine."""
    say = words("settings", "en")
    port = free_port()
    with identity_provider() as provider:
        (tmp_path / "class.toml").write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{"x" * 32}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "secret"\n'
            f'server_metadata_url = "{provider.issuer}/.well-known/openid-configuration"\n'
            '[roles]\nteachers = ["ana@example.edu"]\nmembers = ["example.edu"]\n'
        )
        with running_app(tmp_path, port) as address:
            provider.person = {"sub": "ben", "email": "ben@example.edu", "email_verified": True, "name": "Ben"}
            with page_in(chromium, "en") as page:
                opened(page, address)
                expect(page.get_by_test_id("stChatInputTextArea")).not_to_be_attached()
                press(page, say("sign-in"))
                ask(page, QUESTIONS["en"])
                bens = page.url
                expect(page.get_by_role("link", name=say("page-exams"))).not_to_be_attached()
                opened(page, f"{address}/settings")
                expect(page.get_by_text("Signed in as Ben.")).to_be_visible()
                page.get_by_test_id("stMain").get_by_role("button", name=say("sign-out")).click()
                expect(page.get_by_role("button", name=say("sign-in"))).to_be_visible()
            provider.person = {"sub": "ana", "email": "ana@example.edu", "email_verified": True, "name": "Ana"}
            with page_in(chromium, "en") as page:
                opened(page, address)
                press(page, say("sign-in"))
                expect(page.get_by_role("link", name=say("page-exams"))).to_be_visible()
                opened(page, bens)
                expect(page.get_by_text("That conversation is not yours.")).to_be_visible()
                expect(page.get_by_test_id("stChatMessage")).not_to_be_attached()
