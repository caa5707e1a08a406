"""What is told of every call of a chat model beside the call itself: which prompt asked."""

from functools import cache
from pathlib import Path

from langchain_core.runnables import RunnableConfig

from agents.prompting import prompt
from knowledge.documents import digest

PROBE: RunnableConfig = {"metadata": {"prompt": "probe"}}  # of a greeting that tries what a model can do


def call_config(name: str, language: str) -> RunnableConfig:
    """The `config` of a call that asks with the prompt `name` ("explainer") in a language: its metadata names the
    prompt ("explainer.es") and the hash of its template, so that a record of the call says what was asked with."""
    return {"metadata": {"prompt": f"{name}.{language}", "prompt_hash": _template_hash(name, language)}}


@cache
def _template_hash(name: str, language: str) -> str:
    return digest(Path(str(prompt(name, language).filename)).read_text(encoding="utf-8"))
