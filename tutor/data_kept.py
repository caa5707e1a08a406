"""What lies in the data folder, by kind, and how much of it there is."""

from collections.abc import Mapping
from pathlib import Path

KINDS: Mapping[str, tuple[str, ...]] = {
    "conversations": ("threads.sqlite*",), "learners": ("learners.sqlite*",), "library": ("library", "uploads"),
    "exams": ("exam*", "blueprints", "bank*", "results*"), "checks": ("checks",), "inquiries": ("inquiries",),
}  # fmt: skip


def sizes(folder: Path) -> dict[str, int]:
    """Kind -> bytes, for each kind of which there is anything; "other": what is of none of them."""
    found: dict[str, int] = {}
    for path in folder.glob("*"):
        kind = next((name for name, forms in KINDS.items() if any(map(path.match, forms))), "other")
        found[kind] = found.get(kind, 0) + _size(path)
    return {kind: found[kind] for kind in (*KINDS, "other") if found.get(kind)}


def _size(path: Path) -> int:
    """The bytes of a file or of all files in a folder; what vanishes meanwhile counts nothing."""
    try:
        if path.is_dir() and not path.is_symlink():
            return sum(map(_size, path.iterdir()))
        return path.lstat().st_size
    except OSError:
        return 0
