"""Measure the choices of search that are not weights: passage size, headings, expansion, repetitions, diversity.

    python -m evals.retrieval_choices --data FILE.jsonl --sources PATH... [--only CHOICE ...]

Prints Markdown: for each choice and each language pair nDCG@10 with its 95 % interval and the paired difference to what
is in use. Documents alone are searched, since the course's units are passages by themselves. Sizes embed everything
anew; the indexes are kept in `--cache`.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.fusion import RememberingEncoder
from evals.sources import DEFAULT_CACHE
from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import load_course
from knowledge.documents import Document, Passage, digest
from knowledge.encoder import DEFAULT_ENCODER, Encoder, load_encoder
from knowledge.glossary import Glossary
from knowledge.index import open_or_build
from knowledge.messages import LANGUAGES
from knowledge.passages import TARGET_WORDS, passages_of
from knowledge.readers import find_documents, read_document
from knowledge.retrieval import Hit, Retriever
from knowledge.terms import stem, stems, words
from tutor.evaluation_data import RetrievalRow, read_retrieval
from tutor.evaluation_retrieval import CUTOFF, scored, tasks
from tutor.measures import mean

SIZES = (60, 90, 120, 160, 220)
REPEATED = (0.5, 0.7, 0.9)  # share of a passage's word triples that a better one holds
SPREAD = (0.3, 0.1, 0.05)  # weight of the likeness to what stands above (maximal marginal relevance)
POOL = 40  # hits that are put in another order
CHOICES = ("sizes", "headings", "expansion", "repeats", "diversity")
PAIRS = tuple((query, target) for query in LANGUAGES for target in LANGUAGES)
Reorder = Callable[[Sequence[Hit]], list[Hit]]


@dataclass(frozen=True)
class Variant:
    """A way to search. `known`: the passages as the labels know them; `ask` rewords the query, `order` reorders."""

    retriever: Retriever
    known: Mapping[str, Passage] | None = None
    ask: Callable[[str, str], str] | None = None
    order: Reorder | None = None

    def search(self, query: str, language: str, k: int, languages: Sequence[str] = LANGUAGES) -> list[Hit]:
        """As `Retriever.search`."""
        asked = self.ask(query, language) if self.ask else query
        hits = self.retriever.search(asked, language, k, languages)
        if self.order:
            hits = self.order(hits)
        known = self.known
        return [replace(hit, passage=known[hit.passage.id]) for hit in hits] if known else hits


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m evals.retrieval_choices", description="Measure choices of search.")
    parser.add_argument("--data", type=Path, required=True, help="a retrieval file (JSONL)")
    parser.add_argument("--sources", type=Path, nargs="+", required=True, help="the documents to search")
    parser.add_argument("--only", nargs="*", default=CHOICES, choices=CHOICES)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rows = read_retrieval(options.data)
    documents = [read_document(file, root=root) for file, root in find_documents(options.sources)]
    bench = Bench(documents, load_encoder(DEFAULT_ENCODER, options.cache), options.cache)
    used = {pair: ndcg_of(Variant(bench.retriever()), rows, *pair) for pair in PAIRS}
    for choice in options.only:
        print(
            f"\n### {choice}\n\n| variant | pair | n | nDCG@{CUTOFF} | against what is in use |\n|---|---|---|---|---|"
        )
        for name, variant in VARIANTS[choice](bench):
            for pair in PAIRS:
                tried = ndcg_of(variant, rows, *pair)
                difference = mean(tried - used[pair], options.seed)
                print(
                    f"| {name} | {'->'.join(pair)} | {len(tried)} | {mean(tried, options.seed)} | {difference} |",
                    flush=True,
                )


class Bench:
    """The documents' indexes, by what is done to their passages."""

    def __init__(self, documents: Sequence[Document], encoder: Encoder, cache: Path) -> None:
        self.documents = list({document.id: document for document in documents}.values())
        self.encoder = RememberingEncoder(encoder)
        self.cache = cache
        self.glossary: Glossary = load_course(BUNDLED_COURSE, units=False).glossary

    def passages(self, size: int) -> list[Passage]:
        """The documents in passages of about `size` words."""
        return [passage for document in self.documents for passage in passages_of(document, size)]

    def retriever(
        self, size: int = TARGET_WORDS, change: Callable[[Passage], Passage] | None = None, name: str = ""
    ) -> Retriever:
        """Search over passages of a size, each changed."""
        made = self.passages(size)
        content = digest("choices", name, str(size), *sorted(document.id for document in self.documents))
        index = open_or_build(
            self.cache, content, self.encoder, lambda: [change(one) for one in made] if change else made
        )
        return Retriever(index, self.encoder, self.glossary)


def sizes(bench: Bench) -> Iterator[tuple[str, Variant]]:
    """Passages of other sizes."""
    for size in SIZES:
        yield f"{size} words", Variant(bench.retriever(size))


