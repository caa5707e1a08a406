"""What two sources disagree in, as a reader is told: the numbers as they write them, the words as they stand there."""

from agents.research.disagreements import Clash
from agents.research.stretches import Stretch
from agents.research.summary_composer import TEXTS
from knowledge.terms import WORD, plain, stem

EVERY_FOUR = 10_000  # from which digits are grouped


def about(clash: Clash, language: str) -> str:
    """One line: "different values: 12 and 6"."""
    mine = _as_written(clash.mine, clash.one, language)
    theirs = _as_written(clash.theirs, clash.other, language)
    told = mine and theirs and (clash.kind == "denial" or mine != theirs)
    key = f"about-{clash.kind}" if told else "about-order"
    return TEXTS.text(key, language, mine=mine, theirs=theirs)


def _as_written(said: str, stretch: Stretch, language: str) -> str:
    """A number in the reader's form, or the word of a stretch with this stem; "" for what is neither."""
    try:
        return number_text(float(said), language)
    except ValueError:
        found = (match.group() for match in WORD.finditer(plain(stretch.quote)))
        return next((word for word in found if stem(word, stretch.language) == said), "")


def number_text(value: float, language: str) -> str:
    """A number with the marks of a language: 3,200,000 or 3 200 000; 0.5 or 0,5. Four digits stay together."""
    text = f"{value:,.10g}" if abs(value) >= EVERY_FOUR else f"{value:.10g}"
    if language == "es":
        return text.replace(",", "\u202f").replace(".", ",")
    return text
