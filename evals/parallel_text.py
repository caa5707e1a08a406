"""Spanish and English that say the same: the course's sentences, and aligned paragraphs of a folder with en/ and es/.

The course's units, statements and questions are written in both languages side by side; where both have as many
sentences they pair in order. A folder's files pair by their path below `en/` and `es/`, their paragraphs by a monotone
alignment (Gale and Church 1993) that scores shared words, numbers and names, and likeness of length.
"""

import re
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np

from knowledge.course import Course
from knowledge.documents import STATEMENT
from knowledge.terms import fold, plain, words

Pair = tuple[str, str]  # (English, Spanish)

SKIP = -0.05  # score of leaving a paragraph without a partner
LEAST = 0.12  # of a pair that is kept
MIN_WORDS = 4
_FENCE = re.compile(r"```.*?(?:```|\Z)", re.S)


def course_pairs(course: Course) -> list[Pair]:
    """Sentence pairs and, for passages of several sentences, passage pairs, with the headings that search sees."""
    found: dict[Pair, None] = {}
    passages = {passage.id: passage for passage in (*course.passages, *course.questions)}
    for passage in passages.values():
        twin = passages.get(passage.twin("es"))
        if passage.language != "en" or twin is None:
            continue
        if len(passage.sentences) == len(twin.sentences) and passage.kind != STATEMENT:
            mine, theirs = ([plain(one.text) for one in side.sentences] for side in (passage, twin))
            found.update(dict.fromkeys(zip(mine, theirs, strict=True)))
        elif passage.kind == "statement":  # every wording means the same: each English one with one Spanish
            turns = zip(passage.sentences, cycle(twin.sentences), strict=False)
            found.update(dict.fromkeys((plain(mine.text), plain(theirs.text)) for mine, theirs in turns))
        if passage.headings:
            found[plain(passage.indexed_text), plain(twin.indexed_text)] = None
    for term in course.glossary.terms:
        found.update(((mine, theirs), None) for mine in term.wordings["en"][:2] for theirs in term.wordings["es"][:2])
    return list(found)


def folder_pairs(folder: Path) -> list[Pair]:
    """Aligned paragraphs of the files that stand under both `en/` and `es/`."""
    found: dict[Pair, None] = {}
    for file in sorted((folder / "es").rglob("*.md")):
        other = folder / "en" / file.relative_to(folder / "es")
        if other.is_file():
            found.update(dict.fromkeys(align(_paragraphs(other), _paragraphs(file))))
    return list(found)


def _paragraphs(file: Path) -> list[str]:
    blocks = re.split(r"\n\s*\n", _FENCE.sub("\n\n", file.read_text(encoding="utf-8", errors="replace")))
    texts = [" ".join(plain(block.replace("> ", " ")).split()) for block in blocks]
    return [text for text in texts if len(words(text)) >= MIN_WORDS]


def align(english: Sequence[str], spanish: Sequence[str]) -> list[Pair]:
    """The pairs of the best monotone alignment, those alone that are alike enough."""
    likeness = np.array([[_likeness(mine, theirs) for theirs in spanish] for mine in english]).reshape(
        len(english), len(spanish)
    )
    best = np.zeros((len(english) + 1, len(spanish) + 1))
    best[:, 0], best[0, :] = SKIP * np.arange(len(english) + 1), SKIP * np.arange(len(spanish) + 1)
    for i in range(1, len(english) + 1):
        for j in range(1, len(spanish) + 1):
            paired = best[i - 1, j - 1] + likeness[i - 1, j - 1]
            best[i, j] = max(paired, best[i - 1, j] + SKIP, best[i, j - 1] + SKIP)
    pairs, i, j = [], len(english), len(spanish)
    while i and j:
        if best[i, j] == best[i - 1, j - 1] + likeness[i - 1, j - 1]:
            i, j = i - 1, j - 1
            if likeness[i, j] >= LEAST:
                pairs.append((english[i], spanish[j]))
        elif best[i, j] == best[i - 1, j] + SKIP:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _likeness(english: str, spanish: str) -> float:
    """Shared beginnings of words (cognates, names, numbers) over both, less for unlike length; 0..1."""
    mine, theirs = (
        {fold(word)[:5] for word in words(text) if len(word) > 3 or word.isdigit()} for text in (english, spanish)
    )
    if not mine or not theirs:
        return 0.0
    ratio = min(len(english), len(spanish)) / max(len(english), len(spanish))
    return len(mine & theirs) / min(len(mine), len(theirs)) * ratio
