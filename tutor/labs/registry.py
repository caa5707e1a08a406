"""All labs, in their order, and how one is run. A lab's code is imported only when it runs."""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from knowledge.errors import BadLab
from tutor.labs.lab import FOLDER, Lab, LabRun, read_lab

WATCHED = {"tiny_training": "watch_training"}  # labs that can be watched while they run, and by which function


def _found() -> dict[str, Lab]:
    labs = [read_lab(file.stem) for file in FOLDER.glob("*.toml")]
    return {lab.name: lab for lab in sorted(labs, key=lambda lab: lab.number)}


LABS: Mapping[str, Lab] = _found()


def run_lab(name: str, language: str, **inputs: object) -> LabRun:
    """Run a lab. Inputs that are left out take the defaults of its function.

    Raises `BadLab` for a lab or an input that does not exist and for inputs on which it cannot run.
    """
    return cast(LabRun, _function(name, inputs)(language, **inputs))


def watch_lab(name: str, language: str, **inputs: object) -> Iterator[LabRun]:
    """The same run as it goes on: what there is of it so far, again and again, the whole of it last.

    Raises `BadLab` as `run_lab`.
    """
    function = _function(name, inputs)
    watched = getattr(importlib.import_module(f"tutor.labs.{name}"), WATCHED.get(name, ""), None)
    if watched is None:
        yield cast(LabRun, function(language, **inputs))
    else:
        yield from cast(Iterator[LabRun], watched(language, **inputs))


def _function(name: str, inputs: Mapping[str, object]) -> Callable[..., object]:
    """The function of a lab, which knows these inputs."""
    if name not in LABS:
        raise BadLab("lab-unknown", name=name, known=", ".join(LABS))
    function: Callable[..., object] = getattr(importlib.import_module(f"tutor.labs.{name}"), name)
    known = [key for key in inspect.signature(function).parameters if key != "language"]
    for key in inputs:
        if key not in known:
            raise BadLab("lab-input", lab=name, name=key, known=", ".join(known))
    return function
