"""Which words of a question the passages speak to, and whether they answer it.

Whether the course answers is judged by its finder (knowledge/concept_finder.py). Where documents alone speak, and for
questions with one right answer about a named model, the passages must speak to the question's words.
"""

from collections.abc import Sequence

from agents.plan import EXACT, Plan
from knowledge.documents import Passage
from knowledge.facts import FactTable
from knowledge.frequency import zipf
from knowledge.glossary import Glossary
from knowledge.terms import STOP_WORDS, fold, plain, stem, words

MAX_UNCOVERED = 0.5  # of the words beyond a concept's name, where no finder has judged
MAX_UNNAMED = 0.25  # the same when no concept is certain, in one passage
ASKS_WHICH = ("what ", "which ", "cual ")
OF_MAKING = frozenset({"maker", "year", "authors"})
EXACT_ODDS = 0.6  # of being answered, for a question with one right answer that leaves a word open


class Coverage:
    """Compares the words of a plan with those of passages, in both languages."""

    def __init__(self, glossary: Glossary, facts: FactTable | None) -> None:
        """`facts`: the course's table, where there is a course."""
        self.glossary = glossary
        self.facts = facts

    def keys(self, text: str, language: str) -> set[str]:
        """What the words of a text stand for, in either language, without those that say nothing."""
        stop = {fold(word) for word in STOP_WORDS[language]}
        pieces = [part for word in words(plain(text)) for part in word.split("-") if fold(part) not in stop]
        return set(self.glossary.keys([stem(piece, language) for piece in pieces], language))

    def covered(self, plan: Plan, passages: Sequence[Passage]) -> int:
        """How many words of the focus the passages hold."""
        return len(plan.focus) - len(self.missing(plan, passages))

    def missing(self, plan: Plan, passages: Sequence[Passage]) -> tuple[str, ...]:
        """The words of the focus that none of the passages holds, in either language."""
        return self.lacking(plan.focus, plan.language, passages)

    def lacking(self, wanted: Sequence[str], language: str, passages: Sequence[Passage]) -> tuple[str, ...]:
        """Those of the words that none of the passages holds, in either language."""
        held: set[str] = set()
        for passage in passages:
            pieces = [part for word in words(plain(passage.indexed_text)) for part in word.split("-")]
            stems = [stem(piece, passage.language) for piece in pieces]
            held.update(stems)
            held.update(self.glossary.keys(stems, passage.language))
        missing = []
        for word in wanted:
            keys = {stem(word, language), *self.glossary.keys([stem(word, language)], language)}
            if not keys & held:
                missing.append(word)
        return tuple(missing)

    def answers(self, plan: Plan, left: tuple[str, ...], chosen: Sequence[Passage]) -> bool:
        """Whether the evidence answers. `left`: words of the question to which it does not speak.

        A value of a named model must stand in one passage with all the words that ask for it.
        """
        if not plan.focus:
            return plan.named
        best = min((len(self.missing(plan, [passage])) for passage in chosen), default=len(plan.focus))
        exact = plan.intent in EXACT
        asks_value = exact or (plan.intent == "explain" and fold(plan.query).startswith(ASKS_WHICH))
        if asks_value and (exact or left) and self._names_a_model(plan):
            return best == 0
        if plan.answered is not None:
            # A common word that is left asks for another thing ("how much does one earn"), a rare one hardly ever.
            open_words = any(zipf(word, plan.language) for word in left)
            answered = plan.answered or (plan.named and not left)
            return (answered and not (exact and open_words and plan.odds < EXACT_ODDS)) or self._documents_answer(
                plan, chosen
            )
        if exact:
            return best == 0
        if plan.named:
            return len(left) / len(plan.focus) < MAX_UNCOVERED
        return self._says_most(plan, best)

    def _documents_answer(self, plan: Plan, chosen: Sequence[Passage]) -> bool:
        """Whether a passage of a person's own documents, or a row of the table, speaks to most of the question."""
        own = [len(self.missing(plan, [passage])) for passage in chosen if passage.kind in {"", "fact"}]
        return self._says_most(plan, min(own, default=len(plan.focus)))

    def _says_most(self, plan: Plan, open_words: int) -> bool:
        """Whether a passage that leaves this many words open speaks to most of the question."""
        whole = len(plan.focus)
        return open_words / whole <= MAX_UNNAMED and whole - open_words >= min(2, whole)

    def _names_a_model(self, plan: Plan) -> bool:
        """Whether the question names something of which the table holds more than who made it and when."""
        if self.facts is None:
            return False
        named = {entity.id for _, entity in self.facts.entities_in(plan.query)}
        return any(fact.attribute not in OF_MAKING for entity in named for fact in self.facts.of(entity))
