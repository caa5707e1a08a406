"""A chat model as reader of the rubric: it says which required points an answer states, and proves it by quoting.

Its word alone counts for nothing. For each point it must quote the learner's own words; a quote that is not in the
answer, that the answer denies, or that says the opposite of the point makes the whole reading worthless.
"""

import re
from collections.abc import Mapping

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from agents.errors import BadModel
from agents.item import Item
from agents.prompting import as_data, prompt, spoken
from agents.short_compare import judge_point
from agents.short_mention import Said
from agents.short_reading import ShortReader
from knowledge.language import detect_language
from knowledge.messages import LANGUAGES
from knowledge.terms import fold

MOST_CHARACTERS = 2_000
_LINE = re.compile(r"^\W*(\d+)\s*[:.)]\s*(.+?)\s*$")
_QUOTED = re.compile(r"[\"“”«»](.+)[\"“”«»]")


class ChatRubric:
    """Reads answers with a chat model. Errors of the model itself are not caught."""

    def __init__(self, model: BaseChatModel, reader: ShortReader | None = None) -> None:
        self.model = model
        self.reader = reader or ShortReader()

    def __call__(self, item: Item, answer: str) -> tuple[str, ...] | None:
        """The required points that the answer states; None where the model fails or its reading cannot be proven."""
        points = [str(point) for point in item.key]
        text = prompt("grader", item.language).render(
            question=_data(item.stem), points=[_data(point) for point in points], answer=_data(answer)
        )
        try:
            quotes = read_quotes(str(self.model.invoke([HumanMessage(content=text)], temperature=0).content))
        except BadModel:  # a server that does not answer leaves the grade to the rules
            return None
        if quotes is None or set(quotes) != set(range(1, len(points) + 1)):
            return None
        stated = [point for number, point in enumerate(points, start=1) if quotes[number]]
        proven = all(
            self._proves(quotes[number], point, item, answer)
            for number, point in enumerate(points, start=1)
            if quotes[number]
        )
        return tuple(stated) if proven else None

    def _proves(self, quote: str, point: str, item: Item, answer: str) -> bool:
        """Whether a quote stands in the answer, is not denied there, and does not go against the point."""
        if _plain(quote) not in _plain(answer):
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


def read_quotes(said: str) -> Mapping[int, str] | None:
    """Point -> the words quoted for it, "" where there are none; None for what has another form."""
    found: dict[int, str] = {}
    for line in spoken(said).strip().splitlines():
        if not line.strip():
            continue
        match = _LINE.match(line.strip())
        if match is None or int(match[1]) in found:
            return None
        quoted = _QUOTED.fullmatch(match[2])
        if quoted is None and match[2].strip(" .") not in {"-", "–", "—"}:
            return None
        found[int(match[1])] = quoted[1].strip() if quoted else ""
    return found


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
