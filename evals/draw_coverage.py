"""Draw how precise "supported" would be at every coverage: a risk-coverage curve for each language, as SVG.

    python -m evals.draw_coverage --data FILE.jsonl [--sources PATH...] [--course] [--name NAME] --out FILE.svg
    python -m evals.draw_coverage --result FILE.json [--name NAME] --out FILE.svg

The first form runs the fact check on the file; the second draws what `atenea eval factcheck --json` printed, so that
the figure and the figures in a table are of one run. Without sources the claims are checked against the course.
docs/fact-check.md says how to read it.
"""

import argparse
import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from evals.concept_graph import DARK, FONT, INK, PAPER, QUIET, text_width
from evals.sources import DEFAULT_CACHE, open_sources
from knowledge.messages import LANGUAGES
from knowledge.storage import write_text_atomically
from tutor.evaluation import evaluate_factcheck, read_factcheck

WORDS = Path(__file__).with_name("coverage_figure.toml")
LEAST = 5  # claims called supported, below which a point says nothing
WIDTH, HEIGHT = 920, 580
LEFT, RIGHT, TOP, BOTTOM = 84, 128, 112, 112  # around the plot; the right margin holds the lines' names
SIZE, NAME_GAP = 17, 22
COLOURS, DASHES = {"en": DARK[0], "es": DARK[7]}, {"en": "", "es": "9 5"}
GRID = "#d5d9de"


def main() -> None:
    """Score or read, and write the picture."""
    parser = argparse.ArgumentParser(prog="python -m evals.draw_coverage", description="Draw coverage and precision.")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--data", type=Path, help="a fact check file (JSONL)")
    given.add_argument("--result", type=Path, help="what `atenea eval factcheck --json` printed")
    parser.add_argument("--sources", type=Path, nargs="*", default=[], help="the documents to check against")
    parser.add_argument("--course", action="store_true", help="check against the bundled course too")
    parser.add_argument("--name", help="what the claims are called in the figure (default: the file's name)")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the figure's words")
    parser.add_argument("--out", type=Path, required=True, help="the SVG to write")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where the index is kept")
    options = parser.parse_args()
    if options.result:
        result = json.loads(options.result.read_text(encoding="utf-8"))
    else:
        with_course = options.course or not options.sources
        corpus = open_sources(options.sources, with_course=with_course, cache=options.cache)
        result = evaluate_factcheck(corpus, read_factcheck(options.data)).to_json()
    name = options.name or (options.data or options.result).stem
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_text_atomically(options.out, draw_coverage(result, name, options.language))


def draw_coverage(result: Mapping[str, Any], name: str, language: str = "en") -> str:
    """The figure of one fact check result (`Evaluation.to_json`), its words in `language`."""
    return Figure(result, name, tomllib.loads(WORDS.read_text(encoding="utf-8"))[language]).svg()


