"""What is said to a learner, in both languages (learner.toml)."""

from pathlib import Path

from knowledge.messages import Messages

TEXTS = Messages(Path(__file__).with_name("learner.toml"))
