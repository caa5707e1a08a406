"""Train the finder of sentences (knowledge/sentence_finder.py): which sentences may support or deny a claim.

    python -m evals.train_sentence_finder --out FOLDER [--epochs 2] [--size 128]

A text becomes one vector, the weighted sum of its pieces' vectors; pieces weigh differently in claims and in sentences.
Learnt from the written claims (evals/claim_pairs.py) but those held out: against all sentences at once, a claim's own
ones, in both languages, are to be likelier than the others (cross-entropy, half on the likeliest of them and half on
each). Pieces start from what the verifier's reader makes of them on average in the course, which must have been read
(`atenea prepare`, whose cache `--cache` names), and from their rarity. Seeds are fixed; two minutes on two cores.
Reports how often a held-out claim's own sentence, or its translation, is among the first k.
"""

import argparse
import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import embedding_bag, normalize

from evals.claim_pairs import CALIBRATION_FILE, CONTRAST, GENERAL_FILE, WrittenClaim, is_held_out, read_claims
from evals.sources import DEFAULT_CACHE
from knowledge.candidates import Candidate, texts_to_verify, under_heading, versions
from knowledge.course import BUNDLED_COURSE, Course
from knowledge.course_loader import load_course
from knowledge.pieces import TOKENIZER, pieces_of, tokenizer
from knowledge.sentence_finder import CARD, TABLE, SentenceFinder
from knowledge.storage import write_bytes_atomically, write_text_atomically
from knowledge.terms import plain
from knowledge.verifier_onnx import OnnxVerifier

