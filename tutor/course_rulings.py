"""Rule once on every claim that a course's exercises make, and keep the rulings beside the course."""

from agents.grounded import grounded_recipes
from agents.grounded.authored import MOST_WRONG
from knowledge.corpus import open_corpus
from knowledge.course import Course
from knowledge.course_loader import load_course
from knowledge.messages import LANGUAGES
from knowledge.question import Question
from knowledge.rulings import Asked, Ruling, Rulings, keep_rulings
from tutor.tutor import Tutor

SEEDS = 12  # draws of a question that has more distractors than it shows; of any other, one draw says all


def claims_of(course: Course) -> list[Asked]:
    """Every claim that the recipes of a course make, in both languages, each once."""
    asked: dict[Asked, None] = {}

    def note(claim: str, language: str) -> Ruling:
        asked[claim, language] = None
        return Ruling("not_found")

    draws = {f"question:{question.id}": SEEDS if _chooses(question) else 1 for question in course.bank}
    for recipe in grounded_recipes(course, note):
        for seed in range(draws.get(recipe.id, 0)):  # the others make claims that are ruled on at once
            for language in LANGUAGES:
                recipe.make(seed, recipe.levels[0], language)
    return list(asked)


def _chooses(question: Question) -> bool:
    return any(len(wording.wrong) > MOST_WRONG for wording in question.wordings.values())


def rule_course(tutor: Tutor) -> int:
    """Rule on the claims of the tutor's course and keep what was not known at once; how many that were. What has been
    ruled on stays ruled while the course's evidence and the fact check are what they were."""
    course = load_course(tutor.settings.course)
    corpus = open_corpus(course, tutor.encoder, tutor.settings.cache_dir, verifier=tutor.verifier)
    return keep_rulings(course.path, Rulings(course, lambda: corpus.checker), claims_of(course))
