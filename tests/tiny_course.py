"""A sound course of two concepts, small enough to break in one place at a time."""

from pathlib import Path

COURSE = """\
id = "tiny"
version = "1"
languages = ["es", "en"]
[title]
en = "Tiny"
es = "Diminuto"
[description]
en = "Two concepts."
es = "Dos conceptos."
"""

SOURCES = """\
@book{knuth1968,
  author = {Knuth, Donald E.},
  title = {The Art of Computer Programming},
  year = {1968}
}

@article{hoare1962,
  author = {Hoare, C. A. R.},
  title = {Quicksort},
  year = {1962},
  doi = {10.1093/comjnl/5.1.10}
}
"""

FACTS = """\
[undisclosed]
en = "{maker} has not published {phrase} of {entity}."
es = "{maker} no ha publicado {phrase} de {entity}."

[[entity]]
id = "quicksort"
names = ["Quicksort", "quick-sort"]
maker = "Hoare"

[[attribute]]
id = "year"
phrase = {en = "the year", es = "el año"}
sentence = {en = "{entity} was published in {value}.", es = "{entity} se publicó en {value}."}
en = ["year"]
es = ["año"]

[[attribute]]
id = "cost"
phrase = {en = "the cost", es = "el coste"}
sentence = {en = "The cost of {entity} is {value}.", es = "El coste de {entity} es {value}."}
en = ["cost"]
es = ["coste"]
[attribute.values."quadratic"]
en = ["quadratic"]
es = ["cuadrático"]

[[fact]]
entity = "quicksort"
attribute = "year"
value = 1962
status = "published"
source = "hoare1962"

[[fact]]
entity = "quicksort"
attribute = "cost"
status = "undisclosed"
source = "hoare1962 §2"
"""

GLOSSARY = """\
[[term]]
en = ["sorting", "ordering"]
es = ["ordenación"]
"""

CONCEPT = """\
id = "{id}"
prerequisites = [{prerequisites}]
difficulty = 2
[name]
en = "The {id}"
es = "El {id}"
[aliases]
en = ["{id} method"]
es = ["método {id}"]
[objectives.en]
understand = "Explain the {id}."
[objectives.es]
understand = "Explicar el {id}."
"""

STATEMENTS = """\
[[statement]]
id = "{id}.first"
source = "knuth1968 §1"
en = ["The {id} ends.", "The {id} does end."]
es = ["El {id} termina.", "El {id} acaba."]
"""

MISCONCEPTIONS = """\
[[misconception]]
id = "{id}.endless"
concepts = ["{id}"]
source = "knuth1968 §1"
[misconception.statement]
en = "The {id} never ends."
es = "El {id} nunca termina."
[misconception.why]
en = "It looks long."
es = "Parece largo."
[misconception.refutation]
en = "The {id} ends after 3 steps."
es = "El {id} termina tras 3 pasos."
"""

ENGLISH = """\
# The {id}

## Definition {{#definition .beginner .advanced}}

The {id} is a method of 3 steps. [@knuth1968, §1]

## Intuition {{#intuition .beginner}}

The {id} is like a game of cards.

## Worked example {{#example .beginner}}

The {id} turns 2, 1 into 1, 2.

## Why it matters {{#why .beginner}}

The {id} saves 0.5 hours. [@hoare1962]

## Common mistakes {{#mistakes .beginner}}

- The {id} has 3 steps, not 4. [@knuth1968, §1]

## Questions {{#faq .beginner}}

{faq}"""

SPANISH = """\
# El {id}

## Definición {{#definition .beginner .advanced}}

El {id} es un método de 3 pasos. [@knuth1968, §1]

## Intuición {{#intuition .beginner}}

El {id} es como un juego de cartas.

## Ejemplo resuelto {{#example .beginner}}

El {id} convierte 2, 1 en 1, 2.

## Por qué importa {{#why .beginner}}

El {id} ahorra 0,5 horas. [@hoare1962]

## Errores comunes {{#mistakes .beginner}}

- El {id} tiene 3 pasos, no 4. [@knuth1968, §1]

## Preguntas {{#faq .beginner}}

{faq}"""


def _questions(text: str, count: int = 5) -> str:
    return "".join(f"### {text} {number}?\n\n{text} {number}. [@knuth1968, §2]\n\n" for number in range(1, count + 1))


def write_course(folder: Path) -> Path:
    """The course in a folder: `pivot`, and `merge` that builds on it."""
    files = {
        "course.toml": COURSE,
        "sources.bib": SOURCES,
        "facts.toml": FACTS,
        "glossary.toml": GLOSSARY,
    }
    for concept, prerequisites in (("pivot", ""), ("merge", '"pivot"')):
        place = f"concepts/{concept}"
        files[f"{place}/concept.toml"] = CONCEPT.format(id=concept, prerequisites=prerequisites)
        files[f"{place}/statements.toml"] = STATEMENTS.format(id=concept)
        files[f"{place}/misconceptions.toml"] = MISCONCEPTIONS.format(id=concept)
        files[f"{place}/en.md"] = ENGLISH.format(id=concept, faq=_questions(f"The {concept} answers question"))
        files[f"{place}/es.md"] = SPANISH.format(id=concept, faq=_questions(f"El {concept} responde a la pregunta"))
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
