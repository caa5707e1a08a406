"""The errors of the knowledge layer: each says who must act, and how.

AteneaError                 root of every layer's errors; carries a code, a message and a hint in both languages
└── KnowledgeError
    ├── BadText             the person: the text itself cannot be worked on (empty, too long, unreadable)
    ├── BadDocument         the person: this file cannot be read (missing, encrypted, broken, unknown kind)
    ├── BadCourse           the course's author: a course folder has faults
    ├── BadIndex            nobody: a saved index is damaged; it is rebuilt from its documents
    ├── BadEncoder          the one who installed: the sentence encoder is missing or is not the stated one
    ├── BadVerifier         the one who chose it: the verifier is missing, of an unknown kind, or cannot be read
    └── BadLab              the person: a lab cannot run on these inputs (a number out of range, no words, no such lab)
"""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

from knowledge.messages import Messages


class AteneaError(Exception):
    """An error that a person can act on.

    `code` names the message in the layer's messages file; `values` fill its places.
    """

    messages: ClassVar[Messages]

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    @classmethod
    def from_values(cls, code: str, values: Mapping[str, object]) -> Self:
        """An error that was written down as data; its code is one that was read from there."""
        return cls(code, **values)

    def message(self, language: str) -> str:
        """What happened, in one sentence."""
        return self.messages.text(self.code, language, **self.values)

    def hint(self, language: str) -> str:
        """What to do about it, in one sentence; empty when there is nothing to do."""
        key = f"{self.code}.hint"
        return self.messages.text(key, language, **self.values) if self.messages.has(key) else ""

    def __str__(self) -> str:
        return f"{self.message('en')} {self.hint('en')}".strip()


class KnowledgeError(AteneaError):
    """Root of this layer's errors."""

    messages = Messages(Path(__file__).with_name("messages.toml"))


class BadText(KnowledgeError):
    """The text cannot be worked on."""


class BadDocument(KnowledgeError):
    """The file cannot be read as a document."""


class BadCourse(KnowledgeError):
    """The course folder has faults; `atenea course validate` lists them."""


class BadIndex(KnowledgeError):
    """The saved index is damaged or belongs to something else; rebuilding mends it."""


class BadEncoder(KnowledgeError):
    """The sentence encoder is missing or differs from the stated one."""


class BadVerifier(KnowledgeError):
    """The verifier that was chosen cannot be used."""


class BadLab(KnowledgeError):
    """A lab cannot run on these inputs."""
