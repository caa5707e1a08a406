"""The numbers of the worked example of ppo."""

given: list[float] = [0.2, 2, 1.5, 1, 0.5, 0.4, 0.1, 0.3, 1.2, 0.9]


def terms(ratio: float, advantage: float, eps: float = 0.2) -> tuple[float, float]:
    """The unclipped and the clipped term of equation 7 of Schulman et al. (2017)."""
    return ratio * advantage, min(max(ratio, 1 - eps), 1 + eps) * advantage


good, bad, risen = terms(1.5, 2), terms(0.5, -1), terms(1.5, -1)
assert (min(good), min(bad), min(risen)) == (good[1], bad[1], risen[0])
distance = 0.4 - 0.1 + 0.3
penalised = 1.2 - 0.1 * distance
computed: dict[str, float] = {
    "3.0": good[0],
    "1.2": 1 + 0.2,
    "2.4": min(good),
    "0.5": -bad[0],
    "0.8": -min(bad),
    "1.5": -min(risen),
    "0.6": distance,
    "1.14": penalised,
    "0.24": penalised - 0.9,
}
