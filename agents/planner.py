"""The planner: what a message is about, and what the turn should do. Code decides; nothing here is generated.

The intent is the message's dialogue act, concepts come from the course's aliases and its finder, typing errors are
mended against the course's own words and common ones, and what is missing is carried over from the turn before. A
message that asks about two things is planned as two questions.
"""

import difflib
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from agents.dialogue_acts import ACTS, dialogue_acts
from agents.plan import EXACT, LEVELS, Memory, Plan
from agents.research.questions import parts_of
from knowledge.concept_finder import Asking, ConceptFinder, Finding
from knowledge.course import Course
from knowledge.frequency import common_words, zipf
from knowledge.retrieval import Retriever
from knowledge.terms import STOP_WORDS, WORD, fold, plain, stem, stems, words
from knowledge.text_guard import text_language

SEARCH_DEPTH = 20  # passages of both languages
TYPO_CUTOFF = 0.84  # difflib ratio: two letters wrong in eleven
TYPO_LENGTH = 5
TYPO_LETTERS = 2
MOST_CONCEPTS = 4
COMMON_LENGTH, COMMON_CUTOFF = 6, 0.87  # of a word that may be mended to one that the course does not use
COMMON = 4.2  # Zipf frequency of the words that a typing error may be mended to, beyond the course's own
KNOWN_NAME = 3.5  # Zipf frequency from which a word written with a capital need not be a name
SPECIFIC = 4.0  # Zipf frequency below which a word beside a concept's name makes another thing of it

_HERE = Path(__file__).parent
_OPENS_FOLLOW_UP = re.compile(r"^(y|pero|entonces|and|but|so|then)\b|^(por ?que|porque|why|how|como|para que)\W*$")
_REFERS_BACK = re.compile(r"\b(eso|esto|ello|esa|ese|it|that|this|them|they)\b")
_FOLLOW_UPS = frozenset({"simpler", "deeper", "again", "other_language"})
_BARE_FOLLOW_UPS = frozenset({"why", "how", "example", "compare", "formula", "code", "mistakes"})
_NO_HALF = ACTS | _FOLLOW_UPS  # intents of no half of a compound question
# Intents whose patterns match only words of asking: none of those is what the question is about.
_WORDED = ACTS | {"simpler", "deeper", "again", "other_language", "example", "formula", "code", "mistakes"}
# What is wanted about the exercise at hand, and what is wanted about the thread's concept when nothing else is named.
_AT_HAND = frozenset({"hint", "reveal", "dispute", "skip"})
_OF_THE_THREAD = frozenset({"test_me", "review", "know", "check_claim"})
_ASKS_COUNT = "how many much number did cuánto cuánta cuántos cuántas número"  # words of a "how many" that no fact says
_COUNTS = re.compile(r"\b(?:how (?:many|much)|cuant[oa]s?) (\w+)")
# "and what about GPT-4?" asks of it what was asked of the other
_ECHOES = re.compile(
    r"^(?:y |and )?(?:que (?:pasa|hay|tal|ocurre|sucede)|(?:what|how) about|cuant[oa]s?|how (?:many|much))\b"
)
_ENGLISH = re.compile(r"\b(english|ingles)\b")


@dataclass(frozen=True, slots=True)
class _Mention:
    concept: str
    start: int
    end: int


