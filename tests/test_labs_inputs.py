"""What labs let a learner change: texts in both languages, and no bound at which a lab refuses."""

import inspect
import string
from importlib import import_module
from typing import Any

import pytest

from knowledge.errors import BadLab
from knowledge.labs.architecture import presets
from tutor.labs.lab import Lab
from tutor.labs.lab_inputs import KINDS, LabInput, arguments
from tutor.labs.registry import LABS, run_lab, watch_lab

QUICK = ("attention_steps", "masks", "scaling", "positions", "bpe_training")  # that run at their ends in no time
INPUTS = [(lab, one) for lab in LABS.values() for one in lab.inputs]
NAMES = [f"{lab.name}-{one.name}" for lab, one in INPUTS]


def defaults(lab: Lab) -> dict[str, Any]:
    return {one.name: None if one.kind == "text" else one.default for one in lab.inputs}


def at_the_end(lab: Lab, *, high: bool) -> dict[str, Any]:
    """Every input at one of its ends."""
    values = defaults(lab)
    for one in lab.inputs:
        if one.kind == "whole":
            values[one.name] = one.most(values) if high else int(one.low)
        elif one.kind in {"switch", "choice"}:
            values[one.name] = [*(one.options or (False, True))][-1 if high else 0]
    return values


@pytest.mark.parametrize(("lab", "one"), INPUTS, ids=NAMES)
def test_an_input_is_one_of_the_labs_own_and_said_in_both_languages(lab: Lab, one: LabInput) -> None:
    assert one.kind in KINDS
    known = inspect.signature(getattr(import_module(f"tutor.labs.{lab.name}"), lab.name)).parameters
    assert (one.inside or one.name) in known
    for texts in (one.label, *one.options.values()):
        assert set(texts) == {"es", "en"}
        assert all(text.strip() and not list(filter(None, (p[1] for p in string.Formatter().parse(text))))
                   for text in texts.values())  # fmt: skip
    assert bool(one.options) == (one.kind in {"choice", "several"})
    if one.kind == "choice":
        assert one.default in one.options
    if one.kind == "text":
        assert one.default in lab.texts
        assert len(lab.text(one.default, "es")) <= one.high
    if one.kind == "whole" and one.default is not None:
        assert one.low <= one.default <= one.high
    if one.upto:
        assert one.upto in {other.name for other in lab.inputs}


@pytest.mark.parametrize("name", LABS)
def test_what_is_declared_to_begin_with_is_what_the_lab_does_by_itself(name: str) -> None:
    own = inspect.signature(getattr(import_module(f"tutor.labs.{name}"), name)).parameters
    for argument, value in arguments(LABS[name].inputs, defaults(LABS[name])).items():
        found = own[argument].default
        assert (list(found) if isinstance(value, list) else found) == value, argument


@pytest.mark.parametrize("high", [False, True])
@pytest.mark.parametrize("name", QUICK)
def test_a_lab_runs_at_both_ends_of_its_inputs(name: str, high: bool) -> None:
    lab = LABS[name]
    values = at_the_end(lab, high=high)
    if name == "scaling" and high:
        values |= {"samples": 20}  # within its bounds, and as quick
    assert run_lab(name, "es", **arguments(lab.inputs, values)).figures


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("depth_gradients", {"layers": 49}), ("depth_gradients", {"tokens": 65}), ("depth_gradients", {"repeats": 11}),
        ("tiny_training", {"layers": 9}), ("tiny_training", {"steps": 5001}), ("masks", {"n": 13}),
        ("masks", {"padded": 6}), ("attention_steps", {"d_k": 65}), ("positions", {"head": 9}),
    ],
)  # fmt: skip
def test_beyond_what_is_declared_a_lab_refuses(name: str, inputs: dict[str, Any]) -> None:
    declared = {one.name: one for one in LABS[name].inputs}
    for key, value in inputs.items():
        assert declared[key].most(defaults(LABS[name])) == value - 1
    with pytest.raises(BadLab):
        run_lab(name, "en", **inputs)


def test_limits_follow_the_inputs_that_they_hang_on() -> None:
    padded = next(one for one in LABS["masks"].inputs if one.name == "padded")
    assert [padded.most({"n": n}) for n in (2, 6, 12)] == [1, 5, 11]


def test_the_calculator_offers_every_model_and_takes_own_numbers_together() -> None:
    lab = LABS["calculator"]
    preset = next(one for one in lab.inputs if one.name == "preset")
    assert set(preset.options) == set(presets())
    given = arguments(lab.inputs, {**defaults(lab), "layers": 6, "d_model": 512, "heads": 8})
    assert given["own"] == {"layers": 6, "d_model": 512, "heads": 8}
    assert run_lab("calculator", "es", **given).findings


def test_an_input_that_a_lab_has_not_is_refused_before_it_is_watched() -> None:
    with pytest.raises(BadLab):
        next(watch_lab("tiny_training", "es", nothing=1))
    [run] = watch_lab("masks", "es", n=3, padded=1, prefix=1)
    assert run.findings
