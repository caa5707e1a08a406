"""The evidence pack: which passages may speak to a plan, and what the sources do not say."""

from pathlib import Path

import pytest

from agents.composer import choose_sentences
from agents.evidence import MAX_PASSAGES, Gatherer, Pack
from agents.plan import Memory, Plan
from agents.planner import Planner
from knowledge.corpus import Corpus
from tutor.tutor import Tutor


@pytest.fixture(scope="module")
def gatherer(corpus: Corpus) -> Gatherer:
    return Gatherer(corpus)


class Asking:
    """Plans a message and gathers for it."""

    def __init__(self, planner: Planner, gatherer: Gatherer) -> None:
        self.planner, self.gatherer = planner, gatherer

    def __call__(
        self, message: str, language: str, level: str = "beginner", memory: Memory | None = None
    ) -> tuple[Plan, Pack]:
        memory = memory or Memory()
        plan = self.planner.plan(message, language, level, memory)
        return plan, self.gatherer.gather(plan, memory)


@pytest.fixture
def asking(planner: Planner, gatherer: Gatherer) -> Asking:
    return Asking(planner, gatherer)


def kinds(pack: Pack, concept: str) -> list[str]:
    return [passage.kind for passage in pack.passages if passage.concept == concept]


@pytest.mark.parametrize(
    ("level", "second"), [("beginner", "intuition"), ("intermediate", "how"), ("advanced", "formal")]
)
def test_an_explanation_fits_the_level(asking: Asking, level: str, second: str) -> None:
    for message, language in (("¿Qué es la atención?", "es"), ("What is attention?", "en")):
        _, pack = asking(message, language, level)
        found = kinds(pack, "attention")
        assert pack.answerable
        assert found.index("definition") < found.index(second)
        assert pack.missing == ()


@pytest.mark.parametrize(
    ("message", "language", "concept"),
    [
        ("Explain the attention mechanism", "en", "attention"),
        ("What is function calling?", "en", "agents"),
        ("What is test-time compute?", "en", "reasoning-models"),
        ("¿Qué es sinusoidal encoding?", "es", "sinusoidal-encoding"),
        ("¿Qué es un LLM de código abierto?", "es", "llama"),
    ],
)
def test_what_a_name_is_a_part_of_is_told_and_code_is_no_explanation(
    asking: Asking, message: str, language: str, concept: str
) -> None:
    _, pack = asking(message, language)
    found = kinds(pack, concept)
    assert pack.answerable
    assert "definition" in found
    assert "code" not in found


@pytest.mark.parametrize(
    ("kind", "spanish", "english"),
    [
        ("why", "¿por qué importa la atención?", "why does attention matter?"),
        ("how", "¿cómo funciona la atención?", "how does attention work?"),
        ("example", "un ejemplo de atención", "an example of attention"),
        ("formal", "la fórmula de la atención", "the formula of attention"),
        ("code", "código de la atención", "code of attention"),
        ("mistakes", "errores comunes con la atención", "common mistakes with attention"),
        ("intuition", "la atención, más sencillo", "attention, simpler"),
    ],
)
def test_the_unit_that_was_asked_for_is_there(asking: Asking, kind: str, spanish: str, english: str) -> None:
    for message, language in ((spanish, "es"), (english, "en")):
        _, pack = asking(message, language)
        assert kind in kinds(pack, "attention"), message
        assert pack.answerable


def test_the_course_speaks_in_the_learners_language(asking: Asking) -> None:
    for message, language in (("¿Qué es la atención?", "es"), ("What is attention?", "en")):
        _, pack = asking(message, language)
        assert {passage.language for passage in pack.passages} == {language}


def test_another_example_is_another_one(asking: Asking) -> None:
    memory = Memory(language="es", level="beginner", concepts=("attention",), intent="explain")
    seen: list[str] = []
    for _ in range(3):
        _, pack = asking("otro ejemplo", "es", memory=memory)
        first = pack.passages[0].id
        assert first not in seen
        seen.append(first)
        memory = Memory("es", "beginner", ("attention",), "example", "", tuple(seen))


def test_a_comparison_brings_both_sides(asking: Asking) -> None:
    for message, language in (("diferencia entre BERT y GPT", "es"), ("difference between BERT and GPT", "en")):
        _, pack = asking(message, language)
        assert {"bert", "gpt"} <= {passage.concept for passage in pack.passages}


