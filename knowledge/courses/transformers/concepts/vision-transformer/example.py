"""The numbers of the worked example of vision-transformer."""

given: list[float] = [2, 3, 16, 224, 384]
side = 224 // 16
patches = side**2
numbers = 16 * 16 * 3
pixels = 224**2
large = (384 // 16) ** 2
computed: dict[str, float] = {
    "14": side,
    "196": patches,
    "768": numbers,
    "197": patches + 1,
    "38,809": (patches + 1) ** 2,
    "50,176": pixels,
    "2.5": pixels**2 / 1e9,
    "24": 384 / 16,
    "576": large,
    "2.9": large / patches,
    "589,824": numbers * 768,
}
