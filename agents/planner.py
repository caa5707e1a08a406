"""The planner: what a message is about, and what the turn should do. Code decides; nothing here is generated.

The intent is the message's dialogue act, concepts come from the course's aliases and its finder, typing errors are
mended against the course's own words and common ones, and what is missing is carried over from the turn before. A
message that asks about two things is planned as two questions.
"""

import re
from dataclasses import replace
from functools import cached_property

from agents.asked_facts import beyond_facts, count_asked, facts_asked
from agents.dialogue_acts import ACTS, dialogue_acts
from agents.follow_ups import AT_HAND, FOLLOW_UPS, goes_on, opens_on
from agents.halves import Halves
from agents.mentions import ConceptNames, Mention, beyond, critical_of, focus_of, is_part_of_name, topic_of
from agents.message_words import MessageWords, pieces_of
from agents.plan import EXACT, LEVELS, Memory, Plan
from agents.scaffold import scaffold
from knowledge.concept_finder import Asking, ConceptFinder, Finding
from knowledge.course import Course
from knowledge.retrieval import Retriever
from knowledge.terms import fold
from knowledge.text_guard import text_language

SEARCH_DEPTH = 20  # passages of both languages
MOST_CONCEPTS = 4
# Intents whose patterns match only words of asking: none of those is what the question is about.
_IN_NAMES = frozenset({"why", "how", "code", "example"})  # acts whose words may be those of a name
_WORDED = ACTS | FOLLOW_UPS | {"example", "formula", "code", "mistakes"}
_ENGLISH = re.compile(r"\b(english|ingles)\b")


