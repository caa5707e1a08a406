"""The chat graph for LangGraph's own tools (`langgraph.json` names it): a debugger for those who use them."""

from typing import Any

from tutor.tutor import Tutor


def graph_for_studio() -> Any:
    """The compiled graph over the course and the person's library; the tool keeps the threads.

    Input: `question`, and `language` ("es" or "en").
    """
    return Tutor().studio_graph()
