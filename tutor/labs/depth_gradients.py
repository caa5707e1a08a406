"""Lab 10: gradients by depth, with and without residual connections and normalization."""

from collections.abc import Sequence
from typing import Any

from knowledge.labs.depth_gradients import DepthGradients, measure_depth
from knowledge.labs.softmax import Array
from tutor.labs.drawing import Axis, lines, styled
from tutor.labs.lab import LabRun, amount, read_lab

LAB = read_lab("depth_gradients")


def depth_gradients(
    language: str,
    *,
    layers: int = 16,
    width: int = 32,
    heads: int = 4,
    tokens: int = 16,
    repeats: int = 3,
    seed: int = 0,
) -> LabRun:
    """Run the lab; the inputs are those of `measure_depth`."""
    result = measure_depth(layers=layers, width=width, heads=heads, tokens=tokens, repeats=repeats, seed=seed)
    gradient = Axis(LAB.text("gradient", language), log=True, format="~e")
    depth = range(result.layers + 1)
    along = Axis(LAB.text("layer", language), format="d")
    grown = Axis(
        LAB.text("layers", language),
        log=True,
        format="d",
        ticks=result.depths,
        limits=(result.depths[0], max(3, result.depths[-1])),
    )
    figures = (
        _curves(result, language, "hidden", depth, result.hidden, along, gradient, result.stacks),
        _curves(result, language, "last", result.depths, result.last, grown,
                Axis(LAB.text("gradient", language), log=True), ("pre", "post")),
        _curves(result, language, "size", depth, result.size, along,
                Axis(LAB.text("size", language), log=True, format="~e"), result.stacks),
        _curves(result, language, "likeness", depth, result.likeness, along,
                Axis(LAB.text("likeness", language)), result.stacks),
    )  # fmt: skip
    return LabRun(LAB, result, figures, _findings(result, language))


def _curves(
    result: DepthGradients,
    language: str,
    name: str,
    places: Sequence[int],
    values: Array,
    x: Axis,
    y: Axis,
    stacks: Sequence[str],
) -> Any:
    names = [LAB.text(stack, language) for stack in stacks]
    data = [
        {"x": place, "y": float(value), "series": title}
        for title, stack in zip(names, stacks, strict=True)
        for place, value in zip(places, values[result.stacks.index(stack)], strict=True)
        if value > 0 or not y.log
    ]
    chart = lines(data, x, y, LAB.text("stack", language), order=names)
    return styled(chart, language, LAB.text(f"figure-{name}", language))


def _findings(result: DepthGradients, language: str) -> tuple[str, ...]:
    row = {stack: place for place, stack in enumerate(result.stacks)}
    growth = result.size[row["residual"], -1] / result.size[row["residual"], 0]
    passed = max(1, result.layers // 4)
    found = [
        LAB.text("finding-fade", language, times=result.reach("bare"), layers=result.layers),
        LAB.text(
            "finding-explode", language, times=amount(result.reach("residual"), language, 3),
            growth=amount(growth, language, 3),
        ),
        LAB.text("finding-kept", language, pre=result.reach("pre"), post=result.reach("post")),
        LAB.text("finding-alike", language, passed=passed,
                 **{stack: result.likeness[row[stack], passed] for stack in ("norm", "post", "pre")}),
    ]  # fmt: skip
    if len(result.depths) > 1:
        ratio = result.last[row["post"], -1] / result.last[row["pre"], -1]
        found.append(
            LAB.text("finding-last", language, times=ratio, pre=result.slope("pre"), post=result.slope("post"))
        )
    return tuple(found)
