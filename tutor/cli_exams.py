"""The commands about exams: `atenea exam` and `atenea review`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from tutor.command import LANGUAGE_CHOICES, DataDir, Json, Lang, Out, mending, notice, one_of, open_tutor


def exam(
    blueprint: Annotated[Path, typer.Argument(help="A TOML file: docs/exams.md.")], *,
    out: Annotated[Path, typer.Option("--out", help="The exam's own folder; it appears whole or not at all.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same exam.")] = 0,
    versions: Annotated[int, typer.Option("--versions", min=1, max=26, help="Parallel versions: A, B, ...")] = 1,
    lang: Lang = "auto",
    formats: Annotated[
        str, typer.Option("--format", help="Some of pdf,moodle,gift,qti,md,json,anki; all where it is left out.")
    ] = "",
    avoid: Annotated[
        list[Path] | None, typer.Option("--avoid", help="An earlier exam (folder or JSON) whose items must not come.")
    ] = None,
    review: Annotated[bool, typer.Option("--review", help="Stop for your review before anything is written.")] = False,
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Build an exam from a blueprint: parallel versions with proven keys, in every format."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    with mending(as_json, lang) as stream:
        more: dict[str, Any] = {"formats": tuple(filter(None, formats.split(",")))} if formats else {}
        made = open_tutor(data_dir).workshop.exam(
            blueprint, out, seed=seed, versions=versions, language="" if lang == "auto" else lang,
            avoid=avoid or (), review=review, **more,
        )  # fmt: skip
        _say(stream, made)


def review(
    exam: Annotated[str, typer.Argument(metavar="EXAM-ID", help="As `atenea exam --review` prints it.")], *,
    accept: Annotated[list[str] | None, typer.Option("--accept", help="Item ids or places (A3), or all.")] = None,
    reject: Annotated[list[str] | None, typer.Option("--reject", help="Take an item out.")] = None,
    replace: Annotated[list[str] | None, typer.Option("--replace", help="Draw another in its place.")] = None,
    edit: Annotated[
        list[Path] | None, typer.Option("--edit", help="An item's JSON as it is to be; its key is proven again.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="End the review and write the files.")] = False,
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Review an exam: accept, reject, replace or edit its items. Without options it is shown as it stands."""
    with mending(as_json) as out:
        from tutor.exam_review import Decisions
        from tutor.item_files import read_item

        decided = any((accept, reject, replace, edit, write))
        edits = tuple(read_item(file) for file in edit or ())
        decisions = Decisions(tuple(accept or ()), tuple(reject or ()), tuple(replace or ()), edits, write)
        _say(out, open_tutor(data_dir).workshop.review(exam, decisions if decided else None))


def _say(out: Out, made: dict[str, Any]) -> None:
    from tutor.exam_text import repeated, show_exam, show_review

    for line in repeated(made):
        notice(line)
    out.say(made, show_exam(made) if made["state"] == "written" else show_review(made))
