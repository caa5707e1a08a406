"""The inputs of a lab as widgets, within the bounds that the lab declares. They stay in the address: a reload and a
shared link keep them."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from tutor.labs.lab import Lab
from tutor.labs.lab_inputs import LabInput
from ui import marked
from ui.who import Reader

MOST_SLIDER = 200  # whole numbers from which a box is easier than a slider
MOST_LINE = 300  # characters from which a text has several lines
COLUMNS = 2


class LabInputs:
    """The inputs of one lab, in the order of its declaration; a word or a limit depends on one drawn before."""

    def __init__(self, lab: Lab, reader: Reader) -> None:
        self.lab = lab
        self.reader = reader
        self.language = reader.language
        self.values: dict[str, Any] = {}

    def draw(self) -> dict[str, Any]:
        """A value for each input; None leaves it to the lab."""
        wide = [one for one in self.lab.inputs if one.kind == "text" and not one.more]
        for one in wide:
            self._input(st, one)
        self._grid([one for one in self.lab.inputs if not one.more and one not in wide])
        more = [one for one in self.lab.inputs if one.more]
        if more:
            with st.expander(self.reader.text("labs-more"), icon=":material/tune:", key=f"more-{self.lab.name}"):
                self._grid(more)
        return self.values

    def _grid(self, inputs: list[LabInput]) -> None:
        columns = st.columns(COLUMNS) if len(inputs) > 1 else [st]
        for place, one in enumerate(inputs):
            self._input(columns[place % len(columns)], one)

    def _input(self, where: Any, one: LabInput) -> None:
        kinds = {
            "whole": self._whole, "real": self._real, "switch": self._switch, "choice": self._choice,
            "several": self._several, "text": self._text, "word": self._word,
        }  # fmt: skip
        self.values[one.name] = kinds[one.kind](where, one)

    def _key(self, one: LabInput) -> str:
        """A browser keeps an option by its words: each language has its own widget."""
        return f"{self.lab.name}-{one.name}-{self.language}".replace("_", "-")

    # The kinds

    def _whole(self, where: DeltaGenerator, one: LabInput) -> int | None:
        key, low, most = self._key(one), int(one.low), one.most(self.values)
        if isinstance(kept := st.session_state.get(key), int) and kept > most:
            st.session_state[key] = most
        if one.default is not None and most - low <= MOST_SLIDER and most > low:
            return int(where.slider(one.label[self.language], low, most, min(one.default, most), key=key,
                                    bind="query-params"))  # fmt: skip
        given = where.number_input(
            one.label[self.language], low, most, one.default, key=key, bind="query-params", step=1
        )
        return None if given is None else int(given)

    def _real(self, where: DeltaGenerator, one: LabInput) -> float:
        return float(where.slider(one.label[self.language], float(one.low), float(one.high), float(one.default),
                                  step=one.step, key=self._key(one), bind="query-params"))  # fmt: skip

    def _switch(self, where: DeltaGenerator, one: LabInput) -> bool:
        return bool(where.toggle(one.label[self.language], one.default, key=self._key(one), bind="query-params"))

    def _choice(self, where: DeltaGenerator, one: LabInput) -> Any:
        options = list(one.options)
        return where.selectbox(
            one.label[self.language], options, index=options.index(one.default), key=self._key(one),
            format_func=lambda value: one.options[value][self.language], persist_state="session",
        )  # fmt: skip

    def _several(self, where: DeltaGenerator, one: LabInput) -> list[Any] | None:
        chosen = where.multiselect(
            one.label[self.language], list(one.options), default=one.default, key=self._key(one),
            format_func=lambda value: one.options[value][self.language], persist_state="session",
        )  # fmt: skip
        return chosen or None

    def _text(self, where: DeltaGenerator, one: LabInput) -> str | None:
        draw = where.text_input if one.high <= MOST_LINE else where.text_area
        default = self.lab.text(one.default, self.language)
        given = draw(
            one.label[self.language], default, max_chars=int(one.high), key=self._key(one), bind="query-params"
        )
        return None if given == default else given

    def _word(self, where: DeltaGenerator, one: LabInput) -> int:
        """The place of a word of a text, the last one by default."""
        source = next(other for other in self.lab.inputs if other.name == one.of)
        text = self.values[one.of]
        words = (self.lab.text(source.default, self.language) if text is None else text).split()
        if not words:
            return int(one.default)
        return int(where.selectbox(
            one.label[self.language], range(len(words)), index=len(words) - 1,
            format_func=lambda place: f"{place + 1}. {marked.safe(words[place])}", key=f"{self._key(one)}-{len(words)}",
        ))  # fmt: skip
