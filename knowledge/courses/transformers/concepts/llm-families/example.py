"""The numbers of the worked example of llm-families: training tokens divided by parameters."""

given: list[float] = [3, 175, 300, 65.2, 1.4, 405, 15.6]
computed: dict[str, float] = {
    "1.7": 300 / 175,
    "21.5": 1_400 / 65.2,
    "38.5": 15_600 / 405,
}
