"""What the tests of exams share: the computed families of the real course, and small recipes that ask knowledge."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from agents.exercises import Exercises
from agents.item import Bloom, Check, Item, Kind, Proof
from agents.recipe import Recipe
from knowledge.course import Course
from tutor.exams import Exams

NAMES = "vasija brújula lámpara escoba tijera manzana colmena tambor veleta candado ancla farol jarrón peine reloj"
WORDS = tuple(NAMES.split())

MIXED = """title = "Mixed"
language = "es"
minutes = 60

[[section]]
concepts = "*"
kinds = ["mcq", "numeric"]
difficulty = [1, 2, 3]
count = 6
points_each = 0.5

[[section]]
concepts = ["Attention", "positions"]
count = 3
"""


def asked_once(name: str, concept: str, word: str, level: int = 2, **parts: Any) -> Recipe:
    """A recipe that has one question: other seeds only order its options differently."""
    kind: Kind = parts.get("kind", "mcq")
    bloom: Bloom = parts.get("bloom", "understand")
    checks: Sequence[Check] = parts.get("checks", (Check("key-supported", True),))

    def make(seed: int, difficulty: int, language: str) -> Item:
        stem = {"es": f"¿Para qué sirve cada {word}?", "en": f"What is each {word} good for?"}[language]
        options = ["Para el agua", "Para el viento", "Para la noche"]
        options = options[seed % 3 :] + options[: seed % 3]
        return Item(
            f"{name}.{kind}.{language}.{difficulty}.{seed}", kind, concept, bloom, difficulty, language, stem,
            tuple(options), options.index("Para el agua"), 0.0, "", (), {}, {}, 1.0, (),
            Proof("grounded", tuple(checks)), family=name,
        )  # fmt: skip

    return Recipe(name, concept, kind, bloom, (level,), make)


def proven(item: Item) -> Item:
    """An item as it is, its proof made of one check: that its stem is a question."""
    return Item(**{**_fields(item), "proof": Proof("authored", (Check("asks", "?" in item.stem, item.stem),))})


def _fields(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in Item.__slots__}


def exams_of(
    course: Course, data: Path, *grounded: Recipe, families: Any = None, prove: Callable[[Item], Item] = proven
) -> Exams:
    """Exams made of the computed families (all, or those given) and of some recipes."""
    more = {} if families is None else {"families": families}
    return Exams(Exercises(course, grounded=grounded, **more), prove, data)


def blueprint(folder: Path, text: str = MIXED, **section: Any) -> Path:
    """The file of a blueprint: of this text, or with one section of these values."""
    if section:
        values = "\n".join(f"{name} = {value!r}" for name, value in section.items())
        text = f'title = "One"\nlanguage = "es"\nminutes = 10\n\n[[section]]\n{values}\n'
    file = folder / "blueprint.toml"
    file.write_text(text, encoding="utf-8")
    return file


def content(folder: Path) -> dict[str, bytes]:
    """File name -> bytes of the files in a folder, those that are hidden too."""
    files = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    return {path.name: path.read_bytes() for path in files}
