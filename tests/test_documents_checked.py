"""A claim checked against a person's documents: by rules, and by a verifier's word where that is sure enough."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from small_index import WordEncoder, passage

from knowledge.claims import Claim
from knowledge.documents import Passage, Sentence
from knowledge.factcheck import Checked, FactChecker
from knowledge.glossary import Glossary
from knowledge.index import open_or_build
from knowledge.judgement import Judgement
from knowledge.retrieval import Retriever

SAID = "A layer of the small model has 12 heads, and each head looks for another thing."
CLAIM = "In the small model every layer uses several heads at a time."


class Sure:
    """A verifier that says the same of every sentence. `general`: of any subject, not of courses alone."""

    name, languages = "sure", ("es", "en")

    def __init__(self, supported: float, contradicted: float, *, general: bool = False) -> None:
        self.says = (supported, contradicted)
        self.general = general
        self.asked = 0

    def begin(self, claim: str) -> None:
        """Reads nothing ahead."""

    def score(self, evidence: Sequence[Sequence[str]], claims: Sequence[str]) -> list[Judgement]:
        self.asked += 1
        return [Judgement((self.says[0],) * len(texts), (self.says[1],) * len(texts)) for texts in evidence]


def made() -> list[Passage]:
    texts = [SAID, "Training goes on for a week on one machine.", "A token is a piece of a word."]
    return [
        replace(passage(number, "en", text), sentences=(Sentence(text),), document="mine", concept="")
        for number, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    encoder = WordEncoder()
    return Retriever(open_or_build(tmp_path_factory.mktemp("index"), "documents", encoder, made), encoder, Glossary(()))


def checked(retriever: Retriever, claim: str, verifier: Sure | None) -> Checked:
    return FactChecker(retriever, None, verifier).check_claim(Claim(claim, 0, len(claim)), "en")


def test_what_the_rules_cannot_see_a_sure_verifier_can(retriever: Retriever) -> None:
    assert checked(retriever, CLAIM, None).verdict == "not_found"
    found = checked(retriever, CLAIM, Sure(0.96, 0.01))
    assert (found.verdict, found.evidence[0].sentence.text) == ("supported", SAID)
    assert found.score >= 0.9


def test_its_word_alone_must_be_sure_and_finds_no_contradiction(retriever: Retriever) -> None:
    assert checked(retriever, CLAIM, Sure(0.45, 0.3)).verdict == "not_found"
    assert checked(retriever, CLAIM, Sure(0.01, 0.98)).verdict == "not_found"


def test_another_number_is_not_believed(retriever: Retriever) -> None:
    claim = "A layer of the small model has 16 heads, and each head looks for another thing."
    assert checked(retriever, claim, Sure(0.96, 0.01)).verdict != "supported"


@pytest.mark.parametrize("general", [False, True])
def test_the_verdict_on_a_sentence_is_kept_where_it_cannot_change(retriever: Retriever, general: bool) -> None:
    verifier, passages = Sure(0.96, 0.01, general=general), list(retriever.passages.values())
    checker = FactChecker(retriever, None, verifier)
    once, asked = checker.verify(CLAIM, "en", passages[1:]), verifier.asked
    assert (once.verdict, asked > 0) == ("supported", True)
    assert checker.verify(CLAIM, "en", passages[1:]) == once
    assert (verifier.asked > asked) == general, "a model elsewhere may have been away"
    asked = verifier.asked
    checker.verify(CLAIM, "en", passages[:1])
    assert verifier.asked > asked, "other evidence"


def test_what_the_rules_find_said_needs_no_verifier(retriever: Retriever) -> None:
    for verifier in (None, Sure(0.1, 0.1)):
        assert checked(retriever, SAID, verifier).verdict == "supported"