def headings(bench: Bench) -> Iterator[tuple[str, Variant]]:
    """Passages without their headings, and with the innermost alone."""
    size = TARGET_WORDS
    known = {passage.id: passage for passage in bench.passages(size)}
    bare = bench.retriever(size, lambda one: replace(one, headings=(), title=""), "bare")
    yield "no heading", Variant(bare, known)
    inner = bench.retriever(size, lambda one: replace(one, headings=one.headings[-1:]), "innermost")
    yield "innermost heading", Variant(inner, known)


def expansion(bench: Bench) -> Iterator[tuple[str, Variant]]:
    """Queries with the glossary's other wordings of their terms, in their own language and in the other."""
    retriever = bench.retriever()
    yield "other wordings", Variant(retriever, ask=lambda query, lang: expanded(bench.glossary, query, lang, lang))
    yield (
        "wordings of both languages",
        Variant(
            retriever, ask=lambda query, lang: expanded(bench.glossary, query, lang, "en" if lang == "es" else "es")
        ),
    )


def expanded(glossary: Glossary, query: str, language: str, other: str) -> str:
    """The query and the other wordings of the terms in it."""
    own = [stem(part, language) for word in words(query) for part in word.split("-")]
    found = [
        wording
        for _, _, number in glossary.match(own, language) if number is not None
        for wording in glossary.terms[number].wordings.get(other, ())
    ]  # fmt: skip
    return " ".join([query, *found])


def repeats(bench: Bench) -> Iterator[tuple[str, Variant]]:
    """Hits that mostly repeat a better one put last."""
    retriever = bench.retriever()
    for share in REPEATED:
        yield f"repeating {share:g}", Variant(retriever, order=partial(without_repeats, share=share))


def without_repeats(hits: Sequence[Hit], share: float) -> list[Hit]:
    """Those whose word triples are mostly held by a better hit of their language go behind the others."""
    kept: list[Hit] = []
    last: list[Hit] = []
    seen: list[set[tuple[str, ...]]] = []
    for hit in hits:
        own = _triples(hit.passage)
        if own and any(len(own & other) >= share * len(own) for other in seen):
            last.append(hit)
        else:
            kept.append(hit)
            seen.append(own)
    return kept + last


def _triples(passage: Passage) -> set[tuple[str, ...]]:
    found = stems(passage.text, passage.language)
    return set(zip(found, found[1:], found[2:], strict=False))


def diversity(bench: Bench) -> Iterator[tuple[str, Variant]]:
    """Maximal marginal relevance (Carbonell and Goldstein 1998) over words, and no third hit of a document."""
    retriever = bench.retriever()
    for weight in SPREAD:
        yield f"spread {weight:g}", Variant(retriever, order=partial(spread, weight=weight))
    yield "a document's third hit last", Variant(retriever, order=two_of_each)


def spread(hits: Sequence[Hit], weight: float) -> list[Hit]:
    """Each next hit by its score less `weight` times its likeness to the likest above it."""
    left, rest = list(hits[:POOL]), list(hits[POOL:])
    held = {id(hit): set(stems(hit.passage.text, hit.passage.language)) for hit in left}
    likest = dict.fromkeys(held, 0.0)
    found: list[Hit] = []
    while left:
        best = max(left, key=lambda hit: (1 - weight) * hit.score - weight * likest[id(hit)])
        left.remove(best)
        found.append(best)
        for hit in left:
            mine, theirs = held[id(hit)], held[id(best)]
            likest[id(hit)] = max(likest[id(hit)], len(mine & theirs) / max(1, len(mine | theirs)))
    return found + rest


def two_of_each(hits: Sequence[Hit]) -> list[Hit]:
    """A document's third hit and those after it go behind the others."""
    count: dict[str, int] = {}
    kept: list[Hit] = []
    last: list[Hit] = []
    for hit in hits:
        count[hit.passage.document] = count.get(hit.passage.document, 0) + 1
        (kept if count[hit.passage.document] <= 2 else last).append(hit)
    return kept + last


VARIANTS: Mapping[str, Callable[[Bench], Iterator[tuple[str, Variant]]]] = {
    "sizes": sizes, "headings": headings, "expansion": expansion, "repeats": repeats, "diversity": diversity,
}  # fmt: skip


def ndcg_of(variant: Variant, rows: Sequence[RetrievalRow], query: str, target: str) -> NDArray[np.float64]:
    """nDCG@10 of each question of the query language that the target language's passages answer."""
    asked = [row for row in rows if row.lang == query]
    view = "same_language" if query == target else "other_language"
    scores = (scored(variant, task) for task in tasks(asked, view))
    return np.array([score[f"ndcg@{CUTOFF}"] for score in scores if score is not None])


if __name__ == "__main__":
    main()
