"""A part of the course as a graph in Graphviz's language: arrows lead from what is needed to what needs it.

Each concept says how it stands by a sign and by its share as well as by its colour. Text is dark on light boxes, which
both themes show.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

SIGNS = {"unseen": "○", "begun": "◔", "good": "◕", "mastered": "●"}
FILLS = {"unseen": "#eceae3", "begun": "#f7e3b0", "good": "#c5e0f2", "mastered": "#b5e0cd"}
TEXT, LINE, NEXT = "#25302e", "#7f8a87", "#0f6b62"
_HEAD = [
    'digraph { bgcolor="transparent"; rankdir="TB"; nodesep="0.25"; ranksep="0.4";',
    'node [shape="box" style="rounded,filled" fontname="Source Sans Pro, Helvetica, Arial, sans-serif"'
    f' fontsize="13" fontcolor="{TEXT}" color="{LINE}" margin="0.14,0.07"];',
    f'edge [color="{LINE}" arrowsize="0.7"];',
]


def drawn_part(concepts: Iterable[Mapping[str, Any]], topic: str, marked: str, share: Callable[[float], str]) -> str:
    """The concepts of a topic with what they need from other parts, which is dashed. `concepts`: all of the course, as
    `LearnerMap.draw` gives them; `marked`: the one that comes next, with a heavy frame."""
    known = {concept["id"]: concept for concept in concepts}
    own = [concept for concept in known.values() if concept["topic"] == topic]
    inside = {concept["id"] for concept in own}
    edges = [(before, concept["id"]) for concept in own for before in concept["prerequisites"] if before in known]
    others = [known[name] for name in dict.fromkeys(before for before, _ in edges if before not in inside)]
    nodes = [_node(concept, concept["id"] == marked, share) for concept in own]
    nodes += [_outside(concept) for concept in others]
    lines = [f"{_quoted(before)} -> {_quoted(after)};" for before, after in edges]
    return "\n".join([*_HEAD, *nodes, *lines, "}"])


def _node(concept: Mapping[str, Any], marked: bool, share: Callable[[float], str]) -> str:
    under = "" if concept["band"] == "unseen" else f"\n{share(concept['mastery'])}"
    label = f"{SIGNS[concept['band']]} {'↻ ' if concept['due'] else ''}{_short(concept['name'])}{under}"
    frame = f' color="{NEXT}" penwidth="3"' if marked else ""
    return f'{_quoted(concept["id"])} [label={_quoted(label)} fillcolor="{FILLS[concept["band"]]}"{frame}];'


def _outside(concept: Mapping[str, Any]) -> str:
    label = f"{SIGNS[concept['band']]} {_short(concept['name'])}"
    return f'{_quoted(concept["id"])} [label={_quoted(label)} style="rounded,dashed,filled" fillcolor="#dfe3e1"];'


def _short(name: str) -> str:
    """A name without what stands in brackets, cut in two lines where it is long."""
    bare = name.partition(" (")[0]
    middle = bare.find(" ", len(bare) // 2)
    return bare if len(bare) < 22 or middle < 0 else f"{bare[:middle]}\n{bare[middle + 1 :]}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
