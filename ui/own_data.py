"""What is kept of a reader: taking it along, and deleting it."""

import json

import streamlit as st

from ui.doing import act
from ui.who import Reader


def draw(reader: Reader) -> None:
    """Both, closed until they are wanted. A deletion asks to be confirmed."""
    with st.expander(reader.text("own-data")):
        st.download_button(
            reader.text("export"), data=lambda: exported(reader), file_name="atenea.json",
            mime="application/json", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        sure = st.checkbox(reader.text("delete-sure"), key="delete-sure")
        st.button(
            reader.text("delete"), icon=":material/delete:", disabled=not sure, on_click=act,
            args=(reader, _delete, reader), kwargs={"said": "deleted"},
        )  # fmt: skip


def exported(reader: Reader) -> str:
    """Everything that is kept of a reader, as JSON."""
    return json.dumps(reader.tutor.learner_export(reader.learner), ensure_ascii=False, indent=1)


def _delete(reader: Reader) -> None:
    """The conversation on the page of learning, and the text on that of checking, are of what is deleted."""
    reader.tutor.learner_delete(reader.learner)
    for key in ("turns", "thread", "asked", "failure", "check"):
        st.session_state.pop(key, None)
    for name in ("thread", "text"):
        st.query_params.pop(name, None)
