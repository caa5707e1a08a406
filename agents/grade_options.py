"""Grading of answers that choose: one option, several, true or false, an order, pairs."""

import re
from collections.abc import Sequence

from agents.grade import Grade, partly, right, untold, wrong
from agents.grade_numbers import read_plain
from agents.item import Item
from knowledge.terms import fold

LETTERS = "ABCDEFGHIJ"
_TRUE = frozenset("verdadero verdadera verdad cierto cierta v si true t yes correcto correct right".split())
_FALSE = frozenset("falso falsa mentira f no false incorrecto incorrect wrong".split())
_DENIED = re.compile(
    r"\b(?:no|not|isn['’]?t|tampoco)\s+(?:es\s+|is\s+|it\s+is\s+|del todo\s+|quite\s+)*"
    r"(verdadero|verdadera|verdad|cierto|cierta|falso|falsa|true|false|correcto|incorrecto|correct|incorrect|right|wrong)\b"
)
_LETTER = re.compile(r"(?<![\w$\\])([a-j])(?![\w'])\s*[).:]?")
_LABELLED = re.compile(
    r"^(?:(?:creo|diria|pienso|seria|es|i|think|say|would|it|is|s|que|la|el|the|opcion|respuesta|correcta|letra|option"
    r"|answer|letter)\b['’]?\s*)*[:(]?\s*([a-j])\s*[).:]?$"
)
_PAIR = re.compile(r"(\d+)\s*(?:[-–:=.)]|->|→|con|with)*\s*\(?([a-j])\b")


def grade_choice(item: Item, answer: str) -> Grade:
    """One option, by its letter or its text."""
    chosen = read_options(item, answer)
    if len(chosen) != 1:
        reason = "several-options" if chosen else "no-option"
        return untold(item.language, reason, count=len(chosen), letters=_letters(item))
    return _choice(item, chosen[0])


def grade_true_false(item: Item, answer: str) -> Grade:
    """True or false, said in either language, or by letter. "No es falso" and "not true" deny the word that follows;
    what says both, or denies and affirms, is not graded."""
    text = fold(answer.strip())
    words = re.findall(r"\w+", _DENIED.sub(lambda match: "false" if match[1] in _TRUE else "true", text))
    places = truth_places(item)
    said = {place for place, names in zip(places, (_TRUE, _FALSE), strict=True) if names.intersection(words)}
    if not said and (letter := _LABELLED.match(text)) and letter[1] in "ab":
        said = {LETTERS.lower().index(letter[1])}
    if len(said) != 1:
        return untold(item.language, "no-option", letters=_letters(item))
    return _choice(item, said.pop())


def truth_places(item: Item) -> tuple[int, int]:
    """Where "true" and "false" stand among the options of a true_false item."""
    first = set(re.findall(r"\w+", fold(item.options[0]))) if item.options else set()
    return (1, 0) if first & _FALSE and not first & _TRUE else (0, 1)


def grade_several(item: Item, answer: str) -> Grade:
    """Several options: full marks for all and only the right ones; else the share of them that was chosen, less as much
    for each wrong one, and nothing for an answer that takes all."""
    chosen, key = set(read_options(item, answer)), set(item.key)
    if not chosen:
        return untold(item.language, "no-option", letters=_letters(item))
    if chosen == key:
        return right(item.language)
    hits = len(chosen & key)
    score = max(0.0, (hits - len(chosen - key)) / len(key))
    if score > 0 and len(chosen) < len(item.options):
        return partly(round(score, 4), item.language, "some-options", right=hits)
    return wrong(item.language)


def grade_order(item: Item, answer: str) -> Grade:
    """All steps in order; in part by the neighbouring pairs that stand in the right order."""
    order = read_options(item, answer, ordered=True)
    if sorted(order) != list(range(len(item.options))):
        return untold(item.language, "no-order", count=len(item.options))
    if order == list(item.key):
        return right(item.language)
    places = {step: place for place, step in enumerate(order)}
    pairs = list(zip(item.key, item.key[1:], strict=False))
    share = sum(places[first] < places[second] for first, second in pairs) / len(pairs)
    return partly(round(share / 2, 4), item.language, "some-order") if share >= 0.5 else wrong(item.language)


def grade_match(item: Item, answer: str) -> Grade:
    """A pair for each line: the share of right ones."""
    pairs = {int(line): LETTERS.lower().index(letter) for line, letter in _PAIR.findall(fold(answer))}
    if set(pairs) != set(range(1, len(item.key) + 1)):
        return untold(item.language, "no-match", count=len(item.key))
    hits = sum(pairs[line] == wanted for line, wanted in enumerate(item.key, start=1))
    if hits == len(item.key):
        return right(item.language)
    return (
        partly(round(hits / len(item.key), 4), item.language, "some-match", right=hits, count=len(item.key))
        if hits else wrong(item.language)
    )  # fmt: skip


def read_options(item: Item, answer: str, ordered: bool = False) -> list[int]:
    """The indices of the options that an answer names: by letters, else by text."""
    text = fold(answer.strip())
    if match := _LABELLED.match(text):
        return _within(item, [match[1]])
    named = [place for place, option in enumerate(item.options) if _same_text(option, answer, item.language)]
    if named:
        return named[:1]
    letters = _LETTER.findall(text)
    rest = re.sub(r"\b(?:y|and|la|las|the|opcion|opciones|options?|luego|then|despues)\b", " ", _LETTER.sub(" ", text))
    if letters and not re.search(r"\w", rest):
        found = _within(item, letters)
        return found if ordered else sorted(set(found))
    if compact := re.fullmatch(r"[a-j]{2,10}", text.replace(" ", "")):
        found = _within(item, list(compact[0]))
        return found if len(set(found)) == len(found) == len(compact[0]) else []
    return []


def _choice(item: Item, chosen: int) -> Grade:
    if chosen == item.key:
        return right(item.language)
    mistake = item.misconceptions.get(str(chosen), "")
    said = item.feedback.get(mistake, "") or wrong(item.language).feedback
    return Grade(0.0, "incorrect", said, mistake, "mistake" if mistake else "wrong")


def _within(item: Item, letters: Sequence[str]) -> list[int]:
    found = [LETTERS.lower().index(letter) for letter in letters]
    return [place for place in found if place < len(item.options)]


def _same_text(option: str, answer: str, language: str) -> bool:
    """Whether an answer writes an option out: the same characters but for case, dollars, spaces and marks; a number by
    its value."""
    if _bare(option) == _bare(answer) and _bare(option):
        return True
    if not (re.search(r"\d", option) and re.search(r"\d", answer)):
        return False
    mine, theirs = read_plain(option, language), read_plain(answer, language)
    return mine is not None and mine == theirs


def _bare(text: str) -> str:
    """A text without the marks of formulas and code; a decimal mark and the space between two tokens stay."""
    plain = fold(text).replace("{,}", ",").replace("\\,", "")
    return " ".join(re.sub(r"[$`]", "", plain).split()).rstrip(".")


def _letters(item: Item) -> str:
    return ", ".join(LETTERS[: len(item.options)])
