"""A blueprint: what it asks for, and every fault of it with its line."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.course import Course
from tutor.blueprint import TEXTS, Blueprint, read_blueprint
from tutor.errors import BadBlueprint

WHOLE = """# an exam
title = "  Parcial   1 "
language = "es"
minutes = 90

[[section]]
concepts = ["attention", "Las posiciones", "factor de escala"]
kinds = ["mcq", "numeric", "mcq"]
bloom = "apply"
difficulty = [1, 2]
count = 10
points_each = 0.5

[[section]]
concepts = "*"
count = 3
"""


def read(folder: Path, text: str, course: Course) -> Blueprint:
    file = folder / "blueprint.toml"
    file.write_text(text, encoding="utf-8")
    return read_blueprint(file, course)


def refused(folder: Path, text: str, course: Course) -> BadBlueprint:
    with pytest.raises(BadBlueprint) as caught:
        read(folder, text, course)
    return caught.value


def test_values_lists_and_what_is_left_out(tmp_path: Path, course: Course) -> None:
    made = read(tmp_path, WHOLE, course)
    first, second = made.sections
    positions = {concept.id for concept in course.concepts.values() if concept.topic == "positions"}
    assert (made.title, made.language, made.minutes, made.points) == ("Parcial 1", "es", 90, 8.0)
    assert set(first.concepts) == {"attention", "scaling-factor"} | positions
    assert first.named == ("attention", "scaling-factor")
    assert (first.kinds, first.bloom, first.difficulty) == (("mcq", "numeric"), ("apply",), (1, 2))
    assert (first.count, first.points_each, first.line) == (10, 0.5, 6)
    assert set(second.concepts) == set(course.concepts)
    assert (second.named, second.kinds, second.bloom, second.difficulty) == ((), (), (), ())
    assert (second.points_each, second.line) == (1.0, 14)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("attention", "concept"), ("Attention", "topic"), ("La atención", "topic"), ("la atencion", "topic"),
        ("positions", "topic"), ("RoPE", "rope"), ("rope", "rope"), ("codificacion posicional", "positional-encoding"),
    ],
)  # fmt: skip
def test_ids_come_before_names_of_topics_and_those_before_names_of_concepts(
    tmp_path: Path, course: Course, name: str, meant: str
) -> None:
    text = WHOLE.replace('concepts = "*"', f'concepts = "{name}"')
    found = read(tmp_path, text, course).sections[1].concepts
    if meant == "topic":
        assert len(found) > 1
        assert len({course.concepts[concept].topic for concept in found}) == 1
    else:
        assert found == ("attention",) if meant == "concept" else (meant,)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('"attention"', '"atention"', 7, '"atention"|Did you mean "attention"?'),
        ('"Las posiciones"', '\n  "Las posisiones"', 8, '"Las posisiones"|Did you mean "Las posiciones"?'),
        ('concepts = "*"', "concepts = []", 15, "concepts cannot be|a list of concepts"),
        ('concepts = "*"\n', "", 14, 'the key "concepts" is missing'),
        ('"mcq", "numeric"', '"mcq", "numric"', 8, 'kinds cannot be "numric"|Did you mean "numeric"?'),
        ('"apply"', '"aply"', 9, 'bloom cannot be "aply"|Did you mean "apply"?'),
        ("[1, 2]", "[1, 7]", 10, 'difficulty cannot be "7"|from 1 to 5'),
        ("[1, 2]", "0", 10, 'difficulty cannot be "0"'),
        ("[1, 2]", '"easy"', 10, 'difficulty cannot be "easy"'),
        ("[1, 2]", "[true]", 10, 'difficulty cannot be "True"'),
        ("count = 10", "count = 0", 11, 'count cannot be "0"'),
        ("count = 10", "count = 2.5", 11, 'count cannot be "2.5"'),
        ("count = 10", "count = 100000", 11, "count cannot be"),
        ("count = 10\n", "", 6, 'the key "count" is missing'),
        ("points_each = 0.5", "points_each = -1", 12, 'points_each cannot be "-1"'),
        ("points_each = 0.5", "points_each = nan", 12, "points_each cannot be"),
        ("points_each = 0.5", "point_each = 1", 12, 'no key "point_each"|Did you mean "points_each"?'),
        ('language = "es"', 'language = "fr"', 3, 'language cannot be "fr"|es, en'),
        ("minutes = 90", "minutes = 0", 4, 'minutes cannot be "0"'),
        ("minutes = 90", "minuts = 90", 4, 'no key "minuts"|Did you mean "minutes"?'),
        ('title = "  Parcial   1 "', "title = 1", 2, 'title cannot be "1"'),
        ("[[section]]\nconcepts = [", "[[sections]]\nconcepts = [", 6, 'no key "sections"|Did you mean "section"?'),
        ("count = 3", "count = = 3", 16, "this is not TOML"),
        ("count = 3", 'count = 3\ncount = 4', 17, "this is not TOML"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_line(
    tmp_path: Path, course: Course, old: str, new: str, line: int, told: str
) -> None:
    assert old in WHOLE
    error = refused(tmp_path, WHOLE.replace(old, new), course)
    message = error.message("en")
    at = message.index(f"line {line}: ")
    for part in told.split("|"):
        assert part in message[at:], message
    assert "línea" in error.message("es")
    assert "{" not in error.message("es") + error.hint("es") + message


def test_all_faults_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path, course: Course) -> None:
    text = WHOLE.replace('"attention"', '"no such thing"').replace("count = 3", "count = 0").replace('"apply"', '"x"')
    message = refused(tmp_path, text, course).message("en")
    places = [message.index(f"line {line}: ") for line in (7, 9, 16)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "title"), (b"title = 'x'\nsection = 3", "[[section]]"), (b"[section]\ncount = 1", "[[section]]"),
        (b"title = \"\xff\xfe\"", "UTF-8"), (b"a = " + b"[" * 5000, "TOML"), (b"\x00", "TOML"),
    ],
)  # fmt: skip
def test_what_is_no_blueprint_is_refused(tmp_path: Path, course: Course, content: bytes, told: str) -> None:
    file = tmp_path / "blueprint.toml"
    file.write_bytes(content)
    with pytest.raises(BadBlueprint) as caught:
        read_blueprint(file, course)
    assert told in caught.value.message("en")
    assert caught.value.hint("es")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, course: Course) -> None:
    for path in (tmp_path / "missing.toml", tmp_path):
        with pytest.raises(BadBlueprint) as caught:
            read_blueprint(path, course)
        assert str(path) in caught.value.message("es")


def test_marks_of_windows_do_not_matter(tmp_path: Path, course: Course) -> None:
    plain = read(tmp_path, WHOLE, course)
    (tmp_path / "blueprint.toml").write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert read_blueprint(tmp_path / "blueprint.toml", course) == plain


def test_the_digest_is_of_what_is_asked_for(tmp_path: Path, course: Course) -> None:
    made = read(tmp_path, WHOLE, course)
    for same in (WHOLE.replace('language = "es"', 'language = "en"'), WHOLE.replace("\n\n", "\n\n\n# note\n")):
        assert read(tmp_path, same, course).digest == made.digest
    for other in (
        WHOLE.replace("count = 3", "count = 4"), WHOLE.replace("Parcial", "Final"), WHOLE.replace("90", "91"),
        WHOLE.replace("0.5", "0.25"), WHOLE.replace("[1, 2]", "[2, 1, 3]"),
    ):  # fmt: skip
        assert read(tmp_path, other, course).digest != made.digest


def test_whatever_is_written_is_refused_in_one_sentence(tmp_path: Path, course: Course) -> None:
    file = tmp_path / "any.toml"

    @given(text=st.text(alphabet=st.sampled_from('[]{}="\n#,. abc19-_*section'), max_size=80))
    def law(text: str) -> None:
        file.write_text(text, encoding="utf-8")
        with pytest.raises(BadBlueprint) as caught:
            read_blueprint(file, course)
        assert caught.value.message("es").startswith("No se ha hecho ningún examen")

    law()


def test_the_words_are_there_in_both_languages() -> None:
    for texts in TEXTS.table.values():
        names = [{name for _, name, _, _ in string.Formatter().parse(texts[language])} for language in ("es", "en")]
        assert names[0] == names[1]


def test_the_example_of_the_documents_is_a_blueprint(tmp_path: Path, course: Course) -> None:
    page = (Path(__file__).parent.parent / "docs" / "exams.md").read_text(encoding="utf-8")
    (example,) = [part.split("```")[0] for part in page.split("```toml\n")[1:]]
    made = read(tmp_path, example, course)
    assert [section.count for section in made.sections] == [10, 4]
    assert made.points == 9.0
