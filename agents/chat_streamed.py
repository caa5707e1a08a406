"""What our own chat models share: they stream, and a whole answer is its stream put together."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.outputs import ChatGeneration, ChatResult

MAX_NEW_TOKENS = 400
OPENAI_PREFIX = "openai:"  # of a choice of model that a server speaks
ROLES = {"human": "user", "ai": "assistant", "system": "system"}


class StreamedChatModel(BaseChatModel):
    """A chat model that streams; a whole answer is its stream put together."""

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,
    ) -> ChatResult:  # fmt: skip
        chunks = [chunk.message for chunk in self._stream(messages, stop, run_manager, **kwargs)]
        parts = [chunk for chunk in chunks if isinstance(chunk, AIMessageChunk)]
        whole = add_ai_message_chunks(AIMessageChunk(content=""), *parts)
        message = AIMessage(
            content=whole.content, response_metadata=whole.response_metadata, usage_metadata=whole.usage_metadata
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


def as_chat(messages: list[BaseMessage]) -> list[dict[str, str]]:
    """Messages in the form of chat templates and servers: role and content."""
    return [{"role": ROLES.get(message.type, "user"), "content": str(message.content)} for message in messages]
