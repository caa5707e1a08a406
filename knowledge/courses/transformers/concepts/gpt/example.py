"""The numbers of the worked example of gpt."""

given: list[float] = [2, 12, 96, 12_288, 50_257, 2_048, 768, 40_478, 512, 117, 175]


def parameters(layers: int, width: int, vocabulary: int, context: int) -> tuple[float, float, float]:
    return 12 * layers * width**2, vocabulary * width, context * width


layers, tokens, positions = parameters(96, 12_288, 50_257, 2_048)
small = sum(parameters(12, 768, 40_478, 512))
computed: dict[str, float] = {
    "173.9": layers / 1e9,
    "0.62": tokens / 1e9,
    "0.03": positions / 1e9,
    "174.6": (layers + tokens + positions) / 1e9,
    "116.4": small / 1e6,
    "1,500": round(175e9 / 117e6, -2),
    "350": 175e9 * 2 / 1e9,
}
