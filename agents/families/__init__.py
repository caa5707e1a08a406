"""The computed families of exercises, by id: each is a Python and a TOML file of one name in this folder."""

from collections.abc import Mapping
from importlib import import_module

from agents.families.family import Family
from agents.families.words import FOLDER


def _found() -> dict[str, Family]:
    names = sorted(file.stem for file in FOLDER.glob("*.toml") if file.with_suffix(".py").exists())
    families = [import_module(f"agents.families.{name}").FAMILY for name in names]
    return {family.id: family for family in families}


FAMILIES: Mapping[str, Family] = _found()
