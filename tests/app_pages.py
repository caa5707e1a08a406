"""Pages of the app without a browser: one app over one tutor, a page by its address, what stands on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import ui
from tutor.tutor import Tutor

APP = Path(str(ui.__file__)).with_name("app.py")
CHOSEN = {"es": "Español", "en": "English"}
ADDRESS = "server.address"
# Each new visitor has Streamlit read what is installed, a second of work; that does not change while tests run.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


class SignedIn:
    """What Streamlit says of who reads, where there is a sign-in. `claims`: of the verified token, None for nobody."""

    def __init__(self, claims: Mapping[str, Any] | None) -> None:
        self.claims = claims

    def to_dict(self) -> dict[str, Any]:
        return {"is_logged_in": self.claims is not None, **(self.claims or {})}


@contextmanager
def app_over(tutor: Tutor, address: str | None = "127.0.0.1", user: SignedIn | None = None) -> Iterator[AppTest]:
    """A visitor before the first run, as `atenea ui` has them at `address`."""
    before = config.get_option(ADDRESS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tutor.tutor.Tutor", lambda: tutor)
        patch.setattr(tutor, "prepare", lambda: None)
        if user:
            patch.setattr(st, "user", user)
        config.set_option(ADDRESS, address)
        st.cache_resource.clear()
        yield AppTest.from_file(str(APP), default_timeout=60)
        st.cache_resource.clear()
        config.set_option(ADDRESS, before)


def open_page(app: AppTest, page: str, language: str) -> AppTest:
    """The page at its address, in that language."""
    app.query_params["app"] = CHOSEN[language]
    app._page_hash = calc_hash(page)
    return seen(app.run())


def seen(app: AppTest) -> AppTest:
    """The app, in which nothing has failed."""
    assert not app.exception, app.exception
    assert not app.error, app.error
    return app


def shown(app: AppTest) -> str:
    """What can be read on the page, a text a line."""
    texts = (*app.title, *app.markdown, *app.info, *app.warning, *app.caption, *app.success)
    html = [element.proto.body for element in app.get("html")]  # type: ignore[attr-defined]
    return "\n".join([*(element.value for element in texts), *html])


def labelled(app: AppTest, label: str) -> Any:
    """The button of that label."""
    return next(button for button in app.button if button.label == label)


def offered(app: AppTest) -> list[str]:
    """The names of the pages in the navigation."""
    return list(app.session_state["places"])
