"""Keys on positions, feed-forward and recurrent networks, normalization, quantization: computed again."""

import cmath
import math
import re
from fractions import Fraction
from typing import Any

import torch
from recomputed_reading import Row, every, floats, maybe, one, row, rows, several, value, whole

DOUBLE = torch.float64


def tensor(numbers: Any) -> torch.Tensor:
    return torch.tensor([[float(part) for part in line] for line in numbers] if isinstance(numbers[0], tuple)
                        else floats(numbers), dtype=DOUBLE)  # fmt: skip


def times(vector: Row, matrix: tuple[Row, ...]) -> Row:
    """A row times a matrix."""
    assert len(vector) == len(matrix)
    return tuple(
        sum((x * w for x, w in zip(vector, column, strict=True)), Fraction(0)) for column in zip(*matrix, strict=True)
    )


def plus(one_vector: Row, other: Row) -> Row:
    return tuple(left + right for left, right in zip(one_vector, other, strict=True))


def relu(vector: Row) -> Row:
    return tuple(max(part, Fraction(0)) for part in vector)


def activation_value(text: str) -> Any:
    first, second = rows(text, "W_1 = "), rows(text, "W_2 = ")
    biased = "xW_1 + b_1" in text
    one_bias = row(text, "b_1 = ") if biased else (Fraction(0),) * len(first[0])
    two_bias = row(text, "b_2 = ") if biased else (Fraction(0),) * len(second[0])
    assert whole(text, "one hidden layer of # units") == len(first[0])

    def network(x: Row) -> Row:
        return plus(times(relu(plus(times(x, first), one_bias)), second), two_bias)

    return tuple(map(network, rows(text, "X = "))) if "rows of X" in text else network(row(text, "x = "))


def alibi_bias(text: str) -> Any:
    heads, head = one(text, "with H = # heads, numbered from h = 1"), one(text, "head h = #")
    slope = 2.0 ** float(-8 * head / heads)
    if "What attention weight" in text:
        query = whole(text, "the query at position # has")
        scores = row(text, "has the scaled scores ")
        assert len(scores) == 3 == query
        assert "with the keys at positions 1, 2 and 3" in text
        biased = tensor(scores) - slope * torch.tensor([2, 1, 0], dtype=DOUBLE)
        return torch.softmax(biased, dim=0)[whole(text, "does position # get") - 1].item()
    i, j = several(text, "the query at position # and the key at position #")
    bias = -slope * float(i - j)
    if "have the dot product" in text:
        return float(one(text, "q \\cdot k = #.")) / float(one(text, "d_k = #,")) ** 0.5 + bias
    return bias


def gated_unit(text: str) -> Any:
    if "receives xW = " in text:
        return tuple(g * o for g, o in zip(relu(row(text, "xW = ")), row(text, "xV = "), strict=True))
    x = row(text, "x = ")
    gate, other = times(x, rows(text, "W = ")), times(x, rows(text, "V = "))
    if "ReGLU" in text:
        both = tuple(g * o for g, o in zip(relu(gate), other, strict=True))
        return times(both, rows(text, "W_2 = ")) if "W_2" in text else both
    opened = torch.sigmoid(tensor(gate)) if "GLU) with the sigmoid" in text else torch.nn.functional.silu(tensor(gate))
    assert "GLU) with the sigmoid" in text or "SwiGLU" in text
    return tuple((opened * tensor(other)).tolist())


def gradient_product(text: str) -> Any:
    if "at every step that it goes back" in text:
        return one(text, "is multiplied by # at every step") ** whole(text, "when it goes back # steps")
    last, first = map(int, several(text, "from step # back to step #?"))
    assert f"\\partial h_{{{last}}}}}{{\\partial h_{{{first}}}" in text
    weight = one(text, "with w = #")
    if "\\tanh" not in text:
        assert "has no activation function" in text
        return math.prod(weight for _step in range(first, last))
    states = {int(place): value(state) for place, state in re.findall(r"h_\{(\d+)\} = (-?[\d.]*\d)", text)}
    assert list(states) == list(range(first, last + 1))
    return math.prod((1 - states[step] ** 2) * weight for step in range(first + 1, last + 1))


