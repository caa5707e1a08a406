"""The command line. Every command takes `--json`: one JSON object on stdout, and nothing else there.

Exit codes: 0 done; 1 could not, with one line on stderr that says what and how to mend it; 2 wrong usage.
"""

import gc
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tutor.rendering import TEXTS, show_claim, show_counts, show_documents, show_turn

if TYPE_CHECKING:
    from tutor.tutor import Tutor

app = typer.Typer(
    name="atenea", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="A tutor whose every sentence is checked against its sources, in Spanish and English.",
)  # fmt: skip
library = typer.Typer(no_args_is_help=True, help="Your own documents.")
course = typer.Typer(no_args_is_help=True, help="Courses: folders that a teacher can write.")
app.add_typer(library, name="library")
app.add_typer(course, name="course")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where your documents and conversations are kept.")]
Lang = Annotated[str, typer.Option("--lang", help="auto, es or en.")]
Sources = Annotated[
    list[Path] | None,
    typer.Option("--sources", help="Use these files or folders instead of the course and your library."),
]
LANGUAGE_CHOICES = ("auto", "es", "en")
LEVEL_CHOICES = ("", "beginner", "intermediate", "advanced")


class _Out:
    """Where a command writes: `said` once, as JSON or as text."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, value: dict[str, Any], text: str) -> None:
        sys.stdout.write((json.dumps(value, ensure_ascii=False) if self.as_json else text.rstrip()) + "\n")

    def show(self, text: str) -> None:
        """A part of the text, before the rest is known; JSON waits for the whole."""
        if not self.as_json:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()


def _tutor(data_dir: Path | None) -> "Tutor":
    from tutor.settings import Settings
    from tutor.tutor import Tutor

    gc.freeze()  # what was loaded stays: later collections need not look at it
    gc.enable()
    settings = Settings(data_dir=data_dir) if data_dir else Settings()
    return Tutor(settings, notice=_notice)


def _notice(line: str) -> None:
    end = "\r" if line.startswith("indexing") and sys.stderr.isatty() else "\n"
    if end == "\r" or not line.startswith("indexing"):
        sys.stderr.write(f"atenea: {line}{end}")


@contextmanager
def _mending(as_json: bool, lang: str = "auto") -> Iterator[_Out]:
    """Turn errors into one line (or one JSON object) and exit code 1; no traceback reaches a person."""
    from knowledge.errors import AteneaError

    language = lang if lang in {"es", "en"} else _system_language()
    try:
        yield _Out(as_json)
    except AteneaError as error:
        _fail(as_json, error.code, error.message(language), error.hint(language))
    except (KeyboardInterrupt, BrokenPipeError):
        raise typer.Exit(130) from None
    except (typer.Exit, typer.BadParameter, typer.Abort):
        raise
    except Exception as error:
        if os.environ.get("ATENEA_DEBUG"):
            raise
        what = {"en": "Something went wrong", "es": "Algo ha fallado"}[language]
        mend = {"en": "Run it again with ATENEA_DEBUG=1 to see the details, and report them.",
                "es": "Repite la orden con ATENEA_DEBUG=1 para ver los detalles y comunícalos."}[language]  # fmt: skip
        _fail(as_json, "unexpected", f"{what}: {type(error).__name__}: {error}", mend)


def _fail(as_json: bool, code: str, message: str, hint: str) -> None:
    sys.stderr.write(f"atenea: {message} {hint}".rstrip().replace("\n", " ") + "\n")
    if as_json:
        error = {"error": {"code": code, "message": message, "hint": hint}}
        sys.stdout.write(json.dumps(error, ensure_ascii=False) + "\n")
    raise typer.Exit(1)


def _system_language() -> str:
    setting = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    return "es" if setting.startswith("es") else "en"


def _one_of(value: str, choices: tuple[str, ...], option: str) -> str:
    if value not in choices:
        shown = ", ".join(choice for choice in choices if choice)
        raise typer.BadParameter(f"{value!r} is not one of {shown}", param_hint=option)
    return value


def _read(file: str) -> str:
    """The text of a file, or of standard input for "-"."""
    if file == "-":
        data = sys.stdin.buffer.read()
    else:
        from knowledge.errors import BadDocument

        path = Path(file)
        if not path.is_file():
            raise BadDocument("document-missing", path=path)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadDocument("document-unreadable", path=path, reason=error.strerror or error) from error
    from knowledge.decoding import decode_text

    return decode_text(data, file)


@app.command()
def ask(
    text: str, *, learner: str = "", level: str = "", thread: str = "", sources: Sources = None,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Ask one question; the same --thread continues a conversation."""
    _one_of(lang, LANGUAGE_CHOICES, "--lang")
    _one_of(level, LEVEL_CHOICES, "--level")
    with _mending(as_json, lang) as out:
        turn = _tutor(data_dir).ask(text, language=lang, level=level, thread=thread or learner, sources=sources or ())
        out.say(turn, show_turn(turn))


