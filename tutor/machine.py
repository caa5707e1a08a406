"""How much memory this machine has, for a model that is to run on it."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GIGABYTE = 1e9
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))  # of a container
_ASK = ("--query-gpu=memory.total", "--format=csv,noheader,nounits")  # MiB, a GPU a line
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Gigabytes (10^9 bytes): `main`, and of the largest GPU; 0 where there is none or it cannot be told."""

    main: float
    gpu: float


def memory() -> Memory:
    """The memory of this machine, or of the container that this process runs in."""
    return Memory(_main() / GIGABYTE, _gpu() / GIGABYTE)


def _main() -> int:
    try:
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no such call
        return 0
    for file in _LIMITS:
        with suppress(OSError, ValueError):  # no limit is "max"
            whole = min(whole, int(file.read_text(encoding="ascii")))
    return whole


def _gpu() -> int:
    """Of the largest GPU: by torch where it is loaded already, else as NVIDIA's own tool says."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return max(
            int(torch.cuda.get_device_properties(place).total_memory) for place in range(torch.cuda.device_count())
        )
    program = shutil.which("nvidia-smi")
    if program is None:
        return 0
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        done = subprocess.run([program, *_ASK], capture_output=True, text=True, timeout=_SECONDS, check=True)  # noqa: S603  a program of the system, and no shell
        return max((int(line) << 20 for line in done.stdout.split()), default=0)
    return 0
