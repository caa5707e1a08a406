"""A conversation in the form that a model was trained on: its tokenizer's chat template."""

import re
from functools import cached_property
from typing import Any

from agents.local.fitting import Chat

THINKING = "<think>"  # with which some templates begin an answer


class Turns:
    """Writes conversations as tokens. What somebody else wrote in them begins no turn of its own: the marks by which
    the template tells turns apart are taken out of every message.

    Encoding does not change the tokenizer, so that any number of threads may do it at once.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def text(self, chat: Chat) -> str:
        """The conversation up to where the answer begins."""
        clean = [{**message, "content": self._marks.sub(" ", message["content"])} for message in chat]
        # A model that may think aloud is asked not to; templates that do not know the word ignore it.
        options: dict[str, Any] = {"tokenize": False, "add_generation_prompt": True, "enable_thinking": False}
        try:
            return str(self._tokenizer.apply_chat_template(clean, **options))
        except Exception as error:
            if clean[0]["role"] != "system" or len(clean) < 2:
                raise
            first, second, *rest = clean  # some templates know no system message
            merged = {**second, "content": f"{first['content']}\n\n{second['content']}"}
            try:
                return str(self._tokenizer.apply_chat_template([merged, *rest], **options))
            except Exception:  # noqa: BLE001  what was wrong at first says more
                raise error from None

    def tokens(self, text: str) -> list[int]:
        """A text as tokens; the marks of the template count as themselves."""
        return list(self._tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids)

    def count(self, chat: Chat) -> int:
        """How many tokens a conversation takes."""
        return len(self.tokens(self.text(chat)))

    def starts_thinking(self, text: str) -> bool:
        """Whether an answer to this begins inside what is not to be shown."""
        return text.rstrip().endswith(THINKING)

    def labels(self, labels: str) -> list[list[int]] | None:
        """For each letter the single tokens that write it, bare or behind a space; None when one has none of its
        own."""
        found = []
        for label in labels:
            ways = [self.tokens(form) for form in (label, f" {label}")]
            found.append(sorted({ids[0] for ids in ways if len(ids) == 1 and ids[0] != self._tokenizer.unk_token_id}))
        own = [token for tokens in found for token in tokens]
        return found if all(found) and len(own) == len(set(own)) else None

    @cached_property
    def _marks(self) -> re.Pattern[str]:
        special = {str(token) for token in self._tokenizer.added_tokens_decoder.values() if token.special}
        longest_first = sorted(special, key=lambda mark: (-len(mark), mark))
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
