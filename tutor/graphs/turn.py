"""The chat graph: plan, gather evidence, explain with every sentence verified, remember.

Nodes are plain functions of typed state; what they work with comes in the runtime context, so that state is only data
and survives a crash. Passages are kept in state by id. The answer is acknowledged by the caller after the
checkpoint is written.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agents.citations import Citations
from agents.dialogue_acts import ACTS, dialogue_acts
from agents.evidence import Pack
from agents.explainer import Spoken, Tally, whole_answer
from agents.listener import HungUp, listener_gone
from agents.plan import Memory, Plan
from knowledge.corpus import Corpus
from knowledge.documents import digest
from tutor.claim_rows import claim_row
from tutor.graphs.chat_state import ChatState, after, memory_of, plan_of, withheld_in
from tutor.graphs.threads import finished
from tutor.graphs.turn_summary import summarise
from tutor.learner.reply import WITH_LEARNER, Reply
from tutor.parts import REPLIES, Parts
from tutor.suggestions import suggest

SMALL_TALK = frozenset({"greeting", "thanks", "unsafe", "distress"})
SUMMARISE = "summarise"  # the act that asks for what the person's own documents say
OFF_TOPIC = "off_topic"
NOT_EXPLAINED = SMALL_TALK | ACTS | WITH_LEARNER | {SUMMARISE}
SHORTLIST = 8  # concepts among which a second reader chooses


def plan(state: ChatState, runtime: Runtime[Parts]) -> ChatState:
    """What the message is about."""
    memory = memory_of(state)
    planner = runtime.context.planner
    level = planner.choose_level(state.get("level", ""), memory)
    made = planner.plan(state["question"], state["language"], level, memory)
    made = _of_pupil(made, state, runtime.context)
    made = _read_again(made, memory, state, runtime.context)
    if made.intent in ACTS and not (made.topic or made.carried):
        # the likeliest concept of words that ask for an exercise is none that was named
        made = replace(made, concepts=made.others, others=(), named=bool(made.others))
    made = replace(made, conversation=digest(state["thread"]) if state.get("thread") else "")
    return {"plan": asdict(made), "level": made.level, "language": made.language, "exercise": None, "engine": ""}


def _of_pupil(made: Plan, state: ChatState, parts: Parts) -> Plan:
    """The plan with what is known of who asks."""
    return parts.pupil.planned(made, state["question"], state.get("level", "")) if parts.pupil is not None else made


def _read_again(made: Plan, memory: Memory, state: ChatState, parts: Parts) -> Plan:
    """Where the rules find nothing that the sources answer: the plan that a second reader makes of the message, if they
    answer that one. It asks for an explanation; what is done for or to a learner is the rules' alone."""
    if parts.reader is None or made.intent in NOT_EXPLAINED or parts.gatherer.gather(made, memory).answerable:
        return made
    shortlist = parts.planner.shortlist(state["question"], made.language, SHORTLIST)
    other = parts.reader.read(made, memory, shortlist)
    other = _of_pupil(other, state, parts) if other is not None else None
    if other is None or other.intent in NOT_EXPLAINED or not parts.gatherer.gather(other, memory).answerable:
        return made
    return other


def gather(state: ChatState, runtime: Runtime[Parts]) -> ChatState:
    """The evidence pack, by passage ids; facts of the table are passages that the course makes on demand."""
    pack = runtime.context.gatherer.gather(plan_of(state), memory_of(state))
    return {"pack": {**asdict(pack), "passages": [passage.id for passage in pack.passages]}}


def explain(state: ChatState, runtime: Runtime[Parts]) -> ChatState:
    """The answer, sentence by sentence; each goes out as it is verified."""
    parts, made, memory = runtime.context, plan_of(state), memory_of(state)
    pack = _pack(state, parts.corpus)
    tally, spoken, rows = Tally(), [], []
    for item in parts.explainer.explain(made, pack, memory, tally, withheld_in(parts)):
        if listener_gone():
            raise HungUp  # the turn ends here, and nothing of it is kept
        row = _row(item, parts.citations)
        spoken.append(item)
        rows.append(row)
        runtime.stream_writer({"kind": "sentence", "passage": item.passage, **row, "sources": parts.citations.sources})
    answer = whole_answer([(item.text, item.passage, row["citations"]) for item, row in zip(spoken, rows, strict=True)])
    notes = _notes(pack, made.language, bool(spoken) or bool(tally.withheld))
    if tally.withheld:
        notes.append(REPLIES.text("withheld", made.language))
    if made.exercise and spoken:
        notes.append(REPLIES.text("back-to-exercise", made.language))
    if tally.failed:
        notes.append(REPLIES.text("model-failed", made.language))
    return {
        "sentences": rows, "sources": parts.citations.sources, "answer": "\n\n".join(filter(None, (answer, *notes))),
        "missing": list(pack.missing) or ([] if spoken else list(made.focus) or [state["question"].strip()]),
        "abstained": not spoken or pack.undisclosed is not None, "tally": asdict(tally),
        "next": suggest(parts.corpus.course, made, memory, REPLIES),
        "memory": asdict(after(memory, made, spoken, state)), "engine": tally.engine(parts.explainer.writer.name),
    }  # fmt: skip


