"""The page of the labs: choose one, change its inputs, and see its figures and what they show."""

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from knowledge.messages import Messages
from tutor.labs.lab import Lab, LabRun
from tutor.labs.lab_inputs import arguments
from tutor.labs.registry import LABS, run_lab, watch_lab
from tutor.tutor import Tutor
from ui import marked, who
from ui.lab_inputs import LabInputs
from ui.own_texts import OwnTexts
from ui.trouble import explained
from ui.who import Reader

LAB = "lab"  # in the address and in the session: which one
SCROLLED = "<style>.st-key-labs [data-testid=stVegaLiteChart] { max-width: 100%; overflow-x: auto; }</style>"
RUN = "lab-run"  # in the session: what was asked for last, and what came of it
Kept = tuple[tuple[str, ...], LabRun | None]
MOST_KEPT = 60  # runs of short labs that are kept for everybody
AT_ONCE = 6.0  # seconds up to which a lab runs as soon as something is changed


def draw(tutor: Tutor, texts: Messages, language: str, _: DeltaGenerator) -> None:
    """The whole page in `language`."""
    reader = Reader(tutor, OwnTexts(texts, ("labs",)), language, who.learner())
    st.title(reader.text("page-labs"), anchor=False)
    st.markdown(reader.text("labs-lead"))
    st.html(SCROLLED)  # on a phone a wide figure is moved sideways
    with st.container(key="labs"):
        LabPage(reader).draw()


class LabPage:
    """One lab at a time."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.text = reader.text
        self.language = reader.language
        self.state = st.session_state

    def draw(self) -> None:
        """The choice, the task, the inputs, and the figures."""
        lab = self._chosen()
        st.markdown(marked.safe(lab.task(self.language)))
        with st.container(border=True):
            values = LabInputs(lab, self.reader).draw()
            given = arguments(lab.inputs, values)
            asked = self._asked(lab)
        run = self._run(lab, given, asked)
        if run is not None:
            self._shown(lab, run)

    def _chosen(self) -> Lab:
        kept = self.state.pop(LAB, None) or st.query_params.get(LAB, "")
        names = list(LABS)
        name = st.selectbox(
            self.text("labs-choose"), names, index=names.index(kept) if kept in names else 0,
            format_func=lambda one: f"{LABS[one].number}. {LABS[one].title(self.language)}",
            key=f"labs-choose-{self.language}",
        )  # fmt: skip
        st.query_params[LAB] = name
        return LABS[name]

    def _asked(self, lab: Lab) -> bool:
        """Whether a lab that takes long is to run now."""
        if lab.seconds <= AT_ONCE:
            return False
        asked = st.button(self.text("labs-run"), icon=":material/play_arrow:", type="primary", key=f"run-{lab.name}")
        st.caption(self.text("labs-takes", seconds=round(lab.seconds)))
        return asked

    def _run(self, lab: Lab, given: Mapping[str, Any], asked: bool) -> LabRun | None:
        """The run of these inputs: the one at hand, or a new one. A short lab runs by itself, a long one when asked."""
        key = (lab.name, self.language, repr(sorted(given.items())))
        kept_key, kept = cast(Kept, self.state.get(RUN, ((), None)))
        if kept_key == key and not asked:
            return kept
        if asked or lab.seconds <= AT_ONCE:
            return self._watched(lab, key, given) if lab.seconds > AT_ONCE else self._at_once(lab, key, given)
        if kept_key[:1] == key[:1]:
            st.caption(self.text("labs-changed"))
        return None

    def _watched(self, lab: Lab, key: tuple[str, ...], given: Mapping[str, Any]) -> LabRun | None:
        """A new run of a lab that takes long: it can be stopped, and is drawn as far as it is."""
        so_far, stop, place = None, st.empty(), st.empty()
        try:
            with st.spinner(self.text("labs-running"), show_time=True):
                stop.button(self.text("labs-stop"), icon=":material/stop_circle:", key="labs-stop")
                for so_far in watch_lab(lab.name, self.language, **given):
                    self.state[RUN] = (key, so_far)
                    with place.container():
                        self._figure(lab, so_far, lab.cover)
        except Exception as error:  # noqa: BLE001  the edge: an input on which a lab cannot run is said kindly
            self._cannot(error)
            return None
        finally:
            stop.empty()
            place.empty()
        return so_far

    def _at_once(self, lab: Lab, key: tuple[str, ...], given: Mapping[str, Any]) -> LabRun | None:
        """A run of a short lab, whoever had it made."""
        try:
            with st.spinner(self.text("labs-running")):
                run = _short_run(lab.name, self.language, dict(given))
        except Exception as error:  # noqa: BLE001  as above
            self._cannot(error)
            return None
        self.state[RUN] = (key, run)
        return run

    def _cannot(self, error: Exception) -> None:
        st.warning(explained(error, self.reader.texts, self.language), icon=":material/info:")

    # What came of it

    def _shown(self, lab: Lab, run: LabRun) -> None:
        st.subheader(self.text("labs-findings"), anchor=False)
        st.markdown("\n".join(f"- {marked.safe(finding)}" for finding in run.findings))
        for number in range(len(run.figures)):
            self._figure(lab, run, number)
        st.info(f"**{self.text('labs-observe')}**  \n{marked.safe(lab.observe(self.language))}",
                icon=":material/visibility:")  # fmt: skip
        self._around(lab)

    def _figure(self, lab: Lab, run: LabRun, number: int) -> None:
        """One figure; who does not see it hears its title and what the run found."""
        figure = run.figures[number].to_dict(validate=False)  # tests hold it to the schema, which takes its time
        figure["autosize"] = "pad"  # axes and title stand outside the size given
        alt = f"{_title(figure) or lab.title(self.language)}. {' '.join(run.findings)}"
        st.vega_lite_chart(figure, theme=None, width="content", alt=alt, key=f"figure-{lab.name}-{number}")

    def _around(self, lab: Lab) -> None:
        """The concepts that the lab serves, and where it comes from."""
        known = self.reader.tutor.course.concepts
        names = [self.reader.concept(concept) for concept in lab.concepts if concept in known]
        if names:
            st.caption(self.text("labs-concepts", concepts=", ".join(names)))
        sources = self.reader.tutor.course.sources
        st.caption(self.text("labs-sources", sources="; ".join(_cited(source, sources) for source in lab.sources)))


@st.cache_resource(max_entries=MOST_KEPT, show_spinner=False)
def _short_run(name: str, language: str, given: dict[str, Any]) -> LabRun:
    """A class that opens the same lab has it computed once: the same inputs give the same run."""
    return run_lab(name, language, **given)


def _title(figure: Mapping[str, Any]) -> str:
    """The title of a chart, "" where it has none."""
    title = figure.get("title", "")
    text = title.get("text", "") if isinstance(title, dict) else title
    return " ".join(text) if isinstance(text, list) else str(text)


def _cited(source: str, sources: Mapping[str, Any]) -> str:
    """A source with its place, as a link where it has one."""
    key, _, place = source.partition(" ")
    known = sources.get(key)
    if known is None:
        return source
    label = f"[{known.label}]({known.url})" if known.url else known.label
    return f"{label} {place}".strip()
