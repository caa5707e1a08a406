"""Answers in the form of a schema: a model of this process can say nothing else; a server is asked by
`response_format` where it keeps to it, and in words elsewhere. None is believed before Pydantic has read it.

The schema stands with the rules, which a model has read already when it is asked again; what others wrote comes after.

Servers accept `response_format` and ignore it, or keep to half of it; so each is tried once with a question whose
natural answer is no JSON.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel, ConfigDict, ValidationError

from agents.chat_calls import PROBE, call_config
from agents.chat_compat import CompatChat
from agents.errors import BadModel
from agents.local.chat_local import LocalChat
from agents.prompting import as_data, blocks, spoken
from agents.schema_size import longest

MOST_CHARACTERS = 12_000  # of an answer that is to be JSON, with what is thought before it
MOST_FAULT = 200  # characters of what is said of an answer that does not fit: it may name a field of the answer's own
MOST_STARTS = 50  # braces at which a JSON object may begin
FEW_TOKENS = 40
A_TOKEN = 2  # characters, at the least on the average, where the tokens that a schema can need are only guessed
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
    model: BaseChatModel, schema: type[Schema], asked: tuple[str, str], language: str, asker: str = "structured"
) -> Schema | None:
    """The answer to a prompt (its two `blocks`) as `schema`; None when neither it nor its one repair fits, so that the
    caller decides by itself. `asker`: the name of the prompt, for the records of calls.

    Everything in the schema has a bound, and it forbids what it does not name (`extra="forbid"`, in every model of
    it), else `TypeError`. Raises `BadModel`.
    """
    form = schema.model_json_schema()
    most = max(MOST_CHARACTERS, longest(form))
    options = _constraint(model, schema.__name__, form)
    said, fault = "", ""
    for _ in range(2):
        messages = _messages(asked, form, language, said, fault)
        said = _answer(model, messages, call_config(asker, language), options, most)
        read = _read(said, schema)
        if isinstance(read, schema):
            return read
        fault = " ".join(str(read).split())[:MOST_FAULT]
    return None


def _messages(asked: tuple[str, str], form: dict[str, Any], language: str, said: str, fault: str) -> list[BaseMessage]:
    """Rules and schema as the system's; the prompt's data, and an answer to be mended, as the learner's."""
    held = blocks(
        "structured", language, schema=json.dumps(form, ensure_ascii=False), said=as_data(said), fault=as_data(fault)
    )
    rules, data = ("\n\n".join(filter(None, parts)) for parts in zip(asked, held, strict=True))
    return [SystemMessage(content=rules), HumanMessage(content=data)]


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
    """The options of a call that hold a model to a schema, where it heeds any, with the tokens that it can need."""
    if isinstance(model, LocalChat):
        return {"schema": form, "max_tokens": longest(form)}
    if not isinstance(model, CompatChat):
        return {}
    room = max(model.max_new_tokens, longest(form, 1) // A_TOKEN)
    return {"max_tokens": room, **(_format(name, form) if capabilities(model).json_schema else {})}


def _format(name: str, form: dict[str, Any]) -> dict[str, Any]:
    return {
        "response_format": {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": form}}
    }  # fmt: skip


def _answer(
    model: BaseChatModel, messages: list[BaseMessage], config: RunnableConfig, options: dict[str, Any], most: int
) -> str:
    heard = ""
    for chunk in model.stream(messages, config, **options):
        heard += str(chunk.content)
        if len(heard) > most:
            break
    return spoken(heard)[:most]


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
