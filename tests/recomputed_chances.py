"""Keys on probabilities, losses and rewards, computed again from what the question says."""

import math
import re
from fractions import Fraction
from itertools import product
from typing import Any

import torch
from recomputed_reading import every, floats, logarithms, one, row, rows, several, ticked, value, whole

DOUBLE = torch.float64


def tensor(numbers: Any) -> torch.Tensor:
    return torch.tensor([float(number) for number in numbers], dtype=DOUBLE)


def listed(text: str, start: str) -> list[Fraction]:
    """Numbers as in `0.5, 1/4 and 0.2`."""
    found = re.search(rf"{re.escape(start)}((?:(?:, | and )?\d[\d./]*)+)", text)
    assert found
    return [Fraction(part.rstrip(".")) for part in re.split(", | and ", found[1])]


def bits_per_token(text: str) -> Any:
    nats = math.log(one(text, "a perplexity of # per token")) if "perplexity" in text else float(
        one(text, "cross-entropy of # nats per token")
    )  # fmt: skip
    bits = nats / math.log(2)
    if "bits per token is that" in text:
        return bits
    tokens, characters = several(text, "# tokens and # characters")
    if "bits per character is that" in text:
        return bits * tokens / characters
    assert "bits per byte is that" in text
    assert "the rest take 1 byte each" in text
    return bits * tokens / (characters + one(text, "# of the characters take 2 bytes each"))


def cross_entropy(text: str) -> Any:
    if "The vocabulary of" in text:
        vocabulary, said = (ticked(part) for part in text.split("It reads the text")[:2])
        table = rows(text, "in that order: ")
        assert all(sum(line) == 1 for line in table)
        assert len(table) == len(said)
        targets = torch.tensor([vocabulary.index(token) for token in said])
        logits = torch.stack([tensor(line).log() for line in table])
        return torch.nn.functional.cross_entropy(logits, targets).item()
    shares = listed(text, "come the probabilities ")
    assert len(shares) == whole(text, "A text has # tokens")
    mean = -tensor(shares).log().mean().item()
    if "in bits per token" in text:
        return mean / math.log(2)
    assert "in nats per token" in text
    return mean


def dpo_loss(text: str) -> Any:
    beta = float(one(text, "\\beta = #."))
    kind = "log-probability" if "log-probability" in text else "probability"
    given = [
        *several(text, f"preferred answer the {kind} # and the rejected answer #"),
        *several(text, "gives them # and #,"),
    ]
    logs = floats(given) if kind == "log-probability" else [math.log(number) for number in given]
    margin = (logs[0] - logs[2]) - (logs[1] - logs[3])
    return math.log1p(math.exp(-beta * margin))


def majority_vote(text: str) -> Any:
    least, chains = map(int, several(text, "at least # of the # chains"))
    if "one chain of thought for each of three prompts" in text:
        right = listed(text, "are right with probabilities ")
    else:
        assert whole(text, "with # sampled chains") == chains
        right = [one(text, "is right with probability #")] * chains
    assert len(right) == chains
    if "chains wrong" in text:
        right = [1 - chance for chance in right]
    total = Fraction(0)
    for outcome in product((0, 1), repeat=chains):
        if sum(outcome) >= least:
            total += math.prod(chance if hit else 1 - chance for chance, hit in zip(right, outcome, strict=True))
    return total - right[0] if "How much higher than for a single chain" in text else total


def pass_at_k(text: str) -> Any:
    programs = (every(text, "A model writes # programs") or every(text, "a model writes # programs"))[0][0]
    drawn = whole(text, "pass@#")
    if "three programming problems" in text:
        passing = listed(text, "programs that pass the tests are ")
        assert len(passing) == 3
    else:
        passing = [one(text, "and # of them pass")]
    estimates = []
    for good in passing:
        missed = Fraction(1)
        for draw in range(drawn):  # one program after another, none of them good
            missed *= max(Fraction(0), (programs - good - draw) / (programs - draw))
        estimates.append(1 - missed)
    return sum(estimates) / len(estimates)


def penalised_reward(text: str) -> Any:
    reward, beta = one(text, "an answer the reward #,"), one(text, "\\beta = #.")
    if "The whole answer" in text:
        mine, theirs = several(text, "log-probability # in the policy and # in the reference model")
        return reward - beta * (mine - theirs)
    name = "log-probabilities are " if "log-probabilities" in text else "probabilities are "
    policy = row(text, name)
    reference = row(text, "in the policy and ")
    assert len(policy) == len(reference) == whole(text, "The answer has # tokens")
    if name.startswith("log"):
        return reward - beta * (sum(policy) - sum(reference))
    return float(reward) - float(beta) * (tensor(policy).log().sum() - tensor(reference).log().sum()).item()


def perplexity(text: str) -> Any:
    if "Model B" in text:
        mine, known = several(text, "into # tokens, and model A, which uses it, has a perplexity of # on")
        theirs = one(text, "the same text into # tokens")
        return math.exp(math.log(known) * mine / theirs)
    if "two texts" in text:
        sizes = [one(text, "In the first, of # tokens"), one(text, "in the second, of # tokens")]
        losses = [loss for (loss,) in every(text, "# nats per token")]
        return math.exp(sum(size * loss for size, loss in zip(sizes, losses, strict=True)) / sum(sizes))
    shares = listed(text, "gives its tokens the probabilities ")
    assert len(shares) == whole(text, "a text of # tokens")
    return float(1 / math.prod(shares)) ** (1 / len(shares))


