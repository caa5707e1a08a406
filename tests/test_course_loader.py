"""A course folder is opened, or each of its faults is named with its file, its line and its mend."""

import json
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny_course import write_course

from knowledge.course_loader import load_course, validate_course
from knowledge.errors import BadCourse

ROOT = Path(__file__).parent.parent
Break = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "tiny")


def swap(name: str, old: str, new: str) -> Break:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, old
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def append(name: str, text: str) -> Break:
    return lambda folder: (folder / name).write_text((folder / name).read_text(encoding="utf-8") + text, "utf-8")


def test_a_sound_course_is_opened(folder: Path) -> None:
    assert validate_course(folder) == []
    course = load_course(folder)
    assert (course.id, course.version, course.title["es"]) == ("tiny", "1", "Diminuto")
    assert list(course.concepts) == ["merge", "pivot"]
    assert course.concepts["merge"].prerequisites == ("pivot",)
    names = [unit.name for unit in course.units if (unit.concept, unit.language) == ("pivot", "en")]
    assert names == [f"pivot/{kind}" for kind in ("definition", "intuition", "example", "why", "mistakes")] + [
        f"pivot/faq-{number}" for number in range(1, 6)
    ]
    definition = course.units[0]
    assert (definition.levels, definition.line) == (("beginner", "advanced"), 3)
    assert [(c.key, c.locator) for c in definition.sentences[0].citations] == [("knuth1968", "§1")]
    assert course.facts.sentence(course.facts.facts[0], "es") == "Quicksort se publicó en 1962."
    assert course.glossary.translate("pivot ordenación", "es", "en") == "pivot sorting"


def test_the_template_of_a_new_course_is_sound(tmp_path: Path) -> None:
    copy = shutil.copytree(ROOT / "tutor" / "course_template", tmp_path / "new")
    assert validate_course(copy) == []
    assert len(load_course(copy).concepts) >= 2


def test_the_examples_of_the_format_are_sound(folder: Path) -> None:
    """What docs/course-format.md shows of facts.toml, statements.toml and misconceptions.toml can be copied."""
    text = (ROOT / "docs" / "course-format.md").read_text(encoding="utf-8")
    examples = dict(re.findall(r"^## (\S+\.toml)\n\n```toml\n(.*?)^```$", text, re.M | re.S))
    assert {"course.toml", "concept.toml", "misconceptions.toml", "statements.toml", "facts.toml"} <= examples.keys()
    (folder / "concepts/pivot").rename(folder / "concepts/attention")
    for name in ("concept.toml", "misconceptions.toml", "statements.toml"):
        (folder / "concepts/attention" / name).write_text(examples[name], encoding="utf-8")
    for name in ("course.toml", "facts.toml"):
        (folder / name).write_text(examples[name], encoding="utf-8")
    swap(f"{MERGE}/concept.toml", 'prerequisites = ["pivot"]', 'topic = "attention"\nprerequisites = ["attention"]')(
        folder
    )
    for key in ("vaswani2017", "devlin2019", "openai2023"):
        append("sources.bib", f"\n@misc{{{key}, title = {{{key}}}}}\n")(folder)
    assert validate_course(folder) == []


def test_without_units_only_the_texts_are_left_out(folder: Path) -> None:
    (folder / "concepts/pivot/en.md").unlink()
    course = load_course(folder, units=False)
    assert course.units == ()
    assert (len(course.statements), len(course.misconceptions)) == (2, 2)


