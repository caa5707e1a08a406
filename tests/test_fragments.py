"""Pieces of sentences, which say nothing."""

import pytest

from agents.fragments import may_be_fragment


@pytest.mark.parametrize(
    ("text", "language", "piece"),
    [
        ("Un modelo de lenguaje .", "es", True),
        ("La probabilidad de una secuencia de palabras.", "es", True),
        ("A causal language model.", "en", True),
        ("The next token.", "en", True),
        ("La atención es una suma ponderada.", "es", False),
        ("Attention is a weighted sum.", "en", False),
        ("El decodificador genera un token cada vez.", "es", False),
        ("The softmax turned the scores into weights.", "en", False),
        ("$d_k = 64$", "en", False),
    ],
)
def test_a_piece_has_no_verb(text: str, language: str, piece: bool) -> None:
    assert may_be_fragment(text, language) is piece
