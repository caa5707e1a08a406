"""A chat model as reader of the rubric: it says which required points an answer states, and proves it by quoting.

Its word alone counts for nothing. For each point it must quote the learner's own words; a quote that is not in the
answer, that the answer denies, or that says the opposite of the point makes the whole reading worthless. So does a
quote for the last point that it is shown: that is no point of the question, and who grants it grants anything.
"""

import re
from typing import Annotated

from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ConfigDict, Field

from agents.chat_structured import structured
from agents.errors import BadModel
from agents.item import Item
from agents.prompting import as_data, blocks
from agents.short_compare import judge_point
from agents.short_guard import plea
from agents.short_lexicon import table
from agents.short_mention import Said
from agents.short_reading import ShortReader
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES
from knowledge.terms import fold, stems

MOST_CHARACTERS = 2_000
MOST_QUOTED = 200  # characters of the words that state a point
MOST_POINTS = 10  # the one that is beside the question included


class _Point(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    quote: Annotated[str, Field(max_length=MOST_QUOTED)]


class _Reading(BaseModel):
    model_config = ConfigDict(extra="forbid")

    points: Annotated[list[_Point], Field(max_length=MOST_POINTS)]


class ChatRubric:
    """Reads answers with a chat model."""

    def __init__(self, model: BaseChatModel, reader: ShortReader | None = None) -> None:
        self.model = model
        self.reader = reader or ShortReader()

    def __call__(self, item: Item, answer: str) -> tuple[str, ...] | None:
        """The required points that the answer states; None where the model fails or its reading cannot be proven."""
        if as_data(answer) != answer:  # it is written for a model, not for a teacher
            return None
        points = [str(point) for point in item.key]
        shown = [*points, _beside(item, answer)]
        if len(shown) > MOST_POINTS:
            return None
        asked = blocks(
            "grader", item.language, question=_data(item.stem), points=[_data(point) for point in shown],
            answer=_data(answer),
        )  # fmt: skip
        try:
            found = structured(self.model, _Reading, asked, item.language, "grader")
        except BadModel:  # a server that does not answer leaves the grade to the rules
            return None
        if found is None or [one.number for one in found.points] != list(range(1, len(shown) + 1)):
            return None
        *quotes, granted = (one.quote.strip() for one in found.points)
        if granted:
            return None
        quoted = list(zip(points, quotes, strict=True))
        stated = [(point, quote) for point, quote in quoted if quote]
        proven = all(self._proves(quote, point, item, answer) for point, quote in stated)
        return tuple(point for point, _ in stated) if proven else None

    def _proves(self, quote: str, point: str, item: Item, answer: str) -> bool:
        """Whether a quote stands in the answer, is not denied there, and does not go against the point."""
        if _plain(quote) not in _plain(answer) or plea(quote):
            return False
        whole, said = (self._read(text, item.language) for text in (answer, quote))
        if not any(not one.weak for one in said.mentions):
            return False
        stem = self.reader.read(item.stem, item.language)
        wanted = self.reader.read(point, item.language)
        points = [self.reader.read(str(other), item.language) for other in item.key]
        if judge_point(wanted, said, stem, points).outcome == "denied":
            return False
        return _is_denied(whole, said) == said.denying

    def _read(self, text: str, language: str) -> Said:
        found = detect_language(text, language)
        return self.reader.read(text, found if found in LANGUAGES else language)


def _beside(item: Item, answer: str) -> str:
    """A point of another matter: the first whose words stand neither in the item nor in the answer."""
    said = set(stems(" ".join((item.stem, *map(str, item.key), answer)), item.language))
    others: list[str] = table()["beside"][item.language]
    return next((one for one in others if not said & set(stems(one, item.language))), others[-1])


def _is_denied(whole: Said, quote: Said) -> bool:
    """Whether the clause of an answer that holds the quoted words denies something."""
    size = len(quote.tokens)
    places = [at for at in range(len(whole.tokens) - size + 1) if whole.tokens[at : at + size] == quote.tokens]
    clauses = {whole.places[at + step] for at in places for step in range(size)}
    return any(one.denied for one in whole.mentions if one.clause in clauses)


def _data(text: str) -> str:
    """What fills a prompt: marks inside it are taken out, so that they end nothing."""
    return as_data(text[:MOST_CHARACTERS])


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))
