"""The numbers of the worked example of grouped-query-attention."""

# Llama 3 8B: layers and query heads, key-value heads, size of a head, size of the model; its name's 3;
# bytes a number and keys with values, one shared head, context.
given: list[float] = [32, 8, 128, 4096, 3, 2, 1, 8192]


def bytes_per_token(kv_heads: int) -> int:
    return 2 * 32 * kv_heads * 128 * 2


gib = 2**30
assert bytes_per_token(8) == 128 * 1024
assert 8192 * bytes_per_token(8) == gib
assert 8192 * bytes_per_token(32) == 4 * gib
assert bytes_per_token(32) == 4 * bytes_per_token(8)
computed: dict[str, float] = {
    "4": 32 / 8,
    "131,072": bytes_per_token(8),
    "524,288": bytes_per_token(32),
    "16,384": bytes_per_token(1),
    "1024": 8 * 128,
    "33,554,432": 2 * 4096 * 4096,
    "8,388,608": 2 * 4096 * 8 * 128,
}
