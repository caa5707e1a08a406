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
from knowledge.verifier_onnx import FOLDER, HEAD, MAX_TOKENS, READER, OnnxVerifier

FILES = {"reader_sha256": READER, "head_sha256": HEAD}
ROOM = MAX_TOKENS - 2  # tokens of a text between its marks
WORDS = ["<s>", "<pad>", "</s>", "<unk>", "layer", "head", "six", "mask"]


@pytest.fixture(scope="module")
def bundled() -> OnnxVerifier:
    return OnnxVerifier()


class TestBundled(VerifierConformance):
    @pytest.fixture
    def verifier(self, bundled: OnnxVerifier) -> OnnxVerifier:
        return bundled


def save_tiny(folder: Path, bias: tuple[float, float, float], slope: float = 0.0, temperature: float = 1.0) -> Path:
    """A verifier whose logits are `bias`, the first raised by `slope` times the sum of both texts' token ids."""
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    _save(
        folder / READER,
        [
            helper.make_node("Cast", ["ids"], ["bytes"], to=TensorProto.INT8),
            helper.make_node("Unsqueeze", ["bytes", "last"], ["states"]),
        ],
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])],
        helper.make_tensor_value_info("states", TensorProto.INT8, ["batch", "length", 1]),
        [numpy_helper.from_array(np.array([2], dtype=np.int64), "last")],
    )
    weights = {"slopes": np.array([[slope, 0, 0]], dtype=np.float32), "bias": np.array([bias], dtype=np.float32)}
    kinds = {"claim": ("n", 1), "sentence": ("m", 1), "claim_mask": ("n",), "sentence_mask": ("m",), "same": ("n", "m")}
    inputs = [
        helper.make_tensor_value_info(
            name, TensorProto.BOOL if name.endswith("mask") else TensorProto.FLOAT, ["pairs", *shape]
        )
        for name, shape in kinds.items()
    ]
    values = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    values.append(numpy_helper.from_array(np.array([1], dtype=np.int64), "axes"))
    _save(
        folder / HEAD,
        [
            helper.make_node("ReduceSum", ["claim", "axes"], ["own"], keepdims=0),
            helper.make_node("ReduceSum", ["sentence", "axes"], ["other"], keepdims=0),
            helper.make_node("Add", ["own", "other"], ["sum"]),
            helper.make_node("Mul", ["sum", "slopes"], ["raised"]),
            helper.make_node("Add", ["raised", "bias"], ["logits"]),
        ],
        inputs,
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["pairs", 3]),
        values,
    )
    digests = {name: hashlib.sha256((folder / file).read_bytes()).hexdigest() for name, file in FILES.items()}
    card = (
        "".join(f'{name} = "{digest}"\n' for name, digest in digests.items())
        + f"temperature = {temperature}\nstep = 1.0\n"
    )
    (folder / "card.toml").write_text(card, encoding="utf-8")
    return folder