def abstain(state: ChatState, runtime: Runtime[Parts]) -> ChatState:
    """An honest reply when the sources do not answer; the thread's topic stays what it was."""
    parts, made, memory = runtime.context, plan_of(state), memory_of(state)
    missing = list(state["pack"]["missing"]) or list(made.focus)
    shown = ", ".join(missing)
    intent = made.intent
    if not made.named and not made.concepts:
        intent = OFF_TOPIC
        text = REPLIES.text("off-topic", made.language, course=parts.course_title[made.language])
    elif shown:
        text = REPLIES.text("abstain", made.language, missing=shown)
    else:
        text = REPLIES.text("abstain-bare", made.language)
    return {
        "sentences": [], "sources": [], "answer": text, "missing": missing or [state["question"].strip()],
        "abstained": True, "tally": {}, "next": suggest(parts.corpus.course, made, memory, REPLIES),
        "memory": asdict(after(memory, None, [], state)), "plan": {**state["plan"], "intent": intent},
    }  # fmt: skip


def act(state: ChatState, runtime: Runtime[Parts]) -> ChatState:
    """What a message asks for beyond an explanation: an exercise and its help, a plan, a check."""
    parts, made, memory = runtime.context, plan_of(state), memory_of(state)
    if made.intent == "check_claim":
        return _checked(state, parts, made)
    if parts.pupil is None:
        reply = Reply(REPLIES.text("who-learns", made.language))
    else:
        reply = parts.pupil.reply(made, state["question"])
    topic = made.concepts if made.intent in {"test_me", "know"} and (made.named or made.carried) else memory.concepts
    return {
        "sentences": [], "sources": [], "answer": reply.text, "missing": [], "abstained": False, "tally": {},
        "exercise": reply.exercise, "next": list(reply.next) or suggest(parts.corpus.course, made, memory, REPLIES),
        "memory": {**asdict(after(memory, None, [], state)), "concepts": topic},
    }  # fmt: skip


def _checked(state: ChatState, parts: Parts, made: Plan) -> ChatState:
    """A claim of the message with its verdict, and the sentence that it rests on."""
    memory = asdict(after(memory_of(state), None, [], state))
    said: ChatState = {
        "sentences": [], "sources": [], "missing": [], "abstained": False, "tally": {}, "memory": memory,
        "next": suggest(parts.corpus.course, made, memory_of(state), REPLIES),
    }  # fmt: skip
    claim = dialogue_acts().claim_in(state["question"], made.language)
    if parts.pupil is not None and parts.pupil.would_answer(claim, made.language):
        return {**said, "answer": REPLIES.text("check-open", made.language)}
    found = next(iter(parts.corpus.checker.check(claim, made.language)), None) if claim else None
    if found is None:
        return {**said, "answer": REPLIES.text("check-what", made.language)}
    row = claim_row(found, made.language, parts.citations.literature)
    verdict = f"check-{row['verdict']}"
    text = REPLIES.text(verdict, made.language, claim=found.claim.text.rstrip("."))
    if row["verdict"] == "not_found":
        return {**said, "answer": f"{text} {row['note']}".strip(), "missing": [claim], "abstained": True}
    shown = found.evidence[0]
    numbers = parts.citations.cite((shown,))
    quote = f"«{shown.sentence.text}» " + "".join(f"[{number}]" for number in numbers)
    sentence = {"text": shown.sentence.text, "verdict": "supported", "citations": numbers}
    answer = "\n\n".join(filter(None, (text, quote, row["note"])))
    return {**said, "answer": answer, "sentences": [sentence], "sources": parts.citations.sources}


