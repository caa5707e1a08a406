"""The chat-model seam: the scripted model, and a real one that transformers loads from a folder."""

from functools import reduce
from operator import add
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from agents.chat_model import ScriptedChatModel, load_chat_model
from agents.chat_streamed import MAX_NEW_TOKENS
from agents.errors import BadModel
from agents.local.chat_local import LocalChat

QUESTION = [
    SystemMessage("You are a tutor."),
    HumanMessage("¿Qué es la atención?"),
    AIMessage("Una función."),
    HumanMessage("Why?"),
]


def test_the_scripted_model_says_its_script_and_then_repeats_the_last_entry() -> None:
    model = ScriptedChatModel(script=["Uno dos.", "Three."])
    heard = [str(model.invoke("a").content).strip() for _ in range(3)]
    assert heard == ["Uno dos.", "Three.", "Three."]


def test_the_scripted_model_streams_word_by_word_and_keeps_its_prompts() -> None:
    model = ScriptedChatModel(script=["Attention weighs\nthe values."])
    pieces = [str(chunk.content) for chunk in model.stream([SystemMessage("a"), HumanMessage("b")])]
    assert len([piece for piece in pieces if piece]) == 3
    assert "".join(pieces).strip() == "Attention weighs\nthe values."
    assert model.calls == ["a\nb"]
    assert ScriptedChatModel(script=["x"]).calls == []


@pytest.fixture(scope="module")
def local(tiny_model: Path) -> LocalChat:
    model = load_chat_model(f"transformers:{tiny_model}")
    assert isinstance(model, LocalChat)
    return model


def test_a_saved_model_is_loaded_and_streams_text(local: LocalChat) -> None:
    local = local.model_copy(update={"max_new_tokens": 24})
    pieces = [str(chunk.content) for chunk in local.stream(QUESTION)]
    assert len([piece for piece in pieces if piece]) > 1
    assert "".join(pieces) == local.invoke(QUESTION).content
    assert "<|" not in "".join(pieces), "the marks of the chat template are no text"


def test_without_temperature_the_same_prompt_gives_the_same_text(local: LocalChat) -> None:
    greedy = local.model_copy(update={"max_new_tokens": 12})
    assert greedy.invoke("a").content == greedy.invoke("a").content
    warm = local.model_copy(update={"max_new_tokens": 12, "temperature": 1.5})
    assert len({str(warm.invoke("a").content) for _ in range(4)}) > 1


def test_the_weights_are_loaded_once_for_all_models_of_a_folder(local: LocalChat) -> None:
    other = LocalChat(folder=f"{local.folder}/../{Path(local.folder).name}", temperature=1.0)
    assert other.load().engine is local.engine
    assert MAX_NEW_TOKENS >= 200


def test_a_call_chooses_for_itself_and_says_how_many_tokens_there_were(local: LocalChat) -> None:
    said = local.invoke(QUESTION, max_tokens=5, temperature=0, thread="ana", unknown=True)
    assert isinstance(said, AIMessage)
    assert said.usage_metadata is not None
    assert said.usage_metadata["output_tokens"] == 5
    prompt = local.engine.turns.count([{"role": "user", "content": "Why?"}])
    assert said.usage_metadata["input_tokens"] > prompt
    streamed = reduce(add, local.stream(QUESTION, max_tokens=5, temperature=0))
    assert streamed.content == said.content
    assert streamed.usage_metadata["output_tokens"] == 5


def test_what_a_stop_string_ends_is_not_said(local: LocalChat) -> None:
    whole = str(local.invoke(QUESTION, max_tokens=24).content)
    stop = whole[6:9]
    assert str(local.invoke(QUESTION, max_tokens=24, stop=["never said", stop]).content) == whole[: whole.find(stop)]


@pytest.mark.parametrize("choice", ["gpt-4", "openai:gpt-4", "transformers:/nowhere/at/all", "transformers:"])
def test_a_model_that_is_not_there_is_named(choice: str) -> None:
    with pytest.raises(BadModel) as told:
        load_chat_model(choice)
    for language in ("es", "en"):
        assert choice.removeprefix("transformers:") in told.value.message(language)
        assert "ATENEA_MODEL" in told.value.hint(language)


def test_a_folder_that_holds_no_model_or_a_broken_one_is_named(tmp_path: Path, tiny_model: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in tiny_model.iterdir():
        data = file.read_bytes()
        (broken / file.name).write_bytes(data[: len(data) // 2] if file.suffix == ".safetensors" else data)
    for folder in (empty, broken):
        with pytest.raises(BadModel) as told:
            load_chat_model(f"transformers:{folder}")
        said = told.value.message("en")
        assert str(folder) in said
        assert "\n" not in said
        assert len(said) < 400