def test_a_question_of_the_faq_gets_its_answer_first(asking: Asking) -> None:
    _, pack = asking("¿Tiene parámetros la atención?", "es")
    assert "no tiene parámetros" in pack.passages[0].text
    _, pack = asking("does attention have parameters", "en")
    assert "no learned parameters" in pack.passages[0].text


def test_a_value_of_the_table_comes_first_and_alone_answers(asking: Asking) -> None:
    _, pack = asking("How many layers does BERT base have?", "en")
    assert pack.answerable
    assert "12 layers" in pack.passages[0].text
    assert pack.passages[0].kind == "fact"


def test_a_model_without_the_value_has_those_of_its_variants_and_nothing_beside_them(asking: Asking) -> None:
    _, pack = asking("¿Cuántos parámetros tiene BERT?", "es")
    assert [passage.sentences[0].text for passage in pack.passages] == [
        "BERT base tiene 110 millones de parámetros.", "BERT large tiene 340 millones de parámetros.",
    ]  # fmt: skip
    _, pack = asking("How many layers does GPT-2 small have?", "en")
    assert [passage.kind for passage in pack.passages] == ["fact"], "a model of its own is asked for alone"


def test_what_answers_comes_before_what_else_speaks_of_it(asking: Asking) -> None:
    _, pack = asking("what does beta control in DPO?", "en")
    assert "controls how close the model stays to the reference" in pack.passages[0].text
    assert [passage.concept for passage in pack.passages] == ["dpo", "ppo", "dpo"], "and last what the concept is"


def test_a_question_of_two_concepts_gets_the_faq_on_both(asking: Asking) -> None:
    _, pack = asking("Why does DPO not need a reward model?", "en")
    assert pack.passages[0].kind == "faq"
    assert "reward model" in pack.passages[0].headings[-1]


@pytest.mark.parametrize(
    ("message", "language", "first"),
    [
        ("Is a bigger context window always better?", "en", "mistakes"),
        ("¿El softmax nunca da cero?", "es", "mistakes"),
        ("¿Es siempre mejor tener más cabezas de atención?", "es", "faq"),
        ("What is a context window?", "en", "faq"),
    ],
)
def test_whether_something_always_holds_is_told_by_the_faq_or_by_the_common_mistakes(
    asking: Asking, message: str, language: str, first: str
) -> None:
    _, pack = asking(message, language)
    assert pack.passages[0].kind == first


@pytest.mark.parametrize(
    ("message", "language", "maker"),
    [("¿Cuántas capas tiene GPT-4?", "es", "OpenAI"), ("How many parameters does GPT-4 have?", "en", "OpenAI")],
)
def test_what_a_maker_has_not_published_is_told_as_that(
    asking: Asking, message: str, language: str, maker: str
) -> None:
    _, pack = asking(message, language)
    assert pack.undisclosed is not None
    assert pack.undisclosed[0] == maker
    assert "GPT-4" in pack.undisclosed[2]
    assert pack.missing == (pack.undisclosed[1],)


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("¿Cómo se hace una tortilla de patatas?", "es"),
        ("who won the world cup in 2010", "en"),
        ("¿Qué es la fotosíntesis?", "es"),
        ("How many planets orbit Kepler-90?", "en"),
        ("what does attention say about Napoleon Bonaparte's horse Marengo", "en"),
    ],
)
def test_what_no_source_speaks_to_is_not_answered_and_its_words_are_named(
    asking: Asking, message: str, language: str
) -> None:
    plan, pack = asking(message, language)
    assert not pack.answerable
    assert pack.missing
    assert set(pack.missing) <= set(plan.focus)


def test_a_pack_is_short_and_names_each_passage_once(asking: Asking) -> None:
    for message, language in (
        ("diferencia entre BERT, GPT y T5", "es"),
        ("explain transformers in detail with an example", "en"),
    ):
        _, pack = asking(message, language, "advanced")
        assert 0 < len(pack.passages) <= MAX_PASSAGES
        assert len({passage.id for passage in pack.passages}) == len(pack.passages)


def test_every_passage_of_a_pack_can_be_found_again_by_its_id(asking: Asking, corpus: Corpus) -> None:
    for message, language in (
        ("¿Cuántas capas tiene BERT base?", "es"),
        ("What is attention?", "en"),
        ("When was BERT published?", "en"),
    ):
        _, pack = asking(message, language)
        assert [corpus.passage(passage.id) for passage in pack.passages] == list(pack.passages)


