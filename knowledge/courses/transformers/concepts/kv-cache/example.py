"""The numbers of the worked example of kv-cache."""

# Prompt and answer lengths, one position a step, LLaMA 7B (layers, size, context, billions of parameters),
# bytes a number, keys and values, sequences at once.
given: list[float] = [5, 4, 1, 32, 4096, 2048, 6.7, 2, 16]

prompt, answer = 5, 4
passes = [prompt + step for step in range(answer)]
per_token = 2 * 32 * 4096 * 2
context = 2048 * per_token
computed: dict[str, float] = {
    "6": passes[1],
    "7": passes[2],
    "26": sum(passes),
    "3": answer - 1,
    "8": prompt + answer - 1,  # and the last of the passes without a cache
    "524,288": per_token,
    "512": per_token / 1024,
    "1,073,741,824": context,
    "1.074": context / 1e9,
    "13.4": 6.7 * 2,
    "17.2": 16 * context / 1e9,
}
assert passes[3] == computed["8"]
