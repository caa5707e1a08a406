"""The bundled course: sound, parallel in both languages, and true where it can be computed."""

import json
import math
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from knowledge.course import BUNDLED_COURSE, Course, Unit, course_digest
from knowledge.course_loader import load_course, validate_course
from knowledge.course_units import LEVELS

CONCEPTS = """attention chain-of-thought decoder-only education encoder-decoder encoder-only feed-forward
    future-trends in-context-learning layer-normalization limitations llm-families multi-head-attention
    parallelism-and-scaling positional-encoding pretraining residual-connections rlhf self-attention
    supervised-fine-tuning transformer""".split()
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


def test_the_course_has_its_concepts(course: Course) -> None:
    assert sorted(course.concepts) == CONCEPTS
    for concept in course.concepts.values():
        assert 1 <= concept.difficulty <= 5
        assert all(concept.name[language] and concept.aliases[language] for language in ("es", "en"))
        assert all(len(concept.objectives[language]) >= 2 for language in ("es", "en")), concept.id
        assert concept.objectives["es"].keys() == concept.objectives["en"].keys(), concept.id


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


def softmax(scores: list[float]) -> list[float]:
    exponents = np.exp(scores)
    return [float(value) for value in exponents / exponents.sum()]


def entropy(*probabilities: float) -> float:
    return -sum(math.log(value) for value in probabilities) / len(probabilities)


def normal(sigmas: float) -> float:
    return 50 * (1 + math.erf(sigmas / math.sqrt(2)))  # per cent below


def loss(parameters: float, tokens: float) -> float:
    return 1.69 + 406.4 / parameters**0.34 + 410.7 / tokens**0.28  # Hoffmann et al. 2022, equation 10


