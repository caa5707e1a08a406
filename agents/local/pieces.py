"""What may be said of the tokens so far: whole characters, and nothing that a stop string may still end."""

from dataclasses import dataclass, field
from typing import Any

BROKEN = "\ufffd"  # what bytes that are no character are decoded to
MOST_HELD = 16  # tokens; a character has at most 4 bytes, so what is longer will never be one


@dataclass
class Pieces:
    """Decodes tokens one by one; a character is said when its last byte has come.

    Two short stretches are decoded each time, the second one token longer, since a token's text depends on the one
    before it in some vocabularies.
    """

    tokenizer: Any
    _tokens: list[int] = field(default_factory=list)
    _start: int = 0  # of the stretch that is decoded
    _said: int = 0  # tokens whose text has been said

    def feed(self, token: int) -> str:
        """The text that is whole with this token."""
        self._tokens.append(token)
        text = self._new()
        if text.endswith(BROKEN) and len(self._tokens) - self._said < MOST_HELD:
            return ""
        self._start, self._said = self._said, len(self._tokens)
        return text

    def end(self) -> str:
        """What was held back and is text."""
        return self._new().rstrip(BROKEN)

    def _new(self) -> str:
        before = self._decoded(self._tokens[self._start : self._said])
        return self._decoded(self._tokens[self._start :])[len(before) :]

    def _decoded(self, tokens: list[int]) -> str:
        return str(self.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


@dataclass
class Stops:
    """Cuts a text that comes in pieces before the first of the stop strings. `stopped`: one has come."""

    strings: list[str]
    stopped: bool = False
    _held: str = ""

    def feed(self, text: str) -> str:
        """What may be said now; the beginning of a stop string is held back until it is known to be none."""
        self._held += text
        found = [at for string in self.strings if (at := self._held.find(string)) >= 0]
        if found:
            self.stopped = True
            said, self._held = self._held[: min(found)], ""
            return said
        held = max((_overlap(self._held, string) for string in self.strings), default=0)
        cut = len(self._held) - held
        said, self._held = self._held[:cut], self._held[cut:]
        return said

    def end(self) -> str:
        """What was held back and was no stop string."""
        said, self._held = self._held, ""
        return said


def _overlap(text: str, string: str) -> int:
    """How much of the end of a text is a beginning of the string."""
    return next((size for size in range(min(len(text), len(string) - 1), 0, -1) if text.endswith(string[:size])), 0)
