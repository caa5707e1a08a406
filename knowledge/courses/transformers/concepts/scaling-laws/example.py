"""The numbers of the worked example of scaling-laws."""

import math

given: list[float] = [2, 10, 0.9, 1, 0.076, 0.095, 7, 8, 9, 3.37, 2.83]
step = 3.37 / 2.83
computed: dict[str, float] = {
    "0.949": 2**-0.076,
    "5.1": 100 * (1 - 2**-0.076),
    "0.839": 10**-0.076,
    "4.0": 0.9 ** (-1 / 0.076),
    "0.936": 2**-0.095,
    "0.0758": math.log10(step),
    "1.191": step,
    "2.38": 2.83 / step,
}
