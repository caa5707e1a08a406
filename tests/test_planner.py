"""The planner: what a message is about and what is asked of it, in both languages, alone and in a conversation."""

import dataclasses
import json

import pytest

from agents.plan import LEVELS, Memory, Plan
from agents.planner import Planner
from evals.names import TELLING, names_of
from knowledge.course import Course

NEW = Memory()
AFTER_ATTENTION = {
    language: Memory(language=language, level="beginner", concepts=("attention",), intent="explain", question="x")
    for language in ("es", "en")
}


def planned(planner: Planner, message: str, language: str, memory: Memory = NEW) -> Plan:
    return planner.plan(message, language, "beginner", memory)


INTENTS = [
    ("greeting", "hola", "hi there"),
    ("greeting", "Buenos días", "Good morning!"),
    ("thanks", "¡Muchas gracias!", "thanks a lot"),
    ("thanks", "vale", "got it"),
    ("explain", "¿Qué es la atención?", "What is attention?"),
    ("explain", "explícame la autoatención", "explain self-attention"),
    ("explain", "BERT", "BERT"),
    ("explain", "¿Qué es un LLM de código abierto?", "What is tool use?"),
    ("explain", "modelo de recompensa de proceso", "What is a process reward model?"),
    ("code", "código de la softmax", "code of the softmax"),
    ("how", "cómo funciona BPE", "how RoPE works"),
    ("why", "¿Por qué se usan varias cabezas?", "Why are several heads used?"),
    ("why", "¿para qué sirve la normalización de capa?", "what is layer normalization for?"),
    ("why", "xq hace falta la máscara causal", "what happens if there is no causal mask"),
    ("how", "¿Cómo funciona BERT?", "How does BERT work?"),
    ("how", "RLHF paso a paso", "RLHF step by step"),
    ("example", "dame un ejemplo de atención", "give me an example of attention"),
    ("example", "atención con números", "attention with numbers"),
    ("compare", "¿en qué se diferencian BERT y GPT?", "What is the difference between BERT and GPT?"),
    ("compare", "BERT vs GPT", "BERT vs GPT"),
    ("formula", "fórmula de la atención", "the formula of attention"),
    ("formula", "ecuación de la normalización de capa", "equation of layer normalization"),
    ("code", "código de la atención en PyTorch", "attention in PyTorch code"),
    ("how_many", "¿Cuántas capas tiene BERT base?", "How many layers does BERT base have?"),
    ("who", "¿Quién hizo GPT-3?", "Who made GPT-3?"),
    ("when", "¿Cuándo se publicó BERT?", "When was BERT published?"),
    ("when", "¿En qué año se publicó BERT?", "in which year did BERT appear"),
    ("mistakes", "errores comunes con la atención", "common mistakes with attention"),
    ("simpler", "la atención, más sencillo", "attention in simple words"),
    ("deeper", "la atención con más detalle", "attention in more depth"),
]  # fmt: skip


@pytest.mark.parametrize(("intent", "spanish", "english"), INTENTS, ids=[f"{row[0]}: {row[2]}" for row in INTENTS])
def test_what_is_asked_is_told_in_both_languages(planner: Planner, intent: str, spanish: str, english: str) -> None:
    assert planned(planner, spanish, "es").intent == intent
    assert planned(planner, english, "en").intent == intent


CONCEPTS = [
    ("attention", "¿Qué es la atención?", "What is attention?"),
    ("self-attention", "¿Qué es la autoatención?", "What is self-attention?"),
    ("multi-head-attention", "¿Qué es la atención multicabeza?", "What is multi-head attention?"),
    ("positional-encoding", "codificación posicional", "positional encoding"),
    ("feed-forward", "la red feed-forward", "the feed-forward network"),
    ("residual-connections", "¿Qué son las conexiones residuales?", "What are residual connections?"),
    ("layer-normalization", "normalización de capa", "layer normalisation"),
    ("bert", "¿Qué es BERT?", "What is BERT?"),
    ("gpt", "¿Cómo funciona GPT?", "How does GPT work?"),
    ("t5", "¿Qué es T5?", "What is T5?"),
    ("rlhf", "¿Qué es RLHF?", "What is RLHF?"),
    ("pretraining", "¿Qué es el preentrenamiento?", "What is pretraining?"),
    ("chain-of-thought", "cadena de pensamiento", "chain of thought"),
    ("in-context-learning", "¿Qué es el aprendizaje en contexto?", "What is in-context learning?"),
]


