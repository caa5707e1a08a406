"""Listens to the calls of any chat model that langchain-core knows, and tells what became of each."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, GenerationChunk, LLMResult

from agents.listener import HungUp
from agents.model_call import DONE, STOPPED, TURN, ModelCall
from knowledge.errors import AteneaError

CHARACTERS_A_TOKEN = 4  # where nobody counts: about right for Spanish and English with the vocabularies of 2026
Model = TypeVar("Model", bound=BaseChatModel)


@dataclass
class _Running:
    """A call that has not ended."""

    at: float
    began: float
    turn: str
    metadata: dict[str, Any]
    asked: str
    first: float | None = None
    said: list[str] = field(default_factory=list)
    usage: tuple[int, int] | None = None

    def count(self, message: Any) -> None:
        """Remember what the engine counted, where the message tells it."""
        if usage := getattr(message, "usage_metadata", None):
            self.usage = (usage["input_tokens"], usage["output_tokens"])


class CallRecorder(BaseCallbackHandler):
    """Tells `heard` of every call of the model called `label` as it ends. `texts`: also what was asked and said."""

    def __init__(self, label: str, heard: Callable[[ModelCall], None], *, texts: bool = False) -> None:
        self.label = label
        self.heard = heard
        self.texts = texts
        self._running: dict[UUID, _Running] = {}

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID,  # noqa: ARG002  langchain's
        metadata: dict[str, Any] | None = None, **kwargs: Any,  # noqa: ARG002  the same
    ) -> None:  # fmt: skip
        """A call begins."""
        asked = "\n".join(str(message.content) for batch in messages for message in batch)
        self._running[run_id] = _Running(time.time(), time.perf_counter(), TURN.get(), metadata or {}, asked)

    def on_llm_new_token(
        self, token: str | list[str | dict[str, Any]], *, chunk: GenerationChunk | ChatGenerationChunk | None = None,
        run_id: UUID, **kwargs: Any,  # noqa: ARG002  the same
    ) -> None:  # fmt: skip
        """A piece has come."""
        running = self._running[run_id]
        if token and running.first is None:
            running.first = time.perf_counter() - running.began
        running.said.append(str(token))
        running.count(getattr(chunk, "message", None))

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002  the same
        """A call has ended well."""
        running = self._running.pop(run_id)
        whole = response.generations[0][0]
        running.count(getattr(whole, "message", None))
        if not running.said:  # it did not stream
            running.said.append(whole.text)
        self._tell(running, DONE)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002  the same
        """A call has ended before its end."""
        if isinstance(error, GeneratorExit | HungUp | KeyboardInterrupt):
            ended = STOPPED
        else:
            ended = error.code if isinstance(error, AteneaError) else type(error).__name__
        self._tell(self._running.pop(run_id), ended)

    def _tell(self, running: _Running, ended: str) -> None:
        said = "".join(running.said)
        estimated = (_tokens(running.asked), _tokens(said))
        tokens_in, tokens_out = running.usage or estimated
        self.heard(ModelCall(
            running.at, running.turn, str(running.metadata.get("prompt", "")),
            str(running.metadata.get("prompt_hash", "")), self.label, tokens_in, tokens_out, running.usage is not None,
            running.first, time.perf_counter() - running.began, ended, running.asked if self.texts else "",
            said if self.texts else "",
        ))  # fmt: skip


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_A_TOKEN)


def recorded(model: Model, recorder: CallRecorder) -> Model:
    """The model, with its calls told to `recorder`, beside whoever listens to it already."""
    heard = model.callbacks
    if heard is None or isinstance(heard, list):
        model.callbacks = [*(heard or []), recorder]
    else:
        heard.add_handler(recorder)
    return model
