"""The values of a verifier, what its labels mean, which ones are known, and how one is chosen."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import BadVerifier
from knowledge.judgement import Judgement, judgements, pairs_of
from knowledge.known_verifiers import known_verifier, known_verifiers
from knowledge.messages import LANGUAGES
from knowledge.verifier import load_verifier
from knowledge.verifier_labels import Labels, read_labels


def test_a_judgement_knows_its_best_and_its_worst_sentence() -> None:
    judgement = Judgement((0.2, 0.7, 0.7), (0.1, 0.3, 0.0))
    assert (judgement.best, judgement.worst) == (1, 1)
    assert (Judgement().best, Judgement().worst) == (None, None)
    assert Judgement((0.0,), (0.0,)).best == 0


@pytest.mark.parametrize(
    ("supported", "contradicted"),
    [((0.5,), ()), ((1.1,), (0.0,)), ((-0.1,), (0.0,)), ((0.6,), (0.5,)), ((float("nan"),), (0.0,))],
)
def test_what_is_no_probability_is_no_judgement(supported: tuple[float, ...], contradicted: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"probabilit"):
        Judgement(supported, contradicted)


@given(st.lists(st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)), max_size=4), max_size=5))
def test_scores_come_back_to_their_claims(rows: list[list[tuple[float, float]]]) -> None:
    evidence = [[str(place) for place in range(len(row))] for row in rows]
    assert len(pairs_of(evidence, ["x"] * len(rows))) == sum(map(len, rows))
    found = judgements(evidence, [pair for row in rows for pair in row])
    assert [list(zip(item.supported, item.contradicted, strict=True)) for item in found] == rows


def test_pairs_are_texts_that_a_tokenizer_takes() -> None:
    assert pairs_of([["a", "b\ud800"], [], ["ñ"]], ["x\udfff", "y", "z"]) == [("a", "x?"), ("b?", "x?"), ("ñ", "z")]
    with pytest.raises(ValueError, match="zip"):
        pairs_of([["a"]], [])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["entailment", "neutral", "contradiction"], Labels(0, 2)),
        (["CONTRADICTION", "ENTAILMENT", "NEUTRAL"], Labels(1, 0)),
        (["Neutral", "Contradiction", "Entailment"], Labels(2, 1)),
        (["SUPPORTS", "REFUTES", "NOT ENOUGH INFO"], Labels(0, 1)),
        (["entailment", "not_entailment"], Labels(0)),
        (["not-entailment", "entailment"], Labels(1)),
        (["Unsupported", "Supported"], Labels(1)),
        (["supported", "hallucinated"], Labels(0)),
        (["LABEL_0", "LABEL_1"], Labels(1)),
        (["0", "1"], Labels(1)),
        (["LABEL_0", "LABEL_1", "LABEL_2"], None),
        (["LABEL_0"], None),
        (["entailment"], None),
        (["positive", "negative"], None),
        (["entailment", "supported"], None),
        (["entailment", "neutral", "sports"], None),
        (["neutral", "contradiction"], None),
    ],
)
def test_labels_mean_what_their_names_say(names: list[str], expected: Labels | None) -> None:
    assert read_labels(dict(enumerate(names)), unnamed_supported=1) == expected


def test_two_labels_without_names_follow_the_convention_that_is_given() -> None:
    assert read_labels({0: "LABEL_0", 1: "LABEL_1"}, unnamed_supported=0) == Labels(0)


def test_the_known_models_say_what_they_are() -> None:
    models = known_verifiers()
    assert len(models) >= 8
    for name, model in models.items():
        assert name == model.name
        assert name.count("/") == 1
        assert model.kind in {"nli", "grounded", "spans", "generative"}
        assert model.languages
        assert all(len(code) == 2 for code in model.languages)
        assert 10 < model.parameters < 20_000
        assert model.licence
        assert model.source.startswith("https://")
    for language in LANGUAGES:
        assert any(language in model.languages and model.runs for model in models.values()), language
    assert not models["lytang/MiniCheck-Flan-T5-Large"].runs
    assert not models["KRLabsOrg/lettucedect-210m-eurobert-es-v1"].runs


def test_a_known_model_is_known_in_a_folder_of_its_name_too(tmp_path: Path) -> None:
    model = known_verifier("lytang/MiniCheck-RoBERTa-Large")
    assert model is not None
    assert known_verifier(str(tmp_path / "MiniCheck-RoBERTa-Large")) == model
    assert known_verifier("someone/else") is None


def test_the_rules_need_no_verifier(tmp_path: Path) -> None:
    assert load_verifier("rules") is None


@pytest.mark.parametrize("name", ["", "Rules", "gpt-4", "openai:gpt-4", "transformers", "/nowhere"])
def test_a_verifier_of_no_known_kind_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadVerifier) as told:
        load_verifier(name)
    assert told.value.code == "verifier-unknown"
    for language in LANGUAGES:
        assert name in told.value.message(language)
        assert "transformers:" in told.value.hint(language)
