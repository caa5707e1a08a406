"""What is found on this machine, what is missing, and what to do about it, in both languages."""

import shutil
import sqlite3
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agents.chat_finder import found_server
from knowledge.encoder import bundled_model_folder
from knowledge.errors import AteneaError
from knowledge.index import check_whole
from knowledge.messages import Messages, Phrase
from knowledge.printable import one_line
from knowledge.storage import writable_folder
from tutor.known_models import fitting
from tutor.machine import Memory, memory
from tutor.settings import AUTO, COMPOSER
from tutor.tutor import Tutor

MIN_FREE_GB = 1.0
MOST_SHOWN = 4  # models in a line
TEXTS = Messages(Path(__file__).with_name("texts_doctor.toml"))
SERVERS = Path(__file__).with_name("servers.toml")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `more`: of it, for programs."""

    name: str
    ok: bool
    details: tuple[Phrase, ...]
    hint: Phrase | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self, language: str) -> dict[str, Any]:
        """As data: `name` (the same in either language), `title`, `ok`, `detail`, `hint`."""
        detail = " ".join(phrase.text(language) for phrase in self.details)
        hint = self.hint.text(language) if self.hint else ""
        title = TEXTS.text(f"name-{self.name.replace(' ', '-')}", language)
        return {"name": self.name, "title": title, "ok": self.ok, "detail": detail, "hint": hint, **self.more}


def examine(tutor: Tutor, language: str = "en") -> list[dict[str, Any]]:
    """The examination as data."""
    return [check.as_dict(language) for check in examination(tutor)]


def examination(tutor: Tutor) -> list[Check]:
    """All that Atenea needs, looked at now."""
    checks: list[tuple[str, Callable[[Tutor], Phrase]]] = [
        ("python", _python), ("data folder", _data_folder), ("disk", _disk), ("course", _course),
        ("encoder", _encoder),
        ("verifier", _verifier), ("index", _index), ("library", _library),
        ("conversations", _conversations), ("model", _model),
    ]  # fmt: skip
    return [*(_result(name, check, tutor) for name, check in checks), local_models(memory())]


def local_models(found: Memory) -> Check:
    """Which models of the table this much memory holds: `models`. The hint has the command for the first of them."""
    fits = fitting(found)
    shown = "; ".join(f"{fit.model.name} ({fit.precision}, {fit.gigabytes:.1f} GB)" for fit in fits[:MOST_SHOWN])
    where = "gpu" if found.gpu else "main" if found.main else "unknown"
    told = TEXTS.phrase(f"memory-{where}", main=f"{found.main:.1f}", gpu=f"{found.gpu:.1f}")
    more = len(fits) - MOST_SHOWN
    many = "fits-more" if more > 0 else "fits" if fits else "fits-nothing"
    fit = TEXTS.phrase(many, models=shown, more=more)
    hint = TEXTS.phrase("get", model=fits[0].model.name, command=fits[0].command) if fits else None
    models = [
        {
            "name": one.model.name, "precision": one.precision, "gigabytes": one.gigabytes, "command": one.command,
            "licence": one.model.licence, "source": one.model.source,
        }
        for one in fits
    ]  # fmt: skip
    return Check("local models", True, (told, fit), hint, {"models": models})


def _result(name: str, check: Callable[[Tutor], Phrase], tutor: Tutor) -> Check:
    """A detail that has a hint of its own, or an error, is something amiss."""
    try:
        detail = check(tutor)
    except AteneaError as error:
        detail = Phrase(error.messages, error.code, tuple(error.values.items()))
    except (OSError, sqlite3.Error) as error:
        detail = TEXTS.phrase("unusable", reason=error)
    else:
        if not detail.messages.has(f"{detail.key}.hint"):
            return Check(name, True, (detail,))
    hint = f"{detail.key}.hint"
    mend = Phrase(detail.messages, hint, detail.values) if detail.messages.has(hint) else None
    return Check(name, False, (detail,), mend)


def _python(_: Tutor) -> Phrase:
    return TEXTS.phrase("python", python=sys.version.split()[0], version=version("atenea"))


def _data_folder(tutor: Tutor) -> Phrase:
    return TEXTS.phrase("data-folder", path=writable_folder(tutor.settings.data_dir))


def _disk(tutor: Tutor) -> Phrase:
    free = shutil.disk_usage(tutor.settings.data_dir).free / 1e9
    key = "disk-short" if free < MIN_FREE_GB else "disk"
    return TEXTS.phrase(key, free=f"{free:.1f}", path=tutor.settings.data_dir)


def _course(tutor: Tutor) -> Phrase:
    course = tutor.course
    return TEXTS.phrase("course", id=course.id, version=course.version, count=len(course.concepts))


def _encoder(tutor: Tutor) -> Phrase:
    if tutor.encoder.name.startswith("all-MiniLM"):
        return TEXTS.phrase("encoder-bundled", name=tutor.encoder.name, path=bundled_model_folder())
    return TEXTS.phrase("encoder", name=tutor.encoder.name)


def _verifier(tutor: Tutor) -> Phrase:
    if tutor.verifier is None:
        return TEXTS.phrase("verifier-none")
    tutor.verifier.score([["BERT has 12 layers."]], ["BERT has twelve layers."])  # reads its file whole, and checks it
    return TEXTS.phrase("verifier", name=tutor.verifier.name, languages=", ".join(tutor.verifier.languages))


def _index(tutor: Tutor) -> Phrase:
    corpus = tutor.corpus()
    index = corpus.retriever.index
    for saved in (index, *([corpus.finder.questions] if corpus.finder else [])):
        check_whole(saved)
    counts = ", ".join(f"{language} {len(part.passages)}" for language, part in index.partitions.items())
    return TEXTS.phrase("index", fingerprint=index.fingerprint, counts=counts)


def _library(tutor: Tutor) -> Phrase:
    return TEXTS.phrase("library", count=sum(bool(entry.id) for entry in tutor.library.entries()))


def _conversations(tutor: Tutor) -> Phrase:
    tutor.history("doctor")
    return TEXTS.phrase("conversations", path=tutor.settings.threads_file)


def _model(tutor: Tutor) -> Phrase:
    """Who speaks; a server is asked now, whatever was found when this process began."""
    settings = tutor.settings
    choice = (found_server() or COMPOSER) if settings.model == AUTO else settings.speaker
    if choice == COMPOSER:
        return TEXTS.phrase("composer-auto" if settings.model == AUTO else "composer", commands=_commands())
    if not choice.startswith("openai:"):
        return TEXTS.phrase("model", name=one_line(tutor.writer.name))
    from agents.chat_compat import compat_chat  # noqa: PLC0415  langchain and httpx: for a server alone
    from agents.chat_structured import capabilities  # noqa: PLC0415  the same

    model = compat_chat(choice, settings.speaker_key)
    model.invoke("Hi", max_tokens=1)
    schema = "schema" if capabilities(model).json_schema else "no-schema"
    return TEXTS.phrase(schema, url=model.server.url, name=one_line(model.speaker))


def _commands() -> str:
    servers = tomllib.loads(SERVERS.read_text(encoding="utf-8"))["server"]
    return "; ".join(f"{server['command']} ({server['name']})" for server in servers)
