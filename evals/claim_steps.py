"""Where the time of a claim goes: `python -m evals.claim_steps [--claims N]`.

One warm process checks the course's claims, one after the other. Printed are the medians, in milliseconds from the
start of a claim, of when it is read by the verifier, when the rules are done, when its pairs are judged and when all
is. Compare states of the project in one hour: the machine's speed varies.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from knowledge.rules import Rules
from knowledge.verifier_onnx import OnnxVerifier
from tutor.settings import Settings
from tutor.tutor import Tutor

WARMING = 20  # claims that are not counted
STEPS = {
    "claim read": (OnnxVerifier, "_read_anew"),
    "rules": (Rules, "judge"),
    "pairs judged": (OnnxVerifier, "_judge"),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m evals.claim_steps", description="Where a claim's time goes.")
    parser.add_argument("--claims", type=int, default=260)
    options = parser.parse_args()
    spans: dict[str, list[tuple[float, float]]] = {}
    for name, (owner, method) in STEPS.items():
        setattr(owner, method, _timed(getattr(owner, method), spans.setdefault(name, [])))
    told: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        tutor = Tutor(Settings(data_dir=Path(folder), model="composer"))
        file = tutor.settings.course / "evaluation" / "claims.jsonl"
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()[: options.claims]]
        for number, row in enumerate(rows):
            for own in spans.values():
                own.clear()
            began = time.perf_counter()
            list(tutor.check(row["claim"], language=row["lang"]))
            if number >= WARMING:
                told.setdefault("all done", []).append(time.perf_counter() - began)
                for name, own in spans.items():
                    for what, at in (("begun", min), ("done", max)) if own else ():
                        moments = [span[what == "done"] - began for span in own]
                        told.setdefault(f"{name}, {what}", []).append(at(moments))
    for what, seconds in sorted(told.items(), key=lambda item: statistics.median(item[1])):
        print(f"{what:24} {1000 * statistics.median(seconds):6.1f} ms   n {len(seconds)}")


def _timed(method: Callable[..., Any], spans: list[tuple[float, float]]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        found = method(*given, **named)
        spans.append((began, time.perf_counter()))
        return found

    return timed


if __name__ == "__main__":
    main()
