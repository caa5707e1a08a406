"""The command line. Every command takes `--json`: one JSON object on stdout, and nothing else there.

Exit codes: 0 done; 1 could not, with one line on stderr that says what and how to mend it; 2 wrong usage.
"""

import gc
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.cli_exams import exam, review
from tutor.cli_exercises import grade, item
from tutor.cli_learner import answer, hint, learner_app, next_
from tutor.cli_library import library_app
from tutor.cli_research import digest, research
from tutor.cli_results import results
from tutor.command import (
    LANGUAGE_CHOICES,
    LEVEL_CHOICES,
    DataDir,
    Json,
    Lang,
    Out,
    Sources,
    counts_of,
    language_of,
    mending,
    notice,
    one_of,
    open_tutor,
    read_text,
    system_language,
)
from tutor.rendering import TEXTS, show_claim, show_counts, show_turn

if TYPE_CHECKING:
    pass

app = typer.Typer(
    name="atenea", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="A tutor whose every sentence is checked against its sources, in Spanish and English.",
)  # fmt: skip
course = typer.Typer(no_args_is_help=True, help="Courses: folders that a teacher can write.")
app.command()(item)
app.command()(grade)
app.command()(exam)
app.command()(review)
app.command()(results)
app.command("next")(next_)
app.command()(answer)
app.command()(hint)
app.command()(research)
app.command()(digest)
app.add_typer(library_app, name="library")
app.add_typer(course, name="course")
app.add_typer(learner_app, name="learner")


@app.command()
def ask(
    text: str, *, learner: str = "", level: str = "", thread: str = "", sources: Sources = None,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Ask one question; the same --thread continues a conversation."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    one_of(level, LEVEL_CHOICES, "--level")
    with mending(as_json, lang) as out:
        turn = open_tutor(data_dir).ask(
            text, language=lang, level=level, thread=thread, sources=sources or (), learner=learner
        )
        out.say(turn, show_turn(turn))


@app.command()
def chat(
    *, level: str = "", thread: str = "", sources: Sources = None, lang: Lang = "auto", data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Talk with the tutor in the terminal; an empty line or Ctrl-D leaves."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    one_of(level, LEVEL_CHOICES, "--level")
    from tutor.terminal import converse

    with mending(False, lang):
        converse(open_tutor(data_dir), language=lang, level=level, thread=thread, sources=sources or [])


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="A text file, or - for standard input.")], *, sources: Sources = None,
    html: Annotated[Path | None, typer.Option("--html", help="Also write a report: one HTML file.")] = None,
    lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Fact-check a text, claim by claim; each verdict is printed as it is found."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    with mending(as_json, lang) as out, _stoppable():
        _check(out, file, sources or [], html, lang, data_dir)


def _check(out: Out, file: str, sources: list[Path], html: Path | None, lang: str, data_dir: Path | None) -> None:
    from tutor.check_report import CheckReport, report_target, write_report
    from tutor.claim_rows import tally

    given = read_text(file)
    target = report_target(html, [Path(file), *sources]) if html else None
    tutor = open_tutor(data_dir)
    text, language = tutor.readable(given, lang)
    claims = []
    for claim in tutor.check(text, language=lang, sources=sources):
        claims.append(claim)
        out.show(show_claim(claim, language))
    if target:
        against, name = tutor.source_names(language, sources), "" if file == "-" else Path(file).name
        write_report(CheckReport(text, claims, language, against, date.today(), name), target)
        notice(TEXTS.text("report-written", language, path=html))
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
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    with mending(as_json, lang) as out:
        found = open_tutor(data_dir).search(query, k=k, language=lang, sources=sources or ())
        lines = [
            f"{hit['score']:.2f}  {hit['title']} · {hit['locator']}\n      {hit['text'][:200]}" for hit in found["hits"]
        ]
        out.say(found, "\n".join(lines))


