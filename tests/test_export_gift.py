"""GIFT, read by a strict reader of its grammar below, and by gift-pegjs where that is installed for node.

gift-pegjs is not shipped: `npm install gift-pegjs` in the root of the repository, or GIFT_PEGJS with its folder.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from export_papers import HOSTILE, each_kind, hostile, item, paper, plain, spaced, visible
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.export.gift import gift_files
from tutor.paper import Paper

PEGJS = Path(os.environ.get("GIFT_PEGJS", Path(__file__).parent.parent / "node_modules" / "gift-pegjs"))
PAPERS = pytest.mark.parametrize("made", [each_kind(), hostile(), paper()], ids=["each-kind", "hostile", "empty"])
KINDS = {
    "mcq.hand": "choice", "multi.hand": "choice", "numeric.hand": "number", "numeric.2": "number",
    "formula.hand": "essay", "matrix.hand": "essay", "matrix.2": "essay", "short.hand": "essay",
    "true_false.hand": "truth", "true_false.2": "choice", "order.hand": "match", "match.hand": "match",
    "match.2": "match",
}  # fmt: skip

TEXT = r"\[html\](?:\\[\\~=#{}:n]|[^\\~=#{}:\n])*"  # every mark of the grammar is escaped, and nothing else
SAID = rf"(?:#{TEXT})?"
NUMBER = r"-?\d+(?:\.\d+)?"
QUESTION = re.compile(
    rf"// (?P<comment>[^\n]*)\n::(?P<name>(?:\\[\\~=#{{}}:]|[^\\~=#{{}}:\n])+)::(?P<stem>{TEXT})\{{\n"
    rf"(?P<answers>(?:[^#}}\n][^\n]*\n|#\n)*)(?:####(?P<general>{TEXT})\n)?\}}"
)
ANSWERS = {
    "choice": rf"(?P<mark>=|~(?:%-?\d+(?:\.\d{{1,5}})?%)?)(?P<text>{TEXT})(?P<said>{SAID})",
    "truth": rf"(?P<text>TRUE|FALSE)(?P<said>{SAID})",
    "number": rf"=(?P<mark>(?:%0%)?)(?P<text>{NUMBER}):(?P<around>{NUMBER})(?P<said>{SAID})",
    "match": rf"=(?P<mark>(?:{TEXT})?) -> (?P<text>(?:\\[:~=#{{}}\\]|[^\\~=#{{}}:\n])+)",
}
UNESCAPED = {"n": "\n"}


def questions(made: Paper) -> list[dict[str, Any]]:
    """Name, stem, general feedback, kind, and the answers with their parts; a text outside the grammar fails."""
    ((_, content),) = gift_files(made).items()
    category, *blocks = content.decode().removesuffix("\n").split("\n\n")
    assert category.startswith("$CATEGORY: $course$/top/")
    assert len(blocks) == len(made.items)
    return [question(block) for block in blocks]


def question(block: str) -> dict[str, Any]:
    found = QUESTION.fullmatch(block)
    assert found, block
    lines = found["answers"].splitlines()
    kind = kind_of(lines)
    rows = [re.fullmatch(ANSWERS[kind], line) for line in lines if line != "#"] if lines else []
    assert all(rows), block
    answers = [{name: unescaped(part or "") for name, part in row.groupdict().items()} for row in rows if row]
    parts = {name: unescaped(found[name] or "") for name in ("name", "stem", "general")}
    return {**parts, "comment": found["comment"], "kind": kind, "answers": answers}


def kind_of(lines: list[str]) -> str:
    """As Moodle tells them apart."""
    if not lines:
        return "essay"
    if lines[0] == "#":
        return "number"
    if any(line.startswith("~") for line in lines):
        return "choice"
    return "match" if " -> " in lines[0] else "truth"


def unescaped(written: str) -> str:
    bare = re.sub(r"^#?\[html\]", "", written)
    return re.sub(r"\\(.)", lambda found: UNESCAPED.get(found[1], found[1]), bare)


def by_id() -> dict[str, dict[str, Any]]:
    return {asked.id: read for asked, read in zip(each_kind().items, questions(each_kind()), strict=True)}


def test_the_file_is_plain_text_named_after_the_paper() -> None:
    assert gift_files(each_kind()) == gift_files(each_kind())
    assert list(gift_files(each_kind())) == ["examen-atencion-1-A.gift.txt"]


@PAPERS
def test_texts_read_back(made: Paper) -> None:
    for asked, read in zip(made.items, questions(made), strict=True):
        assert read["name"].endswith(spaced(asked.id))
        assert asked.kind == "match" or visible(read["stem"]).startswith(plain(asked.stem))
        assert visible(read["general"]).endswith(plain(asked.rationale))
        escaped = asked.id.replace("]", "\\]")
        assert read["comment"].startswith(f"[id:{escaped}] [tag:")


def test_each_kind_is_what_gift_has() -> None:
    found = {name: read["kind"] for name, read in by_id().items()}
    assert {name: kind for name, kind in found.items() if name in KINDS} == KINDS


@given(st.text(alphabet="{}=~#:\\<>&;%[]/-\"'!\n\r áñ→x1_|^n\x00\x01", max_size=40))
@settings(max_examples=80, deadline=None)
def test_any_text_is_shown_literally(said: str) -> None:
    shown = spaced(re.sub("[\x00\x01]", "\N{REPLACEMENT CHARACTER}", said))
    made = item("mcq", 0, (said, "b"), stem=said, rationale=said, misconceptions={"1": "m"}, feedback={"m": said})
    (read,) = questions(paper(made))
    assert visible(read["stem"]) == shown
    assert visible(read["general"]) == shown
    assert [visible(answer["text"]) for answer in read["answers"]] == [shown, "b"]
    assert visible(read["answers"][1]["said"]) == shown


def test_choices() -> None:
    one, several = by_id()["mcq.hand"], by_id()["multi.hand"]
    assert [(answer["mark"], visible(answer["text"])) for answer in one["answers"]] == [
        ("~", r"\(0{,}5\)"), ("=", r"\(\sqrt{2}\)"), ("~", "<b>2</b>"),
    ]  # fmt: skip
    assert visible(one["answers"][0]["said"]) == r"Falta la raíz de \(d_k\): {mira}."
    assert [answer["mark"] for answer in several["answers"]] == ["~%50%", "~%-50%", "~%50%", "~%-50%"]


def test_numbers() -> None:
    exact, near = by_id()["numeric.hand"], by_id()["numeric.2"]
    parts = [(answer["mark"], answer["text"], answer["around"]) for answer in exact["answers"]]
    assert parts == [("", "12288", "0"), ("%0%", "2.5", "0")]
    assert [(answer["text"], answer["around"]) for answer in near["answers"]] == [("-0.125", "0.0005")]


def test_true_or_false_pairs_and_places() -> None:
    (answer,) = by_id()["true_false.hand"]["answers"]
    assert answer["text"] == "FALSE"
    assert visible(answer["said"]).startswith("Falta")
    places = [(visible(answer["mark"]), answer["text"]) for answer in by_id()["order.hand"]["answers"]]
    assert places == [("softmax", "2"), (r"por \(V\)", "3"), ("escala", "1")]
    pairs = [(visible(answer["mark"]), answer["text"]) for answer in by_id()["match.hand"]["answers"]]
    assert pairs == [(r"\(Q\)", "consulta"), (r"\(K\)", "clave o valor"), (r"\(V\)", "consulta"), ("", "ninguno")]


def test_an_essay_has_its_key_in_the_feedback_alone() -> None:
    for name, key in (
        ("short.hand", "Nombra la máscara."),
        ("formula.hand", "QK^T/sqrt(d_k)"),
        ("matrix.hand", "[[1,0.5]"),
    ):
        assert key in visible(by_id()[name]["general"])
        assert key not in visible(by_id()[name]["stem"])


def test_hostile_texts_stay_in_their_place() -> None:
    for asked, read in zip(hostile().items, questions(hostile()), strict=True):
        assert all(spaced(said) in visible(read["stem"]) for said in HOSTILE)
        if asked.options and read["kind"] == "choice":
            assert [visible(answer["text"]) for answer in read["answers"]] == [spaced(said) for said in HOSTILE]


@pytest.mark.skipif(not (PEGJS.exists() and shutil.which("node")), reason="no node, or no gift-pegjs")
@PAPERS
def test_gift_pegjs_reads_the_same(made: Paper, tmp_path: Path) -> None:
    ((name, content),) = gift_files(made).items()
    (tmp_path / name).write_bytes(content)
    program = "const [where, file] = process.argv.slice(1); const text = require('fs').readFileSync(file, 'utf8');" \
              "console.log(JSON.stringify(require(where).parse(text)))"  # fmt: skip
    ran = subprocess.run(
        ["node", "-e", program, str(PEGJS.resolve()), str(tmp_path / name)], capture_output=True, text=True, check=True
    )
    category, *theirs = json.loads(ran.stdout)
    assert category["type"] == "Category"
    types = {"choice": "MC", "number": "Numerical", "essay": "Essay", "truth": "TF", "match": "Matching"}
    for ours, read in zip(questions(made), theirs, strict=True):
        assert read["type"] == types[ours["kind"]]
        assert spaced(read["title"]) == spaced(ours["name"])
        assert (read["stem"]["format"], visible(read["stem"]["text"])) == ("html", visible(ours["stem"]))
        assert visible((read["globalFeedback"] or {"text": ""})["text"]) == visible(ours["general"])
        assert pegjs_answers(read) == [visible(answer["text"]) for answer in ours["answers"]]


def pegjs_answers(read: dict[str, Any]) -> list[str]:
    if read["type"] == "Numerical":
        return [re.sub(r"\.0$", "", str(choice["text"]["number"])) for choice in read["choices"]]
    if read["type"] == "Matching":
        return [pair["subanswer"] for pair in read["matchPairs"]]
    if read["type"] == "TF":
        return [str(read["isTrue"]).upper()]
    return [visible(choice["text"]["text"]) for choice in read.get("choices", [])]
