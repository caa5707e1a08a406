"""What is found on this machine, what is missing, and what to do about it."""

import shutil
import sqlite3
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agents.chat_finder import found_server
from knowledge.encoder import bundled_model_folder
from knowledge.errors import AteneaError
from knowledge.index import check_whole
from knowledge.messages import Messages
from knowledge.printable import one_line
from knowledge.storage import writable_folder
from tutor.known_models import fitting
from tutor.machine import Memory, memory
from tutor.settings import AUTO, COMPOSER
from tutor.tutor import Tutor

MIN_FREE_GB = 1.0
MOST_SHOWN = 4  # models in a line
TEXTS = Messages(Path(__file__).with_name("doctor.toml"))
SERVERS = Path(__file__).with_name("servers.toml")


def examine(tutor: Tutor) -> list[dict[str, Any]]:
    """One check each: name, ok, detail, hint."""
    checks: list[tuple[str, Callable[[Tutor], str]]] = [
        ("python", _python), ("data folder", _data_folder), ("disk", _disk), ("course", _course),
        ("encoder", _encoder),
        ("verifier", _verifier), ("index", _index), ("library", _library),
        ("conversations", _conversations), ("model", _model),
    ]  # fmt: skip
    return [*(_result(name, check, tutor) for name, check in checks), local_models(memory())]


def local_models(found: Memory, language: str = "en") -> dict[str, Any]:
    """Which models of the table this much memory holds; `models` has them all, and `hint` the command for the first."""
    fits = fitting(found)
    shown = "; ".join(f"{fit.model.name} ({fit.precision}, {fit.gigabytes:.1f} GB)" for fit in fits[:MOST_SHOWN])
    where = "gpu" if found.gpu else "main" if found.main else "unknown"
    told = TEXTS.text(f"memory-{where}", language, main=f"{found.main:.1f}", gpu=f"{found.gpu:.1f}")
    more = len(fits) - MOST_SHOWN
    many = "fits-more" if more > 0 else "fits" if fits else "fits-nothing"
    fit = TEXTS.text(many, language, models=shown, more=more)
    hint = TEXTS.text("get", language, model=fits[0].model.name, command=fits[0].command) if fits else ""
    models = [
        {
            "name": one.model.name, "precision": one.precision, "gigabytes": one.gigabytes, "command": one.command,
            "licence": one.model.licence, "source": one.model.source,
        }
        for one in fits
    ]  # fmt: skip
    return {"name": "local models", "ok": True, "detail": f"{told} {fit}", "hint": hint, "models": models}


def _result(name: str, check: Callable[[Tutor], str], tutor: Tutor) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "detail": check(tutor), "hint": ""}
    except AteneaError as error:
        return {"name": name, "ok": False, "detail": error.message("en"), "hint": error.hint("en")}
    except (OSError, sqlite3.Error) as error:
        return {"name": name, "ok": False, "detail": str(error), "hint": "Mend this and run atenea doctor again."}


def _python(_: Tutor) -> str:
    return f"{sys.version.split()[0]}, atenea {version('atenea')}"


def _data_folder(tutor: Tutor) -> str:
    return str(writable_folder(tutor.settings.data_dir))


def _disk(tutor: Tutor) -> str:
    free = shutil.disk_usage(tutor.settings.data_dir).free / 1e9
    if free < MIN_FREE_GB:
        raise OSError(f"only {free:.1f} GB free at {tutor.settings.data_dir}")
    return f"{free:.1f} GB free"


def _course(tutor: Tutor) -> str:
    return f"{tutor.course.id} {tutor.course.version}, {len(tutor.course.concepts)} concepts"


def _encoder(tutor: Tutor) -> str:
    if tutor.encoder.name.startswith("all-MiniLM"):
        return f"{tutor.encoder.name}, weights verified at {bundled_model_folder()}"
    return tutor.encoder.name


def _verifier(tutor: Tutor) -> str:
    if tutor.verifier is None:
        return "none: the rules decide alone (ATENEA_VERIFIER=rules)"
    tutor.verifier.score([["BERT has 12 layers."]], ["BERT has twelve layers."])  # reads its file whole, and checks it
    return f"{tutor.verifier.name}, languages: {', '.join(tutor.verifier.languages)}"


def _index(tutor: Tutor) -> str:
    corpus = tutor.corpus()
    index = corpus.retriever.index
    for saved in (index, *([corpus.finder.questions] if corpus.finder else [])):
        check_whole(saved)
    counts = {language: len(part.passages) for language, part in index.partitions.items()}
    return f"{index.fingerprint}, passages: {counts}"


def _library(tutor: Tutor) -> str:
    return f"{sum(bool(entry.id) for entry in tutor.library.entries())} documents"


def _conversations(tutor: Tutor) -> str:
    tutor.history("doctor")
    return str(tutor.settings.threads_file)


def _model(tutor: Tutor) -> str:
    """Who speaks; a server is asked now, whatever was found when this process began."""
    settings = tutor.settings
    choice = (found_server() or COMPOSER) if settings.model == AUTO else settings.speaker
    if choice == COMPOSER:
        return TEXTS.text("composer-auto" if settings.model == AUTO else "composer", "en", commands=_commands())
    if not choice.startswith("openai:"):
        return tutor.writer.name
    from agents.chat_compat import compat_chat  # noqa: PLC0415  langchain and httpx: for a server alone
    from agents.chat_structured import capabilities  # noqa: PLC0415  the same

    model = compat_chat(choice, settings.speaker_key)
    model.invoke("Hi", max_tokens=1)
    schema = "schema" if capabilities(model).json_schema else "no-schema"
    return TEXTS.text(schema, "en", url=model.server.url, name=one_line(model.speaker))


def _commands() -> str:
    servers = tomllib.loads(SERVERS.read_text(encoding="utf-8"))["server"]
    return "; ".join(f"{server['command']} ({server['name']})" for server in servers)
