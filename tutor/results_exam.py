"""The exam behind a table of responses: its versions read from the files of the JSON writer, their keys held to their
proof, and the questions of all versions matched with one another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from agents.errors import BadItem
from agents.item import Item
from agents.item_rules import RULES, key_outside, ragged_rows
from knowledge.terms import fold
from tutor.export.json_file import read_paper
from tutor.paper import Paper
from tutor.results_errors import BadResults

Prove = Callable[[Item], Item]  # an item with its proof made anew, as agents.gate.Gate gives it
_CHOSEN = {"mcq", "multi", "true_false", "order", "match"}
_NOT_OF_THE_KEY = {*RULES, "hints-silent", "same-tolerance"}  # a teacher may word and accept as a teacher likes


@dataclass(frozen=True)
class Form:
    """A version of the exam with the file that it comes from."""

    path: Path
    paper: Paper

    @property
    def version(self) -> str:
        """Its letter."""
        return self.paper.version


@dataclass(frozen=True)
class Slot:
    """A question of the exam. `items` and `places` (from 1): by version. `items` are one item, or parallel ones: of one
    kind, concept and level. `whole`: every version has it."""

    items: Mapping[str, Item]
    places: Mapping[str, int]
    whole: bool = True

    @property
    def item(self) -> Item:
        """That of the first version which has it."""
        return next(iter(self.items.values()))

    @property
    def one(self) -> bool:
        """Whether all versions ask the same."""
        return len({item.id for item in self.items.values()}) == 1

    @property
    def number(self) -> str:
        """How a person finds it: "3", or "A3 · B7" where its places differ or not all versions have it."""
        if self.whole and len(set(self.places.values())) == 1:
            return str(next(iter(self.places.values())))
        return " · ".join(f"{version}{place}" for version, place in self.places.items())


@dataclass(frozen=True)
class Exam:
    """`forms`: version -> file and paper. `slots`: every question once, in the order of the first version."""

    forms: Mapping[str, Form]
    slots: tuple[Slot, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all items of all versions."""
        return tuple(dict.fromkeys(item.id for form in self.forms.values() for item in form.paper.items))

    @property
    def digest_text(self) -> str:
        """What is the same for the same exam, however its file is laid out and its words are edited."""
        first = next(iter(self.forms.values())).paper
        return "\n".join([first.title, first.blueprint, str(first.seed), *sorted(self.ids)])


def read_exam(paths: Sequence[Path], prove: Prove | None = None) -> Exam:
    """The exam of these files, one a version, or of a folder with them. `prove`: where it is given, an item that
    carries a proof must still have its key by it. Raises `BadResults`, which names file and question."""
    forms: dict[str, Form] = {}
    for path in (file for given in paths for file in _files(given)):
        form = _form(path)
        if known := next((other for other in forms.values() if fold(other.version) == fold(form.version)), None):
            raise BadResults("exam-version-twice", path=path, version=form.version, other=known.path)
        for place, item in enumerate(form.paper.items, start=1):
            _held(path, place, item, prove)
        forms[form.version] = form
    return Exam(forms, _slots(list(forms.values())))


def _files(path: Path) -> list[Path]:
    """A file, or the JSON files of a folder but for hidden ones."""
    found = sorted(file for file in path.glob("*.json") if not file.name.startswith(".")) if path.is_dir() else [path]
    if not found:
        raise BadResults("exam-folder", path=path)
    return found


def _form(path: Path) -> Form:
    try:
        paper = read_paper(path.read_bytes())
    except OSError as error:
        raise BadResults("exam-unreadable", path=path, reason=error.strerror or error) from error
    except BadItem as error:
        where, reason = str(error.values["path"]), error.values["reason"]
        if where.startswith("items."):
            place = int(where.removeprefix("items.")) + 1
            raise BadResults("exam-item", path=path, number=place, reason=reason) from error
        raise BadResults("exam-unreadable", path=path, reason=reason) from error
    ids = [item.id for item in paper.items]
    if not ids:
        raise BadResults("exam-empty", path=path)
    for place, item in enumerate(paper.items, start=1):
        if not item.id or (first := ids.index(item.id) + 1) != place:
            raise BadResults("exam-id", path=path, number=place, item=item.id, first=first if item.id else place)
        if not item.points > 0:
            raise BadResults("exam-points", path=path, number=place, item=item.id)
    return Form(path, paper)


def _held(path: Path, place: int, item: Item, prove: Prove | None) -> None:
    """Whether the key can still be the key: no option says the same as another, and the proof can be made again."""
    detail = key_outside(item) if item.kind in _CHOSEN else ragged_rows(item) if item.kind == "matrix" else ""
    if detail:
        raise BadResults("exam-key", path=path, number=place, item=item.id, check="key-in-range", detail=detail)
    texts = sorted(" ".join(option.split()) for option in item.options)
    if twice := next((one for one, other in pairwise(texts) if one == other and item.kind != "match"), None):
        raise BadResults("exam-options", path=path, number=place, item=item.id, option=twice)
    if prove is None or not item.proof.checks or item.proof.method == "authored":
        return
    failed = next((check for check in prove(item).proof.checks if not check.ok and check.name not in _NOT_OF_THE_KEY),
                  None)  # fmt: skip
    if failed:
        raise BadResults("exam-key", path=path, number=place, item=item.id, check=failed.name, detail=failed.detail)


def _slots(forms: Sequence[Form]) -> tuple[Slot, ...]:
    """Each question once. Those of another version join the slot of the same item, else one of their kind, concept and
    level: that at the same place before the first that is free."""
    found: list[tuple[dict[str, Item], dict[str, int]]] = []
    for form in forms:
        waiting = dict(enumerate(form.paper.items, start=1))
        for fits in (_same_item, _parallel_here, _parallel):
            for place, item in list(waiting.items()):
                slot = next((slot for slot in found if form.version not in slot[0] and fits(slot, place, item)), None)
                if slot:
                    slot[0][form.version], slot[1][form.version] = waiting.pop(place), place
        found += [({form.version: item}, {form.version: place}) for place, item in waiting.items()]
    return tuple(Slot(items, places, len(items) == len(forms)) for items, places in found)


_Open = tuple[dict[str, Item], dict[str, int]]


def _same_item(slot: _Open, _: int, item: Item) -> bool:
    return any(item.id == other.id for other in slot[0].values())


def _parallel(slot: _Open, _: int, item: Item) -> bool:
    other = next(iter(slot[0].values()))
    return (item.kind, item.concept, item.difficulty) == (other.kind, other.concept, other.difficulty)


def _parallel_here(slot: _Open, place: int, item: Item) -> bool:
    return place in slot[1].values() and _parallel(slot, place, item)
