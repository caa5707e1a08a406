"""Keys on tokenizers, texts and the sequences that a model writes, computed again from what the question says."""

import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise, product
from math import prod
from typing import Any

from recomputed_reading import every, maybe, one, quoted, several, ticked, value, whole

Symbols = tuple[str, ...]


def joined(symbols: Symbols, pair: Symbols) -> Symbols:
    """A word with each neighbouring pair made one symbol, from left to right."""
    done: list[str] = []
    waiting = list(symbols)
    while waiting:
        if tuple(waiting[:2]) == pair:
            waiting[:2] = []
            done.append("".join(pair))
        else:
            done.append(waiting.pop(0))
    return tuple(done)


def bpe_next_merge(text: str) -> Any:
    corpus, told = text.split("The initial symbols are the letters.")
    words = {word: int(often) for word, often in re.findall(r"`(\w+)` \((\d+) times\)", corpus)}
    assert len(words) == len(ticked(corpus))
    made = ticked(told)
    split = {word: tuple(word) for word in words}
    for step in range(len(made) // 2 + 1):
        seen: Counter[Symbols] = Counter()
        for word, symbols in split.items():
            for pair in pairwise(symbols):
                seen[pair] += words[word]
        (best, most), (_, second) = seen.most_common(2)
        assert most > second, "two pairs are as frequent"
        if step == len(made) // 2:
            return best
        assert best == tuple(made[2 * step : 2 * step + 2]), "the merge that the question tells is not the next one"
        split = {word: joined(symbols, best) for word, symbols in split.items()}
    raise AssertionError


def bpe_tokens(text: str) -> Any:
    merges = re.findall(r"\((\d+)\) `(\w+)` \+ `(\w+)`", text)
    assert [int(place) for place, _, _ in merges] == list(range(1, len(merges) + 1))
    ranks = {(left, right): int(place) for place, left, right in merges}
    symbols = tuple(ticked(text)[-1])
    while True:  # the merge that was learned first goes first
        ranked = [ranks[pair] for pair in pairwise(symbols) if pair in ranks]
        if not ranked:
            return symbols
        symbols = joined(symbols, next(pair for pair, rank in ranks.items() if rank == min(ranked)))


def byte_length(text: str) -> Any:
    (said,) = ticked(text)
    total = 0
    for letter in said:
        if letter in "áéíóúüñÁÉÍÓÚÜÑ¿¡":
            total += 2
        elif letter == "€":
            assert "the sign € takes 3" in text
            total += 3
        elif letter.isascii():
            total += 1
        else:
            assert "the emoji in the text takes 4" in text, letter
            total += 4
    assert total == len(said.encode())
    return total


def table(text: str) -> dict[Symbols, dict[str, Fraction]]:
    """What each line of the list says: the tokens before -> token -> its probability."""
    tokens = ticked(text.split("\n")[0].split("has only the tokens")[1].split(".")[0])
    found = {}
    for line in text.split("\n"):
        if line.startswith("- "):
            before, after = line.removeprefix("- ").split(": ")
            assert before.startswith("After") or before == "At the start"
            shares = {token: value(share) for token, share in re.findall(r"`(\w+)` ([\d.]+)", after)}
            assert sum(shares.values()) == 1
            assert list(shares) == tokens
            found[tuple(ticked(before))] = shares
    return found


def wanted_length(text: str) -> int:
    lengths = [length for name, length in (("two", 2), ("three", 3)) if re.search(rf"(?:Which|of) {name} tokens", text)]
    assert len(lengths) == 1
    return lengths[0]


def beam_search(text: str) -> Any:
    after, length = table(text), wanted_length(text)
    assert "depends only on the token just before it" in text
    assert "a beam search of width 2" in text
    kept: dict[Symbols, Fraction] = {(): Fraction(1)}
    for _step in range(length):
        longer = {
            (*done, token): share * part for done, share in kept.items() for token, part in after[done[-1:]].items()
        }
        ranked = sorted(longer, key=longer.__getitem__, reverse=True)
        assert longer[ranked[1]] > longer[ranked[2]], "two sequences are as probable"
        kept = {done: longer[done] for done in ranked[:2]}
    first, second = sorted(kept.values(), reverse=True)
    assert first > second
    return max(kept, key=kept.__getitem__)


def greedy_sequence(text: str) -> Any:
    after, length = table(text), wanted_length(text)
    if "the most probable of all" in text:
        chance = {
            done: prod(after[done[:place]][token] for place, token in enumerate(done))
            for done in product(after[()], repeat=length)
        }
        best, second = sorted(chance.values(), reverse=True)[:2]
        assert best > second
        return max(chance, key=chance.__getitem__)
    assert "greedy decoding" in text
    written: Symbols = ()
    for _step in range(length):
        options = after[written]
        assert sorted(options.values())[-1] > sorted(options.values())[-2]
        written = (*written, max(options, key=options.__getitem__))
    return written


def mlm_counts(text: str) -> Any:
    assert "as in BERT" in text
    chosen = Fraction(15, 100)
    shares = (  # in the order in which the phrases must be looked for
        ("are chosen to be predicted but left unchanged", chosen / 10),
        ("are chosen to be predicted", chosen),
        ("are not chosen and only serve as context", 1 - chosen),
        ("are replaced in the input, by `[MASK]` or by a random token", chosen * 9 / 10),
        ("are replaced by `[MASK]`", chosen * 8 / 10),
        ("are replaced by a random token", chosen / 10),
        ("enter the model without having been replaced", 1 - chosen * 9 / 10),
    )
    share = next(share for phrase, share in shares if phrase in text)
    if "How many tokens does the text have" in text:
        return one(text, "In the text, # tokens are") / share
    if "a batch of" in text:
        sequences, length = several(text, "a batch of # sequences of # tokens each")
        assert "which are never chosen and do not count for the shares" in text
        return sequences * (length - 2) * share
    return one(text, "a text of # tokens") * share


def next_token_count(text: str) -> Any:
    assert "without any start mark" in text
    if "are filled up with padding" in text:
        listed = text.split("sequences, of ")[1].split(" tokens")[0]
        lengths = [int(length) for length in re.split(", | and ", listed)]
        assert len(lengths) == whole(text, "a batch of # sequences,")
        return sum(length - 1 for length in lengths)
    sequences, length = map(int, several(text, "# sequences of # tokens each"))
    causal = sequences * len(range(1, length))
    if "masked language model" not in text:
        return causal
    return causal - sequences * length * one(text, "with #\\% of the tokens") / 100


def recall_at_k(text: str) -> Any:
    if "for each of three questions" in text:
        k, shares = whole(text, "recall@#"), []
        for total, ranks in re.findall(
            r"the collection holds (\d+) relevant passages.*?in positions? ([\d, and]+)\.", text
        ):
            places = [int(place) for place in re.findall(r"\d+", ranks)]
            shares.append(Fraction(sum(place <= k for place in places), int(total)))
        stated = [int(many) for (many,) in every(text, "the list contains #,")]
        assert len(shares) == len(stated) == 3
        return sum(shares) / 3
    k = whole(text, "What is recall@#?")
    if "with these numbers" in text:
        ranking, relevant = (
            re.findall(r"\d+", text.split(start)[1].split(".")[0])
            for start in ("from the best to the worst: ", "relevant to the question have the numbers ")
        )
        return Fraction(len(set(ranking[:k]) & set(relevant)), len(relevant))
    marks = text.split("from the best to the worst: ")[1].split(".")[0].split(", ")
    assert len(marks) == whole(text, "returns # passages")
    assert set(marks) == {"relevant", "not relevant"}
    return Fraction(marks[:k].count("relevant"), whole(text, "The collection holds # passages"))


def sequence_probability(text: str) -> Any:
    if "A bigram model" in text:
        *corpus, asked = quoted(text)
        assert len(corpus) == whole(text, "a corpus of # captions")
        assert "its end included" in text
        lines = [["<s>", *line.split(), "</s>"] for line in corpus]
        pairs = Counter(pair for line in lines for pair in pairwise(line))
        firsts = Counter(word for line in lines for word in line)
        return prod(Fraction(pairs[pair], firsts[pair[0]]) for pair in pairwise(["<s>", *asked.split(), "</s>"]))
    words = quoted(text)[0].split()
    first, second, third = ticked(text)[:3]
    assert [first, second, third] == words
    chances = [
        one(text, f"It gives `{first}`, as the first word, the probability #"),
        one(text, f"`{second}`, after “{first}”, #"), one(text, f"`{third}`, after “{first} {second}”, #"),
    ]  # fmt: skip
    if "its end included" in text:
        chances.append(one(text, "the mark of the end of the sentence, `</s>`, the probability #"))
    else:
        assert "without a mark for its end" in text
    return prod(chances)


def t5_spans(text: str) -> Any:
    words = ticked(text.split(", where each word")[0])
    spans = quoted(text)
    assert len(spans) == maybe(text, "# spans are removed", otherwise=1)
    shown, target = f" {' '.join(words)} ", []
    for number, span in enumerate(spans):
        assert shown.count(f" {span} ") == 1, "the span stands in two places"
        shown = shown.replace(f" {span} ", f" <extra_id_{number}> ")
        target += [f"<extra_id_{number}>", *span.split()]
    assert re.findall(r"\d+", shown) == [str(number) for number in range(len(spans))], "the spans are not in order"
    if "input of the encoder" in text:
        return tuple(shown.split())
    assert "target of the decoder" in text
    return (*target, f"<extra_id_{len(spans)}>")


KEYS = {
    "beam-search": beam_search,
    "bpe-next-merge": bpe_next_merge,
    "bpe-tokens": bpe_tokens,
    "byte-length": byte_length,
    "greedy-sequence": greedy_sequence,
    "mlm-counts": mlm_counts,
    "next-token-count": next_token_count,
    "recall-at-k": recall_at_k,
    "sequence-probability": sequence_probability,
    "t5-spans": t5_spans,
}
