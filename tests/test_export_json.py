"""The paper as JSON: read by two strict readers that the project did not write, and by its own reader, equal."""

import json
from dataclasses import replace
from typing import Any

import orjson
import pytest
from export_papers import HOSTILE, each_kind, hostile, item, paper
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json

from agents.errors import BadItem
from tutor.export.gift import gift_files
from tutor.export.json_file import json_files, read_paper
from tutor.paper import Paper

PAPERS = pytest.mark.parametrize("made", [each_kind(), hostile(), paper()], ids=["each-kind", "hostile", "empty"])


def content(made: Paper) -> bytes:
    ((_, written),) = json_files(made).items()
    return written


def changed(**changes: Any) -> bytes:
    """A small paper's file with some fields changed; None leaves one out."""
    whole = {**json.loads(content(paper(item("mcq", 0, ("a", "b"))))), **changes}
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


@PAPERS
def test_a_paper_is_read_back_equal(made: Paper) -> None:
    assert read_paper(content(made)) == made
    assert content(read_paper(content(made))) == content(made)
    assert gift_files(read_paper(content(made))) == gift_files(made)


def test_the_file_is_named_after_the_paper_and_always_the_same() -> None:
    assert json_files(each_kind()) == json_files(each_kind())
    assert list(json_files(each_kind())) == ["examen-atencion-1-A.json"]


def refused(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


@PAPERS
def test_other_readers_find_the_items_as_they_are(made: Paper) -> None:
    found = json.loads(content(made), parse_constant=refused)
    assert (found["format"], found["format_version"], found["version"]) == ("atenea-paper", 1, "A")
    assert (found["title"], found["seed"], found["blueprint"]) == (made.title, 7, "0123456789abcdef")
    plain = [json.loads(json.dumps(asked.as_json())) for asked in made.items]
    assert found["items"] == plain
    assert from_json(content(made), allow_inf_nan=False)["items"] == plain
    if made != each_kind():  # orjson takes no 1e999, which matrix.2 has
        assert orjson.loads(content(made))["items"] == plain


def test_infinities_are_numbers_and_texts_about_them_stay() -> None:
    made = paper(item("matrix", [[float("inf"), float("-inf")]], stem='"-Infinity" \\" NaN', rationale="Infinity"))
    assert b"-1e999" in content(made)
    assert read_paper(content(made)) == made
    assert json.loads(content(made), parse_constant=refused)["items"][0]["key"] == [[float("inf"), float("-inf")]]


@given(st.text(max_size=40), st.floats(allow_nan=False, allow_infinity=False), st.integers())
@settings(max_examples=80, deadline=None)
def test_any_text_and_number_is_read_back(said: str, number: float, seed: int) -> None:
    made = paper(
        item("numeric", number, stem=said, feedback={said: said}, id=said), item("short", [said]),
        item("mcq", 1, (said, HOSTILE[0])), title=said, seed=seed,
    )  # fmt: skip
    assert read_paper(content(made)) == made


def test_half_a_surrogate_pair_does_no_harm() -> None:
    made = paper(item("short", ["a"], stem="a\ud800b"))
    assert b"a\\ud800b" in content(made)
    assert json.loads(content(made))["items"][0]["stem"] == "a\ud800b"
    assert read_paper(content(made)) == made


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Expecting value"),
        (b"\xff\xfe", "utf-8"),
        (b"[" * 100_000, "recursion"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"9" * 5000, "digits"),
        (b"[]", "valid dictionary"),
        (b" " * 20_000_001, "20 MB"),
        (changed(format_version=2), "format_version"),
        (changed(format_version=None), "format_version"),
        (changed(format="other"), "format"),
        (changed(language="fr"), "language"),
        (changed(minutes="50"), "minutes"),
        (changed(minutes=-1), "minutes"),
        (changed(items={}), "items"),
        (changed(items=[{"kind": "mcq"}]), "items.0.*language"),
    ],
)
def test_what_is_no_paper_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadItem, match=reason):
        read_paper(data)


def test_an_item_that_cannot_be_graded_is_named() -> None:
    good, bad = item("mcq", 0, ("a", "b")).as_json(), item("mcq", 2, ("a", "b")).as_json()
    with pytest.raises(BadItem, match=r"items\.1 .*index of an option"):
        read_paper(changed(items=[good, bad]))


def test_a_byte_order_mark_and_unknown_fields_are_let_pass() -> None:
    assert read_paper(b"\xef\xbb\xbf" + changed(comment="x", seed=None)).seed == 0


def test_the_file_is_indented_and_ends_its_line() -> None:
    written = content(replace(each_kind(), title="Atención"))
    assert written.endswith(b"}\n")
    assert '\n  "title": "Atención",\n'.encode() in written
