"""The words of a summary's files in both languages, and how things are counted in them."""

from pathlib import Path

from knowledge.messages import LANGUAGES, Messages

WORDS = Messages(Path(__file__).with_name("words.toml"))
ENGLISH = "en"


def said(name: str, language: str, **values: object) -> str:
    """A word or sentence; English where the summary is in neither language of the product."""
    return WORDS.text(name, language if language in LANGUAGES else ENGLISH, **values)


def said_or(name: str, language: str, otherwise: str) -> str:
    """The word for a name that others give (a reason, a verdict), or `otherwise` for one that has none."""
    return said(name, language) if WORDS.has(name) else otherwise


def counted(thing: str, count: int, language: str) -> str:
    """So many documents, quotations, drafts: "1 document", "3 documentos"."""
    return said(f"count.{thing}.{'one' if count == 1 else 'many'}", language, n=count)


def quoted(text: str, language: str) -> str:
    """A text in the quotation marks of a language."""
    return said("quotation", language, text=text)
