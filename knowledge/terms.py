"""Words as search and comparison see them: plain, lower case, stemmed, without accents.

`plain` takes the Markdown and LaTeX marks off a text; `stems` gives what BM25 indexes; `tokenize` keeps
the place and the kind of each word for the fact check.
"""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import Stemmer

from knowledge.formulas import plain_formula, plain_symbols

_MATH = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.S)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_CITATION = re.compile(r"\s*\[@[^\]]+\]")
_MARKS = re.compile(
    r"(?<![A-Za-z0-9])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![A-Za-z0-9])|`+|^#{1,6} |^\s*[-*+] (?=\S)"
    r"|</?[A-Za-z][\w-]{0,30}(?:\s[^<>=\n]{0,80}=[^<>\n]{1,200}|\s?/?)>",
    re.M,
)
# A word: letters and digits, with inner hyphens, underscores and points (GPT-3.5, d_k, 0.1, feed-forward).
WORD = re.compile(r"[^\W_]+(?:[-_'’.,](?=[^\W_])[^\W_]+)*%?")
# A word ends so in Spanish only as a plural that is not Spanish: tokens, Transformers, LLMs, GPUs.
_LOAN_PLURAL = re.compile(r"[bcdfghjklmnpqrtvwxyz]s$|^[cgnt]pus$")
_STEMMERS = {"en": "english", "es": "spanish"}
STOP_WORDS = {
    language: frozenset(listed)
    for language, listed in tomllib.loads(Path(__file__).with_name("stop_words.toml").read_text("utf-8")).items()
}


@lru_cache(maxsize=50_000)  # the sentences of a course are asked for again and again
def plain(text: str) -> str:
    """The text without Markdown marks; formulas in plain form (`sqrt(d_k)`); citations removed."""
    text = _MATH.sub(lambda match: " " + plain_formula(match[1] or match[2]) + " ", text)
    text = _LINK.sub(r"\1", _CITATION.sub("", text))
    return re.sub(r"[ \t]+", " ", _MARKS.sub("", plain_symbols(text))).strip()


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Lower case without accents; ñ stays."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFD", word.lower().replace("ñ", "\ue0f1"))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace("\ue0f1", "ñ")


def folded(text: str) -> str:
    """A whole text in lower case, without accents and with plain apostrophes, each character in its place."""
    return "".join(found if len(found := fold(char)) == 1 else char for char in text).replace("’", "'")


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS[language])


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The Snowball stem of a word, accents folded. Words with digits (gpt-4, d_k) are left whole.

    In Spanish a plural that is not Spanish (tokens, Transformers, LLMs) has the stem of its singular.
    """
    if any(char.isdigit() or char == "_" for char in word):
        return fold(word)
    word = word.lower()
    if language == "es" and _LOAN_PLURAL.search(word):
        word = word[:-1]
    return fold(_stemmer(language).stemWord(word))


def words(text: str) -> list[str]:
    """The words of a plain text in order, in lower case; numbers keep their points and commas."""
    return [match.group().lower() for match in WORD.finditer(text)]


@lru_cache(maxsize=50_000)
def stop_stems(language: str) -> frozenset[str]:
    """The stop words of a language, accents folded."""
    return frozenset(fold(word) for word in STOP_WORDS[language])


def stems(text: str, language: str) -> list[str]:
    """What BM25 indexes: stems without stop words; a compound (self-attention, gpt-4) gives itself and its parts."""
    found: list[str] = []
    stop = stop_stems(language)
    for word in words(plain(text)):
        if fold(word) in stop:
            continue
        if "-" in word:
            found.append(fold(word))
            found.extend(stem(part, language) for part in word.split("-") if fold(part) not in stop)
        else:
            found.append(stem(word, language))
    return found


def typed(name: str) -> str:
    """A name without accents, capitals and marks, as people type it."""
    return " ".join(fold(word) for word in words(name)) or name.lower()
