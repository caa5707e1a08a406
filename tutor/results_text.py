"""The results of an exam as text: questions, reliability, concepts, students, what a person must grade."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from knowledge.formulas import plain_formula
from knowledge.sentences import split_sentences
from tutor.results_words import Words, shortened

Row = dict[str, Any]
MOST_TO_GRADE = 10  # shown; the file has them all
CONCEPT, STUDENT, ANSWER, MISTAKE, LINE = 34, 28, 60, 80, 110  # the most characters
COMMON = 0.1  # of the answers: a mistake, or a blank, that is worth a line
SURE, UNSURE = "!", "?"
_FORMULA = re.compile(r"\$([^$]+)\$")
_DISCRIMINATION = ("low-discrimination", "negative-discrimination")
_TOGETHER = {*_DISCRIMINATION, "unused-distractor"}  # where not sure: many by chance in any small group


def show_results(found: Row) -> str:
    """All of it, in the language of the results."""
    words = Words(found["language"])
    parts = [
        _head(found, words), _questions(found, words), _reliability(found, words), _concepts(found, words),
        _students(found, words), _to_grade(found, words), _notes(found, words),
    ]  # fmt: skip
    return "\n\n".join("\n".join(part) for part in parts if part)


def _head(found: Row, words: Words) -> list[str]:
    versions, students = found["versions"], found["students"]
    points = dict.fromkeys(words.number(version["points"]) for version in versions)
    said = words("sat", students=found["students_count"], questions=len(found["items"]), points=" / ".join(points))
    if len(versions) > 1:
        named = ", ".join(f"{version['version']} ({version['students']})" for version in versions)
        said += " · " + words("versions", versions=named)
    waiting = sum(row["to_grade"] for row in students)
    shares = [row["share"] for row in students if row["share"] is not None]
    share = words.share(sum(shares) / len(shares) if shares else None)
    totals = [row["points"] for row in students]
    mean = words("mean", mean=words.number(found["mean"], 1), share=share, least=words.number(min(totals), 1),
                 most=words.number(max(totals), 1))  # fmt: skip
    return [found["title"], "", said, words("mean-so-far", mean=share, count=waiting) if waiting else mean]


def _questions(found: Row, words: Words) -> list[str]:
    rows = [
        [item["number"], shortened(item["concept_name"], CONCEPT), words(f"kind-{item['kind']}"),
         _interval(item["right"], words), words.fixed(item["discrimination"]["value"]), _level(item, words)]
        for item in found["items"]
    ]  # fmt: skip
    heads, *lines = table(words.heads("questions-heads"), rows, right={0, 3, 4})
    shown = [words("questions"), *_wrapped(words("questions-key")), "", heads]
    for item, line in zip(found["items"], lines, strict=True):
        shown += [line, *(part for said in _about(item, words) for part in _wrapped(said, "      ", "        "))]
    return [*shown, *_together(found["items"], words)]


def _about(item: Row, words: Words) -> Iterator[str]:
    worth = max(1, COMMON * item["answers"])
    for flag in item["flags"]:
        few = flag["flag"] == "omitted" and item["blank"] <= worth
        if not few and (flag["sure"] or flag["flag"] not in _TOGETHER):
            yield f"{SURE if flag['sure'] else UNSURE} {_readable(flag['says'])} {flag['do']}"
    for mistake in item["mistakes"][:1]:
        if mistake["students"] > worth:
            yield "· " + words("mistake", students=mistake["students"], says=_says(mistake, words))


def _together(items: Sequence[Row], words: Words) -> list[str]:
    """What chance alone may have done, in a line for all questions."""
    unsure = {
        name: [item for item in items for flag in item["flags"] if flag["flag"] == name and not flag["sure"]]
        for name in sorted(_TOGETHER)
    }
    low = [item["number"] for item in items if any(item in unsure[name] for name in _DISCRIMINATION)]
    unused = [f"{item['number']} ({_unused(item)})" for item in unsure["unused-distractor"] if _unused(item)]
    said = [words("perhaps-discrimination", questions=", ".join(low))] if low else []
    said += [words("perhaps-options", options=", ".join(unused))] if unused else []
    return ["", *(line for text in said for line in _wrapped(f"{UNSURE} {text}", "", "  "))] if said else []


def _unused(item: Row) -> str:
    return " ".join(use["letter"] for use in item["options"] if use["letter"] and not (use["key"] or use["share"]))


def _says(mistake: Row, words: Words) -> str:
    """What who makes a mistake believes, else what is said to them: its first sentence, without the question behind."""
    said = mistake["believe"] or next(iter(split_sentences(mistake["says"], words.language)), "")
    return shortened(_readable(said) or mistake["misconception"], MISTAKE)


def _readable(text: str) -> str:
    """A text with its formulas as a terminal can show them; matrices stay in LaTeX."""
    return text if "\\begin" in text else _FORMULA.sub(lambda found: plain_formula(found[1]).strip(), text)


def _wrapped(text: str, first: str = "", other: str = "") -> list[str]:
    return wrap(text, LINE, initial_indent=first, subsequent_indent=other, break_long_words=False,
                break_on_hyphens=False)  # fmt: skip


def _level(item: Row, words: Words) -> str:
    level = item["difficulty"]
    return f"{level['stated']} → {words.fixed(level['expected'], 1)}" if level["answers"] else str(level["stated"])


def _reliability(found: Row, words: Words) -> list[str]:
    return [words("reliability"), *(line for said in found["reliability"]["means"] for line in _wrapped(said))]


def _concepts(found: Row, words: Words) -> list[str]:
    rows = []
    for row in found["concepts"]:
        worst = row["mistakes"][0] if row["mistakes"] else None
        says = _says(worst, words) if worst else ""
        rows.append([shortened(row["name"], CONCEPT), str(row["questions"]), _interval(row["right"], words),
                     words("by", says=says, students=worst["students"]) if worst else ""])  # fmt: skip
    return [words("concepts"), *table(words.heads("concepts-heads"), rows, right={1, 2})]


def _students(found: Row, words: Words) -> list[str]:
    heads = words.heads("students-heads")
    rows = [
        [shortened(row["name"] or row["student"], STUDENT), row["version"],
         words("of", points=words.number(row["points"]), of=words.number(row["graded_of"])),
         words.share(row["share"]), str(row["blank"] or ""), str(row["to_grade"] or ""),
         shortened(_weakest(row), CONCEPT)]
        for row in found["students"]
    ]  # fmt: skip
    kept = [at for at in range(len(heads)) if at != 1 or len(found["versions"]) > 1]
    kept = [at for at in kept if at not in (4, 5) or any(row[at] for row in rows)]
    shown = table([heads[at] for at in kept], [[row[at] for at in kept] for row in rows],
                  right={place for place, at in enumerate(kept) if at in (2, 3, 4, 5)})  # fmt: skip
    return [words("students"), *shown]


def _weakest(row: Row) -> str:
    return next((concept["name"] for concept in row["concepts"] if concept["concept"] == row["weakest"]), "")


def _to_grade(found: Row, words: Words) -> list[str]:
    waiting = [row for row in found["to_grade"] if row["points"] is None]
    if not waiting:
        return []
    lines = [
        words("to-grade-row", student=row["name"] or row["student"], number=_place(row, found),
              answer=shortened(row["answer"], ANSWER), reason=row["why"])
        for row in waiting[:MOST_TO_GRADE]
    ]  # fmt: skip
    if len(waiting) > MOST_TO_GRADE:
        lines.append(words("to-grade-more", count=len(waiting) - MOST_TO_GRADE))
    file = next((file for file in found["files"] if file.endswith("to-grade.csv")), "")
    how = words("to-grade-how", file=file) if file else words("to-grade-write")
    return [words("to-grade"), *lines, "", *_wrapped(how)]


def _place(row: Row, found: Row) -> str:
    return f"{row['version']}{row['number']}" if len(found["versions"]) > 1 else str(row["number"])


def _notes(found: Row, words: Words) -> list[str]:
    files = [file.replace("\\", "/").rpartition("/") for file in found["files"]]
    written = [words("note-written", path=files[0][0], files=", ".join(name for *_, name in files))] if files else []
    return [words("notes"), *(line for said in (*found["notes"], *written) for line in _wrapped(said, "· ", "  "))]


def _interval(found: Row, words: Words) -> str:
    if found["value"] is None:
        return "–"
    lo, hi = (f"{100 * found[end]:.0f}" for end in ("lo", "hi"))
    return f"{words.share(found['value'])} [{lo}–{hi}]"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: set[int]) -> list[str]:
    """Lines in columns, the heads first. `right`: the columns of numbers."""
    widths = [max(_width(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    return [
        "  ".join(_padded(cell, widths[at], at in right) for at, cell in enumerate(row)).rstrip()
        for row in (heads, *rows)
    ]


def _padded(cell: str, width: int, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(bool(unicodedata.combining(char)) for char in text)
