"""What can be quoted: statements that stand alone, and what is taken off them when they are shown."""

import pytest
from research_papers import passage

from agents.research.stretches import FEWEST, is_statement, shown, stretches_of

STATEMENTS = [
    ("en", "Attention weighs the values of all positions."),
    ("en", "The cost of attention grows with $n^2$, the square of the length."),
    ("en", "- The decoder writes one token after the other."),
    ("es", "La atención pondera los valores de todas las posiciones."),
    ("es", "El coste de la atención crece con $n^2$, el cuadrado de la longitud."),
]
NO_STATEMENTS = [
    ("en", "Why does attention cost so much?"),
    ("en", "In this section we describe the model."),
    ("en", "The model has three parts:"),
    ("en", "| model | layers |\n| base | 12 |"),
    ("en", "```python\nx = attention(q, k, v)\n```"),
    ("en", "$$\\mathrm{softmax}(QK^\\top)V$$"),
    ("en", "You will learn how attention works."),
    ("en", "Results of the base model"),
    ("es", "¿Por qué cuesta tanto la atención?"),
    ("es", "En esta sección se describe el modelo."),
    ("es", "Vamos a ver cómo funciona la atención."),
    ("es", "El modelo tiene tres partes:"),
]
SHOWN = [
    ("en", "However, attention is costly on long inputs [12].", "Attention is costly on long inputs."),
    ("en", "Attention replaced recurrence (Vaswani et al., 2017).", "Attention replaced recurrence."),
    ("en", "Attention replaced recurrence [@vaswani2017] in 2017 [3, 4].", "Attention replaced recurrence in 2017."),
    ("en", "- **Memory** grows with the length of the input.", "**Memory** grows with the length of the input."),
    ("en", "Therefore, $n^2$ products of vectors are needed here.", "$n^2$ products of vectors are needed here."),
    ("en", "See [12](https://example.org) for the code of the model.",
     "See [12](https://example.org) for the code of the model."),
    ("en", "Attention (see Bahdanau et al., 2015; Luong, 2015) aligns words.", "Attention aligns words."),
    ("en", "Finally, it ends.", "Finally, it ends."),  # too little would be left
    ("es", "Sin embargo, la atención es costosa con entradas largas [7].",
     "La atención es costosa con entradas largas."),
    ("es", "Además, por ejemplo, la memoria crece con la longitud.", "La memoria crece con la longitud."),
    ("es", "La atención sustituyó a la recurrencia (Vaswani et al., 2017).", "La atención sustituyó a la recurrencia."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), STATEMENTS)
def test_a_sentence_that_says_something_is_a_statement(language: str, text: str) -> None:
    assert is_statement(text, language)


@pytest.mark.parametrize(("language", "text"), NO_STATEMENTS)
def test_what_is_no_statement_is_not_quoted(language: str, text: str) -> None:
    assert not is_statement(text, language)
    assert not list(stretches_of(passage("doc", text, language=language)))


@pytest.mark.parametrize(("language", "text", "printed"), SHOWN)
def test_what_hangs_a_sentence_on_its_text_is_taken_off(language: str, text: str, printed: str) -> None:
    assert shown(text, language) == printed
    assert shown(printed, language) == printed


@pytest.mark.parametrize(
    ("language", "before", "pointing"),
    [
        ("en", "The decoder writes one token after the other.", "It reads what it wrote before."),
        ("es", "El decodificador escribe un token tras otro.", "Este lee lo que escribió antes."),
    ],
)
def test_a_pronoun_brings_the_sentence_before_it(language: str, before: str, pointing: str) -> None:
    own = passage("doc", before, pointing, language=language)
    assert [(one.first, one.last) for one in stretches_of(own)] == [(0, 0), (0, 1)]
    assert [one.quote for one in stretches_of(own)] == [before, f"{before} {pointing}"]


def test_a_pronoun_without_its_sentence_is_not_quoted() -> None:
    lost = passage("doc", "It reads what the encoder wrote before.", "They read what it wrote before that.")
    assert not list(stretches_of(lost))
    after_a_question = passage("doc", "What does the decoder read?", "It reads what the encoder wrote before.")
    assert not list(stretches_of(after_a_question))


def test_a_sentence_of_few_words_says_too_little_alone() -> None:
    assert FEWEST == 6
    assert not list(stretches_of(passage("doc", "Attention has a cost.")))
    assert len(list(stretches_of(passage("doc", "Attention has a cost in memory.")))) == 1
