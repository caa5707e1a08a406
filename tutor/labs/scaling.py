"""Lab 3: the division by sqrt(d_k)."""

from typing import Any

from knowledge.labs.scaling import Scaling, measure_scaling
from knowledge.labs.softmax import Array
from tutor.labs.drawing import Axis, lines, styled
from tutor.labs.lab import LabRun, percent, read_lab

LAB = read_lab("scaling")


def scaling(language: str, *, largest: int = 1024, keys: int = 16, samples: int = 400, seed: int = 0) -> LabRun:
    """Run the lab; the inputs are those of `measure_scaling`."""
    result = measure_scaling(largest=largest, keys=keys, samples=samples, seed=seed)
    share = (0.0, 1.0)
    figures = (
        _curves(result, language, "variance", result.variance, Axis(LAB.text("variance", language), log=True)),
        _curves(result, language, "weight", result.largest_weight, Axis(LAB.text("weight", language), limits=share)),
        _curves(result, language, "entropy", result.entropy,
                Axis(LAB.text("entropy", language), limits=(0, result.greatest_entropy))),
        _curves(result, language, "gradient", result.gradient,
                Axis(LAB.text("gradient", language), limits=(0, 1.25 * float(result.gradient.max())))),
    )  # fmt: skip
    return LabRun(LAB, result, figures, _findings(result, language))


def _curves(result: Scaling, language: str, name: str, values: Array, axis: Axis) -> Any:
    series = [LAB.text(key, language) for key in ("plain", "scaled")]
    data = [
        {"x": d_k, "y": float(value), "series": title}
        for title, row in zip(series, values, strict=True)
        for d_k, value in zip(result.d_k, row, strict=True)
    ]
    sizes = Axis(LAB.text("d-k", language), log=True, limits=(1, max(2, result.d_k[-1])), ticks=result.d_k, format="d")
    chart = lines(data, sizes, axis, LAB.text("scores", language), order=series)
    title = LAB.text(f"figure-{name}", language, keys=result.keys, most=result.greatest_entropy)
    return styled(chart, language, title)


def _findings(result: Scaling, language: str) -> tuple[str, ...]:
    d_k = result.d_k[-1]
    weights = [percent(value, language) for value in result.largest_weight[:, -1]]
    return (
        LAB.text("finding-variance", language, d_k=d_k, plain=result.variance[0, -1], scaled=result.variance[1, -1]),
        LAB.text("finding-weight", language, d_k=d_k, keys=result.keys, plain=weights[0], scaled=weights[1]),
        LAB.text("finding-gradient", language, d_k=d_k, times=result.gradient[1, -1] / result.gradient[0, -1]),
    )
