"""What was asked and no source says: whole questions that nothing answers, and words that nothing speaks to."""

from collections.abc import Sequence

from agents.research.questions import content_words
from agents.research.stretches import Stretch
from agents.research.weighing import LEAST, Weighed
from agents.scaffold import scaffold
from knowledge.frequency import zipf
from knowledge.glossary import Glossary
from knowledge.terms import fold, plain, stem, words

NAME = 2.5  # Zipf frequency below which a word is taken for a name, the same in both languages


def gaps_of(
    questions: Sequence[str], language: str, weighed: Sequence[Weighed], used: Sequence[Stretch], glossary: Glossary
) -> tuple[str, ...]:
    """The questions without an answer, then the words of the whole question that no used stretch holds.

    Of a word of the one language that the glossary cannot say in the other, nothing can be told beside a stretch in
    the other; nor is a word of asking ("need", "dicen") what is asked about.
    """
    answered = {one.question for one in weighed if one.relevance >= LEAST}
    if not used:
        return (questions[0],)
    silent = [question for place, question in enumerate(questions) if place and place not in answered]
    silent = [question for question in silent if _untold(question, language, used, glossary)]
    lacking = _untold(questions[0], language, used, glossary)
    told = " ".join(silent).lower()
    return (*silent, *(word for word in lacking if word.lower() not in told))


def _untold(question: str, language: str, used: Sequence[Stretch], glossary: Glossary) -> list[str]:
    held: set[str] = set()
    for stretch in used:
        text = plain(" ".join((*stretch.passage.headings, stretch.passage.title, stretch.quote)))
        pieces = [part for word in words(text) for part in word.split("-")]
        stems = [stem(piece, stretch.language) for piece in pieces]
        alone = (glossary.keys([one], stretch.language) for one in stems)  # "attention" in "sparse attention", too
        held.update(stems, glossary.keys(stems, stretch.language), *alone)
    foreign = any(stretch.language != language for stretch in used)
    return [
        word for word in content_words(question, language)
        if not _keys(word, language, glossary) & held and fold(word) not in scaffold().talk[language]
        and not (foreign and zipf(word, language) >= NAME and not _translated(word, language, glossary))
    ]  # fmt: skip


def _translated(word: str, language: str, glossary: Glossary) -> bool:
    return any(term is not None for _, _, term in glossary.match(_stems(word, language), language))


def _keys(word: str, language: str, glossary: Glossary) -> set[str]:
    stems = _stems(word, language)
    return {*stems, *glossary.keys(stems, language)}


def _stems(word: str, language: str) -> list[str]:
    return [stem(part, language) for part in word.split("-")]
