"""Measure the fusion weights of knowledge/retrieval.py, one language pair at a time.

    python -m evals.fusion --data FILE.jsonl --sources PATH... [--course]

Prints Markdown: nDCG@10 for each lexical weight (the dense one is the rest) within one index; for each list weight
of the other language's index over everything; and for each pool. Each with its 95 % interval and the paired
difference to the weights in use: choose round values, and nothing that the intervals do not carry.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.sources import DEFAULT_CACHE, open_sources
from knowledge import retrieval
from knowledge.encoder import Encoder, Vectors
from knowledge.messages import LANGUAGES
from knowledge.retrieval import Retriever, Weights
from tutor.evaluation import read_retrieval
from tutor.evaluation_data import RetrievalRow
from tutor.evaluation_retrieval import CUTOFF, resolve_gold, scored, tasks, weighted
from tutor.measures import mean

LEXICAL = tuple(step / 10 for step in range(11))
LISTS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1)
POOLS = (20, 50, 100, 200)
PAIRS = tuple((query, target) for query in LANGUAGES for target in LANGUAGES)
HEAD = "| {} | n | nDCG@10 | against those in use |\n|---|---|---|---|"


class RememberingEncoder:
    """An encoder that encodes no query twice: a grid asks the same questions again and again."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.name = encoder.name
        self.size = encoder.size
        self.languages = encoder.languages
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text: float32, shape (len(texts), size)."""
        new = [text for text in texts if text not in self._known]
        if new:
            self._known.update(zip(new, self.encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m evals.fusion", description="Measure the fusion weights.")
    parser.add_argument("--data", type=Path, required=True, help="a retrieval file (JSONL)")
    parser.add_argument("--sources", type=Path, nargs="*", default=[], help="the documents to search")
    parser.add_argument("--course", action="store_true", help="search the bundled course too")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where the index is kept")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    corpus = open_sources(options.sources, with_course=options.course, cache=options.cache)
    rows, _ = resolve_gold(corpus, read_retrieval(options.data))
    found = corpus.retriever
    retriever = Retriever(found.index, RememberingEncoder(found.encoder), found.glossary)
    retriever.weights = found.weights
    for table in (lexical_tables, list_tables, pool_table):
        print("\n".join(table(retriever, rows, options.seed)), flush=True)


def lexical_tables(retriever: Retriever, rows: Sequence[RetrievalRow], seed: int) -> Iterator[str]:
    """For each language pair, nDCG within that one index by lexical weight."""
    for pair in PAIRS:
        query, target = pair
        view = "same_language" if query == target else "other_language"
        asked = [row for row in rows if row.lang == query]
        used = ndcg_of(retriever, asked, view)
        if not len(used):
            continue
        yield f"\n{query} -> {target}, in use: lexical {retriever.weights[pair].lexical:g}\n"
        yield HEAD.format("lexical")
        for lexical in LEXICAL:
            weights = Weights(lexical, round(1 - lexical, 1), retriever.weights[pair].list)
            tried = ndcg_of(weighted(retriever, {**retriever.weights, pair: weights}), asked, view)
            yield line(f"{lexical:.1f}", tried, used, seed)


def list_tables(retriever: Retriever, rows: Sequence[RetrievalRow], seed: int) -> Iterator[str]:
    """For each query language, nDCG over both languages by the weight of the other language's list."""
    for query in LANGUAGES:
        (pair,) = (pair for pair in PAIRS if pair[0] == query != pair[1])
        asked = [row for row in rows if row.lang == query]
        used = ndcg_of(retriever, asked, "all")
        if not len(used):
            continue
        yield f"\n{query} -> both, in use: {pair[1]} list {retriever.weights[pair].list:g}\n"
        yield HEAD.format("list")
        for weight in LISTS:
            weights = {**retriever.weights, pair: replace(retriever.weights[pair], list=weight)}
            yield line(f"{weight:g}", ndcg_of(weighted(retriever, weights), asked, "all"), used, seed)


def pool_table(retriever: Retriever, rows: Sequence[RetrievalRow], seed: int) -> Iterator[str]:
    """nDCG in the question's own language by the number of candidates of each method."""
    kept = retrieval.POOL
    used = ndcg_of(retriever, rows, "same_language")
    yield f"\nown language, in use: pool {kept}\n"
    yield HEAD.format("pool")
    try:
        for pool in POOLS:
            retrieval.POOL = pool
            yield line(str(pool), ndcg_of(retriever, rows, "same_language"), used, seed)
    finally:
        retrieval.POOL = kept


def ndcg_of(retriever: Retriever, rows: Sequence[RetrievalRow], view: str) -> NDArray[np.float64]:
    """nDCG@10 of each question that the view can ask."""
    scores = (scored(retriever, task) for task in tasks(rows, view))
    return np.array([score[f"ndcg@{CUTOFF}"] for score in scores if score is not None])


def line(name: str, tried: NDArray[np.float64], used: NDArray[np.float64], seed: int) -> str:
    """One row of a table."""
    return f"| {name} | {len(tried)} | {mean(tried, seed)} | {mean(tried - used, seed)} |"


if __name__ == "__main__":
    main()
