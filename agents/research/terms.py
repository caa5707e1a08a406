"""Key terms: what the sources name most and define, each with the sentence that defines it."""

import re
from collections import Counter
from collections.abc import Sequence

from agents.research.reading_words import pattern
from agents.research.stretches import Stretch, shown
from agents.research.themes import terms_in
from knowledge.terms import folded, plain, stem

MOST = 20  # terms
FEWEST = 2  # times that a term is named
LONGEST = 6  # words before the verb that defines
_ARTICLE = re.compile(r"^(?:the|an?|las?|los|el|una?)\s+", re.I)
_ACRONYM = re.compile(r"\s*\(([A-Z][\w-]{1,9}s?)\)\s*$")


def defined_in(stretch: Stretch) -> str:
    """The term that a stretch defines: what stands before "is a", "refers to"; "" where it defines none."""
    text = plain(shown(stretch.quote, stretch.language))
    verb = pattern("defining", stretch.language).search(folded(text))
    if verb is None:
        return ""
    subject = _ARTICLE.sub("", text[: verb.start()].strip(" ,"))
    words = subject.split()
    if not 0 < len(words) <= LONGEST or any(char in subject for char in ",;:?"):
        return ""
    rest = folded(text[verb.end() :]).split()[:1]
    kind = {"en": {"a", "an", "the", "one", "any"}, "es": {"un", "una", "el", "la", "los", "las", "aquel", "aquella"}}
    says_what = verb.group() not in {"is", "are", "es", "son"} or (bool(rest) and rest[0] in kind[stretch.language])
    return subject if says_what else ""


def key_terms(stretches: Sequence[Stretch]) -> list[tuple[str, list[Stretch]]]:
    """The terms that are defined and named more than once, those named most first, with the stretches that define them,
    one of each document."""
    named: Counter[tuple[str, ...]] = Counter()
    for stretch in stretches:
        named.update({term.stems for term in terms_in(plain(stretch.quote), stretch.language)})
    defined: dict[tuple[str, ...], list[tuple[str, Stretch]]] = {}
    for stretch in stretches:
        term = defined_in(stretch)
        stems = tuple(stem(word, stretch.language) for word in re.findall(r"[\w'’-]+", _ACRONYM.sub("", term)))
        if stems and named[stems] >= FEWEST:
            defined.setdefault(stems, []).append((term, stretch))
    best = sorted(defined, key=lambda stems: (-named[stems] * (1 + len(stems) / 2), stems))[:MOST]
    return [(defined[stems][0][0], _one_each([stretch for _, stretch in defined[stems]])) for stems in best]


def _one_each(stretches: Sequence[Stretch]) -> list[Stretch]:
    return list({stretch.passage.document: stretch for stretch in reversed(stretches)}.values())[::-1]
