"""The suite `calls`: what the chat models of a data folder have done, from the record of their calls.

No model is asked: it reads what was written down (`tutor.calls`). `passed`: of the sentences that a model worded as
explainer, the share that reached the reader in its words; `rewritten`: the share that a sentence of the evidence
replaced. `tokens_per_second`: tokens said over the seconds of the calls. `first_token_p50`, `call_p50`: seconds, the
median of the calls. `ended_well`: share of the calls that nothing went wrong with; `counted`: share of those whose
tokens the engine counted, which are estimates for the others. Intervals are by bootstrap over calls; the parts under
`by` are prompts of a model.
"""

from collections.abc import Mapping, Sequence

from agents.model_call import DONE, STOPPED
from tutor.calls import RecordedCall
from tutor.evaluation_result import Evaluation
from tutor.measures import Interval, Measures, mean, pooled, quantile

SEED = 11
_OF_A_MODEL = ("rewritten", "dropped", "repeated")  # what becomes of a model's sentences but for those that pass


def evaluate_calls(rows: Sequence[RecordedCall]) -> Evaluation:
    """The measures of recorded calls; none where nothing was recorded."""
    groups: dict[str, list[RecordedCall]] = {}
    for row in sorted(rows, key=lambda one: (one.call.prompt, one.call.model)):
        groups.setdefault(f"{row.call.prompt or '?'} · {row.call.model}", []).append(row)
    notes = {name: sum(getattr(row.call, name) for row in rows) for name in ("tokens_in", "tokens_out")}
    by = {name: call_measures(group) for name, group in groups.items()}
    return Evaluation("calls", len(rows), call_measures(rows), by, {}, {}, notes=notes)


def call_measures(rows: Sequence[RecordedCall]) -> Measures:
    """The measures over some calls."""
    calls = [row.call for row in rows]
    worded = [row.sentences for row in rows if row.sentences]
    whole = [sentences_of_model(row) for row in worded]
    return {
        "passed": pooled([passed_of_model(row) for row in worded], whole, SEED),
        "rewritten": pooled([row.get("rewritten", 0) for row in worded], whole, SEED),
        "tokens_per_second": pooled([call.tokens_out for call in calls], [call.seconds for call in calls], SEED),
        "first_token_p50": _median([call.first_seconds for call in calls if call.first_seconds is not None]),
        "call_p50": _median([call.seconds for call in calls]),
        "ended_well": mean([float(call.ended in {DONE, STOPPED}) for call in calls], SEED),
        "counted": mean([float(call.counted) for call in calls], SEED),
    }


def passed_of_model(sentences: Mapping[str, int]) -> int:
    """How many of a turn's sentences that passed are the model's."""
    return sentences.get("passed", 0) - sentences.get("composed", 0)


def sentences_of_model(sentences: Mapping[str, int]) -> int:
    """How many sentences a model worded in a turn."""
    return passed_of_model(sentences) + sum(sentences.get(name, 0) for name in _OF_A_MODEL)


def _median(values: Sequence[float]) -> Interval:
    return quantile(values, 0.5, SEED)
