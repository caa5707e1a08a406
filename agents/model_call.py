"""What is known of one call of a chat model, when it has ended."""

from contextvars import ContextVar
from dataclasses import dataclass

DONE, STOPPED = "done", "stopped"
TURN: ContextVar[str] = ContextVar("turn", default="")  # name of the turn that a call is made for, "" outside of any


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call. `at`: when it began, in seconds since 1970. `prompt`: which asked ("explainer.es"), "" when it was not
    named; `prompt_hash`: of its template. `counted`: whether the tokens were counted by the engine, or are estimated
    from the characters. `first_seconds`: until the first token, None where none came or the call did not stream;
    `seconds`: until the end, waiting for a slow listener included.
    `ended`: DONE, STOPPED (whoever listened had enough, or left), or what went wrong. `asked`, `said`: the texts, ""
    unless these are recorded."""

    at: float
    turn: str
    prompt: str
    prompt_hash: str
    model: str
    tokens_in: int
    tokens_out: int
    counted: bool
    first_seconds: float | None
    seconds: float
    ended: str
    asked: str = ""
    said: str = ""
