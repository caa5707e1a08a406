"""The exchange folder of the suite `tutoring`: a file for each request of a model, and its answer beside it.

`NAME.json` holds a request and the hash of it; a person puts what a model answered into `NAME.answer.txt` (its text) or
`NAME.answer.json` (what an OpenAI-compatible server sends, or {"content": ...}). A request that was changed by hand, or
that would be another one today, is an error: its answer would be scored for a question that was not asked.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.prompting import spoken
from knowledge.errors import KnowledgeError
from knowledge.messages import LANGUAGES, Messages
from knowledge.storage import replace_folder
from tutor.errors import BadData

TEXTS = Messages(Path(__file__).with_name("tutoring.toml"))
README = "README.txt"
ANSWER = ".answer"
Request = dict[str, Any]


def digest_of(request: Mapping[str, Any]) -> str:
    """SHA-256 of a request, however its JSON is laid out."""
    whole = json.dumps(request, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def write_requests(folder: Path, requests: Mapping[str, Request], decided: int) -> list[Path]:
    """The files of a new folder, all of them or none; `decided`: turns that ask no model. Raises `BadData` where the
    folder has anything in it, `KnowledgeError` where it cannot be written."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadData("exchange-taken", folder=folder)
    making = folder.with_name(f"{folder.name}.making")
    try:
        making.mkdir(parents=True, exist_ok=True)
        for name, request in requests.items():
            kept = {"name": name, "sha256": digest_of(request), "request": request}
            (making / f"{name}.json").write_text(
                json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )
        told = (TEXTS.text("readme", language, requests=len(requests), decided=decided) for language in LANGUAGES)
        (making / README).write_text("\n\n".join(text.strip() for text in told) + "\n", encoding="utf-8")
    except OSError as error:
        raise KnowledgeError("folder-unwritable", path=folder, reason=error.strerror or error) from error
    replace_folder(making, folder)
    return [folder / f"{name}.json" for name in requests] + [folder / README]


def answer_to(folder: Path, name: str, request: Request) -> str | None:
    """What a model answered to a request, without its thinking; None where no answer was put beside it. Raises
    `BadData`: the request is not in the folder, was changed, or is another one now; the answer cannot be read."""
    file = folder / f"{name}.json"
    kept = _json(file)
    recorded = kept.get("request") if isinstance(kept, dict) else None
    if not isinstance(recorded, dict) or digest_of(recorded) != kept.get("sha256"):
        raise BadData("exchange-changed", path=file)
    if digest_of(request) != kept["sha256"]:
        raise BadData("exchange-old", path=file)
    text, structured = (folder / f"{name}{ANSWER}{ending}" for ending in (".txt", ".json"))
    if text.exists():
        return spoken(_text(text))
    return spoken(_content(structured)) if structured.exists() else None


def _content(file: Path) -> str:
    value = _json(file)
    try:
        said = value["choices"][0]["message"]["content"] if "choices" in value else value["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise BadData("exchange-answer", path=file) from error
    if not isinstance(said, str):
        raise BadData("exchange-answer", path=file)
    return said


def _json(file: Path) -> Any:
    try:
        return json.loads(_text(file))
    except (ValueError, RecursionError) as error:
        raise BadData("exchange-json", path=file) from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadData("data-missing", path=file, reason=reason) from error
