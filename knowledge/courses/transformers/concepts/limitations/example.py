"""The numbers of the worked example of limitations."""

given: list[float] = [10, 2, 4, 20, 0.95]
computed: dict[str, float] = {
    "0.4": 4 / 10,
    "40": 100 * 4 / 10,
    "0.358": 0.95**20,
}
