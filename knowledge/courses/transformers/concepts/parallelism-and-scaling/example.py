"""The numbers of the worked example of parallelism-and-scaling."""

# The factor of C = 6ND; parameters and tokens of GPT-3, Gopher and Chinchilla, in billions and as powers of ten;
# the two lengths.
given: list[float] = [6, 175, 300, 1.75, 3, 11, 280, 70, 1.4, 1000, 2000, 10]


def compute(parameters: float, tokens: float) -> float:
    return 6 * parameters * tokens


def loss(parameters: float, tokens: float) -> float:
    return float(1.69 + 406.4 / parameters**0.34 + 410.7 / tokens**0.28)  # Hoffmann et al. 2022, equation 10


assert 1000**2 == 10**6
computed: dict[str, float] = {
    "3.15": compute(175e9, 300e9) / 10**23,
    "23": len(f"{compute(175e9, 300e9):.0f}") - 1,
    "5.04": compute(280e9, 300e9) / 10**23,
    "5.88": compute(70e9, 1.4e12) / 10**23,
    "1.1": 300 / 280,
    "20": 1400 / 70,
    "1.993": loss(280e9, 300e9),
    "1.937": loss(70e9, 1.4e12),
    "4": (2000 / 1000) ** 2,
}
