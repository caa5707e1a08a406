"""The bundled course: sound, parallel in both languages, and true where it can be computed."""

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from knowledge.course import BUNDLED_COURSE, Course, Unit, course_digest
from knowledge.course_loader import load_course, validate_course
from knowledge.course_units import LEVELS

LONGEST_SENTENCE = 45  # words

# Each block alone: a fresh namespace, in one process so that torch is imported once.
RUN_BLOCKS = """
import contextlib, io, json, sys
import torch
torch.set_num_threads(1)
outputs = {}
for name, code in json.load(sys.stdin).items():
    torch.manual_seed(0)
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec(compile(code, name, "exec"), {"__name__": "__main__"})
    outputs[name] = shown.getvalue()
print(json.dumps(outputs))
"""


def units(course: Course, language: str, kind: str = "") -> dict[str, Unit]:
    return {unit.name: unit for unit in course.units if unit.language == language and kind in {"", unit.kind}}


def prose(unit: Unit) -> list[str]:
    return [sentence.text for sentence in unit.sentences if not sentence.text.startswith(("```", "$$"))]


def text(unit: Unit) -> str:
    return " ".join(prose(unit))


def blocks(course: Course, language: str) -> dict[str, str]:
    return {
        unit.name: sentence.text.removeprefix("```python\n").removesuffix("```")
        for unit in course.units if unit.language == language
        for sentence in unit.sentences if sentence.text.startswith("```")
    }  # fmt: skip


def test_the_course_has_no_faults() -> None:
    assert validate_course(BUNDLED_COURSE) == []


def test_the_course_is_whole(course: Course) -> None:
    assert len(course.concepts) >= 80
    assert len(course.misconceptions) >= 100
    assert len(course.sources) >= 60
    assert set(course.topics) == {concept.topic for concept in course.concepts.values()}
    for concept in course.concepts.values():
        assert 1 <= concept.difficulty <= 5
        assert all(concept.name[language] and concept.aliases[language] for language in ("es", "en"))
        assert all(len(concept.objectives[language]) >= 2 for language in ("es", "en")), concept.id
        assert concept.objectives["es"].keys() == concept.objectives["en"].keys(), concept.id
        assert len(concept.asked["es"]) == len(concept.asked["en"]) >= 14, concept.id


def test_every_source_is_cited(course: Course) -> None:
    cited = {c.key for unit in course.units for sentence in unit.sentences for c in sentence.citations}
    cited |= {c.key for item in (*course.statements, *course.misconceptions, *course.facts.facts) for c in item.sources}
    assert set(course.sources) - cited == set()


def test_prerequisites_come_first(course: Course) -> None:
    ordered: list[str] = []
    waiting = dict(course.concepts)
    while waiting:
        ready = [name for name, concept in waiting.items() if set(concept.prerequisites) <= set(ordered)]
        assert ready, f"a cycle among {sorted(waiting)}"
        ordered += ready
        for name in ready:
            del waiting[name]
    assert {"attention", "transformer"} <= set(ordered)


def test_aliases_are_typed_as_learners_type_them(course: Course) -> None:
    for concept in course.concepts.values():
        for language in ("es", "en"):
            assert len(set(concept.aliases[language])) == len(concept.aliases[language]), concept.id
            assert all(alias == alias.strip() for alias in concept.aliases[language]), concept.id


# Passages


def test_passage_ids_are_unique_and_name_their_language(course: Course) -> None:
    ids = [passage.id for passage in course.passages]
    assert len(set(ids)) == len(ids) > 1000
    for passage in course.passages:
        assert passage.id.startswith("transformers:")
        assert passage.id.endswith(f":{passage.language}")
        assert passage.sentences
        assert all(sentence.text.strip() for sentence in passage.sentences), passage.id


def test_passages_are_the_same_each_time_the_course_is_read(course: Course) -> None:
    again = load_course(BUNDLED_COURSE)
    assert again.passages == course.passages
    assert "transformers:attention/definition:es" in {passage.id for passage in again.passages}


