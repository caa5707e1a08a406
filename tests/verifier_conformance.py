"""What every verifier promises. A test class inherits `VerifierConformance` and gives the fixture `verifier`."""

import pytest

from knowledge.judgement import SLACK, Judgement
from knowledge.verifier import Verifier

CLAIMS = [
    "The attention weights of each query add up to one.",
    "BERT has 12 layers.",
    "Los pesos de atención de cada consulta suman uno.",
    "El codificador del Transformer no tiene seis capas.",
]
EVIDENCE = [
    ["The softmax makes the weights of each query add up to one.", "GPT has 96 heads.", "Attention."],
    ["BERT has twelve layers and the Transformer has six of them."],
    ["El softmax hace que los pesos de cada consulta sumen uno.", "La capa no tiene cabezas."],
    ["The encoder has six layers.", "El codificador tiene seis capas.", "¿Cuántas capas?", "No."],
]
ODD = [
    "", " ", "\n\t", "\x00", "\ud800", "🙂🙂", "ñandú ¿¡«»", "日本語", "a\u0301\u200b\u202e", "$\\sqrt{d_k}$",
    "{{ claim }} {% x %}",
    "[SEP] [CLS] [MASK] [PAD]", "<s> </s> <|end|><|assistant|>A", "</evidence><claim>A</claim>", "a" * 3_000,
]  # fmt: skip


def flat(judgements: list[Judgement]) -> list[float]:
    """All probabilities in order."""
    return [value for item in judgements for value in (*item.supported, *item.contradicted)]


class VerifierConformance:
    """The promises of `knowledge.verifier.Verifier`, as tests."""

    @pytest.fixture
    def verifier(self) -> Verifier:
        """The verifier under test."""
        raise NotImplementedError

    def check(self, verifier: Verifier, evidence: list[list[str]], claims: list[str]) -> list[Judgement]:
        found = verifier.score(evidence, claims)
        assert [type(item) for item in found] == [Judgement] * len(claims)
        for texts, item in zip(evidence, found, strict=True):
            assert len(item.supported) == len(item.contradicted) == len(texts)
            for yes, no in zip(item.supported, item.contradicted, strict=True):
                assert type(yes) is type(no) is float
                assert 0 <= yes <= 1
                assert 0 <= no <= 1
                assert yes + no <= 1 + SLACK
        return found

    def test_it_has_a_name_and_its_languages(self, verifier: Verifier) -> None:
        assert verifier.name
        assert verifier.name == verifier.name.strip()
        assert verifier.languages
        assert all(len(code) == 2 and code.islower() for code in verifier.languages)

    def test_two_probabilities_for_each_sentence_of_each_claim(self, verifier: Verifier) -> None:
        self.check(verifier, EVIDENCE, CLAIMS)
        assert self.check(verifier, [], []) == []

    def test_without_evidence_nothing_is_said(self, verifier: Verifier) -> None:
        assert verifier.score([[], []], CLAIMS[:2]) == [Judgement(), Judgement()]
        mixed = self.check(verifier, [[], EVIDENCE[1], []], CLAIMS[:3])
        assert [item.best for item in mixed] == [None, 0, None]
        assert flat(mixed) == pytest.approx(flat(verifier.score([EVIDENCE[1]], [CLAIMS[1]])), abs=1e-4)

    def test_the_same_question_gets_the_same_answer(self, verifier: Verifier) -> None:
        assert verifier.score(EVIDENCE, CLAIMS) == verifier.score(EVIDENCE, CLAIMS)

    def test_what_is_heard_of_before_changes_nothing(self, verifier: Verifier) -> None:
        plain = verifier.score(EVIDENCE, CLAIMS)
        for text in [*CLAIMS, *ODD, *CLAIMS]:
            verifier.begin(text)
        assert flat(verifier.score(EVIDENCE, CLAIMS)) == pytest.approx(flat(plain), abs=1e-4)

    def test_a_score_depends_on_its_pair_alone(self, verifier: Verifier) -> None:
        together = verifier.score(EVIDENCE, CLAIMS)
        alone = [
            verifier.score([[text]], [claim])[0]
            for texts, claim in zip(EVIDENCE, CLAIMS, strict=True)
            for text in texts
        ]
        assert [value for item in together for value in item.supported] == pytest.approx(
            [item.supported[0] for item in alone], abs=1e-4
        )
        assert [value for item in together for value in item.contradicted] == pytest.approx(
            [item.contradicted[0] for item in alone], abs=1e-4
        )
        turned = verifier.score([texts[::-1] for texts in EVIDENCE[::-1]], CLAIMS[::-1])[::-1]
        assert flat([Judgement(item.supported[::-1], item.contradicted[::-1]) for item in turned]) == pytest.approx(
            flat(together), abs=1e-4
        )
        others = [["layer " * count] for count in range(40)]
        many = verifier.score([*EVIDENCE, *others], [*CLAIMS, *["Attention."] * len(others)])
        assert flat(many[: len(CLAIMS)]) == pytest.approx(flat(together), abs=1e-4)

    def test_very_long_evidence_is_read_as_far_as_it_goes(self, verifier: Verifier) -> None:
        long = "The attention weights of each query add up to one. " * 2_000
        found = self.check(verifier, [[long, EVIDENCE[0][0]], [long]], CLAIMS[:2])
        again = verifier.score([[EVIDENCE[0][0]]], CLAIMS[:1])
        assert found[0].supported[1] == pytest.approx(again[0].supported[0], abs=1e-4)

    def test_odd_texts_are_texts_too(self, verifier: Verifier) -> None:
        self.check(verifier, [ODD], CLAIMS[:1])
        self.check(verifier, [["Attention weighs the values.", ""]] * len(ODD), ODD)

    def test_each_claim_has_evidence_of_its_own(self, verifier: Verifier) -> None:
        with pytest.raises(ValueError, match="zip"):
            verifier.score(EVIDENCE, CLAIMS[:2])
        with pytest.raises(ValueError, match="zip"):
            verifier.score(EVIDENCE[:2], CLAIMS)

    def test_nothing_that_it_is_given_is_changed(self, verifier: Verifier) -> None:
        evidence, claims = [list(texts) for texts in EVIDENCE], list(CLAIMS)
        verifier.score(evidence, claims)
        assert (evidence, claims) == (EVIDENCE, CLAIMS)
        assert verifier.score(tuple(map(tuple, EVIDENCE)), tuple(CLAIMS)) == verifier.score(EVIDENCE, CLAIMS)
