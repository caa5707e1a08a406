"""Rule once on every claim that a course's exercises make, and keep the rulings beside the course."""

from agents.grounded import grounded_recipes
from knowledge.corpus import open_corpus
from knowledge.course import Course
from knowledge.course_loader import load_course
from knowledge.messages import LANGUAGES
from knowledge.rulings import Asked, Ruling, Rulings, keep_rulings
from tutor.tutor import Tutor

SEEDS = 12  # draws of each recipe: an authored question shows three of at most four distractors


def claims_of(course: Course) -> list[Asked]:
    """Every claim that the recipes of a course make, in both languages, each once."""
    asked: dict[Asked, None] = {}

    def note(claim: str, language: str) -> Ruling:
        asked[claim, language] = None
        return Ruling("not_found")

    for recipe in grounded_recipes(course, note):
        if recipe.id.startswith("question:"):  # the others make claims that are ruled on at once
            for seed in range(SEEDS):
                for language in LANGUAGES:
                    recipe.make(seed, recipe.levels[0], language)
    return list(asked)


def rule_course(tutor: Tutor) -> int:
    """Rule on the claims of the tutor's course and keep what was not known at once; how many that were. What has been
    ruled on stays ruled while the course's evidence and the fact check are what they were."""
    course = load_course(tutor.settings.course)
    corpus = open_corpus(course, tutor.encoder, tutor.settings.cache_dir, verifier=tutor.verifier)
    return keep_rulings(course.path, Rulings(course, lambda: corpus.checker), claims_of(course))