def layer_norm(text: str) -> Any:
    x = tensor(row(text, "x = "))
    if "after the residual sum" in text:
        x = x + tensor(row(text, "\\mathrm{Sublayer}(x) = "))
    assert "\\epsilon = 0" in text
    gain, bias = (
        (tensor(row(text, "\\gamma = ")), tensor(row(text, "\\beta = "))) if "The gain" in text else (None, None)
    )
    assert gain is not None or "without gain and bias" in text
    return tuple(torch.nn.functional.layer_norm(x, x.shape, gain, bias, eps=0.0).tolist())


def quantization_error(text: str) -> Any:
    weights, bits = row(text, "w = "), whole(text, "symmetrically to # bits")
    top = 2 ** (bits - 1) - 1
    scale = max(abs(weight) for weight in weights) / top

    def error(weight: Fraction) -> Fraction:
        assert (weight / scale) % 1 != Fraction(1, 2), "halfway between two integers"
        distance: Fraction = abs(weight - scale * round(weight / scale))
        return distance

    if "What is the largest absolute error" in text:
        return max(map(error, weights))
    asked = re.search(r"absolute error of w_(\d) = (-?[\d.]+)", text)
    assert asked
    assert weights[int(asked[1]) - 1] == value(asked[2])
    return error(value(asked[2]))


def recurrent_state(text: str) -> Any:
    inputs = {int(place): value(entry) for place, entry in re.findall(r"(?<!_)x_(\d) = (-?[\d.]*\d)", text)}
    assert list(inputs) == list(range(1, len(inputs) + 1))
    if "two numbers as its hidden state" in text:
        matrix, weights, reading = rows(text, "W_h = "), row(text, "w_x = "), row(text, "v = ")
        assert "the states are columns" in text
        assert f"What is y_{len(inputs)}?" in text
        state = row(text, "h_0 = ")
        for entry in inputs.values():
            state = relu(tuple(
                sum((w * h for w, h in zip(line, state, strict=True)), Fraction(0)) + weight * entry
                for line, weight in zip(matrix, weights, strict=True)
            ))  # fmt: skip
        return sum(v * h for v, h in zip(reading, state, strict=True))
    assert f"What is h_{len(inputs)}?" in text
    assert "from h_0 = 0" in text
    hidden = Fraction(0)
    for entry in inputs.values():
        if "ReLU" in text:
            back, inward, bias = several(text, "with w_h = #, w_x = # and b = #.")
            hidden = max(Fraction(0), back * hidden + inward * entry + bias)
        else:
            hidden = one(text, "with w = # and no activation") * hidden + entry
    return hidden


def relative_distance(text: str) -> Any:
    limit, query = whole(text, "a maximum of k = #."), whole(text, "at position i = #.")
    distances = tuple(min(limit, max(-limit, int(key) - query)) for key in row(text, "j = "))
    if "Which rows does the layer look up" in text:
        assert one(text, "row 0 holds that of distance #,") == -limit
        assert tuple(map(int, several(text, "up to row # for distance #."))) == (2 * limit, limit)
        return tuple(len(range(-limit, distance)) for distance in distances)
    return distances


def residual_sum(text: str) -> Any:
    x = row(text, "x = ")
    if "computes F(x) = " in text:
        return plus(x, row(text, "F(x) = "))

    def linear(name: str, u: Row) -> Row:
        found = re.search(rf"{re.escape(name)}\(u\) = (-?\d*)u \+ (\(.*?\)|b)", text)
        assert found
        shift = row(text, "b = ") if found[2] == "b" else tuple(value(part) for part in found[2][1:-1].split(", "))
        factor = Fraction(found[1] or 1)
        return plus(tuple(factor * part for part in u), shift)

    if "Two sub-layers" in text:
        between = plus(x, linear("F_1", x))
        return plus(between, linear("F_2", between))
    assert "gain 1, bias 0 and \\epsilon = 0" in text

    def normed(u: Row) -> Row:
        found = torch.nn.functional.layer_norm(tensor(u), (len(u),), eps=0.0).tolist()
        return tuple(Fraction(part).limit_denominator(10**12) for part in found)

    if "post-LN" in text:
        return normed(plus(x, linear("F", x)))
    assert "pre-LN" in text
    return plus(x, linear("F", normed(x)))


