"""The errors of the tutor layer: each says who must act, and how.

AteneaError (knowledge.errors)
└── TutorError
    ├── BadData             the person: an evaluation file is missing, malformed, or does not fit the sources
    ├── BadResponses        the person: a table of an exam's responses is missing, malformed, or not of this exam
    └── BadStore            the person: the database of conversations is damaged or cannot be written
"""

from pathlib import Path

from knowledge.errors import AteneaError
from knowledge.messages import Messages


class TutorError(AteneaError):
    """Root of this layer's errors."""

    messages = Messages(Path(__file__).with_name("messages.toml"))


class BadData(TutorError):
    """The evaluation data cannot be used as they are."""


class BadResponses(TutorError):
    """The table of responses cannot be used as it is."""


class BadStore(TutorError):
    """The database of conversations cannot be used."""
