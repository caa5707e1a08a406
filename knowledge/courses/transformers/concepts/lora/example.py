"""The numbers of the worked example of lora."""

given: list[float] = [12288, 96, 4, 2, 175, 0.5, 1, 0, 65, 16, 32, 64, 8, 256, 48]
pair = 4 * (12288 + 12288)
adapter = 2 * 96 * pair
single = 32 / 64  # bits for each weight
double = 8 / 64 + 32 / (64 * 256)
computed: dict[str, float] = {
    "150994944": 12288**2,
    "98304": pair,
    "0.065": 100 * pair / 12288**2,
    "18874368": adapter,
    "9,272": 175e9 / adapter,
    "37.7": 2 * adapter / 1e6,
    "350": 2 * 175,
    "130": 65 * 16 / 8,
    "32.5": 65 * 4 / 8,
    "0.127": double,
    "0.373": single - double,
    "3.03": 65 * (single - double) / 8,
}
