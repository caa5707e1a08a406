"""The evidence pack of a turn: the passages that may speak, best first, and what the sources do not say.

Whether they answer is told by agents/coverage.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from agents.coverage import Coverage
from agents.plan import EXACT, Memory, Plan
from agents.scaffold import scaffold
from knowledge.corpus import Corpus
from knowledge.documents import STATEMENT, Passage
from knowledge.frequency import zipf
from knowledge.terms import fold, plain, stem, words

# What to say for each intent and level, in order; the first that the concept has and that was not said yet go first.
KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "explain": {
        "beginner": ("definition", "intuition"),
        "intermediate": ("definition", "how"),
        "advanced": ("definition", "formal"),
    },
    "why": {"": ("why",)},
    "how": {"": ("how",), "advanced": ("how", "formal")},
    "example": {"": ("example",)},
    "how_many": {"": ("example",)},
    "compare": {"": ("compare",)},
    "formula": {"": ("formal",)},
    "code": {"": ("code",)},
    "mistakes": {"": ("mistakes",)},
    "simpler": {"": ("intuition", "example")},
    "deeper": {"": ("formal", "compare", "how", "code", "why")},
    "again": {"": ("intuition", "example", "why", "how", "definition")},
    "other_language": {"": ("definition", "intuition")},
}  # fmt: skip
STYLES = {"intuition": "intuition", "mathematics": "formal", "code": "code", "pictures": "intuition"}  # and their unit
ANY_KIND = ("definition", "intuition", "how", "why", "example", "compare", "formal", "mistakes", "code")
ONE_AT_A_TIME = frozenset({"simpler", "deeper", "again", "example"})  # one unit a turn; the next turn gets the next
ONE_SENTENCE = frozenset({STATEMENT, "refutation", "fact"})
SAME_QUESTION = 0.7  # Dice overlap from which a question of the FAQ is the learner's own
OF_BOTH = 0.4  # the same of one that names both concepts that the learner names
TOLD_RARITY = 4.0  # Zipf frequency below which the reader is told that the sources do not speak of a word
MAX_PASSAGES = 6


@dataclass(frozen=True, slots=True)
class Pack:
    """`passages`: best first. `missing`: words of the question that no passage speaks to.

    `answerable`: whether to speak. `undisclosed`: (maker, phrase, entity) when the question asks for what a maker has
    not published.
    """

    passages: tuple[Passage, ...]
    missing: tuple[str, ...] = ()
    answerable: bool = True
    undisclosed: tuple[str, str, str] | None = None


def kinds_of(plan: Plan) -> tuple[str, ...]:
    """The kinds of unit that a plan asks for, the first ones first."""
    by_level = KINDS.get(plan.intent, {})
    return by_level.get(plan.level) or by_level.get("") or ()


class Gatherer:
    """Chooses the evidence for a plan from what the corpus holds."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.coverage = Coverage(corpus.retriever.glossary, corpus.course.facts if corpus.course else None)

    def _units(self, concept: str, language: str) -> list[Passage]:
        """The passages of a concept."""
        rows = self._rows.get((concept, language), ())
        return [self.corpus.retriever.index.partitions[language].passages[row] for row in rows]

    @cached_property
    def _rows(self) -> dict[tuple[str, str], list[int]]:
        """(concept, language) -> the rows of its passages in the language's index."""
        found: dict[tuple[str, str], list[int]] = {}
        for language, partition in self.corpus.retriever.index.partitions.items():
            for row, concept in enumerate(partition.passages.concepts):
                if concept:
                    found.setdefault((concept, language), []).append(row)
        return found

    def gather(self, plan: Plan, memory: Memory) -> Pack:
        """The pack for a plan."""
        if plan.halves:
            halves = [replace(half, level=plan.level, style=plan.style) for half in plan.halves]
            return _joined(halves, [self.gather(half, memory) for half in halves])
        facts, undisclosed = self._facts(plan)
        if undisclosed:
            return Pack(facts, (undisclosed[1],), answerable=True, undisclosed=undisclosed)
        hits = [passage for passage in map(self.corpus.passage, plan.hits) if passage is not None]
        own = [hit for hit in hits if hit.language == plan.language] or hits
        chosen = [*facts, *self._for_intent(plan, memory)]
        if facts and plan.intent in EXACT:  # more than the value only where it speaks of just that
            asked = self.coverage.keys(plan.query, plan.language)
            chosen = [one for one in chosen if one in facts or asked <= self.coverage.keys(one.text, one.language)]
        if not facts:
            chosen = self._by_focus(plan, self._on_topic(plan, chosen, own), own)
            chosen = [*self._limits(plan, chosen), *chosen]
        missing = self.coverage.missing(plan, chosen)
        left = tuple(word for word in missing if plan.answered is None or word in plan.lacking)
        answerable = bool(chosen) and self.coverage.answers(plan, left, chosen)
        told = tuple(word for word in left if word in plan.critical or zipf(word, plan.language) < TOLD_RARITY)
        return Pack(tuple(dict.fromkeys(chosen))[:MAX_PASSAGES], told if answerable else missing, answerable)

    def _facts(self, plan: Plan) -> tuple[tuple[Passage, ...], tuple[str, str, str] | None]:
        course = self.corpus.course
        if course is None:
            return (), None
        passages, undisclosed = [], None
        for entity, attribute in plan.facts:
            fact = course.facts.find(entity, attribute)
            if fact is None:
                continue
            passages.append(course.fact_passage(entity, fact, plan.language))
            if fact.status == "undisclosed" and undisclosed is None:
                named = course.facts.entities[entity]
                undisclosed = (named.maker, course.facts.attributes[attribute].phrase[plan.language], named.name)
        return tuple(passages), undisclosed

    def _for_intent(self, plan: Plan, memory: Memory) -> list[Passage]:
        """The learner's own question in the FAQ, then the units that the intent asks for."""
        if not plan.concepts or not plan.named:
            return []
        concept = plan.concepts[0]
        units = self._units(concept, plan.language)
        asked = [] if plan.intent in KINDS and plan.carried else self._in_faq(plan, units)
        wanted = [*self._against_mistake(plan, memory), *self._wanted(plan, memory, units)]
        if plan.intent == "compare" and plan.others:
            wanted = self._comparison(plan, wanted)
        return [*asked, *wanted] if not asked or plan.intent in {"explain", "compare"} else [*asked, *wanted[:1]]

    def _against_mistake(self, plan: Plan, memory: Memory) -> list[Passage]:
        """What is true instead of the mistake that this learner makes about the concept, once in a conversation."""
        course = self.corpus.course
        if not plan.mistake or course is None or plan.intent not in {"explain", "why", "how", "simpler", "mistakes"}:
            return []
        item = next((one for one in course.misconceptions if one.id == plan.mistake), None)
        found = self.corpus.passage(course.refutation_id(item, plan.language)) if item else None
        return [found] if found and found.id not in memory.said else []

    def _wanted(self, plan: Plan, memory: Memory, units: Sequence[Passage]) -> list[Passage]:
        kinds = kinds_of(plan)
        if plan.style and plan.intent == "explain":
            kinds = tuple(dict.fromkeys((kinds[0], STYLES[plan.style], *kinds[1:])))
        found = [passage for kind in kinds for passage in units if passage.kind == kind]
        fresh = [passage for passage in found if passage.id not in memory.said]
        if plan.intent in ONE_AT_A_TIME:
            if not fresh and plan.intent == "example":
                fresh = [passage for passage in self._other_examples(plan) if passage.id not in memory.said]
            if not fresh:  # everything of that kind was said: what else is there about this concept?
                rest = [passage for kind in ANY_KIND for passage in units if passage.kind == kind]
                fresh = [passage for passage in rest if passage.id not in memory.said] or found
            return fresh[:1]
        return fresh or found

    def _other_examples(self, plan: Plan) -> list[Passage]:
        """Examples of the concepts next to this one in the graph."""
        course = self.corpus.course
        if course is None or plan.concepts[0] not in course.concepts:
            return []
        following = [other.id for other in course.concepts.values() if plan.concepts[0] in other.prerequisites]
        near = [*course.concepts[plan.concepts[0]].prerequisites, *following]
        return [p for name in near for p in self._units(name, plan.language) if p.kind == "example"]

    def _comparison(self, plan: Plan, wanted: list[Passage]) -> list[Passage]:
        """For two concepts: the comparison that names the other one, else both definitions."""
        first, second = plan.concepts[0], plan.others[0]
        names = list(self._names(second, plan.language))
        both = [passage for passage in wanted if any(name in fold(plain(passage.text)) for name in names)]
        other = [p for p in self._units(second, plan.language) if p.kind in {"compare", "faq"}]
        mine = list(self._names(first, plan.language))
        both += [p for p in other if p.kind == "compare" and any(name in fold(plain(p.text)) for name in mine)]
        definitions = [
            p for concept in (first, second)
            for p in self._units(concept, plan.language) if p.kind == "definition"
        ]  # fmt: skip
        return [*both[:1], *definitions] if both else definitions

    def _names(self, concept: str, language: str) -> Iterable[str]:
        course = self.corpus.course
        if course is None or concept not in course.concepts:
            return []
        known = course.concepts[concept]
        return [fold(name) for name in (known.name[language], *known.aliases[language]) if len(name) > 2]

    def _in_faq(self, plan: Plan, units: Sequence[Passage]) -> list[Passage]:
        """The FAQ entry that asks what the learner asks, or nearly that of the same two concepts, if there is one."""
        asked = self.coverage.keys(plan.query, plan.language)
        names = [name for other in plan.others for name in self._names(other, plan.language)]
        best: tuple[float, Passage] | None = None
        for passage in units:
            if passage.kind == "faq":
                heading = fold(plain(passage.headings[-1]))
                theirs = self.coverage.keys(passage.headings[-1], plan.language)
                score = 2 * len(asked & theirs) / max(1, len(asked) + len(theirs))
                least = OF_BOTH if any(name in heading for name in names) else SAME_QUESTION
                if score >= least and (best is None or score > best[0]):
                    best = (score, passage)
        return [best[1]] if best else []

    def _limits(self, plan: Plan, chosen: Sequence[Passage]) -> list[Passage]:
        """For "is more always better?" the common mistakes, where the FAQ does not answer it."""
        asks = (
            plan.intent == "explain"
            and plan.named
            and plan.concepts
            and not scaffold().always.isdisjoint(words(fold(plan.query)))
        )
        if not asks or any(passage.kind == "faq" for passage in chosen[:1]):
            return []
        return [unit for unit in self._units(plan.concepts[0], plan.language) if unit.kind == "mistakes"]

    def _on_topic(self, plan: Plan, chosen: list[Passage], hits: Sequence[Passage]) -> list[Passage]:
        """What speaks of the name that the person used ("RAG", under limitations) goes first when the units do not."""
        first = chosen[:1]
        if not plan.topic or not first or (plan.intent == "compare" and plan.others):
            return chosen
        if not self.coverage.lacking(plan.topic, plan.language, first):
            return [*self._asked_of(plan, hits), *chosen]
        about = [
            passage for passage in hits
            if passage.concept == plan.concepts[0] and (passage.kind != "code" or plan.intent == "code")
            and not self.coverage.lacking(plan.topic, plan.language, [passage])
        ]  # fmt: skip
        about.sort(key=lambda passage: passage.kind in ONE_SENTENCE)
        rest = [passage for passage in chosen if not self.coverage.lacking(plan.topic, plan.language, [passage])]
        if not about:
            return chosen
        alone = plan.intent == "explain" and all(passage.kind in ONE_SENTENCE for passage in about)
        return [*about[:3], *rest, *(first if alone else [])]  # a sentence alone, and what it is a part of

    def _asked_of(self, plan: Plan, hits: Sequence[Passage]) -> list[Passage]:
        """For "what is BERT?", under another concept's name: the FAQ's question about BERT, if one was found."""
        name = self.corpus.course.concepts[plan.concepts[0]].name[plan.language] if self.corpus.course else ""
        topic = set(self.coverage.glossary.keys([stem(word, plan.language) for word in plan.topic], plan.language))
        if plan.intent != "explain" or topic <= self.coverage.keys(name, plan.language):
            return []
        asked = [p for p in hits if p.kind == "faq" and p.concept == plan.concepts[0]]
        return [p for p in asked if topic <= self.coverage.keys(p.headings[-1], plan.language)][:1]

    def _by_focus(self, plan: Plan, chosen: list[Passage], hits: Sequence[Passage]) -> list[Passage]:
        """What speaks to the words beyond the concept's name goes first; without a named concept, the hits speak."""
        if not plan.focus:
            return chosen or list(hits[:3])
        best = max((self.coverage.covered(plan, [passage]) for passage in hits), default=0)
        speaking = [passage for passage in hits if best and self.coverage.covered(plan, [passage]) == best]
        if plan.named:
            about = [p for p in speaking if p.concept in plan.concepts[:2] or not p.concept]
            about = [p for p in about if p.kind != "fact"] or about  # rows of the table that were not asked for
            wanted = kinds_of(plan) if plan.intent != "explain" else ()
            # What is of the kind asked for, then what is about the first concept; whole units before single sentences.
            about.sort(
                key=lambda p: (p.kind not in wanted, p.concept not in {"", plan.concepts[0]}, p.kind in ONE_SENTENCE)
            )
            already = self.coverage.covered(plan, chosen[:1])
            if already >= best and chosen:
                return [*chosen, *about[:2]]
            if about and plan.intent == "explain":  # once the question is answered, what the concept is will do
                return [*about[:2], *chosen[:1]]
            return about[:2] if about and plan.intent in EXACT else [*about[:2], *chosen]
        return [*speaking[:3]]


def _joined(halves: Sequence[Plan], packs: Sequence[Pack]) -> Pack:
    """One pack for the questions of a message: of each that the sources answer its facts, else its best passage; of the
    others what is missing."""
    told = [pack for pack in packs if pack.answerable]
    if not told or all(pack.undisclosed for pack in packs):
        return packs[0]
    missing = [
        word for half, pack in zip(halves, packs, strict=True)
        for word in (() if pack.undisclosed else pack.missing if pack.missing or pack.answerable else (half.message,))
    ]  # fmt: skip
    chosen = [passage for pack in told for passage in (_best(pack) if len(told) > 1 else pack.passages)]
    return Pack(tuple(dict.fromkeys(chosen))[:MAX_PASSAGES], tuple(dict.fromkeys(missing)), answerable=True)


def _best(pack: Pack) -> tuple[Passage, ...]:
    return tuple(passage for passage in pack.passages if passage.kind == "fact") or pack.passages[:1]
