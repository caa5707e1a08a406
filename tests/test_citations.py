"""Citations: sources are numbered as they are first cited, and their quotes are verbatim."""

from agents.citations import Citations
from knowledge.bibliography import Source
from knowledge.course import Course
from knowledge.documents import Citation, Passage, Sentence
from knowledge.factcheck import Evidence
from tutor.tutor import Tutor

VASWANI = Citation("vaswani2017", "§3.2")
LITERATURE = {
    "vaswani2017": Source(
        "vaswani2017",
        "Attention Is All You Need",
        ("Vaswani, Ashish", "Shazeer, Noam", "Parmar, Niki"),
        2017,
        "https://arxiv.org/abs/1706.03762",
    )
}


def passage(name: str, *sentences: Sentence, url: str = "") -> Passage:
    return Passage(
        id=f"d:{name}",
        document="d",
        title="Doc",
        path="doc.md",
        language="en",
        headings=("Doc", name),
        locator=f"§ {name}",
        sentences=sentences,
        url=url,
    )


FOUR = passage("four", *(Sentence(text) for text in ("One.", "Two.", "Three.", "Four.")))


def cite(citations: Citations, of: Passage, *places: int) -> list[int]:
    return citations.cite([Evidence(of, of.sentences[place], 1.0) for place in places])


def test_numbers_follow_the_order_of_first_citation() -> None:
    citations = Citations({})
    other = passage("other", Sentence("Else."))
    assert [cite(citations, of, 0) for of in (other, FOUR, other)] == [[1], [2], [1]]
    assert [source["n"] for source in citations.sources] == [1, 2]
    assert [source["locator"] for source in citations.sources] == ["§ other", "§ four"]
    assert citations.sources[0]["passage"] == "d:other"


def test_one_sentence_may_rest_on_several_passages_each_named_once() -> None:
    citations = Citations({})
    other = passage("other", Sentence("Else."))
    items = [
        Evidence(FOUR, FOUR.sentences[0], 1.0),
        Evidence(FOUR, FOUR.sentences[1], 1.0),
        Evidence(other, other.sentences[0], 0.9),
    ]
    assert citations.cite(items) == [1, 2]
    assert citations.cite([]) == []


def test_a_quote_is_one_verbatim_stretch_of_its_passage() -> None:
    citations = Citations({})
    cite(citations, FOUR, 1)
    assert citations.sources[0]["quote"] == "Two."
    cite(citations, FOUR, 1, 2)
    assert citations.sources[0]["quote"] == "Two. Three."
    cite(citations, FOUR, 0)
    assert citations.sources[0]["quote"] == "One. Two. Three."
    far = Citations({})
    cite(far, FOUR, 3, 0)
    assert far.sources[0]["quote"] in FOUR.text
    assert far.sources[0]["quote"].startswith("One.")
    assert far.sources[0]["quote"].endswith("Four.")


def test_a_short_sentence_that_stands_inside_another_is_still_quoted() -> None:
    citations = Citations({})
    of = passage("p", Sentence("It is fast. Really fast."), Sentence("It is fast."))
    cite(citations, of, 0, 1)
    assert citations.sources[0]["quote"] == of.text


def test_sentences_with_other_references_are_other_sources() -> None:
    citations = Citations(LITERATURE)
    of = passage("p", Sentence("One.", (VASWANI,)), Sentence("Two.", (VASWANI,)), Sentence("Three."))
    assert [cite(citations, of, place) for place in range(3)] == [[1], [1], [2]]
    assert citations.sources[0]["quote"] == "One. Two."


def test_the_literature_behind_a_passage_is_named_as_readers_know_it() -> None:
    citations = Citations(LITERATURE)
    cite(citations, passage("p", Sentence("One.", (VASWANI, Citation("unknown9")))), 0)
    [source] = citations.sources
    assert source["references"][0] == {
        "key": "vaswani2017",
        "label": "Vaswani et al. (2017)",
        "title": "Attention Is All You Need",
        "locator": "§3.2",
        "url": "https://arxiv.org/abs/1706.03762",
    }
    assert source["references"][1] == {"key": "unknown9", "label": "unknown9", "title": "", "locator": "", "url": ""}
    assert source["url"] == "https://arxiv.org/abs/1706.03762"


def test_the_documents_own_address_goes_before_that_of_its_literature() -> None:
    citations = Citations(LITERATURE)
    cite(citations, passage("p", Sentence("One.", (VASWANI,)), url="https://example.org/doc"), 0)
    assert citations.sources[0]["url"] == "https://example.org/doc"


def test_every_turn_numbers_from_one(tutor: Tutor, course: Course) -> None:
    for question in ("¿Qué es la atención?", "What is BERT?"):
        turn = tutor.ask(question)
        assert [source["n"] for source in turn["sources"]] == list(range(1, len(turn["sources"]) + 1))
        assert {number for sentence in turn["sentences"] for number in sentence["citations"]} == {
            s["n"] for s in turn["sources"]
        }
        labels = {ref["label"] for source in turn["sources"] for ref in source["references"]}
        assert labels
        assert labels <= {source.label for source in course.sources.values()}
