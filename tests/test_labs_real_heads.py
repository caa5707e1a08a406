"""Lab 2: the heads of the bundled encoder."""

import numpy as np
import pytest

from knowledge.errors import BadLab
from knowledge.labs.real_heads import RealHeads, head_at, measure_heads, read_heads
from tutor.labs.registry import run_lab

SENTENCES = ("The cat sat on the mat because it was tired.", "Prices rose again in March.")


@pytest.fixture(scope="module", params=SENTENCES)
def heads(request: pytest.FixtureRequest) -> RealHeads:
    return read_heads(request.param)


def test_all_heads_are_there_and_their_rows_sum_to_one(heads: RealHeads) -> None:
    n = len(heads.tokens)
    assert (heads.tokens[0], heads.tokens[-1]) == ("[CLS]", "[SEP]")
    assert heads.attention.shape == (6, 12, n, n)
    np.testing.assert_allclose(heads.attention.sum(axis=-1), 1.0, atol=1e-5)
    assert heads.normalised_entropy.shape == (6, 12)
    assert heads.normalised_entropy.max() <= 1
    shares = heads.on_cls + heads.on_sep
    assert (shares <= 1 + 1e-6).all()
    assert (heads.distance < n).all()


def test_one_head_of_the_first_layer_looks_at_the_previous_token(heads: RealHeads) -> None:
    assert head_at(heads.on_previous) == (0, 2)
    assert heads.on_previous[0, 2] > 0.95
    assert head_at(heads.distance, largest=False) == (0, 2)
    assert np.sort(heads.on_previous.ravel())[-2] < 0.6  # no other head does so little else


def test_measures_of_made_up_heads_are_exact() -> None:
    n = 5
    even, back = np.full((n, n), 1 / n), np.eye(n, k=-1)
    back[0, 0] = 1
    attention = np.stack([even, back, np.eye(n)])[None].astype(np.float32)
    heads = measure_heads(("[CLS]", "a", "b", "c", "[SEP]"), attention)
    assert heads.normalised_entropy[0] == pytest.approx([1, 0, 0], abs=1e-6)
    assert heads.entropy[0, 0] == pytest.approx(np.log(5))
    # even weights from places 1, 2, 3 of 0..4: (1+0+1+2+3)/5, (2+1+0+1+2)/5 and (3+2+1+0+1)/5
    assert heads.distance[0] == pytest.approx([(7 + 6 + 7) / 15, 1, 0])
    assert heads.on_previous[0] == pytest.approx([0.2, 1, 0])
    assert heads.on_self[0] == pytest.approx([0.2, 0, 1])
    assert heads.on_next[0] == pytest.approx([0.2, 0, 0])
    assert heads.on_cls[0] == pytest.approx([0.2, 1 / 3, 0])
    assert heads.on_sep[0] == pytest.approx([0.2, 0, 0])


@pytest.mark.parametrize("inputs", [{"text": ""}, {"text": "a"}, {"text": "word " * 30}, {"layer": 7}, {"head": 0}])
def test_bad_inputs_are_named(inputs: dict[str, object]) -> None:
    with pytest.raises(BadLab) as error:
        run_lab("real_heads", "es", **inputs)
    assert error.value.hint("es")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_run_shows_all_heads_one_head_and_one_layer(language: str) -> None:
    run = run_lab("real_heads", language, layer=2, head=9)
    overview, one, layer = (figure.to_dict() for figure in run.figures)
    assert len(overview["concat"]) == 6
    assert one["title"]["text"].endswith(" 9")
    assert "2" in layer["title"]["text"]
    assert "100" in run.findings[0]
    assert "Jain" in run.findings[-1]
