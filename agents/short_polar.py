"""Questions that ask for yes or no, and what yes and no say of their required points."""

from typing import Literal

from agents.short_lexicon import short_lexicon, table
from agents.short_mention import Said, denies, rivals, says
from knowledge.terms import WORD, fold

Told = Literal["", "said", "denied", "both"]


def by_yes_or_no(point: Said, answer: Said, stem: Said) -> Told:
    """What an answer that begins with yes or no says of a point, "" where the question asks for something else."""
    wanted = _wanted(point, stem)
    if wanted and not any(not one.weak for one in point.mentions) and not answer.opens:
        return _by_statement(answer, stem, wanted)
    if not answer.opens or not wanted:
        return ""
    rest = [mention for mention in answer.mentions if not mention.weak]
    strong = [one for one in point.mentions if not one.weak]
    against = any(denies(one, mention) or rivals(one, mention) for one in strong for mention in rest)
    agrees = any(says(one, mention) for one in strong for mention in rest)
    if answer.opens == wanted:
        return "both" if against else "said"
    return "both" if agrees and not against else "denied"


def _by_statement(answer: Said, stem: Said, wanted: str) -> Told:
    """What an answer that repeats the question as a statement says of a bare yes or no."""
    asked = [one for one in stem.mentions if not one.weak]
    no = any(denies(one, mention) for one in asked for mention in answer.mentions) or answer.tokens[-1:] in {
        ("not",),
        ("no",),
    }
    yes = any(says(one, mention) for one in asked for mention in answer.mentions)
    lexicon = short_lexicon(answer.language)
    if lexicon.spans("yes", answer.tokens) and lexicon.spans("no", answer.tokens):
        return "both"
    if no == yes:
        return "both"
    return "said" if no == (wanted == "no") else "denied"


def is_polar(stem: Said) -> bool:
    """Whether a question asks for yes or no, and not which of several."""
    text = stem.text.rpartition("¿")[2] if "¿" in stem.text else stem.text
    words = [fold(word) for word in WORD.findall(text)]
    if not words or not stem.text.rstrip().endswith("?") or stem.chooses:
        return False
    if stem.language == "en":
        return words[0] in table()["auxiliaries"]
    asking = {tuple(phrase.split()) for phrase in table()["asking"]}
    return not any(tuple(words[at : at + len(phrase)]) == phrase for at in range(len(words)) for phrase in asking)


def _wanted(point: Said, stem: Said) -> str:
    """Whether the point answers the question with yes or no, "" where the question asks for something else."""
    if not is_polar(stem):
        return ""
    if point.opens:
        return point.opens
    strong = [one for one in point.mentions if not one.weak]
    asked = [one for one in stem.mentions if not one.weak]
    if any(denies(one, mention) for one in strong for mention in asked):
        return "no"
    return "yes" if any(says(one, mention) for one in strong for mention in asked) else ""
