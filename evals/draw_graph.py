"""Draw the graphs into docs/graph.md, from the graphs themselves: `python -m evals.draw_graph`."""

from pathlib import Path

from tutor.graphs.exam import build_exam_graph
from tutor.graphs.research import build_research_graph
from tutor.graphs.turn import build_graph

FILE = Path(__file__).parent.parent / "docs" / "graph.md"
TEXT = """# The graphs

Drawn from `tutor/graphs/` by `python -m evals.draw_graph`; do not edit them by hand. Solid arrows are always taken,
dotted ones are chosen by code.

## A turn of a conversation

Small talk needs no evidence, and Atenea explains only what its evidence answers. Where a person's own documents say
nothing to what they are asked to summarise, the course is asked. A follow-up that the rules of `plan` cannot place may
be read by a chat model; it chooses among listed concepts.

```mermaid
{turn}
```

## An exam

What cannot be drawn is planned anew, and what breaks a rule on the whole paper is drawn again. `review` waits for the
teacher as long as it takes, and is passed by where no review is asked for.

```mermaid
{exam}
```

## A question of a researcher

`search` runs once for each question that the question is made of, `read` once for each document found.

```mermaid
{research}
```
"""


def draw() -> str:
    """The page: the graphs as Mermaid pictures, which GitHub and most editors show."""
    graphs = {"turn": build_graph(None), "exam": build_exam_graph(None), "research": build_research_graph()}
    return TEXT.format(**{name: graph.get_graph().draw_mermaid().strip() for name, graph in graphs.items()})


if __name__ == "__main__":
    FILE.write_text(draw(), encoding="utf-8")
