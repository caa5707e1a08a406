"""How the next word is chosen: temperature, top-k, top-p, greedy and beam search, on a model counted from real text.

Temperature divides the log-probabilities before the softmax; top-k keeps the k most probable words (Fan et al. 2018);
top-p keeps the fewest words whose probabilities reach p (Holtzman et al. 2020, §3). What is kept is divided by its
mass.
"""

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from knowledge.labs.inputs import real, whole
from knowledge.labs.inputs import words as checked_words
from knowledge.labs.ngram_model import END, NgramModel, Words, count_ngrams, words_of
from knowledge.labs.softmax import Array, entropy, softmax

RULES = ("plain", "temperature", "top-k", "top-p")
_NODES = 50_000  # that exact search may open before it gives up
_COMMON = 150  # contexts in which an example of beam search is looked for

Rule = Callable[[Array], Array]


@dataclass(frozen=True)
class Continuation:
    """Words that follow the prompt, `END` last where the sentence ends.

    `path`: the log-probability after each word, in nats.
    """

    words: Words = ()
    path: tuple[float, ...] = ()

    @property
    def log_probability(self) -> float:
        """Of all its words, given the prompt, in nats."""
        return self.path[-1] if self.path else 0.0

    def extended(self, word: str, log_probability: float) -> "Continuation":
        """With one word more, of this log-probability after what stands before it."""
        return Continuation((*self.words, word), (*self.path, self.log_probability + log_probability))


@dataclass(frozen=True)
class Choice:
    """What a rule makes of the distribution of the next word, and of sampled continuations."""

    rule: str
    probabilities: Array  # (v,), sums to 1; 0 for what the rule drops
    kept: int  # words that can still be chosen
    kept_mass: float  # their probability before the rule
    entropy: float  # nats
    distinct: float  # share of different continuations among those sampled
    log_probability: float  # mean over the sampled continuations, under the plain model
    sampled: tuple[Continuation, ...]  # the first few


@dataclass(frozen=True)
class Search:
    """Ways to look for a probable continuation of a prompt.

    Where it `may_end`, a sentence may end before its last word; else all continuations that are as long as asked
    compete, and a probability is that of these words, whatever follows.
    """

    prompt: Words
    may_end: bool
    greedy: Continuation
    beams: tuple[Continuation, ...]  # the most probable first
    exact: Continuation | None  # the most probable of all; None when the search was too wide

    @property
    def gain(self) -> float:
        """How many times as probable as the greedy continuation the best beam is."""
        return math.exp(self.beams[0].log_probability - self.greedy.log_probability)

    @property
    def missed(self) -> Continuation | None:
        """What exact search found and the beam lost: None where nothing is more probable than the best beam."""
        likelier = self.exact and self.exact.log_probability > self.beams[0].log_probability + 1e-9
        return self.exact if likelier else None


@dataclass(frozen=True)
class DecodingChoices:
    """The next word's distribution under each rule, and searches from the prompt and from a telling one."""

    words_read: int
    prompt: Words
    context: Words  # the last words of the prompt that the model has seen
    words: Words  # v words that follow, the most probable first
    counts: tuple[int, ...]
    choices: tuple[Choice, ...]  # in the order of RULES
    search: Search  # from the prompt, of continuations of the asked length
    ending: Search  # from the prompt, where the sentence may end before
    telling: Search | None  # of the common contexts, the one where beam search gains most; None where it never does


def choose_words(
    sentences: Iterable[str],
    prompt: str,
    *,
    temperature: float = 0.5,
    k: int = 5,
    p: float = 0.9,
    width: int = 4,
    length: int = 8,
    order: int = 3,
    samples: int = 100,
    seed: int = 0,
) -> DecodingChoices:
    """Count the model, then choose words in every way. Raises `BadLab`."""
    checked_words(prompt, 1, 40)
    temperature, p = real("temperature", temperature, 0.05, 10.0), real("p", p, 0.01, 1.0)
    k, width, length = whole("k", k, 1, 1000), whole("width", width, 1, 20), whole("length", length, 1, 20)
    order, samples = whole("order", order, 1, 5), whole("samples", samples, 1, 2000)
    random = np.random.default_rng(whole("seed", seed, 0, 2**31 - 1))
    model = count_ngrams(sentences, order)
    given = words_of(prompt)
    following = model.following(given)
    rules: tuple[Rule, ...] = (
        lambda q: q,
        lambda q: with_temperature(q, temperature),
        lambda q: keep_top_k(q, k),
        lambda q: keep_top_p(q, p),
    )
    choices = tuple(
        _choice(name, rule, model, given, length, samples, random) for name, rule in zip(RULES, rules, strict=True)
    )
    return DecodingChoices(
        words_read=model.words_read,
        prompt=given,
        context=following.context,
        words=following.words,
        counts=following.counts,
        choices=choices,
        search=search(model, given, width, length),
        ending=search(model, given, width, length, may_end=True),
        telling=_telling_search(model, width, length),
    )


def with_temperature(probabilities: Array, temperature: float) -> Array:
    """softmax(ln p / T): 1 changes nothing, near 0 the most probable takes all, large values make all alike."""
    return softmax(np.log(probabilities) / temperature)