@pytest.mark.parametrize(("concept", "spanish", "english"), CONCEPTS, ids=[row[0] for row in CONCEPTS])
def test_a_named_concept_comes_first(planner: Planner, concept: str, spanish: str, english: str) -> None:
    for message, language in ((spanish, "es"), (english, "en")):
        made = planned(planner, message, language)
        assert made.concepts[0] == concept
        assert made.named
        assert not made.carried
        assert made.hits


@pytest.mark.parametrize("language", ["es", "en"])
def test_who_says_a_name_and_no_more_is_told_of_that_concept(planner: Planner, course: Course, language: str) -> None:
    """A name of each concept, in one wording after the other: "explain attention" is not about what explains."""
    seen: dict[str, list[str]] = {}
    for alias, concept in names_of(course, language):
        seen.setdefault(concept, []).append(alias)
    missed = []
    for place, (concept, aliases) in enumerate(seen.items()):
        telling, alias = TELLING[language][place % len(TELLING[language])], aliases[place % len(aliases)]
        plan = planned(planner, telling.format(alias), language)
        if plan.concepts[:1] != (concept,) or not plan.named:
            missed.append((telling, alias, concept, plan.concepts[:1]))
    assert not missed


@pytest.mark.parametrize(
    ("message", "language", "concept"),
    [
        ("Explain attention", "en", "attention"),
        ("Tell me about attention", "en", "attention"),
        ("Explain the decoder", "en", "decoder"),
        ("what is decoding", "en", "decoding"),
        ("Explain AI teachers", "en", "education"),
        ("norm placement", "en", "norm-placement"),
        ("¿Qué es attention?", "es", "attention"),
        ("no entiendo positional encoding", "es", "positional-encoding"),
        ("racismo", "es", "bias"),
        ("¿Qué es llama?", "es", "llama"),
    ],
)
def test_names_are_told_from_words_like_them(planner: Planner, message: str, language: str, concept: str) -> None:
    assert planned(planner, message, language).concepts[0] == concept


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("attention", "en"),
        ("atención", "es"),
        ("attention weights", "en"),
        ("softmax", ""),
        ("hello", ""),
        ("BERT", ""),
    ],
)
def test_a_name_of_one_language_tells_which_is_spoken(planner: Planner, message: str, language: str) -> None:
    assert planner.language_of(message) == language


def test_both_concepts_of_a_comparison_are_found(planner: Planner) -> None:
    for message, language in (("diferencia entre BERT y GPT", "es"), ("GPT compared to BERT", "en")):
        assert set(planned(planner, message, language).concepts[:2]) == {"bert", "gpt"}


@pytest.mark.parametrize(
    ("message", "language", "mended", "concept"),
    [
        ("atencoin", "es", "atencion", "attention"),
        ("¿Qué es el transformre?", "es", "transformer", "transformer"),
        ("normalizacon de capa", "es", "normalizacion", "layer-normalization"),
        ("atention", "en", "attention", "attention"),
        ("what is a trasformer", "en", "transformer", "transformer"),
        ("postional encoding", "en", "positional", "positional-encoding"),
    ],
)
def test_typing_errors_are_mended(planner: Planner, message: str, language: str, mended: str, concept: str) -> None:
    made = planned(planner, message, language)
    assert mended in made.query.split()
    assert made.concepts[0] == concept


def test_words_that_are_right_are_left_alone(planner: Planner) -> None:
    for message, language in (
        ("attending heads decoder", "en"),
        ("atender cabezas decodificador", "es"),
        ("RoPE RMSNorm", "en"),
    ):
        assert [word.lower() for word in planned(planner, message, language).query.split()] == message.lower().split()


FOLLOW_UPS = [
    ("why", "¿y por qué?", "and why?"),
    ("why", "¿y eso para qué sirve?", "what is it for?"),
    ("how", "¿y cómo funciona?", "how does it work?"),
    ("simpler", "más sencillo", "simpler"),
    ("simpler", "no lo entiendo", "I don't get it"),
    ("simpler", "no lo entiendo, ¿me lo explicas más fácil?", "can you explain it in an easier way?"),
    ("simpler", "explícamelo de forma más sencilla", "explain it more simply"),
    ("simpler", "explícamelo como si tuviera cinco años", "explain like I'm five"),
    ("deeper", "cuéntame más", "tell me more"),
    ("example", "otro ejemplo", "another example"),
    ("formula", "¿y la fórmula?", "and the formula?"),
    ("code", "¿y en código?", "and the code?"),
    ("again", "otra vez", "say it again"),
]


