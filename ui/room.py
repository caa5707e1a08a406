"""Room for pages that hold tables and two things side by side, and what their buttons look like."""

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

WIDTH = 1060  # pixels: beyond it lines are too long to read


def broad() -> DeltaGenerator:
    """A wider middle of the page; on a narrow screen all of it."""
    st.set_page_config(layout="wide")
    return st.container(width=WIDTH)


def kind(ready: bool) -> Literal["primary", "secondary"]:
    """How the main button of a page looks: where it cannot be pressed yet its words must still be read, which those of
    a primary button are not in the dark."""
    return "primary" if ready else "secondary"
