"""Rules on what gives the key away to who does not know it: what is wrong, "" for nothing."""

from collections.abc import Sequence

from agents.agreement import Agreement, asked_for, fits, last_article, led
from agents.item import Item
from agents.item_text import ATOM, amount, asking, content_words, pieces, prose_words, visible
from agents.rule_words import find
from knowledge.formulas import same_formula
from knowledge.frequency import zipf
from knowledge.terms import stem

LONGER = 1.25  # times as long as the longest distractor
LONGER_BY = 12  # characters, some two words: names and numbers have the length they have
RARE = 4.5  # Zipf frequency below which a word is one of the subject
FEWEST_LETTERS = 3  # of a word that can be a cue
FEWEST_ALIKE = 2  # distractors that agree among themselves and not with the key, where the question agrees with it
FEWEST_ALIKE_UNASKED = 3  # where the question does not tell
_OTHER = {"s": {"p"}, "p": {"s"}, "m": {"f"}, "f": {"m"}}


def keys_of(item: Item) -> tuple[int, ...]:
    """The indices of the right options of an mcq, multi or true_false; none where the key is no such index."""
    given = item.key if isinstance(item.key, list | tuple) else (item.key,)
    return tuple(key for key in given if type(key) is int and 0 <= key < len(item.options))


def longest_key(item: Item) -> str:
    """A key that is longer than every distractor by more than a quarter, as a reader sees them."""
    keys, wrong = _sides(item)
    if not keys or not wrong or any(_is_data(option, item.language) for option in keys):
        return ""
    shortest, longest = min(len(visible(key)) for key in keys), max(len(visible(option)) for option in wrong)
    if shortest <= LONGER * longest or shortest - longest < LONGER_BY:
        return ""
    return f"the key has {shortest} characters, the longest distractor {longest}"


def absolute_terms(item: Item) -> str:
    """Absolute terms ("always", "nunca") in most distractors and no key, or in most keys and no distractor."""
    keys, wrong = ([_absolute(option, item.language) for option in side] for side in _sides(item))
    for name, one, other in (("distractors", wrong, keys), ("key", keys, wrong)):
        if other and 2 * sum(map(bool, one)) > len(one) and not any(other):
            return f"only in the {name}: {', '.join(filter(None, one))}"
    return ""


def clang(item: Item) -> str:
    """A rare word of the stem that stands in the key and in no distractor."""
    keys, wrong = _sides(item)
    if not keys or not wrong:
        return ""
    asked = _rare(item.stem, item.language)
    shared = set(asked).intersection(*(_rare(key, item.language) for key in keys))
    shared -= {word for option in wrong for word in _all_stems(option, item.language)}
    return ", ".join(sorted(asked[word] for word in shared))


def grammatical_cue(item: Item) -> str:
    """Grammar that only some options fit: the article at the end of the stem, or number and gender that the key alone
    has."""
    keys, wrong = _sides(item)
    if article := last_article(item.stem, item.language):
        unfit = [option for option in item.options if fits(article, option, item.language) is False]
        if unfit:
            return f"“{article}” does not go with: {', '.join(unfit)}"
    if len(keys) != 1 or len(wrong) < FEWEST_ALIKE:
        return ""
    key, others = led(keys[0], item.language), [led(option, item.language) for option in wrong]
    told = [other for other in others if other is not None]
    if key is None or len(told) < len(others):
        return ""
    return _alone(key, told, asked_for(asking(item.stem, item.language), item.language))


def key_in_stem(item: Item) -> str:
    """A stem that holds the words of the key and of no distractor, or the formula that is asked for."""
    if item.kind == "formula":
        held = [atom for atom in ATOM.findall(item.stem) if same_formula(atom.strip("$"), str(item.key).strip("$"))]
        return held[0] if held else ""
    if item.kind == "short":
        keys, wrong = [str(point) for point in item.key], list[str]()
    else:
        keys, wrong = _sides(item)
    if not keys or any(_is_data(key, item.language) for key in keys):
        return ""
    if all(told(key, item.stem, item.language) for key in keys) and not any(
        told(option, item.stem, item.language) for option in wrong
    ):
        return ", ".join(keys)
    return ""


def told(words: str, text: str, language: str) -> bool:
    """Whether a text holds some words, formulas included, in their order and nothing between."""
    wanted, row = pieces(words, language), pieces(text, language)
    while wanted and find("article_words", wanted[:1], language):
        wanted = wanted[1:]
    wanted, row = tuple(map(str.lower, wanted)), tuple(map(str.lower, row))
    return bool(wanted) and any(row[at : at + len(wanted)] == wanted for at in range(len(row)))


def _sides(item: Item) -> tuple[list[str], list[str]]:
    """The texts of the right options, and of the others."""
    keys = keys_of(item)
    return [item.options[key] for key in keys], [
        option for place, option in enumerate(item.options) if place not in keys
    ]


def _is_data(option: str, language: str) -> bool:
    """Whether an option is a number, code or a formula, with no words of its own."""
    worded = any(len(word) >= FEWEST_LETTERS for word in content_words(option, language))
    return not worded or amount(option, language) is not None


def _absolute(option: str, language: str) -> str:
    row = prose_words(option)
    return next((" ".join(row[start:end]) for start, end in find("absolutes", row, language)), "")


def _words(text: str) -> list[str]:
    return [part for word in prose_words(text) for part in word.split("-")]


def _all_stems(text: str, language: str) -> set[str]:
    return {stem(word, language) for word in _words(text)}


def _rare(text: str, language: str) -> dict[str, str]:
    """Stem -> word, of the words that are rare in the language at large."""
    return {
        stem(word, language): word for word in _words(text)
        if word.isalpha() and len(word) >= FEWEST_LETTERS and zipf(word, language) < RARE
        and not find("everywhere", [word], language)
    }  # fmt: skip


def _alone(key: Agreement, others: Sequence[Agreement], asked: Agreement) -> str:
    """What the key alone has: the number or the gender that the question asks for, or another number than many."""
    many = len(others) >= FEWEST_ALIKE_UNASKED and not asked.number
    if key.number and (many or key.number == asked.number) and {other.number for other in others} == _OTHER[key.number]:
        return "the key alone is " + {"s": "singular", "p": "plural"}[key.number]
    if key.gender and key.gender == asked.gender and {other.gender for other in others} == _OTHER[key.gender]:
        return f"the key alone has the question's gender ({key.gender})"
    return ""
