"""Which concepts of a course a question is about, whether or not it names one, and whether the course answers it.

Several signs are added up, with weights fitted by `evals/fit_finder.py` (knowledge/finder.toml): the share of the
question that a concept's name makes up, its passages by BM25 and by vectors, the words of the whole concept, and how
near the question comes to one that learners ask about it.
"""

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.course import Course
from knowledge.frequency import family_zipf
from knowledge.index import PassageIndex
from knowledge.messages import LANGUAGES
from knowledge.partition import Partition
from knowledge.retrieval import Retriever
from knowledge.terms import plain, stem, stems

Scores = NDArray[np.float64]  # one number a concept, in the course's order

WEIGHTS_FILE = Path(__file__).with_name("finder.toml")
BEST = 2  # passages of a concept whose scores are averaged
STRONG = 10.0  # BM25 of a passage that answers a question of some words
SPEAKING = 2  # concepts that may speak to the words of a question
MOST = 2.0  # BM25 for each unit of weight, beyond which more tells nothing
# (Zipf frequency, what a word at least as common that nothing holds leaves open)
DOUBTS = ((5.0, 0.15), (4.0, 0.35), (3.0, 0.6), (0.0, 0.8))
SATURATION = 2.0  # passages holding a word, from which more of them tell little more


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for each concept, each sign an array over the concepts, 0 for nothing.

    `named`: share of the question's weight that the concept's name makes up. `passages`, `words`, `asked`: BM25 over
    its passages, over its whole vocabulary, and over the questions asked about it, for each unit of that weight.
    `near_passages`, `near_asked`: cosine to its nearest passages and to its nearest question.
    """

    named: Scores
    passages: Scores
    words: Scores
    asked: Scores
    near_passages: Scores
    near_asked: Scores

    @property
    def arrays(self) -> list[Scores]:
        """The signs in the order in which they are named; BM25 as a share of the best concept's."""
        lexical = [_relative(scores) for scores in (self.passages, self.words, self.asked)]
        return [self.named, *lexical, self.near_passages, self.near_asked]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as the planner read it.

    `query`: its words, typing errors mended. `content`: those that say what is asked. `critical`: those of them that an
    answer must speak to. `named`: concept -> share of the question's weight that its name makes up. `names`: concept ->
    the words of the question that name it.
    """

    query: str
    language: str
    content: tuple[str, ...]
    critical: tuple[str, ...]
    named: Mapping[str, float]
    names: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts; `sure`: the share of the likelihood from which the best concept is taken as meant."""

    named: float
    passages: float
    words: float
    asked: float
    near_passages: float
    near_asked: float
    sure: float

    @property
    def signs(self) -> tuple[float, ...]:
        """The weights in the order of `Signs`."""
        return astuple(self)[:-1]


@dataclass(frozen=True, slots=True)
class Answering:
    """A logistic model of whether the course answers: a weight for each of `Finding.grounds` and a bias.

    `thresholds`: language -> the probability from which a question is answered; an encoder that knows English only
    comes less near to a question in Spanish.
    """

    bias: float
    thresholds: Mapping[str, float]
    weights: Mapping[str, float]

    def odds(self, grounds: Mapping[str, float]) -> float:
        """The probability that the course answers."""
        total = self.bias + sum(weight * grounds[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-total))


@dataclass(frozen=True, slots=True)
class Found:
    """A concept with its share of the likelihood, 0..1; the shares of all concepts sum to 1."""

    concept: str
    share: float


@dataclass(frozen=True, slots=True)
class Finding:
    """`concepts`: all, the likeliest first. `sure`: the first is certain. `answered`: the course answers the question.

    `odds`: the probability of that. `lacking`: content words that the first two concepts do not speak to. `grounds`:
    what speaks for and against an answer, by name.
    """

    concepts: tuple[Found, ...]
    sure: bool
    answered: bool
    odds: float
    lacking: tuple[str, ...]
    grounds: Mapping[str, float]


