r"""The source of a LaTeX document made whole: comments out, the files that it inputs in, its own macros expanded."""

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.decoding import decode_text
from knowledge.errors import BadDocument
from knowledge.formats.limits import Limits

_MARK = re.compile(
    r"\\begin\{(?P<kept>verbatim\*?|lstlisting|minted|Verbatim)\}|\\begin\{(?P<out>comment)\}"
    r"|\\verb\*?(?P<sign>[^A-Za-z\s*])(?:(?!(?P=sign))[^\n]){0,500}(?P=sign)|\\."
    r"|(?P<comment>%[^\n]*(?:\n[ \t]*(?=[^\s]))?)",
    re.S,
)
_IFFALSE = re.compile(r"\\iffalse\b|\\fi\b|\\else\b|\\if[a-zA-Z@]*")
_INPUT = re.compile(r"\\(?:input|include|subfile)\s*\{([^{}]{1,200})\}|\\input\s+([^\s{}\\]{1,200})")
_DEFINITION = re.compile(
    r"\\(?P<how>(?:re)?newcommand|providecommand|DeclareMathOperator|def|DeclareRobustCommand)\*?\s{0,20}"
    r"(?:\{\s{0,20}\\(?P<braced>[A-Za-z]+)\s{0,20}\}|\\(?P<bare>[A-Za-z]+))\s{0,20}(?:\[(?P<count>\d)\])?(?P<optional>\[[^\]]{0,300}\])?"
    r"(?P<marks>(?:#\d){0,9})\s{0,20}(?=\{)"
)
_INPUTS = 200  # files that one document may input
_PASSES = 12  # macros inside macros inside macros


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of the document's own: how many arguments it takes, and what stands for it."""

    arguments: int
    body: str


def whole_source(data: bytes, path: str, limits: Limits) -> tuple[str, str]:
    """(preamble, body) of a LaTeX file, as LaTeX would see them; a fragment without a preamble is all body.

    Only files in the folder of `path` or under it are input; others, and missing ones, are passed over.

    Raises `BadDocument`: document-binary, document-expands (macros or inputs that grow without end).
    """
    folder = Path(path).absolute().parent
    text = without_comments(decode_text(data, path))
    text = _with_inputs(text, folder, path, limits, {Path(path).resolve()})
    preamble, begin, body = text.partition("\\begin{document}")
    if not begin:
        preamble, body = "", text
    body = body.partition("\\end{document}")[0]
    macros, preamble = _take_definitions(preamble)
    more, body = _take_definitions(body)
    macros |= more
    return _expanded(preamble, macros, path, limits), _expanded(body, macros, path, limits)


def without_comments(text: str) -> str:
    r"""The text without what LaTeX passes over: `%` to the end of the line, `comment` environments, `\iffalse`."""
    kept: list[str] = []
    at = 0
    while mark := _MARK.search(text, at):
        kept.append(text[at : mark.start()])
        at = mark.end()
        if name := mark["kept"] or mark["out"]:
            end = text.find(f"\\end{{{name}}}", at)
            at = len(text) if end < 0 else end + len(f"\\end{{{name}}}")
        if not (mark["comment"] or mark["out"]):
            kept.append(text[mark.start() : at])
    return _without_iffalse("".join([*kept, text[at:]]))


def _without_iffalse(text: str) -> str:
    kept: list[str] = []
    at, depth = 0, 0
    for mark in _IFFALSE.finditer(text):
        word = mark.group()
        if not depth:
            if word == "\\iffalse":
                kept.append(text[at : mark.start()])
                depth = 1
        elif word == "\\fi" or (word == "\\else" and depth == 1):
            depth -= 1
            at = mark.end()
        elif word.startswith("\\if"):
            depth += 1
    if not depth:
        kept.append(text[at:])
    return "".join(kept)


