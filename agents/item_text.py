"""The texts of an item as the item-writing rules read them: formulas (`$...$`) and code (`...`) are no words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from agents.answer_numbers import read_answer
from agents.rule_words import find
from knowledge.formulas import plain_formula
from knowledge.lexicon import lexicon
from knowledge.sentences import split_sentences
from knowledge.terms import WORD, fold, stem

ATOM = re.compile(r"\$\$.+?\$\$|(?<!\\)\$(?!\s)[^$\n]+(?<!\s)\$|```.+?```|`[^`\n]+`", re.S)
HIDDEN = "¤"  # stands where a formula or code stood
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*+|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|^#{1,6} |^\s*[-+] |</?[A-Za-z]+>", re.M)
_LAYOUT = re.compile(
    r"\\(?:begin|end)\{[^}]*\}|\\[,;:! ]|\\(?:mathrm|mathbf|mathbb|mathcal|mathsf|mathit|text|textbf|textit"
    r"|operatorname|boldsymbol|left|right|[bB]igg?[lr]?|displaystyle|quad|qquad|d?frac|tfrac|limits)(?![A-Za-z])"
)
_SPELLED = re.compile(r"\\(log|ln|exp|sin|cos|tan|tanh|max|min|arg)(?![A-Za-z])")
_SIGN = re.compile(r"\\[A-Za-z]+|\\\\")
_BOLD = re.compile(r"\*\*(.+?)\*\*|(?<!\w)__(?=\w)(.+?)(?<=\w)__(?!\w)|<(?:b|strong)>(.+?)</(?:b|strong)>", re.S)
_PIECE = re.compile(f"{ATOM.pattern}|{WORD.pattern}", re.S)
_CLITICS = re.compile(r"(?:me|nos)?l[oa]s?$|(?:me|nos)$")
_CLAUSE = re.compile(r"(?:[.,;:—(]|\s-)\s+")
_LETTERS = re.compile(r"[^\W\d_]+")
_FIRST_NUMBER = re.compile(r"\d")
_NAMED_SIGNS = re.compile(r"\\(?:times|cdot|d?frac|tfrac|sqrt|pi|exp|ln|log|%|,|text|mathrm)(?![A-Za-z])")
READ = 20_000  # texts that are kept as they were read: items share theirs
_MOST_WORDS = 2  # of the unit that stands after a number


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts: in the first unit of its dimension, or in the words that stand after it."""

    value: float
    unit: str


@lru_cache(READ)
def visible(text: str) -> str:
    """The text as a reader sees it, for its length: no marks of Markdown, formulas without their commands."""
    return " ".join(_unmarked(ATOM.sub(lambda match: _shown(match[0]), text)).split())


@lru_cache(READ)
def prose(text: str) -> str:
    """The text without marks, with one sign in place of each formula and piece of code."""
    return " ".join(_unmarked(ATOM.sub(f" {HIDDEN} ", text)).split())


def prose_words(text: str) -> list[str]:
    """The words outside formulas and code, in lower case without accents, and the numbers among them."""
    return list(_prose_words(text))


@lru_cache(READ)
def _prose_words(text: str) -> tuple[str, ...]:
    return tuple(fold(word).replace("’", "'") for word in WORD.findall(prose(text)))


def content_words(text: str, language: str) -> list[str]:
    """The words that say what a text is about: no numbers, no function words, none that any question has."""
    return list(_content_words(text, language))


@lru_cache(READ)
def _content_words(text: str, language: str) -> tuple[str, ...]:
    function = lexicon(language).function
    return tuple(
        word
        for word in prose_words(text)
        if not word[0].isdigit() and stem(word, language) not in function and not find("generic", [word], language)
    )


@lru_cache(READ)
def pieces(text: str, language: str) -> tuple[str, ...]:
    """Words, formulas and code in order, each formula and number in one normal form; single letters keep their case."""
    found = (match[0] for match in _PIECE.finditer(_unmarked_around(text)))
    return tuple(_normal(piece, language) for piece in found)


def embolden(text: str) -> str:
    """The text with what is bold in capitals."""
    return _BOLD.sub(lambda match: (match[1] or match[2] or match[3]).upper(), text)


def asking(question: str, language: str) -> list[str]:
    """The sentences of a stem that ask: its questions, from their opening mark on, or without any its instructions."""
    found = sentences(question, language)
    questions = [sentence[sentence.find("¿") + 1 :] for sentence in found if re.search("[¿?]", prose(sentence))]
    return questions or [sentence for sentence in found if _instructs(sentence, language)]


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text of one or more lines, as they are written."""
    return [sentence for line in text.splitlines() for sentence in split_sentences(line, language)]


@lru_cache(READ)
def amount(option: str, language: str) -> Amount | None:
    """The number that an option is, with at most a unit after it; None for any other option."""
    shown = option.replace("`", "")
    start = _FIRST_NUMBER.search(shown)
    if start and _LETTERS.search(_NAMED_SIGNS.sub("", shown[: start.start()])):
        return None
    words = _LETTERS.findall(prose(option))
    formulas = " ".join(match[0] for match in ATOM.finditer(option))
    if len(words) > _MOST_WORDS or not (start or words) or _LETTERS.search(_NAMED_SIGNS.sub("", formulas)):
        return None
    if re.search(r"\d\s*[-–—]\s*\d", ATOM.sub(HIDDEN, option)) or (not start and max(map(len, words)) < _MOST_WORDS):
        return None
    read = read_answer(option, language)
    if not read.values:
        return None
    dimension, size = next(iter(read.sizes.items()), (" ".join(map(fold, words)) if start else "", 1.0))
    return Amount(float(f"{read.values[0] * size:.12g}"), dimension)


def _unmarked(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", text))


def _unmarked_around(text: str) -> str:
    """The text without marks outside formulas and code."""
    atoms = ATOM.findall(text)
    bare = _unmarked(ATOM.sub(HIDDEN, text))
    return re.sub(HIDDEN, lambda _: f" {atoms.pop(0)} ", bare) if bare.count(HIDDEN) == len(atoms) else bare


def _shown(atom: str) -> str:
    if atom.startswith("`"):
        return atom.strip("`")
    bare = _SPELLED.sub(r"\1", _LAYOUT.sub("", atom.strip("$").replace("{,}", ",")))
    return re.sub(r"[{}^_&\\]", "", _SIGN.sub(HIDDEN, bare))


def _normal(piece: str, language: str) -> str:
    if piece.startswith("`"):
        return piece
    if not piece.startswith("$"):
        return piece if len(piece) == 1 else fold(piece).replace("’", "'")
    if r"\begin" in piece:
        return "".join(piece.split())
    bare = piece.strip("$").replace("\\,", "").replace("{,}", "." if language == "es" else "")
    plain = re.sub(r"(?<!\w)\((\w+)\)", r"\1", "".join(plain_formula(bare).split()))
    return "$" + re.sub(r"(?<![\w.])\d+\.\d+", lambda match: f"{float(match[0]):.12g}", plain)


def _instructs(sentence: str, language: str) -> bool:
    for clause in _CLAUSE.split(sentence):
        row = prose_words(clause)[:3]
        while row and find("openers", row[:1], language):
            row = row[1:]
        opening = [row[0], _CLITICS.sub("", row[0])] if row else []  # "nómbralos" is "nombra"
        if any(find("instructions", [word], language) for word in opening):
            return True
    return False
