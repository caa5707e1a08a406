"""A recurrent layer against a self-attention layer as sequences grow: steps that must wait, path length, work, time.

The counts are those of Vaswani et al. (2017, Table 1), exact; the times are measured here and now, on this machine.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import BadLab
from knowledge.labs.inputs import choice, whole
from knowledge.labs.small_transformer import one_thread
from knowledge.labs.softmax import Array

if TYPE_CHECKING:
    from torch import Tensor

LAYERS = ("recurrent", "attention")
LENGTHS = (32, 64, 128, 256, 512, 1024, 2048)
LONGEST = 4096
REACH_LENGTHS = (2, 4, 8, 16, 32, 64, 128)  # further on nothing is left of the recurrent layer's gradient
DEVICES = ("cpu", "cuda")

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class RecurrenceRace:
    """Two rows each: the recurrent layer, then self-attention. One sequence, `width` numbers a token."""

    lengths: tuple[int, ...]  # m sequence lengths n, in tokens
    width: int
    device: str
    sequential: Counts  # (2, m): steps that must wait for the one before
    path: Counts  # (2, m): steps between the first token and the last output
    products: Counts  # (2, m): multiplications in matrix products
    seconds: Array  # (2, m): median time of a forward pass
    reach_lengths: tuple[int, ...]  # sequence lengths for which the reach is measured, in double precision
    reach: Array  # (2, len(reach_lengths)): norm of the last output's gradient with respect to the first token

    @property
    def ratio(self) -> Array:
        """(m,): the recurrent layer's time divided by that of attention; above 1, attention is faster."""
        return np.asarray(self.seconds[0] / self.seconds[1])

    def growth(self, values: Array | Counts) -> tuple[float, float]:
        """By how much the values (2, m) of each layer grow when the longest sequence doubles.

        From the last two lengths, brought to a doubling: 2 is linear, 4 is quadratic.
        """
        doublings = np.log2(self.lengths[-1] / self.lengths[-2])
        grown = (values[:, -1] / values[:, -2]) ** (1 / doublings)
        return float(grown[0]), float(grown[1])


def run_race(
    lengths: Sequence[int] = LENGTHS, *, width: int = 64, repeats: int = 7, seed: int = 0, device: str = "cpu"
) -> RecurrenceRace:
    """Count, measure and compare both layers for each length. Raises `BadLab`."""
    sizes = tuple(sorted({whole("lengths", length, 2, LONGEST) for length in lengths}))
    if len(sizes) < 2:
        raise BadLab("lab-range", name="lengths", value=len(sizes), low=2, high=LONGEST)
    width, repeats = whole("width", width, 2, 256), whole("repeats", repeats, 1, 50)
    seed = whole("seed", seed, 0, 2**31 - 1)
    _check_device(device)
    layers = (_recurrent_layer(width, seed, device), _attention_layer(width, seed, device))
    n = np.array(sizes, dtype=np.int64)
    with one_thread():
        seconds = np.array([[_median_time(layer, size, width, repeats, device) for size in sizes] for layer in layers])
        reach = np.array(
            [
                [_reach(make(width, seed, "cpu", True), size, width, seed) for size in REACH_LENGTHS]
                for make in (_recurrent_layer, _attention_layer)
            ]
        )
    return RecurrenceRace(
        lengths=sizes,
        width=width,
        device=device,
        sequential=np.stack([n, np.ones_like(n)]),
        path=np.stack([n, np.ones_like(n)]),
        products=np.stack([2 * n * width**2, 3 * n * width**2 + 2 * n**2 * width]),
        seconds=seconds,
        reach_lengths=REACH_LENGTHS,
        reach=reach,
    )


def _check_device(device: str) -> None:
    import torch  # noqa: PLC0415

    ready = DEVICES if torch.cuda.is_available() else DEVICES[:1]
    choice("device", device, ready)


def _recurrent_layer(width: int, seed: int, device: str, double: bool = False) -> Callable[["Tensor"], "Tensor"]:
    """h_t = tanh(x_t W + h_(t-1) U): torch's compiled loop. (n, width) -> (n, width)."""
    import torch  # noqa: PLC0415

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = torch.nn.RNN(width, width, bias=False).to(device, torch.double if double else torch.float)

    def run(x: "Tensor") -> "Tensor":
        output: Tensor = layer(x)[0]
        return output

    return run


def _attention_layer(width: int, seed: int, device: str, double: bool = False) -> Callable[["Tensor"], "Tensor"]:
    """One head of self-attention without a mask: softmax(Q K^T / sqrt(d)) V. (n, width) -> (n, width)."""
    import torch  # noqa: PLC0415

    random = torch.Generator().manual_seed(seed)
    query, key, value = (torch.randn(3, width, width, generator=random) / width**0.5).to(
        device, torch.double if double else torch.float
    )

    def run(x: "Tensor") -> "Tensor":
        scores = (x @ query) @ (x @ key).T / width**0.5
        mixed: Tensor = scores.softmax(dim=1) @ (x @ value)
        return mixed

    return run


def _median_time(layer: Callable[["Tensor"], "Tensor"], n: int, width: int, repeats: int, device: str) -> float:
    """Seconds of a forward pass over n tokens: the median of the repeats, after one run that is not counted."""
    import torch  # noqa: PLC0415

    x = torch.randn(n, width, generator=torch.Generator().manual_seed(n)).to(device)
    taken = []
    with torch.no_grad():
        for _ in range(repeats + 1):
            start = time.perf_counter()
            layer(x)
            if device == "cuda":
                torch.cuda.synchronize()
            taken.append(time.perf_counter() - start)
    return float(np.median(taken[1:]))


def _reach(layer: Callable[["Tensor"], "Tensor"], n: int, width: int, seed: int) -> float:
    """The norm of the gradient, at the first token, of a random direction of the last output."""
    import torch  # noqa: PLC0415

    random = torch.Generator().manual_seed(seed + n)
    x = torch.randn(n, width, generator=random, dtype=torch.double).requires_grad_()
    direction = torch.randn(width, generator=random, dtype=torch.double)
    (gradient,) = torch.autograd.grad(layer(x)[-1] @ direction / direction.norm(), x)
    return float(gradient[0].norm())