def test_a_passage_has_its_twin_in_the_other_language(course: Course) -> None:
    ids = {passage.id for passage in course.passages}
    assert {name[:-3] for name in ids if name.endswith(":es")} == {name[:-3] for name in ids if name.endswith(":en")}


def test_a_single_fact_is_found_by_the_id_of_its_passage(course: Course) -> None:
    fact = course.facts.find("bert-base", "year")  # of its family
    assert fact is not None
    passage = course.fact_passage("bert-base", fact, "es")
    assert passage.id == "transformers:facts/bert-base/year:es"
    assert passage.sentences[0].text == "BERT base se presentó en 2018."
    assert course.single_fact(passage.id) == passage
    for unknown in ("transformers:facts/bert-base/nothing:es", "transformers:facts/bert-base/year:fr", "other:x", ""):
        assert course.single_fact(unknown) is None


def test_a_refutation_is_found_by_its_id(course: Course) -> None:
    ids = {passage.id for passage in course.refutations}
    assert all(
        course.refutation_id(item, language) in ids for item in course.misconceptions for language in ("es", "en")
    )


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text("a")
    (tmp_path / "notes.txt").write_text("a")
    first = course_digest(tmp_path)
    (tmp_path / "notes.txt").write_text("b")
    assert course_digest(tmp_path) == first
    (tmp_path / "course.toml").write_text("b")
    second = course_digest(tmp_path)
    (tmp_path / "course.toml").rename(tmp_path / "other.toml")
    assert len({first, second, course_digest(tmp_path)}) == 3


# The text


def test_sentences_are_short(course: Course) -> None:
    for unit in course.units:
        for sentence in prose(unit):
            assert len(sentence.split()) <= LONGEST_SENTENCE, (unit.name, unit.language, sentence)


def test_no_mark_of_the_format_is_left_in_the_text(course: Course) -> None:
    for unit in course.units:
        assert not re.search(r"\[@|\{#|https?://|<[a-z]+>|\\\(|\t", text(unit)), (unit.name, unit.language)
        assert unit.levels
        assert set(unit.levels) <= set(LEVELS)


def test_both_languages_are_parallel(course: Course) -> None:
    english, spanish = units(course, "en"), units(course, "es")
    assert list(english) == list(spanish)
    for name, unit in english.items():
        assert unit.levels == spanish[name].levels, name
        cited = [{citation.key for sentence in each.sentences for citation in sentence.citations}
                 for each in (unit, spanish[name])]  # fmt: skip
        assert cited[0] == cited[1], name
    for item in course.statements:
        assert all(2 <= len(item.wordings[language]) <= 4 for language in ("es", "en")), item.id
        assert all(len(set(item.wordings[language])) == len(item.wordings[language]) for language in ("es", "en"))


def test_decimals_in_prose_follow_the_language(course: Course) -> None:
    for unit in units(course, "en").values():
        bare = re.sub(r"\$[^$]*\$|`[^`]*`", "", text(unit))
        assert not re.search(r"\b0,\d", bare), unit.name
    for unit in units(course, "es").values():
        bare = re.sub(r"\$[^$]*\$|`[^`]*`", "", text(unit))
        assert not re.search(r"\b0\.\d", bare), unit.name


# Code and numbers


def test_both_languages_show_the_same_code(course: Course) -> None:
    assert blocks(course, "en") == blocks(course, "es")


def test_every_code_block_runs_alone_on_the_cpu(course: Course) -> None:
    code = blocks(course, "en")
    assert len(code) >= 20
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN_BLOCKS], input=json.dumps(code), capture_output=True, text=True, timeout=120,
        env={"PATH": os.environ["PATH"], "CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    outputs = json.loads(done.stdout)
    assert outputs.keys() == code.keys()
    assert all(output.strip() for output in outputs.values()), outputs
    assert "0.6698" in outputs["attention/code"]


def test_statements_and_misconceptions_differ_from_one_another(course: Course) -> None:
    for language in ("es", "en"):
        said = sorted(wording for item in course.statements for wording in item.wordings[language])
        assert all(left != right for left, right in pairwise(said))
        assert not set(said) & {item.statement[language] for item in course.misconceptions}
