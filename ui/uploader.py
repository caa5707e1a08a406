"""Where files are chosen: Streamlit's uploader, with our words in the reader's language.

Streamlit 1.67 writes "Upload", "200MB per file" and "Drag and drop files here" itself and takes no other words.
`assets/uploader.css` hides them, and writes in their place what is given here as properties of the widget's key.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from knowledge.messages import Messages

HERE = Path(__file__).parent
TEXTS = Messages(HERE / "texts_uploader.toml")
_PLAIN = re.compile(r"[^\w .,;:·()/-]")


def choose_file(
    label: str, kinds: Sequence[str], language: str, key: str, megabytes: float | None = None,
    on_change: Callable[[], None] | None = None,
) -> Any:  # fmt: skip
    """One file, or None. `kinds`: the suffixes that are taken; `megabytes`: what it may have at most, where that is not
    Streamlit's own limit."""
    most = _write_words(kinds, language, key, megabytes, "one")
    return st.file_uploader(label, type=list(kinds), key=key, max_upload_size=most, on_change=on_change or "rerun")


def choose_files(
    label: str, kinds: Sequence[str], language: str, key: str, megabytes: float | None = None
) -> list[Any]:  # fmt: skip
    """Several files, as in `choose_file`."""
    most = _write_words(kinds, language, key, megabytes, "several")
    return st.file_uploader(label, type=list(kinds), key=key, max_upload_size=most, accept_multiple_files=True)


def _write_words(kinds: Sequence[str], language: str, key: str, megabytes: float | None, count: str) -> int:
    """Give the widget of this key its words; the limit that they state, in whole megabytes."""
    most = max(1, int(megabytes or st.get_option("server.maxUploadSize")))
    known = ", ".join(kind.upper() for kind in kinds if f"{kind}l" not in kinds)  # HTML says HTM as well
    limit = TEXTS.text(f"limit-{count}", language, size=most, kinds=known)
    words = {
        "choose": TEXTS.text(f"choose-{count}", language), "limit": limit,
        "drop": TEXTS.text(f"drop-{count}", language), "refused": TEXTS.text("refused", language, limit=limit),
    }  # fmt: skip
    said = "".join(f"--upload-{name}:{css_string(text)};" for name, text in words.items())
    st.html(f"<style>.st-key-{key}{{{said}}}</style>")
    st.html(HERE / "assets" / "uploader.css")
    return most


def css_string(text: str) -> str:
    """A text as a string of CSS inside of HTML: whatever could end the string or the element is written as a number."""
    return '"' + _PLAIN.sub(lambda sign: f"\\{ord(sign[0]):x} ", text) + '"'
