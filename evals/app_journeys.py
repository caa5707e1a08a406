"""What three people do in the app, in a real browser: a student, a teacher and a researcher.

Each journey is a list of steps that a person could take, told in the words that they read. It calls `see(name)` at
each place where there is something to look at: the end-to-end tests have axe look there, `evals.screenshots` takes a
picture.
"""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Download, Page

from evals.app_pages import NUMBER, QUESTIONS, ask, choose, opened, press, quiet, two_papers, words
from tutor.learner.store import LearnerStore
from tutor.people import ME

See = Callable[[str], None]
CONCEPT = {"es": "Softmax", "en": "Softmax"}


def student(page: Page, address: str, language: str, data_dir: Path, see: See) -> str:
    """Learn, practise with a hint, and see mastery move. What the page says of the move."""
    say = words("practise", language)
    opened(page, address)
    see("learn-first")
    ask(page, QUESTIONS[language])
    see("learn-answer")
    opened(page, f"{address}/practise")
    see("practise-first")
    choose(page, say("concept"), CONCEPT[language])
    choose(page, say("kind"), say(NUMBER))
    press(page, say("give"))
    see("practise-open")
    page.get_by_role("button", name=say("hint", rung=1, of="")[:6]).first.click()
    quiet(page)
    item = list(LearnerStore(data_dir / "learners.sqlite").items(ME).values())[-1]
    page.get_by_role("textbox", name=say("answer-number")).fill(str(item["key"]))
    press(page, say("send"))
    moved = page.get_by_text(say("went-up"))
    moved.wait_for()
    see("practise-graded")
    said = moved.first.inner_text()
    for place in ("path", "model", "labs"):
        opened(page, f"{address}/{place}")
        see(place)
    return said


def teacher(page: Page, address: str, language: str, _: Path, see: See) -> Download:
    """Make an exam from the example, accept its questions, and download its files."""
    say = words("exams", language)
    opened(page, f"{address}/exams")
    see("exams-first")
    press(page, say("example-blueprint"))
    page.get_by_role("button", name=say("generate")).wait_for()
    see("exams-blueprint")
    page.get_by_role("button", name=say("generate")).click()
    page.get_by_text(say("review-lead")).wait_for()
    quiet(page)
    see("exams-review")
    press(page, say("accept-all"))
    press(page, say("write-files"))
    page.get_by_text(say("files"), exact=True).first.wait_for()
    page.get_by_text(say("files"), exact=True).first.click()
    quiet(page)
    see("exams-files")
    with page.expect_download() as waiting:
        page.get_by_test_id("stDownloadButton").first.get_by_role("button").click()
    for place in ("bank", "results", "course"):
        opened(page, f"{address}/{place}")
        see(place)
    return waiting.value


def researcher(page: Page, address: str, language: str, folder: Path, see: See) -> str:
    """Bring two papers, ask them, and read the summary, correct a year, compare them; then check a text. The summary as
    the page shows it."""
    say = words("research", language)
    opened(page, f"{address}/research")
    see("research-first")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(two_papers(folder))
    page.get_by_role("button", name=say("add-now")).click()
    page.get_by_role("button", name=say("ask-now")).click()
    question = page.get_by_role("textbox", name=say("question"))
    question.wait_for()
    question.fill({"es": "¿Cuánta memoria ahorra LoRA?", "en": "How much memory does LoRA save?"}[language])
    page.get_by_role("button", name=say("make-question")).click()
    page.get_by_test_id("stDownloadButton").first.wait_for()
    quiet(page)
    see("research-answer")
    summary = page.get_by_test_id("stMain").inner_text()
    opened(page, f"{address}/research?view=library")
    see("research-library")
    press(page, say("open"))
    page.get_by_role("textbox", name=say("field-year")).fill("2021")
    press(page, say("save"))
    page.get_by_text("2021", exact=False).first.wait_for()
    see("research-document")
    press(page, say("back"))
    opened(page, f"{address}/research")
    page.get_by_text(say("kind-table")).first.click()
    quiet(page)
    press(page, say("make-table"))
    page.get_by_test_id("stTable").wait_for()
    quiet(page)
    see("research-comparison")
    say = words("check", language)
    opened(page, f"{address}/check")
    press(page, say("example"))
    page.get_by_role("button", name=say("check"), exact=True).click()
    page.locator("details.verdict").first.wait_for()
    quiet(page)
    page.locator("details.verdict summary").nth(2).click()
    see("check")
    opened(page, f"{address}/settings")
    see("settings")
    return summary
