"""Dialogue acts: what a learner wants of the tutor, told by the words of asking. Nothing here is generated.

Which words tell which act stands in intents.toml, in both languages; what is asked about is the planner's to find.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from unicodedata import normalize

from knowledge.messages import LANGUAGES
from knowledge.terms import fold

# What is wanted of the tutor, rather than asked about the subject.
ACTS = frozenset(
    "test_me next hint reveal check_claim plan_study review progress know summarise dispute skip unsafe"
    " distress".split()
)
SAFETY = ("distress", "unsafe")  # heard in either language, before anything else
_WITH_TOPIC = frozenset({"simpler", "deeper"})  # follow-ups that may name what they are about
_TABLE = Path(__file__).with_name("intents.toml")
_EDGES = " \t.,;:¿?¡!\"'«»“”‘’()-–—"


@dataclass(frozen=True)
class Expression:
    """A regular expression that is compiled when it is first tried: most are of a language that is not spoken."""

    text: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """It, compiled."""
        return re.compile(self.text)

    def search(self, text: str) -> re.Match[str] | None:
        """As `re.search`."""
        return self.pattern.search(text)


@dataclass(frozen=True, slots=True)
class Act:
    """An act and the expressions that tell it; one of `unless` makes it a question about the subject after all."""

    name: str
    patterns: tuple[Expression, ...]
    unless: tuple[Expression, ...]
    follow_up: bool

    def found(self, folded: str) -> re.Match[str] | None:
        """Where a folded message tells the act, or None."""
        if any(pattern.search(folded) for pattern in self.unless):
            return None
        return next((match for pattern in self.patterns if (match := pattern.search(folded))), None)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a claim in one language: who said it, what is said after it, what only points at one."""

    lead: Expression
    tail: Expression
    empty: Expression


@dataclass(frozen=True, slots=True)
class DialogueActs:
    """What messages want. `acts`: by language, in the order in which they are tried."""

    acts: dict[str, tuple[Act, ...]]
    around: dict[str, _Around]

    def tell(self, folded: str, language: str, has_topic: bool) -> tuple[str, str]:
        """The act of a folded message ("explain" when it tells no other), and the words of it that told the act."""
        straight = folded.replace("’", "'")
        for act in self.acts[language]:
            if act.follow_up and has_topic and act.name not in _WITH_TOPIC:
                continue
            if match := act.found(straight):
                return act.name, folded[match.start() : match.end()]
        return "explain", ""

    def claim_in(self, message: str, language: str) -> str:
        """The statement that a message asks to check, as a sentence ("BERT es causal."); "" when it states none."""
        text = _one_line(message)
        folded = _lower(text)
        for act in self.acts[language]:
            match = act.found(folded) if act.name == "check_claim" else None
            if match:
                return self._sentence(text[: match.start()], text[match.end() :])
        return ""

    def _sentence(self, before: str, after: str) -> str:
        """The claim in what follows the words of asking, else in what stands before them."""
        claim = after.partition("? ")[0].strip(_EDGES) or before.strip(_EDGES)
        for around in self.around.values():
            claim = claim[_end(around.lead, claim) :]
            claim = claim[: _start(around.tail, claim)].strip(_EDGES)
            if around.empty.search(fold(claim)):
                return ""
        return claim[:1].upper() + claim[1:] + "."


@cache
def dialogue_acts() -> DialogueActs:
    """The acts of intents.toml; an expression is compiled once, when it is first tried."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    told = {
        language: [_act(row, language, table["words"][language]) for row in table["intent"]] for language in LANGUAGES
    }
    around = {
        language: _Around(**{part: Expression(text) for part, text in table["claim"][language].items()})
        for language in LANGUAGES
    }
    return DialogueActs({language: _in_order(told, language) for language in LANGUAGES}, around)


def _act(row: dict[str, Any], language: str, names: dict[str, str]) -> Act:
    def expressions(texts: list[str]) -> tuple[Expression, ...]:
        return tuple(Expression(_spelled_out(text, names)) for text in texts)

    unless = row.get("unless", {}).get(language, [])
    return Act(row["name"], expressions(row[language]), expressions(unless), bool(row.get("follow_up")))


def _spelled_out(text: str, names: dict[str, str]) -> str:
    """An expression with the words that its `<names>` stand for."""
    return re.sub(r"<(\w+)>", lambda match: names[match[1]], text)


def _in_order(told: dict[str, list[Act]], language: str) -> tuple[Act, ...]:
    """Safety in both languages, the language's acts, then the other's: people mix them, and short texts are misread."""
    own = told[language]
    others = [act for spoken in told if spoken != language for act in told[spoken]]
    first = [act for act in (*own, *others) if act.name in SAFETY]
    then = [act for act in own[:-1] if act.name not in SAFETY]
    return (*first, *then, *(act for act in others if act.name in ACTS.difference(SAFETY)), own[-1])


def _one_line(message: str) -> str:
    return " ".join(normalize("NFC", message).split()).lstrip("¿¡ ")


def _end(expression: Expression, text: str) -> int:
    match = expression.search(_lower(text))
    return match.end() if match else 0


def _start(expression: Expression, text: str) -> int:
    match = expression.search(_lower(text))
    return match.start() if match else len(text)


def _lower(text: str) -> str:
    """The text folded, as long as it was."""
    return "".join(fold(char)[:1] or " " for char in text).replace("’", "'")
