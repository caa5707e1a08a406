"""How long an exam takes: `python -m evals.exam_speed [--rounds N]`.

A mixed exam of 40 items in 4 versions and both languages, in every format, PDF included: a new process each round, so
that nothing is there already but the files of the installation. Printed are the seconds of each part in the quickest
round (wall clock, and CPU over all cores), with the load of the machine, and of two commands side by side, one a
language, as two cores allow. The bar is 10 seconds on two cores.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ITEMS, VERSIONS, SEED = 40, 4, 1
FILES = 10  # of a version: PDF three, Markdown two
BLUEPRINT = """title = "Mixed exam"
language = "es"
minutes = 90

[[section]]
concepts = "*"
count = 20
points_each = 0.5

[[section]]
concepts = ["Attention", "The architecture"]
kinds = ["mcq", "numeric", "matrix"]
count = 10

[[section]]
concepts = ["Training and alignment", "Cost and efficiency"]
kinds = ["true_false", "multi", "numeric"]
difficulty = [1, 2, 3]
count = 10
points_each = 0.75
"""
Times = dict[str, tuple[float, float]]  # part -> wall and CPU seconds


def main() -> None:
    """Print the table of the quickest round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", action="store_true", help="one round in this process, as JSON")
    arguments = parser.parse_args()
    if arguments.inside:
        sys.stdout.write(json.dumps(_round()))
        return
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    rounds = [_process() for _ in range(arguments.rounds)]
    side = min(_side_by_side() for _ in range(arguments.rounds))
    print(f"two commands side by side, one a language: wall {side:.2f} s")
    for part, (wall, cpu) in min(rounds, key=lambda times: times["whole process"][0]).items():
        print(f"{part:<22} wall {wall:6.2f} s   CPU {cpu:6.2f} s")


def _side_by_side() -> float:
    """The seconds of `atenea exam` in both languages at a time, as two cores allow."""
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "blueprint.toml"
        file.write_text(BLUEPRINT, encoding="utf-8")
        started = time.perf_counter()
        running = [
            subprocess.Popen(
                [str(Path(sys.executable).with_name("atenea")), "exam", str(file), "--out", str(Path(work) / language),
                 "--versions", str(VERSIONS), "--seed", str(SEED), "--lang", language,
                 "--data-dir", str(Path(work) / f"data-{language}")],
                stdout=subprocess.DEVNULL,
            )
            for language in ("es", "en")
        ]  # fmt: skip
        if any(process.wait() for process in running):
            raise SystemExit("atenea exam failed")
        return time.perf_counter() - started


def _process() -> Times:
    """The times of a process of its own, its start included."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "evals.exam_speed", "--inside"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**json.loads(done.stdout), "whole process": (wall, cpu)}


def _round() -> Times:
    times: Times = {}
    with tempfile.TemporaryDirectory() as work, _timed(times, "in all, once started"):
        folder = Path(work)
        (folder / "blueprint.toml").write_text(BLUEPRINT, encoding="utf-8")
        with _timed(times, "load modules"):
            from tutor.exam_files import WRITERS  # noqa: PLC0415
            from tutor.exam_papers import paper  # noqa: PLC0415  measured
            from tutor.graphs.exam import build_exam_graph, reviewed  # noqa: PLC0415
            from tutor.graphs.exam_runs import run_exam  # noqa: PLC0415
            from tutor.settings import Settings  # noqa: PLC0415
            from tutor.tutor import Tutor  # noqa: PLC0415
        with _timed(times, "open the course"):
            exams = Tutor(Settings(data_dir=folder / "data", model="composer")).workshop.exams
        for language in ("es", "en"):
            request = exams.request(
                folder / "blueprint.toml", folder / language, seed=SEED, versions=VERSIONS, language=language
            )
            with _timed(times, f"exam in {language}"):
                state = run_exam(build_exam_graph(None), exams.parts(), request)
            rows = reviewed(state).versions
            assert [len(row) for row in rows] == [ITEMS] * VERSIONS
            assert all(entry.item.proof.holds for row in rows for entry in row)
            assert len(state["files"]) == FILES * VERSIONS
    papers = [paper(request, number, row) for number, row in enumerate(rows)]
    for name, write in WRITERS.items():
        with _timed(times, f"  {name}, one version"):
            write(papers[0])
    return times


@contextmanager
def _timed(times: Times, part: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        yield
    finally:
        times[part] = (time.perf_counter() - wall, time.process_time() - cpu)


if __name__ == "__main__":
    main()
