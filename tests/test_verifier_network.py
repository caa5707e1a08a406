"""The verifier's network: padding changes nothing, order does, texts are read once, and whole steps come out."""

import pytest
import torch

from evals.verifier_network import (
    LABELS,
    MOST_STEPS,
    MOST_TOKENS,
    PAD,
    STEP,
    Head,
    Sizes,
    TextReader,
    VerifierNetwork,
    place_signs,
    rounded,
)

SIZES = Sizes(layers=2, width=32, head_layers=2)
PIECES = 20


@pytest.fixture(scope="module")
def head() -> Head:
    torch.manual_seed(1)
    made = Head(SIZES).eval()
    with torch.no_grad():
        for weight in made.parameters():
            if weight.ndim == 1 and not weight.any():
                weight.normal_(0, 0.3)
    return made


@pytest.fixture(scope="module")
def reader() -> TextReader:
    torch.manual_seed(2)
    return TextReader(SIZES, PIECES).eval()


def given(lengths: list[tuple[int, int]], padding: int = 0) -> tuple[torch.Tensor, ...]:
    """Random claims and sentences of the lengths, the same states whatever the padding."""
    most = [max(pair[side] for pair in lengths) + padding for side in (0, 1)]
    claim, sentence = (torch.zeros(len(lengths), size, SIZES.width) for size in most)
    masks = torch.zeros(len(lengths), most[0], dtype=torch.bool), torch.zeros(len(lengths), most[1], dtype=torch.bool)
    same = torch.zeros(len(lengths), *most)
    for row, (own, other) in enumerate(lengths):
        chance = torch.Generator().manual_seed(row)
        claim[row, :own] = torch.randn(own, SIZES.width, generator=chance)
        sentence[row, :other] = torch.randn(other, SIZES.width, generator=chance)
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
def test_a_text_reads_the_same_alone_and_beside_longer_ones(reader: TextReader) -> None:
    together = reader(torch.tensor([[0, 5, 6, 2, PAD, PAD], [0, 7, 8, 9, 10, 2]]))
    alone = reader(torch.tensor([[0, 5, 6, 2]]))
    assert torch.allclose(together[0, :4], alone[0], atol=1.5 * STEP), "a number on the edge may fall to either side"
    assert not torch.allclose(together[0, :4], reader(torch.tensor([[0, 6, 5, 2]]))[0], atol=2 * STEP)


@torch.inference_mode()
def test_the_reader_gives_whole_steps_that_fit_a_byte(reader: TextReader) -> None:
    steps = reader(torch.randint(4, PIECES, (3, 9))) / STEP
    assert torch.equal(steps, steps.round())
    assert steps.abs().max() <= MOST_STEPS


def test_gradients_pass_through_the_rounding() -> None:
    numbers = torch.tensor([0.2, 1.6, -300.0], requires_grad=True)
    made = rounded(numbers)
    assert made.tolist() == [0.0, 2.0, -MOST_STEPS]
    made.sum().backward()  # type: ignore[no-untyped-call]
    assert numbers.grad is not None
    assert numbers.grad.tolist() == [1.0, 1.0, 1.0]


@torch.inference_mode()
def test_the_network_gives_each_pair_its_own_texts(reader: TextReader, head: Head) -> None:
    network = VerifierNetwork(SIZES, PIECES).eval()
    network.reader, network.head = reader, head
    ids = torch.tensor([[0, 5, 6, 2, PAD], [0, 7, 5, 9, 2], [0, 8, 2, PAD, PAD]])
    together = network(ids, torch.tensor([0, 2, 2]), torch.tensor([1, 1, 0]), 4, 5)
    alone = network(torch.tensor([[0, 8, 2, PAD], [0, 5, 6, 2]]), torch.tensor([0]), torch.tensor([1]), 3, 4)
    assert together.shape == (3, LABELS)
    assert torch.allclose(together[2], alone[0], atol=0.1), "but for numbers that fall to the other side of a step"
    assert not torch.allclose(together[1], together[2], atol=1e-3)


def test_places_are_told_apart() -> None:
    signs = place_signs(MOST_TOKENS, 32)
    assert signs.shape == (MOST_TOKENS, 32)
    assert torch.cdist(signs, signs).fill_diagonal_(9).min() > 0.1