class Figure:
    """Draws one result; `words` are the texts of the figure."""

    def __init__(self, result: Mapping[str, Any], name: str, words: Mapping[str, Any]) -> None:
        self.result, self.name, self.words = result, name, words
        self.lines = {
            language: [point for point in result["curve"].get(language, ()) if point["supported"] >= LEAST]
            for language in LANGUAGES
        }
        self.lines = {language: points for language, points in self.lines.items() if points}
        values = [point["precision"]["value"] for points in self.lines.values() for point in points]
        values += [default["precision_supported"]["value"] for default in self._defaults().values()]
        self.lowest = max(0.0, math.floor(10 * min(values, default=0.5) - 0.5) / 10)  # a tenth with room below

    def svg(self) -> str:
        """The picture, on a background of its own."""
        title, size = self.words["title"], f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        subtitle = self.words["subtitle"].format(name=self.name, n=self.result["n"])
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc" '
            f'font-family="{FONT}" font-size="{SIZE}">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(self.description())}</desc>',
            f'<rect width="100%" height="100%" rx="12" fill="{PAPER}"/>',
            _text(24, 42, title, size=25, weight="bold"),
            _text(24, 70, subtitle, QUIET),
            *self._axes(), *self._bands(), *self._curves(), *self._marks(), *self._legend(), "</svg>",
        ]  # fmt: skip
        return "\n".join(parts) + "\n"

    def description(self) -> str:
        """The figure in words: what is drawn, and the default's coverage and precision."""
        said, defaults = [], self._defaults()
        for language in self.result["by"]:
            own = {"language": self.words["names"][language].capitalize()}
            if language not in defaults:
                said.append(self.words["silent"].format(**own))
                continue
            precision = {key: _percent(value) for key, value in defaults[language]["precision_supported"].items()}
            coverage = _percent(defaults[language]["coverage_supported"]["value"])
            shown = {"precision": precision["value"], "lo": precision["lo"], "hi": precision["hi"]}
            said.append(self.words["point"].strip().format(**own, coverage=coverage, **shown))
        return str(self.words["description"].strip().format(points=" ".join(said)))

    def _defaults(self) -> dict[str, Any]:
        """Language -> measures, where the app calls anything supported."""
        by: Mapping[str, Any] = self.result["by"]
        return {name: found for name, found in by.items() if found["precision_supported"]["value"] is not None}

    def _x(self, coverage: float) -> float:
        return LEFT + coverage * (WIDTH - LEFT - RIGHT)

    def _y(self, precision: float) -> float:
        part = (max(precision, self.lowest) - self.lowest) / (1 - self.lowest)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    def _axes(self) -> Iterator[str]:
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        for tenth in range(round(10 * self.lowest), 11):
            y = self._y(tenth / 10)
            yield f'<path d="M{LEFT} {_n(y)}H{right}" stroke="{GRID}"/>'
            yield _text(LEFT - 10, y + 6, _percent(tenth / 10), QUIET, anchor="end")
        for fifth in range(6):
            x = self._x(fifth / 5)
            yield f'<path d="M{_n(x)} {bottom}v6" stroke="{QUIET}"/>'
            yield _text(x, bottom + 26, _percent(fifth / 5), QUIET, anchor="middle")
        yield _text(LEFT, TOP - 14, self.words["y"])
        yield _text(right, bottom + 52, self.words["x"], anchor="end")

    def _bands(self) -> Iterator[str]:
        for language, points in self.lines.items():
            above = [(point["coverage"], point["precision"]["hi"]) for point in points]
            below = [(point["coverage"], point["precision"]["lo"]) for point in reversed(points)]
            yield f'<path d="{self._path(above + below)}Z" fill="{COLOURS[language]}" fill-opacity="0.1"/>'

    def _curves(self) -> Iterator[str]:
        heights = self._name_heights()
        for language, points in self.lines.items():
            along = [(point["coverage"], point["precision"]["value"]) for point in points]
            colour, dash = COLOURS[language], DASHES[language]
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            yield f'<path d="{self._path(along)}" fill="none" stroke="{colour}" stroke-width="2.6"{dashed}/>'
            x = self._x(along[-1][0]) + 8
            yield _text(x, heights[language] + 6, self.words["names"][language], colour, weight="bold")

    def _name_heights(self) -> dict[str, float]:
        """Where each line's name stands: at its end, and below the name above where two ends are near."""
        ends = {language: self._y(points[-1]["precision"]["value"]) for language, points in self.lines.items()}
        heights: dict[str, float] = {}
        for language in sorted(ends, key=lambda language: ends[language]):
            heights[language] = max([ends[language], *(other + NAME_GAP for other in heights.values())])
        return heights

    def _path(self, points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{_n(self._x(x))} {_n(self._y(y))}" for x, y in points)

    def _marks(self) -> Iterator[str]:
        for language, found in self._defaults().items():
            x, y = found["coverage_supported"]["value"], found["precision_supported"]["value"]
            yield _mark(self._x(x), self._y(y), COLOURS[language])

    def _legend(self) -> Iterator[str]:
        x, y = 24.0, HEIGHT - 22.0
        yield _mark(x + 8, y - 6, INK)
        yield _text(x + 24, y, self.words["default"])
        x += 24 + text_width(self.words["default"]) + 28
        yield f'<rect x="{_n(x)}" y="{_n(y - 14)}" width="26" height="16" fill="{COLOURS["en"]}" fill-opacity="0.2"/>'
        yield _text(x + 34, y, self.words["band"])
        x += 34 + text_width(self.words["band"]) + 28
        yield _text(x, y, self.words["few"].format(least=LEAST), QUIET, size=14)


def _mark(x: float, y: float, colour: str) -> str:
    """A ring, so that the line is seen through it."""
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="7" fill="{PAPER}" stroke="{colour}" stroke-width="3.2"/>'


def _text(
    x: float, y: float, text: str, colour: str = INK, *, size: int = SIZE, weight: str = "", anchor: str = ""
) -> str:
    more = {"font-size": str(size) if size != SIZE else "", "font-weight": weight, "text-anchor": anchor}
    extra = "".join(f' {name}="{value}"' for name, value in more.items() if value)
    return f'<text x="{_n(x)}" y="{_n(y)}" fill="{colour}"{extra}>{escape(text)}</text>'


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


if __name__ == "__main__":
    main()
