"""What a turn works with, put together once for each choice of what may be cited."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.citations import Citations
from agents.evidence import Gatherer
from agents.explainer import Explainer, Writer
from agents.planner import Planner
from knowledge.course import Course
from tutor.parts import Parts, Reader
from tutor.sources import ALL, Against, Sources

if TYPE_CHECKING:
    from tutor.learner.pupil import Pupil

Summarise = Callable[[str, str], dict[str, Any] | None]  # what the person's documents say to a topic, in a language


class Assembly:
    """Puts the parts of a turn together. Each of `course`, `sources`, `writer` and `reader` opens its part when it is
    first needed; `summarise` speaks for the person's documents."""

    def __init__(
        self, course: Callable[[], Course], sources: Callable[[], Sources], writer: Callable[[], Writer],
        reader: Callable[[], Reader | None], summarise: Summarise,
    ) -> None:  # fmt: skip
        self._course, self._sources = course, sources
        self._writer, self._reader, self._summarise = writer, reader, summarise
        self._made: dict[tuple[str, ...], Parts] = {}
        self._turn = threading.Lock()

    def parts(self, sources: Sequence[Path] = (), against: Against = ALL) -> Parts:
        """Over the given documents alone, or over the course and the library; made once."""
        key = tuple(str(Path(source).resolve()) for source in sources) or (against,)
        with self._turn:
            if key not in self._made:
                self._made[key] = self._put_together(sources, against)
            return self._made[key]

    def fresh(self, parts: Parts, pupil: "Pupil | None" = None) -> Parts:
        """The same for one turn, in which nothing is cited yet; `pupil`: who asks."""
        return replace(parts, citations=Citations(parts.citations.literature), pupil=pupil)

    def forget_library(self) -> None:
        """Put together anew what holds the library: it has changed."""
        self._sources().forget()
        for against in (ALL, "library"):
            self._made.pop((against,), None)

    def _put_together(self, sources: Sequence[Path], against: Against) -> Parts:
        course, corpus = self._course(), self._sources().corpus(sources, against)
        made = Parts(
            corpus, dict(course.title), Planner(course, corpus.retriever, corpus.finder), Gatherer(corpus),
            Explainer(corpus.checker, self._writer()), Citations(course.sources if corpus.course else {}),
            reader=self._reader(),
        )  # fmt: skip
        with_library = not sources and against == ALL
        return replace(made, summarise=self._summarise) if with_library else made
