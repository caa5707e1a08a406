"""Plain text: sections of about a hundred words, each found by its line."""

from knowledge.decoding import decode_text
from knowledge.formats.content import Content
from knowledge.formats.limits import Limits
from knowledge.sections import sections_of


def read_text(data: bytes, path: str, limits: Limits) -> Content:  # noqa: ARG001  readers are called alike
    """A text's sections with their lines ("l. 7"). Raises `BadDocument("document-binary")`."""
    # Indentation would make code of a paragraph, and here it is layout.
    text = "\n".join(line.strip() for line in decode_text(data, path).split("\n"))
    return Content(sections_of(text, with_headings=False))
