"""Tasks that a tiny Transformer can learn in seconds: copy digits, reverse them, add two numbers.

A problem is a whole number; one in ten is held out, by a rule, so that no problem is both trained on and tested.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SYMBOLS = (*"0123456789", "+", "=")
PLUS, EQUALS = 10, 11
_SPREAD, _MODULUS, _HELD_OUT = 2_654_435_761, 2**32, 10  # Knuth's multiplicative hash; one problem in ten is held out

Tokens = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked, with what is enough to learn it. `length`: digits of the text, or of each number.

    The learning rates are high on purpose: a whole model bears them, and one without normalization mostly does not.
    """

    name: str
    length: int
    longest: int
    layers: int
    steps: int
    learning_rate: float

    def digits(self, length: int) -> int:
        """How many digits a problem is made of."""
        return 2 * length if self.name == "addition" else length

    def answer(self, length: int) -> int:
        """How many tokens the answer has: a sum has one digit more than its terms."""
        return length + 1 if self.name == "addition" else length

    def tokens(self, length: int) -> int:
        """How many tokens a problem and its answer have."""
        return self.digits(length) + self.answer(length) + (2 if self.name == "addition" else 1)


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task("addition", length=2, longest=4, layers=3, steps=600, learning_rate=0.01),
        Task("reverse", length=8, longest=12, layers=4, steps=150, learning_rate=0.03),
        Task("copy", length=8, longest=12, layers=4, steps=150, learning_rate=0.03),
    )
}


def draw_problems(task: Task, length: int, count: int, random: np.random.Generator, held_out: bool) -> Tokens:
    """`count` problems with their answers: shape (count, task.tokens(length)).

    The digits of the numbers of an addition run from the units up: 47 + 85 = 132 reads 7 4 + 5 8 = 2 3 1.
    """
    size = 10 ** task.digits(length)
    found = np.empty(0, dtype=np.int64)
    while len(found) < count:
        drawn = random.integers(0, size, 2 * count * (_HELD_OUT if held_out else 1))
        found = np.concatenate([found, drawn[is_held_out(drawn) == held_out]])
    return write_problems(task, length, found[:count])


def is_held_out(problems: Tokens) -> NDArray[np.bool_]:
    """Whether a problem is kept for testing."""
    mixed = problems.astype(np.uint64) * np.uint64(_SPREAD) % np.uint64(_MODULUS)
    return np.asarray(mixed // np.uint64(_MODULUS // 1024) % np.uint64(_HELD_OUT) == 0)


def write_problems(task: Task, length: int, problems: Tokens) -> Tokens:
    """Problems, given as whole numbers, as rows of tokens."""
    equals = np.full((len(problems), 1), EQUALS, dtype=np.int64)
    if task.name == "addition":
        first, second = problems % 10**length, problems // 10**length
        plus = np.full_like(equals, PLUS)
        return np.hstack(
            [_digits(first, length), plus, _digits(second, length), equals, _digits(first + second, length + 1)]
        )
    text = _digits(problems, length)
    return np.hstack([text, equals, text[:, ::-1] if task.name == "reverse" else text])


def _digits(numbers: Tokens, count: int) -> Tokens:
    """Digits of each number from the units up: shape (len(numbers), count)."""
    return np.asarray(numbers[:, None] // 10 ** np.arange(count) % 10, dtype=np.int64)
