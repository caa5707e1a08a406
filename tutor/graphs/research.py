"""The research graph: a question becomes questions, each is searched, each document found is read, then all is written.

Searching and reading fan out (LangGraph's Send): one task a question, one a document. State is plain data: questions,
ids of documents, evidence by places; what the nodes work with comes in the runtime context.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from operator import add
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from agents.research.researcher import DOCUMENTS, Evidence, Researcher
from agents.research.summary import Summary


@dataclass(frozen=True)
class ResearchParts:
    """What the nodes work with. `said`: hears of each step as it is done (its name, how many of how many)."""

    researcher: Researcher
    said: Callable[[str, int, int], None] = lambda *_: None


class ResearchState(TypedDict, total=False):
    """One question. `found`: documents that each question found, best first; `summary`: as `Summary`."""

    question: str
    language: str
    questions: list[str]
    found: Annotated[list[list[str]], add]
    evidence: Annotated[list[Evidence], add]
    documents: list[str]
    summary: Summary


class _Asked(TypedDict):
    """One question to search for."""

    asked: str
    language: str


class _Read(TypedDict):
    """One document to read for all questions."""

    document: str
    questions: list[str]
    language: str


def plan(state: ResearchState, runtime: Runtime[ResearchParts]) -> ResearchState:
    """The questions that the question is made of."""
    return {"questions": list(runtime.context.researcher.plan(state["question"], state["language"]))}


def each_question(state: ResearchState) -> list[Send]:
    """One search a question."""
    return [Send("search", _Asked(asked=asked, language=state["language"])) for asked in state["questions"]]


def search(state: _Asked, runtime: Runtime[ResearchParts]) -> ResearchState:
    """The documents that one question finds."""
    return {"found": [runtime.context.researcher.search(state["asked"], state["language"])]}


def choose(state: ResearchState, runtime: Runtime[ResearchParts]) -> ResearchState:
    """The documents to read: what the questions found, in turn, best first."""
    longest = max((len(found) for found in state["found"]), default=0)
    in_turn = [found[place] for place in range(longest) for found in state["found"] if place < len(found)]
    chosen = list(dict.fromkeys(in_turn))[:DOCUMENTS]
    runtime.context.said("search", len(chosen), len(chosen))
    return {"documents": chosen}


def each_document(state: ResearchState) -> list[Send] | str:
    """One reading a document; nothing to read is written up at once."""
    return [
        Send("read", _Read(document=name, questions=state["questions"], language=state["language"]))
        for name in state["documents"]
    ] or "write"


def read(state: _Read, runtime: Runtime[ResearchParts]) -> ResearchState:
    """What one document says."""
    found = runtime.context.researcher.read(state["document"], state["questions"], state["language"])
    runtime.context.said("read", 1, 0)
    return {"evidence": found}


def write(state: ResearchState, runtime: Runtime[ResearchParts]) -> ResearchState:
    """The audited summary of all the evidence, whatever order it came in."""
    evidence = sorted(state.get("evidence", []), key=lambda row: (-float(row["relevance"]), str(row["passage"])))
    runtime.context.said("write", len(evidence), len(evidence))
    return {"summary": runtime.context.researcher.write(state["questions"], state["language"], evidence)}


def build_research_graph() -> "CompiledStateGraph[Any, Any, Any, Any]":
    """The compiled graph."""
    graph = StateGraph(ResearchState, context_schema=ResearchParts)
    for node in (plan, search, choose, read, write):
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "plan")
    graph.add_conditional_edges("plan", each_question, ["search"])
    graph.add_edge("search", "choose")
    graph.add_conditional_edges("choose", each_document, ["read", "write"])
    graph.add_edge("read", "write")
    graph.add_edge("write", END)
    return graph.compile()


def run_research(
    researcher: Researcher, question: str, language: str, said: Callable[[str, int, int], None]
) -> Summary:
    """The summary of what the researcher's documents say to a question."""
    graph = build_research_graph()
    start: ResearchState = {"question": question, "language": language, "found": [], "evidence": []}
    final = graph.invoke(start, context=ResearchParts(researcher, said), version="v2").value
    summary: Summary = final["summary"]
    return summary


def summary_row(summary: Summary) -> dict[str, Any]:
    """A summary as plain data."""
    return asdict(summary)
