"""`atenea research` and `atenea digest` as people and scripts meet them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from research_papers import ORDERED, papers_folder, save_papers
from typer.testing import CliRunner

from tutor.cli import app

ATENEA = Path(sys.executable).with_name("atenea")
MEMORY = "How much memory does Tarn attention save on long documents?"
FIRST = "Tarn attention reduces memory use by 40 % on long documents."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return papers_folder(tmp_path_factory)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def inside(*arguments: str | Path, data: Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command in this process."""
    command = [*map(str, arguments), "--data-dir", str(data)]
    done = CliRunner().invoke(app, command, env={"ATENEA_MODEL": "composer"})
    return done.exit_code, done.stdout, done.stderr


def value(*arguments: str | Path, data: Path) -> Any:
    """The JSON of a command that succeeds."""
    code, out, err = inside(*arguments, "--json", data=data)
    assert code == 0, err
    return json.loads(out)


def _text(sentence: dict[str, Any]) -> str:
    return str(sentence["text"])


def test_a_real_process_answers_in_json_and_writes_its_files(tmp_path: Path) -> None:
    place = save_papers(tmp_path / "papers", "tarn.md", "report.md", "orders.md", "estudio.md")
    (place / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    out, bib = tmp_path / "x.md", tmp_path / "x.bib"
    command = [ATENEA, "research", MEMORY, "--sources", place, "--out", out, "--bib", bib, "--json"]
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "ATENEA_MODEL": "composer",
        "ATENEA_DATA_DIR": str(tmp_path / "data"),
    }  # fmt: skip
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    made = json.loads(done.stdout.decode("utf-8"))
    for section in made["sections"]:
        for sentence in section["sentences"]:
            assert (sentence["verdict"], bool(sentence["citations"])) == ("supported", True)
    assert made["sections"][0]["sentences"][0]["text"] in {FIRST, FIRST.replace("40", "15")}
    for source in made["sources"]:
        assert {"n", "document", "title", "authors", "year", "locator", "quote"} <= set(source)
    [difference] = [one for one in made["disagreements"] if one["kind"] == "number"]
    assert len(difference["sides"]) == 2
    assert len(made["documents"]) == 4
    assert all(isinstance(word, str) for word in made["not_in_sources"])
    assert made["files"] == [str(out), str(bib)]
    assert FIRST in out.read_text(encoding="utf-8")
    assert "author" in bib.read_text(encoding="utf-8")
    assert [Path(problem["path"]).name for problem in made["problems"]] == ["broken.pdf"]
    assert b"broken.pdf" in done.stderr
    assert b"Traceback" not in done.stderr
    assert made["engine"] == "composer"
    assert not any(
        text.strip(". ") == ORDERED for section in made["sections"] for text in map(_text, section["sentences"])
    )


def test_the_text_says_it_with_its_sources(folder: Path, data: Path) -> None:
    code, out, _ = inside(
        "research", MEMORY, "--sources", folder / "tarn.md", "--sources", folder / "report.md", data=data
    )
    assert code == 0
    assert out.startswith("SHORT ANSWER\n- Tarn attention reduces memory use by ")
    assert f"§ Results: “{FIRST}”" in out
    assert "different values: " in out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--bib", "x.bib"], "--bib"),
        (["--format", "csv"], "--format"),
        (["--lang", "fr"], "--lang"),
    ],
)
@pytest.mark.parametrize("command", [["research", MEMORY], ["digest"]])
def test_wrong_usage_is_exit_code_two(command: list[str], arguments: list[str], named: str, data: Path) -> None:
    code, out, err = inside(*command, *arguments, data=data)
    assert code == 2
    assert named in err
    assert "Traceback" not in out + err


def test_a_digest_of_an_unknown_kind_is_wrong_usage(folder: Path, data: Path) -> None:
    assert inside("digest", folder, "--as", "poem", data=data)[0] == 2


@pytest.mark.parametrize("command", [["research", MEMORY], ["digest", "--as", "terms"]])
def test_an_empty_library_is_one_line_and_exit_code_one(command: list[str], tmp_path: Path) -> None:
    code, out, err = inside(*command, "--json", data=tmp_path)
    assert code == 1
    error = json.loads(out)["error"]
    assert error["code"] == "library-empty"
    assert "atenea library add" in error["hint"]
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("lang", "first", "frame"),
    [("es", "Aportación", "(en inglés en el original)"), ("en", "Contribution", "")],
)
def test_a_digest_in_the_language_that_is_asked_for(
    folder: Path, data: Path, lang: str, first: str, frame: str
) -> None:
    made = value("digest", folder / "tarn.md", "--lang", lang, data=data)
    assert made["language"] == lang
    assert made["sections"][0]["title"] == first
    assert made["sections"][0]["sentences"][0]["text"].endswith(frame)


def test_a_table_of_documents_and_its_empty_cells(folder: Path, data: Path) -> None:
    made = value(
        "digest", folder / "tarn.md", folder / "bare.md", "--as", "table", "--aspects", "method, limits", data=data
    )
    assert made["table"]["columns"] == ["Method", "Limits"]
    titles = {one["id"]: one["title"] for one in made["documents"]}
    rows = dict(zip((titles[row] for row in made["table"]["rows"]), made["table"]["cells"], strict=True))
    assert rows["Notes on tokenizers"] == [[], []]
    assert [[cell[0]["text"], len(cell[0]["citations"])] for cell in rows["Tarn attention for long documents"]] == [
        ["Our method trains an encoder with Tarn attention and the objective function of masked language models.", 1],
        ["Tarn attention cannot read tables, and it was only evaluated on English text.", 1],
    ]
    code, out, _ = inside(
        "digest", folder / "tarn.md", folder / "bare.md", "--as", "table", "--aspects", "method, limits", data=data
    )
    assert code == 0
    assert "Tarn attention cannot read tables" in out
    assert "not stated" in out.lower()


def test_a_timeline_and_terms(folder: Path, data: Path) -> None:
    years = value("digest", folder / "report.md", "--as", "timeline", data=data)
    assert [section["title"] for section in years["sections"]] == ["2018", "2020", "2021"]
    terms = value("digest", folder / "windows.md", "--as", "terms", data=data)
    assert [section["title"] for section in terms["sections"]] == ["window"]


def test_a_summary_without_any_statement_says_so(data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text("# Only headings\n\n## And questions\n\nWhy?\n", encoding="utf-8")
    made = value("digest", tmp_path / "empty.md", "--as", "terms", data=data)
    assert made["abstained"] is True
    code, out, _ = inside("digest", tmp_path / "empty.md", "--as", "terms", data=data)
    assert code == 0
    assert out.strip()
