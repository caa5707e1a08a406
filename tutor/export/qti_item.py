r"""One question as an assessmentItem of QTI 2.1; formulas as \( \), which renderers with MathJax show.

The key is in the response declaration alone; of open questions, in a rubric block that only who scores sees.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agents.item import Item
from tutor.export import qti_rules as rules
from tutor.export.graded import (
    WORDS,
    cells,
    chosen,
    decimal,
    known_mistakes,
    matches,
    notes,
    number,
    option_feedback,
    sequence,
    shares,
    unit_name,
)
from tutor.export.mathjax import blocks, inline
from tutor.export.pairing import split_stem
from tutor.export.xml_tree import Node, document, node

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
SCHEMA = "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
TOOL = "atenea"


@dataclass(frozen=True, slots=True)
class _Body:
    """What depends on the kind. `feedback`: value of FEEDBACK -> text, in Markdown."""

    responses: tuple[Node, ...]
    content: tuple[Node, ...]
    processing: tuple[Node, ...] = ()
    feedback: Mapping[str, str] = field(default_factory=dict)
    outcomes: tuple[Node, ...] = ()


def assessment_item(item: Item, identifier: str, title: str) -> bytes:
    """The file of a question."""
    make = _MAKERS.get(item.kind)
    body = (make(item) if make else None) or _open(item)
    processing = (node("responseProcessing", *body.processing),) if body.processing else ()
    root = node(
        "assessmentItem",
        *body.responses,
        _outcome(rules.SCORE, "float", "0", normalMaximum=decimal(item.points), normalMinimum="0"),
        _outcome("MAXSCORE", "float", decimal(item.points)),
        *((_outcome(rules.FEEDBACK, "identifier"),) if body.feedback else ()),
        *body.outcomes,
        node("itemBody", *body.content),
        *processing,
        *(_modal(name, text) for name, text in body.feedback.items() if text),
        identifier=identifier, title=title, adaptive="false", timeDependent="false", toolName=TOOL,
    )  # fmt: skip
    return document(root, NAMESPACE, SCHEMA, item.language)


def _outcome(name: str, base_type: str, default: str = "", **limits: str) -> Node:
    given = (node("defaultValue", node("value", default)),) if default else ()
    return node("outcomeDeclaration", *given, identifier=name, cardinality="single", baseType=base_type, **limits)


def _modal(name: str, text: str) -> Node:
    return node("modalFeedback", *blocks(text), outcomeIdentifier=rules.FEEDBACK, identifier=name, showHide="show")


def _response(name: str, base_type: str, cardinality: str, right: Sequence[str], *mapping: Node) -> Node:
    correct = node("correctResponse", *(node("value", text) for text in right))
    return node("responseDeclaration", correct, *mapping, identifier=name, cardinality=cardinality, baseType=base_type)


def _mapping(points: float, entries: Mapping[str, float]) -> Node:
    made = (node("mapEntry", mapKey=key, mappedValue=decimal(value)) for key, value in entries.items())
    return node("mapping", *made, lowerBound="0", upperBound=decimal(points), defaultValue="0")


def _interaction(tag: str, *content: Node, response: str = rules.RESPONSE, **settings: str) -> Node:
    return node(tag, *content, responseIdentifier=response, **settings)


def _choice(item: Item) -> _Body | None:
    right = chosen(item)
    if right is None:
        return None
    feedback = {_name(index): option_feedback(item, index) for index in range(len(item.options))}
    return _Body(
        (_response(rules.RESPONSE, "identifier", "single", [_name(right)]),),
        (*blocks(item.stem), _choices(item, "choiceInteraction", maxChoices="1")),
        rules.choice(item.points),
        feedback | {_name(right): item.rationale},
    )


def _several(item: Item) -> _Body | None:
    given = shares(item)
    if given is None:
        return None
    entries = {_name(index): share * item.points for index, share in enumerate(given)}
    right = [_name(index) for index in sorted(item.key)]
    return _Body(
        (_response(rules.RESPONSE, "identifier", "multiple", right, _mapping(item.points, entries)),),
        (*blocks(item.stem), _choices(item, "choiceInteraction", maxChoices="0")),
        rules.mapped(item.points),
        {rules.RIGHT: item.rationale},
    )


def _order(item: Item) -> _Body | None:
    order = sequence(item)
    if order is None:
        return None
    return _Body(
        (_response(rules.RESPONSE, "identifier", "ordered", [_name(index) for index in order]),),
        (*blocks(item.stem), _choices(item, "orderInteraction")),
        rules.all_or_nothing(item.points),
        {rules.RIGHT: item.rationale},
    )


def _choices(item: Item, tag: str, **settings: str) -> Node:
    made = (node("simpleChoice", *inline(option), identifier=_name(index)) for index, option in enumerate(item.options))
    return _interaction(tag, *made, shuffle="false", **settings)


def _match(item: Item) -> _Body | None:
    key = matches(item)
    if key is None:
        return None
    asked, lefts = split_stem(item.stem, len(key))
    pairs = [f"{_name(place, 'L')} {_name(index)}" for place, index in enumerate(key)]
    mapping = _mapping(item.points, dict.fromkeys(pairs, item.points / len(pairs)))
    sets = (_match_set(lefts, "L", 1), _match_set(item.options, "C", len(lefts)))
    interaction = _interaction("matchInteraction", *sets, shuffle="false", maxAssociations=str(len(lefts)))
    return _Body(
        (_response(rules.RESPONSE, "directedPair", "multiple", pairs, mapping),),
        (*blocks(asked), interaction),
        rules.mapped(item.points),
        {rules.RIGHT: item.rationale},
    )


def _match_set(texts: Sequence[str], letter: str, most: int) -> Node:
    made = (
        node("simpleAssociableChoice", *inline(text), identifier=_name(index, letter), matchMax=str(most))
        for index, text in enumerate(texts)
    )
    return node("simpleMatchSet", *made)


def _number(item: Item) -> _Body | None:
    if not number(item.key):
        return None
    wrong = known_mistakes(item)
    field_ = _interaction("textEntryInteraction", expectedLength="15")
    line = node("p", field_, f" {unit_name(item)}" if item.unit else "")
    return _Body(
        (_response(rules.RESPONSE, "float", "single", [decimal(item.key)]),),
        (*blocks(item.stem), line, _point(item)),
        rules.numeric(item.points, item.tolerance, [value for value, _ in wrong]),
        {rules.RIGHT: item.rationale} | {f"MISTAKE{place}": said for place, (_, said) in enumerate(wrong, 1)},
    )


def _matrix(item: Item) -> _Body | None:
    rows = cells(item)
    if rows is None:
        return None
    named = [[(f"ROW{i}COLUMN{j}", entry) for j, entry in enumerate(row, 1)] for i, row in enumerate(rows, 1)]
    flat = [cell for row in named for cell in row]
    fields = (
        node("tr", *(node("td", _interaction("textEntryInteraction", response=name, expectedLength="8"))
                     for name, _ in row)) for row in named
    )  # fmt: skip
    return _Body(
        tuple(_response(name, "float", "single", [decimal(entry)]) for name, entry in flat),
        (*blocks(item.stem), node("table", node("tbody", *fields)), _point(item)),
        rules.entry_by_entry(item.points, item.tolerance, [name for name, _ in flat]),
        {rules.RIGHT: item.rationale},
        (_outcome(rules.ENTRIES, "float", "0"),),
    )


def _point(item: Item) -> Node:
    return node("p", node("em", WORDS.text("decimals", item.language)))


def _open(item: Item) -> _Body:
    listed = [f"{place}. {option}" for place, option in enumerate(item.options, 1)]
    asked = blocks("\n\n".join([item.stem, *listed]))
    rubric = node("rubricBlock", *blocks(notes(item)), view="scorer")
    answer = node("responseDeclaration", identifier=rules.RESPONSE, cardinality="single", baseType="string")
    return _Body((answer,), (*asked, rubric, _interaction("extendedTextInteraction", expectedLines="8")))


def _name(index: int, letter: str = "C") -> str:
    return f"{letter}{index + 1}"


_MAKERS: dict[str, Callable[[Item], _Body | None]] = {
    "mcq": _choice, "true_false": _choice, "multi": _several, "order": _order, "match": _match, "numeric": _number,
    "matrix": _matrix,
}  # fmt: skip
