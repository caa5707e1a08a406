"""The commands of the research assistant: `atenea research` and `atenea digest`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tutor.command import LANGUAGE_CHOICES, DataDir, Json, Lang, Out, Sources, mending, notice, one_of, open_tutor

if TYPE_CHECKING:
    from agents.research.digest import DigestKind
    from tutor.research_desk import Files

DIGESTS = ("summary", "table", "timeline", "terms")
OutFile = Annotated[
    Path | None, typer.Option("--out", help="The summary's file: .md, .docx or .tex (with its .bib).")
]  # fmt: skip
BibFile = Annotated[Path | None, typer.Option("--bib", help="The references: .bib, .json (CSL) or .ris.")]
Formats = Annotated[
    str, typer.Option("--format", help="More files beside --out, of md,docx,tex,bib,csl,ris,csv,jsonl.")
]
Style = Annotated[
    str, typer.Option("--style", help="Of the references: apa, chicago, ieee, ..., or a .csl file.")
]  # fmt: skip


def research(
    question: str, *, sources: Sources = None, out: OutFile = None, bib: BibFile = None, formats: Formats = "",
    style: Style = "", lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Summarise what your documents say to a question; every sentence is checked against the words that it cites."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    with mending(as_json, lang) as stream:
        files = _files(out, bib, formats, style)
        made = open_tutor(data_dir).desk.answer(question, language=lang, sources=sources or (), files=files)
        _say(stream, made)


def digest(
    sources: Annotated[list[Path] | None, typer.Argument(help="Files and folders; else your library.")] = None, *,
    kind: Annotated[str, typer.Option("--as", help="summary, table, timeline or terms.")] = "summary",
    aspects: Annotated[
        str, typer.Option("--aspects", help="Of contribution,method,data,results,limits, or your own words.")
    ] = "",
    out: OutFile = None, bib: BibFile = None, formats: Formats = "", style: Style = "", lang: Lang = "auto",
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Documents in short: what each says of its method and results, side by side, over time, or their key terms."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    one_of(kind, DIGESTS, "--as")
    with mending(as_json, lang) as stream:
        wanted = [aspect.strip() for aspect in aspects.split(",") if aspect.strip()]
        made = open_tutor(data_dir).desk.digest(
            cast("DigestKind", kind), language=lang, sources=sources or (), aspects=wanted,
            files=_files(out, bib, formats, style),
        )  # fmt: skip
        _say(stream, made)


def _files(out: Path | None, bib: Path | None, formats: str, style: str) -> "Files":
    from tutor.research_desk import Files

    if out is None and (bib is not None or formats):
        raise typer.BadParameter("needs --out", param_hint="--bib" if bib else "--format")
    return Files(out, bib, tuple(filter(None, (name.strip() for name in formats.split(",")))), style)


def _say(stream: Out, made: dict[str, Any]) -> None:
    from tutor.rendering import show_summary

    for problem in made["problems"]:
        notice(f"{problem['problem']} {problem['hint']}".strip())
    stream.say(made, show_summary(made))
    for file in made["files"]:
        notice(file)
