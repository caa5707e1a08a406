"""Documents in short, without a question: one by its aspects, several in a table, what happened when, key terms.

Each is a summary like any other: nothing but audited sentences with their quotations.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Literal

from agents.research.aspects import ASPECTS, AspectFinder, Said
from agents.research.drafting import DraftPart
from agents.research.researcher import Researcher
from agents.research.stretches import Stretch, stretches_of
from agents.research.summary import Line, Summary, Table
from agents.research.summary_composer import TEXTS, SummaryComposer, quoting
from agents.research.terms import key_terms
from agents.research.timeline import events_of

DigestKind = Literal["summary", "table", "timeline", "terms"]
EACH_YEAR = 6  # statements of one year


class Digester:
    """Makes digests of the researcher's documents: `digest` is its verb. `said`: hears of each step before it is done
    ("read" a document, "write" it up; how many are done, of how many), and may end the work by raising."""

    def __init__(self, researcher: Researcher, said: Callable[[str, int, int], None] = lambda *_: None) -> None:
        self.researcher = researcher
        self.said = said
        self.aspects = AspectFinder(researcher.weigher)

    def digest(self, kind: DigestKind, language: str, aspects: Sequence[str] = ASPECTS) -> Summary:
        """The digest of all documents of what the researcher may cite; `aspects` are those of a summary or a table, the
        reader's own words among them."""
        made: dict[DigestKind, Callable[[str, Sequence[str]], Summary]] = {
            "summary": self._summary, "table": self._table, "timeline": self._timeline, "terms": self._terms,
        }  # fmt: skip
        return made[kind](language, aspects)

    def _summary(self, language: str, aspects: Sequence[str]) -> Summary:
        said = [self.aspects.find(stretches, aspects, language) for _, stretches in self._each()]
        together = {aspect: list(chain.from_iterable(own[aspect] for own in said)) for aspect in aspects}
        drafts = [
            DraftPart("aspect", aspect_name(aspect, language), [quoting(one.stretch, language) for one in found])
            for aspect, found in together.items()
        ]
        missing = tuple(aspect_name(aspect, language) for aspect, found in together.items() if not found)
        return self._printed(language, drafts, list(chain.from_iterable(together.values())), missing)

    def _table(self, language: str, aspects: Sequence[str]) -> Summary:
        said = {name: self.aspects.find(stretches, aspects, language) for name, stretches in self._each()}
        pool = [one for own in said.values() for found in own.values() for one in found[:1]]
        auditor = self.researcher.auditor(language, [one.stretch for one in pool], _weights(pool))
        cells: list[tuple[tuple[Line, ...], ...]] = []
        for number, own in enumerate(said.values()):
            self.said("write", number, len(said))
            drafts = [[quoting(one.stretch, language) for one in own[aspect][:1]] for aspect in aspects]
            cells.append(tuple(tuple(auditor.lines_again(draft)) for draft in drafts))
        columns = tuple(aspect_name(aspect, language) for aspect in aspects)
        silent = [column for at, column in enumerate(columns) if not any(row[at] for row in cells)]
        return self.researcher.printed(
            Summary(
                question="", language=language, parts=(), quotations=auditor.quotations, references=(), searched=(),
                missing=tuple(silent), dropped=auditor.dropped.counts, engine=SummaryComposer.name,
                table=Table(columns, tuple(said), tuple(cells)),
            )
        )  # fmt: skip

    def _timeline(self, language: str, _: Sequence[str]) -> Summary:
        events = events_of([one for _, stretches in self._each() for one in stretches])
        drafts = [
            DraftPart("event", str(year), [quoting(one, language) for one in said[:EACH_YEAR]]) for year, said in events
        ]
        pool = [Said(one, 1.0) for _, said in events for one in said[:EACH_YEAR]]
        return self._printed(language, drafts, pool)

    def _terms(self, language: str, _: Sequence[str]) -> Summary:
        terms = key_terms([one for _, stretches in self._each() for one in stretches])
        drafts = [DraftPart("term", term, [quoting(one, language) for one in said]) for term, said in terms]
        return self._printed(language, drafts, [Said(one, 1.0) for _, said in terms for one in said])

    def _printed(
        self, language: str, drafts: Sequence[DraftPart], pool: Sequence[Said], missing: tuple[str, ...] = ()
    ) -> Summary:
        self.said("write", 0, 0)
        auditor = self.researcher.auditor(language, [one.stretch for one in pool], _weights(pool))
        return self.researcher.printed(
            Summary(
                question="", language=language, parts=auditor.audit(drafts), quotations=auditor.quotations,
                references=(), searched=(), missing=missing, dropped=auditor.dropped.counts,
                engine=SummaryComposer.name,
            )
        )  # fmt: skip

    def _each(self) -> Iterator[tuple[str, list[Stretch]]]:
        """The documents with their stretches."""
        names = tuple(self.researcher.cited.documents)
        for number, name in enumerate(names):
            self.said("read", number, len(names))
            yield name, self._stretches(name)

    def _stretches(self, document: str) -> list[Stretch]:
        passages = self.researcher.passages_of(document)
        return list(chain.from_iterable(stretches_of(passage) for passage in passages))


def aspect_name(aspect: str, language: str) -> str:
    """An aspect as the reader sees it."""
    key = f"aspect-{aspect}"
    return TEXTS.text(key, language) if aspect in ASPECTS else aspect


def _weights(pool: Sequence[Said]) -> dict[tuple[str, int, int], float]:
    return {one.stretch.key: round(one.weight, 4) for one in pool}
