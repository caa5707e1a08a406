"""The tutor in the terminal: questions in, verified sentences out as they come."""

import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from knowledge.errors import AteneaError
from tutor.tutor import Tutor

_PROMPT = "› "


def converse(tutor: Tutor, *, language: str, level: str, thread: str, sources: Sequence[Path]) -> None:
    """One conversation, until an empty line or the end of input."""
    thread = thread or uuid.uuid4().hex[:12]
    shown_language = language if language in {"es", "en"} else "es"
    while True:
        try:
            question = input(_PROMPT if sys.stdin.isatty() else "")
        except EOFError:
            return
        if not question.strip():
            return
        try:
            for event in tutor.stream(question, language=language, level=level, thread=thread, sources=sources):
                if event["kind"] == "turn":
                    turn = event["turn"]
                    shown_language = turn["language"]
                    _close(turn)
                else:
                    marks = "".join(f"[{number}]" for number in event["citations"])
                    sys.stdout.write(f"{event['text']} {marks}\n")
                    sys.stdout.flush()
        except AteneaError as error:
            sys.stderr.write(f"{error.message(shown_language)} {error.hint(shown_language)}\n")


def _close(turn: dict[str, object]) -> None:
    """What follows the sentences: a reply without sentences, the sources, what to ask next."""
    sentences, sources, following = turn["sentences"], turn["sources"], turn["next"]
    assert isinstance(sources, list)
    assert isinstance(following, list)
    if not sentences:
        sys.stdout.write(f"{turn['answer']}\n")
    for source in sources:
        behind = "; ".join(f"{ref['label']} {ref['locator']}".strip() for ref in source["references"])
        sys.stdout.write(f"  [{source['n']}] {source['locator']}" + (f" — {behind}" if behind else "") + "\n")
    for suggestion in following:
        sys.stdout.write(f"  → {suggestion}\n")
    sys.stdout.write("\n")
