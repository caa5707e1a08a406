"""Stronger verifiers that are known: what each is, in which languages, how large, under which licence.

The table is `verifiers.toml`; each row names the page that it was read from. Nothing is downloaded from it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

VERIFIERS_FILE = Path(__file__).with_name("verifiers.toml")
Kind = Literal["nli", "grounded", "spans", "generative"]


@dataclass(frozen=True, slots=True)
class KnownVerifier:
    """A model that somebody may plug in.

    `kind`: "nli" gives entailment, neutral, contradiction; "grounded" gives supported or not (label 1 = supported);
    "spans" marks unsupported tokens; "generative" answers in words, so only a chat model's judge can use it.
    `parameters`: in millions. `languages`: ISO 639-1 codes. `source`: the page that says so.
    """

    name: str
    kind: Kind
    languages: tuple[str, ...]
    parameters: int
    licence: str
    source: str
    remote_code: bool = False

    @property
    def runs(self) -> bool:
        """Whether "transformers:NAME" loads it as it stands: a classifier without code of its own."""
        return self.kind != "generative" and not self.remote_code


@cache
def known_verifiers(path: Path = VERIFIERS_FILE) -> dict[str, KnownVerifier]:
    """Name -> model, in the order of the table."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["verifier"]
    models = [KnownVerifier(**{**row, "languages": tuple(row["languages"])}) for row in rows]
    return {model.name: model for model in models}


def known_verifier(name: str) -> KnownVerifier | None:
    """The model of that name, also when it lies in a folder that is called as it is; None for any other."""
    models = known_verifiers()
    short = {model.name.split("/")[-1]: model for model in models.values()}
    return models.get(name) or short.get(Path(name).name)