@pytest.mark.parametrize(("intent", "spanish", "english"), FOLLOW_UPS, ids=[row[2] for row in FOLLOW_UPS])
def test_a_follow_up_is_about_what_was_said_before(planner: Planner, intent: str, spanish: str, english: str) -> None:
    for message, language in ((spanish, "es"), (english, "en")):
        made = planned(planner, message, language, AFTER_ATTENTION[language])
        assert made.carried, message
        assert made.named
        assert made.concepts[0] == "attention"
        assert made.intent == intent
        assert made.focus == (), message


SIZES = ("bert-base", "bert-large")
ABOUT_BERT = [
    ("maker", "¿quién lo creó?", "who made it?", ("bert",)),
    ("parameters", "¿y cuántos parámetros tiene?", "and how many parameters does it have?", SIZES),
    ("layers", "¿y cuántas capas?", "and how many layers?", SIZES),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "spanish", "english", "models"), ABOUT_BERT, ids=[row[0] for row in ABOUT_BERT])
def test_a_fact_asked_for_next_is_of_the_model_that_was_spoken_of(
    planner: Planner, fact: str, spanish: str, english: str, models: tuple[str, ...]
) -> None:
    """Also where the message names a thing of the course, such as parameters, and after other such questions."""
    asked = {"es": ["¿Qué es BERT?"], "en": ["What is BERT?"]}
    for _, before_es, before_en, _ in ABOUT_BERT:
        asked["es"].append(before_es)
        asked["en"].append(before_en)
    for message, language in ((spanish, "es"), (english, "en")):
        turns = tuple((question, ".") for question in asked[language] if question != message)
        memory = Memory(language, "beginner", ("bert",), "explain", "", turns=turns)
        made = planned(planner, message, language, memory)
        assert (made.carried, made.concepts) == (True, ("bert",)), message
        assert made.facts == tuple((model, fact) for model in models)


@pytest.mark.parametrize(
    ("message", "language", "turns"),
    [
        ("and how many parameters does it have?", "en", (("What is GPT-3?", "."), ("What is attention?", "."))),
        ("and how many heads does it have?", "en", (("What is GPT-3?", "."), ("and what is attention?", "."))),
        ("how many parameters does Gemma have?", "en", (("What is GPT-3?", "."),)),
        ("¿cómo los modelos grandes aprenden?", "es", (("¿Qué es GPT-3?", "."),)),
        ("¿por qué lo mejor es usar una máscara?", "es", (("¿Qué es GPT-3?", "."),)),
    ],
)
def test_a_model_of_before_is_left_when_something_else_was_named(
    planner: Planner, message: str, language: str, turns: tuple[tuple[str, str], ...]
) -> None:
    made = planned(planner, message, language, Memory(language, "beginner", ("attention",), "explain", "", turns=turns))
    assert made.facts == ()
    assert not made.carried or made.concepts == ("attention",)


@pytest.mark.parametrize(
    ("message", "spoken", "wanted"),
    [
        ("en inglés", "es", "en"),
        ("y ahora en español", "es", "es"),
        ("in Spanish, please", "en", "es"),
        ("now in English", "en", "en"),
    ],
)
def test_the_same_again_in_the_other_language(planner: Planner, message: str, spoken: str, wanted: str) -> None:
    made = planned(planner, message, spoken, AFTER_ATTENTION[spoken])
    assert (made.intent, made.language, made.concepts[0], made.carried) == ("other_language", wanted, "attention", True)


@pytest.mark.parametrize("message", ["¿Qué es BERT?", "¿y los transformers?", "¿y la normalización de capa?"])
def test_a_new_concept_ends_the_old_topic(planner: Planner, message: str) -> None:
    made = planned(planner, message, "es", AFTER_ATTENTION["es"])
    assert not made.carried
    assert made.concepts[0] != "attention"


def test_nothing_is_carried_into_a_question_about_something_else(planner: Planner) -> None:
    for message, language in (
        ("¿Cuánto hay que cocer los garbanzos en olla exprés?", "es"),
        ("What are the rules of offside in soccer?", "en"),
    ):
        made = planned(planner, message, language, AFTER_ATTENTION[language])
        assert not made.carried
        assert not made.named


def test_a_follow_up_without_a_conversation_is_about_nothing(planner: Planner) -> None:
    for message, language in (("¿y por qué?", "es"), ("simpler", "en"), ("otro ejemplo", "es")):
        made = planned(planner, message, language)
        assert not made.named
        assert not made.carried


