"""The numbers of the worked example of norm-placement."""

import numpy as np
from numpy.typing import NDArray

given: list[float] = [1, 3, 2, 0]  # the vector, the factor of the sub-layer, the gain and the bias, index of x_0


def layer_norm(x: NDArray[np.float64]) -> NDArray[np.float64]:
    normalised: NDArray[np.float64] = (x - x.mean()) / x.std()
    return normalised


x = np.array([1.0, 3.0])
post_sum = x + 2 * x
pre = [x]
for _ in range(3):
    pre.append(pre[-1] + 2 * layer_norm(pre[-1]))
spreads = [vector.std() for vector in pre]
assert np.allclose(layer_norm(post_sum), [-1, 1])
assert np.allclose(layer_norm(pre[3]), [-1, 1])
assert np.allclose([x.mean(), spreads[0], post_sum.std()], [2, 1, 3])
assert np.allclose([pre[1][0], pre[2][0], pre[3][0]], [-1, -3, -5])
assert np.allclose([spreads[0], spreads[1]], [1, 3])
computed: dict[str, float] = {
    "6": float(post_sum.mean()),
    "5": float(pre[1][1]),
    "7": float(pre[2][1]),
    "9": float(pre[3][1]),
}
assert np.isclose(spreads[2], computed["5"])
assert np.isclose(spreads[3], computed["7"])
