"""Write the page and the figure of the bundled course from its data: `python -m evals.draw_course`."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from evals.concept_graph import draw_graph
from evals.layered_layout import depths
from knowledge.bibliography import Source
from knowledge.course import BUNDLED_COURSE, Concept, Course
from knowledge.course_loader import load_course
from knowledge.facts import Fact

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {"en": "course.md", "es": "curso.md"}
GOAL = "rlhf"  # how far one thing reaches back, as an example


def draw(course: Course) -> dict[str, str]:
    """Every file below docs/ by its name: a page and a figure for each language."""
    words = tomllib.loads(Path(__file__).with_name("course_page.toml").read_text(encoding="utf-8"))
    files = {}
    for language, page in PAGES.items():
        own = words[language]
        figure = {key.removeprefix("figure_"): text for key, text in own.items() if key.startswith("figure_")}
        files[f"images/concept-graph-{language}.svg"] = draw_graph(
            course, language, {**figure, "description": own["graph_alt"].strip()}
        )
        files[page] = Page(course, language, own).text()
    return files


class Page:
    """The page of a course in one language; `words` are its texts."""

    def __init__(self, course: Course, language: str, words: Mapping[str, str]) -> None:
        self.course, self.language, self.words = course, language, words
        self.depths = depths({name: concept.prerequisites for name, concept in course.concepts.items()})
        self.folder = f"../knowledge/courses/{course.path.name}/concepts"

    def text(self) -> str:
        """The whole page, in Markdown."""
        sections = (
            ("counts", self._counts()), ("graph", self._graph()), ("study", self._study()),
            ("topics", "\n\n".join(self._topics())), ("undisclosed", "\n".join(self._undisclosed())),
            ("sources", "\n".join(self._sources())),
        )  # fmt: skip
        intro = self._fill("intro", description=self.course.description[self.language], id=self.course.id)
        body = "".join(f"\n## {self.words[key]}\n\n{text}\n" for key, text in sections)
        return f"# {self.course.title[self.language]}\n\n{intro}\n{body}"

    def _fill(self, key: str, **values: object) -> str:
        return self.words[key].strip().format(**values)

    def _name(self, concept: str) -> str:
        return self.course.concepts[concept].name[self.language]

    def _link(self, concept: str) -> str:
        return f"[{self._name(concept)}]({self.folder}/{concept}/{self.language}.md)"

    def _counts(self) -> str:
        course = self.course
        kinds = Counter(unit.kind == "faq" for unit in course.units if unit.language == self.language)
        status = Counter(fact.status for fact in course.facts.facts)
        return self._fill(
            "counts_text", concepts=len(course.concepts), topics=len(course.topics), units=kinds[False],
            questions=kinds[True], misconceptions=len(course.misconceptions), statements=len(course.statements),
            facts=len(course.facts.facts), sources=len(course.sources), published=status["published"],
            estimated=status["estimated"], undisclosed=status["undisclosed"],
        )  # fmt: skip

    def _graph(self) -> str:
        file = f"images/concept-graph-{self.language}.svg"
        return f"[![{self.words['graph_alt'].strip()}]({file})]({file})\n\n{self.words['graph_text']}"

    def _study(self) -> str:
        steps: dict[int, list[str]] = {}
        for name in self._sorted(self.course.concepts):
            steps.setdefault(self.depths[name], []).append(name)
        start = ", ".join(f"«{self._name(name)}»" if self.language == "es" else f'"{self._name(name)}"'
                          for name in steps[0])  # fmt: skip
        rows = "\n".join(f"| {step} | {' · '.join(map(self._name, names))} |" for step, names in sorted(steps.items()))
        goal_count = len(self._ancestors(GOAL))
        return self._fill("study_text", start=start, goal=self._name(GOAL), goal_count=goal_count, steps=rows)

    def _ancestors(self, concept: str) -> set[str]:
        before = self.course.concepts[concept].prerequisites
        return set(before).union(*map(self._ancestors, before))

    def _sorted(self, names: Mapping[str, Concept] | list[str]) -> list[str]:
        order = list(self.course.topics)
        return sorted(
            names, key=lambda name: (self.depths[name], order.index(self.course.concepts[name].topic), name)
        )  # fmt: skip

    def _topics(self) -> Iterator[str]:
        for number, (topic, name) in enumerate(self.course.topics.items(), start=1):
            own = [concept.id for concept in self.course.concepts.values() if concept.topic == topic]
            rows = "\n".join(self._row(self.course.concepts[concept]) for concept in self._sorted(own))
            line = "|---|:-:|---|---|--:|--:|--:|--:|"
            yield f"### {number}. {name[self.language]}\n\n{self.words['table']}\n{line}\n{rows}"

    def _row(self, concept: Concept) -> str:
        units = Counter(
            unit.kind == "faq" for unit in self.course.units
            if (unit.concept, unit.language) == (concept.id, self.language)
        )  # fmt: skip
        before = " · ".join(map(self._name, concept.prerequisites)) or self.words["none"]
        objectives = concept.objectives[self.language]
        harms = sum(item.id.startswith(f"{concept.id}.") for item in self.course.misconceptions)
        said = sum(item.concept == concept.id for item in self.course.statements)
        cells = (
            self._link(concept.id), concept.difficulty, before, _cell(" ".join(objectives.values())),
            units[False], units[True], harms, said,
        )  # fmt: skip
        return "| " + " | ".join(map(str, cells)) + " |"

    def _undisclosed(self) -> Iterator[str]:
        facts = self.course.facts
        yield self.words["undisclosed_text"] + "\n"
        for entity in facts.entities.values():
            hidden = [fact for fact in facts.of(entity.id) if fact.status == "undisclosed"]
            if hidden:
                phrases = ", ".join(facts.attributes[fact.attribute].phrase[self.language] for fact in hidden)
                yield f"- **{entity.name}** ({entity.maker}): {phrases} {self._cited(*hidden)}"
        yield f"\n{self.words['estimated']}\n"
        for fact in facts.facts:
            if fact.status == "estimated":
                yield f"- {facts.sentence(fact, self.language)} {self._cited(fact)}"

    def _cited(self, *facts: Fact) -> str:
        cited = dict.fromkeys((source.key, source.locator) for fact in facts for source in fact.sources)
        return "[" + "; ".join(f"{key}, {place}" if place else key for key, place in cited) + "]"

    def _sources(self) -> Iterator[str]:
        yield self._fill("sources_text", count=len(self.course.sources)) + "\n"
        for _, source in sorted(self.course.sources.items()):
            yield f"- `{source.key}` {source.label}. *{_cell(source.title)}*. {_links(source)}".rstrip()


def _links(source: Source) -> str:
    """To arXiv, to the DOI, or else to the maker's page."""
    links = []
    if source.arxiv:
        links.append(f"[arXiv:{source.arxiv}](https://arxiv.org/abs/{source.arxiv})")
    if source.doi:
        links.append(f"[doi:{source.doi}](https://doi.org/{source.doi})")
    if not links and source.url:
        links.append(f"<{source.url}>")
    return " · ".join(links)


def _cell(text: str) -> str:
    """Text that Markdown shows as it is."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


if __name__ == "__main__":
    for name, text in draw(load_course(BUNDLED_COURSE)).items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")
