"""The table of facts: what a text names, and the facts as sentences."""

import re

import pytest

from knowledge.course import Course
from knowledge.documents import Citation
from knowledge.facts import Attribute, Entity, Fact, FactTable

SOURCE = (Citation("paper2020", "§1"),)


def attribute(name: str, english: tuple[str, ...], spanish: tuple[str, ...], sentence: dict[str, str]) -> Attribute:
    phrase = {"en": f"the number of {english[0]}", "es": f"el número de {spanish[0]}"}
    return Attribute(name, {"en": english, "es": spanish}, phrase, sentence, values={}, unit={})


@pytest.fixture(scope="module")
def table() -> FactTable:
    entities = [
        Entity("gpt", ("GPT",), "OpenAI"),
        Entity("gpt-4", ("GPT-4", "GPT4"), "OpenAI"),
        Entity("llama-3", ("LLaMA 3",), "Meta"),
        Entity("llama-3-8b", ("LLaMA 3 8B",), "Meta", family="llama-3"),
        Entity("cot", ("chain-of-thought prompting",), "Google"),
    ]
    attributes = [
        attribute("layers", ("layers", "depth"), ("capas", "profundidad"),
                  {"en": "{entity} has {value} layers.", "es": "{entity} tiene {value} capas."}),
        attribute("encoder_layers", ("encoder layers",), ("capas del codificador",),
                  {"en": "The encoder of {entity} has {value} layers.",
                   "es": "El codificador de {entity} tiene {value} capas."}),
        attribute("parameters", ("parameters",), ("parámetros",),
                  {"en": "{entity} has {value} parameters.", "es": "{entity} tiene {value} parámetros."}),
        attribute("year", ("year",), ("año",),
                  {"en": "{entity} was introduced in {value}.", "es": "{entity} se presentó en {value}."}),
        Attribute("kind", {"en": ("architecture",), "es": ("arquitectura",)}, {"en": "the kind", "es": "el tipo"},
                  {"en": "{entity} is {value}.", "es": "{entity} es {value}."},
                  values={"decoder-only": {"en": ("decoder-only", "a decoder"), "es": ("solo decodificador",)}},
                  unit={}),
    ]  # fmt: skip
    facts = (
        Fact("gpt-4", "layers", None, "undisclosed", SOURCE),
        Fact("gpt", "layers", 12, "published", SOURCE),
        Fact("llama-3", "year", 2024, "published", SOURCE, also=(2023,)),
        Fact("llama-3", "kind", "decoder-only", "published", SOURCE),
        Fact("llama-3-8b", "parameters", 1_000_000, "published", SOURCE),
        Fact("cot", "year", 2022, "published", SOURCE),
    )
    undisclosed = {
        "en": "{maker} has not published {phrase} of {entity}.", "es": "{maker} no ha publicado {phrase} de {entity}.",
    }  # fmt: skip
    return FactTable(
        {item.id: item for item in entities}, {item.id: item for item in attributes}, facts, undisclosed
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GPT-4 is large", ["gpt-4"]),
        ("gpt 4 and GPT4 and GPT‑4 and gpt_4", ["gpt-4"] * 4),
        ("GPT came before GPT-4.", ["gpt", "gpt-4"]),
        ("GPT-4o and GPT-5", []),
        ("GPTs", []),
        ("MyGPT", []),
        ("LLaMA 3 has", ["llama-3"]),
        ("llama-3, then", ["llama-3"]),
        ("LLaMA 3.1 has", []),
        ("Llama 3.", ["llama-3"]),
        ("LLaMA 3 8B and LLaMA-3-8B", ["llama-3-8b", "llama-3-8b"]),
        ("¿Cuántas capas tiene GPT-4?", ["gpt-4"]),
        ("", []),
    ],
)
def test_entities_are_recognised_by_their_whole_name(table: FactTable, text: str, expected: list[str]) -> None:
    assert [entity.id for _, entity in table.entities_in(text)] == expected


def test_places_are_those_of_the_text(table: FactTable) -> None:
    text = "Según OpenAI, GPT-4 tiene más parámetros."
    [(place, entity)] = table.entities_in(text)
    assert (text[place : place + 5], entity.name) == ("GPT-4", "GPT-4")
    [(place, found)] = table.attributes_in(text, "es")
    assert (text[place : place + 10], found.id) == ("parámetros", "parameters")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("How many encoder layers?", "en", ["encoder_layers"]),
        ("How many layers, and which year?", "en", ["layers", "year"]),
        ("las capas del codificador", "es", ["encoder_layers"]),
        ("LAS CAPAS y los parametros", "es", ["layers", "parameters"]),
        ("multilayers", "en", []),
        ("layers", "es", []),
    ],
)
def test_attributes_are_recognised_by_their_longest_name(
    table: FactTable, text: str, language: str, expected: list[str]
) -> None:
    assert [found.id for _, found in table.attributes_in(text, language)] == expected


