"""The numbers of the worked example of gemini."""

given: list[float] = [1.5, 2_674, 684_000, 32_000, 1.8, 3.25, 4, 16]
per_frame = 684_000 / 2_674
frames = 32_000 / per_frame
computed: dict[str, float] = {
    "44.6": 2_674 / 60,
    "256": per_frame,
    "125": frames,
    "2.1": frames / 60,
    "65": 1_000_000 / per_frame / 60,
    "0.9": 1.8 * 4 / 8,
    "1.6": 3.25 * 4 / 8,
    "3.6": 1.8 * 16 / 8,
    "6.5": 3.25 * 16 / 8,
}