def read_weights(path: Path = WEIGHTS_FILE) -> tuple[dict[str, Weights], Answering]:
    """The weights of each language, and the model of whether the course answers."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    weights = {language: Weights(**table[language]) for language in LANGUAGES}
    answering = table["answering"]
    return weights, Answering(answering["bias"], answering["thresholds"], answering["weights"])


def doubt(word: str, language: str) -> float:
    """How much a word that nothing holds leaves open: common words are seldom what is asked, sizes never."""
    if word[0].isdigit():
        return 0.0
    return next(share for least, share in DOUBTS if family_zipf(word, language) >= least)


class ConceptFinder:
    """Ranks the concepts of a course for a question: `find` is its verb."""

    def __init__(self, course: Course, retriever: Retriever, questions: PassageIndex) -> None:
        self.retriever = retriever
        self.questions = questions
        self.concepts = list(course.concepts)
        self.weights, self.answering = read_weights()
        self._rows = {concept: row for row, concept in enumerate(self.concepts)}

    @cached_property
    def vocabularies(self) -> "dict[str, Vocabulary]":
        """Language -> how often each concept says each stem."""
        return {
            language: Vocabulary(partition, self._rows)
            for language, partition in self.retriever.index.partitions.items()
        }

    def find(self, asking: Asking) -> Finding:
        """The concepts that a question is about, and whether the course answers it."""
        signs = self.signs(asking)
        concepts = self.ranked(signs, asking.language)
        lacking = self._lacking(asking, [found.concept for found in concepts[:SPEAKING]])
        grounds = self._grounds(asking, signs, concepts[0].concept, lacking)
        odds = self.answering.odds(grounds)
        answered = bool(asking.content) and odds >= self.answering.thresholds[asking.language]
        sure = concepts[0].share >= self.weights[asking.language].sure
        return Finding(concepts, sure, answered, odds, lacking, grounds)

    def ranked(self, signs: Signs, language: str) -> tuple[Found, ...]:
        """The concepts by the weighted sum of their signs (a softmax of it)."""
        total: Scores = np.tensordot(np.array(self.weights[language].signs), np.stack(signs.arrays), axes=1)
        likelihood = np.exp(total - total.max())
        shares = likelihood / likelihood.sum()
        order = np.lexsort((np.arange(len(shares)), -shares))
        return tuple(Found(self.concepts[row], float(shares[row])) for row in order)

    def signs(self, asking: Asking) -> Signs:
        """What speaks for each concept."""
        language, text = asking.language, plain(asking.query)
        own = stems(text, language)
        # Vectors of an encoder that knows English only are those of the English twins; see knowledge/vectors.py.
        near = language if language in self.retriever.encoder.languages else "en"
        translated = text if near == language else self.retriever.glossary.translate(text, language, near)
        vector = self.retriever.vector(translated)[0]
        passages, questions = self.retriever.index.partitions, self.questions.partitions
        weight = sum(self.weight(word, language) for word in asking.content) or 1.0
        return Signs(
            named=np.array([asking.named.get(concept, 0.0) for concept in self.concepts]),
            passages=self._lexical(passages[language], own) / weight,
            words=self.vocabularies[language].scores(own) / weight,
            asked=self._lexical(questions[language], own, best=1) / weight,
            near_passages=self._best(passages[near], passages[near].similarities(vector), BEST),
            near_asked=self._best(questions[near], questions[near].similarities(vector), 1),
        )

    def weight(self, word: str, language: str) -> float:
        """How much a word of a question tells: its rarity among the concepts, less for a common one that none holds."""
        known = stem(word, language)
        held = any(vocabulary.held(known).any() for vocabulary in self.vocabularies.values())
        return self.rarity(known, language) * (1.0 if held else doubt(word, language))

    def _lacking(self, asking: Asking, concepts: Sequence[str]) -> tuple[str, ...]:
        """The content words that the concepts speak to in neither language."""
        rows = [self._rows[concept] for concept in concepts]
        said = frozenset().union(*(asking.names.get(concept, frozenset()) for concept in concepts))
        return tuple(
            word for word in asking.content
            if word not in said and not any(
                vocabulary.held(stem(word, language))[rows].any() for language, vocabulary in self.vocabularies.items()
            )
        )  # fmt: skip

    def _grounds(self, asking: Asking, signs: Signs, concept: str, lacking: Sequence[str]) -> dict[str, float]:
        row, language = self._rows[concept], asking.language
        whole = sum(self.weight(word, language) for word in asking.content) or 1.0
        left = sum(self.weight(word, language) for word in lacking)
        return {
            "asked": min(MOST, float(signs.asked.max())),
            "near_asked": float(signs.near_asked[row]),
            "near_passages": float(signs.near_passages[row]),
            "covered": 1.0 - left / whole,
            "doubt": sum(doubt(word, language) for word in lacking) / max(1, len(asking.content)),
            "strength": float(signs.passages.max()) * whole / STRONG,
            "critical": float(any(word in asking.critical for word in lacking)),
        }

    def rarity(self, word: str, language: str) -> float:
        """How much a stem tells one concept from another: the log of how few concepts hold it."""
        holders = int((self.vocabularies[language].held(word) > 0).sum())
        return math.log(1 + len(self.concepts) / max(holders, 0.5))

    def _lexical(self, partition: Partition, own: Sequence[str], best: int = BEST) -> Scores:
        return self._best(partition, partition.text.scores(own), best)

    def _best(self, partition: Partition, scores: Any, best: int) -> Scores:
        """For each concept the mean of its passages' `best` highest scores, 0 for one without passages."""
        places = self._places[id(partition)]
        own = np.sort(np.append(scores, -np.inf)[places], axis=1)[:, -best:]
        there = np.isfinite(own)
        found: Scores = np.where(there, own, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        return found

    @cached_property
    def _places(self) -> dict[int, NDArray[np.int64]]:
        # By identity: a partition is a value that numpy arrays keep from being hashed.
        return {
            id(partition): self._places_of(partition)
            for index in (self.retriever.index, self.questions) for partition in index.partitions.values()
        }  # fmt: skip

    def _places_of(self, partition: Partition) -> NDArray[np.int64]:
        """The passages of each concept, by row: shape (concepts, most passages of one), filled up with -1."""
        places: list[list[int]] = [[] for _ in self.concepts]
        for place, concept in enumerate(partition.passages.concepts):
            row = self._rows.get(concept)
            if row is not None:
                places[row].append(place)
        most = max(map(len, places), default=0)
        return np.array([[*found, *[-1] * (most - len(found))] for found in places], dtype=np.int64)


class Vocabulary:
    """How many passages of each concept hold a stem: the postings of BM25, added up by concept."""

    def __init__(self, partition: Partition, rows: Mapping[str, int]) -> None:
        self.partition = partition
        self.count = len(rows)
        owners = [rows.get(concept, self.count) for concept in partition.passages.concepts]  # the last holds the rest
        self.owners = np.array(owners, dtype=np.int64)

    def scores(self, own: Sequence[str]) -> Scores:
        """For each concept the sum over the stems of inverse concept frequency times saturated count."""
        total = np.zeros(self.count)
        for word, times in Counter(own).items():
            held = self.held(word)
            spread = int((held > 0).sum())
            if spread:
                total += min(times, 2) * math.log(1 + self.count / spread) * held / (held + SATURATION)
        return total

    def held(self, word: str) -> Scores:
        """For each concept, the number of its passages that hold the stem."""
        rows = self.partition.text.holders(word)
        return np.bincount(self.owners[rows], minlength=self.count + 1)[: self.count].astype(np.float64)


def _relative(scores: Scores) -> Scores:
    most = scores.max(initial=0.0)
    return scores / most if most > 0 else scores
