"""Coverage against precision: what would be right if every claim from some P(supported) on were called supported."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tutor.measures import Flags, Interval, Values, wilson


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What calling supported every claim whose P(supported) is at least `threshold` would give.

    `supported`: how many claims that is; `coverage`: their share of all claims; `precision`: how much of them is
    true, with its Wilson interval; `false_supported`: how much of the false ones is among them, None where none is.
    """

    threshold: float
    supported: int
    coverage: float
    precision: Interval
    false_supported: float | None

    def to_json(self) -> dict[str, Any]:
        """The fields by name, shares to four decimals; the threshold whole, so that comparing with it is exact."""
        return {
            "threshold": self.threshold,
            "supported": self.supported,
            "coverage": round(self.coverage, 4),
            "precision": self.precision.to_json(),
            "false_supported": None if self.false_supported is None else round(self.false_supported, 4),
        }


def coverage_curve(probability: Values, true: Flags, false: Flags) -> tuple[CurvePoint, ...]:
    """One point for each P(supported) that occurs, from the highest down, so that coverage grows to 1.

    Precision is over everything called supported: a claim that no source decides counts as not true.
    """
    points = []
    for threshold in np.unique(probability)[::-1]:
        called = probability >= threshold
        count, wrong = int(called.sum()), int((called & false).sum())
        points.append(
            CurvePoint(
                float(threshold), count, count / len(called), wilson(int((called & true).sum()), count),
                wrong / int(false.sum()) if false.any() else None,
            )
        )  # fmt: skip
    return tuple(points)
