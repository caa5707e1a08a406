"""Lab 6: the architecture calculator."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from knowledge.course import BUNDLED_COURSE
from knowledge.course_loader import read_course
from knowledge.facts import FactTable
from knowledge.labs.architecture import changed, presets
from knowledge.labs.calculator import (
    PARTS,
    Calculation,
    calculate,
    compare_presets,
    compare_published,
    count_parameters,
)
from knowledge.labs.inputs import choice, real, whole
from tutor.labs.drawing import Axis, bars, lines, styled
from tutor.labs.lab import LabRun, amount, percent, read_lab, written

LAB = read_lab("calculator")
_LONGEST = 10_000_000  # tokens of context
_MOST_TOKENS = 1e15  # of training


def calculator(
    language: str,
    *,
    preset: str = "gpt-3",
    own: Mapping[str, object] | None = None,
    context: int = 2048,
    training_tokens: float | None = None,
) -> LabRun:
    """Run the lab for a preset, or for one with `own` numbers: fields of `Architecture` by name.

    `training_tokens`: where it is not given, that of the facts is taken for a preset that has one.
    """
    choice("preset", preset, tuple(presets()))
    facts, shape = _facts(), presets()[preset]
    tokens = _training_tokens(preset, facts) if training_tokens is None and not own else training_tokens or 0.0
    model, published = LAB.text("own", language), None
    if own:
        shape = changed(shape, own)
    else:
        model = facts.entities[preset].name
        published = compare_published(preset, sum(count_parameters(shape).values()), facts)
    result = calculate(
        shape, context=whole("context", context, 1, _LONGEST), published=published,
        training_tokens=real("training_tokens", tokens, 0.0, _MOST_TOKENS),
    )  # fmt: skip
    figures = (
        _parts(result, language, model), _published(facts, language), _flops(result, language, model),
        _memory(result, language, model), *_cache(result, language, model),
    )  # fmt: skip
    return LabRun(LAB, result, figures, (*_sizes(result, language, model), *_costs(result, language, context)))


@cache
def _facts() -> FactTable:
    course, _ = read_course(BUNDLED_COURSE, with_units=False)
    return course.facts if course else FactTable({}, {}, (), {})


def _training_tokens(preset: str, facts: FactTable) -> float:
    fact = facts.find(preset, "training_tokens")
    return float(fact.value) if fact and isinstance(fact.value, int | float) else 0.0


def _parts(result: Calculation, language: str, model: str) -> Any:
    data = [
        {"name": LAB.text(f"part-{part}", language), "value": result.parts[part] / 1e6}
        for part in PARTS if result.parts[part]
    ]  # fmt: skip
    chart = bars(data, LAB.text("part", language), Axis(LAB.text("millions", language), limits=_from_zero(data)))
    title = LAB.text("figure-parts", language, model=model, total=written(result.total, language, 4))
    return styled(chart, language, title)


def _published(facts: FactTable, language: str) -> Any:
    data = [
        {"name": facts.entities[name].name, "value": 100 * published.difference}
        for name, (_, published) in compare_presets(facts).items()
    ]
    chart = bars(data, LAB.text("model", language), Axis(LAB.text("difference", language)), step=18)
    return styled(chart, language, LAB.text("figure-published", language))


def _flops(result: Calculation, language: str, model: str) -> Any:
    names = [LAB.text(f"term-{term}", language) for term in ("weights", "attention")]
    data = [
        {"x": n, "y": float(value), "series": name}
        for n, attention in zip(result.flops.contexts, result.flops.attention, strict=True)
        for name, value in zip(names, (result.flops.weights, attention), strict=True)
    ]
    chart = lines(data, _contexts(result, language), Axis(LAB.text("flops", language), log=True, format=".0e"),
                  LAB.text("term", language), order=names)  # fmt: skip
    note = LAB.text("figure-flops-note", language) if result.architecture.stacks == 2 else ""
    return styled(chart, language, LAB.text("figure-flops", language, model=model), note)


def _memory(result: Calculation, language: str, model: str) -> Any:
    data = [{"name": name, "value": size / 1e9} for name, size in result.memory.items()]
    axis = Axis(LAB.text("gigabytes", language), limits=_from_zero(data))
    chart = bars(data, LAB.text("number-format", language), axis)
    return styled(chart, language, LAB.text("figure-memory", language, model=model))


def _cache(result: Calculation, language: str, model: str) -> list[Any]:
    if not result.cache.kv_heads:
        return []
    names = {kind: f"{kind}: {count}" for kind, count in result.cache.kv_heads.items()}
    data = [
        {"x": n, "y": float(size) / 1e9, "series": name}
        for kind, name in names.items()
        for n, size in zip(result.flops.contexts, result.cache.at_context[kind], strict=True)
    ]
    chart = lines(data, _contexts(result, language), Axis(LAB.text("gigabytes", language), log=True, format="~g"),
                  LAB.text("kind", language), order=list(names.values()))  # fmt: skip
    return [styled(chart, language, LAB.text("figure-cache", language, model=model))]


def _contexts(result: Calculation, language: str) -> Axis:
    longest = result.flops.contexts[-1]
    ticks = tuple(10**power for power in range(8) if 10**power <= longest)
    return Axis(LAB.text("context", language), log=True, limits=(1, longest), ticks=ticks, format="~d")


def _from_zero(data: list[dict[str, Any]]) -> tuple[float, float]:
    return 0.0, 1.05 * max(float(row["value"]) for row in data)


def _sizes(result: Calculation, language: str, model: str) -> list[str]:
    total, published = amount(result.total, language), result.published
    if published is None:
        found = [LAB.text("finding-own", language, total=total)]
    else:
        found = [
            LAB.text("finding-published", language, model=model, total=total,
                     published=written(published.value, language, 4),
                     difference=percent(published.difference, language)),
            LAB.text(f"why-{result.architecture.why}", language, nearest=written(published.nearest, language, 4),
                     difference=percent(abs(published.nearest_difference), language)),
        ]  # fmt: skip
    part = max(PARTS, key=lambda name: result.parts[name])
    share = percent(result.parts[part] / result.total, language)
    return [*found, LAB.text("finding-part", language, part=LAB.text(f"part-{part}", language), share=share)]


def _costs(result: Calculation, language: str, context: int) -> list[str]:
    place = result.flops.contexts.index(context)
    attention, flops = float(result.flops.attention[place]), result.flops
    found = [
        LAB.text("finding-flops", language, context=context, flops=amount(flops.weights + attention, language, 3),
                 share=percent(attention / (flops.weights + attention), language),
                 equal=written(float(f"{flops.equal_at:.3g}"), language)),
        LAB.text("finding-memory", language, full=result.memory["float32"] / 1e9,
                 half=result.memory["bfloat16"] / 1e9, quarter=result.memory["int4"] / 1e9),
    ]  # fmt: skip
    if result.training:
        key = "finding-training-halves" if result.architecture.stacks == 2 else "finding-training"
        tokens = amount(result.training_tokens, language)
        found.append(LAB.text(key, language, tokens=tokens, flops=result.training))
    if not result.cache.kv_heads:
        return [*found, LAB.text("finding-no-cache", language)]
    heads, sizes = result.cache.kv_heads, result.cache.at_context
    found.append(
        LAB.text("finding-cache", language, context=context, heads=heads["MHA"], groups=heads["GQA"],
                 mha=sizes["MHA"][place] / 1e9, gqa=sizes["GQA"][place] / 1e9, mqa=sizes["MQA"][place] / 1e9,
                 own=result.architecture.kv_heads)
    )  # fmt: skip
    return found