def _save(file: Path, nodes: list[Any], inputs: list[Any], output: Any, values: list[Any]) -> None:
    from onnx import helper

    graph = helper.make_graph(nodes, "tiny", inputs, [output], values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    file.write_bytes(model.SerializeToString())


def asked(verifier: OnnxVerifier, sentence: str, claim: str) -> tuple[float, float]:
    (found,) = verifier.score([[sentence]], [claim])
    return found.supported[0], found.contradicted[0]


# Which model it is


def test_a_setting_names_it() -> None:
    found = load_verifier(BUNDLED)
    assert isinstance(found, OnnxVerifier)
    assert found.languages == LANGUAGES
    assert found.temperature > 0


def test_its_name_changes_with_all_that_makes_its_scores(tmp_path: Path) -> None:
    names = set()
    for place, (bias, temperature) in enumerate([(0.0, 1.0), (1.0, 1.0), (0.0, 2.0)]):
        folder = tmp_path / str(place)
        folder.mkdir()
        names.add(OnnxVerifier(save_tiny(folder, (bias, 0.0, 0.0), temperature=temperature)).name)
    card = (tmp_path / "0" / "card.toml").read_text(encoding="utf-8")
    reader = card.split('"')[1]
    (tmp_path / "0" / "card.toml").write_text(card.replace(reader, reader[::-1]), encoding="utf-8")
    names.add(OnnxVerifier(tmp_path / "0").name)
    assert len(names) == 4
    assert OnnxVerifier().name == OnnxVerifier().name


@pytest.mark.parametrize("name", FILES.values())
def test_another_file_than_the_one_shipped_is_refused(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "verifier")
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(BadVerifier) as told:
        OnnxVerifier(folder).score(EVIDENCE, CLAIMS)
    assert told.value.code == "verifier-digest"
    for language in LANGUAGES:
        assert str(folder / name) in told.value.message(language)
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


def test_each_text_is_read_between_its_marks(tmp_path: Path) -> None:
    verifier = OnnxVerifier(save_tiny(tmp_path, (0.0, 0.0, 0.0), slope=0.001))
    layer, head, mark = WORDS.index("layer"), WORDS.index("head"), WORDS.index("</s>")
    assert summed(verifier, "layer", "head") == pytest.approx(layer + head + 2 * mark, abs=0.05)


def test_long_evidence_is_cut(tmp_path: Path) -> None:
    verifier = OnnxVerifier(save_tiny(tmp_path, (0.0, 0.0, 0.0), slope=0.001))
    layer, head, mark = WORDS.index("layer"), WORDS.index("head"), WORDS.index("</s>")
    for claimed in (1, 40, ROOM):
        expected = layer * ROOM + head * claimed + 2 * mark
        for given in (ROOM, ROOM + 1, 500):
            assert summed(verifier, "layer " * given, "head " * claimed) == pytest.approx(expected, abs=0.2)


def test_a_claim_too_long_or_empty_is_neither_and_so_is_empty_evidence(tmp_path: Path) -> None:
    verifier = OnnxVerifier(save_tiny(tmp_path, (1.0, 1.0, 0.0)))
    assert asked(verifier, "layer", "head " * ROOM) != (0.0, 0.0)
    for claim in ("head " * (ROOM + 1), "head " * 1000, "", " "):
        assert verifier.score([["layer", "six"]], [claim]) == [Judgement((0.0, 0.0), (0.0, 0.0))]
    assert asked(verifier, "", "head") == (0.0, 0.0)


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


def test_what_was_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair that was judged before is not judged again, and a text that was read is not read again."""
    verifier = OnnxVerifier(save_tiny(tmp_path, (1.0, 0.0, 0.0)))
    first = verifier.score([["layer"]], ["head"])

    class Broken:
        def run(self, *_: Any) -> Any:
            raise AssertionError("read again")

    monkeypatch.setitem(verifier._sessions, READER, Broken())
    assert verifier.score([["head"]], ["layer"]) == first
    monkeypatch.setitem(verifier._sessions, HEAD, Broken())
    assert verifier.score([["layer"]], ["head"]) == first


def test_scores_are_the_same_to_the_last_bit_in_whatever_company() -> None:
    """Alone, with others of other lengths, and in another order: sums are taken in the same order."""
    long = "The encoder has six layers and the decoder has six layers, each with heads that attend to every token. "
    sentences = [
        *(text for texts in EVIDENCE for text in texts),
        "Six.",
        long,
        long * 2,
        *(f"Head {n}." for n in range(9)),
    ]
    claims = [*CLAIMS, "The decoder has six layers, and so has the encoder, in which nothing is masked at any place."]
    together = OnnxVerifier().score([sentences for _ in claims], claims)
    backwards = OnnxVerifier().score([sentences[::-1] for _ in claims], claims[::-1])
    apart = OnnxVerifier()
    for claim, one, other in zip(claims, together, backwards[::-1], strict=True):
        assert one.supported == other.supported[::-1]
        for place, text in enumerate(sentences):
            assert asked(apart, text, claim) == (one.supported[place], one.contradicted[place])


def test_a_claim_heard_of_before_is_read_once(tmp_path: Path) -> None:
    verifier = OnnxVerifier(save_tiny(tmp_path, (1.0, 0.0, 0.0)))
    plain = verifier.score([["layer"]], ["head"])
    reader, texts = verifier._reader, []

    class Counting:
        def run(self, names: Any, given: Any) -> Any:
            texts.append(given["ids"].tolist())
            return reader.run(names, given)

    fresh = OnnxVerifier(tmp_path)
    fresh._sessions[READER] = Counting()
    fresh.begin("head")
    assert fresh.score([["layer", "six"]], ["head"])[0].supported[:1] == plain[0].supported
    assert len(texts) == 3
