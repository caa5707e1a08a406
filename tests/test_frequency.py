"""How common words are, against the package's own loader."""

import pytest
from wordfreq import zipf_frequency

from knowledge.frequency import RAREST, family_zipf, zipf


@pytest.mark.parametrize(("word", "language"), [("water", "en"), ("agua", "es"), ("olla", "es"), ("speculative", "en")])
def test_frequencies_are_those_of_the_package(word: str, language: str) -> None:
    assert zipf(word, language) == pytest.approx(zipf_frequency(word, language, wordlist="small"), abs=0.01)


def test_accents_and_capitals_do_not_count() -> None:
    assert zipf("Ademas", "es") == zipf("además", "es") > 5


@pytest.mark.parametrize(("word", "language"), [("kolmogorov", "en"), ("cromátidas", "es"), ("", "en"), ("qxz", "es")])
def test_a_rare_word_has_none(word: str, language: str) -> None:
    assert zipf(word, language) == 0


def test_a_form_of_a_verb_counts_with_the_others() -> None:
    assert family_zipf("acabaron", "es") > zipf("acabaron", "es") + 1
    assert family_zipf("agua", "es") >= zipf("agua", "es")
    assert family_zipf("qxz", "es") == 0


def test_the_rarest_word_of_the_lists_is_as_rare_as_said() -> None:
    from knowledge.frequency import _frequencies

    assert all(min(_frequencies(language).values()) >= RAREST - 0.01 for language in ("es", "en"))
