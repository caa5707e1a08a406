"""A quotation is shown where the document has it, whatever white space stands between its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.documents import Document, Section
from knowledge.places import find_quote, find_words

TEXT = "One two\n  three. One two four.\n\n> A quoted\n> line. One two three."
DOCUMENT = Document("abc", "T", "a.md", "en", (Section((), "l. 1", TEXT), Section((), "l. 9", "The end.")))


@pytest.mark.parametrize(
    ("start", "quote", "found"),
    [
        (0, "One two three.", "One two\n  three."),
        (3, "One two three.", "One two three."),
        (60, "One  two\nfour.", "One two four."),  # it stands before, and is shown there
        (0, "A quoted line.", "A quoted\n> line."),
        (0, "The end.", "The end."),
        (-5, "two", "two"),
    ],
)
def test_a_quote_is_found_from_its_passage_on(start: int, quote: str, found: str) -> None:
    place = find_quote(DOCUMENT, start, quote)
    assert place is not None
    assert DOCUMENT.text[place[0] : place[1]] == found


@pytest.mark.parametrize("quote", ["", "  ", "One three.", "onetwo", "The end. More"])
def test_what_the_document_does_not_say_has_no_place(quote: str) -> None:
    assert find_quote(DOCUMENT, 0, quote) is None


words = st.lists(st.sampled_from(["a", "ab", "b", "aab"]), min_size=1, max_size=5)
gaps = st.sampled_from([" ", "\n", "  \n\t", "\u00a0"])


@given(st.lists(st.tuples(st.sampled_from(["a", "ab", "b", "aab"]), gaps), min_size=1, max_size=30), words)
def test_the_first_run_of_the_words_is_found_if_and_only_if_there_is_one(
    text: list[tuple[str, str]], quote: list[str]
) -> None:
    written = "".join(word + gap for word, gap in text)
    found = find_words(written, quote)
    assert (found is not None) == (" ".join(quote) in " ".join(written.split()))
    if found:
        assert written[found[0] : found[1]].split() == quote
