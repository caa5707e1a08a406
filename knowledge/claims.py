"""Claims: the statements of a text that stand alone and can be checked.

Headings, questions and instructions are set aside. A sentence is split at conjunctions that join two statements;
a part without a subject of its own keeps the one before it. Hedges stay in the claim.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.language import detect_language
from knowledge.lexicon import lexicon
from knowledge.messages import LANGUAGES
from knowledge.sentences import split_sentences
from knowledge.terms import fold, plain, stop_stems, words

MIN_WORDS = 3
ASIDE_WORDS = 4  # of a phrase before the subject, among which a name is looked for
SUBJECT_WORDS = 12  # a longer stretch before the verb is more than a subject
PART_WORDS = 2  # content words of a piece of a claim that says something by itself
NUMBERED_HEADING = 4  # words of "2. Fine-tuning", which names what follows; a longer numbered line is an item


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with its place in the text.

    `text` is the span as written; `subject` is what it says it about when the span itself does not: the words of
    the clause before it, or of the heading above it (`headed`), which may name more than the subject. `sentence`: the
    sentence that it stands in; `language`: that sentence's.
    """

    text: str
    start: int
    end: int
    subject: str = ""
    headed: bool = False
    sentence: str = ""
    language: str = ""

    @property
    def whole(self) -> str:
        """The claim with its subject."""
        return f"{self.subject} : {self.text}" if self.subject else self.text


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
# Where a piece of a claim that could stand alone begins.
_PART = {
    "en": re.compile(
        r"\s*,\s+(?:and\s+)?|\s+(?:that|which|who)\s+(?=[a-z]+)|\s+(?:in order|so as)\s+to\s+"
        r"|\s+(?=[a-z]{3,}ed\s+(?:in|by|with|on|from|for)\s)"
    ),
    "es": re.compile(
        r"\s*,\s+(?:[ye]\s+)?|\s+que\s+(?=[a-záéíóúñ]+)"
        r"|\s+para\s+(?=[a-zñ]+(?:ar|er|ir)\s)"
        r"|\s+(?=[a-zñ]{3,}(?:ad|id|íd)[oa]s?\s+(?:en|por|con|sobre|para|de|desde)\s)"
    ),
}
_VERBAL = {
    "en": re.compile(r"[a-z]{2}(?:ed|ing)$"),
    "es": re.compile(r"[a-zñ]{2}(?:ar|er|ir|[aií]d[oa]s?|ando|iendo|ó|aron|ieron)$"),
}
_RELATIVES = frozenset({"que", "quien", "quienes", "cual", "cuales", "that", "which", "who"})
_CLITICS = frozenset({"se", "no", "le", "les", "not"})
_LIST_MARK = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_BULLET = re.compile(r"^\s*[-*+•]\s+")
_QUOTED_SOURCE = re.compile(r"^[\"“«].*[\"”»]\s*-\s*.{3,60}$")


def split_claims(text: str, language: str, *, mixed: bool = False) -> list[Claim]:
    """The claims of a text in order. Their spans are places in `text`. `mixed`: whether a sentence may be in the other
    language; one whose words do not tell is taken to be in `language`."""
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
        claims.extend(_line_claims(line, start, heading, language, mixed))
    return claims


def _line_claims(line: str, start: int, heading: str, text_language: str, mixed: bool) -> list[Claim]:
    found: list[Claim] = []
    topic, at = heading, 0
    for sentence in split_sentences(_LIST_MARK.sub("", line), text_language):
        spoken = detect_language(sentence, text_language) if mixed else text_language
        language = spoken if spoken in LANGUAGES else text_language
        sentence = _unlabelled(sentence, language)
        if not _is_statement(sentence, language):
            continue
        subject = "" if _has_subject(sentence, language) or _names_its_own(sentence, language) else topic
        for span, own in _clauses(sentence, subject, language):
            first, at = _place(line, span, at)
            headed = bool(own) and own == heading
            found.append(Claim(line[first:at], start + first, start + at, own, headed, sentence, language))
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
    if body[-1] in ".!?:;" or _BULLET.match(line):
        return body.startswith("#") or (body.endswith(":") and len(words(body)) <= 6)
    numbered = _LIST_MARK.match(line)
    found = [fold(word) for word in words(_LIST_MARK.sub("", body))]
    return (
        len(found) <= (NUMBERED_HEADING if numbered else 7)
        and not any(word in _words("verbs", language) for word in found)
        and "=" not in body
    )


def _is_statement(sentence: str, language: str) -> bool:
    found = [fold(word) for word in words(plain(sentence))]
    if sentence.rstrip().endswith("?") or sentence.lstrip().startswith("¿") or _QUOTED_SOURCE.match(sentence):
        return False
    if "=" in sentence:
        return True
    return len(found) >= MIN_WORDS and found[0] not in _words("instructions", language)


def _unlabelled(sentence: str, language: str) -> str:
    """The sentence without "Example:" or "Key advantage:" before it, which name its part in the text."""
    label, _, rest = sentence.partition(":")
    named = [fold(word) for word in words(label)]
    return (
        rest.strip()
        if rest.strip() and named and all(word in _words("labels", language) for word in named)
        else sentence
    )


