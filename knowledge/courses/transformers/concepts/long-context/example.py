"""The numbers of the worked example of long-context."""

# Llama 3 8B (its name's 3): layers, key-value heads, size of a head, bytes a number and keys with values;
# short context and window; trained and extended positions, the position of the token.
given: list[float] = [3, 32, 8, 128, 2, 4096, 2048, 8192, 6000]

per_token = 2 * 32 * 8 * 128 * 2
context = 131_072
assert context == per_token
assert context / 4096 == 32
computed: dict[str, float] = {
    "131,072": 32 * 4096,  # the reach of the window, and the bytes of a token
    "17,179,869,184": context * per_token,
    "16": context * per_token / 2**30,
    "1024": (context / 4096) ** 2,
    "1500": 6000 * 2048 / 8192,
    "0.25": 2048 / 8192,
}
assert computed["131,072"] == per_token
