"""A question as the questions that it is made of: each is searched for by itself.

"What is LoRA and how much memory does it save?" are two; "advantages and limitations of RNNs" are two about one thing;
a comparison asks for each side too. The whole question always comes first.
"""

import re

from agents.research.reading_words import holds, pattern
from knowledge.terms import folded, plain, stop_stems, words

MOST = 5  # questions, the whole one included
FEWEST_WORDS = 2  # content words of a question of its own
_ENDS = re.compile(r"(?<=[?;])\s+|\n+")
_MARKS = re.compile(r"^[\s¿¡,;:.]+|[\s?!,;:.]+$")
_OF = {"en": r"(?:of|in|for|to|with)", "es": r"(?:del?|de l[oa]s?|en|para|con)"}
_AND = {"en": r"(?:,\s*|\s+(?:and|or)\s+)", "es": r"(?:,\s*|\s+[yeou]\s+)"}
_POINTS = {
    "en": re.compile(r"\b(?:it|its|they|their|them|this|these)\b"),
    "es": re.compile(r"\b(?:eso|esto|l[oa]s?|su|sus)$"),
}
_ARTICLE = re.compile(r"^(?:the|an?|las?|los|el|una?)\s+", re.I)
_BETWEEN = re.compile(r"\b(?:between|entre)\s+")
_LEAD = {
    "en": re.compile(r"^(?:what (?:is|are)|which are|compare|describe|explain|summari[sz]e)?\s*(?:the|some)?\s*", re.I),
    "es": re.compile(
        r"^(?:cuáles son|cuál es|qué son|qué es|compara|describe|explica|resume)?\s*(?:las?|los|el)?\s*", re.I
    ),
}


def questions_of(question: str, language: str) -> tuple[str, ...]:
    """The question, then those that it is made of, each once, at most MOST."""
    whole = " ".join(question.split())
    parts = parts_of(question, language)
    found, topic = [whole], _topic(parts[0], language) if parts else ""
    for part in parts:
        found.append(part if _stands_alone(part, language) or part == parts[0] else f"{part} ({topic})")
        found += [*_sides(part, language), *_aspects(part, language)]
    chosen: dict[str, str] = {}
    for one in found:
        chosen.setdefault(" ".join(words(plain(one))), one)
    return tuple(chosen.values())[:MOST]


def parts_of(question: str, language: str, fewest: int = FEWEST_WORDS) -> list[str]:
    """The question cut at its ends of questions, and where "and" is followed by a word that asks and enough of them."""
    return [part for piece in _ENDS.split(question) for part in _joined(_bare(piece), language, fewest)]


def _topic(part: str, language: str) -> str:
    """What the first part asks about: its words from the first that says something."""
    content = content_words(part, language)
    place = folded(part).find(folded(content[0])) if content else 0
    return part[place:]


def _stands_alone(part: str, language: str) -> bool:
    """Whether a part names what it asks about, by itself."""
    return len(content_words(part, language)) > 2 and not _POINTS[language].search(folded(part))


def _bare(text: str) -> str:
    return _MARKS.sub("", text.strip())


def _joined(text: str, language: str, fewest: int) -> list[str]:
    """Cut where "and" is followed by a word that asks."""
    asks = pattern("questions", language)
    cuts, flat = [0], folded(text)
    for match in re.finditer(r",?\s+(?:and|y|e|but|pero)\s+", flat):
        if asks.match(flat, match.end()) and _says_enough(text[match.end() :], language, fewest):
            cuts += [match.start(), match.end()]
    ends = [*cuts[1::2], len(text)]
    return [_bare(text[start:end]) for start, end in zip(cuts[::2], ends, strict=True)]


def _sides(text: str, language: str) -> list[str]:
    """The two things that a question compares."""
    if not holds("compares", text, language):
        return []
    between = _BETWEEN.search(folded(text))
    starts = [between] if between else [*pattern("compares", language).finditer(folded(text))]
    half = len(text) // 2
    led = [one for one in starts if between or one.end() <= half or not content_words(text[: one.start()], language)]
    rest = text[max((match.end() for match in led), default=0) :]
    at, sides = 0, []
    for piece in pattern("versus", language).split(folded(rest)):
        start = folded(rest).index(piece, at)
        at = start + len(piece)
        sides.append(_bare(_ARTICLE.sub("", _bare(rest[start:at]))))
    named = [side for side in sides if side and content_words(side, language)]
    return named if 2 <= len(named) <= MOST - 1 else []


def _aspects(text: str, language: str) -> list[str]:
    """ "advantages and limitations of X": each of them of X."""
    bare = _LEAD[language].sub("", text, count=1)
    match = re.match(rf"(?P<list>[^?]{{3,60}}?)\s+(?P<rest>{_OF[language]}\s+.+)$", bare, re.I)
    if match is None:
        return []
    members = [member for member in re.split(_AND[language], match["list"]) if member.strip()]
    if len(members) < 2 or any(len(words(member)) > 3 for member in members):
        return []
    return [f"{_bare(member)} {match['rest']}" for member in members]


def _says_enough(text: str, language: str, fewest: int) -> bool:
    return len(content_words(text, language)) >= fewest or any(char.isupper() for char in text[1:])


def content_words(text: str, language: str) -> list[str]:
    """The words of a question that say what it is about, in lower case."""
    stop, asks = stop_stems(language), (pattern("questions", language), pattern("asking", language))
    said = (word for word in words(plain(text)) if folded(word) not in stop)
    return [word for word in said if not any(ask.fullmatch(folded(word)) for ask in asks)]
