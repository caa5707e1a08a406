r"""A paper as Moodle XML, one file that Moodle imports into its question bank; formulas as \( \).

Numbers have a tolerance and answer to known mistakes; a matrix is a cloze question with a number for each entry (Moodle
then gives it as many marks as it has entries, whatever its points); an order is a match of options and places; what
only a person can grade is an essay whose grader information has the key.
"""

from collections.abc import Callable

from agents.item import Item
from tutor.export.graded import (
    cells,
    chosen,
    decimal,
    digest,
    file_stem,
    known_mistakes,
    notes,
    number,
    option_feedback,
    shares,
    truth,
    unit_name,
)
from tutor.export.mathjax import blocks, inline
from tutor.export.pairing import pairing
from tutor.export.xml_tree import Node, document, html, node
from tutor.paper import Paper

PENALTY = 1 / 3  # of the points, for each further try in the behaviours that have tries; Moodle's own default
LONGEST_NAME, LONGEST_ID = 255, 100  # characters that Moodle's database holds
Body = tuple[str, str, tuple[Node, ...]]  # question type, question text as HTML, what is of that type alone


def moodle_files(paper: Paper) -> dict[str, bytes]:
    """The file name and its bytes. The questions go into a category of the paper's title and version."""
    questions = (_question(item, f"{paper.version}{place:02}") for place, item in enumerate(paper.items, 1))
    return {f"{file_stem(paper)}.xml": document(node("quiz", _category(paper), *questions))}


def _category(paper: Paper) -> Node:
    title = " ".join(paper.title.split()).replace("/", "//") or file_stem(paper)  # a single slash parts the levels
    return node("question", _text("category", f"$course$/top/{title}/{paper.version}"), type="category")


def _question(item: Item, place: str) -> Node:
    make = _MAKERS.get(item.kind)
    kind, asked, special = (make(item) if make else None) or _essay(item)
    penalty = {"truefalse": "1", "essay": "0"}.get(kind, f"{PENALTY:.7f}")
    return node(
        "question",
        _text("name", " ".join(f"{place} {item.id}".split())[:LONGEST_NAME]),
        _html("questiontext", asked),
        _html("generalfeedback", html(blocks(item.rationale))),
        node("defaultgrade", decimal(item.points)),
        node("penalty", penalty),
        node("hidden", "0"),
        node("idnumber", item.id if len(item.id) <= LONGEST_ID else digest(item.id)),
        *special,
        *(() if kind == "essay" else (_html("hint", html(blocks(hint))) for hint in item.hints)),
        node("tags", *(_text("tag", tag) for tag in (item.concept, item.bloom, f"difficulty-{item.difficulty}"))),
        type=kind,
    )


def _choice(item: Item) -> Body | None:
    right = chosen(item)
    return None if right is None else _options(item, [float(index == right) for index in range(len(item.options))])


def _several(item: Item) -> Body | None:
    given = shares(item)
    return None if given is None else _options(item, list(given), single="false")


def _options(item: Item, fractions: list[float], single: str = "true") -> Body:
    answers = (
        _answer(html(inline(option)), fraction, option_feedback(item, index))
        for index, (option, fraction) in enumerate(zip(item.options, fractions, strict=True))
    )
    settings = (
        node("single", single),
        node("shuffleanswers", "false"),
        node("answernumbering", "abc"),
        node("showstandardinstruction", "0" if single == "true" else "1"),
    )
    return "multichoice", _asked(item), (*settings, *answers)


def _true_or_false(item: Item) -> Body | None:
    true = truth(item)
    if true is None:
        return _choice(item)
    said = option_feedback(item, 1 - item.key)
    answers = (
        _answer(word, float(value == true), "" if value == true else said, written="plain_text")
        for word, value in (("true", True), ("false", False))
    )
    return "truefalse", _asked(item), tuple(answers)


def _number(item: Item) -> Body | None:
    if not number(item.key):
        return None
    answers = [_valued(item, item.key, 1.0, "")]
    answers += [_valued(item, value, 0.0, said) for value, said in known_mistakes(item)]
    unit = node("unit", node("multiplier", "1"), node("unit_name", unit_name(item)))
    settings = (node("unitgradingtype", "0"), node("showunits", "0" if item.unit else "3"))
    return "numerical", _asked(item), (*answers, *((node("units", unit),) if item.unit else ()), *settings)


def _valued(item: Item, value: float, fraction: float, said: str) -> Node:
    made = _answer(decimal(value), fraction, said, written="plain_text")
    return Node(made.tag, made.attributes, (*made.children, node("tolerance", decimal(item.tolerance))))


def _matrix(item: Item) -> Body | None:
    rows = cells(item)
    if rows is None:
        return None
    table = node("table", node("tbody", *(node("tr", *(_cell(entry, item) for entry in row)) for row in rows)))
    stem = _asked(item).replace("{", "&#123;").replace("}", "&#125;")  # else Moodle may read a field in it
    return "cloze", stem + html((table,)), ()


def _cell(entry: float, item: Item) -> Node:
    return node("td", f"{{1:NUMERICAL:={decimal(entry)}:{decimal(item.tolerance)}}}")


def _pairs(item: Item) -> Body | None:
    paired = pairing(item)
    if paired is None:
        return None
    lines = [(html(blocks(left)), paired.rights[right]) for left, right in zip(paired.lefts, paired.key, strict=True)]
    lines += [("", right) for index, right in enumerate(paired.rights) if index not in paired.key]
    made = (_html("subquestion", left, node("answer", node("text", right))) for left, right in lines)
    return "matching", html(blocks(paired.asked)), (node("shuffleanswers", "true"), *made)


def _essay(item: Item) -> Body:
    listed = [f"{place}. {option}" for place, option in enumerate(item.options, 1)]
    settings = (
        node("responseformat", "editor"),
        node("responserequired", "1"),
        node("responsefieldlines", "10"),
        node("attachments", "0"),
        _html("graderinfo", html(blocks(notes(item)))),
        _html("responsetemplate", ""),
    )
    return "essay", html(blocks("\n\n".join([item.stem, *listed]))), settings


def _asked(item: Item) -> str:
    return html(blocks(item.stem))


def _answer(text: str, fraction: float, said: str, written: str = "html") -> Node:
    share = decimal(round(100 * fraction, 5))  # Moodle's grades have five decimals
    feedback = _html("feedback", html(blocks(said)))
    return node("answer", node("text", text), feedback, fraction=share, format=written)


def _html(tag: str, written: str, *more: Node) -> Node:
    return node(tag, node("text", written), *more, format="html")


def _text(tag: str, text: str) -> Node:
    return node(tag, node("text", text))


_MAKERS: dict[str, Callable[[Item], Body | None]] = {
    "mcq": _choice, "multi": _several, "true_false": _true_or_false, "numeric": _number, "matrix": _matrix,
    "order": _pairs, "match": _pairs,
}  # fmt: skip
