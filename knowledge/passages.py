"""Passages of a user's document: about 120 words each, inside one section, between sentences.

Short enough for an encoder that reads 256 word pieces, long enough to hold a definition with its reason.
"""

from collections.abc import Iterator

from knowledge.blocks import Block, markdown_blocks
from knowledge.documents import Document, Passage, Section, Sentence
from knowledge.sentences import split_sentences

TARGET_WORDS = 120  # a passage takes no further sentence that would bring it over this
FEWEST_WORDS = 40  # a shorter passage goes on with part of the next paragraph, or joins the one before


def passages_of(document: Document, target: int = TARGET_WORDS) -> tuple[Passage, ...]:
    """The document's passages in order, with ids `<document id>:1`, `<document id>:2`, ...

    Every sentence of every section stands in exactly one passage. A list item, a code block, a `$$` formula
    and a table are one sentence each. A passage holds at most a third more than `target` words, unless it
    is a single longer sentence. The same document always gives the same passages.
    """
    packed = ((section, pack) for section in document.sections for pack in _packs(section, document.language, target))
    return tuple(
        Passage(
            id=f"{document.id}:{number}",
            document=document.id,
            title=document.title,
            path=document.path,
            language=document.language,
            headings=section.headings,
            locator=section.locator,
            sentences=tuple(Sentence(text) for text in pack),
            url=document.url,
        )
        for number, (section, pack) in enumerate(packed, start=1)
    )


def _packs(section: Section, language: str, target: int) -> list[list[str]]:
    """The section's sentences, packed: whole blocks while they fit, else sentence by sentence."""
    packs: list[list[str]] = []
    for block in markdown_blocks(section.text):
        sentences = list(_sentences(block, language))
        together = packs and _words(packs[-1]) + _words(sentences) <= target
        if together:
            packs[-1].extend(sentences)
            continue
        if not packs or _words(packs[-1]) >= _fewest(target):
            packs.append([])
        for sentence in sentences:
            if packs[-1] and _words([*packs[-1], sentence]) > target:
                packs.append([])
            packs[-1].append(sentence)
    return _without_short_tail([pack for pack in packs if pack], target)


def _without_short_tail(packs: list[list[str]], target: int) -> list[list[str]]:
    if len(packs) < 2 or _words(packs[-1]) >= _fewest(target):
        return packs
    *before, last, tail = packs
    if _words(last) > target:
        return packs
    return [*before, [*last, *tail]]


def _sentences(block: Block, language: str) -> Iterator[str]:
    if block.kind == "paragraph":
        yield from split_sentences(block.text, language)
    else:
        yield block.text


def _fewest(target: int) -> int:
    return target * FEWEST_WORDS // TARGET_WORDS


def _words(sentences: list[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)
