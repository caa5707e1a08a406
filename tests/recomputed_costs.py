"""Keys on memory, operations, training and length of paths, computed again from what the question says."""

from fractions import Fraction
from typing import Any

from recomputed_reading import every, maybe, one, several, whole

TOKENS_PER_PARAMETER = 20  # the Chinchilla rule, which every stem gives
TRAINING = 6  # operations for each parameter and token: 2 forward, 4 backward


def chinchilla(text: str) -> None:
    found = every(text, "about # tokens for each parameter") or every(text, "rule of # tokens for each parameter")
    found = found or every(text, "rule of # tokens per parameter")
    assert found[0][0] == TOKENS_PER_PARAMETER, text


def compute_optimal_tokens(text: str) -> Any:
    chinchilla(text)
    if "C = 6ND" in text:
        budget = one(text, "can spend C = # FLOP")
        return float(TOKENS_PER_PARAMETER * budget / TRAINING) ** 0.5  # C = 6 (D / 20) D
    size = one(
        text, "A Transformer with # parameters" if "was trained on" in text else "A Transformer has # parameters"
    )
    wanted = size * TOKENS_PER_PARAMETER
    if "On how many tokens should it be trained" in text:
        return wanted
    used = one(text, "was trained on # tokens")
    if "would its tokens have to be multiplied to reach the rule" in text:
        return wanted / used
    assert "must the amount that the rule asks for be multiplied to give the amount that was used" in text
    return used / wanted


def flops_per_token(text: str) -> Any:
    size = one(text, "N = # parameters") if every(text, "N = # parameters") else one(text, "N = # are active")
    forward = 2 * size
    if "in L =" in text:
        layers, width = several(text, "in L = # layers of width d = #.")
        context = one(text, "has n = # tokens, and the causal mask saves no work")
        assert "QK^\\top" in text
        assert "AV" in text
        forward += layers * sum(2 * context * width for _product in ("queries by keys", "weights by values"))
    passes = 3 if "to train on one token, with the forward and the backward pass" in text else 1
    assert passes == 3 or "in the forward pass" in text
    return passes * forward


def grouped_kv_cache(text: str) -> Any:
    layers = whole(text, "has # layers") if "A Transformer has" in text else whole(text, "A Transformer with # layers")
    size = whole(text, "of size d_{head} = #")
    groups = 1 if "multi-query attention" in text else whole(text, "# key-value heads")
    stored = one(text, "with # bytes for each number") if every(text, "with # bytes for each number") else one(
        text, "has # bytes for each number"
    )  # fmt: skip
    if "By which factor" in text:
        all_heads = one(text, "d_{model} = #") / size
        then = stored if "with as many bytes" in text else one(text, "each number of the cache then takes # byte")
        return (layers * 2 * all_heads * size * stored) / (layers * 2 * groups * size * then)
    for_one = 2 * layers * groups * size * stored
    if "for one token, over all the layers" in text:
        return for_one
    heads = whole(text, "multi-head attention of # heads")
    assert whole(text, "# query heads") == heads
    return whole(text, "for a sequence of # tokens") * (2 * layers * heads * size * stored - for_one)


def kv_cache_size(text: str) -> Any:
    layers, heads, size = several(text, "has # layers with multi-head attention, # heads in each and d_{head} = #,")
    assert one(text, "vectors of size #") == heads * size
    stored = (every(text, "stores each number in # byte"))[0][0]
    if "conversations" in text:
        sequences = one(text, "serves # conversations at once")
        tokens = sum(several(text, "a prompt of # tokens and # tokens of its own answer"))
    elif "one sequence of" in text:
        sequences, tokens = Fraction(1), one(text, "one sequence of # tokens")
    else:
        sequences, tokens = several(text, "serves # sequences of # tokens at once")
    assert "in MB of 10^6 bytes" in text
    return sequences * tokens * layers * 2 * heads * size * stored / 10**6