ROOT = math.sqrt(2)
# concept -> (value computed here, as the worked example writes it)
WORKED: dict[str, list[tuple[float, str]]] = {
    "attention": [(1 / ROOT, "0.707"), *zip(softmax([1 / ROOT, 0]), ["0.670", "0.330"], strict=True)],
    "chain-of-thought": [
        (23 - 8 + 3 * 6, "33"), (sum(math.comb(5, k) * 0.6**k * 0.4 ** (5 - k) for k in (3, 4, 5)), "0.683"),
    ],
    "decoder-only": [
        (0.2 * 0.5 * 0.1, "0.01"), (entropy(0.2, 0.5, 0.1), "1.535"), (math.exp(entropy(0.2, 0.5, 0.1)), "4.64"),
    ],
    "education": [(0.79 * 10, "7.9"), (60 + 7.9, "67.9"), (normal(0.79), "78.5"), (normal(2), "97.7")],
    "encoder-decoder": [*zip(softmax([0, 1, 2]), ["0.090", "0.245", "0.665"], strict=True), (1 + 2 + 3 + 4, "10")],
    "encoder-only": [
        (0.15 * 200, "30"), (0.8 * 30, "24"), (entropy(0.5), "0.693"), (entropy(0.8), "0.223"),
        (entropy(0.25), "1.386"), (entropy(0.5, 0.8, 0.25), "0.768"),
    ],
    "future-trends": [
        (4096**2, "16777216"), (8 * 2 * 4096, "65536"), (100 * 65536 / 4096**2, "0.39"), (7 / 2, "3.5"),
    ],
    "in-context-learning": [
        (0.6 / 0.7, "0.857"), (0.4 / 0.3, "1.333"),
        *zip(softmax([0.6 / 0.7, 0.4 / 0.3]), ["0.383", "0.617"], strict=True),
    ],
    "layer-normalization": [
        (math.sqrt(5), "2.236"), (3 / math.sqrt(5), "1.342"), (1 / math.sqrt(5), "0.447"), (math.sqrt(30), "5.477"),
        (2 / math.sqrt(30), "0.365"), (4 / math.sqrt(30), "0.730"), (6 / math.sqrt(30), "1.095"),
        (8 / math.sqrt(30), "1.461"),
    ],
    "limitations": [(4 / 10, "0.4"), (0.95**20, "0.358")],
    "llm-families": [(300 / 175, "1.7"), (1400 / 65.2, "21.5"), (15600 / 405, "38.5")],
    "multi-head-attention": [*zip(softmax([1 / ROOT, 0]), ["0.670", "0.330"], strict=True), (1 + 0.6698, "1.670")],
    "parallelism-and-scaling": [
        (6 * 1.75 * 0.3, "3.15"), (6 * 2.8 * 0.3, "5.04"), (6 * 0.7 * 1.4, "5.88"), (300 / 280, "1.1"),
        (loss(280e9, 300e9), "1.993"), (loss(70e9, 1.4e12), "1.937"),
    ],
    "positional-encoding": [
        (math.sin(1), "0.841"), (math.cos(1), "0.540"), (math.sin(2), "0.909"), (-math.cos(2), "0.416"),
        (math.sin(0.01), "0.010"), (math.cos(1) + math.cos(0.01), "1.540"),
    ],
    "pretraining": [
        (entropy(0.5, 0.25, 0.8), "0.7675"), (math.exp(entropy(0.5, 0.25, 0.8)), "2.15"), (math.log(50_000), "10.82"),
    ],
    "residual-connections": [(1 + 0.1, "1.1"), (2 - 0.3, "1.7"), (1.1**10, "2.594")],
    "rlhf": [
        (1 / (1 + math.exp(-1)), "0.731"), (math.log(1 + math.exp(-1)), "0.313"), (math.log(1 + math.e), "1.313"),
        (1 / (1 + math.e), "0.269"), (math.comb(4, 2), "6"), (math.comb(9, 2), "36"),
        (0.1 * math.log(0.5 / 0.2), "0.092"), (2 - 0.1 * math.log(2.5), "1.908"),
    ],
    "self-attention": [
        *zip(softmax([0, 1 / ROOT, 1 / ROOT]), ["0.198", "0.401", "0.401"], strict=True),
        (1 - softmax([0, 1 / ROOT, 1 / ROOT])[1], "0.599"), (2 * softmax([0, 1 / ROOT, 1 / ROOT])[1], "0.802"),
        (softmax([0, 1 / ROOT, 1 / ROOT])[2], "0.401"), (softmax([1 / ROOT, 1 / ROOT, ROOT])[0], "0.248"),
    ],
    "supervised-fine-tuning": [(entropy(0.5, 0.8), "0.458"), (entropy(0.1, 0.2, 0.4, 0.5, 0.8), "1.149")],
    "transformer": [
        (4 * 512**2 / 1e6, "1.05"), (2 * 512 * 2048 / 1e6, "2.1"), ((4 * 512**2 + 2 * 512 * 2048) / 1e6, "3.15"),
        (6 * (3.1524 + 4.2045), "44.1"), (37_000 * 512 / 1e6, "18.9"), (44.1 + 18.9, "63"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("concept", WORKED)
def test_worked_examples_say_what_arithmetic_gives(course: Course, concept: str) -> None:
    english, spanish = (text(units(course, language)[f"{concept}/example"]) for language in ("en", "es"))
    for value, written in WORKED[concept]:
        places = len(written.partition(".")[2])
        assert abs(value - float(written)) <= 0.5 * 10**-places + 1e-9, (value, written)
        assert re.search(rf"(?<![\d.]){re.escape(written)}(?!\d)", english), written
        both = rf"(?<![\d.,]){re.escape(written).replace(re.escape('.'), '[.,]')}(?!\d)"
        assert re.search(both, spanish), written


def test_the_feed_forward_example(course: Course) -> None:
    first, second = np.array([[1, -1, 0.5], [0, 1, -1]]), np.array([[2, 0], [0, 3], [1, 1]])
    hidden = np.array([[1, 2], [2, -1]]) @ first
    assert hidden.tolist() == [[1, 1, -1.5], [2, -3, 2]]
    assert (np.maximum(hidden, 0) @ second).tolist() == [[2, 3], [6, 2]]
    example = text(units(course, "en")["feed-forward/example"])
    for shown in ("x_1W_1=[1, 1, -1.5]", "W_2=[2, 3]", "x_2W_1=[2, -3, 2]", "W_2=[6, 2]"):
        assert shown in example


def test_statements_and_misconceptions_differ_from_one_another(course: Course) -> None:
    for language in ("es", "en"):
        said = sorted(wording for item in course.statements for wording in item.wordings[language])
        assert all(left != right for left, right in pairwise(said))
        assert not set(said) & {item.statement[language] for item in course.misconceptions}
