"""The commands over a person's own documents: `atenea library`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from tutor.command import LANGUAGE_CHOICES, DataDir, Json, Lang, Out, mending, one_of, open_tutor, system_language
from tutor.rendering import show_documents

library_app = typer.Typer(no_args_is_help=True, help="Your own documents.")
Retry = Annotated[bool, typer.Option("--retry", help="Read again what could not be read before.")]
Field = Annotated[str | None, typer.Option(help='"" for what the file says.')]
LookUp = Annotated[bool, typer.Option("--lookup", help="Ask Crossref and arXiv (ATENEA_LOOKUP=1 allows it).")]


@library_app.command("add")
def library_add(
    paths: list[Path], *, retry: Retry = False, lookup: LookUp = False, lang: Lang = "auto", as_json: Json = False,
    data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Add files and folders, and watch them: PDF, Word, EPUB, HTML, LaTeX, notebooks, Markdown, text, BibTeX, RIS."""
    with _working(as_json, lang) as (out, language):
        added = open_tutor(data_dir).library_add(paths, retry=retry, look_up=lookup, language=language)
        problems = [document["problem"] for document in added["documents"] if document["status"] == "problem"]
        if problems and len(problems) == len(added["documents"]):
            error = {"code": "no-documents", "message": problems[0], "hint": ""}
            out.say({**added, "error": error}, "")
            sys.stderr.write("atenea: " + " · ".join(problems) + "\n")
            raise typer.Exit(1)
        out.say(added, show_documents(added))


@library_app.command("list")
def library_list(*, lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None) -> None:
    """The documents that you have added, and the files that could not be read."""
    with _working(as_json, lang) as (out, language):
        listed = open_tutor(data_dir).library_list(language)
        out.say(listed, show_documents(listed))


@library_app.command("refresh")
def library_refresh(
    *, retry: Retry = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make a damaged list again first.")] = False,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Bring the library up to date with its files and folders: new, changed and removed ones."""
    with _working(as_json, lang) as (out, language):
        found = open_tutor(data_dir).library_refresh(retry=retry, rebuild=rebuild, language=language)
        gone = [{**document, "status": "removed"} for document in found["removed"]]
        out.say(found, show_documents({"documents": [*found["documents"], *gone]}))


@library_app.command("set")
def library_set(
    document: Annotated[str, typer.Argument(metavar="ID")], *, title: Field = None,
    authors: Annotated[str | None, typer.Option(help="Separated by semicolons.")] = None,
    year: Annotated[int | None, typer.Option(help="0 for what the file says.")] = None,
    doi: Field = None, arxiv: Field = None, venue: Field = None, url: Field = None, lookup: LookUp = False,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Correct what is said of a document; it is kept when the file is read again."""
    said = {"title": title, "authors": authors, "year": year, "doi": doi, "arxiv": arxiv, "venue": venue, "url": url}
    given = {name: value for name, value in said.items() if value is not None}
    if not given and not lookup:
        raise typer.BadParameter("give at least one of --title, --authors, --year, --doi, --arxiv, --venue, --url")
    with _working(as_json, lang) as (out, language):
        changed = open_tutor(data_dir).library_set(
            document, *_corrections(given), look_up=lookup, language=language
        )  # fmt: skip
        out.say(changed, show_documents(changed))


@library_app.command("remove")
def library_remove(
    document: Annotated[str, typer.Argument(metavar="ID|PATH")], *, lang: Lang = "auto", as_json: Json = False,
    data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Remove a document, or a folder with all that came from it, from the library; the files themselves stay."""
    with _working(as_json, lang) as (out, language):
        removed = open_tutor(data_dir).library_remove(document, language)
        out.say(removed, show_documents(removed))


def _corrections(given: dict[str, Any]) -> tuple[Any, list[str]]:
    """What the options say, and the fields that they take back."""
    from knowledge.formats.references import Metadata

    if given.get("authors"):
        given = {**given, "authors": tuple(part.strip() for part in given["authors"].split(";") if part.strip())}
    said = {name: value for name, value in given.items() if value}
    return Metadata(**said), [name for name in given if name not in said]


@contextmanager
def _working(as_json: bool, lang: str) -> Iterator[tuple[Out, str]]:
    """As `mending`, with the language of messages; Ctrl-C ends the work with a line that says what is kept."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    language = system_language() if lang == "auto" else lang
    with mending(as_json, lang) as out:
        try:
            yield out, language
        except KeyboardInterrupt:
            from tutor.errors import TutorError

            raise TutorError("library-stopped") from None
