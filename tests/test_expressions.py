"""Expressions that wait for a text that they might match: what every match holds, and that none is missed."""

import pytest
from conftest import rows

from agents.dialogue_acts import dialogue_acts
from agents.expressions import Expression
from knowledge.terms import fold


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        (r"\bput me to the test\b", ("put me to the test",)),
        (r"\b(?:hint|clue)s?\b", ("hint", "clue")),
        (r"\b(hint|clue)+ please", (" please",)),
        (r"colou?r", ("colo",)),
        (r"ab+c", ("ab",)),
        (r"a{2}bcd", ("bcd",)),
        (r"(?:give me )?(?:a|an)", ("a", "an")),
        (r"(?:give me )*", ()),
        (r"(?:give me ){0,2}", ()),
        (r"one|two(?: three)?", ("one", "two")),
        (r"one|\w+", ()),
        (r"(?:one|)", ()),
        (r"(?=never)one(?!elsewhere)(?<!anywhere)", ("one",)),
        (r"[abc]one[^]|)]", ("one",)),
        (r"\(one\) two", (" two",)),
        (r"(?:(?:deep|far) )?(?:(?:inside|outside)|away)", ("inside", "outside", "away")),
        (r"(?i)one", ()),
        (r"(?P<name>one)", ()),
        (r"one.two..three", ("three",)),
        ("", ()),
    ],
)
def test_what_every_match_holds(text: str, needs: tuple[str, ...]) -> None:
    assert Expression(text).needs == needs


def test_no_match_is_missed() -> None:
    acts = dialogue_acts().acts
    expressions = {one for spoken in acts.values() for act in spoken for one in (*act.patterns, *act.unless)}
    messages = [fold(row["text"]).lstrip("¿¡ ") for row in rows("dialogue_acts.jsonl")][::5]
    found = spared = 0
    for one in expressions:
        for message in messages:
            match, plain = one.search(message), one.pattern.search(message)
            assert (match and match.span()) == (plain and plain.span()), (one.text, message)
            found += match is not None
            spared += not any(need in message for need in one.needs)
    assert found > len(messages)
    assert spared > 0.9 * len(expressions) * len(messages)
