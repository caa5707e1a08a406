"""Trained verifiers: real classifiers with random weights, held to the promises of every verifier and to their sums."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_classifier import NLI, POSITIONS, save_tiny_classifier
from verifier_conformance import CLAIMS, EVIDENCE, VerifierConformance, flat

from knowledge.errors import BadVerifier
from knowledge.judgement import Judgement
from knowledge.messages import LANGUAGES
from knowledge.verifier import load_verifier
from knowledge.verifier_labels import Labels
from knowledge.verifier_transformers import SPANS_CONTEXT, TransformersVerifier, load_transformers

Save = Callable[..., Path]
TWO = ["LABEL_0", "LABEL_1"]


@pytest.fixture(scope="module")
def save(tmp_path_factory: pytest.TempPathFactory) -> Save:
    """Saves a tiny classifier in a folder of its own."""
    return lambda labels, **options: save_tiny_classifier(tmp_path_factory.mktemp("classifier"), labels, **options)


@pytest.fixture(scope="module")
def nli(save: Save) -> TransformersVerifier:
    return load_transformers(str(save(NLI)))


@pytest.fixture(scope="module")
def grounded(tmp_path_factory: pytest.TempPathFactory) -> TransformersVerifier:
    """Known by the name of its folder."""
    folder = tmp_path_factory.mktemp("known") / "MiniCheck-RoBERTa-Large"
    return load_transformers(str(save_tiny_classifier(folder, TWO, roberta=True)))


@pytest.fixture(scope="module")
def spans(save: Save) -> TransformersVerifier:
    return load_transformers(str(save(TWO, by_token=True)))


class TestThreeLabels(VerifierConformance):
    @pytest.fixture
    def verifier(self, nli: TransformersVerifier) -> TransformersVerifier:
        return nli


class TestTwoLabels(VerifierConformance):
    @pytest.fixture
    def verifier(self, grounded: TransformersVerifier) -> TransformersVerifier:
        return grounded


class TestTokens(VerifierConformance):
    @pytest.fixture
    def verifier(self, spans: TransformersVerifier) -> TransformersVerifier:
        return spans


def shares(verifier: TransformersVerifier, **inputs: Any) -> Any:
    """The model's own probabilities."""
    import torch

    with torch.no_grad():
        return verifier.model(**inputs).logits.softmax(-1)[0]


# What the numbers are


def test_a_pair_is_premise_and_hypothesis(nli: TransformersVerifier) -> None:
    found = nli.score([[EVIDENCE[1][0]]], [CLAIMS[1]])[0]
    expected = shares(nli, **nli.tokenizer(EVIDENCE[1][0], CLAIMS[1], return_tensors="pt")).tolist()
    assert (*found.supported, *found.contradicted) == pytest.approx((expected[0], expected[2]), abs=1e-5)
    turned = nli.score([[CLAIMS[1]]], [EVIDENCE[1][0]])[0]
    assert turned.supported != pytest.approx(found.supported, abs=1e-3)


def test_labels_are_read_by_name_in_any_order_and_case(save: Save, nli: TransformersVerifier) -> None:
    turned = load_transformers(str(save(["CONTRADICTION", "Neutral", "Entailment"])))  # the same weights
    swapped = [Judgement(item.contradicted, item.supported) for item in turned.score(EVIDENCE, CLAIMS)]
    assert flat(swapped) == pytest.approx(flat(nli.score(EVIDENCE, CLAIMS)), abs=1e-6)


def test_two_labels_never_contradict(save: Save, grounded: TransformersVerifier) -> None:
    named = load_transformers(str(save(["entailment", "not_entailment"])))
    for verifier in (grounded, named):
        for judgement in verifier.score(EVIDENCE, CLAIMS):
            assert set(judgement.contradicted) <= {0.0}
            assert all(0 < value < 1 for value in judgement.supported)


def test_minicheck_reads_one_text_with_one_separator(grounded: TransformersVerifier) -> None:
    assert grounded.form == "joined"
    tokenizer = grounded.tokenizer
    joined = tokenizer(EVIDENCE[1][0] + tokenizer.sep_token + CLAIMS[1], return_tensors="pt")
    assert joined["input_ids"][0].tolist().count(tokenizer.sep_token_id) == 2
    expected = float(shares(grounded, **joined)[1])
    assert grounded.score([[EVIDENCE[1][0]]], [CLAIMS[1]])[0].supported[0] == pytest.approx(expected, abs=1e-5)


def test_a_claim_is_as_well_supported_as_its_weakest_token(spans: TransformersVerifier) -> None:
    inputs = spans.tokenizer(SPANS_CONTEXT.format(EVIDENCE[1][0]), CLAIMS[1], return_tensors="pt")
    unsupported = shares(spans, **inputs)[:, 1]
    own = [value for value, part in zip(unsupported.tolist(), inputs.sequence_ids(0), strict=True) if part == 1]
    assert len(own) == len(spans.tokenizer(CLAIMS[1], add_special_tokens=False)["input_ids"])
    found = spans.score([[EVIDENCE[1][0]]], [CLAIMS[1]])[0]
    assert found.supported[0] == pytest.approx(1 - max(own), abs=1e-5)
    assert found.contradicted == (0.0,)


