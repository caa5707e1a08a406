"""One claim against one sentence: what agrees, what is missing, what conflicts."""

import pytest

from knowledge.comparison import UNORDERED, Comparison, compare
from knowledge.course import Course
from knowledge.reading import Reader


@pytest.fixture(scope="module")
def reader(course: Course) -> Reader:
    return Reader(course.glossary, course.facts.name_spans)


def compared(reader: Reader, claim: str, sentence: str, language: str = "en", other: str = "") -> Comparison:
    return compare(reader.read(claim, language), reader.read(sentence, other or language), None, lambda _: 1.0)


def kinds(result: Comparison) -> list[str]:
    return [kind for kind, _, _ in result.conflicts]


SCALED = "Attention scores are divided by $\\sqrt{d_k}$, the square root of the key size, and not by $\\sqrt{d_v}$."


def test_a_sentence_says_itself(reader: Reader) -> None:
    for sentence in (SCALED, "GPT-2 is larger than GPT-1.", "The encoder reads and the decoder writes."):
        assert compared(reader, sentence, sentence) == Comparison(1.0, 1.0, (), (), in_order=True, ordered=True)


def test_the_same_in_other_words_is_covered(reader: Reader) -> None:
    result = compared(reader, "The attention scores get divided by the square root of d_k.", SCALED)
    assert result.coverage == 1.0
    assert not result.missing
    assert not result.conflicts


def test_a_denied_alternative_conflicts(reader: Reader) -> None:
    assert "denial" in kinds(compared(reader, "Attention scores are divided by the square root of d_v.", SCALED))


@pytest.mark.parametrize(
    ("claim", "sentence", "language", "kind"),
    [
        ("BERT base has 24 layers.", "BERT base has 12 layers.", "en", "number"),
        ("BERT base tiene veinticuatro capas.", "BERT base tiene 12 capas.", "es", "number"),
        ("The decoder is masked.", "The encoder is masked.", "en", "opposite"),
        ("La atención es recurrente.", "La atención no es recurrente.", "es", "denial"),
        ("GPT-1 is larger than GPT-2.", "GPT-2 is larger than GPT-1.", "en", "order"),
        (
            "The queries come from the encoder, and the keys and values come from the decoder.",
            "The queries come from the decoder, and the keys and values come from the encoder.", "en", "roles",
        ),
        (
            "Las consultas vienen del codificador, y las claves vienen del decodificador.",
            "Las consultas vienen del decodificador, y las claves vienen del codificador.", "es", "roles",
        ),
    ],
)  # fmt: skip
def test_conflicts(reader: Reader, claim: str, sentence: str, language: str, kind: str) -> None:
    assert kinds(compared(reader, claim, sentence, language)) == [kind]


def test_an_inversion_with_the_opposite_comparative_agrees(reader: Reader) -> None:
    assert not compared(reader, "GPT-1 is smaller than GPT-2.", "GPT-2 is larger than GPT-1.").conflicts


def test_universal_claims_need_universal_evidence(reader: Reader) -> None:
    assert "universals" in compared(reader, "All heads follow syntax.", "Heads follow syntax.").missing
    assert "partials" in compared(reader, "Heads follow syntax.", "Some heads follow syntax.").missing
    assert "exclusives" in compared(reader, "Only BERT uses masks.", "BERT uses masks.").missing


@pytest.mark.parametrize(
    ("claim", "sentence", "language", "untold"),
    [
        ("The heads are tuned first and merged afterwards.", "The heads are tuned and merged.", "en", True),
        ("Las cabezas primero se ajustan y luego se unen.", "Las cabezas se ajustan y se unen.", "es", True),
        ("The heads are tuned first and merged afterwards.", "The heads are tuned and then merged.", "en", False),
        ("The heads are tuned first and merged afterwards.", "The heads are tuned before merging.", "en", False),
        ("Las cabezas primero se ajustan y luego se unen.", "Hay dos pasos: ajustarlas y unirlas.", "es", False),
        ("The heads are tuned first.", "The heads are tuned.", "en", False),
        ("The heads are merged afterwards.", "The heads are merged.", "en", False),
    ],
)
def test_what_comes_first_needs_evidence_of_an_order(
    reader: Reader, claim: str, sentence: str, language: str, untold: bool
) -> None:
    assert (UNORDERED in compared(reader, claim, sentence, language).missing) == untold


