"""Texts for people: in data files, in both languages, with the same places, and all that the code asks for."""

import ast
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import agents.errors
import knowledge.errors
import tutor.errors
from knowledge.errors import AteneaError
from knowledge.messages import Messages

ROOT = Path(__file__).parent.parent
PACKAGES = ("knowledge", "agents", "tutor", "ui")
FILES = sorted(
    file
    for package in PACKAGES
    for file in (ROOT / package).glob("*.toml")
    if file.stem in {"messages", "replies", "texts"} or file.stem.startswith("texts_")
)
ERRORS: dict[str, type[AteneaError]] = {
    name: value
    for module in (knowledge.errors, agents.errors, tutor.errors)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, AteneaError) and hasattr(value, "messages")
}


def table(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(ROOT)) for file in FILES])
def test_every_text_is_there_in_both_languages_with_the_same_places(file: Path) -> None:
    for key, texts in table(file).items():
        assert set(texts) == {"es", "en"}, key
        assert texts["es"].strip(), key
        assert texts["en"].strip(), key
        assert places(texts["es"]) == places(texts["en"]), key
        if key.endswith(".hint"):
            assert key.removesuffix(".hint") in table(file), key


def test_every_layer_has_its_texts() -> None:
    assert {file.parent.name for file in FILES} >= {"knowledge", "agents", "tutor"}
    assert {"BadText", "BadDocument", "BadModel", "BadStore", "BadData"} <= set(ERRORS)


@cache
def sources() -> dict[Path, ast.Module]:
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


def strings(node: ast.expr, function: ast.AST) -> list[str]:
    """The texts that an expression may be: itself, both sides of a choice, or what a name of the function was given."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*strings(node.body, function), *strings(node.orelse, function)]
    if isinstance(node, ast.Name):
        given = [
            item.value
            for item in ast.walk(function)
            if isinstance(item, ast.Assign) and node.id in map(ast.unparse, item.targets)
        ]
        return [text for value in given for text in strings(value, function)]
    return []


Raised = tuple[str, type[AteneaError], list[str], set[str]]


@cache
def raised() -> tuple[Raised, ...]:
    """(place, class, codes, names of the values given) for every error of ours that the source makes."""
    return tuple(found())


def found() -> Iterator[Raised]:
    for file, tree in sources().items():
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ERRORS and call.args:
                around = next((f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)), tree)
                given = {keyword.arg for keyword in call.keywords if keyword.arg}
                yield (
                    f"{file.relative_to(ROOT)}:{call.lineno}",
                    ERRORS[call.func.id],
                    strings(call.args[0], around),
                    given,
                )


def test_every_error_that_is_raised_has_its_message_its_hint_and_its_values() -> None:
    seen = raised()
    assert len(seen) > 25
    for place, error, codes, given in seen:
        for code in codes:
            assert error.messages.has(code), (place, code)
            assert error.messages.has(f"{code}.hint"), (place, code)
            for key in (code, f"{code}.hint"):
                for text in error.messages.table[key].values():
                    assert places(text) <= given, (place, key, places(text) - given)
                    assert error.messages.text(key, "en", **dict.fromkeys(given, "x"))


def test_every_error_has_a_code_that_can_be_read() -> None:
    unread = [place for place, _, codes, _ in raised() if not codes]
    assert not unread, "give the code as a text, so that its message can be checked"


def test_no_message_is_left_that_nobody_says() -> None:
    said = {(error.messages.path, code) for _, error, codes, _ in raised() for code in codes}
    for file in FILES:
        if file.stem == "messages":
            keys = {key for key in table(file) if not key.endswith(".hint")}
            assert keys <= {code for path, code in said if path == file}, file


def test_every_reply_that_the_code_asks_for_is_there() -> None:
    replies = Messages(ROOT / "tutor" / "replies.toml")
    asked: set[str] = set()
    for tree in sources().values():
        for call in ast.walk(tree):
            if (
                isinstance(call, ast.Call)
                and ast.unparse(call.func) in {"REPLIES.text", "replies.text", "about"}
                and call.args
            ):
                asked |= {str(node.value) for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)} - {
                    "note-"
                }
    assert asked
    assert {key for key in asked if not replies.has(key)} == set()


def test_values_are_put_in_as_they_are() -> None:
    error = knowledge.errors.BadDocument("document-missing", path="{0} {path} %s {{x}}")
    for language in ("es", "en"):
        assert "{0} {path} %s {{x}}" in error.message(language)
        assert error.hint(language)
    assert str(error).startswith(error.message("en"))
