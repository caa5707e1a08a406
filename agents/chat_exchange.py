"""A chat model whose answers come from elsewhere: it hands each request out whole, and says what it is given for it."""

from collections.abc import Callable, Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from agents.chat_streamed import MAX_NEW_TOKENS, StreamedChatModel, as_chat

_OPTIONS = ("temperature", "max_tokens", "response_format")  # that a single call may choose


class ExchangedChat(StreamedChatModel):
    """Answers with `answer(request)`. A request has the form of OpenAI's chat completions, without a model's name:
    `messages` (role and content each), `temperature`, `max_tokens`, and what else the call asks for."""

    answer: Callable[[dict[str, Any]], str]

    @property
    def _llm_type(self) -> str:
        return "exchanged"

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,  # noqa: ARG002  langchain's signature
    ) -> Iterator[ChatGenerationChunk]:  # fmt: skip
        chosen = {name: kwargs[name] for name in _OPTIONS if name in kwargs}
        request = {
            "messages": as_chat(messages), "temperature": 0.0, "max_tokens": MAX_NEW_TOKENS,
            **({"stop": stop} if stop else {}), **chosen,
        }  # fmt: skip
        yield ChatGenerationChunk(message=AIMessageChunk(content=self.answer(request)))
