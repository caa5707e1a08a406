"""The numbers of the worked example of evaporation."""

from typing import Any

given: list[float] = [2, 2256]  # kilograms, and kilojoules per kilogram

computed: dict[str, Any] = {"4512": 2 * 2256}
