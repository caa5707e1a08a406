"""The numbers of the worked example of transformer."""

from typing import Any

# The sizes of the base Transformer, three tokens, and the total that Vaswani et al. 2017 report in table 3.
given: list[float] = [3, 512, 8, 2048, 6, 37, 65]

attention = 4 * 512**2 / 1e6  # without biases, as in the code of the concept
ffn = (2 * 512 * 2048 + 2048 + 512) / 1e6
norm = 2 * 512 / 1e6
encoder_layer, decoder_layer = attention + ffn + 2 * norm, 2 * attention + ffn + 3 * norm
assert round(1e6 * encoder_layer) == 3_150_336  # what the code prints
layers = 6 * (encoder_layer + decoder_layer)
embeddings = 37_000 * 512 / 1e6
computed: dict[str, Any] = {
    "64": 512 / 8,
    "3.15": encoder_layer,
    "1.05": attention,
    "2.1": ffn,
    "4.2": decoder_layer,
    "12": 6 + 6,
    "44.1": layers,
    "18.9": embeddings,
    "63": layers + embeddings,
}
