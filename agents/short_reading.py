"""A short answer, or a required point, as the comparison sees it: what it mentions, in which clause, denied or not."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from functools import lru_cache

from agents.short_clauses import Word, opening, parted, places_of, words_of
from agents.short_denials import denied
from agents.short_formulas import entailed, formula_mention, formulas_in, marked, marks_in, numbers_in
from agents.short_lexicon import Key, Wording, is_axis, is_function, other_language, short_lexicon, table
from agents.short_mention import Mention, Said, turned
from knowledge.frequency import zipf
from knowledge.glossary import Glossary
from knowledge.language import detect_language
from knowledge.lexicon import lexicon
from knowledge.messages import LANGUAGES
from knowledge.terms import fold, plain, stem

MARKS = ("all", "some", "each")
_TIMES = re.compile(r"(?<!\w)[x×](\d+)\b")


class ShortReader:
    """Reads answers and points. `glossary`: the terms of a course, which tie the languages together."""

    def __init__(self, glossary: Glossary | None = None) -> None:
        self.glossary = glossary
        self.read = lru_cache(maxsize=2_000)(self._read)

    def read_answer(self, answer: str, language: str) -> Said:
        """An answer to a question in `language`, in the language that it seems to be in."""
        spoken = detect_language(answer, language)
        return self.read(answer, spoken if spoken in LANGUAGES else language)

    def _read(self, text: str, language: str) -> Said:
        marked_text, spans = marked(_named(text, language))
        flat = _TIMES.sub(r"\1", plain(marked_text))
        formulas = [*formulas_in(flat), *marks_in(flat, spans)]
        tokens = words_of(flat, language, formulas)
        opens = opening(tokens, language)
        mentions = [
            *self._counted(flat, tokens, language, formulas),
            *(formula_mention(spans.get(found, found), start, tokens, language) for found, start in formulas),
            *entailed(flat, tokens),
        ]
        mentions.sort(key=lambda one: one.place)
        tokens = parted(mentions, tokens)
        last = len(tokens) - 1
        mentions = [replace(one, clause=tokens[min(one.place, last)].clause if tokens else 0) for one in mentions]
        return _said(text, language, denied(mentions, tokens, language, opens), tokens, opens)

    def _counted(
        self, flat: str, tokens: Sequence[Word], language: str, formulas: Sequence[tuple[str, int]]
    ) -> list[Mention]:
        """What words and numbers say; a number within a wording counts nothing of its own."""
        worded = self._worded(tokens, language)
        inside = {place for one in worded for place in places_of(one)[1:]}
        numbers = [one for one in numbers_in(flat, tokens, language, formulas) if one.place not in inside]
        counted = {one.place for one in numbers}
        return [*(one for one in worded if one.place not in counted), *numbers]

    def _worded(self, tokens: Sequence[Word], language: str) -> list[Mention]:
        """What the words mean, by the lexicon of the language, of the other one, by the glossary, or as they are."""
        texts = [token.text for token in tokens]
        stems = [stem(text, language) for text in texts]
        found: list[Mention] = []
        alone: list[int] = []
        for start, end, meaning in short_lexicon(language).matches(stems, texts):
            if meaning is None:
                alone.append(start)
                continue
            found.append(_mention(meaning, tokens, start, end))
            if end - start > 1:
                inside = short_lexicon(language).members(stems[start:end], texts[start:end])
                found.extend(
                    replace(_mention(one, tokens, start + at, start + at + 1), inner=True)
                    for at, one in inside if not {name for name, _ in one.keys} & {name for name, _ in meaning.keys}
                )  # fmt: skip
        found.extend(self._foreign(tokens, alone, language))
        return _without_degrees(found, tokens, language)

    def _foreign(self, tokens: Sequence[Word], alone: Sequence[int], language: str) -> list[Mention]:
        """Words that the language's lexicon does not have."""
        other, known = other_language(language), lexicon(language)
        denying = short_lexicon(language).phrases["denials"]
        found: list[Mention] = []
        for run in _runs(alone):
            texts = [tokens[place].text for place in run]
            stems = [stem(text, other) for text in texts]
            for start, end, meaning in short_lexicon(other).matches(stems, texts):
                place, own = run[start], stem(texts[start], language)
                function = (
                    own in known.light
                    or is_function(texts[start])
                    or (fold(texts[start]),) in denying
                    or len(texts[start]) < 2
                )
                if meaning is not None and not (function and end - start == 1):
                    found.append(_mention(meaning, tokens, place, run[end - 1] + 1))
                elif slip := None if function else short_lexicon(language).misspelt(texts[start]):
                    found.append(_mention(slip, tokens, place, place + 1))
                elif not function and not own.isdigit():
                    keys = {(f"w {own}", 0.0), (f"w {fold(texts[start])}", 0.0), *self._terms(texts[start], language)}
                    name = _is_name(texts[start], place, language)
                    found.append(Mention(frozenset(keys), place, tokens[place].clause, text=texts[start], name=name))
        return found

    def _terms(self, word: str, language: str) -> Iterable[Key]:
        if self.glossary is None:
            return
        for spoken in (language, other_language(language)):
            for _, _, number in self.glossary.match([stem(word, spoken)], spoken):
                if number is not None:
                    yield f"#{number}", 0.0


