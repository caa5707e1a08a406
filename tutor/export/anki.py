r"""A paper as an Anki deck, one card an item: the question with its options in front, the key with its reasons behind.

Formulas are \( \) and \[ \], which Anki's MathJax reads. Equal papers give equal bytes: ids come from the items' ids,
all is dated `MADE`, and the database does not name the SQLite that wrote it. As no date says that a note is newer, Anki
takes over what was changed in a note that it has only where «Update notes: Always» is chosen on import.
"""

import itertools
import re
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path

from genanki import Deck, Model, Note, Package

from agents.item import Item
from knowledge.messages import Messages
from tutor.export.graded import digest, file_stem
from tutor.export.markdown_nodes import seen
from tutor.export.shown import how_to_answer, key, options, said, text
from tutor.export.xml_tree import Node, node
from tutor.paper import Paper

WORDS = Messages(Path(__file__).with_name("anki.toml"))
MADE = 1_577_836_800  # seconds since 1970: the first of January of 2020, so that no clock is in the file
FIELDS = ("question", "options", "key", "solution", "sources")
STYLE = """.card { font-family: sans-serif; font-size: 20px; line-height: 1.4; text-align: left; }
.card ul { list-style: none; padding-left: 1em; }
.card li > p { margin: 0.3em 0; }
.card pre { white-space: pre-wrap; }"""
_VERSION_PLACE = slice(96, 100)  # of a database: which SQLite wrote it last (sqlite.org/fileformat.html, section 1.3)
_LITERAL = re.compile(r"\\(?=[()\[\]])")  # would begin or end a formula
_PLAIN_TAGS = frozenset({"p", "pre", "code", "strong", "em", "ul", "ol", "li"})


def anki_files(paper: Paper) -> dict[str, bytes]:
    """The deck as an .apkg, which Anki imports; importing it again adds nothing twice."""
    title = re.sub(":{2,}", lambda found: " ".join(found[0]), " ".join(seen(paper.title).split()))  # no subdecks
    deck = Deck(_number(f"deck {file_stem(paper)} {title}"), f"{title or file_stem(paper)} · {seen(paper.version)}")
    met: Counter[str] = Counter()
    for place, item in enumerate(paper.items, 1):
        name = item.id or item.stem
        met[name] += 1
        deck.add_note(_note(item, digest(name if met[name] == 1 else f"{name} #{met[name]}"), place))
    return {f"{file_stem(paper)}.apkg": _package(deck)}


def _note(item: Item, guid: str, place: int) -> Note:
    ask = node("p", node("em", how_to_answer(item)))
    sources = "; ".join(map(str, item.sources))
    parts = ([*text(item.stem), ask], options(item), key(item), text(item.rationale), [seen(sources)])
    tags = (_tag(tag) for tag in (item.concept, item.bloom, f"difficulty-{item.difficulty}"))
    return Note(
        model=_model(item.language), fields=[_html(part) for part in parts], guid=guid, due=place,
        tags=[tag for tag in tags if tag],
    )  # fmt: skip


@cache
def _model(language: str) -> Model:
    """The kind of note of a language: its fields and both sides of its card."""
    names = {field: said(field, language) for field in FIELDS}
    back = ["{{FrontSide}}", "<hr id=answer>", _shown(names["key"])]
    back += [_shown(names[field]) for field in ("solution", "sources")]
    front = f"{{{{{names['question']}}}}}\n{{{{{names['options']}}}}}"
    name = WORDS.text("note-type", language)
    return Model(
        _number(f"model {name} {names}"), name, fields=[{"name": field} for field in names.values()],
        templates=[{"name": said("question", language), "qfmt": front, "afmt": "\n".join(back)}], css=STYLE,
    )  # fmt: skip


def _shown(name: str) -> str:
    """A field with its name before it, where it holds anything."""
    return f"{{{{#{name}}}}}<h4>{name}</h4>\n{{{{{name}}}}}{{{{/{name}}}}}"


def _tag(text: str) -> str:
    return "-".join(seen(text).split())


def _html(parts: Iterable[Node | str]) -> str:
    return "".join(_element(part) if isinstance(part, Node) else _literal(part) for part in parts)


def _element(part: Node) -> str:
    if part.tag == "br":
        return "<br>"
    if part.tag == "formula":
        content = _escaped("".join(map(str, part.children)))
        return rf"\[{content}\]" if part.attributes.get("display") else rf"\({content}\)"
    assert part.tag in _PLAIN_TAGS, part.tag
    return f"<{part.tag}>{_html(part.children)}</{part.tag}>"


def _literal(text: str) -> str:
    """A text as HTML. What looks like the border of a formula is taken apart: MathJax reads up to the next tag."""
    return "<span>\\</span>".join(map(_escaped, _LITERAL.split(text)))


def _escaped(text: str) -> str:
    """Square brackets too: Anki reads [sound:...], [latex] and [[type:...]] in what is shown."""
    return escape(text).replace("[", "&#91;")


def _number(name: str) -> int:
    """An id that genanki takes, always the same for a name."""
    return (1 << 30) + int(digest(name), 16) % (1 << 30)


def _package(deck: Deck) -> bytes:
    files: Mapping[str, bytes] = {"collection.anki2": _collection(deck), "media": b"{}"}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # how much zlib saves depends on its version
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # not that of the machine
            archive.writestr(entry, content)
    return packed.getvalue()


def _collection(deck: Deck) -> bytes:
    """The database, laid out alike by SQLite of any version: nothing is left over in its free space."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA secure_delete = ON")
        Package(deck).write_to_db(database.cursor(), MADE, itertools.count(MADE * 1000))
        database.commit()
        database.execute("VACUUM")
        content = bytearray(database.serialize())
    content[_VERSION_PLACE] = bytes(4)
    return bytes(content)
