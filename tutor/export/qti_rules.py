"""Response processing of QTI 2.1: how a response becomes SCORE, and FEEDBACK, which chooses the feedback to show.

IMS Question and Test Interoperability 2.1 (2012), Assessment Test, Section and Item Information Model, 8 and 15.
"""

from collections.abc import Sequence

from tutor.export.graded import decimal
from tutor.export.xml_tree import Node, node

RIGHT = "RIGHT"  # the value of FEEDBACK after a wholly right response; choices give their own identifier
RESPONSE, SCORE, FEEDBACK, ENTRIES = "RESPONSE", "SCORE", "FEEDBACK", "ENTRIES"


def value(base_type: str, text: str) -> Node:
    """A constant."""
    return node("baseValue", text, baseType=base_type)


def read(variable: str) -> Node:
    """The value of a variable."""
    return node("variable", identifier=variable)


def put(outcome: str, expression: Node) -> Node:
    """Sets an outcome."""
    return node("setOutcomeValue", expression, identifier=outcome)


def is_right(response: str = RESPONSE) -> Node:
    """Whether a response is the correct one."""
    return node("match", read(response), node("correct", identifier=response))


def near(response: str, expected: Node, tolerance: float) -> Node:
    """Whether a number is as expected, within an absolute tolerance."""
    if not tolerance:
        return node("equal", read(response), expected, toleranceMode="exact")
    return node("equal", read(response), expected, toleranceMode="absolute", tolerance=decimal(tolerance))


def when(*cases: tuple[Node, Sequence[Node]], otherwise: Sequence[Node] = ()) -> Node:
    """The rules of the first case whose condition holds."""
    tags = ("responseIf", *("responseElseIf" for _ in cases[1:]))
    made = [node(tag, condition, *rules) for tag, (condition, rules) in zip(tags, cases, strict=True)]
    return node("responseCondition", *made, *((node("responseElse", *otherwise),) if otherwise else ()))


def score(points: float) -> Node:
    """Sets the score."""
    return put(SCORE, value("float", decimal(points)))


def tell(feedback: str = RIGHT) -> Node:
    """Chooses the feedback to show."""
    return put(FEEDBACK, value("identifier", feedback))


def choice(points: float) -> tuple[Node, ...]:
    """All the points for the right choice, and FEEDBACK for whichever was chosen."""
    return (when((is_right(), [score(points)]), otherwise=[score(0)]), put(FEEDBACK, read(RESPONSE)))


def all_or_nothing(points: float) -> tuple[Node, ...]:
    """All the points for the correct response."""
    return (when((is_right(), [score(points), tell()]), otherwise=[score(0)]),)


def mapped(points: float) -> tuple[Node, ...]:
    """All the points for the correct response, none without one, else what its mapping gives."""
    gained = put(SCORE, node("mapResponse", identifier=RESPONSE))
    empty = node("isNull", read(RESPONSE))
    return (when((is_right(), [score(points), tell()]), (empty, [score(0)]), otherwise=[gained]),)


def numeric(points: float, tolerance: float, mistakes: Sequence[float]) -> tuple[Node, ...]:
    """All the points within the tolerance of the correct number, and FEEDBACK MISTAKE1, ... near a known mistake."""
    right = near(RESPONSE, node("correct", identifier=RESPONSE), tolerance)
    wrong = [
        (near(RESPONSE, value("float", decimal(mistake)), tolerance), [score(0), tell(f"MISTAKE{place}")])
        for place, mistake in enumerate(mistakes, 1)
    ]
    return (when((right, [score(points), tell()]), *wrong, otherwise=[score(0)]),)


def entry_by_entry(points: float, tolerance: float, responses: Sequence[str]) -> tuple[Node, ...]:
    """The points in proportion to the entries of a matrix that are right."""
    one_more = put(ENTRIES, node("sum", read(ENTRIES), value("float", "1")))
    counted = (when((near(name, node("correct", identifier=name), tolerance), [one_more])) for name in responses)
    whole = value("float", decimal(len(responses)))
    gained = node("divide", node("product", read(ENTRIES), value("float", decimal(points))), whole)
    told = when((near(ENTRIES, whole, 0), [tell()]))
    return (put(ENTRIES, value("float", "0")), *counted, put(SCORE, gained), told)