def test_facts_glossary_and_a_byte_order_mark_are_optional(folder: Path) -> None:
    (folder / "facts.toml").unlink()
    (folder / "glossary.toml").unlink()
    for name in ("course.toml", "sources.bib", "concepts/pivot/concept.toml", "concepts/pivot/es.md"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert validate_course(folder) == []


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    for opening in (load_course, validate_course):
        with pytest.raises(BadCourse) as error:
            opening(tmp_path)
        assert error.value.code == "course-missing"


def test_opening_a_faulty_course_names_the_first_fault(folder: Path) -> None:
    swap("concepts/pivot/concept.toml", "difficulty = 2", "difficulty = 9")(folder)
    with pytest.raises(BadCourse) as error:
        load_course(folder)
    assert error.value.values["count"] == 1
    assert "concept.toml:3" in error.value.message("es")
    assert "atenea course validate" in error.value.hint("en")


MERGE, PIVOT = "concepts/merge", "concepts/pivot"
QUESTIONS = "### The pivot answers question 5?\n\nThe pivot answers question 5. [@knuth1968, §2]\n"

# How it is broken -> the file, the line and a part of the message.
FAULTS: list[tuple[Break, str, int, str]] = [
    (swap("course.toml", 'es = "Diminuto"', ""), "course.toml", 4, "'title' needs a text for 'es'"),
    (append("course.toml", "[oops\n"), "course.toml", 10, "this is not TOML"),
    (lambda f: (f / "course.toml").write_bytes(b"id = \"ni\xf1o\""), "course.toml", 1, "not UTF-8"),
    (lambda f: (f / PIVOT / "concept.toml").unlink(), f"{PIVOT}/concept.toml", 1, "the file is missing"),
    (lambda f: (f / PIVOT / "es.md").unlink(), f"{PIVOT}/es.md", 1, "explained in 'es' too"),
    (lambda f: (f / PIVOT / "es.md").write_bytes(b"# ni\xf1o"), f"{PIVOT}/es.md", 1, "not UTF-8"),
    (swap(f"{PIVOT}/concept.toml", 'id = "pivot"', 'id = "pivots"'), f"{PIVOT}/concept.toml", 1, "make them equal"),
    (swap(f"{PIVOT}/concept.toml", "difficulty = 2", "difficulty = 6"), f"{PIVOT}/concept.toml", 3, "from 1 to 5"),
    (swap(f"{PIVOT}/concept.toml", "difficulty = 2", "difficulty = true"), f"{PIVOT}/concept.toml", 3, "from 1 to 5"),
    (swap(f"{PIVOT}/concept.toml", 'es = ["método pivot"]', ""), f"{PIVOT}/concept.toml", 7, "'aliases' in 'es' needs"),
    (swap(f"{PIVOT}/concept.toml", '["método pivot"]', "[5]"), f"{PIVOT}/concept.toml", 7, "'aliases' in 'es' needs"),
    (swap(f"{PIVOT}/concept.toml", '["método pivot"]', '["método merge"]'), f"{PIVOT}/concept.toml", 7,
     "the alias 'metodo merge' (es) already belongs to 'merge'"),
    (swap(f"{PIVOT}/concept.toml", 'understand = "Explicar el pivot."', ""), f"{PIVOT}/concept.toml", 12,
     "at least one Bloom level with its text for 'es'"),
    (swap(f"{MERGE}/concept.toml", '["pivot"]', '"pivot"'), f"{MERGE}/concept.toml", 2, "'prerequisites' needs a list"),
    (swap(f"{MERGE}/concept.toml", '["pivot"]', '["heap"]'), f"{MERGE}/concept.toml", 2,
     "the prerequisite 'heap' is not a concept"),
    (swap(f"{PIVOT}/concept.toml", "prerequisites = []", 'prerequisites = ["merge"]'), f"{MERGE}/concept.toml", 2,
     "prerequisites form a cycle: merge -> pivot -> merge"),
    (swap(f"{PIVOT}/en.md", "{#definition", "{#definicion"), f"{PIVOT}/en.md", 3, "needs one kind"),
    (swap(f"{PIVOT}/en.md", " {#definition .beginner .advanced}", ""), f"{PIVOT}/en.md", 3, "needs one kind"),
    (swap(f"{PIVOT}/en.md", ".advanced", ".expert"), f"{PIVOT}/en.md", 3, "unknown: expert"),
    (swap(f"{PIVOT}/en.md", "The pivot is like a game of cards.", ""), f"{PIVOT}/en.md", 7,
     "the unit 'Intuition' is empty"),
    (swap(f"{PIVOT}/en.md", "## Intuition", "#### Depth\n\n## Intuition"), f"{PIVOT}/en.md", 7,
     "a heading of level 4 has no place here"),
    (swap(f"{PIVOT}/en.md", "## Intuition {#intuition .beginner}\n\nThe pivot is like a game of cards.\n", ""),
     f"{PIVOT}/en.md", 1, "the unit 'intuition' is missing"),
    (swap(f"{PIVOT}/en.md", QUESTIONS, ""), f"{PIVOT}/en.md", 23, "the FAQ has 4 questions: write at least 5"),
    (swap(f"{PIVOT}/en.md", " [@hoare1962]", ""), f"{PIVOT}/en.md", 15, "'Why it matters' cites no source"),
    (swap(f"{PIVOT}/en.md", "@hoare1962", "@hoare1963"), f"{PIVOT}/en.md", 15,
     "cites 'hoare1963', which sources.bib does not hold"),
    (swap(f"{PIVOT}/es.md", QUESTIONS.replace("The pivot answers question", "El pivot responde a la pregunta"), ""),
     f"{PIVOT}/es.md", 1, "the units differ from those of en.md: pivot/faq-5"),
    (swap(f"{PIVOT}/es.md", ".beginner .advanced", ".beginner"), f"{PIVOT}/es.md", 3, "serves other levels"),
    (swap(f"{PIVOT}/es.md", "@hoare1962", "@knuth1968"), f"{PIVOT}/es.md", 15, "cites other sources than in en.md"),
    (swap(f"{PIVOT}/es.md", "0,5 horas", "0,7 horas"), f"{PIVOT}/es.md", 15, "other numbers than in en.md: 05, 07"),
    (swap(f"{PIVOT}/es.md", "El pivot convierte 2, 1 en 1, 2.", "$$x$$\n\nEl pivot convierte 2, 1 en 1, 2."),
     f"{PIVOT}/es.md", 11, "other display formulas"),
    (swap(f"{PIVOT}/statements.toml", "pivot.first", "first"), f"{PIVOT}/statements.toml", 1, "must be unique"),
    (swap(f"{PIVOT}/statements.toml", 'source = "knuth1968 §1"', ""), f"{PIVOT}/statements.toml", 1,
     "'pivot.first' cites nothing"),
    (swap(f"{PIVOT}/statements.toml", "knuth1968", "knuth1969"), f"{PIVOT}/statements.toml", 2,
     "'pivot.first' cites 'knuth1969'"),
    (swap(f"{PIVOT}/statements.toml", "[[statement]]", "[statement]"), f"{PIVOT}/statements.toml", 1,
     "each under its own heading [[statement]]"),
    (swap(f"{PIVOT}/misconceptions.toml", 'es = "Parece largo."', ""), f"{PIVOT}/misconceptions.toml", 8,
     "'why' needs a text for 'es' (pivot.endless)"),
    (swap(f"{PIVOT}/misconceptions.toml", '["pivot"]', '["heap"]'), f"{PIVOT}/misconceptions.toml", 2,
     "'pivot.endless' harms 'heap'"),
    (lambda f: (f / "sources.bib").unlink(), "sources.bib", 1, "the file is missing: write the BibTeX entries"),
    (append("sources.bib", "\n@misc{knuth1968, title = {Again}}\n"), "sources.bib", 14, "Duplicate entry key"),
    (append("sources.bib", "\n@misc{open, title = {\n"), "sources.bib", 14, "reached end of file"),
    (swap("facts.toml", 'id = "quicksort"', ""), "facts.toml", 5, "this entity needs an id of its own, not None"),
    (swap("facts.toml", 'maker = "Hoare"', 'family = "sorts"'), "facts.toml", 5, "the family 'sorts' of 'quicksort'"),
    (swap("facts.toml", 'maker = "Hoare"', ""), "facts.toml", 34, "is undisclosed: give 'quicksort' a maker"),
    (swap("facts.toml", "published in {value}", "published in {year}"), "facts.toml", 10,
     "needs each of {entity}, {value} once"),
    (swap("facts.toml", 'status = "published"', 'status = "known"'), "facts.toml", 27,
     "has status 'known': use one of published, estimated, undisclosed"),
    (swap("facts.toml", "value = 1962", ""), "facts.toml", 27, "needs a value, or status undisclosed"),
    (swap("facts.toml", "value = 1962", "value = [1962]"), "facts.toml", 27, "needs a number or a text"),
    (swap("facts.toml", 'attribute = "cost"\nstatus = "undisclosed"',
          'attribute = "cost"\nvalue = "cubic"\nstatus = "published"'), "facts.toml", 34, "a text among quadratic"),
    (swap("facts.toml", 'attribute = "cost"\nstatus', 'attribute = "colour"\nstatus'), "facts.toml", 34,
     "names an entity or attribute that the file does not define"),
    (swap("facts.toml", 'attribute = "cost"\nstatus = "undisclosed"',
          'attribute = "year"\nvalue = 1\nstatus = "published"'), "facts.toml", 34, "stands twice"),
    (swap("glossary.toml", 'es = ["ordenación"]', ""), "glossary.toml", 1, "this term in 'es' needs a list of texts"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("break_it", "file", "line", "message"), FAULTS, ids=[f"{n}-{f[1]}" for n, f in enumerate(FAULTS)]
)
def test_each_fault_is_named_with_its_file_and_line(
    folder: Path, break_it: Break, file: str, line: int, message: str
) -> None:
    break_it(folder)
    faults = [(fault.file, fault.line, fault.message) for fault in validate_course(folder)]
    named = [found for found in faults if message in found[2]]
    assert named, faults
    assert named[0][:2] == (str(folder / file), line), named


def test_the_messages_differ() -> None:
    assert len({message for *_, message in FAULTS}) > 40


def test_faults_come_in_the_order_of_files_and_lines(folder: Path) -> None:
    swap(f"{PIVOT}/en.md", "{#why", "{#reason")(folder)
    swap(f"{PIVOT}/en.md", "{#definition", "{#meaning")(folder)
    swap(f"{MERGE}/concept.toml", "difficulty = 2", "difficulty = 0")(folder)
    places = [(fault.file, fault.line) for fault in validate_course(folder)]
    assert places == sorted(places)
    assert len(places) >= 5


# Whatever a table holds, a teacher gets faults and never a traceback.

WRONG: list[Any] = [None, 7, "word", [7], {"en": 7}]  # None: the key is left out


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _places(table: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in table.items() if isinstance(table, dict) else enumerate(table):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*path, key))


@pytest.mark.parametrize(
    "name", ["course.toml", "facts.toml", "glossary.toml", *(f"{PIVOT}/{kind}.toml" for kind in
             ("concept", "statements", "misconceptions"))],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_never_a_traceback(folder: Path, name: str) -> None:
    whole = (folder / name).read_text(encoding="utf-8")
    faulty = 0
    for path in list(_places(tomllib.loads(whole))):
        for wrong in WRONG:
            table = tomllib.loads(whole)
            holder = table
            for key in path[:-1]:
                holder = holder[key]
            if wrong is None:
                del holder[path[-1]]
            else:
                holder[path[-1]] = wrong
            text = "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in table.items())
            (folder / name).write_text(text, encoding="utf-8")
            faulty += bool(validate_course(folder))
    assert faulty > 10
