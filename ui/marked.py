"""Text as Streamlit Markdown: an answer with its verdict marks, a quotation, a text of unknown origin.

Sentences and quotes come from documents that anybody may have written. They are Markdown, with formulas and code, and
are drawn as such; only what would fetch something from elsewhere or act as a Streamlit directive is taken out.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

MARKS = {
    "supported": (":material/check:", "green"),
    "contradicted": (":material/close:", "red"),
    "not_found": (":material/question_mark:", "orange"),
}
_KEPT = re.compile(r"(```.*?(?:```|\Z)|``.+?``|`[^`\n]+`|\$\$.+?\$\$|\$[^$\n]+\$)", re.S)
_BLOCKS = re.compile(r"\s*(```.*?```|\$\$.+?\$\$)\s*", re.S)
_DIRECTIVE = re.compile(r":(?=[a-z-]+\[)")


def safe(text: str) -> str:
    """`text` as Markdown that loads no picture and colours nothing; code and formulas stay as they are."""
    parts = _KEPT.split(text)
    parts[::2] = [_DIRECTIVE.sub(r"\\:", part.replace("![", "!\\[")) for part in parts[::2]]
    return "".join(parts)


def said(text: str) -> str:
    """A person's own message: its line breaks are kept and a line does not become a heading."""
    lines = (re.sub(r"^(\s*)([#>])", r"\1\\\2", line) for line in safe(text).split("\n"))
    return "  \n".join(lines)


def quotation(text: str) -> str:
    """A quote; list items, code and formulas begin on lines of their own."""
    text = _BLOCKS.sub(r"\n\n\1\n\n", safe(text)).strip()
    return text.replace(" - ", "\n- ") if text.startswith("- ") else text


def mark(verdict: str, numbers: Sequence[int] = ()) -> str:
    """A verdict as a small badge: its icon, then the numbers of the sources."""
    icon, colour = MARKS[verdict]
    return f":small[:{colour}-badge[{' '.join([icon, *map(str, numbers)])}]]"


def answer(sentences: Sequence[Mapping[str, Any]], sources: Sequence[Mapping[str, Any]]) -> str:
    """The answer: a paragraph a passage, each sentence with its mark; lists, code and formulas keep their lines."""
    shown, last = "", ("", "")
    for sentence in sentences:
        text, numbers = sentence["text"], sentence["citations"]
        badge = mark(sentence["verdict"], numbers)
        here = _kind(text), sources[numbers[0] - 1]["passage"] if numbers else ""
        shown += _gap(last, here)
        shown += f"{text}\n\n{badge}" if here[0] == "block" else f"{safe(text)}\N{NO-BREAK SPACE}{badge}"
        last = here
    return shown.strip()


def _kind(text: str) -> str:
    return "block" if text.startswith(("```", "$$")) else "item" if text.startswith("- ") else "prose"


def _gap(last: tuple[str, str], here: tuple[str, str]) -> str:
    """What stands between two pieces, each (kind, passage)."""
    if last[0] == here[0] == "item":
        return "\n"
    return " " if last == here and here[0] == "prose" else "\n\n"


def opening(turn: Mapping[str, Any]) -> str:
    """What the answer says before its first sentence: of a claim that was checked, the verdict."""
    if not turn["sentences"]:
        return ""
    return safe(turn["answer"].partition(turn["sentences"][0]["text"])[0].rstrip("«- \n"))


def closing(turn: Mapping[str, Any]) -> str:
    """What the answer says after its last sentence about the limits of the sources; all of it when it has none."""
    if not turn["sentences"]:
        return safe(turn["answer"])
    rest = turn["answer"].rpartition(turn["sentences"][-1]["text"])[2]
    return safe(re.sub(r"^»?(?:\s*\[\d+\])+", "", rest).strip())
