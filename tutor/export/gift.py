r"""A paper as GIFT, one text file that Moodle and others import; texts are HTML, formulas as \( \).

GIFT has no points, no notes for a grader and no matrices: what it cannot grade is an essay whose general feedback,
shown after the answer, has the key. The name ends in .txt, as Moodle takes GIFT as plain text only.
"""

import re
from collections.abc import Callable, Iterable

from agents.item import Item
from tutor.export.graded import (
    chosen,
    decimal,
    file_stem,
    known_mistakes,
    notes,
    number,
    option_feedback,
    shares,
    truth,
)
from tutor.export.mathjax import blocks, inline
from tutor.export.pairing import pairing
from tutor.export.xml_tree import html
from tutor.paper import Paper

LONGEST_NAME = 255
_ESCAPES = str.maketrans({mark: f"\\{mark}" for mark in "\\~=#{}:"} | {"\n": "\\n", "\r": ""})
Body = tuple[str, list[str]]  # the question in Markdown, the lines of its answers


def gift_files(paper: Paper) -> dict[str, bytes]:
    """The file name and its bytes."""
    title = " ".join(_one_line(paper.title).replace("\\", " ").replace("/", "//").split()) or file_stem(paper)
    parts = [f"$CATEGORY: $course$/top/{title}/{paper.version}"]
    parts += [_question(item, f"{paper.version}{place:02}") for place, item in enumerate(paper.items, 1)]
    return {f"{file_stem(paper)}.gift.txt": ("\n\n".join(parts) + "\n").encode()}


def _question(item: Item, place: str) -> str:
    make = _MAKERS.get(item.kind)
    body = make(item) if make else None
    asked, answers = body or _essay(item)
    solution = item.rationale if body else notes(item)
    name = " ".join(_one_line(f"{place} {item.id}").split())[:LONGEST_NAME].translate(_ESCAPES)
    closing = [f"####{_text(solution)}"] if solution else []
    return "\n".join([_comment(item), f"::{name}::{_text(asked)}{{", *answers, *closing, "}"])


def _comment(item: Item) -> str:
    """What Moodle takes from a comment: the id number and the tags."""
    tags = (item.concept, item.bloom, f"difficulty-{item.difficulty}")
    marks = [f"[id:{_bracketed(item.id)}]", *(f"[tag:{_bracketed(tag)}]" for tag in tags)]
    return "// " + " ".join(marks)


def _choice(item: Item) -> Body | None:
    right = chosen(item)
    if right is None:
        return None
    marks = ("=" if index == right else "~" for index in range(len(item.options)))
    return item.stem, _options(item, marks)


def _several(item: Item) -> Body | None:
    given = shares(item)
    return None if given is None else (item.stem, _options(item, (f"~%{_percent(share)}%" for share in given)))


def _options(item: Item, marks: Iterable[str]) -> list[str]:
    return [
        mark + _escaped(html(inline(option))) + _feedback(option_feedback(item, index))
        for index, (mark, option) in enumerate(zip(marks, item.options, strict=True))
    ]


def _true_or_false(item: Item) -> Body | None:
    true = truth(item)
    if true is None:
        return _choice(item)
    return item.stem, [("TRUE" if true else "FALSE") + _feedback(option_feedback(item, 1 - item.key))]


def _number(item: Item) -> Body | None:
    if not number(item.key):
        return None
    around = decimal(item.tolerance)
    wrong = [f"=%0%{decimal(value)}:{around}{_feedback(said)}" for value, said in known_mistakes(item)]
    return item.stem, ["#", f"={decimal(item.key)}:{around}", *wrong]


def _pairs(item: Item) -> Body | None:
    paired = pairing(item)
    if paired is None:
        return None
    lines = [(_text(left), paired.rights[right]) for left, right in zip(paired.lefts, paired.key, strict=True)]
    lines += [("", right) for index, right in enumerate(paired.rights) if index not in paired.key]
    return paired.asked, [f"={left} -> {right.translate(_ESCAPES)}" for left, right in lines]


def _essay(item: Item) -> Body:
    listed = [f"{place}. {option}" for place, option in enumerate(item.options, 1)]
    return "\n\n".join([item.stem, *listed]), []


def _feedback(said: str) -> str:
    return f"#{_text(said)}" if said else ""


def _text(markdown: str) -> str:
    return _escaped(html(blocks(markdown)))


def _escaped(written: str) -> str:
    """HTML as a text of GIFT; the format stands before each, so that no text can name another."""
    return "[html]" + written.translate(_ESCAPES)


def _percent(share: float) -> str:
    return decimal(round(100 * share, 5))


def _bracketed(text: str) -> str:
    return _one_line(text).replace("]", "\\]")


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text)


_MAKERS: dict[str, Callable[[Item], Body | None]] = {
    "mcq": _choice, "multi": _several, "true_false": _true_or_false, "numeric": _number, "order": _pairs,
    "match": _pairs,
}  # fmt: skip
