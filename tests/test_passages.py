"""Passages: inside a section, about 120 words, nothing lost and nothing twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.documents import Document, Passage, Section, Sentence
from knowledge.passages import FEWEST_WORDS, TARGET_WORDS, passages_of
from knowledge.sentences import split_sentences


def document(*sections: Section | str, language: str = "en") -> Document:
    made = tuple(s if isinstance(s, Section) else Section(("T",), "§ T", s) for s in sections)
    return Document("abc", "Title", "notes.md", language, made, url="https://a.example")


def sentence(words: int, first: str = "Word") -> str:
    return " ".join([first, *["word"] * (words - 1)]) + "."


def texts(passages: tuple[Passage, ...]) -> list[list[str]]:
    return [[sentence.text for sentence in passage.sentences] for passage in passages]


def sizes(passages: tuple[Passage, ...]) -> list[int]:
    return [len(passage.text.split()) for passage in passages]


def test_a_passage_says_where_it_comes_from() -> None:
    sections = Section(("A", "B"), "§ B", "One. Two."), Section((), "p. 3", "Three.")
    assert passages_of(document(*sections)) == (
        Passage(
            id="abc:1", document="abc", title="Title", path="notes.md", language="en", headings=("A", "B"),
            locator="§ B", sentences=(Sentence("One."), Sentence("Two.")), url="https://a.example", start=0, end=9,
        ),
        Passage(
            id="abc:2", document="abc", title="Title", path="notes.md", language="en", headings=(),
            locator="p. 3", sentences=(Sentence("Three."),), url="https://a.example", start=11, end=17,
        ),
    )  # fmt: skip


def test_the_place_of_a_passage_is_that_of_its_sentences() -> None:
    text = "- First\n  item.\n\n> A quoted\n> sentence. Another.\n\n```\nx  = 1\n```\n\n<!-- none -->\n\n$$\na\n$$"
    made = document("Before.", text)
    (before, passage) = passages_of(made)
    assert made.text[before.start : before.end] == "Before."
    assert made.text[passage.start : passage.end] == text.removeprefix("- ")


def test_short_sections_are_not_packed_together() -> None:
    assert texts(passages_of(document("One. Two.", "Three."))) == [["One.", "Two."], ["Three."]]


def test_paragraphs_are_packed_up_to_the_target() -> None:
    paragraphs = [sentence(50), sentence(50), sentence(50), sentence(60)]
    assert sizes(passages_of(document("\n\n".join(paragraphs)))) == [100, 110]


def test_a_long_paragraph_is_split_between_sentences() -> None:
    paragraph = " ".join(sentence(25) for _ in range(8))
    assert sizes(passages_of(document(paragraph))) == [100, 100]


def test_a_short_start_takes_part_of_the_next_paragraph() -> None:
    paragraph = " ".join(sentence(30) for _ in range(4))
    assert sizes(passages_of(document(f"{sentence(10)}\n\n{paragraph} {paragraph}"))) == [100, 150]


def test_a_short_tail_joins_the_passage_before() -> None:
    paragraph = " ".join(sentence(30) for _ in range(4))
    assert sizes(passages_of(document(f"{paragraph}\n\n{sentence(10)}"))) == [130]


def test_a_single_long_sentence_stays_whole() -> None:
    assert sizes(passages_of(document(f"{sentence(300)} {sentence(10)}"))) == [300, 10]


def test_items_code_formulas_and_tables_are_one_sentence_each() -> None:
    text = (
        "Intro. More.\n\n- First. Still first.\n- Second.\n\n```py\nx = 1. \n# y\n```\n\n"
        "$$\na = b. C\n$$\n\n| a |\n|---|\n| 1. B. |"
    )
    assert texts(passages_of(document(text))) == [
        [
            "Intro.",
            "More.",
            "First. Still first.",
            "Second.",
            "```py\nx = 1. \n# y\n```",
            "$$\na = b. C\n$$",
            "| a |\n|---|\n| 1. B. |",
        ]
    ]


def test_spanish_is_split_as_spanish() -> None:
    made = passages_of(document("Lo proponen Vaswani et al. en 2017. ¿Por qué? Por su coste.", language="es"))
    assert texts(made) == [["Lo proponen Vaswani et al. en 2017.", "¿Por qué?", "Por su coste."]]


def test_a_document_without_text_has_no_passages() -> None:
    assert passages_of(document()) == ()
    assert passages_of(document("<!-- nothing -->\n\n---")) == ()


words = st.sampled_from(["attention", "query", "d_k", "$a. b$", "softmax", "key"])
sentences = st.builds(lambda middle: " ".join(["The", *middle]) + ".", st.lists(words, min_size=1, max_size=60))
paragraphs = st.lists(st.lists(sentences, min_size=1, max_size=9).map(" ".join), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(paragraphs, min_size=1, max_size=3))
def test_every_sentence_appears_once_and_in_order(sections: list[list[str]]) -> None:
    made = document(*("\n\n".join(section) for section in sections))
    passages = passages_of(made)
    expected = [sentence for section in sections for text in section for sentence in split_sentences(text, "en")]
    assert [text for pack in texts(passages) for text in pack] == expected
    assert [passage.id for passage in passages] == [f"abc:{n + 1}" for n in range(len(passages))]
    for passage, size in zip(passages, sizes(passages), strict=True):
        assert size <= TARGET_WORDS + FEWEST_WORDS or len(passage.sentences) == 1
    assert passages_of(made) == passages


pieces = st.sampled_from(
    [
        "The attention weighs", "the values.", "Next one.", "$a. b$", "¿Qué es?", "et al. say", "\n", "\n\n", "  ",
        "\t",
        "\n- item ", "\n1. item ", "\n\n# Heading\n\n", "\n| a | b |\n|---|---|\n| 1. | B. |\n\n",
        "\n\n$$\nx = y. z\n$$\n\n", "\n```\ncode  here. And\n```\n",
    ]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(pieces, max_size=25).map("".join), min_size=1, max_size=3))
def test_the_sentences_of_a_passage_are_found_between_its_start_and_its_end(sections: list[str]) -> None:
    made = document(*sections)
    last = 0
    for passage in passages_of(made):
        place = " ".join(made.text[passage.start : passage.end].split())
        for told in passage.sentences:
            assert " ".join(told.text.strip("`").split()) in place  # code by indentation has no fence there
        assert last <= passage.start < passage.end <= len(made.text)
        last = passage.end


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_the_place_of_any_text_lies_in_it(text: str) -> None:
    made = document("First.", text)
    assert all(0 <= passage.start <= passage.end <= len(made.text) for passage in passages_of(made))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_passages_that_hold_something(text: str) -> None:
    assert all(sentence.text.strip() for p in passages_of(document(text)) for sentence in p.sentences)
