"""Pairs of evidence and claim: what is held out shares no passage with what is learnt, and every pair has evidence."""

from collections import defaultdict

import pytest
from small_index import WordEncoder
from tiny_course import write_course

from evals.claim_pairs import GENERAL_FILE, LABELS, ClaimPair, PairMaker, WrittenClaim, is_held_out, read_claims
from knowledge.course import Course
from knowledge.course_loader import load_course


@pytest.fixture(scope="module")
def written() -> list[WrittenClaim]:
    return read_claims()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return load_course(write_course(tmp_path_factory.mktemp("pairs") / "tiny"))


def claims_of(course: Course) -> list[WrittenClaim]:
    """One claim of each label for the first sentence of every passage, and unsaid ones."""
    found = [
        WrittenClaim(
            f"{label} of {item.id}", item.language, label, "normal", item.concept, item.id, item.sentences[0].text
        )
        for item in course.passages for label in ("true", "false")
    ]  # fmt: skip
    return found + [WrittenClaim(f"Unsaid {n}.", "en", "unsaid", "unsaid", "pivot") for n in range(40)]


# The claims of the file


def test_no_group_stands_on_both_sides(written: list[WrittenClaim]) -> None:
    """A group is a passage, in both languages, or an unsaid claim by itself."""
    sides: dict[str, set[bool]] = defaultdict(set)
    for claim in written:
        sides[claim.passage.removesuffix(f":{claim.passage[-2:]}") or claim.claim].add(is_held_out(claim))
    assert all(len(side) == 1 for side in sides.values())
    held = sum(is_held_out(claim) for claim in written)
    assert 0.05 < held / len(written) < 0.12


def test_the_same_words_are_claimed_on_one_side_alone(written: list[WrittenClaim]) -> None:
    sides: dict[str, set[bool]] = defaultdict(set)
    for claim in written:
        sides[claim.claim].add(is_held_out(claim))
    assert {len(side) for side in sides.values()} == {1}


def test_what_is_true_or_false_has_evidence(written: list[WrittenClaim]) -> None:
    assert {claim.language for claim in written} == {"es", "en"}
    assert {claim.label for claim in written} == {"true", "false", "unsaid"}
    for claim in written:
        assert bool(claim.evidence.strip()) == bool(claim.passage) >= (claim.label != "unsaid")
        assert claim.claim.strip()
        assert claim.concept


def test_general_claims_have_evidence_that_stands_in_no_course_and_all_three_labels() -> None:
    general = read_claims(GENERAL_FILE)
    sides: dict[str, set[bool]] = defaultdict(set)
    labels: dict[str, set[str]] = defaultdict(set)
    for claim in general:
        assert claim.evidence.strip()
        assert claim.claim.strip()
        assert not claim.passage
        sides[claim.evidence].add(is_held_out(claim))
        labels[claim.evidence].add(claim.label)
    assert {len(side) for side in sides.values()} == {1}
    assert set().union(*sides.values()) == {True, False}
    assert {tuple(sorted(found)) for found in labels.values()} == {("false", "true", "unsaid")}


# Pairs


def test_gold_has_evidence_and_each_claim_once(tiny: Course, written: list[WrittenClaim]) -> None:
    claims = [claim for claim in written if is_held_out(claim)] + claims_of(tiny) + written[::20]
    maker = PairMaker(tiny, WordEncoder(broken=True), claims)
    for side in (True, False):
        pairs = maker.gold(side)
        assert not maker.gold(side, of_course=False)
        wanted = [claim for claim in claims if claim.evidence and is_held_out(claim) == side]
        assert len(pairs) == len(wanted) > 0
        assert all(pair.evidence.strip() and pair.claim.strip() for pair in pairs)
        labels = {"true": "supported", "false": "contradicted", "unsaid": "neither"}
        assert [pair.label for pair in pairs] == [labels[claim.label] for claim in wanted]


def test_evidence_stands_under_its_heading(tiny: Course) -> None:
    claim = WrittenClaim(
        "The pivot **has** 3 steps.", "en", "true", "close", "pivot", "tiny:pivot/definition:en",
        "The pivot is a method of 3 steps.",
    )  # fmt: skip
    (pair,) = PairMaker(tiny, WordEncoder(broken=True), [claim]).gold(is_held_out(claim))
    expected = "The pivot: The pivot is a method of 3 steps."
    assert pair == ClaimPair(expected, "The pivot has 3 steps.", "supported", "close", "en")


def test_an_epoch_holds_no_claim_that_is_held_out(tiny: Course) -> None:
    claims = claims_of(tiny)
    held = {claim.claim for claim in claims if is_held_out(claim)}
    learnt = {claim.claim for claim in claims if claim.evidence and not is_held_out(claim)}
    assert held
    maker = PairMaker(tiny, WordEncoder(), claims)
    for seed in (1, 2):
        pairs = maker.epoch(seed, 10)
        texts = [pair.claim for pair in pairs]
        assert not held & set(texts)
        assert learnt <= set(texts)
        assert all(pair.evidence.strip() and pair.label in LABELS for pair in pairs)
        assert pairs == maker.epoch(seed, 10)
    assert maker.epoch(1, 10) != maker.epoch(2, 10)


def test_a_claim_is_learnt_with_its_sentence_in_either_language(tiny: Course) -> None:
    made = [claim for claim in claims_of(tiny) if claim.passage.startswith("tiny:pivot/why:")]
    assert not any(map(is_held_out, made))
    found = {pair.evidence for seed in range(12) for pair in PairMaker(tiny, WordEncoder(), made).epoch(seed, 0)}
    assert found == {"The pivot: The pivot saves 0.5 hours.", "El pivot: El pivot ahorra 0,5 horas."}


def test_pairs_made_by_rule_say_or_deny_their_sentence(tiny: Course) -> None:
    maker = PairMaker(tiny, WordEncoder(), [])
    pairs = maker.epoch(3, 25)
    assert len(pairs) == 25
    assert {pair.label for pair in pairs} == {"supported", "contradicted"}
    for pair in pairs:
        assert (pair.label == "contradicted") == pair.kind.startswith("rule ")
        assert (pair.label == "supported") == (pair.kind == "wording")
        assert pair.evidence.startswith(("The ", "El "))
