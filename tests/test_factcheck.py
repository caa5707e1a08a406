"""The fact check on the real course: what it supports, contradicts, and leaves open."""

import json
from pathlib import Path

import pytest

from knowledge.claims import Claim
from knowledge.corpus import Corpus
from knowledge.course import BUNDLED_COURSE
from knowledge.factcheck import Checked
from knowledge.rules import read_thresholds

# Sentences that people write about the subject, each with one thing made wrong.
FALSE = [
    ("en", "Attention scores are divided by the square root of d_v."),
    ("en", "The softmax of attention is applied over the queries."),
    ("en", "BERT base has 24 layers."),
    ("en", "BERT is a decoder-only model."),
    ("en", "In cross-attention the queries come from the encoder and the keys and values come from the decoder."),
    ("en", "GPT-3 was developed by Google."),
    ("en", "Attention is a recurrent mechanism that reads the sequence one token at a time."),
    ("es", "Las puntuaciones de atención se dividen entre la raíz cuadrada de d_v."),
    ("es", "BERT base tiene veinticuatro capas."),
    ("es", "GPT-3 tiene 96 millones de parámetros."),
    ("es", "La atención es recurrente."),
    ("es", "El Transformer de 2017 es un modelo solo decodificador."),
    ("es", "Attention(Q,K,V) = softmax(QK^T/√d_v)V"),
]
TRUE = [
    ("en", "Attention scores are divided by the square root of d_k."),
    ("en", "BERT base has twelve layers."),
    ("en", "GPT-3 has 175 billion parameters."),
    ("en", "Llama 2 was pre-trained on two trillion tokens."),
    ("en", "BERT is an encoder-only model."),
    ("es", "La salida de la atención es una suma ponderada de los valores."),
    ("es", "BERT base tiene doce capas."),
    ("es", "El Transformer se presentó en 2017."),
    ("es", "Llama 2 70B tiene ochenta capas."),
    ("es", "Attention(Q,K,V) = softmax(QK^T/√d_k)V"),
]


def checked(corpus: Corpus, claim: str, language: str) -> Checked:
    return corpus.checker.check_claim(Claim(claim, 0, len(claim)), language)


@pytest.mark.parametrize(("language", "claim"), FALSE)
def test_false_statements_are_never_supported(corpus: Corpus, language: str, claim: str) -> None:
    assert checked(corpus, claim, language).verdict != "supported"


def test_most_of_them_are_contradicted(corpus: Corpus) -> None:
    verdicts = [checked(corpus, claim, language).verdict for language, claim in FALSE]
    assert verdicts.count("contradicted") >= 0.75 * len(FALSE), list(zip(FALSE, verdicts, strict=True))


@pytest.mark.parametrize(("language", "claim"), TRUE)
def test_true_statements_are_supported_by_a_sentence(corpus: Corpus, language: str, claim: str) -> None:
    result = checked(corpus, claim, language)
    assert result.verdict == "supported"
    best = result.evidence[0]
    assert best.sentence in best.passage.sentences


@pytest.mark.parametrize(
    ("language", "claim"),
    [
        ("es", "GPT-4 tiene hasta 128 cabezas de atención por capa."),
        ("es", "GPT-4 tiene más de 1 billón de parámetros distribuidos en cientos de capas."),
        ("en", "GPT-4 has 1.8 trillion parameters."),
        ("en", "GPT-4 has hundreds of layers."),
    ],
)
def test_unpublished_values_are_not_found_with_a_note(corpus: Corpus, language: str, claim: str) -> None:
    result = checked(corpus, claim, language)
    assert (result.verdict, result.note, result.note_values) == ("not_found", "undisclosed", {"maker": "OpenAI"})


def test_saying_that_it_is_unpublished_is_not_called_wrong(corpus: Corpus) -> None:
    claim = "OpenAI has not published the number of parameters of GPT-4."
    assert checked(corpus, claim, "en").verdict == "supported"


def test_what_the_sources_do_not_say_is_not_found(corpus: Corpus) -> None:
    for language, claim in (
        ("en", "Photosynthesis happens in the chloroplast."),
        ("es", "Madrid es la capital de España."),
    ):
        assert checked(corpus, claim, language).verdict == "not_found"


def test_a_sentence_with_a_false_half_is_not_supported(corpus: Corpus) -> None:
    passages = [corpus.retriever.passages["transformers:attention/definition:en"]]
    good = passages[0].sentences[0].text
    assert corpus.checker.verify(good, "en", passages).verdict == "supported"
    half = "BERT base has 12 layers and BERT base has 99 attention heads."
    assert corpus.checker.verify(half, "en", passages).verdict == "contradicted"
    assert corpus.checker.verify("Shall we go on?", "en", passages).verdict == "not_found"


def test_the_seed_outline(corpus: Corpus) -> None:
    """Lines such as the outline that the course grew from: two of them name figures that nobody has published."""
    text = (
        "Mecanismo de Atención\n"
        "Fórmula de atención: Attention(Q,K,V) = softmax(QK^T/√d_k)V\n"
        "Multi-Head Attention\n"
        "GPT-4 tiene hasta 128 cabezas de atención por capa.\n"
        "Conexiones Residuales\n"
        "Permiten que la información fluya directamente a través de las capas.\n"
    )
    verdicts = [(item.verdict, item.note) for item in corpus.checker.check(text, "es")]
    assert verdicts == [("supported", ""), ("not_found", "undisclosed"), ("supported", "")]


def test_a_claim_is_read_in_its_own_language_when_the_text_is_in_both(corpus: Corpus) -> None:
    spanish, english = (
        "GPT-3 tiene 175 mil millones de parámetros.",
        "Multi-head attention lets the model look at different things at once.",
    )
    text = f"{spanish} {spanish} {english}"
    alone = [item.verdict for item in corpus.checker.check(english, "en")]
    assert alone == ["supported"]
    verdicts = [item.verdict for item in corpus.checker.check(text, "es", mixed=True)]
    assert verdicts == ["supported"] * 3
    assert [item.verdict for item in corpus.checker.check(text, "es")] == ["supported", "supported", "not_found"]


def test_precision_on_the_reported_half(corpus: Corpus) -> None:
    """Freely worded claims that the thresholds were not fitted on: half of them are decided, and those rightly."""
    lines = (BUNDLED_COURSE / "evaluation" / "claims.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["split"] == "report"]
    verdicts = [(row["label"], checked(corpus, row["claim"], row["lang"]).verdict) for row in rows]
    supported = [label for label, verdict in verdicts if verdict == "supported"]
    contradicted = [label for label, verdict in verdicts if verdict == "contradicted"]
    assert sum(supported) / len(supported) >= 0.93  # as measured (docs/LOG.md)
    assert sum(not label for label in contradicted) / len(contradicted) >= 0.92, "48 of 52 when it was measured"
    assert len(supported) + len(contradicted) >= 0.35 * len(rows)


def test_thresholds_are_data(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.toml"
    row = "support = 0.9\ncontradict = 0.8\nreverse = 0.5\nmidpoint = 0.6\nslope = 9.0\n"
    file.write_text(f"[es]\n{row}[en]\n{row}", encoding="utf-8")
    assert read_thresholds(file)["es"].support == 0.9
