"""The numbers of the worked example of decoding."""

given: list[float] = [0.6, 0.4, 0.9, 2, 4, 1.0, 1.1]


def penalty(length: int, alpha: float = 0.6) -> float:
    """The length penalty of Wu et al. 2016, section 7."""
    return float(((5 + length) / (5 + 1)) ** alpha)


computed: dict[str, float] = {
    "0.24": 0.6 * 0.4,
    "0.36": 0.4 * 0.9,
    "1.097": penalty(2),
    "0.912": 1.0 / penalty(2),
    "1.275": penalty(4),
    "0.862": 1.1 / penalty(4),
}
