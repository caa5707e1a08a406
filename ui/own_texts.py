"""The texts of a page that has files of its own, beside those of the whole app."""

from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path

from knowledge.messages import Messages

HERE = Path(__file__).parent


class OwnTexts(Messages):
    """The texts of the app with those of some files of this folder (`names`); of one key the last file counts."""

    def __init__(self, app: Messages, names: Sequence[str]) -> None:
        super().__init__(app.path)
        self.app = app
        self.names = tuple(names)

    @cached_property
    def table(self) -> dict[str, dict[str, str]]:
        """Key -> language -> text."""
        files = [_read(name) for name in self.names]
        return {key: texts for table in (self.app.table, *files) for key, texts in table.items()}


@cache
def _read(name: str) -> dict[str, dict[str, str]]:
    """A file's texts, read once: pages are drawn anew with every press of a button."""
    return Messages(HERE / f"texts_{name}.toml").table
