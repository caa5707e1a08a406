"""The errors of an exam's results.

AteneaError (knowledge.errors)
└── TutorError (tutor.errors)
    └── BadResults          the person: an exam's files, its responses and the scores given by hand do not fit together
"""

from pathlib import Path

from knowledge.messages import Messages
from tutor.errors import TutorError

SAID = Messages(Path(__file__).with_name("results.toml"))


class BadResults(TutorError):
    """Results cannot be told from these files."""

    messages = SAID
