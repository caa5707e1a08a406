"""The errors of the agents layer: each says who must act, and how.

AteneaError (knowledge.errors)
└── AgentError
    └── BadModel            the one who installed: the chosen chat model cannot be loaded
"""

from pathlib import Path

from knowledge.errors import AteneaError
from knowledge.messages import Messages


class AgentError(AteneaError):
    """Root of this layer's errors."""

    messages = Messages(Path(__file__).with_name("messages.toml"))


class BadModel(AgentError):
    """The chosen chat model cannot be used."""
