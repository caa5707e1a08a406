"""Claims: the statements of a text that stand alone and can be checked.

Headings, questions and instructions are set aside. A sentence is split at conjunctions that join two statements;
a part without a subject of its own keeps the one before it. Hedges stay in the claim.
"""

import re
from dataclasses import dataclass
from functools import cache

from knowledge.lexicon import lexicon
from knowledge.sentences import split_sentences
from knowledge.terms import fold, plain, words

MIN_WORDS = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with its place in the text.

    `text` is the span as written; `subject` is what it says it about when the span itself does not: the words of
    the clause before it, or of the heading above it.
    """

    text: str
    start: int
    end: int
    subject: str = ""


_BREAK = {
    "en": re.compile(r"\s*;\s+|\s*[,:]?\s+(?:and|but|while|whereas|although|though)\s+|\s*,\s+which\s+|\s+—\s+"),
    "es": re.compile(
        r"\s*;\s+|\s*[,:]?\s+(?:y|e|pero|mientras que|aunque)\s+|\s*,\s+(?:que|lo que|lo cual)\s+|\s+—\s+"
    ),
}
# ", letting the model ..." and "a network that learned ..." say something of their own about the subject before them.
_GERUND = {
    "en": re.compile(r",\s+(?:thereby |thus )?(?=[a-z]{3,}ing\s)"),
    "es": re.compile(r",\s+(?=[a-záéíóú]{2,}(?:ando|iendo)\s)|\s+y\s+(?=[a-záéíóú]{2,}(?:ando|iendo)\s)"),
}
_CLITICS = frozenset({"se", "no", "le", "les", "not"})
_LIST_MARK = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_QUOTED_SOURCE = re.compile(r"^[\"“«].*[\"”»]\s*-\s*.{3,60}$")


def split_claims(text: str, language: str) -> list[Claim]:
    """The claims of a text in order. Their spans are places in `text`."""
    claims: list[Claim] = []
    heading, at, in_code = "", 0, False
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        in_code ^= line.lstrip().startswith("```")
        body = line.strip()
        if in_code or not body or body.startswith("```"):
            continue
        if _is_heading(line, language):
            heading = plain(_LIST_MARK.sub("", body).lstrip("# "))
            continue
        claims.extend(_line_claims(line, start, heading, language))
    return claims


def _line_claims(line: str, start: int, heading: str, language: str) -> list[Claim]:
    found: list[Claim] = []
    topic, at = heading, 0
    for sentence in split_sentences(_LIST_MARK.sub("", line), language):
        if not _is_statement(sentence, language):
            continue
        subject = "" if _has_subject(sentence, language) else topic
        for span, own in _clauses(sentence, subject, language):
            first, at = _place(line, span, at)
            found.append(Claim(line[first:at], start + first, start + at, own))
        topic = _subject_of(sentence, language) or topic
    return found


def _place(line: str, span: str, at: int) -> tuple[int, int]:
    """Where a span stands in its line, from `at` on; splitting may have changed its spaces."""
    pattern = r"\s+".join(map(re.escape, span.split()))
    match = re.compile(pattern).search(line, at)
    return match.span() if match else (at, min(at + len(span), len(line)))


def _is_heading(line: str, language: str) -> bool:
    """A short line without a full stop or a verb names what follows it."""
    body = line.strip()
    if body.startswith("#"):
        return True
    if body[-1] in ".!?:;" or _LIST_MARK.match(line):
        return body.startswith("#") or (body.endswith(":") and len(words(body)) <= 6)
    found = [fold(word) for word in words(body)]
    return len(found) <= 7 and not any(word in _words("verbs", language) for word in found) and "=" not in body


def _is_statement(sentence: str, language: str) -> bool:
    found = [fold(word) for word in words(plain(sentence))]
    if sentence.rstrip().endswith("?") or sentence.lstrip().startswith("¿") or _QUOTED_SOURCE.match(sentence):
        return False
    if "=" in sentence:
        return True
    return len(found) >= MIN_WORDS and found[0] not in _words("instructions", language)


def _has_subject(sentence: str, language: str) -> bool:
    """Whether it opens with a noun and has a verb, unlike "Processes the text", "It is large" and "Ideal for text"."""
    found = [fold(word) for word in words(plain(sentence))]
    while found and found[0] in _CLITICS:
        found = found[1:]
    has_verb = any(word in _words("verbs", language) for word in found[1:]) or "=" in sentence
    return (
        has_verb
        and bool(found)
        and found[0] not in _words("verbs", language)
        and found[0] not in _words("pronouns", language)
    )


def _subject_of(sentence: str, language: str) -> str:
    """The words before the first verb, when there are some; a pronoun is no subject."""
    pieces = sentence.split()
    for place, piece in enumerate(pieces):
        if fold(piece.strip(".,;:()*`")) in _words("verbs", language):
            subject = " ".join(pieces[:place])
            return subject if 0 < place <= 12 and _has_subject(sentence, language) else ""
    return ""


def _clauses(sentence: str, subject: str, language: str) -> list[tuple[str, str]]:
    """(span, subject) for each statement, split where a conjunction joins two that each have a verb."""
    cuts = [0]
    breaks = sorted(
        [*((match, False) for match in _BREAK[language].finditer(sentence)),
         *((match, True) for match in _GERUND[language].finditer(sentence))],
        key=lambda item: item[0].start(),
    )  # fmt: skip
    ends: list[int] = []
    for match, is_gerund in breaks:
        if sentence[: match.start()].count("$") % 2 or sentence[: match.start()].count("`") % 2:
            continue
        left, right = sentence[cuts[-1] : match.start()], sentence[match.end() :]
        opens = len(words(right)) >= MIN_WORDS if is_gerund else _opens_clause(right, language)
        if match.end() > cuts[-1] and (_is_clause(left, language) or len(cuts) > 1) and opens:
            ends.append(match.start())
            cuts.append(match.end())
    claims = []
    for place, cut in enumerate(cuts):
        span = sentence[cut : ends[place] if place < len(ends) else len(sentence)].strip()
        own = subject
        if place > 0:
            own = "" if _has_subject(span, language) else _subject_of(sentence, language) or subject
        claims.append((span, own))
    return claims


def _is_clause(text: str, language: str) -> bool:
    found = [fold(word) for word in words(plain(text))]
    return len(found) >= MIN_WORDS and any(word in _words("verbs", language) for word in found)


def _opens_clause(text: str, language: str) -> bool:
    """Whether a verb stands early enough for the text to be a statement of its own."""
    found = [fold(word) for word in words(plain(text))]
    return len(found) >= MIN_WORDS and any(word in _words("verbs", language) for word in found[:7])


@cache
def _words(group: str, language: str) -> frozenset[str]:
    """The single words of a group of the lexicon, folded."""
    return frozenset(phrase[0] for phrase in lexicon(language).phrases[group])
