"""Scores on cases small enough to work out by hand."""

import json
from collections.abc import Sequence
from math import log2
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from evals.fit_thresholds import choose, for_fitting, logistic_curve
from knowledge.claims import Claim
from knowledge.corpus import Corpus
from knowledge.documents import Passage, Sentence
from knowledge.encoder import Vectors
from knowledge.factcheck import Checked
from knowledge.glossary import Glossary
from knowledge.index import open_index, save_index
from knowledge.retrieval import Retriever
from tutor import evaluation
from tutor.errors import BadData, TutorError
from tutor.evaluation import (
    FactcheckRow,
    GoldSection,
    RetrievalRow,
    evaluate_factcheck,
    evaluate_retrieval,
    read_factcheck,
    read_retrieval,
)
from tutor.evaluation_baselines import best_threshold, claim_only_guess
from tutor.evaluation_factcheck import confusion, verdict_measures
from tutor.evaluation_retrieval import sections
from tutor.measures import Interval, mean, ndcg, reciprocal_rank, resamples

WORDS = ("attention", "layer", "token", "atención", "capa", "ficha")


class WordEncoder:
    """Counts six words."""

    name = "words"
    size = len(WORDS)
    languages = ("en",)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of counts; a text without any of the words points everywhere."""
        counts = np.array([[text.lower().count(word) for word in WORDS] for text in texts], dtype=np.float32)
        counts[counts.sum(axis=1) == 0] = 1
        return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), dtype=np.float32)


def passage(number: int, text: str, *headings: str, language: str = "en", concept: str = "") -> Passage:
    return Passage(
        f"{language}{number}",
        "doc",
        "Doc",
        f"{language}/doc.md",
        language,
        headings,
        "",
        (Sentence(text),),
        concept=concept,
    )


@pytest.fixture
def corpus(tmp_path):
    """Four sections in English, one in Spanish, and a fact check that believes what says "attention"."""
    parts = {
        "en": [
            passage(1, "Attention mixes the vectors.", "Guide", "Attention"),
            passage(2, "Attention again, attention.", "Guide", "Attention"),
            passage(3, "A layer follows.", "Guide", "Layers"),
            passage(4, "A token is a piece.", "Guide", "Tokens"),
        ],
        "es": [passage(1, "La atención mezcla los vectores.", "Guía", "Atención", language="es")],
    }
    encoder = WordEncoder()
    index = {
        language: (found, encoder.encode([each.indexed_text for each in found])) for language, found in parts.items()
    }
    save_index(tmp_path / "index", "x", encoder.name, index)
    retriever = Retriever(open_index(tmp_path / "index"), encoder, Glossary(()))

    def check_claim(claim: Any, language: str) -> Any:
        if "attention" in claim.text:
            return Checked(claim, "supported", 0.8)
        return Checked(claim, "not_found", 0.3)

    return cast(Corpus, SimpleNamespace(retriever=retriever, checker=SimpleNamespace(check_claim=check_claim)))


def gold(heading: str, relevance: int = 2, lang: str = "en", concept: str = "") -> GoldSection:
    return GoldSection(f"{lang}/doc.md", heading, relevance, lang, concept)


# ---------------------------------------------------------------- measures


def test_ndcg_is_exact():
    assert ndcg([2, 0, 1], [1, 2], 10) == pytest.approx((2 + 1 / log2(4)) / (2 + 1 / log2(3)))
    assert ndcg([2, 1], [1, 2], 10) == 1
    assert ndcg([0] * 10 + [2], [2], 10) == 0
    assert ndcg([], [2], 10) == 0


def test_reciprocal_rank_is_exact():
    assert reciprocal_rank([False, False, True, True], 10) == pytest.approx(1 / 3)
    assert reciprocal_rank([False] * 10 + [True], 10) == 0


def test_resamples_count_every_question_once_and_then_as_drawn():
    counts = resamples(5, seed=3)
    assert counts.shape == (2001, 5)
    assert (counts[0] == 1).all()
    assert (counts.sum(axis=1) == 5).all()
    assert (resamples(5, seed=4) != counts).any()


def test_bootstrap_interval_is_that_of_theory():
    values = np.random.default_rng(1).normal(0.5, 0.2, 400)
    found = mean(values, seed=0)
    error = 1.96 * values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.lo == pytest.approx(values.mean() - error, abs=0.002)
    assert found.hi == pytest.approx(values.mean() + error, abs=0.002)
    assert mean(values, seed=0) == found


def test_interval_covers_the_truth_about_nineteen_times_in_twenty():
    draws = np.random.default_rng(7).random((100, 60))
    intervals = [mean(values, seed=0) for values in draws]
    covered = sum(found.lo is not None and found.hi is not None and found.lo <= 0.5 <= found.hi for found in intervals)
    assert 88 <= covered <= 100


def test_nothing_to_measure_is_none():
    assert mean([], seed=0) == Interval(None, None, None)
    assert Interval(None, None, None).to_json() == {"value": None, "lo": None, "hi": None}
    assert str(Interval(0.5, 0.25, 0.75)) == "0.500 [0.250, 0.750]"


# ---------------------------------------------------------------- retrieval


def test_passages_of_a_section_count_once_at_their_best_rank():
    found = sections(
        [gold("Attention"), gold("Guide", 1)],
        [
            passage(9, "", "Guide", "Layers"),  # under the gold heading Guide
            passage(8, "", "Other"),
            passage(7, "", "Other"),
            passage(1, "", "Guide", "Attention"),  # the innermost gold heading
            passage(2, "", "Guide", "Attention"),
        ],
    )
    assert [each.heading if each else None for each in found] == ["Guide", None, "Attention"]


def test_a_path_matches_by_its_end_and_a_concept_exactly():
    here = passage(1, "", "Why it matters", concept="attention")
    assert sections([GoldSection("x/en/doc.md", "Why it matters")], [here]) != [None]
    assert sections([GoldSection("c.md", "Why it matters")], [here]) == [None]
    assert sections([gold("Why it matters", concept="attention")], [here]) != [None]
    assert sections([gold("Why it matters", concept="softmax")], [here]) == [None]
    assert sections([gold("Why it matters", lang="es")], [here]) == [None]


def test_retrieval_scores(corpus):
    rows = [
        RetrievalRow("attention", "en", (gold("Attention"), gold("Atención", lang="es"))),
        RetrievalRow("layer", "en", (gold("Layers"), gold("Missing", 1))),
        RetrievalRow("atención", "es", (gold("Attention"),)),
    ]
    found = evaluate_retrieval(corpus, rows)
    assert found.n == 3
    assert found.notes is not None
    assert found.notes["gold_not_in_sources"] == 1
    assert (found.notes["questions_same_language"], found.notes["questions_other_language"]) == (2, 2)
    assert found.metrics["hit@1"].value == 1
    assert found.metrics["recall@10"].value == 1
    missed = 2 / (2 + 1 / log2(3))  # a related section that is not there still was to be found
    assert found.metrics["ndcg@10"].value == pytest.approx((1 + missed) / 2)
    assert set(found.by) == {"es", "en"}
    assert "ndcg@10" not in found.by["es"]  # no Spanish section answers the Spanish question
    assert found.by["en"]["ndcg@10_over_best_single"].value == pytest.approx(0)
    assert set(found.baselines) == set(found.differences) == {"bm25", "dense", "rrf"}
    assert set(found.differences["bm25"]) == {"es", "en", "all"}
    assert set(found.differences["bm25"]["en"]) == {"ndcg@10", "recall@10"}
    assert found.differences["bm25"]["es"] == {}
    assert found.pairs is not None
    assert found.ratios is not None
    assert set(found.pairs) == {"es->en", "en->en", "en->es"}  # no Spanish question has gold in Spanish
    assert found.pairs["en->en"]["ndcg@10"] == found.by["en"]["ndcg@10"]
    assert found.pairs["es->en"]["recall@10"] == found.by["es"]["other.recall@10"]
    assert set(found.ratios) == {"es->en/en->en"}
    assert found.ratios["es->en/en->en"]["recall@10"] == Interval(1.0, 1.0, 1.0)  # five passages: all are found
    whole = found.to_json()
    assert json.loads(json.dumps(whole)) == whole
    shown = evaluation.show_result(whole)
    assert "es->en/en->en" in shown
    assert "differences: ours minus the baseline's" in shown


def test_retrieval_without_its_sources_says_so(corpus):
    with pytest.raises(BadData) as caught:
        evaluate_retrieval(corpus, [RetrievalRow("x", "en", (GoldSection("far/away.md", "Nowhere"),))])
    assert caught.value.code == "gold-not-in-sources"
    assert "far/away.md" in caught.value.hint("es")


# ---------------------------------------------------------------- fact check


def test_confusion_is_exact():
    labels = ["true", "true", "true", "false", "false"]
    verdicts = ["supported", "not_found", "supported", "supported", "contradicted"]
    assert confusion(labels, verdicts) == {
        "true": {"supported": 2, "contradicted": 0, "not_found": 1},
        "false": {"supported": 1, "contradicted": 1, "not_found": 0},
    }
    found = {name: each.value for name, each in verdict_measures(labels, verdicts).items()}
    assert found == pytest.approx(
        {
            "precision_supported": 2 / 3,
            "false_supported": 1 / 2,
            "recall_true": 2 / 3,
            "precision_contradicted": 1,
            "recall_false": 1 / 2,
            "coverage": 4 / 5,
            "coverage_supported": 3 / 5,
            "accuracy_decided": 3 / 4,
            "balanced_accuracy": (2 / 3 + 1 / 2) / 2,
        }
    )


def test_what_is_never_supported_has_no_precision():
    assert verdict_measures(["true", "false"], ["not_found", "not_found"])["precision_supported"].value is None


def test_factcheck_scores_and_leaves_the_doubtful_out(corpus):
    rows = [
        FactcheckRow("attention mixes", "true", "en"),
        FactcheckRow("attention sleeps", "false", "en"),
        FactcheckRow("a token is a piece", "true", "en"),
        FactcheckRow("atención", "true", "es"),
        FactcheckRow("attention may think", "true", "en", doubtful=True),
    ]
    seen: list[tuple[int, int]] = []
    found = evaluate_factcheck(corpus, rows, progress=lambda done, total: seen.append((done, total)))
    assert found.n == 4
    assert seen[-1] == (4, 4)
    assert found.confusion is not None
    assert found.confusion["en"]["true"] == {"supported": 1, "contradicted": 0, "not_found": 1}
    assert found.by["en"]["precision_supported"].value == 0.5
    assert found.baselines["majority"]["en"]["accuracy_decided"].value == pytest.approx(2 / 3)
    whole = found.to_json()
    assert set(whole) == {
        "suite", "n", "metrics", "by", "baselines", "differences", "confusion", "curve", "notes",
    }  # fmt: skip
    assert json.loads(json.dumps(whole)) == whole
    assert set(whole["metrics"]["coverage"]) == {"value", "lo", "hi"}
    assert whole["metrics"]["brier"]["value"] == pytest.approx((0.2**2 + 0.8**2 + 0.7**2 + 0.7**2) / 4)
    # In one order of bins: 0.3 twice, both true; 0.8 twice, one of them true.
    assert whole["metrics"]["ece"]["value"] == pytest.approx((0.7 + 0.3) / 2)
    assert [(point["threshold"], point["supported"]) for point in whole["curve"]["en"]] == [(0.8, 2), (0.3, 3)]
    assert whole["curve"]["en"][1]["precision"]["value"] == 0.6667
    assert whole["curve"]["es"][0]["false_supported"] is None
    # English, two of three called supported. Majority is as sure of all three, two of which are true: 2/3.
    at_ours = whole["baselines"]["majority"]["en"]["precision_at_our_coverage"]["value"]
    assert at_ours == pytest.approx(2 / 3, abs=1e-4)
    differences = whole["differences"]["majority"]["en"]
    assert differences["precision_at_our_coverage"]["value"] == pytest.approx(1 / 2 - 2 / 3, abs=1e-4)
    assert differences["balanced_accuracy"]["value"] == pytest.approx((1 / 2 + 0) / 2 - (1 + 0) / 2)
    assert set(whole["differences"]) == {"similarity", "majority", "claim_only"}


def test_claims_that_have_a_kind_are_scored_by_it_too(corpus):
    rows = [
        FactcheckRow("attention mixes", "true", "en", kind="close"),
        FactcheckRow("a token is a piece", "true", "en", kind="close"),
        FactcheckRow("attention sleeps", "false", "en", kind="cause"),
        FactcheckRow("attention flies", "false", "en"),
    ]
    whole = evaluate_factcheck(corpus, rows).to_json()
    assert {kind: score["n"] for kind, score in whole["by_kind"].items()} == {"cause": 1, "close": 2}
    assert whole["by_kind"]["cause"]["metrics"]["false_supported"]["value"] == 1
    assert whole["by_kind"]["close"]["metrics"]["recall_true"]["value"] == 0.5
    assert set(whole["by_kind"]["close"]["metrics"]) == {"recall_true"}
    shown = evaluation.show_result(whole)
    assert "close            n = 2" in shown
    assert "majority en          precision_at_our_coverage" in shown


@pytest.mark.parametrize(("verdict", "expected"), [("supported", 0.9), ("contradicted", 0.1), ("not_found", 0.9)])
def test_every_verdict_gives_the_probability_of_supported(verdict, expected):
    claim = Claim("x", 0, 1)
    assert Checked(claim, verdict, 0.9).p_supported == pytest.approx(expected)
    assert Checked(claim, verdict, 0.9, p_true=0.2).p_supported == 0.2


@pytest.fixture
def asked(corpus, tmp_path):
    """A tutor whose course ships two files of claims: the first whole, of the second half to fit on."""
    folder = tmp_path / "course" / "evaluation"
    folder.mkdir(parents=True)
    first = [{"claim": "attention mixes", "label": True, "lang": "en", "kind": "close"}]
    second = [
        {"claim": "attention sleeps", "label": False, "lang": "en", "split": "fit"},
        {"claim": "atención", "label": True, "lang": "es", "split": "report"},
    ]
    for name, rows in (("statements", first), ("claims", second)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return SimpleNamespace(settings=SimpleNamespace(course=folder.parent), corpus=lambda _: corpus)


def test_without_data_all_shipped_claims_are_scored_but_those_to_fit_on(asked):
    whole = evaluation.evaluate_suite(asked, "factcheck", None, [])
    assert (whole["suite"], whole["n"], whole["metrics"]["recall_true"]["value"]) == ("factcheck", 1, 1)
    assert set(whole["also"]) == {"claims"}
    assert whole["also"]["claims"]["n"] == 1
    assert set(whole["also"]["claims"]["by"]) == {"es"}
    assert whole["also"]["claims"]["notes"]["fit_left_out"] == 1
    shown = evaluation.show_result(whole)
    assert shown.startswith("factcheck, n = 1\nall\n")
    assert "\n\nalso: claims\nfactcheck, n = 1\n" in shown


def test_a_file_that_is_named_is_scored_whole_and_alone(asked):
    file = asked.settings.course / "evaluation" / "claims.jsonl"
    whole = evaluation.evaluate_suite(asked, "factcheck", file, [])
    assert whole["n"] == 2
    assert "also" not in whole


def test_a_course_without_the_first_file_is_scored_on_what_it_has(asked):
    (asked.settings.course / "evaluation" / "statements.jsonl").unlink()
    whole = evaluation.evaluate_suite(asked, "factcheck", None, [])
    assert set(whole["by"]) == {"es"}
    assert "also" not in whole
    (asked.settings.course / "evaluation" / "claims.jsonl").unlink()
    with pytest.raises(BadData, match=r"statements\.jsonl"):
        evaluation.evaluate_suite(asked, "factcheck", None, [])


def test_threshold_parts_what_can_be_parted():
    scores, true = np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True])
    assert best_threshold(scores, true) == 0.8


def test_claim_only_learns_what_the_words_give_away():
    rows = [FactcheckRow(f"it always {n}", "false", "en") for n in range(10)]
    rows += [FactcheckRow(f"it may {n}", "true", "en") for n in range(10)]
    found = claim_only_guess(rows)
    assert found.verdicts == ("contradicted",) * 10 + ("supported",) * 10
    assert found.confidence[:10].max() < 0.5 < found.confidence[10:].min()


# ---------------------------------------------------------------- data files


def test_rows_are_read(tmp_path):
    file = tmp_path / "data.jsonl"
    file.write_text(
        '{"claim": "A.", "label": true, "lang": "en"}\n\n{"claim": "B.", "label": "not_found", "lang": "es"}\n'
    )
    assert read_factcheck(file) == [FactcheckRow("A.", "true", "en"), FactcheckRow("B.", "not_found", "es")]
    file.write_text('{"question": "Q?", "lang": "en", "gold": [{"path": "a.md", "heading": "H"}]}')
    assert read_retrieval(file) == [RetrievalRow("Q?", "en", (GoldSection("a.md", "H"),))]


@pytest.mark.parametrize(
    ("line", "code", "named"),
    [
        ("{", "data-json", "line 2"),
        ("[1]", "data-json", "list"),
        ('{"lang": "en", "label": true}', "data-field", '"claim"'),
        ('{"claim": "A.", "lang": "fr", "label": true}', "data-field", '"lang"'),
        ('{"claim": "A.", "lang": "en", "label": 1}', "data-field", '"label"'),
        ('{"claim": "A.", "lang": "en"}', "data-field", '"label"'),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_field(tmp_path, line, code, named):
    file = tmp_path / "claims.jsonl"
    file.write_text('{"claim": "A.", "label": true, "lang": "en"}\n' + line)
    with pytest.raises(TutorError) as caught:
        read_factcheck(file)
    assert caught.value.code == code
    message = caught.value.message("en")
    assert "claims.jsonl" in message
    assert "line 2" in message
    assert named in message
    assert caught.value.hint("en")
    assert caught.value.hint("es")


@pytest.mark.parametrize(
    ("gold_rows", "field"),
    [
        ("[]", "gold"),
        ('"H"', "gold"),
        ("[3]", "gold[0]"),
        ('[{"path": "a.md"}]', "gold[0].heading"),
        ('[{"path": "a.md", "heading": "H", "relevance": 5}]', "gold[0].relevance"),
        ('[{"path": "a.md", "heading": "H", "lang": "fr"}]', "gold[0].lang"),
    ],
)
def test_a_bad_gold_section_is_named(tmp_path, gold_rows, field):
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{{"question": "Q?", "lang": "en", "gold": {gold_rows}}}')
    with pytest.raises(BadData) as caught:
        read_retrieval(file)
    assert caught.value.values["field"] == field


def test_missing_and_empty_files(tmp_path):
    with pytest.raises(BadData, match="cannot be read"):
        read_retrieval(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(BadData, match="no rows"):
        read_factcheck(tmp_path / "empty.jsonl")


def test_everything_exported_is_there():
    assert all(hasattr(evaluation, name) for name in evaluation.__all__)


# ---------------------------------------------------------------- fitting


def test_the_threshold_that_decides_most_is_taken_and_the_strictest_where_none_is_precise():
    assert choose([(0.5, 9), (0.95, 4), (1.0, 3)]) == 1
    assert choose([(1.0, 2), (1.0, 2), (0.9, 1)]) == 1
    assert choose([(0.5, 9), (0.9, 4), (0.0, 0)]) == 2


def test_rows_without_a_split_are_parted_by_their_claim():
    rows = [FactcheckRow(f"claim {n}", "true", "en") for n in range(200)]
    assert 70 < sum(for_fitting(row, rows) for row in rows) < 130
    marked = FactcheckRow("a", "true", "en", split="fit")
    assert [for_fitting(row, [marked, rows[0]]) for row in (marked, rows[0])] == [True, False]


def test_logistic_curve_finds_the_curve_that_made_the_data():
    random = np.random.default_rng(0)
    scores = random.random(4000)
    true = (random.random(4000) < 1 / (1 + np.exp(-10 * (scores - 0.6)))).astype(np.float64)
    midpoint, slope = logistic_curve(scores, true)
    assert midpoint == pytest.approx(0.6, abs=0.03)
    assert slope == pytest.approx(10, abs=1.5)
