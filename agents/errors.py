"""The errors of the agents layer: each says who must act, and how.

AteneaError (knowledge.errors)
└── AgentError
    ├── BadModel            the one who installed: the chosen chat model cannot be loaded, or its server does not answer
    ├── NoExercise          the person: there is no exercise on this, or none of this kind
    └── BadItem             the person: a file holds no item that could be graded
"""

from pathlib import Path

from knowledge.errors import AteneaError
from knowledge.messages import Messages


class AgentError(AteneaError):
    """Root of this layer's errors."""

    messages = Messages(Path(__file__).with_name("messages.toml"))


class BadModel(AgentError):
    """The chosen chat model cannot be used."""


class NoExercise(AgentError):
    """No proven item can be made of what was asked for."""


class BadItem(AgentError):
    """An item that was handed in is not one."""
