"""A chat model from a folder, run by transformers in this process."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk

from agents.chat_streamed import MAX_NEW_TOKENS, StreamedChatModel, as_chat
from agents.local.engine import Engine, engine_of
from agents.local.generation import Request
from agents.local.loading import Progress


class LocalChat(StreamedChatModel):
    """A causal language model from a folder. All models of one folder speak through one engine, loaded once.

    A call may choose `temperature`, `max_tokens`, `thread` (a conversation, whose beginning is kept for its next
    turn) and `schema` (the answer is JSON of it), or ask by `letters` for one of them, in one step and at most
    `most_tokens` of a prompt. Streaming raises `BadModel`; the last piece is empty and says how many tokens there were.
    """

    folder: str
    max_new_tokens: int = MAX_NEW_TOKENS
    temperature: float = 0.0
    batched: bool | None = None
    """Whether sessions speak in one batch; None: on CUDA."""

    @property
    def _llm_type(self) -> str:
        return "transformers"

    @property
    def engine(self) -> Engine:
        """What speaks; loaded now if it is not yet. Raises `BadModel`."""
        return engine_of(self.folder, self.batched)

    def load(self, progress: Progress | None = None) -> "LocalChat":
        """Load the weights now; raises `BadModel` when they cannot be."""
        engine_of(self.folder, self.batched, progress)
        return self

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,  # noqa: ARG002  langchain's signature
    ) -> Iterator[ChatGenerationChunk]:  # fmt: skip
        if "letters" in kwargs:
            yield self._decision(messages, kwargs["letters"], kwargs["most_tokens"])
            return
        request = Request(
            most=kwargs.get("max_tokens", self.max_new_tokens), temperature=kwargs.get("temperature", self.temperature),
            stop=stop or [], schema=kwargs.get("schema"), thread=kwargs.get("thread", ""),
        )  # fmt: skip
        with closing(self.engine.speak(as_chat(messages), request)) as pieces:
            for piece in pieces:
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=_usage(request)))

    def _decision(self, messages: list[BaseMessage], letters: str, most: int) -> ChatGenerationChunk:
        """The likeliest letter, with the log weights of all of them as metadata; nothing where the question does not
        fit."""
        options = self.engine.turns.labels(letters)
        if options is None:
            raise ValueError(f"{letters} are no tokens of {self.folder}")
        request = Request(most=1)
        weights = self.engine.decide(as_chat(messages), options, min(most, self.engine.loaded.window - 1), request)
        said = "" if weights is None else letters[weights.index(max(weights))]
        metadata = {} if weights is None else {"weights": weights}
        return ChatGenerationChunk(
            message=AIMessageChunk(content=said, response_metadata=metadata, usage_metadata=_usage(request))
        )


def _usage(request: Request) -> UsageMetadata:
    return UsageMetadata(
        input_tokens=request.prompt, output_tokens=request.new, total_tokens=request.prompt + request.new,
        input_token_details=InputTokenDetails(cache_read=request.reused),
    )  # fmt: skip
