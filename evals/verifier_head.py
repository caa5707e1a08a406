"""The network of the bundled verifier: it aligns a claim's tokens with a sentence's, and judges what does not fit.

Claim and sentence are read apart by a frozen encoder (evals/multilingual_weights.py), so that a sentence need be read
but once; only this head reads both. Each token of the claim is set beside the sentence's tokens that are nearest to it
(Parikh et al. 2016; Chen et al. 2017: what is compared is the token, what it is aligned with, their difference and
their product), then a few layers attend within the claim and to the sentence. Attention knows three things from the
start: how alike two tokens are, whether they are the same piece, and whether two tokens of the claim stand in the other
order in the sentence, which is how exchanged roles show.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

LOWER, UPPER = 4, 8  # layers of the encoder that are read, of twelve
STATES = 768  # both side by side: (tokens, STATES)
LIKENESS_FROM = 384  # the upper of the two, by which tokens are aligned
WIDTH, HEADS, LAYERS = 128, 8, 3
POSITIONS, MOST_TOKENS = 32, 128
REACH = 8  # furthest distance within a claim that attention tells apart
FAR = -1e4
LABELS = 3  # supported, contradicted, neither


def position_signs(count: int, size: int) -> Tensor:
    """Sines and cosines of places, shape (count, size)."""
    places = torch.arange(count)[:, None].float()
    rates = torch.exp(-math.log(200.0) * torch.arange(0, size, 2).float() / size)
    return torch.cat([torch.sin(places * rates), torch.cos(places * rates)], dim=1)


class WithinClaim(nn.Module):
    """Attention among the claim's tokens, by distance and by whether the sentence has the two in the other order."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.both, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.distance = nn.Parameter(torch.zeros(HEADS, 2 * REACH + 1))
        self.crossing = nn.Parameter(torch.linspace(-2, 2, HEADS))

    def forward(self, claim: Tensor, hidden: Tensor, distances: Tensor, crossed: Tensor) -> Tensor:
        """`hidden`: (batch, claim) padding; `distances`: (claim, claim) rows of `distance`; `crossed`: -1..1."""
        logits, values = _logits(self.query(claim), self.both(claim))
        logits = logits + self.distance[:, distances] + crossed[:, None] * self.crossing[None, :, None, None]
        read: Tensor = self.out(_read(logits, hidden, values))
        return read


class ToSentence(nn.Module):
    """Attention from the claim's tokens to the sentence's, by likeness and sameness."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.both, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.likeness = nn.Parameter(torch.linspace(0, 10, HEADS))
        self.sameness = nn.Parameter(torch.linspace(0, 2, HEADS))

    def forward(self, claim: Tensor, sentence: Tensor, hidden: Tensor, alike: Tensor, same: Tensor) -> Tensor:
        """`alike` and `same`: (batch, claim, sentence)."""
        logits, values = _logits(self.query(claim), self.both(sentence))
        logits = logits + alike[:, None] * self.likeness[None, :, None, None]
        logits = logits + same[:, None] * self.sameness[None, :, None, None]
        read: Tensor = self.out(_read(logits, hidden, values))
        return read


class Layer(nn.Module):
    """Within the claim, to the sentence, and each token by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.within, self.across = WithinClaim(), ToSentence()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(3))
        self.alone = nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH))

    def forward(
        self, claim: Tensor, sentence: Tensor, claim_hidden: Tensor, hidden: Tensor, alike: Tensor, same: Tensor,
        distances: Tensor, crossed: Tensor,
    ) -> Tensor:  # fmt: skip
        """The claim's tokens, (batch, claim, WIDTH)."""
        claim = claim + self.within(self.norms[0](claim), claim_hidden, distances, crossed)
        claim = claim + self.across(self.norms[1](claim), sentence, hidden, alike, same)
        read: Tensor = claim + self.alone(self.norms[2](claim))
        return read


