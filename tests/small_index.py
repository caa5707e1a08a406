"""An index of four passages and an encoder whose cosines can be computed by hand."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.documents import Citation, Passage, Sentence
from knowledge.encoder import Vectors
from knowledge.errors import BadIndex
from knowledge.index import PassageIndex, open_or_build

AXES = ["attention", "layer", "head", "token", "training"]


class WordEncoder:
    """Counts the words of `AXES`, length 1; a text without any of them points along a last axis."""

    size = len(AXES) + 1

    def __init__(self, name: str = "words", languages: tuple[str, ...] = ("en",), broken: bool = False) -> None:
        self.name = name
        self.languages = languages
        self.broken = broken
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise AssertionError(f"asked to embed {len(texts)} texts")
        self.seen += texts
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            counts = [re.findall(r"\w+", text.lower()).count(word) for word in AXES]
            vectors[row] = [*counts, 0 if any(counts) else 1]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def passage(number: int, language: str, text: str, headings: tuple[str, ...] = ("Part",)) -> Passage:
    cited = Sentence(text, (Citation("paper2020", "§1"),))
    return Passage(
        id=f"doc:{number}", document="doc", title="Title", path="doc.md", language=language, headings=headings,
        locator="§ Part", sentences=(cited, Sentence("$$x\u2028y$$")), url="https://example.org", concept="attention",
        kind="definition", levels=("beginner",),
    )  # fmt: skip


def passages() -> list[Passage]:
    return [
        passage(1, "en", "Attention weighs the layers; attention is all."),
        passage(2, "en", "A layer normalizes each token."),
        passage(3, "es", "La atención pondera cada capa."),
        passage(4, "en", "Training takes days."),
    ]


def build(folder: Path, encoder: WordEncoder, damaged: list[BadIndex] | None = None) -> PassageIndex:
    report = damaged.append if damaged is not None else None
    return open_or_build(folder, "content", encoder, passages, damaged=report)
