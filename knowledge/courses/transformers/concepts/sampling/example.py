"""The numbers of the worked example of sampling."""

import math

given: list[float] = [3, 2, 1, 0, 0.5, 0.9, 0.25, 4]
logits = [3.0, 2.0, 1.0, 0.0]


def softmax(temperature: float) -> list[float]:
    exponents = [math.exp(z / temperature) for z in logits]
    return [value / sum(exponents) for value in exponents]


p = softmax(1)
computed: dict[str, float] = {
    "0.644": p[0],
    "0.237": p[1],
    "0.087": p[2],
    "0.032": p[3],
    "0.865": softmax(0.5)[0],
    "0.455": softmax(2)[0],
    "0.881": p[0] + p[1],
    "0.731": p[0] / (p[0] + p[1]),
    "0.269": p[1] / (p[0] + p[1]),
    "0.968": sum(p[:3]),
    "0.665": p[0] / sum(p[:3]),
    "0.245": p[1] / sum(p[:3]),
    "0.090": p[2] / sum(p[:3]),
}
