"""The chat-model seam: langchain-core's `BaseChatModel`, and the models that ship with Atenea.

`ScriptedChatModel` says what a test or a demonstration gives it. `LocalChat` (agents/local/chat_local.py) runs any
causal language model that transformers loads from a folder, in this process. `CompatChat` (agents/chat_compat.py)
speaks through any OpenAI-compatible server. Any other `BaseChatModel` may be passed in their place.
"""

from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field

from agents.chat_streamed import OPENAI_PREFIX, StreamedChatModel
from agents.errors import BadModel
from agents.local.chat_local import LocalChat
from agents.local.loading import Progress

TRANSFORMERS_PREFIX = "transformers:"


class ScriptedChatModel(StreamedChatModel):
    """Answers with `script`, one entry a call, the last one again and again; streams it word by word."""

    script: list[str]
    calls: list[str] = Field(default_factory=list)
    """The prompts that it was given, oldest first."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None,  # noqa: ARG002  langchain's signature
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,  # noqa: ARG002  the same
    ) -> Iterator[ChatGenerationChunk]:  # fmt: skip
        text = self.script[min(len(self.calls), len(self.script) - 1)]
        self.calls.append("\n".join(str(message.content) for message in messages))
        for piece in text.split(" "):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece + " "))


def load_chat_model(
    choice: str, api_key: str = "", seconds: float | None = None, progress: Progress | None = None
) -> BaseChatModel:
    """The chat model that a setting names: "transformers:FOLDER", or "openai:URL" with "#NAME" for one of its models.

    `api_key` and `seconds` (for a whole answer) are for a server, which is not asked yet: one that is away is an error
    only when it is to speak. `progress` hears of the weights as they are loaded. Raises `BadModel`.
    """
    if choice.startswith(OPENAI_PREFIX):
        from agents.chat_compat import compat_chat  # noqa: PLC0415  httpx, which a model of this process does without
        from agents.chat_server import Patience  # noqa: PLC0415  the same

        return compat_chat(choice, api_key, Patience(whole=seconds) if seconds else None)
    if not choice.startswith(TRANSFORMERS_PREFIX):
        raise BadModel("model-missing", model=choice, reason="unknown kind")
    return LocalChat(folder=choice.removeprefix(TRANSFORMERS_PREFIX)).load(progress)