def test_given_documents_speak_alone(tutor: Tutor, tmp_path: Path) -> None:
    (tmp_path / "zorblax.md").write_text("# Zorblax\n\nThe zorblax engine turns water into sound.\n", encoding="utf-8")
    corpus = tutor.corpus([tmp_path])
    planner, gatherer = Planner(tutor.course, corpus.retriever, corpus.finder), Gatherer(corpus)
    plan = planner.plan("What does the zorblax engine do?", "en", "beginner", Memory())
    pack = gatherer.gather(plan, Memory())
    assert pack.answerable
    assert {passage.title for passage in pack.passages} == {"Zorblax"}
    plan = planner.plan("What is multi-head attention?", "en", "beginner", Memory())
    assert not gatherer.gather(plan, Memory()).answerable


def test_a_comparison_speaks_only_of_concepts_that_were_named(asking: Asking) -> None:
    plan, pack = asking("How is GPT-3 different from GPT-2?", "en")
    assert plan.others == ()
    assert {passage.concept for passage in pack.passages} <= {"gpt", ""}
    plan, pack = asking("¿Qué diferencia hay entre BERT y GPT?", "es")
    assert plan.others == ("gpt",)
    assert {"bert", "gpt"} <= {passage.concept for passage in pack.passages}


# Two questions in one message


def test_both_halves_of_a_question_are_answered_and_what_is_not_published_is_said(asking: Asking) -> None:
    for message, language in (
        ("¿Cuántos tokens usó Llama 3 y qué pasa con GPT-4?", "es"),
        ("How many tokens did Llama 3 use, and what about GPT-4?", "en"),
    ):
        plan, pack = asking(message, language)
        assert len(plan.halves) == 2
        assert [passage.kind for passage in pack.passages] == ["fact", "fact"]
        assert "Llama 3" in pack.passages[0].text
        assert "GPT-4" in pack.passages[1].text
        assert (pack.answerable, pack.undisclosed, pack.missing) == (True, None, ())


def test_of_two_questions_each_gets_its_best_passage(asking: Asking) -> None:
    _, pack = asking("¿Qué es la atención y para qué sirve la softmax?", "es")
    assert [(passage.concept, passage.kind) for passage in pack.passages] == [
        ("attention", "definition"), ("softmax", "why"),
    ]  # fmt: skip


def test_of_two_questions_the_one_that_is_not_answered_is_told(asking: Asking) -> None:
    _, pack = asking("What is RoPE, and how many people work on GPT-4?", "en")
    assert pack.answerable
    assert {passage.concept for passage in pack.passages} == {"rope"}
    assert "people" in pack.missing


def test_two_questions_that_nobody_published_are_as_one(asking: Asking) -> None:
    _, pack = asking("How many layers does GPT-4 have, and how many does Gemini Ultra?", "en")
    assert pack.undisclosed is not None


@pytest.mark.parametrize("message", ["How many people work at OpenAI on GPT-4?", "How many offices does GPT-3 have?"])
def test_a_count_of_something_else_is_not_answered_by_the_count_that_is_there(asking: Asking, message: str) -> None:
    _, pack = asking(message, "en")
    assert not pack.answerable
    assert message.split()[2] in pack.missing


def test_a_second_question_without_a_name_is_about_the_first_ones_concept(asking: Asking) -> None:
    _, pack = asking("¿Qué es LoRA y cuándo conviene usarlo?", "es")
    assert pack.answerable
    assert pack.passages[0].id.startswith("transformers:lora")
    assert "usarlo" not in pack.missing


@pytest.mark.parametrize(
    ("message", "language"),
    [("¿Qué diferencia hay entre BERT y GPT?", "es"), ("What is the difference between BERT and GPT?", "en")],
)
def test_of_a_comparison_only_what_speaks_of_the_other_is_said(asking: Asking, message: str, language: str) -> None:
    plan, pack = asking(message, language)
    said = choose_sentences(pack.passages[0], plan)
    assert pack.passages[0].kind == "compare"
    assert len(said) < len(pack.passages[0].sentences)
    assert all("GPT" in sentence.text for sentence in said)
    assert [(passage.concept, passage.kind) for passage in pack.passages[1:]] == [
        ("bert", "definition"), ("gpt", "definition"),
    ]  # fmt: skip


def test_once_a_count_is_answered_no_worked_example_of_something_else_follows(asking: Asking) -> None:
    _, pack = asking("¿Cuánto costó entrenar GPT-4?", "es")
    assert pack.answerable
    assert "example" not in {passage.kind for passage in pack.passages}
