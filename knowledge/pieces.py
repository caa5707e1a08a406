"""The bundled tokenizer: a text in Spanish or English to the pieces that the bundled models know."""

from functools import cache
from pathlib import Path
from typing import Any

TOKENIZER = Path(__file__).with_name("models") / "verifier" / "tokenizer.json"


@cache
def tokenizer(file: Path = TOKENIZER) -> Any:
    """The tokenizer of a file, which neither cuts nor fills; opened once a process."""
    from tokenizers import Tokenizer  # noqa: PLC0415  what asks for no pieces need not wait for it

    found = Tokenizer.from_file(str(file))
    found.no_truncation()
    found.no_padding()
    return found


def pieces_of(texts: list[str], file: Path = TOKENIZER) -> list[list[int]]:
    """The pieces of each text, by number, without marks."""
    return [one.ids for one in tokenizer(file).encode_batch(texts, add_special_tokens=False)]
