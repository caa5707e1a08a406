"""Draw the graphs into docs/graph.md, from the graphs themselves: `python -m evals.draw_graph`."""

from pathlib import Path

from tutor.graphs.exam import build_exam_graph
from tutor.graphs.turn import build_graph

FILE = Path(__file__).parent.parent / "docs" / "graph.md"
TEXT = """# The graphs

Drawn from `tutor/graphs/` by `python -m evals.draw_graph`; do not edit them by hand. Solid arrows are always taken,
dotted ones are chosen by code.

## A turn of a conversation

Small talk needs no evidence, and Atenea explains only what its evidence answers.

```mermaid
{turn}
```

## An exam

What cannot be drawn is planned anew, and what breaks a rule on the whole paper is drawn again. `review` waits for the
teacher as long as it takes, and is passed by where no review is asked for.

```mermaid
{exam}
```
"""


def draw() -> str:
    """The page: the graphs as Mermaid pictures, which GitHub and most editors show."""
    turn, exam = (graph.get_graph().draw_mermaid().strip() for graph in (build_graph(None), build_exam_graph(None)))
    return TEXT.format(turn=turn, exam=exam)


if __name__ == "__main__":
    FILE.write_text(draw(), encoding="utf-8")