@app.command()
def chat(
    *, level: str = "", thread: str = "", sources: Sources = None, lang: Lang = "auto", data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Talk with the tutor in the terminal; an empty line or Ctrl-D leaves."""
    _one_of(lang, LANGUAGE_CHOICES, "--lang")
    _one_of(level, LEVEL_CHOICES, "--level")
    from tutor.terminal import converse

    with _mending(False, lang):
        converse(_tutor(data_dir), language=lang, level=level, thread=thread, sources=sources or [])


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="A text file, or - for standard input.")], *, sources: Sources = None,
    html: Annotated[Path | None, typer.Option("--html", help="Also write a report: one HTML file.")] = None,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Fact-check a text, claim by claim; each verdict is printed as it is found."""
    _one_of(lang, LANGUAGE_CHOICES, "--lang")
    with _mending(as_json, lang) as out, _stoppable():
        _check(out, file, sources or [], html, lang, data_dir)


def _check(out: _Out, file: str, sources: list[Path], html: Path | None, lang: str, data_dir: Path | None) -> None:
    from tutor.check_report import CheckReport, report_target, write_report
    from tutor.claim_rows import tally

    given = _read(file)
    target = report_target(html, [Path(file), *sources]) if html else None
    tutor = _tutor(data_dir)
    text, language = tutor.readable(given, lang)
    claims = []
    for claim in tutor.check(text, language=language, sources=sources):
        claims.append(claim)
        out.show(show_claim(claim, language))
    if target:
        against, name = tutor.source_names(language, sources), "" if file == "-" else Path(file).name
        write_report(CheckReport(text, claims, language, against, date.today(), name), target)
        _notice(TEXTS.text("report-written", language, path=html))
    checked = tally(claims, language)
    out.say({**checked, "files": [str(html)] if html else []}, show_counts(checked["counts"], language))


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C ends a long command with one line."""
    try:
        yield
    except KeyboardInterrupt:
        from tutor.errors import TutorError

        raise TutorError("stopped") from None


@app.command()
def search(
    query: str, *, k: Annotated[int, typer.Option("--k", min=1, max=100)] = 10, sources: Sources = None,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Search the sources."""
    _one_of(lang, LANGUAGE_CHOICES, "--lang")
    with _mending(as_json, lang) as out:
        found = _tutor(data_dir).search(query, k=k, language=lang, sources=sources or ())
        lines = [
            f"{hit['score']:.2f}  {hit['title']} · {hit['locator']}\n      {hit['text'][:200]}" for hit in found["hits"]
        ]
        out.say(found, "\n".join(lines))


@library.command("add")
def library_add(paths: list[Path], *, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Add documents: Markdown, text, HTML or PDF, files or folders."""
    with _mending(as_json) as out:
        added = _tutor(data_dir).library_add(paths)
        problems = [document["problem"] for document in added["documents"] if document["status"] == "problem"]
        if problems and len(problems) == len(added["documents"]):
            error = {"code": "no-documents", "message": problems[0], "hint": ""}
            out.say({**added, "error": error}, "")
            sys.stderr.write("atenea: " + " · ".join(problems) + "\n")
            raise typer.Exit(1)
        out.say(added, show_documents(added))


@library.command("list")
def library_list(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """The documents that you have added."""
    with _mending(as_json) as out:
        listed = _tutor(data_dir).library_list()
        out.say(listed, show_documents(listed))


@library.command("remove")
def library_remove(
    document: Annotated[str, typer.Argument(metavar="ID")], *, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Remove a document from the library; the file itself stays."""
    with _mending(as_json) as out:
        removed = _tutor(data_dir).library_remove(document)
        out.say(removed, show_documents(removed))


@course.command("list")
def course_list(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """The courses that are installed."""
    with _mending(as_json) as out:
        listed = _tutor(data_dir).course_list()
        lines = [
            f"{item['id']}  {item['title'][_system_language()]} ({len(item['concepts'])})" for item in listed["courses"]
        ]
        out.say(listed, "\n".join(lines))


@course.command("validate")
def course_validate(
    path: Annotated[Path | None, typer.Argument()] = None, *, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Name every fault of a course folder: file, line and mend."""
    with _mending(as_json) as out:
        found = _tutor(data_dir).course_validate(path)
        lines = [f"{fault['file']}:{fault['line']}: {fault['message']}" for fault in found["problems"]]
        out.say(found, "\n".join(lines) or "0 problems")
        if found["problems"]:
            raise typer.Exit(1)


@course.command("new")
def course_new(path: Path, *, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Lay down a small working course to start from."""
    with _mending(as_json) as out:
        made = _tutor(data_dir).course_new(path)
        out.say(made, str(path))


@app.command("eval")
def evaluate(
    suite: Annotated[str, typer.Argument(help="retrieval or factcheck.")], *,
    data: Annotated[Path | None, typer.Option("--data", help="A JSONL file; else what the course ships.")] = None,
    sources: Sources = None, as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Score retrieval or the fact check, with 95 % intervals, beside the baselines that they must beat."""
    with _mending(as_json) as out:
        from tutor.evaluation import evaluate_suite, show_result

        result = evaluate_suite(_tutor(data_dir), suite, data, sources or [])
        out.say(result, show_result(result))


@app.command()
def doctor(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """What is found, what is missing, and what to do about it."""
    with _mending(as_json) as out:
        from tutor.doctor import examine

        checks = examine(_tutor(data_dir))
        lines = [
            f"{'ok ' if check['ok'] else 'NO '} {check['name']}: {check['detail']} {check['hint']}".rstrip()
            for check in checks
        ]
        out.say({"checks": checks}, "\n".join(lines))


@app.command()
def prepare(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Export the encoder and build the course's index, so that the first question is quick."""
    with _mending(as_json) as out:
        _tutor(data_dir).prepare()
        out.say({"ready": True}, "Ready.")


@app.command()
def ui(
    *, port: Annotated[int, typer.Option(min=1, max=65535)] = 8501, host: str = "127.0.0.1", data_dir: DataDir = None
) -> None:
    """Open the app in the browser."""
    with _mending(False):
        from tutor.launch import launch_app

        raise typer.Exit(launch_app(host, port, data_dir))


def main() -> None:
    """The console script. No garbage is collected while modules load: that would cost a seventh of a short command."""
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that the terminal lacks is escaped, JSON is always UTF-8
            stream.reconfigure(encoding="utf-8" if "--json" in sys.argv else None, errors="backslashreplace")
    app()
