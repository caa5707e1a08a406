"""The conversations that a reader has had, to go on with."""

from collections.abc import Callable

import streamlit as st

from ui.who import Reader
from ui.written import day

MOST = 20
MOST_LETTERS = 60


def draw_threads(reader: Reader, current: str, take_up: Callable[[str], None]) -> None:
    """A closed list, the latest first; `take_up` is called with the thread that is chosen."""
    if not reader.learner:
        return
    heads = [head for head in reader.tutor.conversations(reader.learner, MOST) if head["thread"] != current]
    if not heads:
        return
    with st.expander(reader.text("conversations"), icon=":material/history:"):
        for head in heads:
            st.button(
                _shortened(head["question"]), key=f"thread-{head['thread']}", type="tertiary", wrap=True,
                help=day(head["at"], reader.texts, reader.language), on_click=take_up, args=(head["thread"],),
            )  # fmt: skip


def _shortened(question: str) -> str:
    """A question as the name of its conversation: one line, without what Markdown would draw."""
    line = " ".join("".join(letter for letter in question if letter not in "*_`[]$:#<>\\").split())
    return line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 1]}…"
