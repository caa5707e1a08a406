"""The numbers of the worked example of emergent-abilities."""

given: list[float] = [0.5, 0.7, 0.9, 0.98, 10, 100]
length = 10
computed: dict[str, float] = {
    "0.001": 0.5**length,
    "0.028": 0.7**length,
    "0.349": 0.9**length,
    "0.817": 0.98**length,
    "5": length * (1 - 0.5),
    "3": length * (1 - 0.7),
    "1": length * (1 - 0.9),
    "0.2": length * (1 - 0.98),
    "2": length * (0.9 - 0.7),
    "0.1": 100 * 0.5**length,
}
