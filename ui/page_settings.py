"""Settings: the language, how Atenea speaks, who words the answers, the reader's data, and who they are."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import LANGUAGES, Messages
from tutor.data_kept import sizes
from tutor.doctor import Check, examination, local_models
from tutor.learner.profile import STYLES
from tutor.machine import memory
from tutor.people import FILE, OWNER, RESEARCHER, STUDENT, TEACHER
from tutor.settings import COMPOSER
from tutor.tutor import Tutor
from ui import marked, own_data, who, written
from ui.doing import act, tell
from ui.own_texts import OwnTexts
from ui.page_learn import AUTO, LEVELS
from ui.who import Reader

FOUND = "examined"  # in the session


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    Settings(Reader(tutor, OwnTexts(texts, ("settings",)), language, who.learner())).draw()


class Settings:
    """What one person may choose and see of their installation."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.tutor = reader.tutor
        self.text = reader.text
        self.state = st.session_state
        self.person = who.person()

    def draw(self) -> None:
        """Every part that concerns this reader."""
        st.title(self.text("page-settings"), anchor=False)
        st.markdown(self.text("lead" if self.reader.learner else "lead-nobody"))
        tell(self.reader)
        self._speaking()
        if OWNER in self.person.roles:
            self._model()
        if self.reader.learner:
            self._data()
        self._person()

    # How Atenea speaks

    def _speaking(self) -> None:
        st.subheader(self.text("reading"), anchor=False)
        languages = {code: self.text(f"answers-{code}") for code in LANGUAGES}
        self._choice("language", languages, self.reader.language, self._speak)
        levels = {level: self.text(f"level-{level}") for level in ((AUTO, *LEVELS) if self.reader.learner else LEVELS)}
        self._choice("level", levels, self.state.get("level") or st.query_params.get("level", ""), self._set_level)
        if self.reader.learner:
            profile = self.reader.profile()
            styles = {style: self.text(f"style-{style or 'any'}") for style in ("", *STYLES)}
            self._choice("style", styles, profile.style, lambda style: self._set(style=style))
            spoken = {"": self.text("exercises-any"), **languages}
            self._choice("exercises", spoken, profile.language, lambda language: self._set(language=language))

    def _choice(self, name: str, options: Mapping[str, str], now: str, keep: Callable[[str], None]) -> None:
        """One choice, kept as soon as it is made. `options`: what may be chosen -> how it is called."""
        key = f"settings-{name}-{self.reader.language}"
        st.selectbox(
            self.text(name), list(options), index=list(options).index(now) if now in options else 0, key=key,
            format_func=options.__getitem__, on_change=lambda: keep(self.state[key]),
        )  # fmt: skip

    def _speak(self, language: str) -> None:
        self.state["app"] = language

    def _set_level(self, level: str) -> None:
        self.state["level"] = level

    def _set(self, **changes: str) -> None:
        act(self.reader, lambda: self.tutor.study.set(self.reader.learner, **changes), said="saved")

    # Who words the answers

    def _model(self) -> None:
        st.subheader(self.text("model"), anchor=False)
        speaker = self.tutor.settings.speaker
        chat = self.text("model-chat", name=marked.safe(speaker))
        words = self.text("model-composer") if speaker == COMPOSER else chat
        st.markdown(f"{words}  \n{self.text('model-held')}")
        self._better(local_models(memory()).more["models"])
        if st.button(self.text("examine"), icon=":material/stethoscope:"):
            with st.spinner(self.text("examining")):
                act(self.reader, lambda: self.state.update({FOUND: examination(self.tutor)}))
            tell(self.reader)
        if found := self.state.get(FOUND):
            self._found(found)

    def _better(self, models: list[dict[str, Any]]) -> None:
        """What this machine's memory holds of the table of models, and the command that gets each."""
        with st.expander(self.text("better"), icon=":material/memory:"):
            if not models:
                st.markdown(self.text("better-none"))
                return
            st.markdown(self.text("better-how"))
            st.table(
                [
                    {
                        self.text("better-name"): f"[{marked.safe(model['name'])}]({model['source']})",
                        self.text("size"): self._size(round(model["gigabytes"] * 1e9)),
                        self.text("better-licence"): marked.safe(model["licence"]),
                        self.text("better-command"): f"`{model['command']}`",
                    }
                    for model in models
                ],
                hide_index=True, border="horizontal",
            )  # fmt: skip

    def _found(self, found: list[Check]) -> None:
        amiss = sum(not check.ok for check in found)
        if amiss:
            st.warning(self.text("amiss", count=amiss, total=len(found)), icon=":material/error:")
        else:
            st.success(self.text("all-well"), icon=":material/check:")
        for check in found:
            self._check(check.as_dict(self.reader.language))

    def _check(self, check: Mapping[str, Any]) -> None:
        mark = f":green-badge[:material/check: {self.text('ok')}]"
        if not check["ok"]:
            mark = f":orange-badge[:material/error: {self.text('missing')}]"
        lines = (f"**{check['title']}** {mark}", *map(marked.safe, filter(None, (check["detail"], check["hint"]))))
        st.markdown("  \n".join(lines))

    # Data

    def _data(self) -> None:
        st.subheader(self.text("data"), anchor=False)
        if OWNER in self.person.roles:
            folder = self.tutor.settings.data_dir
            st.markdown(self.text("data-where"))
            st.code(str(folder), language=None, wrap_lines=True)
            if kept := sizes(folder):
                st.table(
                    [
                        {self.text("kind"): self.text(f"kind-{kind}"), self.text("size"): self._size(size)}
                        for kind, size in kept.items()
                    ],
                    hide_index=True, border="horizontal",
                )  # fmt: skip
        else:
            st.markdown(self.text("data-own"))
        if self.reader.knows():
            own_data.draw(self.reader)
        else:
            st.caption(self.text("nothing-kept"))

    def _size(self, size: int) -> str:
        return written.size(size, self.reader.texts, self.reader.language)

    # Who reads

    def _person(self) -> None:
        st.subheader(self.text("person"), anchor=False)
        if OWNER in self.person.roles:
            st.markdown(self.text("alone"))
            st.caption(self.text("alone-class", file=f"`{self.tutor.settings.data_dir / FILE}`"))
        elif not self.person.roles:
            st.markdown(self.text("visitor"))
        else:
            name = marked.safe(self.person.name) or self.text("somebody")
            st.markdown(self.text("signed-in", name=name))
            roles = [role for role in (STUDENT, TEACHER, RESEARCHER) if role in self.person.roles]
            st.markdown(self.text("roles", roles="; ".join(self.text(f"role-{role}") for role in roles)))
            st.button(self.text("sign-out"), icon=":material/logout:", on_click=st.logout, key="settings-sign-out")
