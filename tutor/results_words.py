"""The results in words: numbers as each language writes them, what is wrong with a question and what to do about it."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

from tutor.difficulty import Estimate
from tutor.item_analysis import Analysis, ItemStatistics
from tutor.item_irt import Irt
from tutor.measures import NORMAL
from tutor.results_analysis import Label
from tutor.results_errors import SAID
from tutor.results_exam import Slot

BANDS = ((0.5, "poor"), (0.7, "rough"), (0.8, "fair"), (0.9, "good"), (2.0, "high"))  # Nunnally and Bernstein 1994, 7
WANTED = 0.8  # a reliability that a class exam can be asked for
LEAST_LENGTHENED, MOST_LENGTHENED = 0.3, 4  # alpha, and times as many questions, that a forecast is worth
OFF = 1.0  # levels that an item may be off without a word
LONGEST = 40  # characters of an option that are quoted
_OF_KEY = {"negative-discrimination", "distractor-beats-key"}
Flag = dict[str, Any]
Named = Callable[[str, str], str]  # an id, a language -> its name


@dataclass(frozen=True, slots=True)
class Words:
    """A language with its way to write numbers, and the names that the course has in it. `named`: of a concept;
    `believed`: what who has a misconception believes, "" for one that the course does not know."""

    language: str
    named: Named = lambda concept, _: concept
    believed: Named = lambda *_: ""

    def __call__(self, key: str, /, **values: object) -> str:
        """A message of results.toml with its values."""
        return SAID.text(key, self.language, **values)

    def concept(self, concept: str) -> str:
        """The name of a concept."""
        return self.named(concept, self.language)

    def belief(self, misconception: str) -> str:
        """What is believed, "" where the course does not say it."""
        return self.believed(misconception, self.language)

    def number(self, value: float | None, digits: int = 2) -> str:
        """With at most so many decimals, those that say nothing left out; "–" for none."""
        if value is None:
            return "–"
        text = f"{round(value, digits) + 0.0:.{digits}f}"  # no negative zero
        return self.mark(text.rstrip("0").rstrip(".") if "." in text else text)

    def fixed(self, value: float | None, digits: int = 2) -> str:
        """With so many decimals."""
        return "–" if value is None else self.mark(f"{round(value, digits) + 0.0:.{digits}f}")  # no negative zero

    def share(self, value: float | None) -> str:
        """A share as a percentage."""
        return "–" if value is None else self("share", number=f"{100 * value:.0f}")

    def mark(self, text: str) -> str:
        """With the decimal mark of the language and a minus sign."""
        return text.replace("-", "−").replace(".", "," if self.language == "es" else ".")

    def heads(self, key: str) -> list[str]:
        """The heads of a table."""
        return self(key).split("|")


def flags_of(
    words: Words, slot: Slot, found: ItemStatistics | None, labels: Sequence[Label], known: Estimate, waiting: int
) -> list[Flag]:
    """What is wrong with a question, each with `flag`, `sure`, `says` and what to `do`."""
    flags: list[Flag] = []
    proven = all(item.proof.holds and item.proof.method != "authored" for item in slot.items.values())
    if found is not None:
        flags = [_flag(words, name, found, labels, proven) for name in found.flags if _worth_saying(name, found, slot)]
    stated = slot.item.difficulty
    if known.answers and abs(known.level - stated) >= max(OFF, 2 * known.error):
        name = "harder" if known.level > stated else "easier"
        flags.append(_said(words, name, True, {"expected": words.fixed(known.level, 1), "stated": stated}))
    if waiting:
        flags.append(_said(words, "ungraded", True, {"count": waiting}))
    return flags


def _worth_saying(name: str, found: ItemStatistics, slot: Slot) -> bool:
    """Where nearly all or none are right nothing can tell students apart, which the flag on that says already; where
    versions differ in their options no single one was before all."""
    if name == "unused-distractor":
        return slot.one
    return name != "low-discrimination" or not {"hard", "easy"} & set(found.flags)


def _flag(words: Words, name: str, found: ItemStatistics, labels: Sequence[Label], proven: bool) -> Flag:
    values: dict[str, object] = {
        "share": words.share(found.difficulty), "r": words.fixed(found.discrimination), "students": found.answers,
        "count": round(found.omitted * found.answers),
    }  # fmt: skip
    if name == "unused-distractor":
        unused = [option_words(words, labels[use.option]) for use in found.options if not (use.is_key or use.share)]
        values["options"] = ", ".join(unused)
    if name == "distractor-beats-key":
        key = next(use for use in found.options if use.is_key)
        best = max((use for use in found.options if not use.is_key), key=lambda use: use.thirds[2])
        values |= {
            "option": option_words(words, labels[best.option]), "share": words.share(best.thirds[2]),
            "right": option_words(words, labels[key.option]), "right_share": words.share(key.thirds[2]),
        }  # fmt: skip
    said = _said(words, name, name not in found.unsure, values, "-proven" if proven and name in _OF_KEY else "")
    return said if said["sure"] else {**said, "says": words("maybe", says=said["says"], students=found.answers)}


def _said(words: Words, name: str, sure: bool, values: Mapping[str, object], proven: str = "") -> Flag:
    return {"flag": name, "sure": sure, "says": words(f"flag-{name}", **values), "do": words(f"do-{name}{proven}")}


def option_words(words: Words, label: Label) -> str:
    """An answer that can be chosen, as a teacher finds it."""
    if label.letter:
        return words("an-option", letter=label.letter, text=shortened(label.text, LONGEST))
    if label.is_key:
        return words("the-key")
    return words("the-answer-of", mistake=label.misconception) if label.misconception else words("other-options")


def reliability_words(words: Words, analysis: Analysis | None, questions: int) -> list[str]:
    """What the reliability is, what it means, and what would raise it, a sentence or two each."""
    alpha = analysis.alpha if analysis else None
    if analysis is None or alpha is None or alpha.value is None or alpha.lo is None or alpha.hi is None:
        return [words("alpha-none")]
    band = next(name for most, name in BANDS if round(alpha.value, 4) < most)
    said = [words("alpha", alpha=words.fixed(alpha.value), lo=words.fixed(alpha.lo), hi=words.fixed(alpha.hi)),
            words(f"alpha-{band}")]  # fmt: skip
    if band not in ("poor", "rough") and alpha.lo < BANDS[1][0]:
        said.append(words("alpha-wide", lo=words.fixed(alpha.lo)))
    if longer := lengthened(alpha.value, questions):
        said.append(words("longer", questions=longer))
    if analysis.error is not None:
        apart = words.fixed(NORMAL * sqrt(2) * analysis.error, 1)
        said.append(words("error", error=words.fixed(analysis.error, 1), apart=apart))
    return said


def lengthened(alpha: float, questions: int) -> int:
    """How many questions like these would have the reliability WANTED (Spearman 1910 and Brown 1910: k times as many
    give kα/(1 + (k − 1)α)); 0 where they have it, or where it would be idle to say."""
    if not LEAST_LENGTHENED <= round(alpha, 4) < WANTED:
        return 0
    times = WANTED * (1 - alpha) / (alpha * (1 - WANTED))
    return ceil(times * questions) if times <= MOST_LENGTHENED else 0


def irt_words(words: Words, irt: Irt | None) -> str:
    """Whether item response theory was fitted, or why not."""
    return "" if irt is None else words(f"irt-{irt.status}", **({"model": irt.model} if irt.status == "fitted" else {}))


def why(words: Words, reason: str) -> str:
    """Why a person must grade an answer."""
    return words(f"why-{reason}" if SAID.has(f"why-{reason}") else "why-other")


def shortened(text: str, most: int) -> str:
    """A text in one line of at most so many characters, without those that steer a terminal."""
    line = "".join(char for char in " ".join(text.split()) if unicodedata.category(char) not in {"Cc", "Cf"})
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
