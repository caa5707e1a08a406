"""Answers of several conversations in one batch: transformers' continuous batching, behind tokens of one request.

What arrives while others speak joins at the next step; beginnings that prompts share are read once, in blocks. It knows
no grammar, and one way of choosing tokens for all: here the likeliest.
"""

import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from queue import SimpleQueue
from typing import Any

from agents.listener import take
from agents.local.generation import Request
from agents.local.loading import Loaded

SHARE = 0.7  # of the free memory for keys and values; the rest is for decisions and constrained answers beside it
BATCH_TOKENS = 2_048  # of a step
SMALL = {"num_blocks": 256, "page_size": 32, "max_batch_tokens": 256}  # on a processor: 8,192 tokens
_LOOK = 0.5  # seconds between two looks at whether the batch is still alive


class BatchFailed(RuntimeError):
    """The batch cannot go on, or never could."""


class Batch:
    """Speaks for any number of threads. It is made in a daemon thread, so that its own threads end with the process.
    Raises `BatchFailed` for a model of a kind that cannot be batched."""

    def __init__(self, loaded: Loaded) -> None:
        import torch  # noqa: PLC0415  seconds to import; it is there when a model runs
        from transformers import ContinuousBatchingConfig, GenerationConfig  # noqa: PLC0415  the same

        sizes: dict[str, Any] = SMALL
        if loaded.device == "cuda":
            sizes = {"max_memory_percent": SHARE, "max_batch_tokens": BATCH_TOKENS}
        ends = sorted(loaded.ends)
        likeliest = GenerationConfig(do_sample=False, eos_token_id=ends, pad_token_id=ends[0])  # type: ignore[no-untyped-call]
        try:
            with torch.inference_mode(False):  # its tensors are written in a thread that is in no such mode
                self._manager: Any = loaded.model.init_continuous_batching(
                    generation_config=likeliest, continuous_batching_config=ContinuousBatchingConfig(**sizes)
                )
                self._manager.warmup()
                self._manager.start()
        except Exception as error:
            raise BatchFailed(str(error)) from error
        blocks = self._manager.batch_processor.cache.num_blocks
        self.room = int(blocks * self._manager.continuous_batching_config.page_size)  # tokens
        self._ends = loaded.ends
        self._number = 0
        self._lock = threading.Lock()
        self._listeners: dict[str, SimpleQueue[Any]] = {}
        self._teller = threading.Thread(target=self._tell, daemon=True, name="atenea-batch")
        self._teller.start()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return bool(self._manager.is_running())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Inside this the batch rests between two steps, and whoever asked has the model to itself."""
        with ExitStack() as rest:
            with suppress(RuntimeError):  # it has ended, and nobody else steps any more
                rest.enter_context(self._manager.pause())
            yield

    def tokens(self, prompt: list[int], request: Request) -> Generator[int, None, None]:
        """The answer's tokens without the one that ends it. Closing this takes the request out of the batch. Raises
        `BatchFailed`."""
        request.prompt = len(prompt)
        heard: SimpleQueue[Any] = SimpleQueue()
        with self._lock:
            self._number += 1
            name = str(self._number)
            self._listeners[name] = heard
        told, finished = 0, False
        try:
            if self._manager.add_request(prompt, name, max_new_tokens=request.most, streaming=True) is None:
                raise BatchFailed("it takes no requests any more")
            while not finished:
                output = take(heard)
                if output is None or output.error:
                    finished = True
                    raise BatchFailed(output.error if output else "it has ended")
                finished = output.is_finished()
                for token in list(output.generated_tokens[told:]):
                    told += 1
                    if token not in self._ends:
                        yield token
        finally:
            with self._lock:
                self._listeners.pop(name, None)
            if not finished:
                self._manager.cancel_request(name)

    def close(self) -> None:
        """End it; whoever still listens gets `BatchFailed`."""
        self._manager.stop(hard_stop=True, timeout=_LOOK * 10)
        self._teller.join(_LOOK * 10)

    def _tell(self) -> None:
        """Give each result to the one who waits for it; when the batch has ended, tell everybody."""
        while self.alive:
            if (output := self._manager.get_result(timeout=_LOOK)) is not None:
                with self._lock:
                    listener = self._listeners.get(output.request_id)
                if listener is not None:
                    listener.put(output)
        with self._lock:
            for listener in self._listeners.values():
                listener.put(None)
