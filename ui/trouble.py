"""What a person is told when something goes wrong."""

import logging

from knowledge.errors import AteneaError
from knowledge.messages import Messages
from ui import marked


def explained(error: Exception, texts: Messages, language: str, *more: str) -> str:
    """What happened, what to do about it, and `more`, a line each; what nobody foresaw goes to the terminal as well."""
    if isinstance(error, AteneaError):
        lines = [error.message(language), error.hint(language)]
    else:
        logging.getLogger(__name__).error("the app failed", exc_info=error)
        lines = [
            texts.text("unexpected", language, reason=type(error).__name__),
            texts.text("unexpected.hint", language),
        ]
    return "  \n".join(marked.safe(line) for line in (*lines, *more) if line)
