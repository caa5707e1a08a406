"""How an exercise of each kind is answered: proper inputs, and the answer as the text that the grader reads.

A line that is typed outlives a reload in the address; a choice or a cell that was not sent does not.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from agents.grade_options import LETTERS
from ui import marked
from ui.who import Reader

WITHOUT_LETTERS = frozenset({"true_false", "order"})
MOST_TEXT = 2000  # characters of an answer in words
MOST_LINE = 300
MOST_SIDE = 8  # rows or columns of a matrix
CELL = 88  # pixels
_FUNCTIONS = re.compile(r"(?<![\\\w])(softmax|exp|log|ln|sqrt|max|min|tanh|sin|cos)(?!\w)")


class AnswerInputs:
    """The inputs of one exercise. `item`: without its key; `lines`: what a match item pairs."""

    def __init__(self, reader: Reader, item: Mapping[str, Any], lines: Sequence[str]) -> None:
        self.reader = reader
        self.text = reader.text
        self.item = item
        self.lines = lines
        self.name = f"answer-{zlib.crc32(item['id'].encode()):08x}"

    def draw(self) -> str:
        """The inputs; the answer so far as the grader reads it, "" while it is not whole."""
        kinds: dict[str, Callable[[], str]] = {
            "mcq": self._one, "true_false": self._one, "multi": self._several, "numeric": self._number,
            "formula": self._formula, "matrix": self._matrix, "short": self._words, "order": self._order,
            "match": self._match,
        }  # fmt: skip
        return kinds[self.item["kind"]]()

    # The kinds

    def _one(self) -> str:
        places = range(len(self.item["options"]))
        chosen = st.radio(
            self.text("answer-one"), places, index=None, key=self.name, format_func=self._option, persist_state="page"
        )
        return "" if chosen is None else LETTERS[chosen]

    def _several(self) -> str:
        st.markdown(self.text("answer-several"))
        taken = [
            st.checkbox(self._option(place), key=f"{self.name}-{place}") for place in range(len(self.item["options"]))
        ]
        return ", ".join(letter for letter, one in zip(LETTERS, taken, strict=False) if one)

    def _number(self) -> str:
        given = st.text_input(
            self.text("answer-number"), key=self.name, max_chars=MOST_LINE, bind="query-params", width=320,
            help=self.text("answer-number-how"), autocomplete="off",
        )  # fmt: skip
        return (given or "").strip()

    def _formula(self) -> str:
        given = st.text_input(
            self.text("answer-formula"), key=self.name, max_chars=MOST_LINE, bind="query-params",
            help=self.text("answer-formula-how"), autocomplete="off",
        )  # fmt: skip
        formula = (given or "").strip()
        if formula:
            st.caption(self.text("answer-formula-seen"))
            st.latex(drawn_formula(formula))
        return formula

    def _words(self) -> str:
        given = st.text_area(
            self.text("answer-words"), key=self.name, max_chars=MOST_TEXT, bind="query-params", height=120
        )
        return (given or "").strip()

    def _matrix(self) -> str:
        """Its shape is the learner's to say: it is part of the answer."""
        with st.container(horizontal=True, gap="small"):
            rows, columns = self._side("rows", 1), self._side("columns", 2)
        st.caption(self.text("answer-matrix-how"))
        cells = [[self._cell(row, column) for column in range(columns)] for row in self._rows(rows)]
        if not all(cell for row in cells for cell in row):
            return ""
        return "[" + ", ".join(f"[{', '.join(row)}]" for row in cells) + "]"

    def _side(self, name: str, first: int) -> int:
        return int(
            st.number_input(self.text(f"answer-{name}"), 1, MOST_SIDE, first, key=f"{self.name}-{name}", width=150)
        )

    def _rows(self, rows: int) -> Iterator[int]:
        """The number of each row, its cells side by side."""
        for row in range(rows):
            with st.container(horizontal=True, gap="xsmall", key=f"{self.name}-row-{row}"):
                yield row

    def _cell(self, row: int, column: int) -> str:
        label = self.text("answer-cell", row=row + 1, column=column + 1)
        given = st.text_input(
            label, key=f"{self.name}-{row}-{column}", max_chars=40, label_visibility="collapsed", width=CELL,
            placeholder="·", autocomplete="off",
        )  # fmt: skip
        return _plain("".join((given or "").split()), self.item["language"])

    def _order(self) -> str:
        st.markdown(self.text("answer-order"))
        key = f"{self.name}-order"
        order: list[int] = st.session_state.setdefault(key, list(range(len(self.item["options"]))))
        for rank, place in enumerate(order):
            self._step(key, order, rank, place)
        return ", ".join(LETTERS[place] for place in order)

    def _step(self, key: str, order: list[int], rank: int, place: int) -> None:
        """One step with the buttons that move it."""
        label = self._option(place)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True):
            st.markdown(f"**{rank + 1}.** {label}", width="stretch")
            for way, by, icon in (("up", -1, "arrow_upward"), ("down", 1, "arrow_downward")):
                st.button(
                    self.text(f"answer-{way}"), icon=f":material/{icon}:", key=f"{key}-{way}-{place}", type="tertiary",
                    disabled=not 0 <= rank + by < len(order), on_click=_moved, args=(key, rank, rank + by),
                )  # fmt: skip

    def _match(self) -> str:
        pairs = []
        for number, line in enumerate(self.lines, start=1):
            chosen = st.selectbox(
                f"{number}. {marked.safe(line)}", range(len(self.item["options"])), index=None,
                key=f"{self.name}-{number}", format_func=self._option, placeholder=self.text("answer-choose"),
            )  # fmt: skip
            pairs.append("" if chosen is None else f"{number}-{LETTERS[chosen]}")
        return ", ".join(pairs) if all(pairs) else ""

    def _option(self, place: int) -> str:
        text = marked.safe(self.item["options"][place])
        return text if self.item["kind"] in WITHOUT_LETTERS else f"{LETTERS[place]}) {text}"


def _moved(key: str, rank: int, to: int) -> None:
    order = list(st.session_state[key])
    order[rank], order[to] = order[to], order[rank]
    st.session_state[key] = order


def _plain(number: str, language: str) -> str:
    """A number with a decimal point, as a matrix holds it: its comma would part two numbers."""
    if "," not in number:
        return number
    return number.replace(".", "").replace(",", ".") if language == "es" else number.replace(",", "")


def drawn_formula(text: str) -> str:
    """A formula as a learner types it, as LaTeX to look at; names of functions stand upright."""
    bare = text.replace("$", "").replace("*", r" \cdot ")
    return _FUNCTIONS.sub(r"\\operatorname{\1}", bare)