def _with_inputs(text: str, folder: Path, path: str, limits: Limits, seen: set[Path]) -> str:
    def put_in(found: re.Match[str]) -> str:
        file = _inputtable((found[1] or found[2]).strip(), folder)
        if file is None or file in seen:
            return ""
        seen.add(file)
        if len(seen) > _INPUTS or file.stat().st_size > limits.megabytes * 1e6:
            raise BadDocument("document-expands", path=path)
        inner = without_comments(decode_text(file.read_bytes(), str(file)))
        return _with_inputs(inner, folder, path, limits, seen)

    return _INPUT.sub(put_in, text)


def _inputtable(name: str, folder: Path) -> Path | None:
    """The file that `\\input{name}` means, if it is LaTeX in the document's folder or under it."""
    for candidate in (name, f"{name}.tex"):
        try:
            file = (folder / candidate).resolve()
            if file.suffix == ".tex" and file.is_relative_to(folder.resolve()) and file.is_file():
                return file
        except (OSError, ValueError):
            return None
    return None


def _take_definitions(text: str) -> tuple[dict[str, Macro], str]:
    """The macros that the text defines, and the text without their definitions."""
    macros: dict[str, Macro] = {}
    kept: list[str] = []
    at = 0
    while found := _DEFINITION.search(text, at):
        kept.append(text[at : found.start()])
        end = group_end(text, found.end())
        body = text[found.end() + 1 : end - 1]
        if found["how"] == "DeclareMathOperator":
            body = f"\\operatorname{{{body}}}"
        arguments = int(found["count"] or 0) or len(found["marks"]) // 2
        name = found["braced"] or found["bare"]
        # One with an optional argument is left as it is; one that calls itself would never end.
        if not found["optional"] and not re.search(rf"\\{name}(?![A-Za-z])", body):
            macros[name] = Macro(arguments, body)
        at = end
    return macros, "".join([*kept, text[at:]])


def _expanded(text: str, macros: dict[str, Macro], path: str, limits: Limits) -> str:
    if not macros:
        return text
    called = re.compile(r"\\(" + "|".join(sorted(macros, key=len, reverse=True)) + r")(?![A-Za-z@])[ \t]*")
    most = 10 * len(text) + 100_000
    for _ in range(_PASSES):
        pieces: list[str] = []
        at, size = 0, 0
        while found := called.search(text, at):
            macro = macros[found[1]]
            arguments, end = _arguments(text, found.end(), macro.arguments)
            put = re.sub(r"#(\d)", lambda mark, given=arguments: (given + [""] * 9)[int(mark[1]) - 1], macro.body)  # type: ignore[misc]
            # A command that a letter follows needs the space that the macro's name had.
            glue = " " if re.search(r"\\[A-Za-z]+\Z", put) and text[end : end + 1].isalpha() else ""
            pieces += [text[at : found.start()], put, glue]
            size += found.start() - at + len(put)
            if size > min(most, limits.expanded_megabytes * 1e6):
                raise BadDocument("document-expands", path=path)
            space = found.group().endswith(" ") and not macro.arguments and text[end : end + 1] not in {"", "\\", "{"}
            at = end - 1 if space and _in_text(put) else end
        if not pieces:
            break
        text = "".join([*pieces, text[at:]])
    return text


def _in_text(put: str) -> bool:
    """Whether a space after the macro's name is best kept: after a word it is."""
    return put[-1:].isalnum()


def _arguments(text: str, at: int, count: int) -> tuple[list[str], int]:
    found: list[str] = []
    for _ in range(count):
        while text[at : at + 1].isspace():
            at += 1
        if text[at : at + 1] == "{":
            end = group_end(text, at)
            found.append(text[at + 1 : end - 1])
        else:
            command = re.compile(r"\\[A-Za-z]+|.?", re.S).match(text, at)
            end = command.end() if command else at
            found.append(text[at:end])
        at = end
    return found, at


def group_end(text: str, at: int) -> int:
    """Where the group in braces that opens at `at` has ended; the end of the text when it never does."""
    depth = 0
    for mark in re.compile(r"\\.|[{}]", re.S).finditer(text, at):
        if mark.group() == "{":
            depth += 1
        elif mark.group() == "}":
            depth -= 1
            if not depth:
                return mark.end()
    return len(text)