def test_values_that_are_words_are_recognised_by_any_wording(table: FactTable) -> None:
    assert table.values_in("It is a decoder only.", "kind", "en") == {"decoder-only"}
    assert table.values_in("It is a decoder.", "kind", "en") == {"decoder-only"}
    assert table.values_in("Es solo decodificador.", "kind", "es") == {"decoder-only"}
    assert table.values_in("It is an encoder.", "kind", "en") == set()


def test_spans_of_names(table: FactTable) -> None:
    text = "GPT-4, not GPT-5"
    assert [text[start:end] for start, end in table.name_spans(text)] == ["GPT-4"]


def test_a_variant_takes_the_facts_that_it_lacks_from_its_family(table: FactTable) -> None:
    year = table.find("llama-3-8b", "year")
    assert year is not None
    assert (year.entity, year.value) == ("llama-3", 2024)
    own = table.find("llama-3-8b", "parameters")
    assert own is not None
    assert own.entity == "llama-3-8b"
    assert table.find("llama-3", "parameters") is None
    assert table.find("llama-3-8b", "layers") is None
    assert table.find("nobody", "layers") is None
    assert [fact.attribute for fact in table.of("llama-3")] == ["year", "kind"]


def test_an_undisclosed_fact_says_that_it_was_not_published(table: FactTable) -> None:
    fact = table.find("gpt-4", "layers")
    assert fact is not None
    assert table.sentence(fact, "en") == "OpenAI has not published the number of layers of GPT-4."
    assert table.sentence(fact, "es") == "OpenAI no ha publicado el número de capas de GPT-4."
    assert table.wordings(fact, "es") == [table.sentence(fact, "es")]


def test_facts_as_sentences(table: FactTable) -> None:
    sentences = {(fact.entity, fact.attribute): fact for fact in table.facts}
    million, year = sentences["llama-3-8b", "parameters"], sentences["llama-3", "year"]
    assert table.sentence(million, "en") == "LLaMA 3 8B has 1 million parameters."
    assert table.sentence(million, "es") == "LLaMA 3 8B tiene 1 millón de parámetros."
    assert table.wordings(year, "es") == ["LLaMA 3 se presentó en 2024.", "LLaMA 3 se presentó en 2023."]
    assert table.wordings(sentences["llama-3", "kind"], "en") == ["LLaMA 3 is decoder-only."]
    assert table.sentence(sentences["cot", "year"], "en") == "Chain-of-thought prompting was introduced in 2022."


# The course's own table


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_fact_of_the_course_is_a_well_formed_sentence(course: Course, language: str) -> None:
    for fact in course.facts.facts:
        for text in course.facts.wordings(fact, language):
            assert re.fullmatch(r"[^a-z\s{}].*[^\s.{}]\.", text), text
            assert not re.search(r"[{}]|  |\.\.| [.,]|None", text), text
            assert language == "es" or not re.search(r"\ba [aeio]", text), text


def test_every_fact_of_the_course_has_a_source_that_it_holds(course: Course) -> None:
    for fact in course.facts.facts:
        assert fact.sources, fact
        assert all(citation.key in course.sources for citation in fact.sources), fact
        assert (fact.value is None) == (fact.status == "undisclosed"), fact


def test_every_entity_and_attribute_of_the_course_is_found_by_each_of_its_names(course: Course) -> None:
    for entity in course.facts.entities.values():
        for name in entity.names:
            assert [found.id for _, found in course.facts.entities_in(f"({name}),")] == [entity.id], name
    for item in course.facts.attributes.values():
        for language in ("es", "en"):
            for name in item.names[language]:
                assert [found.id for _, found in course.facts.attributes_in(name, language)] == [item.id], name


def test_what_the_makers_have_not_published_is_said_so(course: Course) -> None:
    undisclosed = {(fact.entity, fact.attribute) for fact in course.facts.facts if fact.status == "undisclosed"}
    assert {("gpt-4", "parameters"), ("gpt-4", "layers"), ("gpt-4", "attention_heads")} <= undisclosed
