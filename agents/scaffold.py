"""Words by which people ask and talk to a tutor, and what some of them stand for: scaffold.toml, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.messages import LANGUAGES
from knowledge.terms import STOP_WORDS, fold


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The tables, folded but for the values.

    `talk`: by language, the words that are never what a question is about. `asking`: words that ask, and "is".
    `reflexive`: pronouns before a verb that is written like a name. `always`: words that ask for limits. `making`:
    verbs after which "who" asks for the maker and "when" for the year. `trained`: a verb of what a model did with its
    data ("used", "saw") -> the word of the facts' sentences. `short`: by language, short form -> long form.
    """

    talk: dict[str, frozenset[str]]
    asking: frozenset[str]
    reflexive: frozenset[str]
    always: frozenset[str]
    making: frozenset[str]
    trained: dict[str, str]
    short: dict[str, dict[str, str]]


@cache
def scaffold() -> Scaffold:
    """The words of scaffold.toml, with the stop words of each language."""
    table = tomllib.loads(Path(__file__).with_name("scaffold.toml").read_text(encoding="utf-8"))
    return Scaffold(
        talk={
            language: frozenset(fold(word) for word in (*table[language].split(), *STOP_WORDS[language]))
            for language in LANGUAGES
        },
        **{name: frozenset(map(fold, table[name].split())) for name in ("asking", "reflexive", "always", "making")},
        trained={fold(verb): trained for trained, verbs in table["trained"].items() for verb in verbs.split()},
        short=table["abbreviations"],
    )