class Planner:
    """Turns a message and the memory of its thread into a plan."""

    def __init__(self, course: Course, retriever: Retriever, finder: ConceptFinder | None = None) -> None:
        self.course = course
        self.retriever = retriever
        self.finder = finder
        self._acts = dialogue_acts()
        self._words = MessageWords(course, retriever)
        self._names = ConceptNames(course)
        self._halves = Halves(self._names, self._part)

    def plan(self, message: str, language: str, level: str, memory: Memory) -> Plan:
        """The plan of one turn. `language` and `level` are chosen; only "in Spanish, please" changes the language."""
        spoken = text_language(message, "auto", language)
        if spoken != language and self.finder is not None:
            return self._across(self.plan(message, spoken, level, memory), language)
        whole = self._whole(message, language, level, memory)
        halves = self._halves.of(whole)
        if not halves:
            return whole
        ids = tuple(dict.fromkeys(halves[0].concepts[:1] + halves[1].concepts[:1] + whole.concepts))[:MOST_CONCEPTS]
        return replace(
            whole, intent=halves[0].intent, concepts=ids, named=any(half.named for half in halves), others=(),
            facts=(*halves[0].facts, *halves[1].facts), halves=halves,
        )  # fmt: skip

    def read(self, message: str, language: str) -> Asking:
        """The question as the finder is asked it."""
        tokens = self._words.read(message, language)
        mentions = self._names.mentions(tokens, language)
        critical = critical_of(message, tokens, mentions, focus_of(tokens, mentions, language), language)
        return self._asking(" ".join(tokens), tokens, mentions, critical, language)

    def language_of(self, message: str) -> str:
        """The language of a message that is a name alone ("attention"), where it is a name in one only; else ""."""
        return self._names.language_of(message)

    def shortlist(self, message: str, language: str, most: int) -> tuple[str, ...]:
        """The likeliest concepts of a message, as many as asked for; none where documents alone may speak."""
        finding = self.finder.find(self.read(message, language)) if self.finder else None
        return tuple(found.concept for found in finding.concepts[:most]) if finding else ()

    def choose_level(self, asked: str, memory: Memory) -> str:
        """The level asked for, else the thread's, else beginner."""
        return asked if asked in LEVELS else memory.level if memory.level in LEVELS else LEVELS[0]

    def _whole(self, message: str, language: str, level: str, memory: Memory) -> Plan:
        """The plan of a message that is taken for one question."""
        tokens = self._words.read(message, language)
        folded = fold(" ".join(message.split())).lstrip("¿¡ ")
        mentions = self._names.mentions(tokens, language)
        intent, asking = self._acts.tell(folded, language, bool(mentions or focus_of(tokens, mentions, language)))
        if intent in _IN_NAMES and is_part_of_name(asking, tokens, mentions, language):
            intent, asking = "explain", ""
        mentions = beyond(asking, tokens, mentions) if intent in AT_HAND else mentions
        named = mentions if self._course_speaks else []  # documents must speak to a concept's name like to any word
        focus = focus_of(tokens, named, language, asking if intent in _WORDED else "")
        if intent == "other_language":
            language = "en" if _ENGLISH.search(folded) else "es"
        query = " ".join(tokens)
        carried = bool(memory.concepts) and not mentions and goes_on(folded, intent, focus)
        spoken_of = self._model_spoken_of(memory) if memory.concepts and intent in EXACT and opens_on(folded) else ""
        if spoken_of and not self.course.facts.entities_in(query):
            # "and how many parameters does it have?" names parameters, and asks what they are of that model
            carried = carried or bool(facts_asked(self.course.facts, f"{query} {spoken_of}", language, intent, focus))
            query = f"{query} {spoken_of}" if carried else query
        elif carried:
            query = f"{query} {self.course.concept_name(memory.concepts[0], language)}"
        if carried and intent == "explain":
            intent = intent if memory.intent in ACTS else memory.intent or intent
        hits = self.retriever.search(query, language, SEARCH_DEPTH)
        critical = critical_of(message, tokens, named, focus, language)
        finding = self._find(query, tokens, named, critical, language)
        concepts = memory.concepts if carried else self._concepts(finding, named, intent, focus)
        first = concepts[:1]
        facts = facts_asked(self.course.facts, query, language, intent, focus, [item.concept for item in named])
        if facts:
            focus = beyond_facts(focus, intent)
        elif intent == "how_many" and (counted := count_asked(self.course.facts, query, folded, language, focus)):
            focus, critical = (tuple(dict.fromkeys((counted, *some))) for some in (focus, critical))
        return Plan(
            intent=intent, language=language, level=level, concepts=concepts, query=query, focus=focus,
            named=carried or any(item.concept in first for item in named)
            or bool(finding and finding.sure and finding.answered),
            carried=carried, hits=tuple(hit.passage.id for hit in hits), facts=facts,
            topic=topic_of(tokens, named, first[0]) if first else (),
            others=tuple(dict.fromkeys(item.concept for item in named if item.concept not in first)),
            critical=critical, answered=None if finding is None or carried else finding.answered,
            odds=finding.odds if finding else 0.0, lacking=finding.lacking if finding else focus, message=message,
        )  # fmt: skip

    def _model_spoken_of(self, memory: Memory) -> str:
        """The name of the model that was named last, where the conversation is still about it; else ""."""
        found = next((own for turn in reversed(memory.turns) if (own := self.course.facts.entities_in(turn[0]))), None)
        if found is None:
            return ""
        name = found[0][1].name
        about = self._names.mentions(self._words.read(name, memory.language), memory.language)
        return name if any(item.concept in memory.concepts[:1] for item in about) else ""

    def _part(self, part: str, whole: Plan) -> Plan:
        """The plan of a part of a message, alone."""
        return self._whole(part, whole.language, whole.level, Memory())

    def _across(self, plan: Plan, language: str) -> Plan:
        """The plan of a question asked in the other language: its words do not stand in the answer's language."""
        query = self.course.glossary.translate(plan.query, plan.language, language)
        hits = self.retriever.search(query, language, SEARCH_DEPTH)
        return replace(
            plan, language=language, query=query, focus=(), topic=(), critical=(), lacking=(),
            hits=tuple(hit.passage.id for hit in hits),
            halves=tuple(self._across(half, language) for half in plan.halves),
        )  # fmt: skip

    @cached_property
    def _course_speaks(self) -> bool:
        """Whether the passages searched are the course's (they may be a person's documents alone)."""
        return any(passage.concept for passage in self.retriever.passages.values())

    def _find(
        self, query: str, tokens: list[str], mentions: list[Mention], critical: tuple[str, ...], language: str
    ) -> Finding | None:
        """What the course's finder makes of the question; None when documents alone may speak."""
        return self.finder.find(self._asking(query, tokens, mentions, critical, language)) if self.finder else None

    def _asking(
        self, query: str, tokens: list[str], mentions: list[Mention], critical: tuple[str, ...], language: str
    ) -> Asking:
        """The question as the finder wants it: a word that many concepts share makes up little of it."""
        assert self.finder is not None
        pieces = pieces_of(tokens)
        tells = [fold(piece) not in scaffold().talk[language] and (len(piece) > 1) for piece in pieces]
        weights = [
            self.finder.weight(piece, language) if tell else 0.0 for piece, tell in zip(pieces, tells, strict=True)
        ]
        shares: dict[str, float] = {}
        names: dict[str, frozenset[str]] = {}
        for item in mentions:
            share = sum(weights[item.start : item.end]) / (sum(weights) or 1.0)
            shares[item.concept] = max(shares.get(item.concept, 0.0), share)
            names[item.concept] = names.get(item.concept, frozenset()) | set(pieces[item.start : item.end])
        content = tuple(dict.fromkeys(piece for piece, tell in zip(pieces, tells, strict=True) if tell))
        return Asking(query, language, content, critical, shares, names)

    def _concepts(
        self, finding: Finding | None, mentions: list[Mention], intent: str, focus: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The likeliest concepts, those to be compared before others; with documents alone, those that are named.

        A message that says nothing beyond names ("explain attention") is about what it names, whatever else is near.
        """
        named = tuple(dict.fromkeys(item.concept for item in mentions))
        if finding is None:
            return named
        ranked = [found.concept for found in finding.concepts]
        if named and (not focus or (intent == "compare" and ranked[0] in named)):
            ranked.sort(key=lambda concept: concept not in named)
        return tuple(ranked[:MOST_CONCEPTS])
