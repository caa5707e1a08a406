"""The numbers of the worked example of flop-counting."""

# The factors, LLaMA 65B (its name's 65, billions of parameters, trillions of tokens, GPUs, tokens per second and GPU),
# the peak of an A100 in teraFLOPs per second, the bits, the days that the authors report, the answer; powers of ten.
given: list[float] = [6, 2, 65, 65.2, 1.4, 2048, 380, 312, 16, 21, 500, 10, 9, 12]

training = 6 * 65.2e9 * 1.4e12
rate = 6 * 65.2e9 * 380
seconds = 1.4e12 / (2048 * 380)
answer = 2 * 65.2e9 * 500
computed: dict[str, float] = {
    "5.48": training / 10**23,
    "23": len(str(int(training))) - 1,
    "1.49": rate / 10**14,
    "14": len(str(int(rate))) - 1,
    "149": rate / 1e12,
    "48": 100 * rate / 312e12,
    "1.80": seconds / 10**6,
    "20.8": seconds / 86_400,
    "6.52": answer / 10**13,
    "13": len(str(int(answer))) - 1,
    "8.4": training / answer / 10**9,
}
assert len(str(int(seconds))) - 1 == 6
