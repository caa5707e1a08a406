r"""Formulas become \( \) for MathJax, and a text that looks like one does not."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.export.mathjax import blocks, inline
from tutor.export.xml_tree import html

BORDER = re.compile(r"\\[()\[\]]")


class Texts(HTMLParser):
    """The texts between tags, each with whether it is code."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.found: list[tuple[bool, str]] = []
        self.code = 0
        self.feed(shown)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code += tag in {"code", "pre"}

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in {"code", "pre"}

    def handle_data(self, data: str) -> None:
        self.found.append((bool(self.code), data))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$x$", r"<p>\(x\)</p>"),
        ("$$x$$", r"<p>\[x\]</p>"),
        (r"\(x\)", r"<p>\<span>(x\</span><span>)</span></p>"),
        (r"**\[** $y$", r"<p><strong>\<span>[</span></strong> \(y\)</p>"),
        (r"`\(x\)`", r"<p><code>\(x\)</code></p>"),
        (r"a \ b", r"<p>a \ b</p>"),
    ],
)
def test_what_is_a_formula_and_what_is_none(text: str, shown: str) -> None:
    assert html(blocks(text)) == shown


@given(st.text(alphabet="\\()[]$x *`\n", max_size=30))
def test_only_formulas_have_borders_outside_of_code(text: str) -> None:
    formulas = sum(found.count("$") for found in re.findall(r"\$[^$]+\$", text))
    for content in (blocks(text), inline(text)):
        borders = [found for code, piece in Texts(html(content)).found if not code for found in BORDER.findall(piece)]
        assert len(borders) <= 2 * max(1, formulas) if "$" in text else not borders
