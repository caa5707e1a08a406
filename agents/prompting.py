"""Prompts are files: `prompts/<agent>.<es|en>.md`, Jinja with StrictUndefined. What fills them is never template, and
what comes back is heard without what a model thinks aloud."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

_FOLDER = Path(__file__).with_name("prompts")
_THINKING = re.compile(r"<think>.*?(?:</think>|$)", re.S)
_MARKS = re.compile(
    r"</?\s*(?:answer|claim|evidence|mistakes|passages|points|question|statements)\s*/?>", re.I
)  # that stand around data in the prompts


@cache
def prompt(agent: str, language: str) -> Template:
    """The template of an agent's prompt; `.render(...)` fails on a variable that is not given."""
    loader = FileSystemLoader(_FOLDER)
    # The output goes to a model, not into HTML: escaping would change the evidence.
    environment = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    return environment.get_template(f"{agent}.{language}.md")


def as_data(text: str) -> str:
    """A text as it may fill a prompt: the marks that stand around data are taken out, so that it ends nothing."""
    return _MARKS.sub(" ", text)


def spoken(answer: str) -> str:
    """What a model says, without what it thinks before."""
    return _THINKING.sub("", answer)
