"""The verifier's head: padding changes nothing, order does, and each pair is judged by itself."""

import pytest
import torch

from evals.verifier_head import LABELS, MOST_TOKENS, STATES, Head, position_signs


@pytest.fixture(scope="module")
def head() -> Head:
    torch.manual_seed(1)
    made = Head().eval()
    with torch.no_grad():
        for weight in made.parameters():
            if weight.ndim == 1 and not weight.any():
                weight.normal_(0, 0.3)
    return made


def given(lengths: list[tuple[int, int]], padding: int = 0) -> tuple[torch.Tensor, ...]:
    """Random claims and sentences of the lengths, the same states whatever the padding."""
    most = [max(pair[side] for pair in lengths) + padding for side in (0, 1)]
    claim, sentence = torch.zeros(len(lengths), most[0], STATES), torch.zeros(len(lengths), most[1], STATES)
    masks = torch.zeros(len(lengths), most[0], dtype=torch.bool), torch.zeros(len(lengths), most[1], dtype=torch.bool)
    same = torch.zeros(len(lengths), *most)
    for row, (own, other) in enumerate(lengths):
        chance = torch.Generator().manual_seed(row)
        claim[row, :own] = torch.randn(own, STATES, generator=chance)
        sentence[row, :other] = torch.randn(other, STATES, generator=chance)
        masks[0][row, :own], masks[1][row, :other] = True, True
        same[row, 0, 0] = 1
    return claim, sentence, *masks, same


@torch.inference_mode()
def test_padding_changes_nothing(head: Head) -> None:
    plain, padded = head(*given([(7, 12), (7, 12)])), head(*given([(7, 12), (7, 12)], padding=5))
    assert plain.shape == (2, LABELS)
    assert torch.allclose(plain, padded, atol=1e-5)


@torch.inference_mode()
def test_a_pair_is_judged_by_itself(head: Head) -> None:
    lengths = [(5, 9), (8, 4), (3, 11)]
    together = head(*given(lengths))
    for row, (own, other) in enumerate(lengths):
        claim, sentence, claim_mask, sentence_mask, same = (part[row : row + 1] for part in given(lengths))
        alone = head(
            claim[:, :own], sentence[:, :other], claim_mask[:, :own], sentence_mask[:, :other], same[:, :own, :other]
        )
        assert torch.allclose(together[row], alone[0], atol=1e-5)


@torch.inference_mode()
def test_the_order_of_the_claim_and_of_the_sentence_matter(head: Head) -> None:
    claim, sentence, *masks, same = given([(6, 6)])
    before = head(claim, sentence, *masks, same)
    assert not torch.allclose(before, head(claim[:, [0, 3, 2, 1, 4, 5]], sentence, *masks, same), atol=1e-3)
    assert not torch.allclose(before, head(claim, sentence[:, [0, 3, 2, 1, 4, 5]], *masks, same), atol=1e-3)


@torch.inference_mode()
def test_texts_of_every_length_are_read(head: Head) -> None:
    for lengths in ((1, 1), (1, MOST_TOKENS), (MOST_TOKENS, 2)):
        assert torch.isfinite(head(*given([lengths]))).all()


def test_places_have_unlike_signs() -> None:
    signs = position_signs(MOST_TOKENS, 32)
    assert signs.shape == (MOST_TOKENS, 32)
    assert torch.cdist(signs, signs).fill_diagonal_(9.0).min() > 0.1
