"""In which numbers a model's weights are held, so that they and what a conversation needs beside them fit."""

import os
from enum import StrEnum
from pathlib import Path

from agents.errors import BadModel

BESIDE = 1.2  # of the weights' bytes: the keys and values of conversations, and what a step computes
# Bytes for each byte of 16-bit weights, as bitsandbytes packs them: embeddings and norms stay in 16 bits.
PACKED = {8: 0.55, 4: 0.32}
GB = 1e9
_MEMORY = Path("/proc/meminfo")
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)  # of a container: version 2 and version 1


class Numbers(StrEnum):
    """What a weight is written in."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    INT8 = "int8"
    NF4 = "nf4"


def placement(weights_bytes: int, free_bytes: int, device: str, has_bitsandbytes: bool, model: str = "") -> Numbers:
    """The best numbers that fit for weights of so many bytes in 16 bits each, on "cuda", "mps" or "cpu".

    On a processor 32 bits are quicker than 16, so they are taken where they fit. Only CUDA has 8 and 4 bits, by
    bitsandbytes. Raises `BadModel` when nothing fits ("model-too-large"), or nothing does without bitsandbytes
    ("model-needs-packing"); both say how much there is and how much it takes.
    """
    sizes = {Numbers.BFLOAT16: 1.0}
    if device == "cpu":
        sizes = {Numbers.FLOAT32: 2.0, **sizes}
    elif device == "cuda":
        sizes = {**sizes, Numbers.INT8: PACKED[8], Numbers.NF4: PACKED[4]}
    fitting = [numbers for numbers, size in sizes.items() if weights_bytes * size * BESIDE <= free_bytes]
    ready = [numbers for numbers in fitting if has_bitsandbytes or numbers not in {Numbers.INT8, Numbers.NF4}]
    if ready:
        return ready[0]
    code = "model-needs-packing" if fitting else "model-too-large"
    needed = weights_bytes * min(sizes.values()) * BESIDE
    least = needed if code == "model-too-large" else weights_bytes * BESIDE
    raise BadModel(code, model=model, needed=f"{least / GB:.1f}", free=f"{free_bytes / GB:.1f}")


def free_memory() -> int:
    """Bytes of main memory that a model may take: what the system has free, and no more than its container may."""
    free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if _MEMORY.is_file():
        lines = dict(line.split(":", 1) for line in _MEMORY.read_text(encoding="ascii").splitlines() if ":" in line)
        free = int(lines["MemAvailable"].split()[0]) * 1024
    for limit, used in _LIMITS:
        if limit.is_file() and (most := limit.read_text(encoding="ascii").strip()).isdecimal():
            free = min(free, int(most) - int(used.read_text(encoding="ascii")))
    return free
