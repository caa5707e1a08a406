"""Why a text is not TOML: the reasons that people meet, in both languages, with the line."""

import tomllib

import pytest

from knowledge.messages import LANGUAGES
from knowledge.toml_errors import REASONS, toml_error

BROKEN = {
    "a word where = should be": ("a = 1\nb is 2\n", 2, "equals"),
    "a remark without its mark": ("a = 1\nb = 2 and more\n", 2, "line-end"),
    "an open heading": ("[a\nb = 1\n", 1, "heading"),
    "an open heading of a list": ("[[a]\nb = 1\n", 1, "heading"),
    "a key that is none": ("a = 1\n¡b = 2\n", 2, "key"),
    "a text without quotation marks": ('a = "x"\nb = text\n', 2, "value"),
    "a date that is none": ("a = 2026-02-30\n", 1, "value"),
    "an open text": ('a = "open\nb = 1\n', 1, "string"),
    "an open text at the end": ('a = 1\nb = "open', 2, "string"),
    "an open literal": ("a = 1\nb = 'open", 2, "string"),
    "an open text of many lines": ('a = """open\n\nmore', 3, "string"),
    "LaTeX in double quotation marks": ('a = "$\\alpha$"\n', 1, "backslash"),
    "an open list": ('a = [1, 2\nb = "x"\n', 2, "open"),
    "an open table": ("a = {b = 1\n", 1, "open"),
    "a key twice": ("a = 1\na = 2\n", 2, "twice"),
    "a table twice": ("[a]\nb = 1\n[a]\nc = 1\n", 3, "twice"),
    "a key twice in a table": ("a = {b = 1, b = 2}\n", 1, "twice"),
    "too deep": ("a = " + "[" * 5000, 1, "deep"),
    "something else": ("a = 1 # \x01\n", 1, "other"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_reason_is_told_with_its_line(name: str) -> None:
    text, line, key = BROKEN[name]
    with pytest.raises((tomllib.TOMLDecodeError, RecursionError)) as caught:
        tomllib.loads(text)
    found, reason = toml_error(caught.value, text)
    assert (found, reason.key) == (line, key)
    assert "(at line" not in reason.text("en")
    assert len({reason.text(language) for language in LANGUAGES}) == (1 if key == "other" else 2)


def test_every_reason_is_met_above() -> None:
    assert {key for *_, key in BROKEN.values()} == set(REASONS.table)
