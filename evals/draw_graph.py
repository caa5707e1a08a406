"""Draw the chat graph into docs/graph.md, from the graph itself: `python -m evals.draw_graph`."""

from pathlib import Path

from tutor.graph import build_graph

FILE = Path(__file__).parent.parent / "docs" / "graph.md"
TEXT = """# The chat graph

One turn of a conversation, drawn from `tutor/graph.py` by `python -m evals.draw_graph`; do not edit it by hand.
Solid arrows are always taken, dotted ones are chosen by code: small talk needs no evidence, and Atenea explains only
what its evidence answers.

```mermaid
{picture}
```
"""


def draw() -> str:
    """The page: the graph as a Mermaid picture, which GitHub and most editors show."""
    return TEXT.format(picture=build_graph(None).get_graph().draw_mermaid().strip())


if __name__ == "__main__":
    FILE.write_text(draw(), encoding="utf-8")
