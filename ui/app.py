"""The app's entry: `atenea ui` has Streamlit run this file."""

from pathlib import Path
from threading import Thread

import streamlit as st

from knowledge.errors import AteneaError
from knowledge.messages import LANGUAGES, Messages
from tutor.tutor import Tutor
from ui import page_learn, page_model, page_research
from ui.trouble import explained

HERE = Path(__file__).parent
TEXTS = Messages(HERE / "texts.toml")
LANG = "<script>document.documentElement.lang = '{language}'</script>"  # Streamlit says "en" whatever a page holds


@st.cache_resource(show_spinner=False)
def shared_tutor() -> Tutor:
    """One Tutor for every visitor; it opens its course while the first page is being read."""
    tutor = Tutor()
    Thread(target=_open, args=(tutor,), daemon=True).start()
    return tutor


def _open(tutor: Tutor) -> None:
    try:
        tutor.prepare()
    except AteneaError:
        return  # the first question meets the same error, and says so


def chosen_language() -> str:
    """The app's language: the browser's, until the reader chooses."""
    browser = "es" if (st.context.locale or "").lower().startswith("es") else "en"
    chosen: str = st.segmented_control(
        TEXTS.text("app-in", browser), LANGUAGES, default=browser, required=True, key="app", bind="query-params",
        format_func=lambda code: TEXTS.text(f"answers-{code}", code),
    )  # fmt: skip
    return chosen


def main() -> None:
    """Draw the chosen page."""
    st.set_page_config(page_title="Atenea", page_icon=str(HERE / "assets" / "owl.png"), layout="centered")
    st.logo(str(HERE / "assets" / "owl.svg"), size="large")
    tutor = shared_tutor()
    choices = st.sidebar.container()  # the page's own choices stand above the app's
    with st.sidebar:
        language = chosen_language()
    st.html(LANG.format(language=language), unsafe_allow_javascript=True)
    learn = st.Page(
        lambda: page_learn.draw(tutor, TEXTS, language, choices),
        title=TEXTS.text("page-learn", language), icon=":material/school:", url_path="learn", default=True,
    )  # fmt: skip
    model = st.Page(
        lambda: page_model.draw(tutor, TEXTS, language, learn),
        title=TEXTS.text("page-model", language), icon=":material/insights:", url_path="model",
    )  # fmt: skip
    research = st.Page(
        lambda: page_research.draw(tutor, TEXTS, language),
        title=TEXTS.text("page-research", language), icon=":material/library_books:", url_path="research",
    )  # fmt: skip
    page = st.navigation([learn, model, research])
    try:
        page.run()
    except Exception as error:  # noqa: BLE001  the edge: a page that cannot be drawn says why
        st.error(explained(error, TEXTS, language), icon=":material/info:")


if __name__ == "__main__":
    main()
