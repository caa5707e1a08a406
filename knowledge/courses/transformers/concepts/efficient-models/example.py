"""The numbers of the worked example of efficient-models."""

given: list[float] = [3.8, 16, 8, 4, 2, 30, 1.8, 50, 175, 7]
full, small, giant = 3.8 * 16 / 8, 3.8 * 4 / 8, 175 * 4 / 8
computed: dict[str, float] = {
    "7.6": full,
    "1.9": small,
    "1.77": small * 1e9 / 2**30,
    "26.3": 50 / small,
    "6.6": 50 / full,
    "87.5": giant,
    "46": giant / small,
    "0.57": 50 / giant,
    "14": 7 * 16 / 8,
    "1.75": 7 / 2 * 4 / 8,
}
assert 7 / 2 * 4 / 8 == 14 / 8
