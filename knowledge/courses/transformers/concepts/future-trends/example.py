"""The numbers of the worked example of future-trends."""

given: list[float] = [4096, 2, 8, 7, 16, 4]
matrix, update = 4096 * 4096, 8 * (4096 + 4096)
computed: dict[str, float] = {
    "16777216": matrix,
    "65536": update,
    "0.39": 100 * update / matrix,
    "14": 7 * 16 / 8,
    "7": 7 * 8 / 8,
    "3.5": 7 * 4 / 8,
}
