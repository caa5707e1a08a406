"""The numbers of the worked example of compute-and-energy."""

given: list[float] = [
    1022362, 400, 1.1, 10, 8, 449, 0.385, 433, 0.057, 65, 65.2, 1.4, 6, 9, 12, 23, 14, 3600, 3.12, 0.24,
]  # fmt: skip
energy = 1_022_362 * 400 * 1.1
operations = 6 * 65.2e9 * 1.4e12
speed = operations / (1_022_362 * 3600)
computed: dict[str, float] = {
    "4.498": energy / 1e8,
    "450": energy / 1e6,
    "173": 449 * 0.385,
    "24.7": 433 * 0.057,
    "167": 433 * 0.385,
    "7": 449 * 0.385 / (433 * 0.057),
    "5.48": operations / 1e23,
    "1.49": speed / 1e14,
    "48": 100 * speed / 3.12e14,
    "240": 0.24 * 1e6 / 1e3,
    "1.87": 449e6 / 0.24 / 1e9,
}