def ppo_clip(text: str) -> Any:
    epsilon = one(text, "\\epsilon = #.")
    if "A batch has" in text:
        ratios, advantages = row(text, "\\rho = "), row(text, "\\hat{A} = ")
        assert len(ratios) == len(advantages) == whole(text, "A batch has # tokens")
    elif "The policy that generated" in text:
        old, new = one(text, "gave it the probability #,"), one(text, "in training now gives it #.")
        ratios, advantages = (new / old,), (one(text, "\\hat{A} = #."),)
    else:
        ratios, advantages = (one(text, "\\rho = #."),), (one(text, "\\hat{A} = #,"),)
    terms = []
    for ratio, advantage in zip(ratios, advantages, strict=True):
        clipped = min(max(ratio, 1 - epsilon), 1 + epsilon)
        terms.append(min(ratio * advantage, clipped * advantage))
    return sum(terms) / len(terms)


def preference_probability(text: str) -> Any:
    if "gives two answers" in text:
        mine, theirs = several(text, "# to answer A and # to answer B")
        return torch.sigmoid(tensor([mine - theirs])).item()
    if "gives three answers" in text:
        rewards = dict(zip("ABC", row(text, "the rewards "), strict=True))
        shown = re.search(r"only the answers ([ABC]) and ([ABC])\.", text)
        assert shown
        assert f"that they prefer {shown[1]}?" in text
        return torch.softmax(tensor([rewards[shown[1]], rewards[shown[2]]]), dim=0)[0].item()
    if "Which reward must it give A" in text:
        mine = next(
            every(text, f"answer A # {times} and")[0][0]
            for times in ("times", "time")
            if every(text, f"A # {times} and")
        )
        theirs = next(
            every(text, f"answer B # {times}.")[0][0] for times in ("times", "time") if every(text, f"B # {times}.")
        )
        assert mine + theirs == whole(text, "In # comparisons")
        return float(one(text, "gives B the reward #.")) + torch.logit(tensor([mine / (mine + theirs)])).item()
    won, of = several(text, "answer A to answer B in # of # comparisons")
    then, among = several(text, "answer B to answer C in # of #.")
    odds = won / (of - won) * then / (among - then)
    return odds / (1 + odds)


def soft_targets(text: str) -> Any:
    asked = re.search(r"class ([ABC]) at", text)
    assert asked
    temperature = float(one(text, "at temperature \\tau = #"))
    logits = tensor(row(text, "the logits ")) if "the logits" in text else tensor(row(text, "the probabilities ")).log()
    return torch.softmax(logits / temperature, dim=0)["ABC".index(asked[1])].item()


def softmax_probability(text: str) -> Any:
    asked = whole(text, "of class #?")
    assert f"p_{asked} of class {asked}" in text
    if r"\ln" in text:
        odds = [number for _, number in logarithms(text)]
        shares = [odd / sum(odds) for odd in odds]
    else:
        shares = torch.softmax(tensor(row(text, "z = ")), dim=0).tolist()
    assert len(shares) == whole(text, "with # classes")
    return shares[asked - 1]


def softmax_temperature(text: str) -> Any:
    temperature = float(one(text, "temperature T = #"))
    if "What is the ratio" in text or "what is the ratio" in text:
        if "the logit" in text:
            logit_a, logit_b = one(text, "token A the logit #"), one(text, "token B the logit #")
            return math.exp(float(logit_a - logit_b) / temperature)
        share_a, share_b = one(text, "token A the probability #"), one(text, "token B the probability #")
        return float(share_a / share_b) ** (1 / temperature)
    asked = re.search(r"the probability of ([ABC]) with", text)
    assert asked
    assert "in this order" in text or "in that order" in text
    logits = (
        tensor(row(text, "the logits ")) if "the logits" in text else tensor(row(text, "of coming next are ")).log()
    )
    return torch.softmax(logits / temperature, dim=0)["ABC".index(asked[1])].item()


def next_tokens(text: str) -> dict[str, float]:
    """The probabilities of the next token, after the temperature."""
    logits = "the logits" in text
    found = re.findall(r"([A-Z]): (\\ln )?([\d.]*\d)", text)
    assert all(bool(logarithm) == logits for _, logarithm, _ in found)
    numbers = tensor(value(number) for _, _, number in found)
    if not logits:
        assert sum(value(number) for _, _, number in found) == 1
        return dict(zip((name for name, _, _ in found), numbers.tolist(), strict=True))
    shares = torch.softmax(numbers.log() / float(one(text, "temperature T = #")), dim=0)
    return dict(zip((name for name, _, _ in found), shares.tolist(), strict=True))


def top_k_probability(text: str) -> Any:
    shares = next_tokens(text)
    asked = re.search(r"is the token ([A-Z]) drawn", text)
    assert asked
    kept = sorted(shares, key=shares.__getitem__, reverse=True)
    k = whole(text, "k = #.")
    assert shares[kept[k - 1]] - shares[kept[k]] > 1e-6, "two tokens are as probable"
    return shares[asked[1]] / sum(shares[name] for name in kept[:k])


def top_p_count(text: str) -> Any:
    reached, tokens = 0.0, 0
    wanted = float(one(text, "with p = #."))
    for share in sorted(next_tokens(text).values(), reverse=True):
        assert abs(reached - wanted) > 1e-6, "the sum is p itself"
        if reached < wanted:
            reached, tokens = reached + share, tokens + 1
    return tokens


KEYS = {
    "bits-per-token": bits_per_token,
    "cross-entropy": cross_entropy,
    "dpo-loss": dpo_loss,
    "majority-vote": majority_vote,
    "pass-at-k": pass_at_k,
    "penalised-reward": penalised_reward,
    "perplexity": perplexity,
    "ppo-clip": ppo_clip,
    "preference-probability": preference_probability,
    "soft-targets": soft_targets,
    "softmax-probability": softmax_probability,
    "softmax-temperature": softmax_temperature,
    "top-k-probability": top_k_probability,
    "top-p-count": top_p_count,
}