class Planner:
    """Turns a message and the memory of its thread into a plan."""

    def __init__(self, course: Course, retriever: Retriever, finder: ConceptFinder | None = None) -> None:
        self.course = course
        self.retriever = retriever
        self.finder = finder
        self._acts = dialogue_acts()
        self._known_aliases: dict[str, dict[tuple[str, ...], str]] = {}
        self._known_words: dict[str, tuple[frozenset[str], list[str]]] = {}

    def plan(self, message: str, language: str, level: str, memory: Memory) -> Plan:
        """The plan of one turn. `language` and `level` are chosen; only "in Spanish, please" changes the language."""
        spoken = text_language(message, "auto", language)
        if spoken != language and self.finder is not None:
            return self._across(self.plan(message, spoken, level, memory), language)
        whole = self._whole(message, language, level, memory)
        halves = self._halves(whole)
        if not halves:
            return whole
        ids = tuple(dict.fromkeys(halves[0].concepts[:1] + halves[1].concepts[:1] + whole.concepts))[:MOST_CONCEPTS]
        return replace(
            whole, intent=halves[0].intent, concepts=ids, named=any(half.named for half in halves), others=(),
            facts=(*halves[0].facts, *halves[1].facts), halves=halves,
        )  # fmt: skip

    def shortlist(self, message: str, language: str, most: int) -> tuple[str, ...]:
        """The likeliest concepts of a message, as many as asked for; none where documents alone may speak."""
        finding = self.finder.find(self.read(message, language)) if self.finder else None
        return tuple(found.concept for found in finding.concepts[:most]) if finding else ()

    def _whole(self, message: str, language: str, level: str, memory: Memory) -> Plan:
        """The plan of a message that is taken for one question."""
        tokens = self._mended(self._spelled_out(words(plain(message)), language), language, _names(message))
        folded = fold(" ".join(message.split())).lstrip("¿¡ ")
        mentions = self._mentions(tokens, language)
        intent, asking = self._acts.tell(folded, language, bool(mentions or self._focus(tokens, mentions, language)))
        mentions = _beyond(asking, tokens, mentions) if intent in _AT_HAND else mentions
        named = mentions if self._course_speaks else []  # documents must speak to a concept's name like to any word
        focus = self._focus(tokens, named, language, asking if intent in _WORDED else "")
        if intent == "other_language":
            language = "en" if _ENGLISH.search(folded) else "es"
        carried = bool(memory.concepts) and not mentions and self._refers_back(folded, intent, focus)
        query = " ".join(tokens)
        if carried:
            query = f"{query} {self.course.concept_name(memory.concepts[0], language)}"
        if carried and intent == "explain":
            intent = intent if memory.intent in ACTS else memory.intent or intent
        hits = self.retriever.search(query, language, SEARCH_DEPTH)
        critical = self._critical(message, tokens, named, focus, language)
        finding = self._find(query, tokens, named, critical, language)
        concepts = memory.concepts if carried else self._concepts(finding, named, intent)
        first = concepts[:1]
        facts = self._facts(query, language, intent, focus)
        focus, critical = self._with_counted(folded, query, language, intent, facts, focus, critical)
        if facts and intent in {"who", "when"}:
            focus = tuple(word for word in focus if fold(word) not in self._making)
        if facts and intent == "how_many":
            focus = tuple(word for word in focus if fold(word) not in self._used)
        return Plan(
            intent=intent, language=language, level=level, concepts=concepts, query=query, focus=focus,
            named=carried or any(item.concept in first for item in named)
            or bool(finding and finding.sure and finding.answered),
            carried=carried, hits=tuple(hit.passage.id for hit in hits), facts=facts,
            topic=self._topic(tokens, named, concepts),
            others=tuple(dict.fromkeys(item.concept for item in named if item.concept not in first)),
            critical=critical, answered=None if finding is None or carried else finding.answered,
            odds=finding.odds if finding else 0.0, lacking=finding.lacking if finding else focus, message=message,
        )  # fmt: skip

    def _halves(self, whole: Plan) -> tuple[Plan, ...]:
        """The plans of the two questions that a message is made of, when each names a thing of its own."""
        parts = [] if whole.intent in ACTS or whole.carried else parts_of(whole.message, whole.language, fewest=1)
        if len(parts) != 2:
            return ()
        first, second = (self._whole(part, whole.language, whole.level, Memory()) for part in parts)
        about, besides = (self._things(half) for half in (first, second))
        refers = bool(_REFERS_BACK.search(fold(parts[1])))
        if first.facts and second.intent in EXACT and (refers or not besides):
            second = self._whole(f"{parts[1]} ({self._model(first)})", whole.language, whole.level, Memory())
            return first, second
        one_sided = second.intent == "compare" and len(besides) < 2
        if refers or one_sided or not about or not besides - about or {first.intent, second.intent} & _NO_HALF:
            return ()
        if not second.facts and first.facts and _ECHOES.search(fold(parts[1])):
            second = replace(second, facts=self._echoed(first, second), intent=first.intent)
        return first, second

    def _model(self, half: Plan) -> str:
        """The name of the model that a question asks for facts of."""
        return self.course.facts.entities[half.facts[0][0]].name

    def _things(self, half: Plan) -> set[str]:
        """What a question names: concepts of the course, and models of the table."""
        mentions = self._mentions(half.query.split(), half.language)
        return {item.concept for item in mentions} | {item.id for _, item in self.course.facts.entities_in(half.query)}

    def _echoed(self, first: Plan, second: Plan) -> tuple[tuple[str, str], ...]:
        """What the first half asks for, of what the second half names."""
        entities = [entity.id for _, entity in self.course.facts.entities_in(second.query)]
        pairs = [(entity, attribute) for entity in entities for _, attribute in first.facts]
        return tuple(pair for pair in dict.fromkeys(pairs) if self.course.facts.find(*pair) is not None)

    def _with_counted(
        self, folded: str, query: str, language: str, intent: str, facts: tuple[tuple[str, str], ...],
        focus: tuple[str, ...], critical: tuple[str, ...],
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:  # fmt: skip
        """The focus and its critical words with what is counted of a model: "people" is a word of asking elsewhere."""
        counted = _COUNTS.search(folded) if intent == "how_many" and not facts else None
        if counted is None or counted[1] in STOP_WORDS[language] or not self.course.facts.entities_in(query):
            return focus, critical
        word = next((one for one in focus if fold(one) == counted[1]), counted[1])
        return tuple(dict.fromkeys((word, *focus))), tuple(dict.fromkeys((word, *critical)))

    def _across(self, plan: Plan, language: str) -> Plan:
        """The plan of a question asked in the other language: its words do not stand in the answer's language."""
        query = self.course.glossary.translate(plan.query, plan.language, language)
        hits = self.retriever.search(query, language, SEARCH_DEPTH)
        return replace(
            plan, language=language, query=query, focus=(), topic=(), critical=(), lacking=(),
            hits=tuple(hit.passage.id for hit in hits),
            halves=tuple(self._across(half, language) for half in plan.halves),
        )  # fmt: skip

    def read(self, message: str, language: str) -> Asking:
        """The question as the finder is asked it."""
        tokens = self._mended(self._spelled_out(words(plain(message)), language), language, _names(message))
        mentions = self._mentions(tokens, language)
        critical = self._critical(message, tokens, mentions, self._focus(tokens, mentions, language), language)
        return self.asking(" ".join(tokens), tokens, mentions, critical, language)

    def _topic(self, tokens: list[str], mentions: list[_Mention], concepts: tuple[str, ...]) -> tuple[str, ...]:
        """The words by which the message names its first concept."""
        pieces = _pieces(tokens)
        places = [
            place for mention in mentions if mention.concept in concepts[:1]
            for place in range(mention.start, mention.end)
        ]  # fmt: skip
        return tuple(dict.fromkeys(pieces[place] for place in places))

    @cached_property
    def _course_speaks(self) -> bool:
        """Whether the passages searched are the course's (they may be a person's documents alone)."""
        return any(passage.concept for passage in self.retriever.passages.values())

    def choose_level(self, asked: str, memory: Memory) -> str:
        """The level asked for, else the thread's, else beginner."""
        return asked if asked in LEVELS else memory.level if memory.level in LEVELS else LEVELS[0]

    @cached_property
    def _scaffold(self) -> dict[str, frozenset[str]]:
        table = tomllib.loads((_HERE / "scaffold.toml").read_text(encoding="utf-8"))
        return {
            language: frozenset(fold(word) for word in (*table[language].split(), *STOP_WORDS[language]))
            for language in ("es", "en")
        }

    @cached_property
    def _making(self) -> frozenset[str]:
        table = tomllib.loads((_HERE / "scaffold.toml").read_text(encoding="utf-8"))
        return frozenset(fold(word) for word in table["making"].split())

    @cached_property
    def _used(self) -> dict[str, str]:
        """What a model "used" or "saw" it was trained on: such a verb -> the word of the table's sentences."""
        table = tomllib.loads((_HERE / "scaffold.toml").read_text(encoding="utf-8"))
        return {fold(verb): trained for trained, verbs in table["trained"].items() for verb in verbs.split()}

    def _aliases(self, language: str) -> dict[tuple[str, ...], str]:
        """Stems of a name -> its concept. Made for a language when it is first spoken."""
        if language not in self._known_aliases:
            self._known_aliases[language] = {
                _stems(words(plain(alias)), language): concept.id
                for concept in self.course.concepts.values()
                for alias in (concept.name[language], *concept.aliases[language])
            }
        return self._known_aliases[language]

    def _vocabulary(self, language: str) -> tuple[frozenset[str], list[str]]:
        """Every word that is right as it is, and the words that a typing error may be mended to."""
        if language not in self._known_words:
            concepts = self.course.concepts.values()
            names = [text for item in concepts for text in (item.name[language], *item.aliases[language])]
            names += [text for term in self.course.glossary.terms for text in term.wordings[language]]
            known = {fold(part) for text in names for word in words(plain(text)) for part in word.split("-")}
            right = known | self._scaffold[language]
            self._known_words[language] = frozenset(right), sorted(word for word in right if len(word) >= TYPO_LENGTH)
        return self._known_words[language]

    def _spelled_out(self, tokens: list[str], language: str) -> list[str]:
        """The words with the short forms that people type written in full."""
        known = self._abbreviations[language]
        return [word for token in tokens for word in words(known.get(token, token))]

    @cached_property
    def _abbreviations(self) -> dict[str, dict[str, str]]:
        table = tomllib.loads((_HERE / "scaffold.toml").read_text(encoding="utf-8"))
        return {language: dict(table["abbreviations"][language]) for language in ("es", "en")}

    def _mended(self, tokens: list[str], language: str, names: frozenset[str]) -> list[str]:
        """The words with typing errors mended: no names, and only words that nobody knows, the course's words first."""
        right, targets = self._vocabulary(language)
        partition = self.retriever.index.partitions.get(language)
        mended = []
        for token in tokens:
            word = fold(token)
            unknown = len(word) >= TYPO_LENGTH and word.isalpha() and word not in right and word not in names
            if unknown and not zipf(word, language):
                known = partition is not None and partition.document_frequency(stem(token, language))
                token = token if known else _nearest(word, targets) or _nearest_common(word, language) or token
            mended.append(token)
        return mended

    def _mentions(self, tokens: list[str], language: str) -> list[_Mention]:
        """The concepts named in the message, longest alias first, each word used once."""
        aliases = self._aliases(language)
        stems = _stems(tokens, language)
        pieces = _pieces(tokens)
        found, at = [], 0
        while at < len(stems):
            for length in range(min(6, len(stems) - at), 0, -1):
                concept = aliases.get(stems[at : at + length])
                # "explain" shares its stem with "explainability" and names nothing
                if concept and not (length == 1 and fold(pieces[at]) in self._scaffold[language]):
                    found.append(_Mention(concept, at, at + length))
                    at += length
                    break
            else:
                at += 1
        return found

    def _focus(self, tokens: list[str], mentions: list[_Mention], language: str, asking: str = "") -> tuple[str, ...]:
        """The words that say what is asked about the concepts, in order, each once; those of `asking` only say how."""
        how = {fold(word) for word in words(asking)}
        pieces = _pieces(tokens)
        taken = {place for mention in mentions for place in range(mention.start, mention.end)}
        kept = [
            piece for place, piece in enumerate(pieces)
            if place not in taken and fold(piece) not in how and fold(piece) not in self._scaffold[language]
            and (len(piece) > 1 or piece.isdigit())
        ]  # fmt: skip
        return tuple(dict.fromkeys(kept))

    def _refers_back(self, folded: str, intent: str, focus: tuple[str, ...]) -> bool:
        if intent in ACTS:
            return intent in _AT_HAND or (intent in _OF_THE_THREAD and not focus)
        if intent in _FOLLOW_UPS and len(focus) <= 2:
            return True
        if not focus and (intent in _BARE_FOLLOW_UPS or intent == "explain"):
            return True
        return bool(len(focus) <= 3 and (_OPENS_FOLLOW_UP.search(folded) or _REFERS_BACK.search(folded)))

    def _find(
        self, query: str, tokens: list[str], mentions: list[_Mention], critical: tuple[str, ...], language: str
    ) -> Finding | None:
        """What the course's finder makes of the question; None when documents alone may speak."""
        return self.finder.find(self.asking(query, tokens, mentions, critical, language)) if self.finder else None

    def asking(
        self, query: str, tokens: list[str], mentions: list[_Mention], critical: tuple[str, ...], language: str
    ) -> Asking:
        """The question as the finder wants it: a word that many concepts share makes up little of it."""
        assert self.finder is not None
        pieces = _pieces(tokens)
        tells = [fold(piece) not in self._scaffold[language] and (len(piece) > 1) for piece in pieces]
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

    def _concepts(self, finding: Finding | None, mentions: list[_Mention], intent: str) -> tuple[str, ...]:
        """The likeliest concepts, those to be compared before others; with documents alone, those that are named."""
        named = tuple(dict.fromkeys(item.concept for item in mentions))
        if finding is None:
            return named
        ranked = [found.concept for found in finding.concepts]
        if intent == "compare" and ranked[0] in named:
            ranked.sort(key=lambda concept: concept not in named)
        return tuple(ranked[:MOST_CONCEPTS])

    def _critical(
        self, message: str, tokens: list[str], mentions: list[_Mention], focus: tuple[str, ...], language: str
    ) -> tuple[str, ...]:
        """The words of the focus without which an answer would be about something else.

        Names, and rare words beside a concept's name: "speculative decoding", "decodificación especulativa". Sizes
        such as 224x224 are what a question assumes.
        """
        names = {name for name in _names(message) if zipf(name, language) < KNOWN_NAME}
        pieces = _pieces(tokens)
        beside = set()
        for item in mentions:
            place = item.start - 1 if language == "en" else item.end
            if 0 <= place < len(pieces) and zipf(pieces[place], language) < SPECIFIC:
                beside.add(pieces[place])
        return tuple(
            word for word in focus
            if not word[0].isdigit() and (fold(word) in names or word in beside or any(c.isdigit() for c in word))
        )  # fmt: skip

    def _facts(self, query: str, language: str, intent: str, focus: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """The rows of the table that the question asks for. "Who" and "when" mean maker and year only of a making."""
        table = self.course.facts
        entities = list(dict.fromkeys(entity.id for _, entity in table.entities_in(query)))
        attributes = list(dict.fromkeys(attribute.id for _, attribute in table.attributes_in(query, language)))
        if all(fold(word) in self._making for word in focus):
            attributes += {"who": ["maker"], "when": ["year"]}.get(intent, [])
        pairs = [(entity, attribute) for entity in entities for attribute in attributes]
        if intent == "how_many" and not pairs:
            pairs = [pair for entity in entities for pair in self._counted(query, language, entity)]
        return tuple(pair for pair in pairs if table.find(*pair) is not None)

    def _counted(self, query: str, language: str, entity: str) -> list[tuple[str, str]]:
        """The row of a named model whose sentence says all that a "how many" asks ("trained", "tokens"), if one is."""
        table = self.course.facts
        named = " ".join(table.entities[entity].names)
        said = " ".join(self._used.get(fold(word), word) for word in query.split())
        asked = set(stems(said, language)) - set(stems(f"{named} {_ASKS_COUNT}", language))
        facts = [(name, table.find(entity, name)) for name in table.attributes]
        found = [name for name, fact in facts if fact and asked <= set(stems(table.sentence(fact, language), language))]
        return [(entity, found[0])] if asked and len(found) == 1 else []


def _beyond(asking: str, tokens: list[str], mentions: list[_Mention]) -> list[_Mention]:
    """The concepts named outside the words of asking: "the key is wrong" names no key of attention."""
    asked = set(_pieces(words(asking)))
    pieces = [fold(piece) for piece in _pieces(tokens)]
    return [item for item in mentions if not asked.issuperset(pieces[item.start : item.end])]


def _nearest(word: str, targets: list[str], cutoff: float = TYPO_CUTOFF) -> str:
    """The target that a typing error most likely meant, or nothing."""
    near = [target for target in targets if target[0] == word[0] and abs(len(target) - len(word)) <= TYPO_LETTERS]
    swapped = next((target for target in near if sorted(target) == sorted(word)), "")
    if swapped:
        return swapped
    found = difflib.get_close_matches(word, near, n=1, cutoff=cutoff)
    return found[0] if found else ""


def _nearest_common(word: str, language: str) -> str:
    """The common word that a typing error most likely meant; a short one may be the name of something unknown."""
    if len(word) < COMMON_LENGTH:
        return ""
    return _nearest(word, common_words(language, COMMON), COMMON_CUTOFF)


def _names(message: str) -> frozenset[str]:
    """The words that a message writes with a capital inside a sentence, folded."""
    tokens = [match.group() for match in WORD.finditer(plain(message))]
    return frozenset(fold(token) for token in tokens[1:] if token[0].isupper() and not message.isupper())


def _pieces(tokens: list[str]) -> list[str]:
    """The words, compounds in parts; a name with a number (gpt-5) stays whole, for it names another thing than gpt."""
    return [part for token in tokens for part in ([token] if any(c.isdigit() for c in token) else token.split("-"))]


def _stems(tokens: list[str], language: str) -> tuple[str, ...]:
    return tuple(stem(part, language) for part in _pieces(tokens))