def _has_subject(sentence: str, language: str) -> bool:
    """Whether it opens with a noun and has a verb of its own.

    "Processes the text", "It is large", "Ideal for text" and "A technique that steadies training" do not.
    """
    found = [fold(word) for word in words(plain(sentence))]
    while found and found[0] in _CLITICS:
        found = found[1:]
    if not found or found[0] in _words("verbs", language) or found[0] in _words("pronouns", language):
        return False
    return "=" in sentence or any(_is_main_verb(found, place, language) for place in range(1, len(found)))


def _names_its_own(sentence: str, language: str) -> bool:
    """Whether it opens with an aside that names what it is about: "With LoRA, two small matrices are trained"."""
    pieces = [piece.strip(".,;:()*`") for piece in sentence.split()[: ASIDE_WORDS + 1]]
    if not pieces or fold(pieces[0]) not in _words("asides", language):
        return False
    return any(any(char.isupper() for char in piece) for piece in pieces[1:])


def _is_main_verb(found: Sequence[str], place: int, language: str) -> bool:
    """Whether a word is a verb that does not belong to a relative clause ("a model that reads")."""
    before = next((word for word in reversed(found[:place]) if word not in _CLITICS), "")
    return found[place] in _words("verbs", language) and before not in _RELATIVES


def _subject_of(sentence: str, language: str) -> str:
    """The words before the first verb, when there are some; a pronoun is no subject, and no part of it stands before a
    comma: "A diferencia de las RNN, los Transformers ..." speaks of the Transformers."""
    pieces = sentence.split()
    found = [fold(piece.strip(".,;:()*`")) for piece in pieces]
    for place in range(len(found)):
        if _is_main_verb(found, place, language):
            commas = [at + 1 for at in range(place) if pieces[at].endswith(",")]
            opens_aside = found[0] in _words("asides", language)
            last = place
            while last > 0 and found[last - 1] in _adverbs(language):  # "BERT only encodes" speaks of BERT
                last -= 1
            subject = " ".join(pieces[commas[-1] if commas and opens_aside else 0 : last])
            return subject if 0 < place <= SUBJECT_WORDS and _has_subject(sentence, language) else ""
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
        # "the keys" of "and the keys and values come from" is half of a subject, not a statement.
        closes = _is_clause(left, language) or (len(cuts) > 1 and is_verbal(left, language))
        if match.end() > cuts[-1] and closes and opens:
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


def split_parts(claim: Claim, language: str) -> list[Claim]:
    """The pieces of a claim that say something of its subject each: relative clauses, participles, members of a list.

    "X is a network introduced in 2017 that changed Y" says three things of X. A claim that says one thing gives itself
    alone; so does one with a cause or a condition, whose pieces together say more than each. What is denied is not
    cut at commas: the denial may hold for all that follows.
    """
    folded = [fold(word) for word in words(plain(claim.text))]
    known = lexicon(language)
    if any(known.find(group, folded) for group in ("causes", "conditions", "exclusives")):
        return [claim]
    denied = bool(known.find("negations", folded))
    subject = claim.subject or _subject_of(claim.text, language)
    verbal = is_verbal(claim.text, language)
    spans: list[tuple[int, int]] = []
    start = 0
    cuts = [match.span() for match in _PART[language].finditer(claim.text) if not (denied and "," in match.group())]
    for first, after in (*cuts, (len(claim.text),) * 2):
        if _says_something(claim.text[start:first], language, verbal and bool(spans)):
            spans.append((start, first))
        elif spans:
            spans[-1] = (spans[-1][0], first)  # "audio" of "text, images, audio" is no statement
        else:
            continue
        start = after
    parts: list[Claim] = []
    for first, last in spans:
        own = (subject or parts[0].text) if parts else claim.subject
        text = claim.text[first:last].strip(" ,.")
        parts.append(Claim(text, claim.start + first, claim.start + last, own, claim.headed))
    return parts if len(parts) > 1 else [claim]


def _says_something(text: str, language: str, verbal: bool) -> bool:
    """Whether a piece has two words of its own or a number, a verb where the claim has one, and is no aside.

    "audio" of "reads text, images, audio" and "In the context of images, ..." say nothing alone.
    """
    found = [fold(word) for word in words(plain(text))]
    own = [word for word in found if word not in stop_stems(language)]
    enough = len(own) >= PART_WORDS or any(char.isdigit() for char in text)
    is_aside = bool(found) and found[0] in _words("asides", language) and not _is_clause(text, language)
    return enough and not is_aside and (not verbal or is_verbal(text, language))


def is_verbal(text: str, language: str) -> bool:
    """Whether a text holds a verb, a participle or a gerund."""
    found = words(plain(text))
    return any(fold(word) in _words("verbs", language) or _VERBAL[language].search(word) for word in found)


def _is_clause(text: str, language: str) -> bool:
    found = [fold(word) for word in words(plain(text))]
    return len(found) >= MIN_WORDS and any(word in _words("verbs", language) for word in found)


def _opens_clause(text: str, language: str) -> bool:
    """Whether a verb stands early enough for the text to be a statement of its own."""
    found = [fold(word) for word in words(plain(text))]
    return len(found) >= MIN_WORDS and any(word in _words("verbs", language) for word in found[:7])


@cache
def _adverbs(language: str) -> frozenset[str]:
    groups = ("exclusives", "universals", "nevers", "negations", "partials", "hedges", "adverbs")
    return frozenset().union(*(_words(group, language) for group in groups))


@cache
def _words(group: str, language: str) -> frozenset[str]:
    """The single words of a group of the lexicon, folded."""
    return frozenset(phrase[0] for phrase in lexicon(language).phrases[group])
