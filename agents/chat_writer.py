"""A chat model as writer: it words an answer from the numbered evidence, and is believed in nothing.

What it says is cut into sentences as it arrives; each is a draft for the explainer to verify. It is told the learner's
level, what they know and what they believe by mistake, the last turns and the move that the code has chosen; never who
they are.
"""

import re
from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from agents.chat_calls import call_config
from agents.chat_prompts import chat
from agents.chat_streamed import StreamedChatModel
from agents.evidence import Pack
from agents.listener import listener_gone
from agents.moves import move_of
from agents.plan import Draft, Memory, Plan
from agents.prompting import as_data, spoken, unlinked
from knowledge.sentences import split_sentences

MAX_CHARACTERS = 6_000  # of one answer; a model that never stops is stopped
KNOWING = ("solid", "learning", "unseen", "mistake")  # what the prompt tells of a learner
_MAY_END = re.compile(r"[.!?:;\n]")
_LOOK_BACK = 16  # a sentence is known to have ended when the next one begins, perhaps after a mark such as "[12]"
# A vector of a formula or of code ("$[0, 1]$") is no mark of a citation.
_CITED = re.compile(r"(?P<kept>\$\$.*?\$\$|\$[^$]+\$|`[^`]+`)|\s*\[(?P<cited>\d+(?:\s*[,;]\s*\d+)*)\]", re.S)
_ASKS = re.compile(r"\?[\s\"'»”)*_]*$")


class ChatWriter:
    """Drafts with a chat model. `name` is shown to the reader as the engine."""

    def __init__(self, model: BaseChatModel, label: str) -> None:
        self.model = model
        self.name = f"llm:{label}"

    def write(self, plan: Plan, pack: Pack, memory: Memory) -> Iterator[Draft]:
        """The model's sentences, as each is complete. Raises `BadModel`."""
        heard, told = "", 0
        # Of all chat models only ours keep what they have read of a conversation.
        kept: dict[str, Any] = {"thread": plan.conversation} if isinstance(self.model, StreamedChatModel) else {}
        asked = explaining(plan, pack, memory)
        for chunk in self.model.stream(asked, config=call_config("explainer", plan.language), **kept):
            piece = str(chunk.content)
            heard += piece
            if len(heard) > MAX_CHARACTERS or listener_gone():
                break
            if not _MAY_END.search(heard[-len(piece) - _LOOK_BACK :]):
                continue
            sentences = self._sentences(heard, plan.language)
            yield from self._drafts(sentences[told:-1], pack)  # the last one may still grow
            told = max(told, len(sentences) - 1)
        yield from self._drafts(self._sentences(heard, plan.language)[told:], pack)

    def _sentences(self, heard: str, language: str) -> list[str]:
        lines = spoken(heard).splitlines()
        return [sentence for line in lines for sentence in split_sentences(line, language)]

    def _drafts(self, sentences: list[str], pack: Pack) -> Iterator[Draft]:
        """The sentences without their marks; the passages that each cites are looked at first, and a number that no
        passage has counts for nothing. A question claims nothing that could be checked, so it is not said."""
        for sentence in sentences:
            text = unlinked(_CITED.sub(lambda found: found["kept"] or "", sentence))
            if not text or _ASKS.search(text):
                continue
            marks = [found["cited"] or "" for found in _CITED.finditer(sentence)]
            numbers = [int(number) for mark in marks for number in re.findall(r"\d+", mark)]
            places = dict.fromkeys(number - 1 for number in numbers if 0 < number <= len(pack.passages))
            cited = [pack.passages[place] for place in places]
            rest = [passage for passage in pack.passages if passage not in cited]
            yield Draft(text, (*cited, *rest))


def explaining(plan: Plan, pack: Pack, memory: Memory) -> list[BaseMessage]:
    """What a model is asked for an answer: the rules, then the conversation, the learner, the evidence, the question
    and the move."""
    passages = [
        {"number": number, "heading": as_data(" > ".join(passage.headings)), "text": as_data(passage.text)}
        for number, passage in enumerate(pack.passages, start=1)
    ]
    about = as_data(pack.passages[0].headings[0]) if plan.carried and pack.passages else ""
    return chat(
        "explainer", plan.language, level=plan.level, style=plan.style, passages=passages, history=told_before(memory),
        learner={what: [as_data(text) for kind, text in plan.learner if kind == what] for what in KNOWING},
        question=as_data(plan.message or plan.query), refers_to=about, move=move_of(plan, pack, memory),
    )  # fmt: skip


def told_before(memory: Memory) -> list[dict[str, str]]:
    """The last turns of the conversation as a prompt holds them, oldest first."""
    return [{"question": as_data(question), "answer": as_data(answer)} for question, answer in memory.turns]
