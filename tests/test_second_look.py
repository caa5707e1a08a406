"""The verifier's look at the judged sentences: both languages count, and its word is not always enough."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from small_index import passage

from knowledge.candidates import Candidate, versions
from knowledge.comparison import TOO_LITTLE, UNORDERED, Comparison
from knowledge.decision import Read
from knowledge.documents import STATEMENT, Passage, Sentence
from knowledge.errors import BadVerifier
from knowledge.glossary import Glossary
from knowledge.judgement import Judgement
from knowledge.reading import Reader
from knowledge.rules import Judged
from knowledge.second_look import SHARED, TELLING, VERIFIED, ReadJudged, ask, is_doubtful
from knowledge.verifier import Verifier


class Told:
    """A verifier that says what it is told of a text, and keeps what it was asked."""

    name, languages, general = "told", ("es", "en"), True

    def __init__(self, says: dict[str, tuple[float, float]]) -> None:
        self.says = says
        self.asked: list[tuple[str, str]] = []

    def begin(self, claim: str) -> None:
        """Reads nothing ahead."""

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        self.asked += [(text, claim) for texts, claim in zip(evidence, claims, strict=True) for text in texts]
        found = [[self.says.get(text, (0.0, 0.0)) for text in texts] for texts in evidence]
        return [Judgement(tuple(yes for yes, _ in rows), tuple(no for _, no in rows)) for rows in found]


def unit(name: str, language: str, *texts: str, kind: str = "definition") -> Passage:
    sentences = tuple(map(Sentence, texts))
    return replace(passage(1, language, "", ()), id=f"c:{name}:{language}", sentences=sentences, kind=kind)


SAID = Comparison(1.0, 1.0, (), ())


def judged(one: Passage, place: int = 0, comparison: Comparison = SAID) -> Judged:
    return Judged(Candidate(one, place, 0.7), comparison)


ENGLISH, SPANISH = unit("a", "en", "One.", "Two."), unit("a", "es", "Uno.", "Dos.")
READER = Reader(Glossary(()))
BOTH = {ENGLISH.id: ENGLISH, SPANISH.id: SPANISH}


def second_look(
    verifier: Verifier, claim: str, judged: Sequence[Judged], passages: Mapping[str, Passage]
) -> tuple[ReadJudged, ...]:
    asked = ask(verifier, claim, [one.candidate for one in judged], passages)
    return asked.heard(judged) if asked else ()


def texts(found: Sequence[Candidate]) -> list[str]:
    return [one.text for one in found]


def test_the_same_sentence_of_the_other_language_is_its_version() -> None:
    assert texts(versions(Candidate(ENGLISH, 1), BOTH)) == ["Two.", "Dos."]
    assert texts(versions(Candidate(SPANISH, 0), BOTH)) == ["Uno.", "One."]
    assert texts(versions(Candidate(ENGLISH, 0), {})) == ["One."]


def test_passages_of_unlike_length_do_not_pair_but_wordings_of_a_statement_do() -> None:
    longer = replace(SPANISH, sentences=(*SPANISH.sentences, Sentence("Tres.")))
    assert texts(versions(Candidate(ENGLISH, 1), {longer.id: longer})) == ["Two."]
    said, dicho = unit("s", "en", "A.", "B.", "C.", kind=STATEMENT), unit("s", "es", "X.", "Y.", kind=STATEMENT)
    assert texts(versions(Candidate(said, 2), {dicho.id: dicho})) == ["C.", "X."]


def test_what_both_languages_say_is_averaged() -> None:
    verifier = Told({"One.": (0.9, 0.1), "Uno.": (0.5, 0.3)})
    ((one, read),) = second_look(verifier, "Claim.", [judged(ENGLISH)], BOTH)
    assert one.candidate.passage is ENGLISH
    assert (read.supported, read.contradicted, read.overlap) == pytest.approx((0.7, 0.2, 0.7))
    assert verifier.asked == [("One.", "Claim."), ("Uno.", "Claim.")]


def test_a_fact_is_read_once_whichever_language_comes_first() -> None:
    verifier = Told({"Uno.": (0.5, 0.0), "Two.": (0.0, 0.5)})
    found = second_look(verifier, "Claim.", [judged(SPANISH), judged(ENGLISH), judged(ENGLISH, 1)], BOTH)
    assert [one.candidate.text for one, _ in found] == ["Uno.", "Two."]
    assert len(verifier.asked) == len(set(verifier.asked)) == 4


def test_what_says_nothing_of_the_claim_does_not_count_in_the_other_language() -> None:
    verifier = Told({"Two.": (TELLING / 2, TELLING / 2), "Uno.": (0.9, 0.0)})
    found = second_look(verifier, "Claim.", [judged(ENGLISH), judged(ENGLISH, 1)], BOTH)
    assert [read.supported for _, read in found] == pytest.approx([0.0, TELLING / 4])


def test_only_the_nearest_are_read_and_none_where_there_is_none() -> None:
    many = [judged(unit(f"n{number}", "en", f"Number {number}.")) for number in range(VERIFIED + 3)]
    assert [one for one, _ in second_look(Told({}), "Claim.", many, {})] == many[:VERIFIED]
    silent = Told({})
    assert second_look(silent, "Claim.", [], {}) == ()
    assert not silent.asked


def test_what_goes_wrong_in_the_reading_is_told_to_who_asked() -> None:
    class Broken(Told):
        def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
            raise BadVerifier("verifier-digest", path="head.onnx")

    with pytest.raises(BadVerifier, match=r"head\.onnx"):
        second_look(Broken({}), "Claim.", [judged(ENGLISH)], BOTH)


def test_many_claims_are_read_at_a_time_and_each_hears_its_own_answer() -> None:
    verifier = Told({f"Number {number}.": (number / 20, 0.0) for number in range(20)})
    units = [judged(unit(f"n{number}", "en", f"Number {number}.")) for number in range(20)]
    asked = [ask(verifier, f"Claim {number}.", [one.candidate], {}) for number, one in enumerate(units)]
    for number, (one, waiting) in enumerate(zip(units, asked, strict=True)):
        assert waiting is not None
        ((_, read),) = waiting.heard([one])
        assert read.supported == number / 20


@pytest.mark.parametrize(
    ("missing", "conflicts", "overlap", "doubtful"),
    [
        ((), (), 1.0, False),
        (("word",), (("denial", "a", "a"),), SHARED, False),
        ((), (("number", "24", "12"),), 1.0, True),
        ((TOO_LITTLE,), (), 1.0, True),
        ((UNORDERED,), (), 1.0, True),
        ((), (), SHARED - 0.01, True),
    ],
)
def test_when_the_verifiers_word_is_not_enough(
    missing: tuple[str, ...], conflicts: tuple[tuple[str, str, str], ...], overlap: float, doubtful: bool
) -> None:
    best = Comparison(1.0, 1.0, missing, conflicts)
    other = Comparison(1.0, 1.0, (TOO_LITTLE,) if not doubtful else (), ())
    read = [
        (judged(ENGLISH, 0, other), Read(0.2, 0.1, 0.9, other)),
        (judged(SPANISH, 0, best), Read(0.9, 0.0, overlap, best)),
    ]
    claim = READER.read("The decoder has six layers.", "en")
    assert is_doubtful(claim, read) == is_doubtful(claim, read[::-1]) == doubtful


@pytest.mark.parametrize(
    ("claim", "missing", "doubtful"),
    [
        ("Attention does not normalize values.", ("normal",), True),
        ("Attention normalizes no values.", ("valu",), True),
        ("Attention does not normalize values.", ("attent",), False),
        ("Attention normalizes values.", ("normal",), False),
        ("La atención no normaliza los valores.", ("normaliz",), True),
        ("La atención normaliza los valores.", ("normaliz",), False),
        ("The attention of a decoder does not normalize any values before training.", ("normal",), False),
    ],
)
def test_a_short_denial_of_what_the_sentence_does_not_speak_of_is_not_supported(
    claim: str, missing: tuple[str, ...], doubtful: bool
) -> None:
    best = Comparison(1.0, 1.0, missing, ())
    reading = READER.read(claim, "es" if claim.startswith("La") else "en")
    assert set(missing) <= {word.stem for word in reading.words}
    assert is_doubtful(reading, [(judged(ENGLISH, 0, best), Read(0.9, 0.0, 1.0, best))]) == doubtful
