"""A chat model as writer of summaries: it words what was found from numbered quotations, and is believed in nothing.

Its sections and sentences are drafts; each sentence is audited like any other, against what it cites and what it could.
"""

import re
from collections.abc import Callable, Iterator

from langchain_core.language_models import BaseChatModel

from agents.chat_calls import call_config
from agents.chat_prompts import chat
from agents.prompting import as_data, spoken, unlinked
from agents.research.drafting import DraftLine, DraftPart, Findings
from agents.research.stretches import Stretch
from agents.research.summary import PartKind
from agents.research.summary_composer import TEXTS
from knowledge.messages import LANGUAGES
from knowledge.sentences import split_sentences

MAX_CHARACTERS = 12_000  # of one summary; a model that never stops is stopped
MOST_QUOTED = 40  # quotations in the prompt
LONGEST_TITLE = 80
Label = Callable[[Stretch], str]  # who says it, as a reader knows it
_HEADING = re.compile(r"^\s*#{1,6}\s+(.+?)\s*#*\s*$")
_LIST = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_CITED = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\]")


class ChatSummaryWriter:
    """Drafts with a chat model. `name` is shown to the reader as the engine; `label` names a stretch's document."""

    def __init__(self, model: BaseChatModel, name: str, label: Label) -> None:
        self.model = model
        self.name = f"llm:{name}"
        self.label = label

    def draft(self, findings: Findings) -> Iterator[DraftPart]:
        """The model's sections, in order; its sentences before the first heading are the short answer."""
        stretches = findings.stretches[:MOST_QUOTED]
        if not stretches:
            return
        title, kind, lines = TEXTS.text("answer", findings.language), "answer", list[DraftLine]()
        for line in self._said(findings, stretches).splitlines():
            if heading := _HEADING.match(line):
                yield _part(kind, title, lines)
                title, kind, lines = unlinked(heading[1]).strip("*_ ")[:LONGEST_TITLE], "theme", []
                continue
            said = split_sentences(_LIST.sub("", line), findings.language)
            lines += [self._line(one, stretches, findings.language) for one in said if not _is_refusal(one)]
        yield _part(kind, title, lines)

    def _said(self, findings: Findings, stretches: tuple[Stretch, ...]) -> str:
        quotations = [
            {"number": number, "source": as_data(self.label(one)), "text": as_data(one.quote)}
            for number, one in enumerate(stretches, start=1)
        ]
        language = findings.language
        asked = chat("researcher", language, quotations=quotations, question=as_data(findings.questions[0]))
        heard = ""
        for chunk in self.model.stream(asked, config=call_config("researcher", language)):
            heard += str(chunk.content)
            if len(heard) > MAX_CHARACTERS:
                break
        return spoken(heard)

    def _line(self, sentence: str, stretches: tuple[Stretch, ...], language: str) -> DraftLine:
        """The sentence without its marks, with the stretches that it cites."""
        numbers = [int(number) for found in _CITED.findall(sentence) for number in found.split(",")]
        cited = tuple(stretches[number - 1] for number in dict.fromkeys(numbers) if 0 < number <= len(stretches))
        return DraftLine(unlinked(_CITED.sub("", sentence)), cited, language)


def _is_refusal(sentence: str) -> bool:
    """Whether a sentence says that the sources do not say, as the prompt asks."""
    bare = _CITED.sub("", sentence).strip(" .*_").casefold()
    return any(bare == TEXTS.text("refusal", language).strip(".").casefold() for language in LANGUAGES)


def _part(kind: str, title: str, lines: list[DraftLine]) -> DraftPart:
    chosen: PartKind = "answer" if kind == "answer" else "theme"
    return DraftPart(chosen, title, lines)
