"""The numbers of the worked example of feed-forward."""

import numpy as np

given: list[float] = [2, 3, 1, 0.5, 0, -1]  # sizes, entries of the matrices and of the inputs, the zero of ReLU

first, second = np.array([[1, -1, 0.5], [0, 1, -1]]), np.array([[2, 0], [0, 3], [1, 1]])
hidden = np.array([[1, 2], [2, -1]]) @ first
outputs = np.maximum(hidden, 0) @ second
assert hidden[0, :2].tolist() == [1, 1]
assert hidden[1].tolist() == [2, -3, 2]
assert outputs[0].tolist() == [2, 3]
assert outputs[1, 1] == 2
computed: dict[str, float] = {
    "1.5": -hidden[0, 2],
    "6": outputs[1, 0],
}
