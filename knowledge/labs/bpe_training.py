"""Byte-pair encoding learned merge by merge (Sennrich et al. 2016, §3.2), trained by the `tokenizers` library.

The library says which pairs it joined, in order. Here each merge is done again on the text, so that the count of the
pair, the vocabulary and the cut of the text can be seen after every step.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import BadLab
from knowledge.labs.inputs import choice, whole
from knowledge.labs.softmax import Array

UNITS = ("characters", "bytes")
UNKNOWN = "[UNK]"
SPACE = "▁"  # stands for the space before a word
LONGEST_TEXT = 50_000  # characters
_LONGEST_SAMPLE = 60  # characters whose cut is kept after each step

Cut = tuple[str, ...]
Pair = tuple[str, str]


@dataclass(frozen=True)
class BpeTraining:
    """A training of m merges; what is given by step has m + 1 entries, the first before any merge.

    Tokens are written for people: `SPACE` for a space, and with bytes those that are no whole character as <C3>.
    """

    unit: str
    merges: tuple[Pair, ...]  # m pairs, in the order in which they were learned
    counts: NDArray[np.int64]  # (m,): how often the pair stood in the text when it was joined
    vocabulary: NDArray[np.int64]  # (m + 1,): tokens known
    tokens: NDArray[np.int64]  # (m + 1,): tokens that the text is cut into
    characters: int  # of the text, with one space before each word
    bytes: int  # the same in UTF-8
    sample: str  # the beginning of the text
    sample_cuts: tuple[Cut, ...]  # m + 1 cuts of the sample
    word: str
    word_seen: bool  # whether the text has it between spaces or signs, in these letters
    word_cuts: tuple[Cut, ...]  # m + 1 cuts of a word, seen or not
    wanted: int  # merges asked for; fewer are learned when no pair is left that stands twice

    @property
    def characters_per_token(self) -> Array:
        """(m + 1,): of the text, spaces counted."""
        return np.asarray(self.characters / self.tokens)

    @property
    def bytes_per_token(self) -> Array:
        """(m + 1,): of the text, spaces counted."""
        return np.asarray(self.bytes / self.tokens)


def train_bpe(text: str, word: str, *, merges: int = 40, unit: str = "characters") -> BpeTraining:
    """Train on the text and follow every merge; `word` is cut with the same merges. Raises `BadLab`.

    Words are cut at spaces first, so no merge reaches over one. `unit`: what the first tokens are; with bytes, the
    vocabulary begins with all 256 and no word is unknown (Radford et al. 2019, §2.2).
    """
    merges = whole("merges", merges, 1, 1000)
    unit = choice("unit", unit, UNITS)
    text, word = " ".join(text.split()), word.strip()
    if not text or not word:
        raise BadLab("lab-no-words", count=0, fewest=1)
    if len(text) > LONGEST_TEXT:
        raise BadLab("lab-long", count=len(text), most=LONGEST_TEXT)
    tokenizer, start = _trained(text, merges, unit)
    return _replayed(tokenizer, text, word, unit, start, merges)


def replay(words: Mapping[str, int], merges: Iterable[Pair]) -> list[tuple[int, dict[str, Cut]]]:
    """For each merge, how often its pair stood in the words, and the cut of each word after it.

    The first entry, with the count 0, is the cut into single symbols. `words`: word -> how often it occurs.
    """
    cuts = {word: tuple(word) for word in words}
    steps = [(0, cuts)]
    for pair in merges:
        count = pair_counts(words, cuts)[pair]
        cuts = {word: join(cut, pair) for word, cut in cuts.items()}
        steps.append((count, cuts))
    return steps


def pair_counts(words: Mapping[str, int], cuts: Mapping[str, Cut]) -> Counter[Pair]:
    """How often each pair of neighbouring tokens stands in the words."""
    counts: Counter[Pair] = Counter()
    for word, times in words.items():
        for pair in pairwise(cuts[word]):
            counts[pair] += times
    return counts


def join(cut: Cut, pair: Pair) -> Cut:
    """The cut with each occurrence of the pair joined into one token, from left to right."""
    joined: list[str] = []
    place = 0
    while place < len(cut):
        size = 2 if cut[place : place + 2] == pair else 1
        joined.append("".join(cut[place : place + size]))
        place += size
    return tuple(joined)


def _trained(text: str, merges: int, unit: str) -> tuple[Any, int]:
    """(the trained tokenizer, the size of its vocabulary before the first merge)."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: PLC0415

    in_bytes = unit == "bytes"
    tokenizer = Tokenizer(models.BPE(unk_token=None if in_bytes else UNKNOWN))
    if in_bytes:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=True)
        alphabet = sorted(set(text.replace(" ", SPACE)) | {SPACE})
    special = [] if in_bytes else [UNKNOWN]
    start = len(alphabet) + len(special)
    trainer = trainers.BpeTrainer(
        vocab_size=start + merges, min_frequency=2, special_tokens=special, initial_alphabet=alphabet,
        show_progress=False,
    )  # fmt: skip
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer, start


