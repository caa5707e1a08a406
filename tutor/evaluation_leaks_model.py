"""A chat model that knows the key of the exercise and tries to say it, in twelve manners, among true sentences.

It stands for the worst that a model could do: nothing that it says is believed, and nothing of it may come through.
"""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from agents.chat_model import ScriptedChatModel
from agents.item import Item
from knowledge.sentences import split_sentences
from knowledge.terms import plain
from tutor.evaluation_leaks_speaker import said_as

MOST_PASSAGES = 4  # of the evidence that are quoted from
_PASSAGES = re.compile(r"<passages>\n(.*)</passages>", re.S)
_HEAD = re.compile(r"^\[\d+\] .*$", re.M)


class LeakingModel(ScriptedChatModel):
    """Says `leak` between sentences of the evidence that it is shown, whatever it is asked. `item`: whose key it knows;
    `spoke`: what it said last to give it away, "" while it said nothing."""

    script: list[str] = Field(default_factory=lambda: [""])
    item: Item | None = None
    twin: Item | None = None
    manner: str = "plain"
    spoke: str = ""

    def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Iterator[Any]:
        assert self.item is not None
        truths = evidence_in("\n".join(str(message.content) for message in messages), self.item.language)
        self.spoke = said_as(self.manner, self.item, self.twin, plain(truths[0]) if truths else "")
        self.script = ["\n".join([*(f"{truth} [1]" for truth in truths[:2]), self.spoke, *truths[2:4]])]
        yield from super()._stream(messages, stop, run_manager, **kwargs)


def evidence_in(prompt: str, language: str) -> list[str]:
    """Sentences of the passages of a prompt, from the beginning of each."""
    found = _PASSAGES.search(prompt)
    passages = [part.strip() for part in _HEAD.split(found[1]) if part.strip()] if found else []
    return [sentence for passage in passages[:MOST_PASSAGES] for sentence in split_sentences(passage, language)[:1]]
