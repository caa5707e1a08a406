"""The numbers of the worked example of claude."""

given: list[float] = [2.1, 200_000, 150_000, 300, 350]
words_per_token = 150_000 / 200_000
words = 300 * 350
tokens = words / words_per_token
computed: dict[str, float] = {
    "0.75": words_per_token,
    "105,000": words,
    "140,000": tokens,
    "60,000": 200_000 - tokens,
    "280,000": 2 * tokens,
}
