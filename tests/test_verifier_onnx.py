"""The bundled verifier: the promises of every verifier, its sums, and its file as it was shipped."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from verifier_conformance import CLAIMS, EVIDENCE, VerifierConformance

from knowledge.errors import BadVerifier
from knowledge.judgement import Judgement
from knowledge.messages import LANGUAGES
from knowledge.verifier import BUNDLED, load_verifier
from knowledge.verifier_onnx import FOLDER, MARKS, MAX_TOKENS, OnnxVerifier

ROOM = MAX_TOKENS - MARKS  # tokens of evidence and claim
WORDS = ["<s>", "<pad>", "</s>", "<unk>", "layer", "head", "six", "mask"]


@pytest.fixture(scope="module")
def bundled() -> OnnxVerifier:
    return OnnxVerifier()


class TestBundled(VerifierConformance):
    @pytest.fixture
    def verifier(self, bundled: OnnxVerifier) -> OnnxVerifier:
        return bundled


def save_tiny(folder: Path, bias: tuple[float, float, float], slope: float = 0.0, temperature: float = 1.0) -> Path:
    """A verifier whose logits are `bias`, the first raised by `slope` times the sum of the token ids."""
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    weights = {"slopes": np.array([[slope, 0, 0]], dtype=np.float32), "bias": np.array([bias], dtype=np.float32)}
    nodes = [
        helper.make_node("Mul", ["input_ids", "attention_mask"], ["read"]),
        helper.make_node("Cast", ["read"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["floats", "axes"], ["sum"], keepdims=1),
        helper.make_node("Mul", ["sum", "slopes"], ["raised"]),
        helper.make_node("Add", ["raised", "bias"], ["logits"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 3])]
    values = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    values.append(numpy_helper.from_array(np.array([1], dtype=np.int64), "axes"))
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    data: bytes = model.SerializeToString()
    (folder / "model.onnx").write_bytes(data)
    card = f'sha256 = "{hashlib.sha256(data).hexdigest()}"\ntemperature = {temperature}\n'
    (folder / "card.toml").write_text(card, encoding="utf-8")
    return folder


def asked(verifier: OnnxVerifier, sentence: str, claim: str) -> tuple[float, float]:
    (found,) = verifier.score([[sentence]], [claim])
    return found.supported[0], found.contradicted[0]


# Which model it is


def test_a_setting_names_it() -> None:
    found = load_verifier(BUNDLED)
    assert isinstance(found, OnnxVerifier)
    assert found.languages == LANGUAGES
    digest = hashlib.sha256((FOLDER / "model.onnx").read_bytes()).hexdigest()
    assert found.name == f"bundled/{digest[:12]}"
    assert found.temperature > 0


def test_another_file_than_the_one_shipped_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "verifier")
    data = bytearray((folder / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.onnx").write_bytes(bytes(data))
    with pytest.raises(BadVerifier) as told:
        OnnxVerifier(folder).score(EVIDENCE, CLAIMS)
    assert told.value.code == "verifier-digest"
    for language in LANGUAGES:
        assert str(folder / "model.onnx") in told.value.message(language)
        assert told.value.hint(language)


# What the numbers are


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [(1.0, (0.6, 0.3)), (2.0, (6**0.5 / (6**0.5 + 3**0.5 + 1), 3**0.5 / (6**0.5 + 3**0.5 + 1)))],
)
def test_logits_over_the_temperature_become_probabilities(
    tmp_path: Path, temperature: float, expected: tuple[float, float]
) -> None:
    bias = (float(np.log(6)), float(np.log(3)), 0.0)
    verifier = OnnxVerifier(save_tiny(tmp_path, bias, temperature=temperature))
    assert asked(verifier, "layer", "head") == pytest.approx(expected, abs=1e-6)


def test_large_logits_are_no_trouble(tmp_path: Path) -> None:
    assert asked(OnnxVerifier(save_tiny(tmp_path, (5000.0, -5000.0, 0.0))), "layer", "head") == (1.0, 0.0)


def summed(verifier: OnnxVerifier, sentence: str, claim: str) -> float:
    """The sum of the token ids that the model was given, read off its answer."""
    yes, no = asked(verifier, sentence, claim)
    return float(np.log(yes / no) / 0.001)


def test_a_pair_is_read_between_its_marks(tmp_path: Path) -> None:
    verifier = OnnxVerifier(save_tiny(tmp_path, (0.0, 0.0, 0.0), slope=0.001))
    layer, head, mark = WORDS.index("layer"), WORDS.index("head"), WORDS.index("</s>")
    assert summed(verifier, "layer", "head") == pytest.approx(layer + head + 3 * mark, abs=0.05)
    assert summed(verifier, "", "head") == pytest.approx(head + 3 * mark, abs=0.05)


def test_long_evidence_is_cut_and_the_claim_is_not(tmp_path: Path) -> None:
    verifier = OnnxVerifier(save_tiny(tmp_path, (0.0, 0.0, 0.0), slope=0.001))
    layer, head, mark = WORDS.index("layer"), WORDS.index("head"), WORDS.index("</s>")
    for claimed in (1, 40, ROOM - 1):
        expected = layer * (ROOM - claimed) + head * claimed + 3 * mark
        for given in (ROOM - claimed, ROOM, 500):
            assert summed(verifier, "layer " * given, "head " * claimed) == pytest.approx(expected, abs=0.2)


def test_a_claim_that_leaves_no_room_is_neither(tmp_path: Path) -> None:
    verifier = OnnxVerifier(save_tiny(tmp_path, (1.0, 1.0, 0.0)))
    assert asked(verifier, "layer", "head " * (ROOM - 1)) != (0.0, 0.0)
    for claim in ("head " * ROOM, "head " * 1000, "", " "):
        assert verifier.score([["layer", "six"]], [claim]) == [Judgement((0.0, 0.0), (0.0, 0.0))]


def test_the_bundled_one_keeps_to_its_window(bundled: OnnxVerifier) -> None:
    long = "The encoder has six layers and the decoder has six layers. "
    assert asked(bundled, "BERT has six layers.", long * 40) == (0.0, 0.0)
    assert asked(bundled, long * 40, CLAIMS[1]) == asked(bundled, long * 80, CLAIMS[1]) != (0.0, 0.0)
    assert asked(bundled, long * 40, "BERT has 12 layers.") != asked(bundled, long * 40, "BERT has six layers.")


# What it was trained for


@pytest.mark.parametrize(
    ("evidence", "right", "wrong"),
    [
        ("BERT: BERT base has 12 layers.", "BERT base has twelve layers.", "BERT base has 24 layers."),
        ("BERT: BERT base tiene 12 capas.", "BERT base tiene doce capas.", "BERT base tiene 24 capas."),
        ("Masks: The decoder is masked.", "The decoder is masked.", "The decoder is not masked."),
        ("BERT: BERT base has 12 layers.", "BERT base tiene 12 capas.", "BERT base no tiene 12 capas."),
    ],
)
def test_what_a_sentence_says_is_supported_more_than_its_opposite(
    bundled: OnnxVerifier, evidence: str, right: str, wrong: str
) -> None:
    said, denied = bundled.score([[evidence], [evidence]], [right, wrong])
    assert said.supported[0] > denied.supported[0]
    assert denied.contradicted[0] > said.contradicted[0]


def test_it_reads_the_folder_as_little_as_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair that was read before is not read again."""
    verifier = OnnxVerifier(save_tiny(tmp_path, (1.0, 0.0, 0.0)))
    first = verifier.score([["layer"]], ["head"])

    class Broken:
        def run(self, *_: Any) -> Any:
            raise AssertionError("read again")

    monkeypatch.setattr(verifier, "_session", Broken(), raising=False)
    assert verifier.score([["layer"]], ["head"]) == first
