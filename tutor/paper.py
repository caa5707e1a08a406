"""An exam paper: the items of one version, in order, as the writers of `tutor/export/` get it."""

from dataclasses import dataclass

from agents.item import Item


@dataclass(frozen=True, slots=True)
class Paper:
    """One version of an exam. `version`: its letter, "A". `seed` and `blueprint`: what made it, the latter as sixteen
    hexadecimal digits of the blueprint's digest; the same two give the same paper."""

    title: str
    language: str
    version: str
    minutes: int
    items: tuple[Item, ...]
    seed: int = 0
    blueprint: str = ""

    @property
    def points(self) -> float:
        """The sum of the items' points."""
        return sum(item.points for item in self.items)
