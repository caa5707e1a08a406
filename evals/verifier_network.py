"""The network of the bundled verifier: it reads claim and sentence apart, aligns them, and judges what does not fit.

A reader (the lower layers of multilingual-e5-small, trained further) turns one text into a row of numbers a token,
rounded to steps of STEP, so that the sentences of a course can be read once and kept in a byte a number. A head sets
each token of the claim beside the sentence's tokens that are nearest to it (Parikh et al. 2016; Chen et al. 2017: what
is compared is the token, what it is aligned with, their difference and their product); then a few layers attend within
the claim and to the sentence. Attention knows three things from the start: how alike two tokens are, whether they are
the same piece, and whether two tokens of the claim stand in the other order in the sentence, which is how exchanged
roles show. Needs torch alone, so that it trains where the rest of Atenea is not installed.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, gelu, normalize, scaled_dot_product_attention

HIDDEN, READER_HEADS, INNER = 384, 12, 1536  # of the reader
EPSILON = 1e-12
HEADS = 8  # of the head
ALIKE = 64  # size in which tokens are found to be alike
PLACES, MOST_TOKENS = 32, 128
REACH = 8  # furthest distance within a claim that attention tells apart
FAR = -1e4
LABELS = 3  # supported, contradicted, neither
PAD, LAST_MARK = 1, 3  # pieces up to LAST_MARK stand for no words
STEP = 1 / 16  # of the reader's numbers, kept between -127 and 127 steps
MOST_STEPS = 127


@dataclass(frozen=True)
class Sizes:
    """`layers`: of the reader, at most twelve; `width`: of a token between reader and head; `head_layers`."""

    layers: int = 8
    width: int = 128
    head_layers: int = 3


class ReaderLayer(nn.Module):
    """A layer of BERT, normalised after each part, as the weights that it starts from are."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.ao = (nn.Linear(HIDDEN, HIDDEN) for _ in range(4))
        self.aln, self.oln = (nn.LayerNorm(HIDDEN, eps=EPSILON) for _ in range(2))
        self.fi, self.fo = nn.Linear(HIDDEN, INNER), nn.Linear(INNER, HIDDEN)

    def forward(self, tokens: Tensor, real: Tensor | None, drop: float) -> Tensor:
        """`tokens`: (batch, tokens, HIDDEN); `real`: (batch, 1, 1, tokens), None where there is no padding."""
        share = drop if self.training else 0.0
        batch, count, _ = tokens.shape
        shape = (batch, count, READER_HEADS, HIDDEN // READER_HEADS)
        q, k, v = (part(tokens).view(shape).transpose(1, 2) for part in (self.q, self.k, self.v))
        read = scaled_dot_product_attention(q, k, v, attn_mask=real, dropout_p=share)
        read = self.ao(read.transpose(1, 2).reshape(batch, count, HIDDEN))
        tokens = self.aln(tokens + dropout(read, share, self.training))
        own = self.fo(gelu(self.fi(tokens)))
        after: Tensor = self.oln(tokens + dropout(own, share, self.training))
        return after


class TextReader(nn.Module):
    """One text to (tokens, width). The embeddings stay as they are."""

    def __init__(self, sizes: Sizes, pieces: int, drop: float = 0.0) -> None:
        super().__init__()
        self.word = nn.Embedding(pieces, HIDDEN)
        self.place = nn.Embedding(MOST_TOKENS, HIDDEN)
        self.start = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.layers = nn.ModuleList(ReaderLayer() for _ in range(sizes.layers))
        self.narrow, self.norm = nn.Linear(2 * HIDDEN, sizes.width), nn.LayerNorm(sizes.width)
        self.drop = drop
        for part in (self.word, self.place):
            part.requires_grad_(requires_grad=False)

    def forward(self, ids: Tensor) -> Tensor:
        """`ids`: (batch, tokens), PAD beside shorter texts. Gives (batch, tokens, width), float32."""
        return rounded(self.unrounded(ids, (ids != PAD)[:, None, None, :]).float() / STEP) * STEP

    def unrounded(self, ids: Tensor, real: Tensor | None) -> Tensor:
        """What it makes of the pieces, before rounding; of the middle layer and of the last."""
        tokens = self.start(self.word(ids) + self.place(torch.arange(ids.shape[1], device=ids.device)))
        tokens = middle = dropout(tokens, self.drop, self.training)
        for number, layer in enumerate(self.layers, start=1):
            tokens = layer(tokens, real, self.drop)
            if number == len(self.layers) // 2:
                middle = tokens
        found: Tensor = self.norm(self.narrow(torch.cat([middle, tokens], dim=-1)))
        return found

    def begin(self, weights: Mapping[str, Tensor]) -> None:
        """Take the weights that training starts from (evals/pack_verifier.py)."""
        with torch.no_grad():
            self.word.weight.copy_(weights["emb.word"].view(-1, HIDDEN))
            places = weights["emb.pos"].view(-1, HIDDEN)[:MOST_TOKENS]
            self.place.weight.copy_(places + weights["emb.type"].view(-1, HIDDEN)[0])
            self.start.weight.copy_(weights["emb.ln.w"])
            self.start.bias.copy_(weights["emb.ln.b"])
            for number, layer in enumerate(self.layers):
                for name, weight in layer.named_parameters():
                    part, _, kind = name.partition(".")
                    weight.copy_(weights[f"l{number}.{part}.{kind[0]}"].view_as(weight))


def rounded(steps: Tensor) -> Tensor:
    """Whole steps within bounds; gradients pass as if nothing had been done (Bengio et al. 2013)."""
    return steps + (steps.round().clamp(-MOST_STEPS, MOST_STEPS) - steps).detach()


class HeadLayer(nn.Module):
    """Attention within the claim, by distance and by whether the sentence has two tokens in the other order; attention
    to the sentence, by likeness and sameness; and each token by itself."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.both, self.out = nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width)
        self.asks, self.told = nn.Linear(width, width), nn.Linear(width, width)
        self.other = nn.Linear(width, 2 * width)
        self.distance = nn.Parameter(torch.zeros(HEADS, 2 * REACH + 1))
        self.crossing = nn.Parameter(torch.linspace(-2, 2, HEADS))
        self.likeness = nn.Parameter(torch.linspace(0, 10, HEADS))
        self.sameness = nn.Parameter(torch.linspace(0, 2, HEADS))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.alone = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(
        self, claim: Tensor, sentence: Tensor, claim_hidden: Tensor, hidden: Tensor, alike: Tensor, same: Tensor,
        distances: Tensor, crossed: Tensor,
    ) -> Tensor:  # fmt: skip
        """`hidden`, `claim_hidden`: True at padding; `distances`: (claim, claim) columns of `distance`; `crossed`:
        -1..1; `alike`, `same`: (batch, claim, sentence). Gives the claim's tokens, (batch, claim, width)."""
        own = self.norms[0](claim)
        logits, values = _logits(self.query(own), self.both(own))
        logits = logits + self.distance[:, distances] + crossed[:, None] * self.crossing[None, :, None, None]
        claim = claim + self.out(_read(logits, claim_hidden, values))
        logits, values = _logits(self.asks(self.norms[1](claim)), self.other(sentence))
        logits = logits + alike[:, None] * self.likeness[None, :, None, None]
        logits = logits + same[:, None] * self.sameness[None, :, None, None]
        claim = claim + self.told(_read(logits, hidden, values))
        after: Tensor = claim + self.alone(self.norms[2](claim))
        return after


class Head(nn.Module):
    """Logits of supported, contradicted, neither from what the reader makes of a claim and of a sentence."""

    def __init__(self, sizes: Sizes, drop: float = 0.0) -> None:
        super().__init__()
        width = sizes.width
        self.alike = nn.Linear(width, ALIKE)
        self.sharpness, self.sameness = nn.Parameter(torch.tensor(15.0)), nn.Parameter(torch.tensor(2.0))
        self.place = nn.Linear(PLACES, width)
        self.mix = nn.Sequential(nn.Linear(4 * width + 2 + 2 * PLACES, width), nn.GELU(), nn.Linear(width, width))
        self.layers = nn.ModuleList(HeadLayer(width) for _ in range(sizes.head_layers))
        self.drop = nn.Dropout(drop)
        self.out = nn.Sequential(
            nn.Linear(3 * width + 4, width), nn.GELU(), nn.Dropout(2 * drop), nn.Linear(width, LABELS)
        )
        self.signs: Tensor
        self.register_buffer("signs", place_signs(MOST_TOKENS, PLACES))

    def forward(
        self, claim: Tensor, sentence: Tensor, claim_mask: Tensor, sentence_mask: Tensor, same: Tensor
    ) -> Tensor:
        """`claim`: (batch, claim tokens, width), `sentence` likewise; masks: True at real tokens; `same`: (batch, claim
        tokens, sentence tokens), 1 where the pieces are the same and no mark. Gives (batch, LABELS)."""
        count, length = claim.shape[1], sentence.shape[1]
        claim_hidden, hidden = ~claim_mask, ~sentence_mask
        alike = normalize(self.alike(claim), dim=-1) @ normalize(self.alike(sentence), dim=-1).transpose(-1, -2)
        aligned = (self.sharpness * alike + self.sameness * same).masked_fill(hidden[:, None, :], FAR).softmax(2)
        signs = self.signs[:length].expand(sentence.shape[0], length, PLACES)
        own_signs = self.signs[:count].expand(claim.shape[0], count, PLACES)
        beside = aligned @ sentence
        best = alike.masked_fill(hidden[:, None, :], -1.0).amax(2)
        tokens = self.drop(self.mix(torch.cat(
            [claim, beside, claim - beside, claim * beside, best[..., None], same.amax(2)[..., None], own_signs,
             aligned @ signs],
            dim=-1,
        )))  # fmt: skip
        places = torch.arange(count, device=claim.device)
        ways = places[None, :] - places[:, None]
        distances = ways.clamp(-REACH, REACH) + REACH
        at = (aligned * torch.arange(length, device=claim.device, dtype=claim.dtype)).sum(2)
        crossed = -torch.tanh((at[:, None, :] - at[:, :, None]) / 2) * torch.sign(ways)[None]
        beheld = sentence + self.place(signs)
        for layer in self.layers:
            tokens = layer(tokens, beheld, claim_hidden, hidden, alike, same, distances, crossed)
        real, other = claim_mask[..., None].float(), sentence_mask.float()
        covered = alike.masked_fill(claim_hidden[:, :, None], -1.0).amax(1)
        both = (real @ real.transpose(-1, -2)) * (ways != 0)[None]
        sums = [
            (best * real[..., 0]).sum(1) / real.sum((1, 2)), (covered * other).sum(1) / other.sum(1),
            real.sum((1, 2)) / other.sum(1), (crossed * both).sum((1, 2)) / both.sum((1, 2)).clamp(min=1),
        ]  # fmt: skip
        pooled = [
            (tokens * real).sum(1) / real.sum(1), tokens.masked_fill(claim_hidden[..., None], FAR).amax(1),
            tokens[:, 0], torch.stack(sums, dim=1),
        ]  # fmt: skip
        logits: Tensor = self.out(torch.cat(pooled, dim=1))
        return logits


class VerifierNetwork(nn.Module):
    """Reader and head. Texts that several pairs of a batch share are read once."""

    def __init__(self, sizes: Sizes, pieces: int, drop: float = 0.0, head_drop: float = 0.0) -> None:
        super().__init__()
        self.reader, self.head = TextReader(sizes, pieces, drop), Head(sizes, head_drop)

    def forward(
        self, ids: Tensor, claims: Tensor, sentences: Tensor, claim_tokens: int, sentence_tokens: int
    ) -> Tensor:
        """`ids`: (texts, tokens); `claims`, `sentences`: which of them each pair is of; the tokens of the longest claim
        and sentence. Gives (pairs, LABELS)."""
        states = self.reader(ids)
        mine, theirs = ids[claims][:, :claim_tokens], ids[sentences][:, :sentence_tokens]
        same = (mine[:, :, None] == theirs[:, None, :]) & (mine[:, :, None] > LAST_MARK)
        with torch.autocast(ids.device.type, enabled=False):
            logits: Tensor = self.head(
                states[claims][:, :claim_tokens], states[sentences][:, :sentence_tokens], mine != PAD, theirs != PAD,
                same.float(),
            )  # fmt: skip
        return logits


def place_signs(count: int, size: int) -> Tensor:
    """Sines and cosines of places, shape (count, size)."""
    places = torch.arange(count)[:, None].float()
    rates = torch.exp(-math.log(200.0) * torch.arange(0, size, 2).float() / size)
    return torch.cat([torch.sin(places * rates), torch.cos(places * rates)], dim=1)


def _logits(query: Tensor, both: Tensor) -> tuple[Tensor, Tensor]:
    """(logits, values) of several heads: (batch, HEADS, queries, keys) and (batch, HEADS, keys, size)."""
    batch, count, width = query.shape
    size = width // HEADS
    queries = query.view(batch, count, HEADS, size).transpose(1, 2)
    keys, values = both.view(batch, both.shape[1], 2, HEADS, size).permute(2, 0, 3, 1, 4)
    return (queries @ keys.transpose(-1, -2)) * size**-0.5, values


def _read(logits: Tensor, hidden: Tensor, values: Tensor) -> Tensor:
    weights = logits.masked_fill(hidden[:, None, None, :], FAR).softmax(-1)
    return (weights @ values).transpose(1, 2).flatten(2)