@pytest.mark.parametrize("kind", ["nli", "grounded", "spans"])
def test_the_evidence_is_cut_and_the_claim_never(kind: str, request: pytest.FixtureRequest) -> None:
    verifier: TransformersVerifier = request.getfixturevalue(kind)
    long = "the layers of the model " * POSITIONS
    same = verifier.score([[long, long + "has 12 heads"]], ["bert has 6 layers"])[0]
    assert same.supported[0] == same.supported[1]
    ends = [verifier.score([[long]], [f"bert has {count} layers"])[0] for count in ("6", "12")]
    assert ends[0].supported != ends[1].supported
    for claim in ("layers " * (2 * POSITIONS), "layers " * POSITIONS):
        assert verifier.score([["bert has 6 layers"]], [claim]) == [Judgement((0.0,), (0.0,))]


def test_marks_in_a_text_are_words(nli: TransformersVerifier) -> None:
    found = nli.tokenizer("the [SEP] layer", split_special_tokens=True)["input_ids"]
    assert found.count(nli.tokenizer.sep_token_id) == 1
    plain = nli.score([["bert [SEP] six layers"]], ["no"])[0]
    split = nli.tokenizer("bert [SEP] six layers", "no", split_special_tokens=True, return_tensors="pt")
    assert plain.supported[0] == pytest.approx(float(shares(nli, **split)[0]), abs=1e-5)


# Which model it is


def test_the_name_changes_with_the_weights_and_with_the_labels(save: Save, nli: TransformersVerifier) -> None:
    same, other = (load_transformers(str(save(NLI, seed=seed))) for seed in (7, 8))
    digest = nli.name.split("@")[1]
    assert same.name.split("@")[1] == digest
    assert other.name.split("@")[1] != digest
    assert load_transformers(str(save(NLI[::-1]))).name.split("@")[1] != digest
    assert nli.name.count("/") == 1, "no path of this machine"


def test_a_known_model_brings_its_languages_and_its_labels(save: Save, nli: TransformersVerifier) -> None:
    assert nli.languages == LANGUAGES
    folder = save(["wrong", "names"])
    found = load_transformers(str(shutil.copytree(folder, folder.with_name("MiniCheck-DeBERTa-v3-Large"))))
    assert found.languages == ("en",)
    assert found.labels == Labels(1)


def test_two_labels_without_names_say_supported_last(save: Save) -> None:
    found = load_transformers(str(save(TWO)))
    assert (found.labels, found.form) == (Labels(1), "pair")
    assert load_transformers(str(save(["entailment", "not_entailment"]))).labels == Labels(0)


def test_a_setting_names_a_folder(save: Save, nli: TransformersVerifier, tmp_path: Path) -> None:
    found = load_verifier(f"transformers:{save(NLI)}")
    assert found is not None
    assert found.score(EVIDENCE, CLAIMS) == nli.score(EVIDENCE, CLAIMS)


def test_a_model_of_the_download_cache_is_named_with_its_revision(
    save: Save, nli: TransformersVerifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = "0123456789abcdef0123456789abcdef01234567"
    model = tmp_path / "models--somebody--tiny"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text(revision, encoding="ascii")
    shutil.copytree(save(NLI), model / "snapshots" / revision)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    found = load_transformers("somebody/tiny")
    assert found.name.startswith(f"somebody/tiny@{revision[:12]}")
    assert found.score(EVIDENCE, CLAIMS) == nli.score(EVIDENCE, CLAIMS)


# What cannot be used


@pytest.mark.parametrize("name", ["", "/nowhere/at/all", "nobody/no-such-model", "../../x y"])
def test_a_model_that_is_not_here_is_named_and_not_fetched(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadVerifier) as told:
        load_verifier(f"transformers:{name}")
    assert told.value.code == "verifier-missing"
    for language in LANGUAGES:
        said = told.value.message(language)
        assert name in said
        assert "\n" not in said
        assert told.value.hint(language)


def test_labels_that_say_nothing_are_refused(save: Save, tmp_path: Path) -> None:
    for labels in (["LABEL_0", "LABEL_1", "LABEL_2"], ["positive", "negative"]):
        with pytest.raises(BadVerifier) as told:
            load_transformers(str(save(labels)))
        assert told.value.code == "verifier-labels"
        assert ", ".join(labels) in told.value.message("es")
        assert "id2label" in told.value.hint("en")


def test_a_model_of_another_kind_is_refused(tiny_model: Path) -> None:
    with pytest.raises(BadVerifier) as told:
        load_transformers(str(tiny_model))
    assert told.value.code == "verifier-kind"
    assert "LlamaForCausalLM" in told.value.message("en")


def test_a_broken_or_unfinished_folder_is_named(save: Save, tmp_path: Path) -> None:
    whole = save(NLI)
    cut, bare, code = (tmp_path / name for name in ("cut", "bare", "code"))
    for folder in (cut, bare, code):
        shutil.copytree(whole, folder)
    weights = cut / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    (bare / "model.safetensors").unlink()
    config = json.loads((code / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Mine"}}
    (code / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (code / "mine.py").write_text("raise SystemExit('code of a model was run')", encoding="utf-8")
    for folder in (cut, bare, code):
        with pytest.raises(BadVerifier) as told:
            load_transformers(str(folder))
        assert told.value.code == "verifier-missing"
        assert str(folder) in told.value.message("en")