def test_what_the_question_adds_to_the_concept_is_its_focus(planner: Planner) -> None:
    assert planned(planner, "¿Qué es la atención?", "es").focus == ()
    assert "raíz" not in planned(planner, "explícame la atención por favor", "es").focus
    focus = planned(planner, "how does attention treat the colour magenta", "en").focus
    assert "magenta" in focus
    assert "attention" not in focus


@pytest.mark.parametrize(
    ("message", "language", "pair"),
    [
        ("¿Cuántas capas tiene BERT base?", "es", ("bert-base", "layers")),
        ("how many layers does GPT-3 have", "en", ("gpt-3", "layers")),
        ("¿Cuántos parámetros tiene GPT-3?", "es", ("gpt-3", "parameters")),
        ("Who made GPT-3?", "en", ("gpt-3", "maker")),
        ("¿Quién hizo GPT-3?", "es", ("gpt-3", "maker")),
        ("When was BERT published?", "en", ("bert", "year")),
        ("¿Cuándo se publicó BERT?", "es", ("bert", "year")),
        ("When were rotary position embeddings proposed?", "en", ("rope", "year")),  # a name that only the course has
        ("How many attention heads does BERT large have?", "en", ("bert-large", "attention_heads")),
    ],
)
def test_a_question_for_a_value_names_its_row_of_the_table(
    planner: Planner, message: str, language: str, pair: tuple[str, str]
) -> None:
    assert pair in planned(planner, message, language).facts


@pytest.mark.parametrize(
    ("message", "language", "facts"),
    [
        ("¿Con cuántos tokens se entrenó Llama 3?", "es", (("llama-3", "training_tokens"),)),
        ("How many tokens was Llama 3 trained on?", "en", (("llama-3", "training_tokens"),)),
        ("¿Con cuántos tokens se entrenó GPT-4?", "es", (("gpt-4", "training_tokens"),)),  # not published, and said so
        ("¿Cuántos tokens usó Llama 3?", "es", (("llama-3", "training_tokens"),)),  # when it was trained
        ("How many tokens did Llama 3 see?", "en", (("llama-3", "training_tokens"),)),
        ("¿Cuántos tokens tiene Llama 3?", "es", ()),  # in its vocabulary, its context or its training
        ("How many people work on Llama 3?", "en", ()),
        (
            "How many attention heads does each layer of Gemini Ultra have?",
            "en",
            (("gemini-ultra", "attention_heads"),),
        ),
        ("¿Cuántas capas tiene Gemini 1.5 Pro?", "es", (("gemini-1.5", "layers"),)),  # and not those of Gemini
    ],
)
def test_a_count_is_known_by_the_sentence_that_answers_it(
    planner: Planner, message: str, language: str, facts: tuple[tuple[str, str], ...]
) -> None:
    assert planned(planner, message, language).facts == facts


def test_no_row_is_named_where_none_is_asked_for(planner: Planner) -> None:
    assert planned(planner, "¿Qué es la atención?", "es").facts == ()
    assert planned(planner, "Who is the CEO of OpenAI?", "en").facts == ()
    known = planner.course.facts
    for message in ("How many layers does BERT base have?", "who made GPT-4"):
        assert all(known.find(*pair) is not None for pair in planned(planner, message, "en").facts)


def test_the_level_asked_for_then_the_threads_then_beginner(planner: Planner) -> None:
    before = Memory(level="advanced")
    assert planner.choose_level("intermediate", before) == "intermediate"
    assert planner.choose_level("", before) == "advanced"
    assert planner.choose_level("", NEW) == "beginner"
    assert planner.choose_level("guru", Memory(level="guru")) == "beginner"
    assert LEVELS == ("beginner", "intermediate", "advanced")


def test_the_same_message_gives_the_same_plan(planner: Planner) -> None:
    first, second = (planned(planner, "how does self attention work in bert", "en") for _ in range(2))
    assert dataclasses.asdict(first) == dataclasses.asdict(second)


@pytest.mark.parametrize("message", ["?", "...", "🤖", "a", "$$$", "-" * 500, "x" * 5000, "¿" * 50, "1 2 3"])
def test_any_message_gets_a_plan(planner: Planner, message: str) -> None:
    for language in ("es", "en"):
        made = planned(planner, message, language, AFTER_ATTENTION[language])
        assert made.intent
        assert made.language == language


# Two questions in one message

