"""The composer: a writer that chooses and orders authored units of the course and sentences of the sources.

It says nothing of its own, so it is as true as its sources, and it needs no model.
"""

from collections.abc import Iterator, Sequence

from agents.evidence import Pack, kinds_of
from agents.plan import Draft, Memory, Plan
from knowledge.course_units import KINDS
from knowledge.documents import Passage, Sentence
from knowledge.terms import stems

LENGTH = {"beginner": 7, "intermediate": 9, "advanced": 10}  # sentences of an answer
LISTS = frozenset({"mistakes", "compare"})  # units whose sentences each speak of another thing
FROM_DOCUMENT = 3  # sentences of one passage of a person's own documents


class Composer:
    """Writes answers out of the evidence pack, sentence by sentence, each verbatim."""

    name = "composer"

    def write(self, plan: Plan, pack: Pack, memory: Memory) -> Iterator[Draft]:  # noqa: ARG002  the writers' common form
        """The sentences of the answer in order; a passage is begun only while there is room for it."""
        room = LENGTH.get(plan.level, LENGTH["beginner"])
        said: set[str] = set()
        for passage in pack.passages:
            if len(said) >= room - 1:
                return
            for sentence in choose_sentences(passage, plan):
                if sentence.text not in said:
                    said.add(sentence.text)
                    yield Draft(sentence.text, (passage,), verbatim=True)


def choose_sentences(passage: Passage, plan: Plan) -> Sequence[Sentence]:
    """A unit whole; one wording of a statement or fact; of a document, and of a list that was not asked for as a whole,
    the sentences that speak to the question."""
    if passage.kind in LISTS and (plan.others or passage.kind not in kinds_of(plan)):
        return _on_question(passage, plan) or passage.sentences
    if passage.kind in KINDS:
        return passage.sentences
    if passage.kind:
        return passage.sentences[:1] if passage.kind == "fact" else [_nearest(passage, plan)]
    wanted = set(stems(plan.query, plan.language))
    scores = [len(wanted & set(stems(sentence.text, passage.language))) for sentence in passage.sentences]
    best = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[:FROM_DOCUMENT]
    return [passage.sentences[place] for place in sorted(best) if scores[place] > 0]


def _on_question(passage: Passage, plan: Plan) -> list[Sentence]:
    """The sentences that hold a word of the question beyond the names of its concepts, or beyond that of the first
    where it names others: "How does BERT differ from GPT?" asks nothing about RoBERTa."""
    wanted = set(stems(" ".join(plan.focus), plan.language))
    if plan.others:
        wanted = set(stems(plan.query, plan.language)) - set(stems(" ".join(plan.topic), plan.language))
    return [sentence for sentence in passage.sentences if wanted & set(stems(sentence.text, passage.language))]


def _nearest(passage: Passage, plan: Plan) -> Sentence:
    wanted = set(stems(plan.query, plan.language))
    return max(passage.sentences, key=lambda sentence: len(wanted & set(stems(sentence.text, passage.language))))
