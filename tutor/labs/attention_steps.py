"""Lab 1: attention step by step."""

from itertools import combinations
from typing import Any

import numpy as np

from knowledge.labs.attention_steps import AttentionSteps, attend_in_steps
from tutor.labs.drawing import heat_map, styled
from tutor.labs.lab import LabRun, read_lab

LAB = read_lab("attention_steps")


def attention_steps(
    language: str,
    *,
    text: str | None = None,
    mask: str = "none",
    chosen: int = -1,
    d_k: int = 4,
    scale: bool = True,
    seed: int = 0,
    queries: object = None,
    keys: object = None,
    values: object = None,
) -> LabRun:
    """Run the lab; the inputs are those of `attend_in_steps`, with a sentence of its own where no text is given."""
    steps = attend_in_steps(
        LAB.text("default-text", language) if text is None else text,
        mask=mask, chosen=chosen, d_k=d_k, scale=scale, seed=seed, queries=queries, keys=keys, values=values,
    )  # fmt: skip
    figures = (*_matrices(steps, language, scale), _output(steps, language))
    return LabRun(LAB, steps, figures, _findings(steps, language))


def _matrices(steps: AttentionSteps, language: str, scale: bool) -> list[Any]:
    names = (LAB.text("query", language), LAB.text("key", language))
    score = (*names, LAB.text("score", language))
    places = steps.tokens
    second = LAB.text("figure-scaled" if scale else "figure-unscaled", language, root=np.sqrt(steps.d_k))
    note = "" if steps.allowed.all() else LAB.text("masked-cells", language)
    return [
        styled(heat_map(steps.products, places, places, score, signed=True, numbers=".2f", step=44), language,
               LAB.text("figure-products", language)),
        styled(heat_map(steps.masked, places, places, score, signed=True, numbers=".2f", step=44), language,
               second, note),
        styled(heat_map(np.where(steps.allowed, steps.weights, np.nan), places, places,
                        (*names, LAB.text("weight", language)), numbers=".2f", limits=(0, 1), step=44), language,
               LAB.text("figure-weights", language), note),
    ]  # fmt: skip


def _output(steps: AttentionSteps, language: str) -> Any:
    rows = np.vstack([steps.contributions, steps.outputs[steps.chosen]])
    names = [f"{weight:.2f} × {token}" for token, weight in zip(steps.tokens, steps.weights[steps.chosen], strict=True)]
    if language == "es":
        names = [name.replace(".", ",", 1) for name in names]
    columns = [str(number + 1) for number in range(rows.shape[1])]
    titles = (LAB.text("part", language), LAB.text("dimension", language), LAB.text("amount", language))
    chart = heat_map(rows, [*names, LAB.text("sum", language)], columns, titles, signed=True, numbers=".2f", step=44)
    title = LAB.text("figure-output", language, token=steps.tokens[steps.chosen], place=steps.chosen + 1)
    return styled(chart, language, title)


def _findings(steps: AttentionSteps, language: str) -> tuple[str, ...]:
    tokens, weights = steps.tokens, steps.weights[steps.chosen]
    other = int(weights.argmax())
    found = [
        LAB.text("finding-weight", language, token=tokens[steps.chosen], place=steps.chosen + 1,
                 weight=weights[other], other=tokens[other], other_place=other + 1),
        LAB.text("finding-sum", language, n=len(tokens), seen=int(steps.allowed.sum()), pairs=len(tokens) ** 2),
    ]  # fmt: skip
    for first, second in combinations(range(len(tokens)), 2):
        if tokens[first].casefold() == tokens[second].casefold():
            distance = float(np.linalg.norm(steps.outputs[first] - steps.outputs[second]))
            masked = not steps.allowed.all()
            key = "finding-same" if distance < 1e-9 else "finding-differ" if masked else "finding-differ-given"
            values = {} if key == "finding-same" else {"distance": distance}
            found.append(LAB.text(key, language, token=tokens[first], first=first + 1, second=second + 1, **values))
            break
    return tuple(found)