COMPOUND = [
    ("¿Cuántos tokens usó Llama 3 y qué pasa con GPT-4?", "es", ("llama-3", "gpt-4"), "training_tokens"),
    ("How many tokens did Llama 3 see, and what about GPT-4?", "en", ("llama-3", "gpt-4"), "training_tokens"),
    ("¿Cuántas capas tiene BERT base y cuántas GPT-3?", "es", ("bert-base", "gpt-3"), "layers"),
    ("How many layers does BERT base have? And how many does GPT-3?", "en", ("bert-base", "gpt-3"), "layers"),
]


@pytest.mark.parametrize(("message", "language", "entities", "attribute"), COMPOUND, ids=[row[0] for row in COMPOUND])
def test_what_is_asked_of_one_model_is_asked_of_the_other(
    planner: Planner, message: str, language: str, entities: tuple[str, ...], attribute: str
) -> None:
    made = planned(planner, message, language)
    assert made.facts == tuple((entity, attribute) for entity in entities)
    assert [half.facts for half in made.halves] == [((entity, attribute),) for entity in entities]
    assert made.intent == "how_many"


TWO = [
    ("¿Qué es la atención y para qué sirve la softmax?", "es", ("attention", "softmax"), ("explain", "why")),
    ("What is BERT, and how does RoPE work?", "en", ("bert", "rope"), ("explain", "how")),
    ("¿Quién hizo Claude y qué es la IA constitucional?", "es", ("claude", "constitutional-ai"), ("who", "explain")),
    ("How many parameters does GPT-3 have and what is RoPE?", "en", ("gpt", "rope"), ("how_many", "explain")),
    # the second asks more of the first one's thing, with a pronoun or without one
    ("What is LoRA and how much memory does it save?", "en", ("lora", "lora"), ("explain", "how_many")),
    ("What is attention and why does it matter?", "en", ("attention", "attention"), ("explain", "why")),
    ("¿Qué es la softmax y cómo se calcula?", "es", ("softmax", "softmax"), ("explain", "how")),
    ("¿Qué es LoRA y cuándo conviene usarlo?", "es", ("lora", "lora"), ("explain", "explain")),
]


@pytest.mark.parametrize(("message", "language", "concepts", "intents"), TWO, ids=[row[0] for row in TWO])
def test_two_questions_about_two_things_are_planned_each(
    planner: Planner, message: str, language: str, concepts: tuple[str, str], intents: tuple[str, str]
) -> None:
    made = planned(planner, message, language)
    assert [half.concepts[0] for half in made.halves] == list(concepts)
    assert tuple(half.intent for half in made.halves) == intents
    assert made.concepts[: len(set(concepts))] == tuple(dict.fromkeys(concepts))


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("¿Qué es RoPE y en qué se diferencia de las posiciones de siempre?", "es"),
        ("¿En qué se diferencian BERT y GPT?", "es"),
        ("que es GQA y en que se diferencia de MQA", "es"),
        ("dame un ejercicio de softmax y qué es la atención", "es"),
        ("What is the capital of Mongolia and how many people live there?", "en"),
    ],
)
def test_one_question_in_two_halves_stays_one(planner: Planner, message: str, language: str) -> None:
    assert planned(planner, message, language).halves == ()


@pytest.mark.parametrize(
    ("message", "language"),
    [("¿Quién hizo Claude y cuándo salió?", "es"), ("Who made Claude and when was it released?", "en")],
)
def test_a_second_half_without_a_name_asks_of_the_first_ones_model(
    planner: Planner, message: str, language: str
) -> None:
    assert planned(planner, message, language).facts == (("claude", "maker"), ("claude", "year"))


def test_a_plan_survives_as_data_with_its_halves(planner: Planner) -> None:
    made = planned(planner, COMPOUND[0][0], "es")
    assert Plan.restored(json.loads(json.dumps(dataclasses.asdict(made)))) == made


def test_two_questions_in_the_other_language_are_answered_in_the_chosen_one(planner: Planner) -> None:
    made = planned(planner, COMPOUND[0][0], "en")
    assert made.language == "en"
    assert [half.language for half in made.halves] == ["en", "en"]


@pytest.mark.parametrize(
    ("message", "language", "counted"),
    [
        ("How many people work at OpenAI on GPT-4?", "en", "people"),
        ("¿Cuánta gente trabaja en GPT-4?", "es", "gente"),
        ("How many times was GPT-3 asked?", "en", "times"),
    ],
)
def test_what_is_counted_of_a_model_must_be_spoken_of(
    planner: Planner, message: str, language: str, counted: str
) -> None:
    made = planned(planner, message, language)
    assert counted in made.critical
    assert counted in made.focus
    assert made.facts == ()