def rms_norm(text: str) -> Any:
    x = tensor(row(text, "x = "))
    gain = tensor(row(text, "the gain g = ")) if "the gain" in text else None
    assert gain is not None or "with gain 1 in all its components" in text
    return tuple(torch.nn.functional.rms_norm(x, x.shape, gain, eps=0.0).tolist())


def turned(vector: Row, angles: list[float]) -> list[complex]:
    """Each pair of components as a complex number, turned counterclockwise by its angle."""
    pairs = zip(vector[::2], vector[1::2], strict=True)
    return [complex(x, y) * cmath.exp(1j * angle) for (x, y), angle in zip(pairs, angles, strict=True)]


def rope_relative_score(text: str) -> Any:
    angles = [math.radians(angle) for (angle,) in every(text, "#^\\circ")]
    assert len(angles) == (2 if "two pairs" in text else 1)
    assert "counterclockwise" in text
    query, key = (
        turned(row(text, f"{name} = "), [angle * (whole(text, f"at position {place} = #") % 360) for angle in angles])
        for name, place in (("q", "m"), ("k", "n"))
    )
    return sum((mine * theirs.conjugate()).real for mine, theirs in zip(query, key, strict=True))


def rope_rotation(text: str) -> Any:
    query, place = row(text, "q = "), whole(text, "at position m = #.")
    if "radians per position" in text:
        assert "\\theta_i = b^{-2i/d_k}" in text
        assert len(query) == whole(text, "has d_k = # components")
        base = float(one(text, "base b = #"))
        speeds = [base ** (-2 * pair / len(query)) for pair in range(len(query) // 2)]
    else:
        speeds = [math.radians(one(text, f"\\theta_{pair} = #^\\circ")) for pair in range(len(query) // 2)]
    assert "Positive angles turn counterclockwise" in text
    pairs = turned(query, [place * speed for speed in speeds])
    return tuple(part for pair in pairs for part in (pair.real, pair.imag))


def sinusoidal_value(text: str) -> Any:
    size, base = whole(text, "d_{model} = #"), float(one(text, "with base #."))
    component, place = map(int, several(text, "component # of the vector of position #?"))
    speed = base ** -(component // 2 * 2 / size)
    stated = every(text, f"\\omega_{{{component // 2}}} = #.")
    assert not stated or math.isclose(stated[0][0], speed, rel_tol=1e-9)
    assert "\\omega" not in text or stated
    return (math.cos if component % 2 else math.sin)(place * speed)


def sinusoidal_wavelength(text: str) -> Any:
    base, size = float(one(text, "(base #)")), whole(text, "d_{model} = #")
    if "are numbered from 0 to" in text:
        assert whole(text, "are numbered from 0 to #.") == size // 2 - 1
    if "How many times as long" in text:
        one_pair, other = several(text, "is the wavelength of pair # as that of pair #?")
        return base ** float(2 * (one_pair - other) / size)
    assert "c \\cdot 2\\pi positions" in text
    pair = maybe(text, "wavelength of component #") // 2 or maybe(text, "wavelength of pair #")
    return base ** (2 * pair / size)


KEYS = {
    "activation-value": activation_value,
    "alibi-bias": alibi_bias,
    "gated-unit": gated_unit,
    "gradient-product": gradient_product,
    "layer-norm": layer_norm,
    "quantization-error": quantization_error,
    "recurrent-state": recurrent_state,
    "relative-distance": relative_distance,
    "residual-sum": residual_sum,
    "rms-norm": rms_norm,
    "rope-relative-score": rope_relative_score,
    "rope-rotation": rope_rotation,
    "sinusoidal-value": sinusoidal_value,
    "sinusoidal-wavelength": sinusoidal_wavelength,
}