def _pieces(tokenizer: Any, text: str) -> list[str]:
    return [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)]


def _replayed(tokenizer: Any, text: str, word: str, unit: str, start: int, wanted: int) -> BpeTraining:
    pairs = tuple((first, second) for first, second in json.loads(tokenizer.to_str())["model"]["merges"])
    words = Counter(_pieces(tokenizer, text))
    sample = text[:_LONGEST_SAMPLE].rsplit(" ", 1)[0] if len(text) > _LONGEST_SAMPLE else text
    sample_pieces, word_pieces = _pieces(tokenizer, sample), _pieces(tokenizer, word)
    others = dict.fromkeys((*sample_pieces, *word_pieces), 0)
    steps = replay({**others, **words}, pairs)
    known = {symbol for piece in words for symbol in piece} | ({SPACE} if unit == "characters" else set())
    show = _Shown(unit, known)
    return BpeTraining(
        unit=unit,
        merges=tuple((show.token(first), show.token(second)) for first, second in pairs),
        counts=np.array([count for count, _ in steps[1:]], dtype=np.int64),
        vocabulary=start + np.arange(len(steps), dtype=np.int64),
        tokens=np.array([sum(times * len(cuts[piece]) for piece, times in words.items()) for _, cuts in steps]),
        characters=len(SPACE + text),
        bytes=len((" " + text).encode()),
        sample=sample,
        sample_cuts=tuple(show.cut(cuts, sample_pieces) for _, cuts in steps),
        word=word,
        word_seen=re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None,
        word_cuts=tuple(show.cut(cuts, word_pieces) for _, cuts in steps),
        wanted=wanted,
    )


@dataclass(frozen=True)
class _Shown:
    """How tokens are written for people."""

    unit: str
    known: set[str]  # symbols of the alphabet, with characters

    def cut(self, cuts: Mapping[str, Cut], pieces: Iterable[str]) -> Cut:
        """The tokens of the pieces, one after the other."""
        return tuple(self.token(token) for piece in pieces for token in cuts[piece])

    def token(self, token: str) -> str:
        if self.unit == "characters":
            return token if all(symbol in self.known for symbol in token) else UNKNOWN
        data = bytes(_byte_of(symbol) for symbol in token)
        try:
            return data.decode().replace(" ", SPACE)
        except UnicodeDecodeError:
            return "".join(chr(byte) if byte < 128 else f"<{byte:02X}>" for byte in data).replace(" ", SPACE)


def _byte_of(symbol: str) -> int:
    """The byte that a symbol stands for: visible bytes are themselves, the other 68 are moved to U+0100 and on."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    code = ord(symbol)
    return code if code < 256 else [byte for byte in range(256) if byte not in visible][code - 256]
