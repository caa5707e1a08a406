"""Inputs that begin with a value which something else may change as well: a button, a draft on the disk."""

from typing import Any

import streamlit as st


def seeded(key: str, value: Any) -> str:
    """The key of an input that begins with this value, whatever sets it later."""
    st.session_state.setdefault(key, value)
    return key
