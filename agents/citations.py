"""The sources of an answer, numbered as they are first cited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.bibliography import Source
from knowledge.documents import Citation, Passage, Sentence
from knowledge.factcheck import Evidence


@dataclass
class Citations:
    """Numbers sources: one for each passage and set of references. `literature`: citation key -> source.

    A source's quote is one stretch of its passage, word for word: from the first sentence cited to the last.
    """

    literature: Mapping[str, Source]
    _numbers: dict[tuple[str, tuple[Citation, ...]], int] = field(default_factory=dict)
    _spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    _sources: list[dict[str, Any]] = field(default_factory=list)

    def cite(self, evidence: Sequence[Evidence]) -> list[int]:
        """The numbers of the passages that a sentence rests on."""
        return list(dict.fromkeys(self._number(item.passage, item.sentence) for item in evidence))

    @property
    def sources(self) -> list[dict[str, Any]]:
        """As in the command line's JSON: n, document, title, locator, quote, url; and the `references` behind it."""
        return self._sources

    def _number(self, passage: Passage, sentence: Sentence) -> int:
        key = (passage.id, sentence.citations)
        if key not in self._numbers:
            self._numbers[key] = len(self._sources) + 1
            references = [self._reference(citation) for citation in sentence.citations]
            url = passage.url or next((reference["url"] for reference in references if reference["url"]), "")
            self._sources.append(
                {
                    "n": len(self._sources) + 1, "document": passage.document, "title": passage.title,
                    "locator": passage.locator, "quote": sentence.text, "url": url, "passage": passage.id,
                    "references": references,
                }
            )  # fmt: skip
        number = self._numbers[key]
        place = passage.sentences.index(sentence)
        first, last = self._spans.get(number, (place, place))
        self._spans[number] = first, last = min(first, place), max(last, place)
        self._sources[number - 1]["quote"] = " ".join(cited.text for cited in passage.sentences[first : last + 1])
        return number

    def _reference(self, citation: Citation) -> dict[str, str]:
        source = self.literature.get(citation.key)
        return {
            "key": citation.key,
            "label": source.label if source else citation.key,
            "title": source.title if source else "",
            "locator": citation.locator,
            "url": source.url if source else "",
        }
