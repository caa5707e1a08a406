"""Answers in the form of a schema: a model of this process can say nothing else; a server is asked by
`response_format` where it keeps to it, and in words elsewhere. None is believed before Pydantic has read it.

Servers accept `response_format` and ignore it, or keep to half of it; so each is tried once with a question whose
natural answer is no JSON.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel, ConfigDict, ValidationError

from agents.chat_calls import PROBE, call_config
from agents.chat_compat import CompatChat
from agents.errors import BadModel
from agents.local.chat_local import LocalChat
from agents.prompting import as_data, prompt, spoken

MOST_CHARACTERS = 12_000  # of an answer that is to be JSON
MOST_STARTS = 50  # braces at which a JSON object may begin
FEW_TOKENS = 40
MOST_TOKENS = 3_000  # of an answer that is JSON, in this process: a schema's own bounds end it before
Schema = TypeVar("Schema", bound=BaseModel)
_known: dict[tuple[str, str], "Capabilities"] = {}  # by server and model, for the life of the process


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model does beyond answering. `json_schema`: it keeps to a schema that a request carries."""

    json_schema: bool


class _Probe(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ok: bool
    n: Literal[1, 2, 3]


def capabilities(model: BaseChatModel) -> Capabilities:
    """What a model can do, by one tiny request for each server and model. Raises `BadModel`."""
    if isinstance(model, LocalChat):
        return Capabilities(json_schema=True)
    if not isinstance(model, CompatChat):
        return Capabilities(json_schema=False)
    key = (model.server.url, model.speaker)
    if key not in _known:
        _known[key] = Capabilities(_keeps_to_a_schema(model))
    return _known[key]


def structured(
    model: BaseChatModel, schema: type[Schema], text: str, language: str, asker: str = "structured"
) -> Schema | None:
    """The answer to `text` (a whole prompt) as `schema`; None when neither it nor its one repair fits, so that the
    caller decides by itself. `asker`: the prompt that `text` was made with, for the records of calls.

    The schema forbids what it does not name (`extra="forbid"`, in every model of it), else `TypeError`. Raises
    `BadModel`.
    """
    form = schema.model_json_schema()
    if not all(part.get("additionalProperties") is False for part in _objects(form)):
        raise TypeError(f'{schema.__name__} must be closed: model_config = ConfigDict(extra="forbid")')
    options = _constraint(model, schema.__name__, form)
    said, fault = "", ""
    for _ in range(2):
        asked = prompt("structured", language).render(
            task=text, schema=json.dumps(form, ensure_ascii=False), said=as_data(said), fault=fault
        )
        said = _answer(model, asked, call_config(asker, language), options)
        read = _read(said, schema)
        if isinstance(read, schema):
            return read
        fault = str(read)
    return None


def _keeps_to_a_schema(model: CompatChat) -> bool:
    options = _format("probe", _Probe.model_json_schema())
    try:
        said = model.invoke([HumanMessage(content="Hi!")], PROBE, max_tokens=FEW_TOKENS, temperature=0, **options)
    except BadModel as error:
        if error.code in {"server-error", "server-failed"}:  # it refuses the request for its form
            return False
        raise
    return isinstance(_read(str(said.content), _Probe), _Probe)


def _constraint(model: BaseChatModel, name: str, form: dict[str, Any]) -> dict[str, Any]:
    """The options of a call that hold a model to a schema, none where it heeds none."""
    if isinstance(model, LocalChat):
        return {"schema": form, "max_tokens": MOST_TOKENS}
    return _format(name, form) if capabilities(model).json_schema else {}


def _format(name: str, form: dict[str, Any]) -> dict[str, Any]:
    return {
        "response_format": {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": form}}
    }  # fmt: skip


def _answer(model: BaseChatModel, text: str, config: RunnableConfig, options: dict[str, Any]) -> str:
    heard = ""
    for chunk in model.stream([HumanMessage(content=text)], config, **options):
        heard += str(chunk.content)
        if len(heard) > MOST_CHARACTERS:
            break
    return spoken(heard)[:MOST_CHARACTERS]


def _read(said: str, schema: type[Schema]) -> Schema | str:
    """The first JSON object that fits, else what is wrong with the first one that there is."""
    fault = ""
    for value in _values(said):
        try:
            return schema.model_validate_json(json.dumps(value), strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            fault = fault or f"{place}: {first['msg']}"
    return fault or "no JSON object"


def _values(said: str) -> Iterator[Any]:
    """The JSON objects in a text, whatever stands around them."""
    at = said.find("{")
    for _ in range(MOST_STARTS):
        if at < 0:
            return
        try:
            value, end = json.JSONDecoder().raw_decode(said, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield value
        at = said.find("{", end)


def _objects(form: Any) -> Iterator[dict[str, Any]]:
    """The parts of a JSON schema that are objects."""
    if isinstance(form, dict):
        if form.get("type") == "object":
            yield form
        for part in form.values():
            yield from _objects(part)
    elif isinstance(form, list):
        for part in form:
            yield from _objects(part)
