"""The command after an exam: `atenea results`."""

from pathlib import Path
from typing import Annotated

import typer

from tutor.command import LANGUAGE_CHOICES, DataDir, Json, Lang, mending, one_of, open_tutor


def results(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="EXAM RESPONSES.csv", help="The exam: its folder, or a JSON file a version; then CSV."),
    ], *,
    out: Annotated[Path | None, typer.Option("--out", help="A folder for the tables and results.json.")] = None,
    graded: Annotated[
        Path | None, typer.Option("--graded", help="to-grade.csv with the points that you gave.")
    ] = None,
    count: Annotated[
        bool, typer.Option("--count/--no-count", help="Whether these answers correct the items' difficulty.")
    ] = True,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Analyse an exam: questions, reliability, students and concepts, from the students' answers as CSV."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    exams = [path for path in files if path.is_dir() or path.suffix.lower() == ".json"]
    tables = [path for path in files if path not in exams]
    if not exams or not tables:
        raise typer.BadParameter("give the exam (its folder or JSON file) and a CSV file of responses")
    with mending(as_json, lang) as say:
        from tutor.results_text import show_results

        found = open_tutor(data_dir).workshop.results(
            exams, tables, by_hand=graded, out=out, language=lang, count=count
        )  # fmt: skip
        say.say(found, show_results(found))
