"""Lab 6: the architecture calculator."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import read_course
from knowledge.errors import BadLab
from knowledge.facts import FactTable
from knowledge.labs.architecture import Architecture, changed, checked, presets
from knowledge.labs.calculator import calculate, compare_presets, count_parameters
from tutor.labs.registry import run_lab

# What the released models hold, to the last parameter.
EXACT = {
    "bert-base": 109_482_240,
    "bert-large": 335_141_888,
    "gpt-2-small": 124_439_808,
    "gpt-2-medium": 354_823_168,
    "gpt-2-large": 774_030_080,
    "gpt-2": 1_557_611_200,
    "t5-small": 60_506_624,
    "t5-base": 222_903_552,
    "t5-large": 737_668_096,
    "llama-1-7b": 6_738_415_616,
    "llama-2-70b": 68_976_648_192,
    "llama-3-8b": 8_030_261_248,
    "llama-3-405b": 405_853_388_800,
}
STATED = {"layers": "layers", "attention_heads": "heads", "kv_heads": "kv_heads", "d_model": "d_model", "d_ff": "d_ff",
          "head_size": "head_size", "vocabulary": "vocabulary"}  # fmt: skip


@pytest.fixture(scope="module")
def facts() -> FactTable:
    course, _ = read_course(BUNDLED_COURSE, with_units=False)
    assert course
    return course.facts


@pytest.mark.parametrize("name", EXACT)
def test_counts_are_those_of_the_released_models(name: str) -> None:
    assert sum(count_parameters(presets()[name]).values()) == EXACT[name]


def test_the_libraries_own_models_have_as_many_parameters() -> None:
    import torch
    import transformers

    built = {
        "bert-base": lambda: transformers.BertModel(transformers.BertConfig()),
        "gpt-2-small": lambda: transformers.GPT2LMHeadModel(transformers.GPT2Config()),
        "t5-small": lambda: transformers.T5ForConditionalGeneration(
            transformers.T5Config(d_model=512, d_ff=2048, num_layers=6, num_heads=8)
        ),
        "llama-2-70b": lambda: transformers.LlamaForCausalLM(
            transformers.LlamaConfig(hidden_size=8192, intermediate_size=28672, num_hidden_layers=80,
                                     num_attention_heads=64, num_key_value_heads=8)
        ),
    }  # fmt: skip
    with torch.device("meta"):  # shapes without memory
        for name, build in built.items():
            counted = sum(weight.numel() for weight in build().parameters())
            assert counted == EXACT[name], name


def test_presets_say_what_the_facts_of_the_course_say(facts: FactTable) -> None:
    compared = 0
    for name, shape in presets().items():
        for attribute, field in STATED.items():
            fact = facts.find(name, attribute)
            if fact is not None and fact.value is not None:
                assert getattr(shape, field) in (fact.value, *fact.also), (name, attribute)
                compared += 1
    assert compared > 100


def test_every_preset_comes_within_five_percent_of_its_published_size(facts: FactTable) -> None:
    compared = compare_presets(facts)
    assert set(compared) == set(presets())
    for name, (_, published) in compared.items():
        assert abs(published.difference) < 0.05, name
        assert abs(published.nearest_difference) < 0.04, name
        if presets()[name].why == "stated":
            assert abs(published.nearest_difference) < 0.001, name


def test_costs_of_gpt_3_are_those_of_its_paper() -> None:
    result = calculate(presets()["gpt-3"], training_tokens=300e9)
    assert result.training == pytest.approx(3.14e23, rel=0.002)  # Brown et al. 2020, table D.1
    assert result.flops.weights == pytest.approx(2 * result.total, rel=0.001)
    assert result.memory == {
        "float32": 4 * result.total,
        "bfloat16": 2 * result.total,
        "int8": result.total,
        "int4": result.total / 2,
    }
    # 2 * 96 layers * 96 heads * 128 * 2 bytes
    assert result.cache.per_token["MHA"] == 4_718_592
    assert result.cache.per_token["MQA"] == 4_718_592 / 96
    ratio = result.cache.at_context["MHA"] / result.cache.at_context["GQA"]
    np.testing.assert_allclose(ratio, 96 / result.cache.kv_heads["GQA"])


def test_attention_costs_as_much_as_the_weights_where_it_is_said() -> None:
    for name in ("bert-base", "gpt-2", "t5-base"):
        result = calculate(presets()[name])
        n = np.array(result.flops.contexts)
        at = np.interp(result.flops.equal_at, n, result.flops.attention)  # it is linear
        assert at == pytest.approx(result.flops.weights), name


def test_what_doubling_the_width_does() -> None:
    small = checked(Architecture("decoder", layers=2, d_model=64, heads=4, d_ff=256, vocabulary=100))
    wide = changed(small, {"d_model": 128})
    before, after = (calculate(shape).parts for shape in (small, wide))
    assert wide.head_size == 32
    assert after["embeddings"] == 2 * before["embeddings"]
    biases = 4 * 64 * 2
    assert after["attention"] - 2 * biases == 4 * (before["attention"] - biases)


@given(
    layers=st.integers(1, 8), heads=st.sampled_from([1, 2, 4, 8]), groups=st.sampled_from([1, 2, 4, 8]),
    size=st.integers(1, 32), kind=st.sampled_from(["encoder", "decoder", "encoder-decoder"]),
    gated=st.booleans(), tied=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_laws_of_counting(layers: int, heads: int, groups: int, size: int, kind: str, gated: bool, tied: bool) -> None:
    def total(**own: Any) -> int:
        values: dict[str, Any] = {
            "kind": kind, "layers": layers, "d_model": heads * size, "heads": heads, "d_ff": 4 * size,
            "vocabulary": 50, "gated": gated, "tied": tied, **own,
        }  # fmt: skip
        return sum(count_parameters(checked(Architecture(**values))).values())

    if heads % groups == 0:
        assert total(kv_heads=groups) <= total()
    assert total(gated=True) > total(gated=False)
    assert total(tied=False) - total(tied=True) == (0 if kind == "encoder" else 50 * heads * size)
    per_layer = total(layers=layers + 1) - total()
    assert total(layers=layers + 3) - total() == 3 * per_layer
    assert total(norm="rmsnorm") < total(norm="layernorm")


@pytest.mark.parametrize(
    "inputs",
    [
        {"preset": "gpt-4"},
        {"own": {"d_model": 100, "heads": 12}},
        {"own": {"kv_heads": 7}},
        {"own": {"layers": 0}},
        {"own": {"layers": "many"}},
        {"own": {"norm": "batchnorm"}},
        {"own": {"tied": 3}},
        {"own": {"depth": 3}},
        {"context": 0},
        {"training_tokens": -1},
    ],
)
def test_bad_inputs_are_named(inputs: dict[str, object]) -> None:
    with pytest.raises(BadLab) as error:
        run_lab("calculator", "es", **inputs)
    assert error.value.message("es")
    assert error.value.hint("es")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", ["transformer-base", "bert-large", "roberta-base", "gpt-3", "t5-11b", "llama-3-8b"])
def test_the_run_compares_with_the_published_figure_and_says_why(language: str, name: str) -> None:
    run = run_lab("calculator", language, preset=name, context=1000)
    for figure in run.figures:
        figure.to_dict()
    cached = not name.startswith(("bert", "roberta"))
    assert len(run.figures) == 4 + cached
    assert ("difieren" if language == "es" else "differ") in run.findings[1]
    assert "KV" in run.findings[-1]
    assert ("MQA" in run.findings[-1]) == cached


def test_ones_own_numbers_have_no_published_figure() -> None:
    run = run_lab("calculator", "en", preset="gpt-2-small", own={"layers": 6}, training_tokens=1e9)
    assert run.findings[0].startswith("Your architecture has 81.91 million")
    assert any("6ND" in finding for finding in run.findings)