class Head(nn.Module):
    """Logits of supported, contradicted, neither from the states of a claim and of a sentence."""

    def __init__(self, drop: float = 0.05) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(STATES), requires_grad=False)
        self.narrow, self.narrow_norm = nn.Linear(STATES, WIDTH), nn.LayerNorm(WIDTH)
        self.sharpness, self.sameness = nn.Parameter(torch.tensor(15.0)), nn.Parameter(torch.tensor(2.0))
        self.place = nn.Linear(POSITIONS, WIDTH)
        self.mix = nn.Sequential(nn.Linear(4 * WIDTH + 2 + 2 * POSITIONS, WIDTH), nn.GELU(), nn.Linear(WIDTH, WIDTH))
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.drop = nn.Dropout(drop)
        self.out = nn.Sequential(
            nn.Linear(3 * WIDTH + 4, WIDTH), nn.GELU(), nn.Dropout(2 * drop), nn.Linear(WIDTH, LABELS)
        )
        self.signs: Tensor
        self.register_buffer("signs", position_signs(MOST_TOKENS, POSITIONS))

    def forward(
        self, claim: Tensor, sentence: Tensor, claim_mask: Tensor, sentence_mask: Tensor, same: Tensor
    ) -> Tensor:
        """`claim`: (batch, claim tokens, STATES), `sentence` likewise; masks: True at real tokens; `same`: (batch,
        claim tokens, sentence tokens), 1 where the pieces are the same and no mark. Gives (batch, LABELS)."""
        count, length = claim.shape[1], sentence.shape[1]
        claim_hidden, hidden = ~claim_mask, ~sentence_mask
        claim, sentence = claim - self.mean, sentence - self.mean
        alike = normalize(claim[..., LIKENESS_FROM:], dim=-1) @ normalize(
            sentence[..., LIKENESS_FROM:], dim=-1
        ).transpose(-1, -2)
        aligned = (self.sharpness * alike + self.sameness * same).masked_fill(hidden[:, None, :], FAR).softmax(2)
        mine, theirs = self.narrow_norm(self.narrow(claim)), self.narrow_norm(self.narrow(sentence))
        signs = self.signs[:length].expand(len(sentence), length, POSITIONS)
        own_signs = self.signs[:count].expand(len(claim), count, POSITIONS)
        beside = aligned @ theirs
        best = alike.masked_fill(hidden[:, None, :], -1.0).amax(2)
        tokens = self.drop(self.mix(torch.cat(
            [mine, beside, mine - beside, mine * beside, best[..., None], same.amax(2)[..., None], own_signs,
             aligned @ signs],
            dim=-1,
        )))  # fmt: skip
        places = torch.arange(count, device=claim.device)
        steps = places[None, :] - places[:, None]
        distances = steps.clamp(-REACH, REACH) + REACH
        at = aligned @ torch.arange(length, device=claim.device, dtype=claim.dtype)
        crossed = -torch.tanh((at[:, None, :] - at[:, :, None]) / 2) * torch.sign(steps)[None]
        beheld = theirs + self.place(signs)
        for layer in self.layers:
            tokens = layer(tokens, beheld, claim_hidden, hidden, alike, same, distances, crossed)
        real, other = claim_mask[..., None].float(), sentence_mask.float()
        covered = alike.masked_fill(claim_hidden[:, :, None], -1.0).amax(1)
        both = (real @ real.transpose(-1, -2)) * (steps != 0)[None]
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


def _logits(query: Tensor, both: Tensor) -> tuple[Tensor, Tensor]:
    """(logits, values) of several heads: (batch, HEADS, queries, keys) and (batch, HEADS, keys, size)."""
    batch, count, _ = query.shape
    size = WIDTH // HEADS
    queries = query.view(batch, count, HEADS, size).transpose(1, 2)
    keys, values = both.view(batch, both.shape[1], 2, HEADS, size).permute(2, 0, 3, 1, 4)
    return (queries @ keys.transpose(-1, -2)) * size**-0.5, values


def _read(logits: Tensor, hidden: Tensor, values: Tensor) -> Tensor:
    weights = logits.masked_fill(hidden[:, None, None, :], FAR).softmax(-1)
    return (weights @ values).transpose(1, 2).flatten(2)
