"""One model of this process for everybody who speaks with it: answers as they come, and decisions.

There is one engine a folder. All steps of its model are taken by one thread (agents/local/worker.py), or by the batch
while that thread rests (agents/local/batching.py).
"""

import atexit
import gc
import sys
import threading
import traceback
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from agents.chat_events import Thoughts
from agents.errors import BadModel
from agents.local.batching import Batch, BatchFailed
from agents.local.fitting import Chat, fit
from agents.local.generation import Generation, Request
from agents.local.grammar import Grammar, token_table
from agents.local.loading import Loaded, Progress, load
from agents.local.pieces import Pieces, Stops
from agents.local.prefixes import Prefixes
from agents.local.turns import Turns
from agents.local.worker import Closed, Worker

_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")  # what a RuntimeError says
_engines: dict[tuple[str, bool | None], "Engine"] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens of all prompts, those of them that did not have to be read again, and tokens that were said."""

    prompt_tokens: int = 0
    reused_tokens: int = 0
    new_tokens: int = 0


class Engine:
    """A loaded model. `batched`: answers without a schema or a temperature are spoken in one batch; None: on CUDA."""

    def __init__(self, loaded: Loaded, batched: bool | None = None) -> None:
        self.loaded = loaded
        self.turns = Turns(loaded.tokenizer)
        self.counts = Counts()
        self.prefixes = Prefixes(loaded.block)
        self._generation = Generation(loaded, self.prefixes)
        self._batch: Batch | None = None
        self._wants_batch = loaded.device == "cuda" if batched is None else batched
        self._counting = threading.Lock()
        self._worker = Worker("atenea-model", self._alone)

    @property
    def batched(self) -> bool:
        """Whether answers are spoken in one batch now."""
        return self._batch is not None and self._batch.alive

    def speak(self, chat: Chat, request: Request) -> Generator[str, None, None]:
        """The answer in pieces of whole characters, without what the model thinks. `request` counts its tokens.

        Evidence is shortened where the conversation is longer than the window, and once more when the memory does not
        do. Closing this stops the model after the token under way. Raises `BadModel`.
        """
        request.most = max(1, min(request.most, self.loaded.window // 2))
        fitted = fit(chat, self.loaded.window - request.most, self._length)
        if fitted is None:
            raise BadModel("prompt-too-long", model=self.loaded.folder, window=self.loaded.window)
        chat = fitted
        try:
            for again in (True, False):
                text = self.turns.text(chat)
                try:
                    yield from self._said(text, request)
                    return
                except BadModel:
                    raise
                except Exception as error:
                    if not _is_memory(error) or request.new:
                        raise self._failure(error) from error
                    chat = self._shorter(chat, again, error)
        finally:
            self._count(request)

    def decide(self, chat: Chat, options: list[list[int]], room: int, request: Request) -> list[float] | None:
        """For each option, which is some tokens, the logarithm of how likely one of them begins the answer (up to what
        all have in common). None when what may not be cut is longer than `room` tokens. Raises `BadModel`."""
        fitted = fit(chat, room, self._length)
        if fitted is None:
            return None
        chat = fitted
        for again in (True, False):
            prompt = self.turns.tokens(self.turns.text(chat))
            try:
                (scores,) = self._worker.run(self._weighed(prompt, request, options), urgent=True)
                break
            except Exception as error:
                if not _is_memory(error):
                    raise self._failure(error) from error
                chat = self._shorter(chat, again, error)
        self._count(request)
        return scores

    def close(self) -> None:
        """Stop; whoever still listens gets `BadModel`."""
        if self._batch is not None:
            self._batch.close()
        self._worker.close()

    def _said(self, text: str, request: Request) -> Iterator[str]:
        """What the model says after a text, as it may be shown."""
        pieces, thoughts, stops = Pieces(self.loaded.tokenizer), Thoughts(), Stops(request.stop)
        if self.turns.starts_thinking(text):
            thoughts.feed("<think>")
        with closing(self._tokens(self.turns.tokens(text), request)) as tokens:
            for token in tokens:
                request.new += 1
                if said := stops.feed(thoughts.feed(pieces.feed(token))):
                    yield said
                if stops.stopped:
                    return
        if said := stops.feed(thoughts.feed(pieces.end()) + thoughts.end()) + stops.end():
            yield said

    def _tokens(self, prompt: list[int], request: Request) -> Generator[int, None, None]:
        """From the batch where it can, else alone; what fails in the batch before it has begun is asked alone."""
        batch = self._joined(len(prompt), request)
        if batch is not None:
            try:
                yield from batch.tokens(prompt, request)
                return
            except BatchFailed as error:
                self._leave(batch)
                if request.new:
                    raise self._failure(error) from error
        yield from self._worker.run(self._alone_tokens(prompt, request))

    def _alone_tokens(self, prompt: list[int], request: Request) -> Iterator[int | None]:
        grammar = Grammar(self._table, request.schema) if request.schema is not None else None
        yield from self._generation.tokens(prompt, request, grammar)

    def _weighed(self, prompt: list[int], request: Request, options: list[list[int]]) -> Iterator[list[float] | None]:
        for scores in self._generation.scores(prompt, request):
            yield None if scores is None else [float(scores[tokens].logsumexp(dim=0)) for tokens in options]

    @cached_property
    def _table(self) -> Any:
        """In the model's thread only, so that it is made once."""
        return token_table(self.loaded.tokenizer, self.loaded.model.config.get_text_config().vocab_size)

    def _joined(self, length: int, request: Request) -> Batch | None:
        """The batch, if this request may join it; begun when it is first wanted."""
        if request.temperature > 0 or request.schema is not None or not self._wants_batch:
            return None
        try:
            batch = self._batch or self._worker.call(self._begun)
        except BatchFailed:
            self._wants_batch = False
            return None
        return batch if length + request.most <= batch.room else None

    def _begun(self) -> Batch:
        """In the model's thread: a daemon, and so is what it starts."""
        if self._batch is None:
            self._batch = Batch(self.loaded)
        return self._batch

    def _leave(self, batch: Batch) -> None:
        """Speak alone from now on, if the batch has ended: what broke it once would break it again."""
        if not batch.alive:
            self._wants_batch, self._batch = False, None
            batch.close()
            _give_back()

    def _alone(self) -> AbstractContextManager[Any]:
        batch = self._batch
        return batch.alone() if batch is not None else nullcontext()

    def _length(self, chat: Chat) -> int:
        try:
            return self.turns.count(chat)
        except Exception as error:
            raise self._failure(error) from error

    def _shorter(self, chat: Chat, again: bool, error: Exception) -> Chat:
        """What is asked once more when the memory does not do: with half as much, where evidence can be left out."""
        if not again:
            raise BadModel("model-out-of-memory", model=self.loaded.folder) from error
        traceback.clear_frames(error.__traceback__)  # they hold what there was no memory for
        self._worker.call(self._free)
        return fit(chat, self._length(chat) // 2, self._length) or chat

    def _free(self) -> None:
        self.prefixes.clear()
        _give_back()

    def _failure(self, error: BaseException) -> BadModel:
        if isinstance(error, BadModel):
            return error
        reason = "it has been put away" if isinstance(error, Closed) else str(error).strip() or type(error).__name__
        return BadModel("model-failed", model=self.loaded.folder, reason=reason.splitlines()[0].rstrip("."))

    def _count(self, request: Request) -> None:
        with self._counting:
            was = self.counts
            self.counts = Counts(
                was.prompt_tokens + request.prompt, was.reused_tokens + request.reused, was.new_tokens + request.new
            )


def _is_memory(error: BaseException) -> bool:
    import torch  # noqa: PLC0415  it is there when a model runs

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _NO_MEMORY)


def engine_of(folder: str, batched: bool | None = None, progress: Progress | None = None) -> Engine:
    """The engine of a folder; loaded when it is first asked for, by whoever is first, while the others wait.

    Where its model does not fit beside another that was loaded before, that one is put away. Raises `BadModel`.
    """
    key = (str(Path(folder).resolve()), batched)
    if (known := _engines.get(key)) is not None:
        return known
    with _lock:
        if key not in _engines:
            _engines[key] = Engine(_loaded(folder, progress), batched)
        return _engines[key]


def _loaded(folder: str, progress: Progress | None) -> Loaded:
    try:
        return load(folder, progress)
    except BadModel as error:
        if error.code not in {"model-too-large", "model-needs-packing"} or not _engines:
            raise
    put_away()
    return load(folder, progress)


def put_away() -> None:
    """Close all engines and free what they hold; whoever asks again loads again."""
    for key in list(_engines):
        _engines.pop(key).close()
    if "torch" in sys.modules:
        _give_back()


def _give_back() -> None:
    """Return what nobody holds any more to the device."""
    import torch  # noqa: PLC0415  it is there when a model runs

    if torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()


atexit.register(put_away)  # a thread that runs a model while the interpreter goes takes the process down with it