def patch_count(text: str) -> Any:
    side = whole(text, "patches of # \\times") if "into patches" in text else whole(text, "their size, # \\times")
    assert f"{side} \\times {side} pixels" in text
    if "By how many tokens" in text:
        (before, same), (after, again) = every(text, "images of # \\times # pixels")
        assert before == same
        assert after == again
        assert before % side == after % side == 0
        return (after / side) ** 2 - (before / side) ** 2
    height, width = map(int, several(text, "images of # \\times # pixels (height by width)"))
    assert height % side == width % side == 0
    if "one flattened patch" in text:
        return side * side * whole(text, "with # channels")
    patches = len([(y, x) for y in range(0, height, side) for x in range(0, width, side)])
    if "How many patches" in text:
        return patches
    assert "with the class token" in text
    return patches + 1 if "How many tokens" in text else (patches + 1) ** 2


def path_length(text: str) -> Any:
    last = whole(text, "A sequence has # positions") - 1
    if "A recurrent layer" in text:
        return last
    if "self-attention" in text:
        return 1
    width, reached, layers = whole(text, "convolutions of width #"), 0, 0
    while reached < last:
        layers += 1
        if "dilated convolutions" in text:
            assert width - 1 == maybe(text, "itself and the # positions just before it", otherwise=1)
            reached += (width - 1) * width ** (layers - 1)
        elif "just before it" in text:
            assert whole(text, "itself and the # positions just") == width - 1
            reached += width - 1
        else:
            side = maybe(text, "itself and # positions on each side") or maybe(
                text, "itself and # position on each side"
            )
            assert 2 * side + 1 == width
            reached += side
    return layers


def quantized_size(text: str) -> Any:
    rows, columns = several(text, "of shape # \\times #")
    weights, bits = rows * columns, one(text, "to # bits")
    total = weights * bits
    if "without counting any scale" not in text:
        scale = (every(text, "one scale of # bits"))[0][0]
        blocks = rows if "for each row" in text else Fraction(0)
        if not blocks:
            named = every(text, "each block of # weights") or every(text, "Each block of # weights")
            blocks = weights / named[0][0]
        assert blocks.denominator == 1
        total += blocks * (scale + maybe(text, "one zero point of # bits"))
    total *= maybe(text, "Each of the # layers", otherwise=1)
    assert total % 8 == 0
    return total / 8


def sequential_operations(text: str) -> Any:
    """The longest chain of work that has to wait, place by place."""
    layers = (every(text, "of # layers") or every(text, "of # stacked layers") or [(Fraction(1),)])[0][0]
    read = (every(text, "a sequence of # tokens") or every(text, "a prompt of # tokens"))[0][0]
    written = maybe(text, "generates # tokens")
    recurrent = "recurrent" in text
    done: list[list[int]] = []
    for place in range(int(read) + max(0, written - 1)):  # the last token that is generated goes through no layer
        given = done[-1][-1] if place >= read else 0  # a generated token waits for the whole place before
        here: list[int] = []
        for layer in range(int(layers)):
            before = done[-1][layer] if recurrent and done else 0
            here.append(1 + max(here[-1] if here else given, before))
        done.append(here)
    return max(here[-1] for here in done)


def training_days(text: str) -> Any:
    if "A dense Transformer" in text:
        size, tokens = several(text, "with # parameters is trained on # tokens")
        work = TRAINING * size * tokens
    else:
        work = one(text, "takes # FLOP")
    speed = one(text, "It runs on #")
    speed *= one(text, "performs # FLOP per second" if "really performs" in text else "is about # FLOP per second")
    if "of the peak is reached" in text:
        speed *= one(text, "and #\\% of the peak") / 100
    return work / speed / (24 * 60 * 60)


def training_flops(text: str) -> Any:
    if "A mixture of experts" in text:
        active, amount = one(text, "of which # are active"), one(text, "a text of # tokens")
        return TRAINING * active * amount * one(text, "read # times")
    if "can pay for" in text:
        known = one(text, "with N = # parameters" if "About how many tokens" in text else "on D = # tokens")
        return one(text, "C = # FLOP") / (TRAINING * known)
    return TRAINING * one(text, "N = # parameters") * one(text, "D = # tokens")


KEYS = {
    "compute-optimal-tokens": compute_optimal_tokens,
    "flops-per-token": flops_per_token,
    "grouped-kv-cache": grouped_kv_cache,
    "kv-cache-size": kv_cache_size,
    "patch-count": patch_count,
    "path-length": path_length,
    "quantized-size": quantized_size,
    "sequential-operations": sequential_operations,
    "training-days": training_days,
    "training-flops": training_flops,
}
