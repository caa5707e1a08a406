"""A new course broken in many places at once: one message for each fault, with its file, its line and its mend."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from knowledge.course_faults import FAULTS as MESSAGES
from tutor.cli import app

ROOT = Path(__file__).parent.parent
UP, DOWN = "concepts/evaporation", "concepts/condensation"
Break = Callable[[Path], object]


def swap(name: str, old: str, new: str) -> Break:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, (name, old)
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def append(name: str, text: str) -> Break:
    def change(folder: Path) -> None:
        (folder / name).write_text((folder / name).read_text(encoding="utf-8") + text, encoding="utf-8")

    return change


def drop(name: str, first: str, stop: str) -> Break:
    """Take out the lines from the one that begins with `first` to before the one that begins with `stop`."""

    def change(folder: Path) -> None:
        lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        start = next(n for n, line in enumerate(lines) if line.startswith(first))
        end = next(n for n, line in enumerate(lines) if n > start and line.startswith(stop))
        (folder / name).write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")

    return change


def already_broken(folder: Path) -> None:
    """An entry above breaks this too."""


TWIN = '[[topic]]\nid = "up"\n[topic.name]\nen = "Up"\nes = "Arriba"\n\n'
SNOW = '[[fact]]\nentity = "snow"\nattribute = "polarity"\nvalue = "polar"\nstatus = "published"\nsource = "usgs2019"\n'
VOLUME = 'value = 1386000000\nstatus = "estimated"'

# What is broken -> how; then the file, the text of the line that is named (None: line 1), what the message says is
# wrong and how it says to mend it. All of them are laid down in one folder, in this order.
FAULTS: dict[str, tuple[Break, str, str | None, str, str]] = {
    "a cycle": (
        swap(f"{UP}/concept.toml", "prerequisites = []", 'prerequisites = ["condensation", "heat-transfer"]'),
        f"{DOWN}/concept.toml", "prerequisites =",
        "prerequisites form a cycle: condensation -> evaporation -> condensation", "take one of them out"),
    "a prerequisite that is not there": (
        already_broken, f"{UP}/concept.toml", "prerequisites =",
        "the prerequisite 'heat-transfer' is not a concept of the course", "take it out or write that concept"),
    "a misspelt prerequisite": (
        swap(f"{DOWN}/concept.toml", '["evaporation"]', '["evaporation", "evaporacion"]'),
        f"{DOWN}/concept.toml", "prerequisites =",
        "the prerequisite 'evaporacion' is not a concept of the course", "did you mean 'evaporation'?"),
    "an id unlike its folder": (
        swap(f"{UP}/concept.toml", 'id = "evaporation"', 'id = "evaporating"'), f"{UP}/concept.toml", "id =",
        "id is 'evaporating' but the folder is called 'evaporation'", "make them equal"),
    "a misspelt key": (
        swap(f"{UP}/concept.toml", "difficulty = 1", "difficulty = 7\nobjetives = 1"),
        f"{UP}/concept.toml", "objetives",
        "'objetives' is not a key of a concept", "did you mean 'objectives'?"),
    "a difficulty out of range": (
        already_broken, f"{UP}/concept.toml", "difficulty =", "difficulty is 7", "a whole number from 1 to 5"),
    "an unknown topic": (
        swap(f"{DOWN}/concept.toml", 'topic = "down"', 'topic = "ice"'), f"{DOWN}/concept.toml", "topic =",
        "the topic 'ice' is not one of course.toml", "use one of up, down, or add it as a [[topic]]"),
    "a topic without concepts": (
        already_broken, "course.toml", 'id = "down"',
        "the topic 'down' has no concept", 'give it to one (topic = "down") or take the topic out'),
    "a topic twice": (
        append("course.toml", "\n" + TWIN), "course.toml", "last [[topic]]",
        "this topic needs an id of its own, not 'up', which the topic of line 12 has", "rename one of them"),
    "a title in one language": (
        swap("course.toml", 'es = "El ciclo del agua"\n', ""), "course.toml", "[title]",
        "'title' needs a text for 'es'", 'write es = "..."'),
    "an alias twice": (
        swap(f"{UP}/concept.toml", 'en = ["', 'en = ["condense", "'), f"{UP}/concept.toml", "[aliases]",
        "the alias 'condense' (en) already belongs to 'condensation'", "keep it in one of the two"),
    "an objective of no level": (
        swap(f"{DOWN}/concept.toml", "understand =", "memorize ="), f"{DOWN}/concept.toml", "[objectives.en]",
        "the objective 'memorize' is no Bloom level", "use one of remember, understand, apply"),
    "objectives that differ": (
        already_broken, f"{DOWN}/concept.toml", "[objectives.es]",
        "the objectives have other levels than in English", "write memorize, understand in both or in neither"),
    "a missing language": (
        lambda folder: (folder / f"{DOWN}/es.md").unlink(), f"{DOWN}/es.md", None,
        "the file is missing: every concept is explained in 'es' too", "write it"),
    "a missing unit": (
        drop(f"{DOWN}/en.md", "## Intuition", "## How"), f"{DOWN}/en.md", None,
        "the unit 'intuition' is missing", "add a heading with {#intuition ...}"),
    "an unknown kind": (
        swap(f"{DOWN}/en.md", "{#compare", "{#comparison"), f"{DOWN}/en.md", "## Comparison",
        "the heading 'Comparison' needs one kind", "kinds: definition, intuition, formal"),
    "an unknown level": (
        swap(f"{DOWN}/en.md", "{#why .beginner", "{#why .novice"), f"{DOWN}/en.md", "## Why",
        "unknown: novice", "needs levels among .beginner, .intermediate, .advanced"),
    "too few questions": (
        drop(f"{DOWN}/en.md", "### Why does a mirror", "### Does"), f"{DOWN}/en.md", "## Frequently",
        "the FAQ has 4 questions", "write at least 5"),
    "an answer without source": (
        swap(f"{DOWN}/en.md", "heavy enough to fall. [@usgs2019]", "heavy enough to fall."),
        f"{DOWN}/en.md", "### When does it rain",
        "the unit 'When does it rain?' cites no source", "end its sentences with [@key, place]"),
    "a source that is not there": (
        swap(f"{DOWN}/en.md", "form clouds. [@usgs2019]", "form clouds. [@usgs2020]"),
        f"{DOWN}/en.md", "## Definition", "'Definition' cites 'usgs2020', which sources.bib does not hold",
        "did you mean 'usgs2019'?"),
    "other numbers": (
        swap(f"{UP}/es.md", "Toma 2 kg", "Toma 3 kg"), f"{UP}/es.md", "## Ejemplo",
        "'evaporation/example' has other numbers than in en.md: 3", "make them equal"),
    "another formula": (
        swap(f"{UP}/es.md", "Q = m L_v", "Q = m / L_v"), f"{UP}/es.md", "## Formulación",
        "'evaporation/formal' has other display formulas than in en.md", "write the same between $$ in both"),
    "other levels": (
        swap(f"{UP}/es.md", "{#why .beginner", "{#why"), f"{UP}/es.md", "## Por qué",
        "'evaporation/why' serves other levels than in en.md", "write .beginner .intermediate .advanced in both"),
    "other sources": (
        swap(f"{UP}/es.md", "superficie. [@flowers2019, §10.3]\n\n### ¿Por qué el sudor",
             "superficie. [@usgs2019]\n\n### ¿Por qué el sudor"),
        f"{UP}/es.md", "### ¿Tiene que hervir",
        "'evaporation/faq-1' cites other sources than in en.md", "cite flowers2019, usgs2019 in both or in neither"),
    "an id twice": (
        swap(f"{UP}/statements.toml", 'id = "evaporation.cooling"', 'id = "evaporation.surface"'),
        f"{UP}/statements.toml", "last [[statement]]",
        "id 'evaporation.surface' is taken by the statement of line 1", "give this one an id of its own"),
    "a missing translation": (
        swap(f"{DOWN}/misconceptions.toml", 'es = "Las ventanas se empañan por dentro."\n', ""),
        f"{DOWN}/misconceptions.toml", "last [misconception.statement]",
        "'statement' needs a text for 'es' (condensation.windows-inside)", 'write es = "..."'),
    "a mark that is no truth": (
        swap(f"{DOWN}/misconceptions.toml", "partly_true = true", 'partly_true = "yes"'),
        f"{DOWN}/misconceptions.toml", "partly_true",
        "'partly_true' of condensation.windows-inside is 'yes'", "write true, or leave it out"),
    "bad TOML": (
        swap(f"{DOWN}/statements.toml", 'source = "usgs2019"', "source = usgs2019"),
        f"{DOWN}/statements.toml", "source = usgs2019", "this is not TOML", "texts stand in quotation marks"),
    "a harm to nothing": (
        swap(f"{UP}/misconceptions.toml", 'concepts = ["evaporation"]', 'concepts = ["boiling"]'),
        f"{UP}/misconceptions.toml", "id =",
        "'evaporation.only-boiling' harms 'boiling', which is not a concept", "write that concept"),
    "a bad status": (
        swap("facts.toml", 'value = "polar"\nstatus = "published"', 'value = "polar"\nstatus = "known"'),
        "facts.toml", "[[fact]] 3", "the fact h2o/polarity has status 'known'",
        "use one of published, estimated, undisclosed"),
    "undisclosed with a value": (
        swap("facts.toml", VOLUME, VOLUME.replace("estimated", "undisclosed")), "facts.toml", "[[fact]] 4",
        "the fact earth/water_volume is undisclosed and yet has the value 1386000000",
        "take the value out, or make its status published or estimated"),
    "a fact about nothing": (
        append("facts.toml", "\n" + SNOW), "facts.toml", "[[fact]] 5",
        "the fact snow/polarity names an entity or attribute that the file does not define",
        "correct 'snow', or add a table [[entity]] with that id"),
    "a fact without its source": (
        swap("facts.toml", 'source = "flowers2019 §10.3"', 'source = "chemistry"'), "facts.toml", "[[fact]] 1",
        "'h2o/boiling_point' cites 'chemistry', which sources.bib does not hold", "add its entry there"),
    "bad BibTeX": (
        append("sources.bib", "\n@book{flowers2019, title = {Again}}\n"), "sources.bib", "last @book",
        "BibTeX cannot read this entry: Duplicate entry key 'flowers2019'", "mend or delete it"),
    "a term in one language": (
        swap("glossary.toml", 'es = ["nube"]\n', ""), "glossary.toml", "[[term]] 2",
        "this term in 'es' needs a list of texts", 'write it as ["...", "..."]'),
}  # fmt: skip


def line_named(file: Path, mark: str | None) -> int:
    """The line with the text; "last ..." the last of them, "... 3" the third."""
    if mark is None:
        return 1
    count = re.search(r"\] (\d)$", mark)
    text = mark.removeprefix("last ").removesuffix(f" {count[1]}" if count else "")
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [n for n, line in enumerate(lines, start=1) if line.startswith(text)]
    assert found, (file.name, mark)
    return found[-1 if mark.startswith("last ") else int(count[1]) - 1 if count else 0]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faulty")


@pytest.fixture(scope="module")
def folder(place: Path) -> Path:
    """A new course with every fault of the table."""
    made = atenea(place, "course", "new", str(place / "mine"))
    assert made.exit_code == 0
    for break_it, *_ in FAULTS.values():
        break_it(place / "mine")
    return place / "mine"


def atenea(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data-dir", str(place / "data")])


@pytest.fixture(scope="module")
def problems(place: Path, folder: Path) -> list[dict[str, object]]:
    done = atenea(place, "course", "validate", str(folder), "--json")
    assert (done.exit_code, done.stderr) == (1, "")
    found: list[dict[str, object]] = json.loads(done.stdout)["problems"]
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_a_message_with_its_place_and_its_mend(
    folder: Path, problems: list[dict[str, object]], name: str
) -> None:
    _, file, mark, wrong, mend = FAULTS[name]
    found = [problem for problem in problems if wrong in str(problem["message"])]
    assert len(found) == 1, [problem["message"] for problem in problems]
    assert (found[0]["file"], found[0]["line"]) == (str(folder / file), line_named(folder / file, mark))
    assert mend in str(found[0]["message"])


def test_there_is_one_message_a_fault_and_no_more(problems: list[dict[str, object]]) -> None:
    strange = [
        problem for problem in problems if not any(wrong in str(problem["message"]) for *_, wrong, _ in FAULTS.values())
    ]
    assert strange == []
    assert len({problem["message"] for problem in problems}) == len(problems) == len(FAULTS) >= 12


def test_the_same_is_told_in_spanish(place: Path, folder: Path, problems: list[dict[str, object]]) -> None:
    done = atenea(place, "course", "validate", str(folder), "--json", "--lang", "es")
    spanish = json.loads(done.stdout)["problems"]
    assert [(one["file"], one["line"], one["code"]) for one in spanish] == [
        (one["file"], one["line"], one["code"]) for one in problems
    ]
    told = {one["code"]: one["message"] for one in spanish}
    assert (
        told["prerequisite"]
        == "el requisito «heat-transfer» no es un concepto del curso: quítalo o escribe ese concepto"
    )
    assert "¿querías decir «usgs2019»?" in told["source-unknown"] or "añade allí su entrada" in told["source-unknown"]
    assert told["unknown-key"].startswith("«objetives» no es una clave de un concepto:")
    assert "esto no es un valor" in told["not-toml"]
    assert not {one["message"] for one in spanish} & {one["message"] for one in problems}
    plain = atenea(place, "course", "validate", str(folder), "--lang", "es").stdout.splitlines()
    assert plain == [f"{one['file']}:{one['line']}: {one['message']}" for one in spanish]


def test_every_message_is_used(problems: list[dict[str, object]]) -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in ROOT.glob("knowledge/course_*.py"))
    source += (ROOT / "tutor" / "cli.py").read_text(encoding="utf-8")
    assert {str(problem["code"]) for problem in problems} <= set(MESSAGES.table)
    assert [key for key in MESSAGES.table if f'"{key}"' not in source and not key.startswith("what-")] == []


def test_the_plain_output_says_the_same(place: Path, folder: Path, problems: list[dict[str, object]]) -> None:
    done = atenea(place, "course", "validate", str(folder))
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [f"{one['file']}:{one['line']}: {one['message']}" for one in problems]


def test_mended_files_leave_no_fault(place: Path, folder: Path) -> None:
    fresh = place / "fresh"
    assert atenea(place, "course", "new", str(fresh)).exit_code == 0
    for file in fresh.rglob("*"):
        if file.is_file():
            (folder / file.relative_to(fresh)).write_bytes(file.read_bytes())
    done = atenea(place, "course", "validate", str(folder))
    assert (done.exit_code, done.stdout) == (0, "0 problems\n")
    assert atenea(place, "course", "validate", str(folder), "--lang", "es").stdout == "0 problemas\n"