@course.command("list")
def course_list(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """The courses that are installed."""
    with mending(as_json) as out:
        listed = open_tutor(data_dir).course_list()
        lines = [
            f"{item['id']}  {item['title'][system_language()]} ({len(item['concepts'])})" for item in listed["courses"]
        ]
        out.say(listed, "\n".join(lines))


@course.command("validate")
def course_validate(
    path: Annotated[Path | None, typer.Argument()] = None, *, lang: Lang = "auto", as_json: Json = False,
    data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Name every fault of a course folder: file, line and mend."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    with mending(as_json, lang) as out:
        from knowledge.course_faults import FAULTS

        language = language_of(lang)
        found = open_tutor(data_dir).course_validate(path, language)
        lines = [f"{fault['file']}:{fault['line']}: {fault['message']}" for fault in found["problems"]]
        out.say(found, "\n".join(lines) or FAULTS.text("none", language))
        if found["problems"]:
            raise typer.Exit(1)


@course.command("rule")
def course_rule(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Have the fact check rule on every claim of the course's exercises, once, and keep the rulings in its folder.

    ATENEA_COURSE names the course, where it is not the one that comes with Atenea.
    """
    with mending(as_json) as out:
        from tutor.course_rulings import rule_course

        count = rule_course(open_tutor(data_dir))
        out.say({"rulings": count}, f"{count} rulings")


@course.command("new")
def course_new(path: Path, *, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Lay down a small working course to start from."""
    with mending(as_json) as out:
        made = open_tutor(data_dir).course_new(path)
        out.say(made, str(path))


@app.command("eval")
def evaluate(
    suite: Annotated[
        str,
        typer.Argument(
            help="retrieval, factcheck, grading, items, learner, leaks, liars, latency, calls, research or tutoring."
        ),
    ], *,
    data: Annotated[Path | None, typer.Option("--data", help="A JSONL file; else what the course ships.")] = None,
    sources: Sources = None,
    model: Annotated[str, typer.Option("--model", help="Who speaks, as in ATENEA_MODEL.")] = "",
    sessions: Annotated[str, typer.Option("--sessions", help="latency: how many at a time.")] = "1,8,32",
    turns: Annotated[int, typer.Option("--turns", min=1, max=1000, help="latency: turns of each session.")] = 4,
    record: Annotated[Path | None, typer.Option("--record", help="tutoring: write a model's questions here.")] = None,
    replay: Annotated[Path | None, typer.Option("--replay", help="tutoring: score the answers put there.")] = None,
    as_json: Json = False, data_dir: DataDir = None,
) -> None:  # fmt: skip
    """Score a part of Atenea, with 95 % intervals, beside the baselines that it must beat where it has some."""
    at_once = counts_of(sessions, "--sessions")
    with mending(as_json) as out:
        from tutor.evaluation import Exchange, evaluate_suite, show_learner_result, show_result, show_tutoring

        tutor, exchange = open_tutor(data_dir, model), Exchange(record, replay)
        result = evaluate_suite(
            tutor, suite, data, sources or [], sessions=at_once, turns=turns, exchange=exchange
        )  # fmt: skip
        shown = {"learner": show_learner_result, "tutoring": show_tutoring}.get(suite, show_result)
        out.say(result, shown(result))


@app.command()
def doctor(*, lang: Lang = "auto", as_json: Json = False, data_dir: DataDir = None) -> None:
    """What is found, what is missing, and what to do about it."""
    one_of(lang, LANGUAGE_CHOICES, "--lang")
    with mending(as_json, lang) as out:
        from tutor.doctor import examine

        checks = examine(open_tutor(data_dir), language_of(lang))
        lines = [
            f"{'ok ' if check['ok'] else 'NO '} {check['title']}: {check['detail']} {check['hint']}".rstrip()
            for check in checks
        ]
        out.say({"checks": checks}, "\n".join(lines))


@app.command()
def prepare(*, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Build the course's index and read it for the fact check, so that the first question and claim are quick."""
    with mending(as_json) as out:
        open_tutor(data_dir).prepare()
        out.say({"ready": True}, "Ready.")


@app.command()
def ui(
    *, port: Annotated[int, typer.Option(min=1, max=65535)] = 8501, host: str = "127.0.0.1", data_dir: DataDir = None
) -> None:
    """Open the app in the browser."""
    with mending(False):
        from tutor.launch import launch_app

        raise typer.Exit(launch_app(host, port, data_dir))


def main() -> None:
    """The console script. No garbage is collected while modules load: that would cost a seventh of a short command."""
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that the terminal lacks is escaped, JSON is always UTF-8
            stream.reconfigure(encoding="utf-8" if "--json" in sys.argv else None, errors="backslashreplace")
    app()
