"""Explanation units: the Markdown of a concept (`en.md`, `es.md`) as values, with the faults found on the way."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from knowledge.course import Unit
from knowledge.course_faults import Fault, at
from knowledge.documents import Citation, Sentence
from knowledge.sentences import split_sentences

KINDS = ("definition", "intuition", "formal", "how", "example", "why", "compare", "mistakes", "faq", "code")
REQUIRED_KINDS = ("definition", "intuition", "example", "why", "mistakes", "faq")
CITING_KINDS = ("definition", "formal", "why", "compare", "mistakes", "faq")
LEVELS = ("beginner", "intermediate", "advanced")
MIN_QUESTIONS = 5

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(?:\{([^{}]*)\})?\s*$")
_CITATION = re.compile(r"\s*\[@([^\]]+)\]")
_END_CITATIONS = re.compile(r"((?:\s*\[@[^\]]+\])+)\s*$")


def parse_units(path: Path, concept: str, language: str, faults: list[Fault]) -> list[Unit]:
    """The units of one Markdown file, FAQ entries one by one; what is wrong is added to `faults`."""
    units: list[Unit] = []
    head: Unit | None = None  # the `##` heading that is open
    block: list[str] = []
    questions = 0

    def fault(line: int, key: str, /, **values: object) -> None:
        faults.append(at(path, line, key, **values))

    def close() -> None:
        if head is not None:
            sentences = tuple(_sentences(block, language))
            if sentences:
                units.append(replace(head, sentences=sentences))
            elif head.kind != "faq" or head.question:
                fault(head.line, "unit-empty", title=head.title)
        block.clear()

    in_code = False
    for line, text in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        in_code ^= text.startswith("```")
        match = None if in_code else _HEADING.match(text)
        if not match:
            block.append(text)
            continue
        depth, title, attributes = len(match[1]), match[2], match[3]
        if depth == 3 and head is not None and head.kind == "faq":
            close()
            questions += 1
            head = replace(head, question=title, number=questions, line=line)
            continue
        close()
        head, questions = None, 0
        if depth == 2:
            head = _head(concept, language, title, attributes, line, fault)
        elif depth != 1:
            fault(line, "heading-depth", depth=depth)
    close()
    return units


def _head(
    concept: str, language: str, title: str, attributes: str | None, line: int, fault: Callable[..., None]
) -> Unit | None:
    marks = (attributes or "").split()
    kinds = [mark[1:] for mark in marks if mark.startswith("#")]
    levels = tuple(mark[1:] for mark in marks if mark.startswith("."))
    if len(kinds) != 1 or kinds[0] not in KINDS:
        fault(line, "heading-kind", title=title, known=", ".join(KINDS))
        return None
    unknown = [level for level in levels if level not in LEVELS]
    known = ", ".join(f".{level}" for level in LEVELS)
    if unknown:
        fault(line, "heading-levels-unknown", title=title, known=known, unknown=", ".join(unknown))
    elif not levels:
        fault(line, "heading-levels", title=title, known=known)
    return Unit(concept, language, kinds[0], 0, title, levels, (), line=line)


def _sentences(lines: list[str], language: str) -> list[Sentence]:
    """Paragraphs to sentences, each with the citations that close its stretch; lists, formulas, code kept whole."""
    found: list[Sentence] = []
    for block in _blocks(lines):
        if block.startswith("```"):
            found.append(Sentence(block))
        elif block.startswith("$$"):
            formula, citations = _end_citations(block)
            found.append(Sentence(formula, citations or (found[-1].citations if found else ())))
        elif block.startswith("- "):
            text, citations = _end_citations(block)
            found.append(Sentence(text, citations))
        else:
            found.extend(_paragraph(block, language))
    return _cite_lists(found)


def _blocks(lines: list[str]) -> list[str]:
    blocks: list[list[str]] = [[]]
    in_code = False
    for line in lines:
        fence = line.startswith("```")
        if fence and not in_code:
            blocks.append([])
        if in_code or fence:
            blocks[-1].append(line)
        elif not line.strip():
            blocks.append([])
        elif line.startswith("- "):
            blocks.append([line.strip()])
        else:
            blocks[-1].append(line.strip())
        if fence and in_code:
            blocks.append([])
        in_code ^= fence
    return ["\n".join(block) for block in blocks if block]


def _paragraph(text: str, language: str) -> list[Sentence]:
    """The sentences of a paragraph. A citation covers the sentences since the one before it."""
    sentences: list[Sentence] = []
    at = 0
    stretches = [*re.finditer(r"((?:\s*\[@[^\]]+\])+)", text), None]
    for match in stretches:
        body = text[at : match.start() if match else len(text)]
        citations = parse_citations(match.group()) if match else ()
        if match:
            at = match.end()
            if at < len(text) and text[at] in ".;,":  # a citation before the full stop belongs to its sentence
                body += text[at]
                at += 1
        sentences.extend(Sentence(sentence, citations) for sentence in split_sentences(body, language))
    return sentences


def _end_citations(text: str) -> tuple[str, tuple[Citation, ...]]:
    match = _END_CITATIONS.search(text)
    return (text[: match.start()].rstrip(), parse_citations(match.group())) if match else (text, ())


def _cite_lists(sentences: list[Sentence]) -> list[Sentence]:
    """A citation after the last item of a list covers the items before it that have none."""
    covered: list[Sentence] = []
    citations: tuple[Citation, ...] = ()
    for sentence in reversed(sentences):
        if not sentence.text.startswith("- "):
            citations = ()
        elif sentence.citations:
            citations = sentence.citations
        else:
            sentence = Sentence(sentence.text, citations)
        covered.append(sentence)
    return covered[::-1]


def parse_citations(text: str) -> tuple[Citation, ...]:
    """`[@devlin2019, §3; @liu2019]` as values."""
    found = []
    for group in _CITATION.findall(text):
        for part in group.split(";"):
            key, _, locator = part.strip().lstrip("@").partition(",")
            found.append(Citation(key.strip(), locator.strip()))
    return tuple(found)