def small_talk(state: ChatState, runtime: Runtime[Parts]) -> ChatState:
    """A greeting or thanks, returned."""
    made, memory = plan_of(state), memory_of(state)
    return {
        "sentences": [], "sources": [], "answer": REPLIES.text(made.intent, made.language), "missing": [],
        "abstained": False, "tally": {}, "next": suggest(runtime.context.corpus.course, made, memory, REPLIES),
        "memory": asdict(after(memory, None, [], state)),
    }  # fmt: skip


def after_plan(state: ChatState) -> Literal["small_talk", "act", "summarise", "gather"]:
    """Small talk needs no evidence, and what is asked of the learner's own model none of the sources'."""
    intent = state["plan"]["intent"]
    if intent in SMALL_TALK:
        return "small_talk"
    if intent == SUMMARISE:
        return "summarise"
    return "act" if intent in ACTS | WITH_LEARNER else "gather"


def after_gather(state: ChatState) -> Literal["explain", "abstain"]:
    """Speak only when the evidence answers."""
    return "explain" if state["pack"]["answerable"] else "abstain"


def build_graph(
    checkpointer: BaseCheckpointSaver[str] | None, parts: Parts | None = None
) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """The compiled graph; `checkpointer` keeps the threads. With `parts`, runs need no context of their own."""
    graph = StateGraph(ChatState, context_schema=Parts)
    for node in (plan, gather, explain, abstain, small_talk, act, summarise):
        graph.add_node(node.__name__, _bound(node, parts) if parts else node)
    graph.add_edge(START, "plan")
    graph.add_conditional_edges("plan", after_plan)
    graph.add_conditional_edges("gather", after_gather)
    for last in ("explain", "abstain", "small_talk", "act", "summarise"):
        graph.add_edge(last, END)
    return graph.compile(checkpointer=checkpointer)


def _bound(node: Callable[..., Any], parts: Parts) -> Callable[..., Any]:
    def run(state: ChatState, runtime: Runtime[Parts]) -> Any:
        return node(state, runtime.override(context=parts))

    return run


def run_turn(
    graph: "CompiledStateGraph[Any, Any, Any, Any]", parts: Parts, thread: str, question: str, language: str,
    level: str, memory: dict[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The events of one turn: `sentence` as each is verified, then `state`, after the checkpoint is written. `memory`:
    what to remember instead of what the thread does."""
    start: ChatState = {"question": question, "language": language, "level": level, "thread": thread}
    if memory is not None:
        start["memory"] = memory
    config: Any = {"configurable": {"thread_id": thread}}
    final: dict[str, Any] = {}
    durability: Any = {"durability": "exit"} if graph.checkpointer else {}
    for part in graph.stream(
        start, config, context=parts, stream_mode=["custom", "values"], version="v2", **durability
    ):
        if part["type"] == "custom":
            yield part["data"]
        elif part["type"] == "values":
            final = part["data"]
    yield {"kind": "state", "state": final}


def thread_memory(graph: "CompiledStateGraph[Any, Any, Any, Any]", thread: str) -> Memory:
    """What a thread remembers; nothing for a new one."""
    values = graph.get_state({"configurable": {"thread_id": thread}}).values
    return memory_of(values)


def thread_turns(graph: "CompiledStateGraph[Any, Any, Any, Any]", thread: str) -> list[dict[str, Any]]:
    """The finished turns of a thread, oldest first."""
    config: Any = {"configurable": {"thread_id": thread}}
    return [snapshot.values for snapshot in finished(graph.get_state_history(config))][::-1]


def _pack(state: ChatState, corpus: Corpus) -> Pack:
    kept = state["pack"]
    found = tuple(passage for passage in map(corpus.passage, kept["passages"]) if passage is not None)
    undisclosed = tuple(kept["undisclosed"]) if kept["undisclosed"] else None
    return Pack(found, tuple(kept["missing"]), kept["answerable"], undisclosed)


def _row(item: Spoken, citations: Citations) -> dict[str, Any]:
    return {"text": item.text, "verdict": item.verdict, "citations": citations.cite(item.evidence)}


def _notes(pack: Pack, language: str, spoke: bool) -> list[str]:
    """What the reader is told about the limits of the sources."""
    if pack.undisclosed:
        return [REPLIES.text("undisclosed", language)]
    if not spoke:
        return [REPLIES.text("abstain-bare", language)]
    return [REPLIES.text("partly-missing", language, missing=", ".join(pack.missing))] if pack.missing else []
