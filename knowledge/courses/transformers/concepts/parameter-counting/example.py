"""The numbers of the worked example of parameter-counting."""

# GPT-2 small: layers, width, feed-forward width, vocabulary, positions; counts of matrices, exponents and vectors;
# LLaMA 7B: its name's 7, layers, width, feed-forward width, vocabulary.
given: list[float] = [12, 768, 3072, 50257, 1024, 2, 3, 4, 7, 32, 4096, 11008, 32000]

attention = 4 * 768**2 + 4 * 768
feed_forward = 2 * 768 * 3072 + 3072 + 768
norms = 2 * 2 * 768
layer = attention + feed_forward + norms
tokens, positions, final = 50_257 * 768, 1024 * 768, 2 * 768
total = 12 * layer + tokens + positions + final
assert norms == 3072
llama_layer = 4 * 4096**2 + 3 * 4096 * 11_008
llama_embeddings = 2 * 32_000 * 4096
llama_total = 32 * llama_layer + llama_embeddings + (2 * 32 + 1) * 4096
assert round(100 * llama_embeddings / llama_total) == 4
computed: dict[str, float] = {
    "2,362,368": attention,
    "4,722,432": feed_forward,
    "7,087,872": layer,
    "85,054,464": 12 * layer,
    "84,934,656": 12 * 12 * 768**2,
    "38,597,376": tokens,
    "786,432": positions,
    "1536": final,
    "124,439,808": total,
    "124": total / 1e6,
    "31": 100 * tokens / total,
    "202,375,168": llama_layer,
    "6,476,005,376": 32 * llama_layer,
    "262,144,000": llama_embeddings,
    "6.74": llama_total / 1e9,
}
