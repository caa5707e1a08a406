"""Where a page lies, for the buttons and links of other pages: `go("learn")`, `link("check", "…")`."""

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

KEPT = "places"  # in the session: name of a page -> the page


def lay_out(pages: Mapping[str, st.Page]) -> None:
    """Remember the pages that this reader may open; the frame calls it before a page is drawn."""
    st.session_state[KEPT] = dict(pages)


def has(name: str) -> bool:
    """Whether this reader may open the page."""
    return name in st.session_state.get(KEPT, {})


def go(name: str) -> NoReturn:
    """Open the page `name` instead of this one; what the address says besides is the frame's and stays."""
    st.switch_page(st.session_state[KEPT][name], query_params={})  # to clear it is refused while a widget is bound


def link(name: str, label: str, icon: str = "") -> None:
    """A link to the page `name`, drawn only where the reader may open it."""
    if has(name):
        st.page_link(st.session_state[KEPT][name], label=label, icon=icon or None)
