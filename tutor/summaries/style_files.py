"""Citation styles as files: those that are shipped, by name and language, and the researcher's own, read with care."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lxml import etree

from tutor.errors import BadSummary

FOLDER = Path(__file__).with_name("styles")
# By name: its file in English, and in Spanish where that is another.
SHIPPED: Mapping[str, tuple[str, str]] = {
    "apa": ("apa", "apa-no-ampersand"),
    "chicago": ("chicago-author-date", "chicago-author-date"),
    "harvard": ("harvard-cite-them-right", "harvard-cite-them-right"),
    "ieee": ("ieee", "ieee"),
    "iso690": ("iso690-author-date-en", "iso690-author-date-es"),
    "mla": ("modern-language-association", "modern-language-association"),
    "nature": ("nature", "nature"),
    "vancouver": ("nlm-citation-sequence", "nlm-citation-sequence"),
}
MOST_BYTES = 2_000_000  # of a style; the longest of those shipped has 168,000
NAMESPACE = "{http://purl.org/net/xbiblio/csl}"


def style_source(name: str, language: str) -> bytes:
    """The XML of a style, by its name (`SHIPPED`) or by the path of a .csl file.

    Raises `BadSummary`: no such style or file, a file that is no style, one without rules for a list of references.
    """
    if name in SHIPPED:
        return _shipped(SHIPPED[name][language == "es"], language)
    path = Path(name).expanduser()
    try:
        if not path.is_file():
            raise BadSummary("style-unknown", style=name, known=", ".join(SHIPPED))
        with path.open("rb") as file:
            source = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # a NUL in the name
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise BadSummary("style-unreadable", path=path, reason=reason) from error
    return _checked(source, path)


@cache
def _shipped(name: str, language: str) -> bytes:
    """The style; in Spanish without the comma before the last name, which English has and Spanish has not."""
    source = (FOLDER / f"{name}.csl").read_bytes()
    if language != "es":
        return source
    tree = etree.fromstring(source)
    for element in (tree, *tree.iter(f"{NAMESPACE}name")):
        element.set("delimiter-precedes-last", "never")
    written: bytes = etree.tostring(tree, encoding="UTF-8")
    return written


def _checked(source: bytes, path: Path) -> bytes:
    """The style as XML without a document type, so that no entity is in it. Raises `BadSummary`."""
    if len(source) > MOST_BYTES:
        raise BadSummary("style-not-csl", path=path)
    try:
        tree = etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise BadSummary("style-not-csl", path=path) from error
    if tree.tag != f"{NAMESPACE}style" or any(one.tag is etree.Entity for one in tree.iter()):
        raise BadSummary("style-not-csl", path=path)
    if tree.find(f"{NAMESPACE}bibliography") is None:
        parent = tree.find(f"{NAMESPACE}info/{NAMESPACE}link[@rel='independent-parent']")
        if parent is not None:
            raise BadSummary("style-dependent", path=path, parent=parent.get("href", ""))
        raise BadSummary("style-no-bibliography", path=path, known=", ".join(SHIPPED))
    written: bytes = etree.tostring(tree, encoding="UTF-8")
    return written
