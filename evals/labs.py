"""Every lab with its default inputs: `python -m evals.labs [NAME ...] [--language es] [--images FOLDER]`.

Prints the wall seconds of the run (without the imports, which are printed apart) beside the seconds that the lab
states, the rows that its figures carry, and its findings. The load of the machine is printed too, since times on a
busy one say little. `--images` saves the cover of each lab as a small PNG.
"""

import argparse
import importlib
import io
import os
import time
from pathlib import Path

import vl_convert
from PIL import Image

from tutor.labs.lab import LabRun
from tutor.labs.registry import LABS, run_lab


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="labs to run; all when none is named")
    parser.add_argument("--language", default="en", choices=("es", "en"))
    parser.add_argument("--images", type=Path, help="folder for one PNG a lab")
    arguments = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    for name in arguments.names or LABS:
        started = time.perf_counter()
        importlib.import_module(f"tutor.labs.{name}")
        imported = time.perf_counter()
        run = run_lab(name, arguments.language)
        seconds = time.perf_counter() - imported
        rows = sum(map(_rows, run.figures))
        late = "  LATE" if seconds > run.lab.seconds else ""
        print(
            f"{run.lab.number:>2} {name:<18} {seconds:6.2f} s of {run.lab.seconds:g} s{late}"
            f"   imports {imported - started:4.2f} s   {rows} rows in {len(run.figures)} figures"
        )
        for finding in run.findings:
            print(f"      {finding}")
        if arguments.images:
            _save(run, arguments.images / f"{name}-{arguments.language}.png")


def _save(run: LabRun, path: Path) -> None:
    """The lab's cover as a PNG with a palette, which takes a third of the bytes."""
    drawn = vl_convert.vegalite_to_png(run.figures[run.lab.cover].to_dict(), scale=1.0)
    Image.open(io.BytesIO(drawn)).convert("RGB").quantize(256).save(path, optimize=True)


def _rows(figure: object) -> int:
    """How many rows of data a figure carries."""
    return _count(figure.to_dict())  # type: ignore[attr-defined]


def _count(part: object) -> int:
    if isinstance(part, dict):
        own = part.get("data")
        values = own.get("values") if isinstance(own, dict) else None
        inside = sum(_count(value) for key, value in part.items() if key not in {"data", "datasets"})
        stored = sum(len(rows) for rows in part.get("datasets", {}).values())
        return inside + stored + (len(values) if isinstance(values, list) else 0)
    return sum(map(_count, part)) if isinstance(part, list) else 0


if __name__ == "__main__":
    main()
