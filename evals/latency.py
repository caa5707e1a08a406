"""How long a person waits: `python -m evals.latency [--rounds N]`.

Cold: whole processes (`atenea --help`, `atenea ask`, `atenea check` on one line), wall and CPU seconds, median of the
rounds. Warm: one process answering the tests' learner questions and checking the course's claims, p50 and p95 in
milliseconds. The load of the machine is printed with the figures, since times on a busy one say little.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tutor.settings import Settings
from tutor.tutor import Tutor

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "data" / "questions.jsonl"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="processes started for each cold figure")
    rounds = parser.parse_args().rounds
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments, text in _commands(Path(folder)):
            wall, cpu = _cold(arguments, text, rounds)
            print(f"cold  {name:<22} wall {wall:6.2f} s   CPU {cpu:6.2f} s")
        tutor = Tutor(Settings(data_dir=Path(folder) / "warm", model="composer"))
        for name, values in _warm(tutor).items():
            middle, high = _percentile(values, 50), _percentile(values, 95)
            print(f"warm  {name:<22} p50 {middle:6.1f} ms   p95 {high:6.1f} ms   n {len(values)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the warm process {peak:.0f} MB")


def _commands(folder: Path) -> list[tuple[str, list[str], str]]:
    data = ["--data-dir", str(folder / "cold")]
    return [
        ("atenea --help", ["--help"], ""),
        ("atenea ask", ["ask", "¿Qué es la atención?", *data], ""),
        ("atenea check, one line", ["check", "-", *data], "BERT base has 12 layers."),
    ]


def _cold(arguments: list[str], text: str, rounds: int) -> tuple[float, float]:
    """Median wall and CPU seconds of whole processes; the first, which warms the disk, is not counted."""
    walls, cpus = [], []
    program = Path(sys.executable).with_name("atenea")
    for round_number in range(rounds + 1):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([str(program), *arguments], input=text, text=True, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if round_number:
            walls.append(time.perf_counter() - started)
            cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(walls), statistics.median(cpus)


def _warm(tutor: Tutor) -> dict[str, list[float]]:
    questions = _rows(QUESTIONS)
    claims = _rows(tutor.settings.course / "evaluation" / "claims.jsonl")
    turns: list[float] = []
    first: list[float] = []
    for number in range(2):  # the first pass reads every sentence once
        for row in questions:
            timings = tutor.ask(row["question"], language=row["lang"])["timings_ms"]
            if number:
                turns.append(timings["total"])
                first.extend([timings["first_sentence"]] if "first_sentence" in timings else [])
    checks = []
    for row in claims:
        started = time.perf_counter()
        list(tutor.check(row["claim"], language=row["lang"]))
        checks.append((time.perf_counter() - started) * 1000)
    searches = []
    for row in questions:
        started = time.perf_counter()
        tutor.search(row["question"], language=row["lang"])
        searches.append((time.perf_counter() - started) * 1000)
    return {"turn": turns, "first verified sentence": first, "claim": checks[20:], "search": searches}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    main()
