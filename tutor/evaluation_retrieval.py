"""How well search finds the sections that answer a question.

A passage stands for its section: the gold section whose path ends its path and whose heading stands among its
headings (the innermost one, when several do; of the same concept, where the gold names one), else its own heading
path. Passages of one section count once, at the
best rank. Gain equals relevance (2 answers, 1 is related); only sections of relevance 2 count for hit, recall and
MRR. Three views of the same questions: `same_language` searches passages in the question's language for gold in that
language and gives the plain names (`ndcg@10`); `all.*` searches everything, gold in both languages; `other.*`
searches the other language alone. A question without an answering section in a view is left out of it.

`differences` are ours minus each baseline's nDCG@10 and recall@10 in the question's own language, question by
question. `pairs` are the same two measures for each language of the question and of the passages ("es->en"); `ratios`
divide the recall@10 of a pair across languages by that within the passages' language ("es->en/en->en": what is left
of English recall when the question is Spanish), each pair's questions resampled by themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from knowledge.corpus import Corpus
from knowledge.documents import Passage
from knowledge.messages import LANGUAGES
from knowledge.retrieval import Hit, Retriever, Weights
from knowledge.terms import fold, plain
from tutor.errors import BadData
from tutor.evaluation_data import ANSWERS, GoldSection, RetrievalRow
from tutor.evaluation_result import Evaluation
from tutor.measures import Interval, Measures, mean, ndcg, ratio_of_means, reciprocal_rank

CUTOFF = 10
HITS_AT = (1, 5, 10)
DEPTH = 100  # passages asked for, so that ten sections are among them
VIEWS = {"same_language": "", "all": "all.", "other_language": "other."}  # view -> prefix of its measures
# Every language pair alike: what search would do without weights of its own.
BASELINES = {"bm25": Weights(1.0, 0.0), "dense": Weights(0.0, 1.0), "rrf": Weights(0.5, 0.5)}
SINGLE = ("bm25", "dense")
HEADLINE = (f"ndcg@{CUTOFF}", f"recall@{CUTOFF}")

Scores = Mapping[str, float]  # measure -> value for one question
Scored = Mapping[str, Mapping[str, Sequence[Scores | None]]]  # method -> view -> each question's


class Searcher(Protocol):
    """What is measured: a `Retriever`, or what searches like one."""

    def search(self, query: str, language: str, k: int, languages: Sequence[str], /) -> list[Hit]:
        """The best k passages in these languages, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """A question as one view asks it: where to search and what is to be found there."""

    question: str
    lang: str
    languages: tuple[str, ...]
    gold: tuple[GoldSection, ...]


def evaluate_retrieval(corpus: Corpus, rows: Sequence[RetrievalRow], seed: int = 0) -> Evaluation:
    """The corpus's search on these questions, beside BM25 alone, dense alone and plain fusion.

    `<view>ndcg@10_over_best_single` is the paired difference to the better of BM25 and dense in the same language and
    view. Raises `BadData` ("gold-not-in-sources") when the corpus holds none of the gold sections.
    """
    rows, missing = resolve_gold(corpus, rows)
    methods = {name: uniform(corpus.retriever, weights) for name, weights in BASELINES.items()}
    scores = {
        name: {view: [scored(method, task) for task in tasks(rows, view)] for view in VIEWS}
        for name, method in {"hybrid": corpus.retriever, **methods}.items()
    }
    groups = {language: [row.lang == language for row in rows] for language in _languages(rows)}
    everywhere = {**groups, "all": [True] * len(rows)}
    pairs = _pairs(scores["hybrid"], groups)
    return Evaluation(
        suite="retrieval",
        n=len(rows),
        metrics=_measures(scores, "hybrid", everywhere["all"], seed),
        by={language: _measures(scores, "hybrid", group, seed) for language, group in groups.items()},
        baselines={
            name: {language: _measures(scores, name, group, seed) for language, group in everywhere.items()}
            for name in BASELINES
        },
        differences={
            name: {language: _differences(scores, name, group, seed) for language, group in everywhere.items()}
            for name in BASELINES
        },
        pairs={pair: _pair_measures(found, seed) for pair, found in pairs.items()},
        ratios=_ratios(pairs, seed),
        notes={
            "gold": sum(len(row.gold) for row in rows) + missing,
            "gold_not_in_sources": missing,
            **{f"questions_{view}": sum(task is not None for task in tasks(rows, view)) for view in VIEWS},
        },
    )


