"""Checks of what a learner gives to a lab. Each returns the value in the wanted type or raises `BadLab`."""

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import BadLab

T = TypeVar("T")


def whole(name: str, value: object, low: int, high: int) -> int:
    """`value` as an int within low..high, both included."""
    if isinstance(value, bool) or not isinstance(value, Real) or not float(value).is_integer():
        raise BadLab("lab-whole", name=name, value=value)
    number = int(value) if isinstance(value, Integral) else int(float(value))
    if not low <= number <= high:
        raise BadLab("lab-range", name=name, value=value, low=low, high=high)
    return number


def real(name: str, value: object, low: float, high: float) -> float:
    """`value` as a finite float within low..high, both included."""
    number = float(value) if not isinstance(value, bool) and isinstance(value, Real) else math.nan
    if not low <= number <= high:  # also what is not a number
        raise BadLab("lab-range", name=name, value=value, low=low, high=high)
    return number


def choice(name: str, value: T, choices: Sequence[T]) -> T:
    """`value` if it is one of the choices."""
    if value not in choices:
        raise BadLab("lab-choice", name=name, value=value, choices=", ".join(map(str, choices)))
    return value


def matrix(name: str, value: object, rows: int, columns: int) -> NDArray[np.float64]:
    """`value` as a float matrix of shape (rows, columns) with finite numbers."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadLab("lab-shape", name=name, expected=(rows, columns), found="?") from error
    if array.shape != (rows, columns) or not np.isfinite(array).all():
        raise BadLab("lab-shape", name=name, expected=(rows, columns), found=array.shape)
    return array


def words(text: str, fewest: int, most: int) -> tuple[str, ...]:
    """The words of the text, cut at white space: between `fewest` and `most` of them."""
    found = tuple(text.split())
    if len(found) < fewest:
        raise BadLab("lab-no-words", count=len(found), fewest=fewest)
    if len(found) > most:
        raise BadLab("lab-long", count=len(found), most=most)
    return found
