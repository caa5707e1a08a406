"""Lab 8: choosing the next word."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import BadLab
from knowledge.labs.decoding_choices import (
    RULES,
    beam_search,
    choose_words,
    exact_search,
    greedy,
    keep_top_k,
    keep_top_p,
    with_temperature,
)
from knowledge.labs.ngram_model import END, count_ngrams, words_of
from knowledge.labs.softmax import Array, entropy
from tutor.labs.decoding_choices import course_sentences
from tutor.labs.registry import run_lab

# After "go" the likelier word is "left" (3 of 5), but then three words are alike; after "right" one is certain.
TRAP = ["go left one", "go left two", "go left three", "go right home", "go right home"]
DISTRIBUTIONS = st.lists(st.integers(1, 50), min_size=1, max_size=20).map(
    lambda counts: np.array(counts, dtype=np.float64) / sum(counts)
)


def test_the_model_counts_what_follows() -> None:
    model = count_ngrams(["The cat sat.", "The cat ran, the dog ran."], 3)
    following = model.following(("the",))
    assert following.words == ("cat", "dog")
    assert following.counts == (2, 1)
    np.testing.assert_allclose(following.probabilities, [2 / 3, 1 / 3])
    assert model.following(("dog", "ran")).words == (END,)
    assert model.following(("unseen", "cat")).context == ("cat",)
    assert model.following(("nothing", "known")).context == ()
    assert model.words_read == 9


def test_words_keep_accents_hyphens_and_numbers() -> None:
    assert words_of("¿Qué es GPT-3, de 0,5 billones?") == ("qué", "es", "gpt-3", ",", "de", "0,5", "billones")


def test_beam_search_escapes_the_trap_that_greedy_search_falls_into() -> None:
    model = count_ngrams(TRAP, 3)
    first, best = greedy(model, ("go",), 2), beam_search(model, ("go",), 2, 2)[0]
    assert first.words[0] == "left"
    assert math.exp(first.log_probability) == pytest.approx(3 / 5 / 3)
    assert best.words == ("right", "home")
    assert math.exp(best.log_probability) == pytest.approx(2 / 5)
    assert exact_search(model, ("go",), 2) == best
    result = choose_words(TRAP, "go", order=2, width=2, length=2, samples=10)
    assert result.search.gain == pytest.approx(2.0)
    assert result.telling is not None


def test_exact_search_agrees_with_trying_everything() -> None:
    model = count_ngrams(["a b a c", "a c b a", "b a b c a", "c a a b"], 2)
    best = -math.inf
    for words in product("abc", repeat=4):
        prompt: tuple[str, ...] = ("a",)
        total = 0.0
        for word in words:
            following = model.following(prompt)
            if word not in following.words:
                break
            total += math.log(following.probabilities[following.words.index(word)])
            prompt = (*prompt, word)
        else:
            best = max(best, total)
    found = exact_search(model, ("a",), 4)
    assert found is not None
    assert found.log_probability == pytest.approx(best)


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_a_beam_never_beats_exact_search(width: int) -> None:
    model = count_ngrams(course_sentences("en")[:400], 2)
    for prompt in (("the",), ("a",), ("attention",)):
        for may_end in (False, True):
            beams = beam_search(model, prompt, width, 4, may_end=may_end)
            exact = exact_search(model, prompt, 4, may_end=may_end)
            assert len(beams) <= width
            assert [one.log_probability for one in beams] == sorted(
                (one.log_probability for one in beams), reverse=True
            )
            assert exact is None or exact.log_probability >= beams[0].log_probability - 1e-12
            assert all(may_end or END not in one.words for one in beams)


@given(DISTRIBUTIONS, st.floats(0.1, 5.0))
def test_temperature_keeps_every_word_and_their_order(probabilities: Array, temperature: float) -> None:
    heated = with_temperature(probabilities, temperature)
    assert heated.sum() == pytest.approx(1.0)
    assert (heated > 0).all()
    order = np.argsort(-probabilities, kind="stable")
    assert (np.diff(heated[order]) <= 1e-12).all()
    calmer = entropy(heated) <= entropy(probabilities) + 1e-9
    assert calmer if temperature <= 1 else entropy(heated) >= entropy(probabilities) - 1e-9
    np.testing.assert_allclose(with_temperature(probabilities, 1.0), probabilities)


@given(DISTRIBUTIONS, st.integers(1, 25))
def test_top_k_keeps_k_words_at_most(probabilities: Array, k: int) -> None:
    kept = keep_top_k(probabilities, k)
    assert kept.sum() == pytest.approx(1.0)
    assert (kept > 0).sum() == min(k, len(probabilities))
    assert probabilities[kept > 0].min() >= probabilities[kept == 0].max(initial=0)


@given(DISTRIBUTIONS, st.floats(0.01, 1.0))
def test_top_p_keeps_the_fewest_words_that_reach_p(probabilities: Array, p: float) -> None:
    kept = keep_top_p(probabilities, p)
    mass = probabilities[kept > 0].sum()
    assert kept.sum() == pytest.approx(1.0)
    assert mass >= p - 1e-9
    assert (kept > 0).sum() == 1 or mass - probabilities[kept > 0].min() < p
    np.testing.assert_allclose(kept * mass, np.where(kept > 0, probabilities, 0))


def test_on_the_course_the_rules_do_what_they_promise() -> None:
    result = choose_words(course_sentences("en"), "the model", samples=40)
    assert [choice.rule for choice in result.choices] == list(RULES)
    plain, heated, top_k, top_p = result.choices
    assert plain.kept == heated.kept == len(result.words) > 20
    assert plain.kept_mass == pytest.approx(1.0)
    assert top_k.kept == 5
    assert top_p.kept_mass >= 0.9
    assert heated.entropy < plain.entropy
    assert heated.log_probability > plain.log_probability
    assert result.search.gain >= 1.0
    assert result.telling is not None
    assert result.telling.gain > 10
    again = choose_words(course_sentences("en"), "the model", samples=40)
    assert again.choices[0].sampled == result.choices[0].sampled


@pytest.mark.parametrize(
    "inputs",
    [{"prompt": " "}, {"temperature": 0}, {"k": 0}, {"p": 0}, {"p": 1.1}, {"width": 0}, {"length": 50}, {"order": 9}],
)
def test_bad_inputs_are_named(inputs: dict[str, object]) -> None:
    with pytest.raises(BadLab):
        choose_words(TRAP, **{"prompt": "go", **inputs})  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "end"), [("es", "(fin)"), ("en", "(end)")])
def test_the_run_draws_the_distributions_and_tells_the_searches(language: str, end: str) -> None:
    run = run_lab("decoding_choices", language, samples=20, length=5)
    assert len(run.figures) == 3
    assert all(figure.to_dict() for figure in run.figures)
    assert not any(END in finding for finding in run.findings)
    assert any(end in finding for finding in run.findings)
    unknown = run_lab("decoding_choices", language, prompt="xyzzy", samples=5, length=2)
    assert unknown.findings[0] == run.lab.text("finding-start", language)
