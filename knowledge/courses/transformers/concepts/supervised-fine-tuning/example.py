"""The numbers of the worked example of supervised-fine-tuning."""

import math

given: list[float] = [0.1, 0.2, 0.4, 0.5, 0.8]
prompt = [-math.log(probability) for probability in (0.1, 0.2, 0.4)]
answer = [-math.log(probability) for probability in (0.5, 0.8)]
computed: dict[str, float] = {
    "0.693": answer[0],
    "0.223": answer[1],
    "0.458": sum(answer) / 2,
    "1.149": sum(prompt + answer) / 5,
}
