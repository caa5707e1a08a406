"""The numbers of the worked example of flash-attention."""

import math

given: list[float] = [1, 3, 2, 4, 10, 20, 30, 40, 4096, 64]  # scores, values, length, size of a head

scores, values = [1, 3, 2, 4], [10, 20, 30, 40]


def block(scores: list[int], values: list[int], top: int) -> tuple[float, float]:
    weights = [math.exp(score - top) for score in scores]
    return sum(weights), sum(weight * value for weight, value in zip(weights, values, strict=True))


total, output = block(scores[:2], values[:2], 3)
correction = math.exp(3 - 4)
second = block(scores[2:], values[2:], 4)
new_total, new_output = correction * total + second[0], correction * output + second[1]
weights = [math.exp(score) / sum(map(math.exp, scores)) for score in scores]
plain = sum(weight * value for weight, value in zip(weights, values, strict=True))
assert math.isclose(plain, new_output / new_total)
computed: dict[str, float] = {
    "1.135": total,
    "21.353": output,
    "0.368": correction,
    "1.553": new_total,
    "51.916": new_output,
    "33.43": plain,
    "0.032": weights[0],
    "0.237": weights[1],
    "0.087": weights[2],
    "0.644": weights[3],
    "16,777,216": 4096**2,
    "262,144": 4096 * 64,
}
assert 4096**2 / (4096 * 64) == 64
