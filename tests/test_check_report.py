"""`atenea check` as it streams, and its report: the whole text, every claim in its place, and nothing unescaped."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from evals.app_pages import CHROMIUM, browser, page_in
from knowledge.claims import Claim
from knowledge.factcheck import Checked, FactChecker
from knowledge.messages import LANGUAGES
from tutor.check_report import CheckReport, cut, render_report, report_target, safe_link, write_report
from tutor.cli import app
from tutor.errors import TutorError
from tutor.rendering import MARKS, TEXTS
from tutor.tutor import Tutor

ATENEA = Path(sys.executable).with_name("atenea")
TEMPLATE = Path(__file__).parent.parent / "tutor" / "report.html"
VERDICTS = tuple(MARKS)
NASTY = "<script>alert(1)</script> \"'&amp; {{ 7*7 }} {% raw %} </div></details> javascript:alert(1) <!--"
ELEMENTS = set(
    "html head meta title style body main header h1 h2 p dl dt dd time ul li span a section div mark details summary "
    "figure blockquote strong figcaption cite footer".split()
)
EMPTY = {"meta"}


@dataclass
class Seen(HTMLParser):
    """What a browser would see: the checked text, the marks in it, the badges, links and elements."""

    text: str = ""
    marks: list[tuple[str, str]] = field(default_factory=list)
    badges: list[str] = field(default_factory=list)
    shown: str = ""
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.names.append(tag)
        self.links += [given[name] for name in ("href", "src", "action") if name in given]
        self.ids += [given["id"]] if "id" in given else []
        assert not [name for name in given if name.startswith("on")]
        assert "style" not in given
        if tag not in EMPTY:
            self.open.append((tag, given.get("class", "")))
        if tag == "mark":
            self.marks.append((given["class"], ""))
        if tag == "summary":
            self.badges.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.open]
        if "summary" in tags:
            self.badges[-1] += data
        elif ("div", "text") in self.open and "details" not in tags:
            self.text += data
            if "mark" in tags:
                self.marks[-1] = (self.marks[-1][0], self.marks[-1][1] + data)
        elif "style" not in tags:
            self.shown += data


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    parser.close()
    assert not parser.open
    assert set(parser.names) <= ELEMENTS
    assert len(set(parser.ids)) == len(parser.ids)
    assert all(link.startswith("#claim-") or urlsplit(link).scheme in {"http", "https"} for link in parser.links)
    return parser


def evidence(**values: Any) -> dict[str, Any]:
    reference = {
        "key": "k",
        "label": "Vaswani et al. (2017)",
        "title": "T",
        "locator": "§3",
        "url": "https://arxiv.org/x",
    }
    return {
        "document": "d", "title": "Title", "locator": "p. 3", "quote": "Quote.", "score": 1.0, "url": "",
        "language": "en", "before": "Before.", "after": "After.", "references": [reference], **values,
    }  # fmt: skip


def claim(start: int, end: int, verdict: str = "supported", **values: Any) -> dict[str, Any]:
    return {
        "text": "A claim.", "verdict": verdict, "score": 0.8, "note": "", "evidence": [evidence()],
        "start": start, "end": end, "subject": "", **values,
    }  # fmt: skip


def report(text: str, *claims: dict[str, Any], **values: Any) -> CheckReport:
    made = CheckReport(text, claims, "en", ["The course"], date(2025, 3, 9), "essay.txt")
    return replace(made, **values)


# The report


TEXT = st.text(max_size=60) | st.sampled_from([NASTY, "\n\n a\r\n\tb \n", "", "é\u202e\u2028x", "&lt;b&gt;&#60;"])


@given(st.data(), TEXT, st.sampled_from(LANGUAGES))
@settings(max_examples=150, deadline=None)
def test_the_text_is_whole_and_nothing_of_it_is_markup(data: st.DataObject, text: str, language: str) -> None:
    place = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(place, place, st.sampled_from(VERDICTS), TEXT), max_size=6))
    claims = [
        claim(min(a, b), max(a, b), verdict, text=words, note=words, subject=words, evidence=[
            evidence(quote=words, before=words, after=words, title=words, locator=words, url=words,
                     references=[{"key": "", "label": words, "title": "", "locator": words, "url": words}] * (a % 2))
        ]) for a, b, verdict, words in spans
    ]  # fmt: skip
    found = seen(render_report(report(text, *claims, language=language, against=[text], name=text)))
    assert found.text == text
    assert len(found.badges) == len(claims)
    for number, item in enumerate(claims, 1):
        word = TEXTS.text(f"word-{item['verdict']}", language)
        assert f"{number} {MARKS[item['verdict']]} {word}" in found.badges
        assert found.shown.count(item["text"]) >= 1
    marked = {at for item in claims for at in range(item["start"], item["end"])}
    assert "".join(words for _, words in found.marks) == "".join(text[at] for at in sorted(marked))


@given(TEXT, st.lists(st.tuples(st.integers(-9, 99), st.integers(-9, 99), st.sampled_from(VERDICTS)), max_size=8))
def test_pieces_give_the_text_back_whatever_the_spans(text: str, spans: list[tuple[int, int, str]]) -> None:
    pieces = cut(text, [claim(*span) for span in spans])
    assert "".join(piece.text for piece in pieces) == text
    assert sorted(place for piece in pieces for place in piece.ends) == list(range(len(spans)))


def test_where_claims_overlap_the_worst_verdict_shows_and_each_has_its_own_mark() -> None:
    text = "abcdefgh"
    claims = [claim(4, 8, "not_found"), claim(0, 6), claim(2, 3, "contradicted"), claim(2, 3)]
    assert [(piece.text, piece.verdict, piece.ends) for piece in cut(text, claims)] == [
        ("ab", "supported", ()),
        ("c", "contradicted", (2, 3)),
        ("d", "supported", ()),
        ("ef", "not_found", (1,)),
        ("gh", "not_found", (0,)),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_what_a_reader_needs(language: str) -> None:
    hidden = claim(4, 6, "not_found", note="OpenAI has not published this value.", score=0.0)
    unknown = claim(6, 8, "not_found", evidence=[])
    against = [f"Book {number}" for number in range(20)]
    claims = [claim(0, 2), claim(2, 4, "contradicted", score=1.0), hidden, unknown]
    html = render_report(report("abcdefgh", *claims, language=language, against=against))
    found = seen(html)
    assert f'<html lang="{language}">' in html
    assert f"<title>{TEXTS.text('report', language)}: essay.txt</title>" in html
    for part in (
        "2025-03-09", "Book 11", TEXTS.text("and-more", language, count=8), "Before.", "Quote.", "After.", "Title",
        "p. 3", "Vaswani et al. (2017)", "§3", "80 %", TEXTS.text("percent-most", language), hidden["note"],
        TEXTS.text("no-evidence", language), TEXTS.text("means-not_found", language),
        TEXTS.text(f"language-{language}", language),
    ):  # fmt: skip
        assert part in found.shown, part
    assert "Book 12" not in found.shown
    counts = re.findall(r"[✓✗?] (\d+)", found.shown)
    assert counts == ["1", "1", "2"]
    assert found.links.count("https://arxiv.org/x") == 3
    assert [link for link in found.links if link.startswith("#")] == ["#claim-2", "#claim-3", "#claim-4"]
    assert {"claim-1", "claim-2", "claim-3", "claim-4"} <= set(found.ids)
    assert found.shown.count("%") == 2, "no probability where nothing came near, nor where the value is unpublished"


def test_a_text_without_claims_says_so() -> None:
    found = seen(render_report(report("Hello?")))
    assert found.text == "Hello?"
    assert TEXTS.text("no-claims", "en") in found.shown


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://arxiv.org/abs/1706.03762", True),
        ("http://example.org/?a=1&b=2#c", True),
        ("HTTPS://example.org", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("https://exam\tple.org", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("https:alert(1)", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(address: str, safe: bool) -> None:
    assert bool(safe_link(address)) is safe


def test_nothing_is_loaded_and_nothing_runs() -> None:
    source = TEMPLATE.read_text(encoding="utf-8")
    assert "default-src 'none'" in source
    assert not re.search(r"<script|<link|<img|<iframe|@import|@font-face|url\(|\bsafe\b\s*}}|\|\s*safe", source)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_text_stands_out_from_what_is_behind_it() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1, in light, dark and print."""
    schemes = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{([^}]*)\}", TEMPLATE.read_text(encoding="utf-8"))
    ]
    assert len(schemes) == 3
    for colours in schemes:
        pairs = [(name, f"{name}-tint") for name in VERDICTS] + [("ink", f"{name}-tint") for name in VERDICTS]
        pairs += [(name, behind) for name in ("ink", "soft", "link") for behind in ("page", "panel")]
        for name, behind in pairs:
            low, high = sorted((_luminance(colours[name]), _luminance(colours[behind])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (name, behind, colours)


# The file


def test_the_file_is_whole_and_replaces_a_report(tmp_path: Path) -> None:
    target = report_target(tmp_path / "new" / "report.html")
    for text in ("one", "two \udce9"):
        write_report(report(text, claim(0, 3)), target)
    assert seen(target.read_text(encoding="utf-8")).text == "two ?"
    assert [file.name for file in target.parent.iterdir()] == ["report.html"]


def test_what_cannot_be_written_is_told_before_anything_is_checked(tmp_path: Path) -> None:
    text = tmp_path / "essay.txt"
    text.write_text("x", encoding="utf-8")
    (tmp_path / "link.html").symlink_to(text)
    bad = {
        "report-over-source": [text, tmp_path / "link.html"],
        "report-not-a-file": [tmp_path, Path("/dev/null")],
        "report-unwritable": [text / "report.html", tmp_path / ("x" * 300)],
    }
    for code, paths in bad.items():
        for path in paths:
            with pytest.raises(TutorError) as caught:
                report_target(path, [text])
            assert caught.value.code == code, path
    assert text.read_text(encoding="utf-8") == "x"
    assert {file.name for file in tmp_path.iterdir()} == {"essay.txt", "link.html"}


# The command


THREE = "BERT base has 12 layers. BERT base has 24 layers. GPT-4 has 120 layers.\n"


def test_each_verdict_is_printed_before_the_next_is_computed(
    tmp_path: Path, tutor: Tutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    check_claim = FactChecker.check_claim

    def recording(self: FactChecker, one: Claim, language: str, *more: Any) -> Checked:
        printed.append(sys.stdout.buffer.getvalue().decode())  # type: ignore[attr-defined]  what has been flushed
        return check_claim(self, one, language, *more)

    monkeypatch.setattr(FactChecker, "check_claim", recording)
    done = CliRunner().invoke(app, ["check", "-", "--data-dir", str(tmp_path)], input=THREE)
    assert done.exit_code == 0, done.output
    heads = [[line[0] for line in text.splitlines() if line[0] != " "] for text in printed]
    assert heads == [[], ["✓"], ["✓", "✗"]]
    lines = done.stdout.splitlines()
    assert lines[0].split(maxsplit=2) == ["✓", "supported", "BERT base has 12 layers."]
    assert lines[1].startswith("    “BERT base has 12 layers.” — ")
    assert lines[-2].strip() == "OpenAI has not published this value."
    assert lines[-1].startswith("Claims checked: 3 · ✓ 1 supported · ✗ 1 contradicted · ? 1 not found")


def test_the_claims_are_an_iterator_that_computes_no_more_than_is_asked(
    tutor: Tutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed = 0

    def counting(self: FactChecker, text: str, language: str, *, mixed: bool) -> Iterator[Checked]:
        nonlocal computed
        for number in range(3):
            computed += 1
            yield Checked(Claim(text, 0, len(text)), "not_found", number / 10)

    monkeypatch.setattr(FactChecker, "check", counting)
    claims = tutor.check("BERT base has 12 layers.")
    assert next(claims)["verdict"] == "not_found"
    assert computed == 1


def heeds_ctrl_c() -> None:
    """A process started in the background of a shell ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_leaves_what_was_printed_and_one_line(tmp_path: Path) -> None:
    text = tmp_path / "long.txt"
    text.write_text("".join(f"BERT base has {number} layers.\n" for number in range(2, 5_000)), encoding="utf-8")
    html = tmp_path / "report.html"
    options = ["--html", str(html), "--data-dir", str(tmp_path / "data"), "--lang", "en"]
    with subprocess.Popen(
        [ATENEA, "check", str(text), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeds_ctrl_c,
    ) as process:
        assert process.stdout
        assert process.stderr
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert first.startswith("✗ contradicted")
    assert "Claims checked" not in rest
    assert err == "atenea: Stopped before the end. What was printed stands; no report was written.\n"
    assert not html.exists()


def test_the_report_of_a_checked_file(tmp_path: Path) -> None:
    text, html = tmp_path / "essay.txt", tmp_path / "report.html"
    written = "\u200bA page\n\n" + THREE + "\n<b>The moon</b> is made of cheese & ham.\n"
    text.write_text(written, encoding="utf-8")
    done = CliRunner().invoke(
        app, ["check", str(text), "--json", "--html", str(html), "--data-dir", str(tmp_path / "data")]
    )
    assert done.exit_code == 0, done.output
    value = json.loads(done.stdout)
    assert value["files"] == [str(html)]
    found = seen(html.read_text(encoding="utf-8"))
    assert found.text == written.replace("\u200b", "")
    assert [words for _, words in found.marks] == [item["text"] for item in value["claims"]]
    assert [verdict for verdict, _ in found.marks] == ["supported", "contradicted", "not_found", "not_found"]
    assert "OpenAI has not published this value." in found.shown
    assert any(link.startswith("https://") for link in found.links), "what the course cites can be opened"


def test_a_report_is_never_written_over_what_is_checked(tmp_path: Path) -> None:
    text = tmp_path / "essay.txt"
    text.write_text(THREE, encoding="utf-8")
    options = ["--html", str(text), "--data-dir", str(tmp_path / "data"), "--lang", "es"]
    done = CliRunner().invoke(app, ["check", str(text), *options])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "sobrescribiría" in done.stderr
    assert text.read_text(encoding="utf-8") == THREE


def test_evidence_stands_among_the_words_around_it(tutor: Tutor, tmp_path: Path) -> None:
    own = tmp_path / "zorblax.md"
    own.write_text("# Zorblax\n\nIt is old. The Zorblax engine turns sea water into sound. It weighs 40 kg.\n", "utf-8")
    [checked] = tutor.check("The Zorblax engine turns sea water into sound.", sources=[own])
    best = checked["evidence"][0]
    assert (best["before"], best["after"], best["language"]) == ("It is old.", "It weighs 40 kg.", "en")
    assert tutor.source_names("en", [own]) == ["zorblax.md"]
    assert tutor.source_names("en")[0] == tutor.course.title["en"]


@pytest.mark.e2e
def test_a_browser_opens_the_evidence_by_keyboard_and_by_link(tmp_path: Path) -> None:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    target = tmp_path / "report.html"
    write_report(report("abc def " * 40, claim(0, 3), claim(4, 7, "contradicted")), target)
    with browser() as chromium, page_in(chromium, "en") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(target.as_uri())
        quotes = page.locator("blockquote")
        assert not quotes.first.is_visible()
        page.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert quotes.first.is_visible()
        page.locator(".counts a").click()
        quotes.nth(1).wait_for(state="visible")
        assert {urlsplit(url).scheme for url in asked} == {"file"}
