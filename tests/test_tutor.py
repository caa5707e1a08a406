"""The product in one place: turns, threads, checks, search, library and courses, as plain data."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from knowledge.errors import AteneaError, BadCourse, BadText, KnowledgeError
from knowledge.messages import LANGUAGES
from tutor.claim_rows import tally
from tutor.errors import TutorError
from tutor.settings import Settings
from tutor.tutor import Tutor

FIELDS = {
    "answer",
    "language",
    "intent",
    "concepts",
    "sentences",
    "sources",
    "not_in_sources",
    "next",
    "engine",
    "abstained",
    "thread",
    "timings_ms",
}

TEMPLATE = Path(__file__).parent.parent / "tutor" / "course_template"


@pytest.fixture
def own(tmp_path: Path) -> Tutor:
    """A tutor with a data folder of its own."""
    return Tutor(Settings(data_dir=tmp_path / "data", model="composer"))


def test_a_turn_is_plain_data_with_the_fields_of_the_contract(tutor: Tutor) -> None:
    turn = tutor.ask("¿Qué es la atención?")
    assert set(turn) >= FIELDS
    assert json.loads(json.dumps(turn)) == turn
    assert (turn["language"], turn["intent"], turn["concepts"][0], turn["engine"]) == (
        "es",
        "explain",
        "attention",
        "composer",
    )
    assert not turn["abstained"]
    assert turn["not_in_sources"] == []
    assert turn["thread"]
    assert turn["timings_ms"]["total"] > 0
    assert all(set(source) >= {"n", "document", "title", "locator", "quote", "url"} for source in turn["sources"])


def test_sentences_come_before_the_turn_is_whole(tutor: Tutor) -> None:
    events = list(tutor.stream("What is attention?"))
    assert [event["kind"] for event in events[:-1]] == ["sentence"] * (len(events) - 1)
    turn = events[-1]["turn"]
    assert [event["text"] for event in events[:-1]] == [sentence["text"] for sentence in turn["sentences"]]
    assert all({"text", "verdict", "citations", "sources"} <= set(event) for event in events[:-1])
    assert turn["timings_ms"]["first_sentence"] <= turn["timings_ms"]["total"]


def test_a_conversation_goes_on(tutor: Tutor) -> None:
    first = tutor.ask("¿Qué es la autoatención?", thread="c")
    why = tutor.ask("¿y por qué?", thread="c")
    example = tutor.ask("otro ejemplo", thread="c")
    again = tutor.ask("otro ejemplo", thread="c")
    for turn in (why, example, again):
        assert turn["concepts"][0] == "self-attention"
        assert turn["sentences"]
        assert not turn["abstained"]
    assert len({turn["answer"] for turn in (first, why, example, again)}) == 4
    assert [turn["question"] for turn in tutor.history("c")] == [
        "¿Qué es la autoatención?",
        "¿y por qué?",
        "otro ejemplo",
        "otro ejemplo",
    ]
    assert tutor.history("c")[0]["answer"] == first["answer"]
    assert tutor.history("nothing here") == []


def test_the_topic_survives_small_talk_and_what_cannot_be_answered(tutor: Tutor) -> None:
    tutor.ask("What is BERT?", thread="t")
    assert tutor.ask("thanks!", thread="t")["intent"] == "thanks"
    assert tutor.ask("What are the rules for offside in soccer?", thread="t")["abstained"]
    assert tutor.ask("and why?", thread="t")["concepts"][0] == "bert"


def test_the_same_again_in_the_other_language(tutor: Tutor) -> None:
    tutor.ask("¿Qué es la atención?", thread="o")
    turn = tutor.ask("en inglés", thread="o")
    assert (turn["language"], turn["concepts"][0], turn["abstained"]) == ("en", "attention", False)
    assert "query" in turn["answer"]
    assert tutor.ask("simpler", thread="o")["language"] == "en"


def test_level_and_language_stay_with_the_thread(tutor: Tutor) -> None:
    assert tutor.ask("¿Qué es la atención?", thread="l", level="advanced")["level"] == "advanced"
    turn = tutor.ask("softmax?", thread="l")
    assert (turn["level"], turn["language"]) == ("advanced", "es")
    assert tutor.ask("softmax?", thread="l", language="en")["language"] == "en"
    assert tutor.ask("RLHF", level="nonsense")["level"] == "beginner"


def test_levels_get_other_answers(tutor: Tutor) -> None:
    answers = {
        level: tutor.ask("What is attention?", level=level)["answer"]
        for level in ("beginner", "intermediate", "advanced")
    }
    assert len(set(answers.values())) == 3
    assert "$$" in answers["advanced"]
    assert "$$" not in answers["beginner"]


def test_a_greeting_needs_no_sources(tutor: Tutor) -> None:
    for text, language in (("¡Hola!", "es"), ("hello", "en")):
        turn = tutor.ask(text, language=language)
        assert turn["intent"] == "greeting"
        assert turn["sentences"] == turn["sources"] == []
        assert not turn["abstained"]
        assert turn["next"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty-text"),
        (" \n\t ", "empty-text"),
        ("?!…", "empty-text"),
        ("a\x00b", "control-characters"),
        ("\ud800 hola", "control-characters"),
        ("palabra " * 125_000, "too-long"),
        ("Pourquoi est-ce que les réseaux de neurones sont si utiles pour la langue ?", "other-language"),
        ("Что такое внимание в нейронных сетях?", "other-language"),
    ],
)
def test_text_that_cannot_be_worked_on_is_refused_and_leaves_no_trace(tutor: Tutor, text: str, code: str) -> None:
    with pytest.raises(BadText) as told:
        tutor.ask(text, thread="x")
    assert told.value.code == code
    assert all(told.value.message(language) and told.value.hint(language) for language in LANGUAGES)
    assert tutor.history("x") == []


@pytest.mark.parametrize("thread", ["   ", "x" * 201])
def test_a_thread_needs_a_name(tutor: Tutor, thread: str) -> None:
    with pytest.raises(TutorError) as told:
        tutor.ask("hola", thread=thread)
    assert told.value.code == "thread-name"


@pytest.mark.parametrize("thread", ["ñandú/../x", "'; drop table checkpoints; --", "a b\tc", "日本"])
def test_any_other_name_is_a_name(tutor: Tutor, thread: str) -> None:
    tutor.ask("¿Qué es BERT?", thread=thread)
    assert len(tutor.history(thread)) == 1


def test_several_threads_of_the_app_may_ask_at_once(tutor: Tutor) -> None:
    questions = ["¿Qué es la atención?", "What is BERT?", "¿Qué es RLHF?", "What is T5?"] * 3
    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(lambda item: tutor.ask(item[1], thread=f"t{item[0] % 4}"), enumerate(questions)))
    for number in range(4):
        same = turns[number::4]
        assert {turn["concepts"][0] for turn in same} == {same[0]["concepts"][0]}
        assert len(tutor.history(f"t{number}")) == 3
        assert all(source["n"] <= len(turn["sources"]) for turn in same for source in turn["sources"])


def test_a_text_is_checked_claim_by_claim(tutor: Tutor) -> None:
    text = "BERT is an encoder-only model. BERT base has 24 layers. GPT-4 has 120 layers. The moon is made of cheese."
    found = tally(list(tutor.check(text)), "en")
    assert [claim["verdict"] for claim in found["claims"]] == ["supported", "contradicted", "not_found", "not_found"]
    assert found["counts"] == {"supported": 1, "contradicted": 1, "not_found": 2}
    assert "OpenAI" in found["claims"][2]["note"]
    for claim in found["claims"]:
        assert text[claim["start"] : claim["end"]] == claim["text"]
        assert 0 <= claim["score"] <= 1
    assert json.loads(json.dumps(found)) == found


def test_a_search_finds_passages_of_both_languages(tutor: Tutor) -> None:
    found = tutor.search("codificación posicional", k=5)
    assert found["language"] == "es"
    assert len(found["hits"]) == 5
    assert all({"passage", "document", "title", "locator", "text", "score"} <= set(hit) for hit in found["hits"])
    assert "posicional" in found["hits"][0]["text"].lower() + found["hits"][0]["locator"].lower()
    assert [hit["score"] for hit in found["hits"]] == sorted((hit["score"] for hit in found["hits"]), reverse=True)


@pytest.fixture
def zorblax(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "zorblax.md").write_text(
        "# The Zorblax engine\n\n## Purpose\n\nThe Zorblax engine turns sea water into sound. It weighs 40 kg.\n",
        encoding="utf-8",
    )
    return folder


def test_given_documents_are_the_only_ones_that_speak(own: Tutor, zorblax: Path) -> None:
    turn = own.ask("What does the Zorblax engine do?", sources=[zorblax])
    assert "The Zorblax engine turns sea water into sound." in turn["answer"]
    assert {source["title"] for source in turn["sources"]} == {"The Zorblax engine"}
    other = own.ask("What is multi-head attention?", sources=[zorblax])
    assert other["abstained"]
    assert other["sentences"] == []
    assert other["not_in_sources"]
    assert own.ask("What does the Zorblax engine do?")["abstained"], "the course does not know it"
    checked = own.check("The Zorblax engine turns sea water into sound. BERT base has 12 layers.", sources=[zorblax])
    assert [claim["verdict"] for claim in checked] == ["supported", "not_found"]


def test_the_library_speaks_beside_the_course_until_it_is_removed(tmp_path: Path, zorblax: Path) -> None:
    own = Tutor(Settings(data_dir=tmp_path / "data", course=TEMPLATE, model="composer"))
    question = "What does the Zorblax engine do?"
    assert own.ask(question)["abstained"]
    assert own.parts().corpus is own.parts(against="course").corpus, "the course alone is opened once"
    [added] = own.library_add([zorblax])["documents"]
    assert added["status"] == "ready"
    assert own.library_list()["documents"] == [added]
    assert "sea water" in own.ask(question)["answer"]
    assert own.ask("What is evaporation?")["concepts"][0] == "evaporation"
    assert own.parts().corpus is not own.parts(against="course").corpus
    again = Tutor(own.settings)
    assert "sea water" in again.ask(question)["answer"]
    own.library_remove(added["id"])
    assert own.ask(question)["abstained"]
    with pytest.raises(KnowledgeError):
        own.library_remove(added["id"])


def test_sources_that_hold_nothing_are_refused(own: Tutor, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "none.pdf", tmp_path / "empty"):
        with pytest.raises(AteneaError) as told:
            own.ask("What is attention?", sources=[place])
        assert str(place) in told.value.message("en")


def test_the_course_in_use_is_listed(tutor: Tutor) -> None:
    [course] = tutor.course_list()["courses"]
    assert course["id"] == "transformers"
    assert set(course["title"]) == set(LANGUAGES)
    assert len(course["concepts"]) >= 16
    assert tutor.course_validate() == {"problems": []}


def test_a_new_course_is_sound_and_can_be_taught_at_once(own: Tutor, tmp_path: Path) -> None:
    made = own.course_new(tmp_path / "mine")
    assert made == {"courses": [{"id": "water-cycle", "path": str(tmp_path / "mine")}]}
    assert own.course_validate(tmp_path / "mine") == {"problems": []}
    tutor = Tutor(
        Settings(data_dir=tmp_path / "d", course=tmp_path / "mine", model="composer", cache_dir=own.settings.cache_dir)
    )
    for question, words in (
        ("¿Qué es la evaporación?", "superficie"),
        ("What are clouds made of?", "droplets"),
        ("boiling point of H2O?", "100 °C"),
    ):
        turn = tutor.ask(question)
        assert words in turn["answer"]
        assert all(sentence["verdict"] == "supported" for sentence in turn["sentences"])
    assert tutor.ask("¿Qué es la atención multicabeza?")["abstained"]


def test_a_new_course_never_overwrites_anything(own: Tutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine", encoding="utf-8")
    for path in (taken, taken / "mine.txt"):
        with pytest.raises(KnowledgeError) as told:
            own.course_new(path)
        assert told.value.code == "path-taken"
    assert [file.name for file in taken.iterdir()] == ["mine.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert own.course_new(Path())["courses"][0]["path"] == str(empty)
    assert (empty / "course.toml").is_file()


def test_a_course_that_is_not_there_is_named(own: Tutor, tmp_path: Path) -> None:
    with pytest.raises(BadCourse) as told:
        own.course_validate(tmp_path)
    assert told.value.code == "course-missing"
