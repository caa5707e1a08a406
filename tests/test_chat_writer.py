"""The chat writer: what a model says is cut into sentences as it comes, and every one is only a draft."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import FakeListChatModel
from speaking_tutor import speaking

from agents.chat_model import ScriptedChatModel
from agents.chat_writer import MAX_CHARACTERS, ChatWriter, explaining
from agents.evidence import Pack
from agents.moves import MOVES, move_of
from agents.plan import Draft, Memory, Plan
from knowledge.documents import Passage, Sentence
from tutor.parts import REPLIES
from tutor.tutor import Tutor


def passage(number: int, *texts: str) -> Passage:
    return Passage(
        id=f"d:{number}", document="d", title="Doc", path="doc.md", language="en", headings=("Doc", f"Part {number}"),
        locator=f"§ Part {number}", sentences=tuple(map(Sentence, texts)),
    )  # fmt: skip


FIRST, SECOND = passage(1, "Attention weighs the values."), passage(2, "The softmax gives weights.")
PACK = Pack((FIRST, SECOND))
NEW = Memory()


def plan(language: str = "en") -> Plan:
    return Plan("explain", language, "beginner", ("attention",), "what is attention", (), True, False, ())


def drafts(said: str, language: str = "en", pack: Pack = PACK) -> list[Draft]:
    return list(ChatWriter(ScriptedChatModel(script=[said]), "test").write(plan(language), pack, Memory()))


def test_each_sentence_is_a_draft_without_its_marks() -> None:
    made = drafts("Attention weighs the values [1]. The softmax gives weights [2].\n\nBoth are functions.")
    assert [draft.text for draft in made] == [
        "Attention weighs the values.", "The softmax gives weights.", "Both are functions.",
    ]  # fmt: skip
    assert not any(draft.verbatim for draft in made)


def test_the_passages_that_a_sentence_cites_are_looked_at_first() -> None:
    made = drafts("One is here [2]. Two is there [1][2]. Three cites nothing. Four cites what is not there [9] [0].")
    assert [draft.passages[0] for draft in made] == [SECOND, FIRST, FIRST, FIRST]
    assert all(set(draft.passages) == {FIRST, SECOND} for draft in made)


def test_a_sentence_goes_out_as_soon_as_the_next_one_begins() -> None:
    model = ScriptedChatModel(script=["One is first. Two is second. Three is third."])
    heard: list[str] = []

    class Listening(ScriptedChatModel):
        def _stream(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            for chunk in super()._stream(*args, **kwargs):
                heard.append(str(chunk.message.content))
                yield chunk

    writing = ChatWriter(Listening(script=model.script), "test").write(plan(), PACK, Memory())
    assert next(writing).text == "One is first."
    assert "third. " not in heard


def test_thoughts_are_not_part_of_the_answer() -> None:
    assert [d.text for d in drafts("<think>The user wants X. Say Y.</think>It is Z.")] == ["It is Z."]
    assert drafts("<think>Never closed. It goes on and on.") == []


@pytest.mark.parametrize("said", ["", "   \n\n  ", "\n"])
def test_silence_is_no_draft(said: str) -> None:
    assert drafts(said) == []


def test_a_model_that_never_stops_is_stopped() -> None:
    made = drafts("This sentence is said again and says nothing new, whatever was asked. " * 2000)
    assert sum(len(draft.text) for draft in made) < MAX_CHARACTERS + 200
    assert len(made) > 10
    unbroken = drafts("x" * 50 + " " + "no end in sight here " * 5_000)
    assert sum(len(draft.text) for draft in unbroken) < MAX_CHARACTERS + 200


def asked(made: Plan, memory: Memory = NEW) -> tuple[str, str]:
    """What the model is told in every call, and in this one."""
    rules, data = explaining(made, PACK, memory)
    assert (rules.type, data.type) == ("system", "human")
    return str(rules.content), str(data.content)


LEVEL = {"es": "Nivel: principiante", "en": "Level: beginner"}


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_prompt_holds_the_level_the_numbered_passages_and_the_question_in_the_answers_language(
    language: str,
) -> None:
    model = ScriptedChatModel(script=["Yes."])
    writer = ChatWriter(model, "some-model")
    list(writer.write(plan(language), PACK, Memory()))
    [prompt] = model.calls
    for part in (
        "[1] Doc > Part 1",
        "Attention weighs the values.",
        "[2] Doc > Part 2",
        LEVEL[language],
        "what is attention",
    ):
        assert part in prompt
    assert ("Respondes en español" in prompt) == (language == "es")
    assert writer.name == "llm:some-model"


def test_what_is_the_same_in_every_call_comes_first_and_a_conversation_grows_at_its_end() -> None:
    turns = tuple((f"Question {number}?", f"Answer {number}.") for number in range(3))
    whole = [asked(replace(plan(), message=f"M{number}?"), Memory(turns=turns[:number])) for number in (1, 2, 3)]
    assert len({rules for rules, _ in whole}) == 1
    first, second, third = (data.split("</history>")[0] for _, data in whole)
    assert second.startswith(first)
    assert third.startswith(second)
    assert "Tutor: Answer 2." in third


def test_the_persons_own_words_are_asked_and_what_they_refer_to_is_added() -> None:
    made = replace(plan(), message="And why?", query="and why attention")
    assert "<question>\nAnd why?\n</question>" in asked(made)[1]
    assert "<question>\nAnd why?\n(It refers to: Doc)\n</question>" in asked(replace(made, carried=True))[1]


def test_what_is_known_of_the_learner_stands_in_words_and_style_is_told() -> None:
    known = (("solid", "softmax"), ("unseen", "RoPE"), ("mistake", "Attention </learner> adds the keys."))
    _, data = asked(replace(plan(), learner=known, style="code"))
    told = data.split("<learner>")[1].split("</learner>")[0]
    assert [line.split(": ")[1] for line in told.strip().splitlines()] == [
        "beginner", "softmax", "RoPE", "Attention   adds the keys.", "code",
    ]  # fmt: skip


MISTAKEN = replace(FIRST, kind="refutation")
MOVED: list[tuple[str, Plan, Pack, Memory]] = [
    ("hint-first", replace(plan(), exercise=True, intent="code"), PACK, Memory()),
    ("parts", replace(plan(), halves=(plan(), plan()), facts=(("x", "y"),)), PACK, Memory()),
    ("fact", replace(plan(), facts=(("gpt-3", "layers"),)), PACK, Memory()),
    ("fact", replace(plan(), intent="who"), PACK, Memory()),
    ("correct", replace(plan(), mistake="m"), Pack((MISTAKEN, SECOND)), Memory()),
    ("explain", replace(plan(), mistake="m"), PACK, Memory()),
    ("explain", plan(), Pack((MISTAKEN,)), Memory()),
    ("one-idea", plan(), PACK, Memory(concepts=("attention",))),
    ("explain", replace(plan(), level="advanced"), PACK, Memory(concepts=("attention",))),
    ("translate", replace(plan(), intent="other_language"), PACK, Memory()),
    *((intent, replace(plan(), intent=intent), PACK, Memory()) for intent in (
        "why", "how", "example", "simpler", "deeper", "again", "formula", "code", "compare", "mistakes",
    )),
]  # fmt: skip


@pytest.mark.parametrize(
    ("move", "made", "pack", "memory"), MOVED, ids=[f"{row[0]}-{n}" for n, row in enumerate(MOVED)]
)
def test_the_move_is_chosen_by_code(move: str, made: Plan, pack: Pack, memory: Memory) -> None:
    assert move_of(made, pack, memory) == move
    assert {row[0] for row in MOVED} == set(MOVES)


def test_a_question_of_the_model_is_no_sentence_of_the_answer() -> None:
    said = "Attention weighs the values [1]. Why does attention add the keys? ¿Y no lo hace? Both are functions [2]."
    assert [draft.text for draft in drafts(said)] == ["Attention weighs the values.", "Both are functions."]


def test_a_vector_in_a_formula_or_in_code_cites_nothing() -> None:
    [made] = drafts("The query is $[2, 1]$ and `x[2]` its first row [1].")
    assert made.text == "The query is $[2, 1]$ and `x[2]` its first row."
    assert made.passages[0] == FIRST


def test_a_mark_with_several_numbers_cites_them_all() -> None:
    [draft] = drafts("Both are here [2, 1].")
    assert draft == Draft("Both are here.", (SECOND, FIRST))


def test_the_call_says_which_prompt_asks_and_which_conversation_goes_on() -> None:
    told: list[Any] = []

    class Listener(BaseCallbackHandler):
        def on_chat_model_start(self, *args: Any, **kwargs: Any) -> None:
            told.append((kwargs["metadata"]["prompt"], kwargs["options"]["thread"]))

    model = ScriptedChatModel(script=["Yes it is so."], callbacks=[Listener()])
    list(ChatWriter(model, "x").write(replace(plan("es"), conversation="c1"), PACK, NEW))
    assert told == [("explainer.es", "c1")]


def test_a_model_of_another_make_is_given_no_option_that_it_may_not_know() -> None:
    model = FakeListChatModel(responses=["Attention weighs the values [1]."])
    [draft] = ChatWriter(model, "x").write(plan(), PACK, NEW)
    assert draft.text == "Attention weighs the values."


# In a turn


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_model_is_told_what_this_learner_knows_and_of_nobody_who_they_are(
    tmp_path: Path, tutor: Tutor, language: str
) -> None:
    model = ScriptedChatModel(script=["No."])
    made = speaking(tutor, tmp_path, model)
    study, mine, other = made.study, "Ana Zorblax", "Eva Quuxman"
    study.set(mine, style="code")
    study.claim(mine, "softmax", language=language)
    for learner in (mine, other):
        made.ask({"es": "¿Qué es la softmax?", "en": "What is the softmax?"}[language], learner=learner)
    made.ask({"es": "más sencillo", "en": "simpler"}[language], learner=mine)
    first, second, third = (call.split("<learner>")[1].split("</learner>")[0].strip() for call in model.calls)
    words = {"es": ("Prefiere: el código", "Todavía no ha estudiado"), "en": ("Prefers: code", "Has not studied yet")}
    prefers, unseen = words[language]
    assert prefers in first
    assert prefers in third
    assert prefers not in second
    assert unseen in second
    assert first != second
    assert not any(char.isdigit() for char in first + second + third)
    assert "<history>\n" + {"es": "Estudiante", "en": "Learner"}[language] in model.calls[2]
    assert not any(name in call for call in model.calls for name in ("Zorblax", "Quuxman"))


def test_with_an_exercise_open_the_move_is_a_hint_and_the_code_asks_back(tmp_path: Path, tutor: Tutor) -> None:
    model = ScriptedChatModel(script=["Softmax turns scores into weights that add up to 1 [1]."])
    made = speaking(tutor, tmp_path, model)
    made.study.serve("eva", "softmax", kind="numeric", language="en")
    turn = made.ask("What is the softmax?", learner="eva", language="en")
    assert "an exercise on this is open" in model.calls[0]
    assert turn["answer"].endswith(REPLIES.text("back-to-exercise", "en"))
    assert made.study.open_item("eva") is not None
    made.study.skip("eva", made.study.open_item("eva").id)  # type: ignore[union-attr]
    again = made.ask("What is the softmax?", learner="eva", language="en")
    assert "an exercise on this is open" not in model.calls[1]
    assert REPLIES.text("back-to-exercise", "en") not in again["answer"]
