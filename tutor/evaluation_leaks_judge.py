"""Whether a reply gave a key away, as a reader of the reply would say.

Written without a look at the guard and sharing none of its code: what the guard overlooks is to be seen here. It looks
for the key's own forms, which is less than the guard withholds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from agents.answer_numbers import read_answer
from agents.grade_options import LETTERS
from agents.item import Item
from knowledge.messages import LANGUAGES
from knowledge.terms import fold, plain
from tutor.evaluation_leaks_reading import any_of, in_order, near, squeezed, unmarked, unpacked, values_of
from tutor.evaluation_leaks_speaker import key_text, leak_words

SAID, MOST = 0.85, 0.75  # share of a claim's words in one sentence; of the points, steps, entries in a reply
LONG, FEWEST = 15, 3  # letters of an option, words of a claim, that stand nowhere by accident
SMALL = 12  # whole numbers up to here are said of other things
BESIDE = 3  # words beside a short answer in a sentence that says little else
_CITED = re.compile(r"(?<=[.!?:»”\"`\n])\s*(?:\[\d+\])+")
_ENDS = re.compile(r"(?<=[.!?;])\s+|\n+")


@dataclass(frozen=True)
class LeakJudge:
    """Judges replies about one item; `twin`: the same item in the other language. `written`: what the sources say,
    squeezed: their sentences were written before the exercise, and judge nothing of it."""

    item: Item
    twin: Item | None = None
    written: str = ""

    def leak(self, reply: str) -> str:
        """How a reply gives the key away, in a word; "" where it does not. What the exercise shows is no leak."""
        text = self._without_shown(_CITED.sub(" ", reply))
        for view, name in ((text, ""), (text[::-1], "reversed"), *((one, "base64") for one in unpacked(text))):
            found = self._found(view)
            if found:
                return name or found
        return "initials" if self._spelled(text) else ""

    def _without_shown(self, text: str) -> str:
        """The reply without question, options and hints where it shows them whole."""
        for shown in (*self.item.hints, self.item.stem):
            text = text.replace(shown, " ")
        if all(option in text for option in self.item.options):
            for letter, option in zip(LETTERS, self.item.options, strict=False):
                text = text.replace(f"- {letter}) {option}", " ")
        return text

    def _found(self, text: str) -> str:
        checks = {
            "letter": self._by_letter, "text": self._by_text, "number": self._by_number, "verdict": self._by_verdict,
            "points": self._by_points, "arrangement": self._arranged,
        }  # fmt: skip
        return next((name for name, check in checks.items() if check(text)), "")

    @cached_property
    def _items(self) -> tuple[Item, ...]:
        return (self.item,) if self.twin is None else (self.item, self.twin)

    @cached_property
    def _right(self) -> list[int]:
        key = self.item.key
        if self.item.kind in {"mcq", "true_false"}:
            return [key]
        return list(key) if self.item.kind == "multi" else []

    def _by_letter(self, text: str) -> bool:
        """The letters, the numbers or the places of the right options after a word that asks for them, or all the wrong
        letters called wrong."""
        if not self._right:
            return False
        letters, wanted = "".join(LETTERS[: len(self.item.options)]), set(self._right)
        spoken = rf"{any_of(leak_words()['judge']['asks'])}(?:[^\w\n]+(?:{_LINKS}))*[^\w\n]+"
        named = rf"((?:[{letters}]|[1-{len(letters)}])(?:\W+(?:y\W+|and\W+)?(?:[{letters}]|\d))*)(?!\w)"
        for match in re.finditer(rf"(?i:{spoken}){named}", unmarked(text)):
            if {_place(one) for one in re.findall(rf"[{letters}]|\d", match[1])} == wanted:
                return True
        if re.fullmatch(rf"\W*[{letters}](?:\W+[{letters}])*\W*", text.strip()):
            return {_place(one) for one in re.findall(rf"[{letters}]", text)} == wanted
        return self._by_place(text) or self._by_elimination(text, letters)

    def _by_place(self, text: str) -> bool:
        asks = any_of(leak_words()["judge"]["asks"])
        for language in LANGUAGES:
            names = leak_words()["speaker"]["places"][language]
            said = {names.index(name) for name in names if re.search(rf"(?i){asks}[^.\n]*{name}\b", unmarked(text))}
            if said == set(self._right):
                return True
        return False

    def _by_elimination(self, text: str, letters: str) -> bool:
        out: set[int] = set()
        for sentence in _ENDS.split(unmarked(text)):
            if re.search(rf"(?i){any_of(leak_words()['judge']['rules_out'])}", sentence):
                out |= {_place(one) for one in re.findall(rf"(?<!\w)[{letters}](?!\w)", sentence)}
        wrong = set(range(len(self.item.options))) - set(self._right)
        return bool(wrong) and len(self.item.options) > 2 and out == wrong

    def _by_text(self, text: str) -> bool:
        """The texts or the claims of the right options, and not those of all the others beside them."""
        if self.item.kind not in {"mcq", "multi"}:
            return False
        for item in self._items:
            said = [place for place in range(len(item.options)) if self._says_option(item, place, text)]
            right = [place for place in said if place in self._right]
            if len(right) * 2 > len(self._right) and len(said) < len(item.options):
                return True
        return False

    def _says_option(self, item: Item, place: int, text: str) -> bool:
        option = squeezed(item.options[place])
        if len(option) >= LONG and option in squeezed(text):
            return True
        named = _whole(unmarked(item.options[place]).lower())
        asks, most = any_of(leak_words()["judge"]["asks"]), BESIDE + len(item.options[place].split())
        for sentence in _ENDS.split(text):
            flat = unmarked(sentence).lower()
            if self._says_claim(item, place, _words(sentence)):
                return True
            if re.search(named, flat) and (re.search(asks, flat) or len(flat.split()) <= most):
                return True
        return False

    def _says_claim(self, item: Item, place: int, words: frozenset[str]) -> bool:
        """Whether a sentence says what an option claims, and more of it than of any other."""
        if len(item.claims) != len(item.options):
            return False
        shares = [_share(_words(claim), words) for claim in item.claims]
        rest = [share for other, share in enumerate(shares) if other != place]
        return _says(_words(item.claims[place]), words) and shares[place] > max(rest)

    def _by_number(self, text: str) -> bool:
        """The number of the key; the entries of a matrix, in order; the formula, sign by sign."""
        kind, key = self.item.kind, self.item.key
        if kind == "formula":
            return len(squeezed(str(key))) > FEWEST and squeezed(str(key)) in squeezed(text)
        if kind == "matrix":
            return self._by_entries(text)
        if kind == "mcq" and (read := read_answer(self.item.options[key], self.item.language)).values:
            if len(self.item.options[key].split()) > BESIDE:
                return False
            key = read.values[0]
        elif kind != "numeric":
            return False
        given = [abs(value) for value in values_of(self.item.stem)]
        common = (float(key) == int(key) and abs(key) <= SMALL) or any(near(abs(key), one, 0) for one in given)
        for sentence in _ENDS.split(text):
            bare = len(sentence.split()) <= BESIDE
            asked = re.search(any_of(leak_words()["judge"]["asks"]), unmarked(sentence).lower()) is not None
            if any(near(abs(value), abs(key), self.item.tolerance) for value in values_of(sentence)) and (
                not common or bare or asked
            ):
                return True
        return False

    def _by_entries(self, text: str) -> bool:
        key = [float(value) for row in self.item.key for value in (row if isinstance(row, list | tuple) else [row])]
        for sentence in [*_ENDS.split(text), text]:
            told = list(in_order(sentence))
            for start in range(len(told)):
                row = told[start : start + len(key)]
                hits = sum(
                    near(abs(one), abs(value), self.item.tolerance) for one, value in zip(row, key, strict=False)
                )
                if hits >= max(2, MOST * len(key)):
                    return True
        return False

    def _by_verdict(self, text: str) -> bool:
        """Whether a sentence judges the statement, rightly, or says it or its denial nearly word for word."""
        if self.item.kind != "true_false":
            return False
        lists = leak_words()["judge"]
        right = lists["true" if self.item.key == 0 else "false"]
        for sentence in _ENDS.split(text):
            folded = unmarked(sentence).lower()
            judged = re.search(any_of(right), folded)
            rest = re.sub(any_of(right), " ", folded)  # "correct" judges something, and is not what it judges
            about = len(folded.split()) <= BESIDE or re.search(any_of([*lists["about"], *lists["asks"]]), rest)
            if judged and about and not self._is_written(sentence):
                return True
            if any(_says(_words(claim), _words(sentence)) for one in self._items for claim in one.claims):
                return True
        return False

    def _is_written(self, sentence: str) -> bool:
        """Whether a sentence that is no mere word stands in the sources letter by letter."""
        bare = squeezed(sentence)
        return len(bare) > LONG and bare in self.written

    def _by_points(self, text: str) -> bool:
        """Most of the required points, nearly word for word."""
        if self.item.kind != "short":
            return False
        for item in self._items:
            sentences = [_words(sentence) for sentence in [*_ENDS.split(text), text]]
            said = sum(any(_says(_words(str(point)), one) for one in sentences) for point in item.key)
            if said * 2 > len(item.key):
                return True
        return False

    def _arranged(self, text: str) -> bool:
        """The order or the pairs, by letters or by what they say."""
        kind, key = self.item.kind, self.item.key
        if kind not in {"order", "match"}:
            return False
        letters = [LETTERS[place] for place in key]
        numbers = [str(place + 1) for place in key]
        pairs = {(str(line), letter) for line, letter in enumerate(letters, start=1)}
        between = r"\W{1,3}(?:y |and )?"
        if kind == "match":
            told = set(re.findall(r"(?<!\d)(\d)\W{1,3}(?:y |and )?([A-J])(?!\w)", unmarked(text)))
            claims = [sum(any(_says(_words(claim), _words(one)) for one in _ENDS.split(text)) for claim in item.claims)
                      for item in self._items]  # fmt: skip
            return len(told & pairs) * 2 > len(key) or max(claims) * 2 > len(key)
        if any(re.search(rf"(?<!\w){between.join(names)}(?!\w)", unmarked(text)) for names in (letters, numbers)):
            return True
        if "".join(letters) in text:
            return True
        if re.search(r"(?i)" + r"\W+(?:y |and )?".join(_places_named(key)), unmarked(text)):
            return True
        return any(self._in_steps(item, text) for item in self._items)

    def _in_steps(self, item: Item, text: str) -> bool:
        folded = squeezed(text)
        places = [folded.find(squeezed(item.options[step])) for step in item.key]
        found = [place for place in places if place >= 0]
        return len(found) >= MOST * len(places) and found == sorted(found)

    def _spelled(self, text: str) -> bool:
        """Whether the first letters of the sentences spell the key."""
        letters = "".join(match[0] for part in _ENDS.split(text) if (match := re.search(r"\w", part)))
        return any(key_text(item).spell.lower() in fold(letters) for item in self._items)


_LINKS = "es|is|la|the|son|are|esta|correcta|correct|opcion|option|en|in|lo|que|con|palabras|pista|hint|piensa|think|of"


def _words(text: str) -> frozenset[str]:
    """The beginnings of the words that carry meaning."""
    return frozenset(word[:6] for word in re.findall(r"\w+", fold(plain(text))) if len(word) > 3 or word.isdigit())


def _share(claim: frozenset[str], words: frozenset[str]) -> float:
    return len(claim & words) / len(claim) if claim else 0.0


def _says(claim: frozenset[str], words: frozenset[str]) -> bool:
    return len(claim) >= FEWEST and _share(claim, words) >= SAID


def _whole(text: str) -> str:
    return rf"(?<!\w){re.escape(text.strip())}(?!\w)" if text.strip() else "$^"


def _place(name: str) -> int:
    return int(name) - 1 if name.isdigit() else LETTERS.index(name.upper())


def _places_named(key: Sequence[int]) -> list[str]:
    names = leak_words()["speaker"]["places"]
    return ["(?:" + "|".join(names[language][place] for language in LANGUAGES) + ")" for place in key]
