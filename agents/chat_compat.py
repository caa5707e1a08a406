"""A chat model behind any OpenAI-compatible server: vLLM, llama.cpp, Ollama, LM Studio, SGLang, transformers serve."""

from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field, SecretStr

from agents.chat_events import Thoughts
from agents.chat_server import ChatServer, Patience, checked_address
from agents.chat_streamed import MAX_NEW_TOKENS, OPENAI_PREFIX, StreamedChatModel, as_chat

_OPTIONS = ("temperature", "max_tokens", "response_format")  # that a single call may choose


class CompatChat(StreamedChatModel):
    """The model `model` of the server at `base_url`; without a name the first one that the server lists.

    Streaming raises `BadModel` when the server is away, too slow, or answers with what is no answer. What a model
    thinks is never part of what it says.
    """

    base_url: str
    model: str = ""
    api_key: SecretStr = SecretStr("")
    temperature: float = 0.0
    max_new_tokens: int = MAX_NEW_TOKENS
    patience: Patience = Field(default_factory=Patience)

    @property
    def _llm_type(self) -> str:
        return "openai-compatible"

    @cached_property
    def server(self) -> ChatServer:
        """Where it speaks. Raises `BadModel` for an address that is none."""
        return ChatServer(checked_address(self.base_url), self.api_key.get_secret_value(), self.patience)

    @cached_property
    def speaker(self) -> str:
        """The model's name, asked of the server where none was given. Raises `BadModel`."""
        return self.model or self.server.models()[0]

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,  # noqa: ARG002  langchain's signature
    ) -> Iterator[ChatGenerationChunk]:  # fmt: skip
        thoughts, usage = Thoughts(), None
        with closing(self.server.pieces(self._body(messages, stop, kwargs))) as pieces:
            for piece in pieces:
                usage = piece.usage or usage
                if text := thoughts.feed(piece.text):
                    yield ChatGenerationChunk(message=AIMessageChunk(content=text))
        if text := thoughts.end():
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))
        if usage:
            asked, said = usage
            counted = UsageMetadata(input_tokens=asked, output_tokens=said, total_tokens=asked + said)
            yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=counted))

    def _body(self, messages: list[BaseMessage], stop: list[str] | None, options: dict[str, Any]) -> dict[str, Any]:
        """The request. `max_tokens`, since not every server knows `max_completion_tokens`."""
        chosen = {name: options[name] for name in _OPTIONS if name in options}
        return {
            "model": self.speaker, "messages": as_chat(messages), "stream": True,
            "stream_options": {"include_usage": True}, "temperature": self.temperature,
            "max_tokens": self.max_new_tokens, **({"stop": stop} if stop else {}), **chosen,
        }  # fmt: skip


def compat_chat(choice: str, api_key: str = "", patience: Patience | None = None) -> CompatChat:
    """The model that "openai:URL" or "openai:URL#NAME" names; nobody is asked yet. Raises `BadModel`."""
    url, _, name = choice.removeprefix(OPENAI_PREFIX).partition("#")
    return CompatChat(
        base_url=checked_address(url), model=name, api_key=SecretStr(api_key), patience=patience or Patience()
    )
