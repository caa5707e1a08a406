"""The chat writer: what a model says is cut into sentences as it comes, and every one is only a draft."""

import pytest

from agents.chat_model import ScriptedChatModel
from agents.chat_writer import MAX_CHARACTERS, ChatWriter
from agents.evidence import Pack
from agents.plan import Draft, Memory, Plan
from knowledge.documents import Passage, Sentence


def passage(number: int, *texts: str) -> Passage:
    return Passage(
        id=f"d:{number}", document="d", title="Doc", path="doc.md", language="en", headings=("Doc", f"Part {number}"),
        locator=f"§ Part {number}", sentences=tuple(map(Sentence, texts)),
    )  # fmt: skip


FIRST, SECOND = passage(1, "Attention weighs the values."), passage(2, "The softmax gives weights.")
PACK = Pack((FIRST, SECOND))


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
        "beginner",
        "what is attention",
    ):
        assert part in prompt
    assert ("Responde en español" in prompt) == (language == "es")
    assert writer.name == "llm:some-model"