def test_names_and_numbers_are_never_passed_over(reader: Reader) -> None:
    assert compared(reader, "RoBERTa was trained longer than the model.", "The model was trained longer.").missing
    assert "512" in compared(reader, "The context holds 512 tokens.", "The context holds tokens.").missing


def test_numbers_with_bounds(reader: Reader) -> None:
    sentence = "GPT-3 has 96 layers."
    assert not compared(reader, "GPT-3 has more than 90 layers.", sentence).missing
    assert kinds(compared(reader, "GPT-3 has more than 100 layers.", sentence)) == ["number"]


def test_spanish_claims_against_english_sentences(reader: Reader) -> None:
    result = compared(reader, "El codificador tiene seis capas y ocho cabezas.",
                      "The encoder has six layers and eight heads.", "es", "en")  # fmt: skip
    assert result.coverage > 0.9
    assert not result.conflicts


FORMULA = r"$$\mathrm{Attention}(Q,K,V)=\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right)V$$"


def test_formulas_are_compared_as_trees(reader: Reader) -> None:
    assert compared(reader, "Attention(Q,K,V) = softmax(QK^T/√d_k)V", FORMULA).coverage == 1.0
    for wrong in ("Attention(Q,K,V) = softmax(QK^T/√d_v)V", "Attention(Q,K,V) = softmax(KQ^T/√d_k)V"):
        assert kinds(compared(reader, wrong, FORMULA)) == ["formula"]


def test_opposites_conflict_only_where_they_are_said_of_the_same_thing(reader: Reader) -> None:
    result = compared(
        reader,
        "Efficient models keep their abilities with less memory.",
        "More recent efficient models keep abilities.",
    )
    assert "opposite" not in kinds(result)


def test_synonyms_and_families_of_words_are_the_same(reader: Reader) -> None:
    for claim, sentence, language in (
        ("Una alucinación es la creación de información falsa.", "Una alucinación genera información falsa.", "es"),
        ("El codificador lee los tokens simultáneamente.", "El codificador lee los tokens en paralelo.", "es"),
        ("The encoder reads all tokens at once.", "The encoder reads all tokens in parallel.", "en"),
    ):
        result = compared(reader, claim, sentence, language)
        assert (result.coverage, result.missing, result.conflicts) == (1.0, (), ()), claim


def test_another_wording_of_the_same_statement_carries_its_words(reader: Reader) -> None:
    claim = reader.read("BERT links distant tokens of long sentences.", "en")
    sentence = reader.read("BERT links tokens of long sentences wherever they stand.", "en")
    alone = compare(claim, sentence, None, lambda _: 1.0)
    other = reader.read("BERT links words that are distant.", "en").keys
    helped = compare(claim, sentence, None, lambda _: 1.0, wordings=other)
    assert alone.coverage < 1
    assert (helped.coverage, helped.missing, helped.borrowed) == (1.0, (), True)
    far = reader.read("BERT stands wherever.", "en")
    everything = claim.keys
    assert not compare(claim, far, None, lambda _: 1.0, wordings=everything).borrowed, "too little is in the sentence"


def test_a_heading_need_not_be_said_whole_but_must_be_spoken_of(reader: Reader) -> None:
    claim = reader.read("Encoder-Only (BERT) : reads the whole text", "en")
    about = compare(claim, reader.read("BERT reads the whole text.", "en"), None, lambda _: 1.0, headed=2)
    other = compare(claim, reader.read("GPT reads the whole text.", "en"), None, lambda _: 1.0, headed=2)
    assert (about.coverage, about.missing) == (1.0, ())
    assert "heading" in other.missing
