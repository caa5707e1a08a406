"""Models that may speak for Atenea (models.toml), and which of them fit a machine. Nothing is downloaded.

What a model takes is its weights and ROOM for the conversation: 8,000 tokens of keys and values at up to 136 KB each,
and what the server itself needs. On a GPU all of it must fit there. Without one the processor reads the weights in use
for every token, from memory that gives some 40 GB a second: above AT_ONCE the answers come too slowly to talk with.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tutor.machine import Memory

MODELS_FILE = Path(__file__).with_name("models.toml")
ROOM = 1.5  # GB beside the weights
SYSTEM = 4.0  # GB of main memory for the system and Atenea
SERVED = {"4-bit": ("Ollama", "llama.cpp"), "bf16": ("vLLM",)}  # precision -> servers whose commands get it
AT_ONCE = 4.6  # GB of weights that a processor reads for one token, at about nine tokens a second


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model. `parameters`, `active`: in thousand millions, `active` those in use for one token; `gigabytes`: of the
    weights by precision, the smallest first; `computed`: the precisions whose size is the parameters' alone; `context`:
    thousands of tokens; `languages`: as the maker claims them; `source`: the page that says so, read in the month
    `read`; `get`: server -> the command that gets and starts it there."""

    name: str
    family: str
    parameters: float
    gigabytes: Mapping[str, float]
    context: int
    languages: str
    licence: str
    source: str
    read: str
    get: Mapping[str, str]
    active: float = 0.0
    computed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """A model that a machine has the memory for, in the finest precision that fits and that a command gets."""

    model: KnownModel
    precision: str
    command: str

    @property
    def gigabytes(self) -> float:
        """Of the weights."""
        return self.model.gigabytes[self.precision]


@cache
def known_models(path: Path = MODELS_FILE) -> tuple[KnownModel, ...]:
    """The table, in its order."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["model"]
    return tuple(KnownModel(**{**row, "computed": tuple(row.get("computed", ()))}) for row in rows)


def fitting(memory: Memory, models: tuple[KnownModel, ...] | None = None) -> list[Fit]:
    """The models that fit, the one with the most parameters first; of equals the larger weights."""
    room = memory.gpu - ROOM if memory.gpu else memory.main - SYSTEM - ROOM
    found = []
    for model in known_models() if models is None else models:
        share = model.active / model.parameters if model.active else 1.0
        able = [
            (name, command) for name, size in model.gigabytes.items()
            if size <= room and (memory.gpu or size * share <= AT_ONCE) and (command := _command(model, name))
        ]  # fmt: skip
        if able:
            found.append(Fit(model, *able[-1]))
    return sorted(found, key=lambda fit: (-fit.model.parameters, -fit.gigabytes))


def _command(model: KnownModel, precision: str) -> str:
    """The command of the first server that has the model in that precision, "" where none of those known does."""
    return next((model.get[server] for server in SERVED.get(precision, ()) if server in model.get), "")
