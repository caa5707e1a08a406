"""What the commands share: options, how they speak, and how their errors reach a person.

Exit codes: 0 done; 1 could not, with one line on stderr that says what and how to mend it; 2 wrong usage.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tutor.collecting import spare_what_stays

if TYPE_CHECKING:
    from tutor.tutor import Tutor

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where your documents and conversations are kept.")]
Lang = Annotated[str, typer.Option("--lang", help="auto, es or en.")]
Sources = Annotated[
    list[Path] | None,
    typer.Option("--sources", help="Use these files or folders instead of the course and your library."),
]
SILENT = ("indexing: ", "searching: ", "buscando: ")  # lines that tell how far long work is, on a terminal alone
IN_PLACE = (*SILENT, "reading: ", "leyendo: ")
MOST_AT_ONCE = 256  # sessions of `atenea eval latency`
LANGUAGE_CHOICES = ("auto", "es", "en")
LEVEL_CHOICES = ("", "beginner", "intermediate", "advanced")


class Out:
    """Where a command writes: `said` once, as JSON or as text."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def say(self, value: dict[str, Any], text: str) -> None:
        """The whole result."""
        sys.stdout.write((json.dumps(value, ensure_ascii=False) if self.as_json else text.rstrip()) + "\n")

    def show(self, text: str) -> None:
        """A part of the text, before the rest is known; JSON waits for the whole."""
        if not self.as_json:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()


def open_tutor(data_dir: Path | None, model: str = "") -> "Tutor":
    """The tutor of a data folder and of a model, the usual ones where none are given."""
    from tutor.settings import Settings
    from tutor.tutor import Tutor

    spare_what_stays()
    chosen: dict[str, Any] = {**({"data_dir": data_dir} if data_dir else {}), **({"model": model} if model else {})}
    settings = Settings(**chosen)
    return Tutor(settings, notice=notice)


def notice(line: str) -> None:
    """A line about long work, on standard error; progress in place on a terminal, left out elsewhere."""
    if line.startswith(IN_PLACE) and sys.stderr.isatty():
        sys.stderr.write(f"atenea: {line}\033[K\r")
    elif not line.startswith(SILENT):
        sys.stderr.write(f"atenea: {line}\n")


@contextmanager
def mending(as_json: bool, lang: str = "auto") -> Iterator[Out]:
    """Turn errors into one line (or one JSON object) and exit code 1; no traceback reaches a person."""
    from knowledge.errors import AteneaError

    language = language_of(lang)
    try:
        yield Out(as_json)
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


def language_of(lang: str) -> str:
    """'es' or 'en': what `--lang` says, and as the system is set where it says auto."""
    return lang if lang in {"es", "en"} else system_language()


def system_language() -> str:
    """'es' or 'en', as the system is set."""
    setting = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    return "es" if setting.startswith("es") else "en"


def one_of(value: str, choices: tuple[str, ...], option: str) -> str:
    """The value, when it is one of the choices. Raises `typer.BadParameter`."""
    if value not in choices:
        shown = ", ".join(choice for choice in choices if choice)
        raise typer.BadParameter(f"{value!r} is not one of {shown}", param_hint=option)
    return value


def counts_of(value: str, option: str) -> tuple[int, ...]:
    """The numbers from 1 to MOST_AT_ONCE in "1,8,32". Raises `typer.BadParameter`."""
    parts = [part.strip() for part in value.split(",")]
    numbers = tuple(int(part) for part in parts if part.isdecimal())
    if len(numbers) != len(parts) or not all(1 <= number <= MOST_AT_ONCE for number in numbers):
        raise typer.BadParameter(f"{value!r} is not like 1,8,32 (each up to {MOST_AT_ONCE})", param_hint=option)
    return numbers


def read_text(file: str) -> str:
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
