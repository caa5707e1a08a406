"""What a reader does on a page, and what is said of it when the page is drawn again."""

from collections.abc import Callable

import streamlit as st

from ui.trouble import explained
from ui.who import Reader


def act(reader: Reader, verb: Callable[..., object], *values: object, said: str = "") -> None:
    """Do it; what went wrong, or that it is done (the text `said`), is kept for `tell`."""
    try:
        verb(*values)
    except Exception as error:  # noqa: BLE001  the edge: whatever went wrong is said kindly
        st.session_state["trouble"] = explained(error, reader.texts, reader.language)
    else:
        st.session_state["news"] = said


def tell(reader: Reader) -> None:
    """Say what `act` has kept, once."""
    if trouble := st.session_state.pop("trouble", ""):
        st.warning(trouble, icon=":material/info:")
    if news := st.session_state.pop("news", ""):
        st.toast(reader.text(news), icon=":material/check:")
