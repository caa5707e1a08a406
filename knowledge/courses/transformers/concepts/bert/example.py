"""The numbers of the worked example of bert."""

given: list[float] = [0, 2, 3, 512, 768, 30_522, 12, 110]
tokens = "[CLS] the sky is grey [SEP] take an umbrella [SEP]".split()
first = tokens.index("[SEP]") + 1
width, rows = 768, 30_522
tables = (rows + 512 + 2) * width
norm = 2 * width
attention = 4 * (width * width + width)
feed_forward = width * 4 * width + 4 * width + 4 * width * width + width
layer = attention + feed_forward + 2 * norm
pooler = width * width + width
total = tables + norm + 12 * layer + pooler
computed: dict[str, float] = {
    "4": len(tokens) - first,
    "10": len(tokens),
    "6": first,
    "9": len(tokens) - 1,
    "23,835,648": tables,
    "1,536": norm,
    "7,087,872": layer,
    "85,054,464": 12 * layer,
    "590,592": pooler,
    "109,482,240": total,
    "78": 100 * 12 * layer / total,
    "21": 100 * rows * width / total,
}
