"""The audit: what its sources do not say is never printed as it is, and what is printed can be found again."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from research_papers import papers_folder, quoted_in

from agents.research.auditing import Auditor
from agents.research.drafting import DraftLine, DraftPart
from agents.research.researcher import Researcher
from agents.research.stretches import Stretch
from agents.research.summary import Line
from agents.research.summary_composer import quoting
from knowledge.documents import Sentence
from tutor.tutor import Tutor

SAVES = "Tarn attention reduces memory use by 40 % on long documents."
ELSEWHERE = "Tarn attention reduces memory use by 15 % on long documents."
BEGINNINGS = (
    SAVES, ELSEWHERE, "However, Tarn attention improves", "Tarn attention is a sparse", "The training corpus contains",
    "A wider window costs", "A tokenizer is a program", "Sparse attention reads a window",
)  # fmt: skip
TRUE = (  # each with a sentence that says it
    ("Tarn attention reduces the use of memory on long documents by 40 %.", SAVES),
    ("On legal questions, Tarn attention improves accuracy.", "However, Tarn attention improves"),
    ("There are 3.2 million sentence pairs in the training corpus.", "The training corpus contains"),
    (ELSEWHERE, ELSEWHERE),
)
FALSE = (
    "Tarn attention reduces memory use by 60 % on long documents.",  # the number
    "The training corpus contains 4.1 million sentence pairs of legal text.",
    "A wider window does not cost more memory.",  # a denial
    "A wider window costs less memory.",  # an opposite
    "A program is a tokenizer that cuts words into pieces of text.",  # roles
    "Tarn attention was invented by a volcano in the year 1815.",  # nothing of it
)


@pytest.fixture(scope="module")
def researcher(tutor: Tutor, tmp_path_factory: pytest.TempPathFactory) -> Researcher:
    return tutor.desk.open([papers_folder(tmp_path_factory)])[0]


@pytest.fixture(scope="module")
def pool(researcher: Researcher) -> list[Stretch]:
    return [quoted_in(researcher, beginning) for beginning in BEGINNINGS]


@pytest.fixture
def auditor(researcher: Researcher, pool: list[Stretch]) -> Auditor:
    return researcher.auditor("en", pool, {pool[0].key: 0.75})


def worded(text: str, *stretches: Stretch, language: str = "en") -> DraftLine:
    return DraftLine(text, stretches, language)


def cited(auditor: Auditor, line: Line) -> list[str]:
    return [auditor.quotations[number - 1].quote for number in line.citations]


def test_a_quotation_is_printed_with_its_place(auditor: Auditor, pool: list[Stretch]) -> None:
    [line] = auditor.lines([quoting(pool[0], "en")])
    assert line == Line(SAVES, "supported", (1,))
    [quotation] = auditor.quotations
    assert (quotation.n, quotation.quote, quotation.locator, quotation.score) == (1, SAVES, "§ Results", 0.75)
    text = auditor.documents[quotation.document].text
    assert SAVES in " ".join(text[quotation.start : quotation.end].split())


def test_what_hangs_it_on_its_text_is_taken_off_and_the_quotation_keeps_it(
    auditor: Auditor, pool: list[Stretch]
) -> None:
    [line] = auditor.lines([quoting(pool[2], "en")])
    assert line.text == "Tarn attention improves accuracy on legal questions."
    assert cited(auditor, line) == ["However, Tarn attention improves accuracy on legal questions [3, 4]."]


def test_a_quotation_that_is_not_in_its_document_is_dropped_and_counted(auditor: Auditor, pool: list[Stretch]) -> None:
    forged = replace(pool[0].passage, sentences=(Sentence("Tarn attention needs no memory at all, ever."),))
    foreign = replace(pool[0].passage, document="elsewhere")
    lost = [quoting(Stretch(forged, 0, 0), "en"), quoting(Stretch(foreign, 0, 0), "en")]
    assert list(auditor.lines(lost)) == []
    assert auditor.dropped.counts == {"quote-lost": 2}
    assert auditor.quotations == ()


def test_of_several_voices_those_that_stand_are_cited(auditor: Auditor, pool: list[Stretch]) -> None:
    forged = Stretch(replace(pool[0].passage, sentences=(Sentence("It saves all memory that there is."),)), 0, 0)
    [line] = auditor.lines([quoting(pool[0], "en", (forged, pool[1]))])
    assert cited(auditor, line) == [SAVES, ELSEWHERE]


@pytest.mark.parametrize(("text", "rests_on"), TRUE)
def test_a_supported_wording_passes_with_what_says_it(
    auditor: Auditor, pool: list[Stretch], text: str, rests_on: str
) -> None:
    [line] = auditor.lines([worded(text, pool[5])])  # it cites another, which does not say it
    assert (line.text, line.verdict, line.translation) == (text, "supported", False)
    assert any(quote.startswith(rests_on) for quote in cited(auditor, line))
    assert pool[5].quote not in cited(auditor, line)


@pytest.mark.parametrize("text", FALSE)
def test_a_false_wording_is_never_printed_as_it_is(auditor: Auditor, pool: list[Stretch], text: str) -> None:
    for draft in (worded(text), worded(text, *pool)):
        for line in auditor.lines([draft]):
            assert line.text != text
            assert line.text in {one.text for one in (quoting(stretch, "en") for stretch in pool)}
    assert sum(auditor.dropped.counts.get(reason, 0) for reason in ("rewritten", "unsupported")) == 2


def test_a_number_that_is_off_is_written_anew_from_its_evidence(auditor: Auditor, pool: list[Stretch]) -> None:
    [line] = auditor.lines([worded(FALSE[0], pool[0])])
    assert line.text == SAVES
    assert cited(auditor, line) == [SAVES]
    assert auditor.dropped.counts == {"rewritten": 1}


def test_what_nothing_says_is_dropped(auditor: Auditor) -> None:
    assert list(auditor.lines([worded(FALSE[-1])])) == []
    assert auditor.dropped.counts == {"unsupported": 1}


@pytest.mark.parametrize("text", ["Die Aufmerksamkeit ist ein Muster, das jedes Wort der langen Texte liest.", "…", ""])
def test_what_cannot_be_read_is_dropped(auditor: Auditor, pool: list[Stretch], text: str) -> None:
    assert all(line.text != text for line in auditor.lines([worded(text, pool[0])]))
    assert auditor.dropped.counts


def test_a_line_in_another_language_than_its_evidence_is_called_a_translation(
    researcher: Researcher, pool: list[Stretch]
) -> None:
    text = "La atención Tarn reduce un 40 % el uso de memoria en documentos largos."
    spanish = researcher.auditor("es", pool, {})
    printed = list(spanish.lines([worded(text, pool[0], language="es")]))
    assert [line.translation for line in printed] == [True]
    assert (printed[0].text, cited(spanish, printed[0])) == (text, [SAVES])


def test_a_false_translation_is_replaced_by_the_words_of_its_source(
    researcher: Researcher, pool: list[Stretch]
) -> None:
    text = "La atención Tarn reduce el uso de memoria un 90 % en documentos largos."
    spanish = researcher.auditor("es", pool, {})
    for line in spanish.lines([worded(text, pool[0], language="es")]):
        assert line.text == f"«{SAVES}» (en inglés en el original)"
    assert text not in {line.text for line in spanish.lines([worded(text, pool[0], language="es")])}


def test_the_same_text_is_printed_once(auditor: Auditor, pool: list[Stretch]) -> None:
    twice = [quoting(pool[0], "en"), worded(TRUE[0][0], pool[0]), quoting(pool[0], "en"), worded(TRUE[0][0], pool[0])]
    assert [line.text for line in auditor.lines(twice)] == [SAVES, TRUE[0][0]]
    assert [line.citations for line in auditor.lines_again(twice[:1])] == [(1,)]


def test_a_part_without_lines_is_left_out_and_numbers_run_through(auditor: Auditor, pool: list[Stretch]) -> None:
    parts = auditor.audit(
        [
            DraftPart("answer", "Short answer", [quoting(pool[0], "en")]),
            DraftPart("theme", "Nothing", [worded(FALSE[-1])]),
            DraftPart("theme", "Windows", [quoting(pool[5], "en"), quoting(pool[0], "en", (pool[1],))]),
        ]
    )
    assert [(part.kind, part.title) for part in parts] == [("answer", "Short answer"), ("theme", "Windows")]
    assert [line.citations for part in parts for line in part.lines] == [(1,), (2,)]
    assert [one.n for one in auditor.quotations] == [1, 2]


drafts = st.lists(
    st.tuples(
        st.sampled_from([text for text, _ in TRUE] + list(FALSE)),
        st.lists(st.integers(0, len(BEGINNINGS) - 1), max_size=3),
    ), max_size=7,
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(drafts)
def test_every_printed_line_is_supported_and_cites_what_stands(
    researcher: Researcher, pool: list[Stretch], drafted: list[tuple[str, list[int]]]
) -> None:
    auditor = researcher.auditor("en", pool, {})
    made = [worded(text, *(pool[place] for place in places)) for text, places in drafted]
    printed = list(auditor.lines(made))
    for line in printed:
        assert line.verdict == "supported"
        assert line.citations
        assert line.text not in FALSE
        for number in line.citations:
            quotation = auditor.quotations[number - 1]
            document = researcher.cited.documents[quotation.document]
            assert " ".join(quotation.quote.split()) in " ".join(document.text[quotation.start : quotation.end].split())
    assert len({line.text for line in printed}) == len(printed)
    assert {text for text, _ in drafted} & {text for text, _ in TRUE} <= {line.text for line in printed}
