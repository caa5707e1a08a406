"""Prompts are files: `prompts/<agent>.<es|en>.md`, Jinja with StrictUndefined. What fills them is never template."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

_FOLDER = Path(__file__).with_name("prompts")


@cache
def prompt(agent: str, language: str) -> Template:
    """The template of an agent's prompt; `.render(...)` fails on a variable that is not given."""
    loader = FileSystemLoader(_FOLDER)
    # The output goes to a model, not into HTML: escaping would change the evidence.
    environment = Environment(loader=loader, undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    return environment.get_template(f"{agent}.{language}.md")
