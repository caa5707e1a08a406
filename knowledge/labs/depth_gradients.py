"""How gradients travel through a stack of layers at initialization: with residuals and norms, and without.

Every network is a decoder-only Transformer with random weights that predicts random tokens; nothing is trained.
Xiong et al. (2020, Theorem 1) bound the gradient of the last layer's feed-forward weights: it does not depend on the
number of layers L with post-LN, and falls as 1/sqrt(L) with pre-LN. Dong et al. (2021) show that attention without
residuals makes all tokens alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knowledge.errors import BadLab
from knowledge.labs.inputs import whole
from knowledge.labs.small_transformer import Build, initial_weights, one_thread, run_transformer
from knowledge.labs.softmax import Array

if TYPE_CHECKING:
    from torch import Tensor

# name -> (where the norm stands, whether there are residual sums)
STACKS: Mapping[str, tuple[str, bool]] = {
    "pre": ("pre", True),
    "post": ("post", True),
    "residual": ("none", True),
    "norm": ("post", False),
    "bare": ("none", False),
}
VOCABULARY, BATCH = 32, 4


@dataclass(frozen=True)
class DepthGradients:
    """Geometric means over the repeats, a row for each stack of `STACKS`, in their order (5).

    Gradients are Euclidean norms of the derivative of the mean cross-entropy.
    """

    stacks: tuple[str, ...]
    layers: int
    width: int
    hidden: Array  # (5, layers + 1): gradient of the loss with respect to the hidden states, the embeddings first
    feed_forward: Array  # (5, layers): gradient with respect to the last feed-forward matrix of each layer
    size: Array  # (5, layers + 1): root mean square of a component of the hidden states
    likeness: Array  # (5, layers + 1): mean cosine between the hidden states of two tokens of a sequence
    depths: tuple[int, ...]  # m numbers of layers, doubling
    last: Array  # (5, m): gradient with respect to the last layer's last feed-forward matrix, by depth of the stack

    def reach(self, stack: str) -> float:
        """The gradient at the embeddings, as a share of the gradient at the last hidden state."""
        row = self.hidden[self.stacks.index(stack)]
        return float(row[0] / row[-1])

    def slope(self, stack: str) -> float:
        """The exponent p of the law gradient ~ L^p that fits `last` best: in theory -1/2 for pre-LN, 0 for post-LN."""
        if len(self.depths) < 2:
            return float("nan")
        return float(np.polyfit(np.log(self.depths), np.log(self.last[self.stacks.index(stack)]), 1)[0])


def measure_depth(
    *, layers: int = 16, width: int = 32, heads: int = 4, tokens: int = 16, repeats: int = 3, seed: int = 0
) -> DepthGradients:
    """Gradients by depth for the five stacks. Raises `BadLab`."""
    layers, width = whole("layers", layers, 2, 48), whole("width", width, 4, 128)
    heads, tokens = whole("heads", heads, 1, 16), whole("tokens", tokens, 2, 64)
    repeats, seed = whole("repeats", repeats, 1, 10), whole("seed", seed, 0, 2**31 - 1)
    if width % heads:
        raise BadLab("lab-divisible", name="width", value=width, by="heads", divisor=heads)
    depths = (*(2**power for power in range(1, 6) if 2**power < layers), layers)
    rows = []
    with one_thread():
        for norm, residual in STACKS.values():
            measured = {
                depth: [
                    _measure(Build(VOCABULARY, tokens, width, heads, depth, norm, residual), seed + repeat)
                    for repeat in range(repeats)
                ]
                for depth in depths
            }
            rows.append((measured[layers], [[run[1][-1] for run in measured[depth]] for depth in depths]))
    hidden, feed, size, likeness = (
        np.stack([_mean([run[part] for run in runs], logarithmic=part < 3) for runs, _ in rows]) for part in range(4)
    )
    last = np.stack([[_mean(values, logarithmic=True) for values in by_depth] for _, by_depth in rows])
    return DepthGradients(tuple(STACKS), layers, width, hidden, feed, size, likeness, depths, last)


def _measure(build: Build, seed: int) -> tuple[Array, Array, Array, Array]:
    """(gradients of hidden states, gradients of feed-forward matrices, sizes, likeness) of one random network."""
    import torch  # noqa: PLC0415
    from torch.nn.functional import cross_entropy  # noqa: PLC0415

    random = torch.Generator().manual_seed(seed)
    drawn = torch.randint(build.vocabulary, (BATCH, build.length + 1), generator=random)
    # double precision: without residuals a gradient may be smaller than a float can hold
    weights = {
        name: weight.detach().double().requires_grad_()
        for name, weight in initial_weights(build, seed, xavier=True).items()
    }
    logits, hidden, _ = run_transformer(weights, build, drawn[:, :-1])
    loss = cross_entropy(logits.flatten(0, 1), drawn[:, 1:].flatten())
    feed = [weights[f"{layer}.down"] for layer in range(build.layers)]
    gradients = [float(gradient.norm()) for gradient in torch.autograd.grad(loss, [*hidden, *feed])]
    states = [state.detach() for state in hidden]
    return (
        np.array(gradients[: len(hidden)]),
        np.array(gradients[len(hidden) :]),
        np.array([float(state.square().mean().sqrt()) for state in states]),
        np.array([_likeness(state) for state in states]),
    )


def _likeness(states: "Tensor") -> float:
    """Mean cosine between two different tokens of the same sequence; `states`: (batch, n, width)."""
    unit = states / states.norm(dim=2, keepdim=True).clamp_min(1e-300)
    n = states.shape[1]
    cosines = (unit @ unit.transpose(1, 2)).sum(dim=(1, 2)) - n
    return float(cosines.mean() / (n * (n - 1)))


def _mean(values: list[Array] | list[float], *, logarithmic: bool) -> Array:
    """The mean over the repeats: geometric for what varies by powers of ten."""
    array = np.asarray(values)
    mean = np.exp(np.log(array).mean(axis=0)) if logarithmic else array.mean(axis=0)
    return np.asarray(mean, dtype=np.float64)
