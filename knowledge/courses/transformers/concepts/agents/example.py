"""The numbers of the worked example of agents."""

given: list[float] = [0.95, 0.99, 5, 10, 20, 500, 1, 2]
computed: dict[str, float] = {
    "0.774": 0.95**5,
    "0.599": 0.95**10,
    "0.358": 0.95**20,
    "0.818": 0.99**20,
    "5,000": 10 * 500,
    "27,500": 500 * sum(range(1, 11)),
    "105,000": 500 * sum(range(1, 21)),
    "4": sum(range(1, 21)) / sum(range(1, 11)),
}
