"""What stands before a class's installation: sign in; and, for an account that is not of the class, out again."""

import streamlit as st

from knowledge.messages import Messages
from tutor.tutor import Tutor
from ui import who


def draw(tutor: Tutor, texts: Messages, language: str) -> None:
    """The page of who has not come in."""
    st.title("Atenea", anchor=False)
    st.markdown(texts.text("tagline", language, course=tutor.course.title[language]))
    if who.signed_in():
        st.warning(texts.text("not-of-class", language), icon=":material/block:")
        st.button(texts.text("sign-out", language), icon=":material/logout:", on_click=st.logout)
    else:
        st.markdown(texts.text("sign-in-why", language))
        st.button(texts.text("sign-in", language), icon=":material/login:", type="primary", on_click=st.login)