BATCH = 512
RATE, WEIGHT_RATE, LEAST = 3e-3, 1e-2, 0.02  # of the vectors, of the weights; the share that is left at the end
LEFT_OUT = 0.3  # of a claim's pieces, so that no single one finds its sentence
SHARPNESS = 3.0  # log of what likeness is multiplied by, at the start
RARITY_SHARE = 1 / 8
SMALL = 0.02
TOLD = (1, 3, 6, 8, 12, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Sought:
    """A claim, with the rows of the sentences that it was written for."""

    claim: WrittenClaim
    rows: tuple[int, ...]


class Bags(nn.Module):
    """Pieces to texts."""

    def __init__(self, vectors: Tensor, weights: Tensor) -> None:
        super().__init__()
        self.vectors = nn.Parameter(vectors)
        self.in_sentences, self.in_claims = nn.Parameter(weights.clone()), nn.Parameter(weights.clone())
        self.sharpness = nn.Parameter(torch.tensor(SHARPNESS))

    def forward(self, pieces: Tensor, starts: Tensor, *, of_claims: bool) -> Tensor:
        """`pieces` of all texts in a row; `starts`: where each begins. Gives unit vectors, (texts, size)."""
        weights = (self.in_claims if of_claims else self.in_sentences)[pieces]
        sums = embedding_bag(pieces, self.vectors, starts, mode="sum", per_sample_weights=weights)
        return normalize(sums, dim=1)


def main() -> None:
    """Train, save, report."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_sentence_finder", description="Train the finder.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    course = load_course(BUNDLED_COURSE)
    claims = [*read_claims(), *read_claims(GENERAL_FILE)]
    evidence = Evidence(course, claims)
    learnt = evidence.asked([claim for claim in claims if not is_held_out(claim)])
    pieces = pieces_of(evidence.texts)
    rarity = rarities(pieces)
    start = averages(OnnxVerifier(cache=options.cache), texts_to_verify(course.passages), options.size)
    bags = Bags(start, rarity * RARITY_SHARE)
    train(bags, pieces, learnt, options.epochs, options.seed)
    save(bags, options.out)
    held_out = [*filter(is_held_out, read_claims()), *read_claims(CALIBRATION_FILE)]
    asked = Evidence(course, held_out)
    report(SentenceFinder(options.out), asked, asked.asked([claim for claim in held_out if claim.label == "true"]))


class Evidence:
    """The sentences of a course, each under its heading, and those that claims about other things rest on."""

    def __init__(self, course: Course, claims: Sequence[WrittenClaim]) -> None:
        self.passages = {passage.id: passage for passage in course.passages}
        foreign = [under_heading(claim.evidence, "") for claim in claims if claim.evidence and not claim.passage]
        self.texts = list(dict.fromkeys([*texts_to_verify(course.passages), *foreign]))
        self._rows = {text: row for row, text in enumerate(self.texts)}

    def asked(self, claims: Sequence[WrittenClaim]) -> list[Sought]:
        """The claims whose sentences are among the texts."""
        found = []
        for claim in claims:
            rows = {self._rows[text] for text in self._own(claim) if text in self._rows}
            if rows:
                found.append(Sought(claim, tuple(sorted(rows))))
        return found

    def _own(self, claim: WrittenClaim) -> list[str]:
        if not claim.evidence:
            return []
        passage = self.passages.get(claim.passage)
        if passage is None:
            return [under_heading(claim.evidence, "")]
        places = [at for at, one in enumerate(passage.sentences) if one.text.strip() == claim.evidence.strip()]
        return [one.text for at in places[:1] for one in versions(Candidate(passage, at), self.passages)]


def rarities(pieces: Sequence[Sequence[int]]) -> Tensor:
    """log(texts / texts with a piece), shape (pieces known,)."""
    counts = Counter(piece for own in pieces for piece in set(own))
    known = range(tokenizer().get_vocab_size())
    return torch.tensor([float(np.log((len(pieces) + 1) / (counts.get(piece, 0) + 1))) for piece in known])


def averages(verifier: OnnxVerifier, texts: Sequence[str], size: int) -> Tensor:
    """What the reader makes of each piece on average, without what all have in common: (pieces known, size); small
    and random where there is nothing."""
    count = tokenizer().get_vocab_size()
    found = torch.randn(count, size) * SMALL
    sums, times = None, np.zeros(count)
    for text in texts:
        read = verifier.read(text)
        sums = np.zeros((count, read.states.shape[1])) if sums is None else sums
        np.add.at(sums, read.ids, read.states.astype(np.float64))
        np.add.at(times, read.ids, 1)
    if sums is None:
        return found
    met = times > 0
    means = sums[met] / times[met][:, None]
    means -= means.mean(axis=0)
    means /= np.linalg.norm(means, axis=1, keepdims=True) + 1e-6
    width = min(size, means.shape[1])
    found[torch.from_numpy(met), :width] = torch.from_numpy(means[:, :width]).float()
    return found


def train(bags: Bags, pieces: Sequence[Sequence[int]], learnt: Sequence[Sought], epochs: int, seed: int) -> None:
    """Train in place."""
    claims = pieces_of([plain(one.claim.claim) for one in learnt])
    optimizer = torch.optim.Adam([
        {"params": [bags.vectors], "peak": RATE},
        {"params": [bags.in_sentences, bags.in_claims, bags.sharpness], "peak": WEIGHT_RATE},
    ])  # fmt: skip
    chance = np.random.default_rng(seed)
    sentences = bag(pieces)
    steps, step = epochs * (len(learnt) // BATCH), 0
    for epoch in range(epochs):
        order, losses = chance.permutation(len(learnt)), 0.0
        for start in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[start : start + BATCH].tolist()
            kept = [[piece for piece in claims[row] if chance.random() > LEFT_OUT] or claims[row] for row in chosen]
            likeness = bags(*bag(kept), of_claims=True) @ bags(*sentences, of_claims=False).T
            own = torch.zeros_like(likeness)
            for place, row in enumerate(chosen):
                own[place, list(learnt[row].rows)] = 1
            odds = torch.log_softmax(likeness * bags.sharpness.exp(), dim=1)
            best = torch.logsumexp(odds.masked_fill(own == 0, -1e9), dim=1)
            each = (odds * own).sum(1) / own.sum(1)
            loss = -(best + each).mean() / 2
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * max(LEAST, 1 - step / steps)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            step += 1
            losses += loss.item()
        print(f"epoch {epoch + 1}: loss {losses / (len(order) // BATCH):.3f}", flush=True)


def bag(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """(pieces in a row, where each text begins)."""
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])[:-1]]).astype(np.int64)
    return torch.tensor([piece for text in texts for piece in text]), torch.from_numpy(starts)


def save(bags: Bags, folder: Path) -> None:
    """Write the table, a byte a number, and its card."""
    folder.mkdir(parents=True, exist_ok=True)
    vectors = bags.vectors.detach().numpy()
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-8) / 127
    data = io.BytesIO()
    np.savez(
        data, values=np.rint(vectors / scales[:, None]).astype(np.int8), scales=scales.astype(np.float32),
        in_sentences=bags.in_sentences.detach().numpy(), in_claims=bags.in_claims.detach().numpy(),
    )  # fmt: skip
    write_bytes_atomically(folder / TABLE, data.getvalue())
    lines = [
        "# The finder of sentences; written by evals/train_sentence_finder.py.",
        f'table_sha256 = "{hashlib.sha256(data.getvalue()).hexdigest()}"',
        f'tokenizer_sha256 = "{hashlib.sha256(TOKENIZER.read_bytes()).hexdigest()}"',
        f"size = {vectors.shape[1]}",
        f"bytes = {len(data.getvalue())}",
        'languages = ["es", "en"]',
        'licence = "Apache-2.0"',
        'from = "the bundled verifier (knowledge/models/verifier)"',
        'trained_on = "evals/claims/train.jsonl, evals/claims/general.jsonl and the bundled course"',
    ]
    write_text_atomically(folder / CARD, "\n".join(lines) + "\n")


def report(finder: SentenceFinder, evidence: Evidence, asked: Sequence[Sought]) -> None:
    """Print the share of claims that find their own sentence, or its translation, among the first k, by language and
    by whether the claims are of those written to be told apart with difficulty."""
    sentences = finder.vectors(evidence.texts)
    places: dict[str, list[int]] = defaultdict(list)
    vectors = finder.vectors([one.claim.claim for one in asked], of_claims=True)
    for one, vector in zip(asked, vectors, strict=True):
        likeness: NDArray[np.float32] = sentences @ vector
        place = int((likeness > likeness[list(one.rows)].max()).sum())
        style = "contrast" if one.claim.style == CONTRAST else "plain"
        for name in ("all", one.claim.language, style):
            places[name].append(place)
    for name, own in sorted(places.items()):
        shares = {f"@{k}": round(float(np.mean(np.array(own) < k)), 3) for k in TOLD}
        print(json.dumps({"claims": name, "n": len(own), **shares}))


if __name__ == "__main__":
    main()
