"""The composer of summaries: the sources' own sentences, chosen, ordered and framed, nothing reworded.

A sentence in another language than the reader's is quoted in the original, and said to be.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from agents.research.drafting import DraftLine, DraftPart, Findings
from agents.research.points import Point
from agents.research.stretches import Stretch, shown
from knowledge.messages import Messages

TEXTS = Messages(Path(__file__).with_name("texts.toml"))


class SummaryComposer:
    """Drafts summaries out of what was found."""

    name = "composer"

    def draft(self, findings: Findings) -> Iterator[DraftPart]:
        """The short answer, what several sources say, the themes, the limits; a part without lines is left out."""
        language = findings.language
        parts: list[tuple[str, str, Iterable[Point]]] = [
            ("answer", TEXTS.text("answer", language), findings.answer),
            ("agreement", TEXTS.text("agreement", language), findings.agreements),
        ]
        parts += [("theme", theme.name or TEXTS.text("theme", language), theme.points) for theme in findings.themes]
        parts.append(("limits", TEXTS.text("limits", language), [Point(one) for one in findings.limits]))
        for kind, title, points in parts:
            if points:
                yield DraftPart(kind, title, (self.line(point, language) for point in points))  # type: ignore[arg-type]

    def line(self, point: Point, language: str) -> DraftLine:
        """A point as a line: the words of its first voice, with all of them to cite."""
        voices = (point.lead.stretch, *(one.stretch for one in point.also))
        return quoting(voices[0], language, voices[1:])


def quoting(stretch: Stretch, language: str, also: tuple[Stretch, ...] = ()) -> DraftLine:
    """A line of the words of a stretch, framed where they are in another language than `language`."""
    text = shown(stretch.quote, stretch.language)
    if stretch.language != language:
        key = f"foreign-{stretch.language}"
        text = TEXTS.text(key, language, quote=text)
    return DraftLine(text, (stretch, *also), stretch.language, quoted=True)
