"""A chat model as writer: it words an answer from the numbered evidence, and is believed in nothing.

What it says is cut into sentences as it arrives; each is a draft for the explainer to verify.
"""

import re
from collections.abc import Iterator

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from agents.evidence import Pack
from agents.plan import Draft, Memory, Plan
from agents.prompting import prompt, spoken
from knowledge.sentences import split_sentences

MAX_CHARACTERS = 6_000  # of one answer; a model that never stops is stopped
_MAY_END = re.compile(r"[.!?:;\n]")
_LOOK_BACK = 16  # a sentence is known to have ended when the next one begins, perhaps after a mark such as "[12]"
_CITED = re.compile(r"\s*\[(\d+)\]")


class ChatWriter:
    """Drafts with a chat model. `name` is shown to the reader as the engine."""

    def __init__(self, model: BaseChatModel, label: str) -> None:
        self.model = model
        self.name = f"llm:{label}"

    def write(self, plan: Plan, pack: Pack, memory: Memory) -> Iterator[Draft]:  # noqa: ARG002  the writers' common form
        """The model's sentences, as each is complete."""
        passages = [
            {"number": number, "heading": " > ".join(passage.headings), "text": passage.text}
            for number, passage in enumerate(pack.passages, start=1)
        ]
        text = prompt("explainer", plan.language).render(level=plan.level, passages=passages, question=plan.query)
        heard, told = "", 0
        for chunk in self.model.stream([HumanMessage(content=text)]):
            piece = str(chunk.content)
            heard += piece
            if len(heard) > MAX_CHARACTERS:
                break
            if not _MAY_END.search(heard[-len(piece) - _LOOK_BACK :]):
                continue
            sentences = self._sentences(heard, plan.language)
            for sentence in sentences[told:-1]:  # the last one may still grow
                yield self._draft(sentence, pack)
            told = max(told, len(sentences) - 1)
        for sentence in self._sentences(heard, plan.language)[told:]:
            yield self._draft(sentence, pack)

    def _sentences(self, heard: str, language: str) -> list[str]:
        lines = spoken(heard).splitlines()
        return [sentence for line in lines for sentence in split_sentences(line, language)]

    def _draft(self, sentence: str, pack: Pack) -> Draft:
        """The sentence without its marks; the passages that it cites are looked at first."""
        numbers = [int(number) for number in _CITED.findall(sentence)]
        cited = [pack.passages[number - 1] for number in numbers if 0 < number <= len(pack.passages)]
        rest = [passage for passage in pack.passages if passage not in cited]
        return Draft(_CITED.sub("", sentence).strip(), (*cited, *rest))
