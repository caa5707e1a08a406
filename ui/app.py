"""The app's entry: `atenea ui` has Streamlit run this file."""

from pathlib import Path
from threading import Thread

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.errors import AteneaError
from knowledge.messages import LANGUAGES, Messages
from tutor.access import reach
from tutor.collecting import spare_what_stays
from tutor.people import Person
from tutor.tutor import Tutor
from ui import door, places, who
from ui.pages import GROUPS, PAGES, Entry
from ui.trouble import explained

HERE = Path(__file__).parent
TEXTS = Messages(HERE / "texts.toml")
LANG = "<script>document.documentElement.lang = '{language}'</script>"  # Streamlit says "en" whatever a page holds


@st.cache_resource(show_spinner=False)
def shared_tutor() -> Tutor:
    """One Tutor for every visitor; it opens its course while the first page is being read."""
    spare_what_stays()
    tutor = Tutor()
    Thread(target=_open, args=(tutor,), daemon=True).start()
    return tutor


def _open(tutor: Tutor) -> None:
    try:
        tutor.prepare()
    except AteneaError:
        return  # the first question meets the same error, and says so
    spare_what_stays()


def chosen_language() -> str:
    """The app's language: the browser's, until the reader chooses."""
    browser = "es" if (st.context.locale or "").lower().startswith("es") else "en"
    chosen: str = st.segmented_control(
        TEXTS.text("app-in", browser), LANGUAGES, default=browser, required=True, key="app", bind="query-params",
        format_func=lambda code: TEXTS.text(f"answers-{code}", code),
    )  # fmt: skip
    return chosen


def laid_out(tutor: Tutor, person: Person, language: str, choices: DeltaGenerator) -> dict[str, list[st.Page]]:
    """The pages of this reader, by the name of their group. Who has yet to come in has the door alone."""
    if who.signs_in() and not person.roles:
        title = TEXTS.text("sign-in", language)
        return {"": [st.Page(lambda: door.draw(tutor, TEXTS, language), title=title, url_path="door", default=True)]}

    def page(entry: Entry) -> st.Page:
        return st.Page(
            lambda: entry.draw(tutor, TEXTS, language, choices), title=TEXTS.text(f"page-{entry.name}", language),
            icon=entry.icon, url_path=entry.name, default=entry is PAGES[0],
        )  # fmt: skip

    pages = {entry: page(entry) for entry in PAGES if entry.is_for(person)}
    places.lay_out({entry.name: made for entry, made in pages.items()})
    grouped = {group: [made for entry, made in pages.items() if entry.group == group] for group in GROUPS}
    return {TEXTS.text(f"group-{group}", language): made for group, made in grouped.items() if made}


def main() -> None:
    """Draw the chosen page."""
    st.set_page_config(page_title="Atenea", page_icon=str(HERE / "assets" / "owl.png"), layout="centered")
    st.logo(str(HERE / "assets" / "owl.svg"), size="large")
    choices = st.sidebar.container()  # the page's own choices stand above the app's
    with st.sidebar:
        language = chosen_language()
    st.html(HERE / "assets" / "frame.css")
    st.html(LANG.format(language=language), unsafe_allow_javascript=True)
    try:
        shared = shared_tutor()
        person = who.recognise(shared)
        st.navigation(laid_out(reach(shared, person), person, language, choices), expanded=True).run()
    except Exception as error:  # noqa: BLE001  the edge: a page that cannot be drawn says why
        st.error(explained(error, TEXTS, language), icon=":material/info:")


if __name__ == "__main__":
    main()