def _said(text: str, language: str, mentions: Sequence[Mention], tokens: Sequence[Word], opens: str) -> Said:
    folded = [token.folded for token in tokens]
    own, function = short_lexicon(language), lexicon(language).function
    return Said(
        text, language, tuple(mentions), opens,
        any(short_lexicon(spoken).spans("choices", folded) for spoken in (language, other_language(language))),
        tuple(folded), tuple(token.clause for token in tokens),
        sum(stem(token.text, language) in function for token in tokens), bool(own.spans("denials", folded)),
        frozenset(group for group in MARKS if own.spans(group, folded)),
    )  # fmt: skip


def _named(text: str, language: str) -> str:
    """The text with names of sizes as symbols: "the key dimension" is d_k."""
    for symbol in table()["symbol"]:
        text = re.sub(symbol[language], symbol["is"], text, flags=re.I)
    return text


def _mention(meaning: Wording, tokens: Sequence[Word], start: int, end: int) -> Mention:
    text = " ".join(token.text for token in tokens[start:end])
    return Mention(meaning.keys, start, tokens[start].clause, weak=meaning.weak, text=text)


def _is_name(word: str, place: int, language: str) -> bool:
    """Whether a word that no lexicon has is a name or a symbol: a capital inside a text, or in a word that is none."""
    if any(char.isupper() for char in word[1:]) or any(char.isdigit() for char in word):
        return True
    return word[:1].isupper() and (place > 0 or not zipf(word, language))


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Places that follow one another, together."""
    found: list[list[int]] = []
    for place in places:
        if found and found[-1][-1] == place - 1:
            found[-1].append(place)
        else:
            found.append([place])
    return found


def _without_degrees(mentions: list[Mention], tokens: Sequence[Word], language: str) -> list[Mention]:
    """ "Less uniform" is the other end of uniform, "more uniform" that end; the degree is no mention of its own."""
    folded = [token.folded for token in tokens]
    by_place = {mention.place: mention for mention in mentions if not mention.inner}
    gone: Set[int] = set()
    for degree in ("less", "more"):
        for start, end in short_lexicon(language).spans(f"degree {degree}", folded):
            after = by_place.get(end)
            if after is None or not any(is_axis(name) for name, _ in after.keys) or start == after.place:
                continue
            gone |= set(range(start, end))
            if degree == "less":
                by_place[end] = replace(after, keys=turned(after.keys))
    return [
        mention if mention.inner else by_place[mention.place] for mention in mentions if mention.place not in gone
    ]  # fmt: skip
