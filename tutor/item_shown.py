"""An item as a teacher sees it: question, key, solution, sources, and every check of its proof by name. All Markdown is
safe to draw: texts of items come out as themselves."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from agents.item import Check, Item
from agents.item_rules import RULES
from knowledge.bibliography import Source
from knowledge.messages import Messages
from tutor.export.markdown_text import plain, written
from tutor.export.shown import QUOTING, how_to_answer, key, options, said, text
from tutor.export.xml_tree import Node
from tutor.item_details import detail_in

CHECKS = Messages(Path(__file__).with_name("item_checks.toml"))
MOST_TITLE = 110  # characters
_PLACE = re.compile(r"(?<=”) \((.*?)\)(?= / “|$)")  # behind a quotation: keys of the literature and places in it


def item_shown(item: Item, language: str, literature: Mapping[str, Source]) -> dict[str, Any]:
    """`question`, `options` (with their letters), `key`, `solution`, `hints`: Markdown in the item's language; `asks`:
    how it is to be answered; `sources` as `_source` says, and `quotes`, what they say, without the sources' keys behind
    it; `method` and `checks` of its proof in `language`, each check as `check_rows` says."""
    checks = item.proof.checks
    return {
        "title": title(item), "question": written(text(item.stem)), "options": list(_options(item)),
        "key": written(key(item)), "asks": plain(how_to_answer(item)), "solution": written(text(item.rationale)),
        "hints": [written(text(hint)) for hint in item.hints],
        "sources": [_source(source, literature) for source in item.sources],
        "quotes": [
            plain(_PLACE.sub("", check.detail))
            for check in checks if check.ok and check.name in QUOTING and check.detail
        ],
        "method": said(f"method.{item.proof.method}", language), "proven": item.proof.holds,
        "checks": check_rows(checks, language),
    }  # fmt: skip


def _options(item: Item) -> Iterable[str]:
    for block in options(item):
        for entry in block.children:
            assert isinstance(entry, Node)
            yield written(part for part in entry.children if isinstance(part, Node))


def _source(cited: str, literature: Mapping[str, Source]) -> dict[str, str]:
    """What is cited as a reader knows it, the place in it, its title and where it lies; the key alone where the course
    does not know it."""
    name, _, place = cited.partition(" ")
    known = literature.get(name)
    return {
        "label": plain(known.label if known else name), "place": plain(place),
        "title": plain(known.title) if known else "", "url": known.url if known else "",
    }  # fmt: skip


def check_rows(checks: Iterable[Check], language: str) -> list[dict[str, Any]]:
    """What each check says when it holds (`says`), whether it does (`ok`), what was found (`detail`, safe Markdown),
    and whether it is one on wording alone (`wording`)."""
    return [
        {"name": check.name, "says": check_name(check.name, language), "ok": check.ok,
         "detail": plain(detail_in(check.detail, language)), "wording": check.name in RULES}
        for check in checks
    ]  # fmt: skip


def check_name(name: str, language: str) -> str:
    """What a check says when it holds; its name where nothing says it."""
    return CHECKS.text(name, language) if CHECKS.has(name) else name


def title(item: Item) -> str:
    """The beginning of the question in one line, without a formula cut in two."""
    words = " ".join(item.stem.split())
    if len(words) > MOST_TITLE:
        words = words[:MOST_TITLE].rsplit(" ", 1)[0]
        words = words[: words.rindex("$")] if words.count("$") % 2 else words
        words = f"{words.rstrip()} …"
    return " ".join(written(text(words)).split())