def tasks(rows: Iterable[RetrievalRow], view: str) -> list[Task | None]:
    """Each row as a view asks it; None where the view has no section that answers."""
    return [_task(row, view) for row in rows]


def _task(row: RetrievalRow, view: str) -> Task | None:
    wanted = {
        "same_language": (row.lang,),
        "all": LANGUAGES,
        "other_language": tuple(language for language in LANGUAGES if language != row.lang),
    }[view]
    gold = tuple(gold for gold in row.gold if gold.lang in wanted)
    answers = any(gold.relevance == ANSWERS for gold in gold)
    return Task(row.question, row.lang, wanted, gold) if answers else None


def uniform(retriever: Retriever, weights: Weights) -> Retriever:
    """The same index searched with the same weights for every language pair."""
    return weighted(retriever, {(query, target): weights for query in LANGUAGES for target in LANGUAGES})


def weighted(retriever: Retriever, weights: dict[tuple[str, str], Weights]) -> Retriever:
    """The same index searched with other weights."""
    other = Retriever(retriever.index, retriever.encoder, retriever.glossary)
    other.weights = weights
    return other


def scored(retriever: Searcher, task: Task | None) -> Scores | None:
    """The measures of one question, None for none."""
    if task is None:
        return None
    hits = retriever.search(task.question, task.lang, DEPTH, task.languages)
    found = sections(task.gold, [hit.passage for hit in hits])
    gains = [float(gold.relevance) if gold else 0.0 for gold in found]
    answers = [gold is not None and gold.relevance == ANSWERS for gold in found]
    total = sum(gold.relevance == ANSWERS for gold in task.gold)
    return {
        f"ndcg@{CUTOFF}": ndcg(gains, [float(gold.relevance) for gold in task.gold], CUTOFF),
        **{f"hit@{k}": float(any(answers[:k])) for k in HITS_AT},
        f"recall@{CUTOFF}": sum(answers[:CUTOFF]) / total,
        f"mrr@{CUTOFF}": reciprocal_rank(answers, CUTOFF),
    }


def sections(gold: Sequence[GoldSection], passages: Iterable[Passage]) -> list[GoldSection | None]:
    """The ranked passages as ranked sections: each section once, as its gold or as None."""
    seen: set[object] = set()
    ranked: list[GoldSection | None] = []
    for passage in passages:
        found = _gold_of(passage, gold)
        key: object = found or (passage.path, passage.headings, passage.language)
        if key not in seen:
            seen.add(key)
            ranked.append(found)
    return ranked


def _gold_of(passage: Passage, gold: Iterable[GoldSection]) -> GoldSection | None:
    headings = [_flat(heading) for heading in passage.headings]
    here = [
        (max(place for place, heading in enumerate(headings) if heading == _flat(section.heading)), section)
        for section in gold
        if _flat(section.heading) in headings and stands_in(passage, section)
    ]
    return max(here, key=lambda item: item[0])[1] if here else None


def stands_in(passage: Passage, section: GoldSection) -> bool:
    """Whether a passage is of a gold section's document and concept: one path ends the other, languages agree."""
    mine, theirs = f"/{passage.path.strip('/')}", f"/{section.path.strip('/')}"
    same_document = mine.endswith(theirs) or theirs.endswith(mine)
    return same_document and section.lang in ("", passage.language) and section.concept in ("", passage.concept)


@lru_cache(maxsize=20_000)
def _flat(heading: str) -> str:
    return fold(" ".join(plain(heading).split()))


