"""In which numbers a model is held, and what is told when it does not fit."""

import json
import struct
from pathlib import Path

import pytest

from agents.errors import BadModel
from agents.local.loading import load, weights_bytes
from agents.local.placement import BESIDE, PACKED, Numbers, free_memory, placement

GB = 10**9


@pytest.mark.parametrize(
    ("weights", "free", "device", "packing", "numbers"),
    [
        (16 * GB, 24 * GB, "cuda", True, Numbers.BFLOAT16),
        (16 * GB, 24 * GB, "cuda", False, Numbers.BFLOAT16),
        (16 * GB, 12 * GB, "cuda", True, Numbers.INT8),
        (16 * GB, 8 * GB, "cuda", True, Numbers.NF4),
        (100, 120, "cuda", False, Numbers.BFLOAT16),
        (100, 119, "cuda", True, Numbers.INT8),
        (100, 66, "cuda", True, Numbers.INT8),
        (100, 65, "cuda", True, Numbers.NF4),
        (100, 39, "cuda", True, Numbers.NF4),
        (100, 240, "cpu", False, Numbers.FLOAT32),
        (100, 239, "cpu", True, Numbers.BFLOAT16),
        (100, 120, "cpu", False, Numbers.BFLOAT16),
        (100, 500, "mps", True, Numbers.BFLOAT16),
        (100, 120, "mps", True, Numbers.BFLOAT16),
    ],
)
def test_the_best_numbers_that_fit(weights: int, free: int, device: str, packing: bool, numbers: Numbers) -> None:
    assert placement(weights, free, device, packing) is numbers


@pytest.mark.parametrize(
    ("weights", "free", "device", "packing", "code", "needed"),
    [
        (100 * GB, 30 * GB, "cuda", True, "model-too-large", 100 * PACKED[4] * BESIDE),
        (100 * GB, 30 * GB, "cuda", False, "model-too-large", 100 * PACKED[4] * BESIDE),
        (100 * GB, 66 * GB, "cuda", False, "model-needs-packing", 100 * BESIDE),
        (100 * GB, 119 * GB, "cpu", True, "model-too-large", 100 * BESIDE),
        (100 * GB, 119 * GB, "mps", True, "model-too-large", 100 * BESIDE),
    ],
)
def test_what_does_not_fit_says_how_much_it_takes(
    weights: int, free: int, device: str, packing: bool, code: str, needed: float
) -> None:
    with pytest.raises(BadModel) as told:
        placement(weights, free, device, packing, "/models/big")
    assert told.value.code == code
    for language in ("es", "en"):
        said = told.value.message(language)
        assert f"{needed:.1f} GB" in said
        assert f"{free / GB:.1f} GB" in said
        assert "/models/big" in said
        assert ("bitsandbytes" in told.value.hint(language)) is (code == "model-needs-packing")


def test_weights_are_counted_from_the_tables_of_the_files(tiny_model: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_model)
    assert weights_bytes(tiny_model) == 2 * sum(weight.numel() for weight in model.parameters())
    for number, shape in enumerate(([3, 4], [5]), start=1):
        table = json.dumps({"w": {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]}, "__metadata__": {}}).encode()
        (tmp_path / f"model-{number}.safetensors").write_bytes(struct.pack("<Q", len(table)) + table)
    assert weights_bytes(tmp_path) == 2 * (12 + 5)
    (tmp_path / "consolidated.safetensors").write_bytes((tmp_path / "model-1.safetensors").read_bytes())
    assert weights_bytes(tmp_path) == 2 * (12 + 5), "the same weights once more"
    (tmp_path / "model-3.safetensors").write_bytes(struct.pack("<Q", 10**9) + b"{}")
    with pytest.raises(ValueError, match="model-3"):
        weights_bytes(tmp_path)
    old = tmp_path / "old"
    old.mkdir()
    (old / "pytorch_model.bin").write_bytes(b"x" * 70)
    assert weights_bytes(old) == 70


def test_a_model_larger_than_the_memory_is_told_before_it_is_loaded(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.local.loading.free_memory", lambda: 100_000)
    with pytest.raises(BadModel) as told:
        load(str(tiny_model))
    assert told.value.code == "model-too-large"
    monkeypatch.setattr("agents.local.loading.free_memory", lambda: 300_000)
    import torch

    assert load(str(tiny_model)).model.dtype is torch.bfloat16, "there is room for 16 bits, and not for 32"


def test_free_memory_is_a_part_of_this_machines() -> None:
    import os

    assert 10**6 < free_memory() <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
