"""The suite `liars`: its data is what it says it is, and neither false sentences nor noise come through."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from knowledge.corpus import Corpus
from knowledge.course import BUNDLED_COURSE
from knowledge.quantities import read_quantities
from tutor.errors import BadData
from tutor.evaluation import SHIPPED
from tutor.evaluation_data import read_retrieval
from tutor.evaluation_liars import CHANGES, Heard, LiarRow, evaluate_liars, hear, liar_scores, read_liars
from tutor.evaluation_liars_noise import NoiseTurn, noise_scores, noise_turns, unsupported
from tutor.tutor import Tutor

FOLDER = BUNDLED_COURSE / "evaluation"
DENIALS = set("no not never cannot nobody nothing without need nunca sin ningún ninguna ni nada tampoco".split())
SAID_WITH = {  # a change: words of which at least one must be in its sentences
    "cause": {"because", "as", "porque"},
    "quantifier": set(
        "all every never always only no todo todos todas ningún ninguna siempre nunca solo únicamente cada".split()
    ),
    "order": set(
        "before after first last reverse suffix starts antes después primero inverso preentrenamiento".split()
    ),
}
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@pytest.fixture(scope="module")
def shipped(corpus: Corpus) -> list[LiarRow]:
    return read_liars(FOLDER / SHIPPED["liars"][0], corpus)


def sources_of(row: LiarRow, corpus: Corpus) -> list[str]:
    passage = corpus.passage(row.source)
    assert passage is not None
    return [sentence.text for sentence in passage.sentences]


def lowered(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def amounts(text: str, language: str) -> list[float]:
    read = [quantity.value for quantity in read_quantities(text, language)]
    return sorted([*read, *map(float, re.findall(r"\d+", text))])


def differs(row: LiarRow, sources: Sequence[str]) -> bool:
    """Whether a false sentence differs from its source in the way that it says, as far as words can tell."""
    own, source = lowered(row.text), " ".join(sources)
    if row.change == "number":
        return all(amounts(row.text, row.lang) != amounts(one, row.lang) for one in sources)
    if row.change == "negation":
        denials = sum(word in DENIALS for word in own)
        return any((denials - sum(word in DENIALS for word in lowered(one))) % 2 for one in sources)
    if row.change == "name":
        return bool(set(re.findall(r"\b[A-Z][\w-]*", row.text)) - set(re.findall(r"[\w-]+", source)))
    if row.change == "invented-citation":
        return bool(YEAR.search(row.text)) and not YEAR.search(source)
    if row.change == "roles":
        return max(len(set(own) & set(lowered(one))) for one in sources) > 0.6 * len(set(own))
    if row.change in SAID_WITH:
        return bool(SAID_WITH[row.change] & set(own))
    return row.text not in sources


def test_the_data_is_large_balanced_and_spread(shipped: list[LiarRow], corpus: Corpus) -> None:
    count = Counter((row.lang, row.true) for row in shipped)
    assert min(count.values()) >= 140
    assert len(count) == 4
    assert corpus.course is not None
    assert {row.concept for row in shipped} == set(corpus.course.concepts)
    changes = Counter((row.change, row.lang) for row in shipped if not row.true)
    assert all(changes[change, language] >= 7 for change in CHANGES for language in ("es", "en"))


def test_no_sentence_comes_twice_or_is_the_courses_own(shipped: list[LiarRow], corpus: Corpus) -> None:
    texts = [row.text.casefold() for row in shipped]
    assert len(set(texts)) == len(texts)
    assert corpus.course is not None
    own = {sentence.text.casefold() for passage in corpus.course.passages for sentence in passage.sentences}
    assert not own & set(texts)
    asked = (json.loads(line)["claim"].casefold() for line in (FOLDER / "statements.jsonl").open(encoding="utf-8"))
    assert not set(asked) & set(texts)


def test_every_source_is_of_the_rows_concept_and_language(shipped: list[LiarRow], corpus: Corpus) -> None:
    for row in shipped:
        passage = corpus.passage(row.source)
        assert passage is not None
        assert (passage.concept, passage.language) == (row.concept, row.lang), row


def test_what_is_false_differs_from_its_source_in_the_way_it_says(shipped: list[LiarRow], corpus: Corpus) -> None:
    wrong = [row for row in shipped if not row.true and not differs(row, sources_of(row, corpus))]
    assert not wrong


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"label": "perhaps"}, "label"),
        ({"change": "tone"}, "number | negation"),
        ({"label": True}, "change"),
        ({"concept": "alchemy"}, "concept"),
        ({"source": "transformers:nowhere"}, "source"),
    ],
)
def test_a_faulty_row_is_named_by_its_line(
    tmp_path: Path, corpus: Corpus, change: dict[str, object], named: str
) -> None:
    good = {"concept": "bert", "lang": "en", "text": "BERT has one layer.", "label": False, "change": "number",
            "source": "transformers:bert.base-size:en"}  # fmt: skip
    file = tmp_path / "liars.jsonl"
    file.write_text(f"{json.dumps(good)}\n{json.dumps(good | change)}\n", encoding="utf-8")
    with pytest.raises(BadData) as caught:
        read_liars(file, corpus)
    assert "line 2" in caught.value.message("en")
    assert named in caught.value.message("en")


def some(rows: Sequence[LiarRow], each: int, true: int) -> list[LiarRow]:
    """The first rows of every change in each language, so many `each`, and so many `true` ones."""
    taken: Counter[tuple[str, str]] = Counter()
    kept = []
    for row in rows:
        if taken[row.change, row.lang] < (each if row.change else true):
            taken[row.change, row.lang] += 1
            kept.append(row)
    return kept


def test_the_false_are_caught_and_most_of_the_true_pass(shipped: list[LiarRow], tutor: Tutor) -> None:
    rows = some(shipped, 1, 6)
    assert len(rows) == 2 * (len(CHANGES) + 6)
    result = evaluate_liars(tutor, rows)
    assert result["false_passed"] == []
    assert result["metrics"]["false_passed"]["value"] == 0
    assert result["metrics"]["true_passed"]["value"] >= 0.5
    for language in ("es", "en"):
        assert sum(result["confusion"][language]["true"].values()) == 6
        assert sum(result["confusion"][language]["false"].values()) == len(CHANGES)
    assert result["n"] == len(rows) == sum(result["notes"].values())


def test_a_sentence_of_the_course_passes_and_one_beside_it_does_not_make_a_lie_pass(
    tutor: Tutor, corpus: Corpus
) -> None:
    source = "transformers:attention.softmax-rows:en"
    passage = corpus.passage(source)
    assert passage is not None
    true = passage.sentences[0].text
    row = LiarRow(true, "en", True, "", "attention", source)
    lie = LiarRow("The attention weights of each query add up to 7.", "en", False, "number", "attention", source)
    both = LiarRow(f"{lie.text} {true}", "en", False, "number", "attention", source)
    noise = LiarRow("Green ideas sleep furiously on the moon.", "en", False, "name", "attention", source)
    heard = list(hear(tutor.parts(), [row, lie, both, noise]))
    assert [one.outcome for one in heard] == ["passed", "rewritten", "passed", "dropped"]
    assert heard[0].shown == true
    assert heard[1].shown in [sentence.text for sentence in passage.sentences]
    assert lie.text not in heard[2].shown
    assert heard[3].shown == ""


def test_the_scores_count_what_was_heard() -> None:
    def heard(true: bool, outcome: str, language: str, change: str = "") -> Heard:
        return Heard(LiarRow("x", language, true, change, "bert", "p"), outcome, "")  # type: ignore[arg-type]

    scores = liar_scores([
        heard(True, "passed", "es"), heard(True, "rewritten", "es"), heard(True, "passed", "en"),
        heard(False, "passed", "es", "number"), heard(False, "dropped", "es", "number"),
        heard(False, "rewritten", "en", "order"), heard(False, "rewritten", "en", "order"),
    ])  # fmt: skip
    assert scores.n == 7
    assert scores.metrics["true_passed"].value == pytest.approx(2 / 3)
    assert scores.metrics["false_passed"].value == 1 / 4
    assert scores.metrics["false_rewritten"].value == 1 / 2
    assert scores.metrics["passed_true"].value == pytest.approx(2 / 3)
    assert scores.confusion is not None
    counts = {name: [tuple(of.values()) for of in labels.values()] for name, labels in scores.confusion.items()}
    assert counts == {"es": [(1, 1, 0), (1, 0, 1)], "en": [(1, 0, 0), (0, 2, 0)]}  # true, false: passed, rewritten, ...
    assert scores.by_kind is not None
    assert {name: kind.n for name, kind in scores.by_kind.items()} == {
        "number": 2, "number es": 2, "order": 2, "order en": 2
    }  # fmt: skip
    assert scores.by_kind["number es"].metrics["false_passed"].value == 1 / 2
    assert scores.notes == {"passed": 3, "rewritten": 3, "dropped": 1}


def test_nothing_of_a_random_model_comes_through(tutor: Tutor) -> None:
    turns = list(noise_turns(tutor, read_retrieval(FOLDER / "retrieval.jsonl"), 6))
    assert [turn.language for turn in turns] == ["es", "en"] * 3
    assert [turn.learner for turn in turns] == [True, True, False, False, True, True]
    assert all(turn.answered for turn in turns)
    assert all(turn.unsupported == () for turn in turns)
    assert all(turn.changed == "" for turn in turns)
    assert sum(turn.lost for turn in turns) >= 3  # it spoke, and was caught
    assert sum(turn.shown for turn in turns) >= 6  # and the course answered in its place


def test_a_sentence_that_no_cited_passage_holds_is_unsupported(corpus: Corpus) -> None:
    cited = "transformers:attention.softmax-rows:en"
    passage = corpus.passage(cited)
    assert passage is not None
    true, lie = passage.sentences[0].text, "The attention weights of each query add up to 7."

    def turn(text: str, verdict: str) -> dict[str, object]:
        return {"sources": [{"passage": cited}], "sentences": [{"text": text, "verdict": verdict}]}

    assert unsupported(turn(true, "supported"), corpus) == ()
    assert unsupported(turn(true, "not_found"), corpus) == (true,)
    assert unsupported(turn(lie, "supported"), corpus) == (lie,)


def test_the_scores_of_noise_count_turns_and_sentences() -> None:
    fine = NoiseTurn("es", True, True, 4, (), 2, "")
    bad = NoiseTurn("en", True, False, 4, ("x",), 0, "mastery")
    scores = noise_scores([fine, fine, fine, bad, NoiseTurn("en", False, True, 4, (), 1, "")])
    assert scores.metrics["unsupported"].value == 1 / 20
    assert scores.metrics["answered"].value == 4 / 5
    assert scores.metrics["changed"].value == 1 / 4
    assert scores.by["es"]["unsupported"].value == 0
    assert scores.notes is not None
    assert scores.notes["unsupported sentences shown"] == 1
    assert scores.notes["drafts that did not pass"] == 7
