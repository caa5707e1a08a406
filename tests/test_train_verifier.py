"""Training the verifier's head: texts are read once, batches lose nothing, and what can be learnt is learnt."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from evals.claim_pairs import ClaimPair
from evals.export_verifier import temperature
from evals.text_states import TOKENS, TextStates
from evals.train_verifier import BATCH, batches, predict, report, train
from evals.verifier_head import STATES, Head

WORDS = ["<s>", "<pad>", "</s>", "<unk>", "layer", "head", "six", "mask", "no"]


def tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return made


TABLE = torch.randn(len(WORDS), STATES, generator=torch.Generator().manual_seed(3))


class Reading:
    """Gives each piece the same states wherever it stands, and counts what it reads."""

    def __init__(self) -> None:
        self.tokens = 0

    def __call__(self, ids: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        self.tokens += len(ids)
        return TABLE.numpy()[ids]


def pair(evidence: str, claim: str, label: Any = "supported", language: str = "en") -> ClaimPair:
    return ClaimPair(evidence, claim, label, "close", language)


def test_each_text_is_read_once_and_gives_what_the_encoder_gave(tmp_path: Path) -> None:
    reader = Reading()
    states = TextStates(["layer head", "six", "layer head", "mask " * 200], reader, tokenizer(), tmp_path)
    assert reader.tokens == 4 + 3 + TOKENS
    (claim, sentence, claim_mask, sentence_mask, same), wanted = states.batch(
        [pair("layer head", "six", "neither"), pair("six", "layer head")]
    )
    assert torch.allclose(claim[0, :3], TABLE[[0, 6, 2]], atol=2e-3)
    assert torch.allclose(sentence[0], TABLE[[0, 4, 5, 2]], atol=2e-3)
    assert claim_mask.tolist() == [[True] * 3 + [False], [True] * 4]
    assert sentence_mask.tolist() == [[True] * 4, [True] * 3 + [False]]
    assert not same.any(), "the marks are no words"
    assert wanted.tolist() == [2, 0]
    assert states.length(pair("layer head", "six")) == 7


def test_the_same_piece_is_seen_to_be_the_same(tmp_path: Path) -> None:
    states = TextStates(["layer head", "head six"], Reading(), tokenizer(), tmp_path)
    (*_, same), _ = states.batch([pair("layer head", "head six")])
    assert same[0].nonzero().tolist() == [[1, 2]]


def test_batches_hold_every_pair_once_and_are_the_same_for_a_seed(tmp_path: Path) -> None:
    claims = ["layer " * n for n in range(1, 8)]
    states = TextStates(["six", *claims], Reading(), tokenizer(), tmp_path)
    pairs = [pair("six", claims[n % 7], language=str(n)) for n in range(BATCH * 2 + 5)]
    made = batches(pairs, states, 1)
    assert sorted(one.language for batch in made for one in batch) == sorted(one.language for one in pairs)
    assert max(map(len, made)) <= BATCH
    assert made == batches(pairs, states, 1) != batches(pairs, states, 2)


def test_what_can_be_learnt_is_learnt(tmp_path: Path) -> None:
    """A claim that holds "no" is false of its sentence; another word makes it neither."""
    pairs = [
        pair("six layer", "layer six", "supported"),
        pair("six layer", "no layer", "contradicted"),
        pair("six layer", "mask head", "neither"),
    ]
    torch.manual_seed(0)
    states = TextStates([text for one in pairs for text in (one.evidence, one.claim)], Reading(), tokenizer(), tmp_path)
    head = Head()
    train(head, states, [pairs * 20], {"all": pairs}, 40, 2e-3, tmp_path / "head.pt")
    assert predict(head, states, pairs).argmax(axis=1).tolist() == [0, 1, 2]
    kept = Head()
    kept.load_state_dict(torch.load(tmp_path / "head.pt", weights_only=True))
    assert np.allclose(predict(kept, states, pairs), predict(head, states, pairs))


def test_a_report_tells_the_true_from_the_false_and_the_neither_apart() -> None:
    pairs = [pair("", "", label) for label in ("supported", "supported", "contradicted", "neither", "neither")]
    found = np.array([[0.9, 0.1, 0], [0.4, 0.5, 0.1], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7], [0.6, 0.1, 0.3]])
    told = report(found, pairs)
    assert told == {
        "pairs": 5, "accuracy": 0.667, "recall_at_95": 0.5, "neither": 0.5, "by": {"close": 0.67, "en": 0.67},
    }  # fmt: skip
    assert report(found[:0], []) == {"pairs": 0}


@pytest.mark.parametrize("sharp", [0.5, 1.0, 2.0])
def test_the_temperature_makes_the_labels_likeliest(sharp: float) -> None:
    """Of labels drawn from known probabilities, logits sharpened by a factor want that factor back."""
    chance = np.random.default_rng(0)
    true = chance.normal(size=(4000, 3))
    likely = np.exp(true) / np.exp(true).sum(axis=1, keepdims=True)
    labels = np.array([chance.choice(3, p=row) for row in likely])
    assert temperature(true * sharp, labels) == pytest.approx(sharp, abs=0.15)