def resolve_gold(corpus: Corpus, rows: Sequence[RetrievalRow]) -> tuple[list[RetrievalRow], int]:
    """The rows with gold that the corpus holds, each with its language, and how many gold sections it lacks.

    A question all of whose gold is lacking stays, and scores nothing: search could not have answered it.
    """
    by_heading: dict[str, list[Passage]] = {}
    for passage in corpus.retriever.index.passages:
        for heading in passage.headings:
            by_heading.setdefault(_flat(heading), []).append(passage)
    homes: dict[GoldSection, str] = {}
    every = {gold for row in rows for gold in row.gold}
    for gold in every:
        languages = [
            passage.language for passage in by_heading.get(_flat(gold.heading), ()) if stands_in(passage, gold)
        ]
        if languages:
            homes[gold] = languages[0]
    if not homes:
        raise BadData("gold-not-in-sources", count=len(every), example=rows[0].gold[0].path)
    resolved = [
        replace(row, gold=tuple(replace(gold, lang=gold.lang or homes.get(gold, row.lang)) for gold in row.gold))
        for row in rows
    ]
    return resolved, sum(gold not in homes for row in rows for gold in row.gold)


def _languages(rows: Iterable[RetrievalRow]) -> list[str]:
    present = {row.lang for row in rows}
    return [language for language in LANGUAGES if language in present]


def _differences(scores: Scored, baseline: str, group: Sequence[bool], seed: int) -> Measures:
    """Ours minus the baseline's for each question of the group that its own language answers; none where none is."""
    ours, theirs = (_chosen(scores[method]["same_language"], group) for method in ("hybrid", baseline))
    if not ours:
        return {}
    return {
        name: mean([mine[name] - other[name] for mine, other in zip(ours, theirs, strict=True)], seed)
        for name in HEADLINE
    }


def _pairs(
    ours: Mapping[str, Sequence[Scores | None]], groups: Mapping[str, Sequence[bool]]
) -> dict[str, list[Scores]]:
    """ "es->en" (question -> passages) -> each question's scores, for the pairs that have questions."""
    found = {}
    for language, group in groups.items():
        for target in LANGUAGES:
            view = "same_language" if target == language else "other_language"
            found[f"{language}->{target}"] = _chosen(ours[view], group)
    return {pair: scores for pair, scores in found.items() if scores}


def _pair_measures(scores: Sequence[Scores], seed: int) -> Measures:
    return {name: mean([score[name] for score in scores], seed) for name in HEADLINE}


def _ratios(pairs: Mapping[str, Sequence[Scores]], seed: int) -> dict[str, Measures]:
    name = f"recall@{CUTOFF}"
    found: dict[str, Measures] = {}
    for pair, across in pairs.items():
        language, target = pair.split("->")
        within = pairs.get(f"{target}->{target}")
        if language != target and within:
            tops, bottoms = ([score[name] for score in scores] for scores in (across, within))
            found[f"{pair}/{target}->{target}"] = {name: ratio_of_means(tops, bottoms, seed)}
    return found


def _measures(scores: Scored, method: str, group: Sequence[bool], seed: int) -> Measures:
    """Every view's measures of a method over the questions of a group."""
    found: dict[str, Interval] = {}
    for view, prefix in VIEWS.items():
        mine = _chosen(scores[method][view], group)
        if not mine:
            continue
        for name in mine[0]:
            found[prefix + name] = mean([score[name] for score in mine], seed)
        if method == "hybrid":
            main = f"ndcg@{CUTOFF}"
            singles = [np.array([score[main] for score in _chosen(scores[name][view], group)]) for name in SINGLE]
            best = max(singles, key=lambda values: float(values.mean()))
            gain = np.array([score[main] for score in mine]) - best
            found[f"{prefix}{main}_over_best_single"] = mean(gain, seed)
    return found


def _chosen(scores: Sequence[Scores | None], group: Sequence[bool]) -> list[Scores]:
    return [score for score, chosen in zip(scores, group, strict=True) if chosen and score is not None]
