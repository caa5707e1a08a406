"""Sentences of a Markdown text, in Spanish and English.

`sentencex` finds the borders; formulas and code are hidden from it, and its known errors are mended
(it splits after "et al." in Spanish and inside some abbreviations).
"""

import re

import sentencex

_ATOM = re.compile(r"\$\$.*?\$\$|\$(?!\s)[^$\n]+(?<!\s)\$(?!\d)|`[^`\n]+`|https?://\S*[^\s.,;:!?)\]*_]", re.S)
_MARKS = {0xE000: None, 0xE001: None}  # private characters that some PDFs hold, and that stand for an atom here
_HIDDEN = re.compile("\ue000(\\d+)\ue001")
# A sentence that ends here has not ended: abbreviations, initials, and "Fig." or "§" before a number.
_OPEN_END = re.compile(
    r"\b(?:et al|p\. ?ej|e\. ?g|i\. ?e|cf|vs|figs?|eq|ec|sec|tab|cap|núm|pág|pp|vol|dra?|sra?|prof|aprox|eds?)\.\s*$",
    re.I,
)


def split_sentences(text: str, language: str) -> list[str]:
    """The sentences of one paragraph, in order, trimmed, each as it was written.

    Formulas (`$...$`, `$$...$$`), code spans and links stay whole, whatever points they hold.
    """
    atoms: list[str] = []

    def hide(match: re.Match[str]) -> str:
        atoms.append(match.group())
        return f"\ue000{len(atoms) - 1}\ue001"

    hidden = _ATOM.sub(hide, " ".join(text.translate(_MARKS).split()))
    pieces: list[str] = []
    for piece in sentencex.segment(language, hidden):
        if pieces and _continues(pieces[-1], piece):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    shown = (_HIDDEN.sub(lambda found: atoms[int(found[1])], piece).strip() for piece in pieces)
    return [sentence for sentence in shown if sentence]


def _continues(before: str, piece: str) -> bool:
    return bool(_OPEN_END.search(before)) or piece.lstrip()[:1].islower()
