"""The chat-model seam: langchain-core's `BaseChatModel`, and the models that ship with Atenea.

`ScriptedChatModel` says what a test or a demonstration gives it. `LocalChat` runs any causal language model that
transformers loads from a folder, in this process. `CompatChat` (agents/chat_compat.py) speaks through any
OpenAI-compatible server. Any other `BaseChatModel` may be passed in their place.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field

from agents.chat_streamed import MAX_NEW_TOKENS, OPENAI_PREFIX, StreamedChatModel, as_chat
from agents.errors import BadModel

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


class LocalChat(StreamedChatModel):
    """A causal language model from a folder, run by transformers in this process."""

    folder: str
    max_new_tokens: int = MAX_NEW_TOKENS
    temperature: float = 0.0

    @property
    def _llm_type(self) -> str:
        return "transformers"

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        if not Path(self.folder).is_dir():
            raise BadModel("model-missing", model=self.folder, reason="there is no such folder")
        import torch  # noqa: PLC0415  seconds to import; only a chat model needs it
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  the same

        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        dtype = torch.bfloat16 if device == "cuda" else torch.float32
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
            model: Any = AutoModelForCausalLM.from_pretrained(self.folder, local_files_only=True, dtype=dtype)
        except Exception as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise BadModel("model-missing", model=self.folder, reason=reason.rstrip(".")) from error
        return tokenizer, model.to(device).eval()

    def load(self) -> "LocalChat":
        """Load the weights now; raises `BadModel` when they cannot be."""
        _ = self._loaded
        return self

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None,  # noqa: ARG002  langchain's signature
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,  # noqa: ARG002  the same
    ) -> Iterator[ChatGenerationChunk]:  # fmt: skip
        from transformers import TextIteratorStreamer  # noqa: PLC0415  seconds to import

        tokenizer, model = self._loaded
        chat = as_chat(messages)
        inputs = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        inputs = {name: tensor.to(model.device) for name, tensor in inputs.items()}
        streamer: Any = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        options: dict[str, Any] = {"max_new_tokens": self.max_new_tokens, "do_sample": self.temperature > 0}
        if self.temperature > 0:
            options["temperature"] = self.temperature
        with ThreadPoolExecutor(max_workers=1) as worker:
            spoken = worker.submit(model.generate, **inputs, **options, streamer=streamer)
            spoken.add_done_callback(lambda _: streamer.end())  # the stream ends also when generating fails
            for text in streamer:
                if text:
                    yield ChatGenerationChunk(message=AIMessageChunk(content=text))
            failure = spoken.exception()
        if failure is not None:
            raise BadModel("model-failed", model=self.folder, reason=str(failure)) from failure


def load_chat_model(choice: str, api_key: str = "", seconds: float | None = None) -> BaseChatModel:
    """The chat model that a setting names: "transformers:FOLDER", or "openai:URL" with "#NAME" for one of its models.

    `api_key` and `seconds` (for a whole answer) are for a server, which is not asked yet: one that is away is an error
    only when it is to speak. Raises `BadModel`.
    """
    if choice.startswith(OPENAI_PREFIX):
        from agents.chat_compat import compat_chat  # noqa: PLC0415  httpx, which a model of this process does without
        from agents.chat_server import Patience  # noqa: PLC0415  the same

        return compat_chat(choice, api_key, Patience(whole=seconds) if seconds else None)
    if not choice.startswith(TRANSFORMERS_PREFIX):
        raise BadModel("model-missing", model=choice, reason="unknown kind")
    return LocalChat(folder=choice.removeprefix(TRANSFORMERS_PREFIX)).load()