def keep_top_k(probabilities: Array, k: int) -> Array:
    """The k most probable, divided by their mass; the first ones where several are alike."""
    kept = np.zeros(len(probabilities), dtype=bool)
    kept[np.argsort(-probabilities, kind="stable")[:k]] = True
    return _renormalized(probabilities, kept)


def keep_top_p(probabilities: Array, p: float) -> Array:
    """The fewest words, the most probable first, whose mass is at least p, divided by their mass."""
    order = np.argsort(-probabilities, kind="stable")
    before = np.cumsum(probabilities[order]) - probabilities[order]
    kept = np.zeros(len(probabilities), dtype=bool)
    kept[order[before < p - 1e-12]] = True
    return _renormalized(probabilities, kept)


def greedy(model: NgramModel, prompt: Words, length: int, *, may_end: bool = False) -> Continuation:
    """The most probable word at every step."""
    return beam_search(model, prompt, 1, length, may_end=may_end)[0]


def beam_search(
    model: NgramModel, prompt: Words, width: int, length: int, *, may_end: bool = False
) -> tuple[Continuation, ...]:
    """The `width` most probable continuations kept at every step, up to `length` words.

    Where it `may_end`, a sentence that has ended keeps its place in the beam; else one that can only end loses it.
    Sorted by log-probability, without length normalization.
    """
    beam = [Continuation()]
    for _ in range(length):
        grown: list[Continuation] = []
        for kept in beam:
            grown += [kept] if kept.words[-1:] == (END,) else _extended(model, prompt, kept, may_end, width)
        if not grown:  # every sentence ends here
            break
        beam = sorted(grown, key=lambda one: (-one.log_probability, one.words))[:width]
    return tuple(beam)


def exact_search(model: NgramModel, prompt: Words, length: int, *, may_end: bool = False) -> Continuation | None:
    """The most probable continuation of all: the likeliest unfinished one is extended first (uniform-cost search).

    A continuation never grows more probable, so the first whole one to come up is the best. None when there is none
    of this length, or when too many would have to be opened.
    """
    waiting: list[tuple[float, Words, Continuation]] = [(0.0, (), Continuation())]
    for _ in range(_NODES):
        if not waiting:
            break
        _, words, one = heapq.heappop(waiting)
        if len(words) == length or words[-1:] == (END,):
            return one
        for longer in _extended(model, prompt, one, may_end):
            heapq.heappush(waiting, (-longer.log_probability, longer.words, longer))
    return None


def search(model: NgramModel, prompt: Words, width: int, length: int, *, may_end: bool = False) -> Search:
    """All three searches from a prompt."""
    return Search(
        prompt,
        may_end,
        greedy(model, prompt, length, may_end=may_end),
        beam_search(model, prompt, width, length, may_end=may_end),
        exact_search(model, prompt, length, may_end=may_end),
    )


def _extended(
    model: NgramModel, prompt: Words, one: Continuation, may_end: bool, most: int | None = None
) -> list[Continuation]:
    """The continuation with each word that may follow it, or with the `most` probable ones."""
    following = model.following(prompt + one.words)
    pairs = zip(following.words, following.probabilities, strict=True)
    allowed = ((word, probability) for word, probability in pairs if may_end or word != END)
    return [one.extended(word, math.log(probability)) for word, probability in islice(allowed, most)]


def _choice(
    name: str, rule: Rule, model: NgramModel, prompt: Words, length: int, samples: int, random: np.random.Generator
) -> Choice:
    plain = model.following(prompt).probabilities
    probabilities = rule(plain)
    sampled = [_sample(rule, model, prompt, length, random) for _ in range(samples)]
    return Choice(
        rule=name,
        probabilities=probabilities,
        kept=int((probabilities > 0).sum()),
        kept_mass=float(plain[probabilities > 0].sum()),
        entropy=float(entropy(probabilities)),
        distinct=len({one.words for one in sampled}) / samples,
        log_probability=float(np.mean([one.log_probability for one in sampled])),
        sampled=tuple(sampled[:3]),
    )


def _sample(rule: Rule, model: NgramModel, prompt: Words, length: int, random: np.random.Generator) -> Continuation:
    one = Continuation()
    while len(one.words) < length and one.words[-1:] != (END,):
        following = model.following(prompt + one.words)
        chosen = int(random.choice(len(following.words), p=rule(following.probabilities)))
        one = one.extended(following.words[chosen], math.log(following.probabilities[chosen]))
    return one


def _telling_search(model: NgramModel, width: int, length: int) -> Search | None:
    """From the common contexts, the search in which the best beam gains most over the greedy continuation."""
    longest = max(map(len, model.counts))
    contexts = sorted(
        (context for context in model.counts if len(context) == longest and END not in context),
        key=lambda context: (-model.counts[context].total(), context),
    )[:_COMMON]

    def gain(context: Words) -> float:
        best, plain = beam_search(model, context, width, length)[0], greedy(model, context, length)
        return best.log_probability - plain.log_probability if len(best.words) == len(plain.words) == length else 0.0

    best = max(contexts, key=gain, default=())
    return search(model, best, width, length) if best and gain(best) > 1e-9 else None


def _renormalized(probabilities: Array, kept: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Array:
    masked = np.where(kept, probabilities, 0.0)
    return np.asarray(masked / masked.sum(), dtype=np.float64)
