"""The numbers of the worked example of condensation."""

from typing import Any

given: list[float] = [0.5, 2256]  # kilograms, and kilojoules per kilogram

computed: dict[str, Any] = {"1128": 0.5 * 2256}
