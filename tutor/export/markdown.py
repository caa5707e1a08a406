"""An exam as Markdown, for an editor, a repository or pandoc: the exam, and its key in a file of its own."""

from agents.item import Item
from tutor.export.graded import file_stem
from tutor.export.markdown_text import plain, written
from tutor.export.shown import counted, how_to_answer, key, options, proof, said, text
from tutor.export.xml_tree import Node, node
from tutor.paper import Paper

ROOM = "…" * 12  # to write in


def markdown_files(paper: Paper) -> dict[str, bytes]:
    """The exam and its key ("-key"), which alone holds answers: CommonMark with $formulas$, a heading an item."""
    name = file_stem(paper)
    exam = [*_head(paper), _fields(paper), *(_asked(paper, item, at) for at, item in enumerate(paper.items, 1))]
    solved = [_solved(paper, item, at) for at, item in enumerate(paper.items, 1)]
    key_file = [*_head(paper, said("key", paper.language)), *solved, *_made(paper)]
    return {f"{name}.md": _file(exam), f"{name}-key.md": _file(key_file)}


def _file(parts: list[str]) -> bytes:
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _head(paper: Paper, *named: str) -> list[str]:
    """The title, and a line with what this is, its version and how much there is of what."""
    counts = {"question": len(paper.items), "minute": paper.minutes, "point": paper.points}
    line = [*named, f"{said('version', paper.language)} {paper.version}"]
    line += [counted(thing, count, paper.language) for thing, count in counts.items()]
    return [f"# {plain(paper.title) or said('exam', paper.language)}", plain(" · ".join(line), begins=True)]


def _fields(paper: Paper) -> str:
    fields = (said(field, paper.language) for field in ("name", "date", "group"))
    return "\n".join(f"- {field}: {ROOM}" for field in fields)


def _heading(paper: Paper, item: Item, place: int) -> str:
    question = said("question", paper.language)
    return "## " + plain(f"{question} {place} ({counted('point', item.points, paper.language)})")


def _asked(paper: Paper, item: Item, place: int) -> str:
    """What a student sees of an item."""
    ask = node("p", node("em", how_to_answer(item)))
    room = "" if item.options and item.kind not in ("order", "match") else _room(item)
    return "\n\n".join(
        part for part in (_heading(paper, item, place), written([*text(item.stem), ask, *options(item)]), room) if part
    )


def _room(item: Item) -> str:
    return f"{said('answer', item.language)}: {ROOM}"


def _solved(paper: Paper, item: Item, place: int) -> str:
    """The key of an item, why it is right, and how that is known."""
    parts = [_heading(paper, item, place), written(key(item))]
    if item.rationale:
        parts += [_label("solution", paper.language), written(text(item.rationale))]
    if item.sources:
        parts.append(f"{_label('sources', paper.language)} {plain('; '.join(map(str, item.sources)))}")
    parts.append(f"{_label('proof', paper.language)} {plain(proof(item, paper.language))}")
    return "\n\n".join(parts)


def _label(name: str, language: str) -> str:
    return written([Node("p", {}, (node("strong", f"{said(name, language)}:"),))])


def _made(paper: Paper) -> list[str]:
    """Which blueprint and seed give this paper again."""
    if not paper.blueprint:
        return []
    return [plain(said("made", paper.language, blueprint=paper.blueprint, seed=paper.seed), begins=True)]
