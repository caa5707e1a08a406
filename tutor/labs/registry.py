"""All labs, in their order, and how one is run. A lab's code is imported only when it runs."""

import importlib
import inspect
from collections.abc import Mapping
from typing import cast

from knowledge.errors import BadLab
from tutor.labs.lab import FOLDER, Lab, LabRun, read_lab


def _found() -> dict[str, Lab]:
    labs = [read_lab(file.stem) for file in FOLDER.glob("*.toml")]
    return {lab.name: lab for lab in sorted(labs, key=lambda lab: lab.number)}


LABS: Mapping[str, Lab] = _found()


def run_lab(name: str, language: str, **inputs: object) -> LabRun:
    """Run a lab. Inputs that are left out take the defaults of its function.

    Raises `BadLab` for a lab or an input that does not exist and for inputs on which it cannot run.
    """
    if name not in LABS:
        raise BadLab("lab-unknown", name=name, known=", ".join(LABS))
    function = getattr(importlib.import_module(f"tutor.labs.{name}"), name)
    known = [key for key in inspect.signature(function).parameters if key != "language"]
    for key in inputs:
        if key not in known:
            raise BadLab("lab-input", lab=name, name=key, known=", ".join(known))
    return cast(LabRun, function(language, **inputs))
