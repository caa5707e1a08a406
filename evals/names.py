"""What is made of a message that names a concept and says no more: `python -m evals.names [--answers]`.

Every name and alias of the bundled course, in each wording of TELLING: how often the planner takes it for another
concept. With `--answers`, what "What is X?" is answered with: how often with nothing, or with one sentence or code.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from agents.plan import Memory
from agents.planner import Planner
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from tutor.measures import wilson
from tutor.settings import Settings
from tutor.tutor import Tutor

TELLING = {
    "es": ("Explícame {}", "¿Qué es {}?", "Háblame de {}", "{}", "explica {} por favor", "no entiendo {}"),
    "en": ("Explain {}", "What is {}?", "Tell me about {}", "{}", "explain {} to me please", "I don't understand {}"),
}
WHAT_IS = 1  # of them


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m evals.names", description="What a name alone is taken for.")
    parser.add_argument("--answers", action="store_true", help="ask for each name, too, and look at the answers")
    options = parser.parse_args()
    course = load_course(BUNDLED_COURSE)
    with tempfile.TemporaryDirectory() as folder:
        tutor = Tutor(Settings(data_dir=Path(folder), model="composer"))
        corpus = tutor.corpus()
        planner = Planner(course, corpus.retriever, corpus.finder)
        for language, wordings in TELLING.items():
            names = list(names_of(course, language))
            for wording in wordings:
                missed = [
                    name for name, concept in names
                    if planner.plan(wording.format(name), language, "", Memory()).concepts[:1] != (concept,)
                ]  # fmt: skip
                taken = f"{len(missed)} of {len(names)}, {wilson(len(missed), len(names))}"
                print(f"{language}  {wording:24} taken for another: {taken} {', '.join(missed[:8])}", flush=True)
            if options.answers:
                kinds = Counter(_answer(tutor, wordings[WHAT_IS].format(name), language) for name, _ in names)
                print(f"{language}  {wordings[WHAT_IS]:24} answered with: {dict(kinds)}")


def names_of(course: Course, language: str) -> Iterator[tuple[str, str]]:
    """Every name and alias of a language that is one concept's, with the concept's id."""
    owners: dict[str, set[str]] = {}
    for concept in course.concepts.values():
        for name in (concept.name[language], *concept.aliases[language]):
            owners.setdefault(name, set()).add(concept.id)
    for name, concepts in owners.items():
        if len(concepts) == 1:
            yield name, concepts.pop()


def _answer(tutor: Tutor, question: str, language: str) -> str:
    turn = tutor.ask(question, language=language)
    if turn["abstained"]:
        return "nothing"
    return "one sentence" if len(turn["sentences"]) == 1 else "more"


if __name__ == "__main__":
    main()
