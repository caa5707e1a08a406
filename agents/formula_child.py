"""Whether two formulas are equal by algebra: the process that `formula_process` starts, asks and ends.

A line of JSON in, {"key": LaTeX, "answer": LaTeX}; a line out, true, false or null for what it cannot read. The grammar
is that of math-verify for LaTeX alone: its other one hands plain text to sympy's `parse_expr`, which runs code.
"""

import json
import sys
from typing import Any

MEMORY = 2 << 30  # bytes that a hostile formula may take, where the system can hold it to them


def main() -> None:
    """Answer until the input ends."""
    _bound_memory()
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            found = is_equal(str(asked["key"]), str(asked["answer"]))
        except Exception:  # noqa: BLE001  whatever a formula breaks, the answer is that it cannot be told
            found = None
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def is_equal(key: str, answer: str) -> bool | None:
    """Whether two formulas in LaTeX are equal; None where one cannot be read. May take for ever."""
    from math_verify import LatexExtractionConfig, parse, verify  # noqa: PLC0415  two seconds of sympy

    def read(text: str) -> list[Any]:
        config = (LatexExtractionConfig(),)
        return list(parse(f"${text}$", config, fallback_mode="no_fallback", parsing_timeout=0))

    mine, theirs = read(key), read(answer)
    if not mine or not theirs or any(isinstance(found, str) for found in (*mine, *theirs)):
        return None
    return bool(verify(mine, theirs, timeout_seconds=0))


def _bound_memory() -> None:
    try:
        import resource  # noqa: PLC0415  Unix alone has it

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    main()
